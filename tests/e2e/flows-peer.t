#!/bin/sh
# signet flows --peer: with a peer that judges, one that takes everything, one
# that sends to us, and ones that hang up.
. "${SRCDIR:?}/tests/e2e/lib.sh"
cd "$scratch" || exit 1

"$SIGNET" ca init ca || exit 1
for name in fluffy@example.com kumiko@127.0.0.1 127.0.0.1 example.com; do
	"$SIGNET" ca issue ca $name || exit 1
done
mkdir -m 700 kumiko fluffy
cp ca/root_cert_testCA.pem ca/user_cert_fluffy@example.com.pem \
    ca/*kumiko*.pem ca/domain_*_127.0.0.1.pem kumiko
cp ca/root_cert_testCA.pem ca/*fluffy*.pem ca/user_cert_kumiko*.pem \
    ca/domain_*_example.com.pem fluffy

flows() {
	timeout 120 "$SIGNET" flows -k fluffy -a sips:fluffy@example.com "$@" \
	    >out 2>err
}

# row SCENARIO PART: what the table says of it
row() {
	tr -s ' ' <out | sed -n "s/^$1 $2 //p"
}

# --- a peer that judges ---------------------------------------------------------

listen judge -k kumiko -a sips:kumiko@127.0.0.1 -l tls:127.0.0.1:0
at=sips:kumiko@127.0.0.1:$tls
flows --peer "$at" 5.1 5.2 6.1 6.3
is "$? $(cat err)" "0 " "flows are run with a peer, by our own keys"
is "$(grep -c ' good by fluffy@example.com' judge.out)" 2 \
    "who finds what is signed good"
like "$(cat out)" 'MESSAGE sips:kumiko@127.0.0.1' "what was sent is printed"
like "$(cat out)" 'SIP/2.0 200 OK' "and the answer"
like "$(cat out)" 'certificate of|subject: CN = 127.0.0.1' \
    "and the peer's certificate"
flows --peer "$at" --ca ca
is "$? $(cat err)" "0 " "all of them, with a CA that they trust as well"
is "$(grep -c '^[^ ].*\.  ' out)" 14 "but no scenario"
flows --peer "$at" --ca ca scenarios
is $? 0 "a peer that judges passes"
is "$(row 8.1 'as recipient')" "taken 200 pass" "it takes a good signature"
is "$(row 8.3 'as recipient')" "refused 437 pass" "and no other CA's"
is "$(row 8.8 'as server')" "refused it counts as none -" \
    "a person's certificate from a client may count as none"
is "$(row 8.6 'as server')" "taken 200 pass" "but a host's"
is "$(grep -c 'its CRL is new' out)" 4 "no CRL of now is expected to be known"
for found in 8.2=identity-mismatch 8.3=untrusted 8.4=expired; do
	like "$(cat judge.out)" "signature ${found#*=} " \
	    "${found%=*} was refused as ${found#*=}"
done

# --- one that takes everything ---------------------------------------------------

echo 'bad-signature = show' >lax.conf
listen lax -c lax.conf -k kumiko -a sips:kumiko@127.0.0.1 \
    -l tls:127.0.0.1:0 --client-certs=no
flows --peer "sips:kumiko@127.0.0.1:$tls" --ca ca scenarios
is $? 77 "one that takes everything does not pass"
is "$(row 8.2 'as recipient')" "refused 200 WRONGLY ACCEPTED" \
    "what it takes is told"
is "$(row 8.4 'as recipient')" "refused 200 WRONGLY ACCEPTED" \
    "each of it"
is "$(row 8.9 'as server')" "refused it asks for none -" \
    "what it does not ask for is no fault of its"

# --- one that sends to us -----------------------------------------------------------

port=$tls
kill "${listener:?}"
wait "$listener" 2>/dev/null
# Whoever is asked to send does so, and judges us.
mkdir -m 700 other
cp ca/root_cert_testCA.pem other
answer() {
	_answered=0
	while [ ! -e over ]; do
		_asked=$(grep -c 'send a MESSAGE' err)
		if [ "$_asked" -gt $_answered ]; then
			_answered=$_asked
			_uri=$(sed -n 's/.*MESSAGE to \([^ ]*\) .*/\1/p' err |
			    tail -n 1)
			# Others come by: they are not whom we wait for.
			for _words in 'GET / HTTP/1.0' ''; do
				printf '%s\n\n' "$_words" | perl -MIO::Socket::INET -e '
					my $s = IO::Socket::INET->new($ARGV[0]) or exit;
					print $s <STDIN>;' "127.0.0.1:$port"
			done
			"$SIGNET" send -k other -a sips:kumiko@127.0.0.1 \
			    "$_uri" hello >/dev/null 2>>answer.err
		fi
		sleep 0.1
	done
}
: >err
answer &
pids="$pids $!"
flows --peer "$at" --ca ca --listen "tls:localhost:$port" scenarios
status=$?
: >over
is "$(row 8.6 'as client')" "taken it sent pass" "a good server is sent to"
is "$(row 8.7 'as client')" "taken it sent pass" "by its Common Name, too"
is "$(row 6216-10 'as client')" "taken it sent pass" "and by its address"
for one in 8.8 8.9 8.10 6216-13 6216-16; do
	is "$(row $one 'as client')" "refused no connection pass" \
	    "$one: it does not send to one that is not"
done
is "$(row 6216-17 'as client')" "refused it sent WRONGLY ACCEPTED" \
    "who goes by section 8 alone takes one that is not for SIP"
is $status 77 "which is told"

# --- peers that are none ----------------------------------------------------------------

# hang_up BYTES: a port where whoever connects gets these, and is left
hang_up() {
	rm -f port.out
	perl -MIO::Socket::INET -e '
		my $s = IO::Socket::INET->new(Listen => 9, ReuseAddr => 1,
		    LocalAddr => "127.0.0.1") or die;
		$| = 1;
		print $s->sockport, "\n";
		for (1 .. 9) {
			my $c = $s->accept or last;
			sysread $c, my $got, 99999;
			syswrite $c, $ARGV[0];
			close $c;
		}' "$1" >port.out &
	pids="$pids $!"
	wait_for '^[0-9]' port.out
	port=$(cat port.out)
}

# fails STATUS PATTERN NAME WORDS...
fails() {
	_want=$1 _like=$2 _name=$3
	shift 3
	flows "$@"
	is $? "$_want" "$_name: status $_want"
	like "$(cat err)" "$_like" "$_name: words"
}

hang_up ''
fails 69 'flow 5.2 did not end as expected.*(closed|reset|cut off)' \
    "a peer that hangs up" --peer "sips:kumiko@127.0.0.1:$port" 5.2
like "$(cat out)" 'TLS handshake, refused' "is shown"
fails 69 'flow 5.2 did not end as expected.*(closed|reset|cut off)' \
    "in clear, too" --peer "sip:kumiko@127.0.0.1:$port;transport=tcp" 5.2
hang_up 'HTTP/1.1 400 Bad Request

'
fails 76 'flow 5.2 did not end as expected' "a peer that speaks no SIP" \
    --peer "sip:kumiko@127.0.0.1:$port;transport=tcp" 5.2
flows --peer "sips:kumiko@127.0.0.1:$port" --ca ca scenarios
is $? 77 "the scenarios with one that hangs up do not pass"
is "$(grep -c ' pass$' out)" 1 "none of them"
is "$(row 8.1 'as recipient')" "taken nothing NOT KNOWN" \
    "and what it would refuse is not known"
# answers STATUS COUNT: a port where each request is answered so, COUNT times
answers() {
	rm -f port.out
	perl -MIO::Socket::INET -e '
		$SIG{PIPE} = "IGNORE";
		my $s = IO::Socket::INET->new(Listen => 9, ReuseAddr => 1,
		    LocalAddr => "127.0.0.1") or die;
		$| = 1;
		print $s->sockport, "\n";
		while (my $c = $s->accept) {
			sysread $c, my $got, 99999;
			my $head = join "", map { "$_\r\n" }
			    grep { /^(Via|From|To|Call-ID|CSeq):/ }
			    split /\r\n/, $got;
			$head =~ s/^(To:.*)\r$/$1;tag=1\r/m;
			for (1 .. $ARGV[1]) {
				syswrite($c, "SIP/2.0 $ARGV[0] Words\r\n$head" .
				    "Content-Length: 0\r\n\r\n") or last;
			}
			sysread $c, $got, 1;
		}' "$1" "$2" >port.out &
	pids="$pids $!"
	wait_for '^[0-9]' port.out
	port=$(cat port.out)
}

answers 404 1
flows --peer "sip:kumiko@127.0.0.1:$port;transport=tcp" --ca ca scenarios
is $? 77 "one that takes nothing does not pass"
is "$(row 8.1 'as recipient')" "taken 404 NOT KNOWN" "a 404 is no judgement"
is "$(row 8.2 'as recipient')" "refused 404 NOT KNOWN" \
    "so that its refusals tell nothing"
is "$(grep -c ' pass$' out)" 1 "not one row passes"
answers 488 1
flows --peer "sip:kumiko@127.0.0.1:$port;transport=tcp" --ca ca scenarios
is "$(row 8.1 'as recipient')" "taken 488 WRONGLY REFUSED" "a 488 is one"
is "$(row 8.2 'as recipient')" "refused 488 NOT KNOWN" \
    "but of one who takes nothing it tells nothing"
answers 100 5000
fails 76 'the peer sent more than one flow may have' "a peer without an end" \
    --peer "sip:kumiko@127.0.0.1:$port;transport=tcp" 5.2
answers 100 0
mkdir tmp
TMPDIR=$scratch/tmp "$SIGNET" flows -k fluffy -a sips:fluffy@example.com \
    --peer "sip:kumiko@127.0.0.1:$port;transport=tcp" --ca ca scenarios \
    >silent.out 2>silent.err &
pid=$!
left=200
until [ -n "$(find tmp -name 'user_key_fluffy*')" ] || [ $left -eq 0 ]; do
	left=$((left - 1))
	sleep 0.05
done
sleep 0.2
is "$(find tmp -name '*_key_*' | sed 's|.*/||' | sort -u | tr '\n' ' ')" \
    "domain_key_example.com.pem user_key_fluffy@example.com.pem " \
    "neither the CA's key is copied, nor one made for the peer"
kill -TERM $pid
wait $pid
is "$? $(ls tmp)" "75 " "who waits for a silent peer can be stopped"
flows --peer "$at" 8.2
is "$? $(grep -c 'is a scenario' err)" "64 1" "scenarios are not named one by one"
timeout 9 "$SIGNET" flows -k fluffy --peer "$at" 5.2 >out 2>err
is "$? $(grep -c 'no address is set.*--aor' err)" "78 1" "somebody must send"
fails 78 'no root with its key' "a CA without its key" --peer "$at" \
    --ca fluffy scenarios
fails 69 'Connection refused' "a peer that is not there" \
    --peer sips:kumiko@127.0.0.1:1 5.2
fails 64 'with --peer, scenarios need --ca' "scenarios without a CA" \
    --peer "$at" scenarios
fails 77 'the peer is not asked to send to tls:127.0.0.1:0.*tls:HOST:PORT' \
    "a server by its address" --peer sip:kumiko@127.0.0.1:1\;transport=tcp \
    --ca ca --listen tls:127.0.0.1:0 scenarios
fails 65 'peer nobody' "a peer that is no URI" --peer nobody 5.2

finish
