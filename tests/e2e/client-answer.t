#!/bin/sh
# An answer to a contact whose address leads nowhere: by the connection that
# they wrote on, after the user took it, and nothing that must not go there.
. "${SRCDIR:?}/tests/e2e/lib.sh"
. "$SRCDIR/tests/e2e/terminal.sh"

a=$scratch/a b=$scratch/b ca=$scratch/ca
mkdir -m 700 "$ca"
friends "$a" alice@here.test "$b" bob@nowhere.test
root "$ca" test
cp "$ca/root_cert_test.pem" "$a/"
cp "$ca/root_cert_test.pem" "$b/"
domain "$ca" test "$a" localhost DNS:localhost
# Nobody answers there, so no name leads anywhere.
dns=$own:5399

# alice LISTEN: her client, without a way to anybody
alice() {
	client alice 120x40 --no-history -k "$a" -a sips:alice@here.test -l "$1" \
	    --dns "$dns" --register no --sign --encrypt --retry-max 1
}
# bob PROXY [OPTIONS]: his client, which listens nowhere that anybody knows
bob() {
	_proxy=$1
	shift
	client bob 120x40 --no-history -k "$b" -a sips:bob@nowhere.test -l "tcp:$own:0" \
	    --register no -P "$_proxy" --sign --encrypt "$@"
	shows bob 'listening on' "bob: it starts"
	say bob "to: ${_proxy%%:*}:alice@here.test"
}
leave() {
	for _who in "$@"; do
		# Messages that wait make it ask again.
		keys "$_who" C-c C-c C-c C-c
		shows "$_who" 'ended 0' "$_who leaves"
		terminal kill-session -t "$_who"
	done
}

# --- by TCP: only what is encrypted to the certificate that signed ------------

alice "tcp:$own:0"
listens alice
bob "sip:$own:$port;transport=tcp"
say alice "to: sip:bob@nowhere.test"
say alice "/answer"
says alice 'no connection is open on which bob@nowhere.test wrote' \
    "nobody wrote yet"
keys alice C-u
say bob "are you there?"
shows alice "$(row good).*are you there" "a good message comes"
shows alice 'as DNS says for nowhere.test' "the header tells the usual way"
say alice "/answer"
says alice 'no message to bob@nowhere.test waits for a way; one that does, and is encrypted to the certificate of their message, may go by the connection they wrote on' \
    "nothing is offered before the usual way was tried"
keys alice C-u
say alice "yes, I am"
says alice 'nowhere.test.*; /answer sends it by the connection that they wrote on, tcp:' \
    "where that leads nowhere, the connection is offered"
shows alice 'no way: /answer takes the connection they wrote on tcp:' \
    "the header says so"
lacks bob 'yes, I am' "nothing goes there unasked"
say alice "/answer"
shows bob "$(row good).*yes, I am" "taken, it brings the answer"
shows alice "$(row delivered).*yes, I am" "which is delivered"
shows alice 'by the connection they wrote on, tcp:' "the header tells the way"
say alice "more of it"
shows bob "$(row good).*more of it" "the next one goes there at once"

say alice "/encrypt off"
shows alice 'as DNS says for nowhere.test' \
    "the header of a plain text tells another way"
say alice "plain words"
shows alice "$(row waiting).*plain words" "which it waits for"
say alice "/encrypt on"
shows alice 'by the connection they wrote on, tcp:' "encrypted it goes there"
say alice "a last one"
settle alice
lacks bob 'plain words' "the plain text never went there"

leave bob
shows alice 'as DNS says for nowhere.test' \
    "when the connection has ended the header tells it"
bob "sip:$own:$port;transport=tcp"
say bob "here again"
shows alice "$(row good).*here again" "another connection"
say alice "/encrypt on"
lacks bob 'a last one' "is not used before it is taken"
leave alice bob

# --- until their address leads somewhere, or they write in another way -----------

c=$scratch/c
mkdir -m 700 "$c"
"$SIGNET" -q -k "$c" keys new "carol@$own" </dev/null
"$SIGNET" -k "$c" keys export "carol@$own" >"$scratch/carol.pem"
"$SIGNET" -q -k "$a" keys import "$scratch/carol.pem"
"$SIGNET" -q -k "$a" keys trust --yes "carol@$own"
"$SIGNET" -q -k "$c" keys import "$scratch/alice.pem"
"$SIGNET" -q -k "$c" keys trust --yes alice@here.test
alice "tcp:$own:0"
listens alice
# carol: her client; what she wrote comes on its connection
carol() {
	client carol 120x40 -k "$c" -a "sip:carol@$own" -l "tcp:$own:0" \
	    --register no -P "sip:$own:$port;transport=tcp" --sign --encrypt
	shows carol 'listening on' "carol: she starts"
	say carol "to: sip:alice@here.test"
}
carol
say carol "no port of mine"
shows alice '[0-9] 2 carol@[0-9.]* 1' "it arrives"
say alice "to: sip:carol@$own:5398;transport=tcp"
say alice "a first one"
shows alice 'no way: /answer takes the connection they wrote on tcp:' \
    "where nobody listens, the connection is offered"
listen carol2 -k "$c" -a "sip:carol@$own" -l "tcp:$own:5398"
wait_for 'a first one' "$scratch/carol2.out"
shows alice "tcp straight to $own:5398" \
    "when somebody does, the header tells that way"
lacks alice 'no way' "and no connection is offered"
say alice "/answer"
says alice 'no message to .* waits for a way' "or can be taken"
keys alice C-u
kill "$listener"
ends "$listener"
say alice "a second one"
shows alice 'no way: /answer takes' "until it leads nowhere again"
say alice "/answer"
shows carol "$(row good).*a second one" "taken, it brings the answer"
shows alice 'by the connection they wrote on, tcp:' "as the header tells"
"$SIGNET" -k "$c" -a "sip:carol@$own" -s -e -P "sip:$own:$port;transport=tcp" \
    send sip:alice@here.test "on another one"
shows alice "$(row good).*on another one" "a message on another connection"
shows alice "tcp straight to $own:5398" \
    "ends that, and the header tells it"
leave alice carol

# --- by a proxy, or with another's message ------------------------------------

# proxied PORT: what comes there goes on to alice with one more Via, on a
# connection that stays
cat >"$scratch/relay.pl" <<'PERL'
use IO::Socket::INET;
my ($own, $to) = @ARGV;
my $s = IO::Socket::INET->new(LocalAddr => $own, Listen => 1) or die;
$| = 1;
print $s->sockport, "\n";
my $c = $s->accept;
my $t = IO::Socket::INET->new(PeerAddr => "$own:$to") or die;
my $all = '';
until ($all =~ /\r\n\r\n/s && $all =~ /Content-Length: *(\d+)/ &&
    length($all) >= index($all, "\r\n\r\n") + 4 + $1) {
	sysread($c, $all, 65536, length $all) or die;
}
$all =~ s/\r\n/\r\nVia: SIP\/2.0\/TCP $own:9;branch=z9hG4bKrelay\r\n/;
print $t $all;
$t->flush;
sysread($t, $all, 65536);
$all =~ s/Via: [^\r]*relay[^\r]*\r\n//;
print $c $all;
$c->flush;
sleep 30;
PERL
alice "tcp:$own:0"
listens alice
perl "$scratch/relay.pl" "$own" "$port" >"$scratch/relay" &
pids="$pids $!"
wait_for . "$scratch/relay"
"$SIGNET" -k "$b" -a sips:bob@nowhere.test -s -e \
    -P "sip:$own:$(cat "$scratch/relay");transport=tcp" \
    send sip:alice@here.test "by a proxy"
is $? 0 "a message by a proxy"
shows alice '[0-9] 2 bob@nowhere.test 1' "arrives"
keys alice M-2
shows alice "$(row good).*by a proxy" "and is good"
say alice "/answer"
says alice 'no connection is open on which bob@nowhere.test wrote a good message without a proxy' \
    "and no connection to answer by"
leave alice

# --- by TLS: for a sips URI, the client's certificate names the domain --------

alice tls:localhost:0
shows alice 'listening on tls:' "alice: it starts"
tls=$(screen alice | sed -n 's/.*listening on tls:[0-9.]*:\([0-9]*\).*/\1/p' |
    head -n 1)
bob "sips:localhost:$tls"
say bob "without a certificate of mine"
shows alice '[0-9] 2 bob@nowhere.test 1' "it arrives"
keys alice M-2
shows alice "$(row good).*without a cert" "a client that shows no certificate"
say alice "to: sips:bob@nowhere.test"
say alice "goes nowhere"
shows alice "$(row waiting).*goes nowhere" "an answer to a sips URI waits"
settle alice
lacks alice 'answer takes' "and no connection is offered"
say alice "/answer"
says alice 'without a client certificate that names nowhere.test' \
    "the reason is told"
leave bob alice

domain "$ca" test "$b" nowhere.test DNS:nowhere.test
alice tls:localhost:0
shows alice 'listening on tls:' "alice: it starts"
tls=$(screen alice | sed -n 's/.*listening on tls:[0-9.]*:\([0-9]*\).*/\1/p' |
    head -n 1)
bob "sips:localhost:$tls"
say bob "with a certificate of mine"
shows alice '[0-9] 2 bob@nowhere.test 1' "it arrives"
keys alice M-2
shows alice "$(row good).*with a cert" "a client that shows its domain's certificate"
say alice "to: sips:bob@nowhere.test"
say alice "comes back"
shows alice '/answer takes the connection they wrote on tls:' "is answered"
say alice "/answer"
shows bob "$(row good).*comes back" "by its connection"
say alice "/encrypt off"
shows alice 'by the connection they wrote on, tls:' \
    "even what is not encrypted: the domain is known"
say alice "in plain"
shows bob 'in plain' "and it comes"
leave alice bob
finish
