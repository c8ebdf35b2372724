#!/bin/sh
# Proxies that die: what is registered comes back without a person doing
# anything, and of a thousand messages none is lost, doubled or overtaken.
. "${SRCDIR:?}/tests/e2e/lib.sh"
. "$SRCDIR/tests/e2e/kamailio.sh"

mkdir -m 700 "$scratch/ca" "$scratch/keys"
root "$scratch/ca" test
cp "$scratch/ca/root_cert_test.pem" "$scratch/keys/"
second=$(address 1)
there=$(address 2)
# Two for example.com, by the same certificate; example.net's behind them.
proxy_make one example.com "$own" "$scratch/ca" test \
    "next=example.net=sip:$there:5061;transport=tls"
proxy_make two example.com "$second" "$scratch/ca" test \
    "next=example.net=sip:$there:5061;transport=tls"
proxy_make net example.net "$there" "$scratch/ca" test
proxy_start one && proxy_start two && proxy_start net || exit 1
cat >"$scratch/com.zone" <<ZONE
\$TTL 300
@ SOA ns hostmaster 1 3600 600 86400 60
@ NS ns
ns A 127.0.0.1
one A $own
two A $second
@ NAPTR 1 1 "s" "SIPS+D2T" "" _sips._tcp
_sips._tcp SRV 1 0 5061 one
	SRV 2 0 5061 two
ZONE
cat >"$scratch/net.zone" <<ZONE
\$TTL 300
@ SOA ns hostmaster 1 3600 600 86400 60
@ NS ns
ns A 127.0.0.1
sip A $there
_sips._tcp SRV 1 0 5061 sip
ZONE
name_server example.com "$scratch/com.zone" \
    example.net "$scratch/net.zone" || exit 1
echo "$password" >"$scratch/password"
bob() {
	listen "$1" --json -k "$scratch/keys" -a sips:bob@example.net \
	    --dns "$dns" --password-file "$scratch/password" --retry-max 2
}
bob bob
wait_for 'is registered at' "$scratch/bob.err" || exit 1
send() {
	timeout 60 "$SIGNET" -k "$scratch/keys" -a sips:alice@example.com \
	    --dns "$dns" --retry-max 2 --password-file "$scratch/password" \
	    --json "$@" >"$scratch/out" 2>"$scratch/err"
}
by_proxy="-P sips:example.com"
# numbers NAME: the messages that a listener shows, as ranges: "1-1000" when
# all came once and in order
numbers() {
	perl -MJSON::PP -ne '
		my ($n) = decode_json($_)->{text} =~ /(\d+)/;
		if (defined $last && $n == $last + 1) {
			$last = $n;
		} else {
			push @r, "$first-$last" if defined $last;
			$first = $last = $n;
		}
		END { print join " ", @r, "$first-$last" }
	' "$scratch/$1.out"
}

# --- the sender's proxy dies ------------------------------------------------------

seq 1 1000 | sed 's/^/sips:bob@example.net	number /' >"$scratch/lines"
send $by_proxy send -b <"$scratch/lines" &
sender=$!
pids="$pids $sender"
wait_for '"number 100"' "$scratch/bob.out"
proxy_kill one
ends $sender
is $? 0 "1,000 messages while the first proxy of two is killed: all sent"
like "$(numbers bob)" '^1-1000$' "each came once, and in order"
is "$(grep -c '"status":200' "$scratch/out")" 1000 "each was answered 200"
# took ADDRESS: that many messages went there
took() {
	grep -c "\"target\":\"tls:$1:5061\"" "$scratch/out"
}
[ "$(took "$own")" -ge 50 ] && [ "$(took "$second")" -ge 50 ]
ok $? "the first took some of them, and the second the rest"

# --- the registrar dies ------------------------------------------------------------

# In the midst of messages, which then fail until he is there again.
seq 2001 2400 | sed 's/^/sips:bob@example.net	number /' >"$scratch/lines"
send $by_proxy send -b <"$scratch/lines" &
sender=$!
pids="$pids $sender"
wait_for '"number 2050"' "$scratch/bob.out"
proxy_kill net
wait_for 'no longer registered' "$scratch/bob.err"
ok $? "a registrar that is killed: listen says so"
proxy_start net || exit 1
wait_for 'is registered at' "$scratch/bob.err" 2
ok $? "when it is back, listen is registered again by itself"
ends $sender
sent=$(grep -c '"status":200' "$scratch/out")
perl -MJSON::PP -e '
	open my $in, "<", $ARGV[0] or die;
	my %shown;
	$shown{decode_json($_)->{call_id}}++ for <$in>;
	open $in, "<", $ARGV[1] or die;
	for (<$in>) {
		my $m = decode_json($_);
		exit 1 if $m->{exit} == 0 && !$shown{$m->{call_id}};
	}
	exit grep({ $_ > 1 } values %shown) > 0' \
    "$scratch/bob.out" "$scratch/out" && [ "$sent" -ge 49 ]
ok $? "what was answered 200 came, and nothing came twice"
send $by_proxy send sips:bob@example.net 'number 2401'
is $? 0 "what is sent then arrives"
is "$(grep -c '' "$scratch/bob.err")" 3 "each change was one line"

# A proxy that is stopped in order, and two of them gone at once.
proxy_stop two
send $by_proxy send sips:bob@example.net 'number 2402'
is $? 69 "no proxy is there: 69"
: >"$scratch/err"
send $by_proxy send --expires 30 sips:bob@example.net 'number 2402' &
sender=$!
pids="$pids $sender"
wait_for 'bob@example.net waits: ' "$scratch/err"
proxy_start one || exit 1
ends $sender
is $? 0 "with --expires it waits for one to come back"
wait_for 'number 2402' "$scratch/bob.out"
is "$(grep -c 'number 2402' "$scratch/bob.out")" 1 "and it comes once"

# --- the registrar dies, and who sends is patient ------------------------------------

seq 3001 3200 | sed 's/^/sips:bob@example.net	number /' >"$scratch/lines"
send $by_proxy send --expires 60 -b <"$scratch/lines" &
sender=$!
pids="$pids $sender"
wait_for '"number 3020"' "$scratch/bob.out"
proxy_kill net
wait_for 'no longer registered' "$scratch/bob.err" 2
proxy_start net || exit 1
ends $sender
is $? 0 "with --expires all are sent while the registrar is killed and back"
like "$(numbers bob)" ' 3001-3200$' "each came once, and in order"
finish
