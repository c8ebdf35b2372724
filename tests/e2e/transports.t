#!/bin/sh
# Messages by UDP, TCP and TLS, over IPv4 and IPv6: what goes out by which
# way, over how many connections, and what is answered to whom.
. "${SRCDIR:?}/tests/e2e/lib.sh"

mkdir -m 700 "$scratch/keys" "$scratch/ca" "$scratch/bob"
alice=sips:alice@example.com
root "$scratch/ca" test
domain "$scratch/ca" test "$scratch/bob" localhost \
    'DNS:localhost,IP:127.0.0.1,IP:::1'
cp "$scratch/ca/root_cert_test.pem" "$scratch/keys/"

listen bob --json -k "$scratch/bob" -a sip:bob@localhost \
    -l udp:127.0.0.1:0 -l tcp:127.0.0.1:0 -l tls:127.0.0.1:0 \
    --trace "$scratch/trace"
send() {
	"$SIGNET" -k "$scratch/keys" -a "$alice" --json send "$@" \
	    >"$scratch/sent" 2>"$scratch/err"
}
arrived() {
	json "$@" <"$scratch/bob.out"
}

send "sip:bob@127.0.0.1:$udp" 'by udp'
is "$(arrived transport) $(arrived text)" 'udp by udp' "a short message by UDP"
long=$(head -c 1400 /dev/zero | tr '\0' x)
# RFC 3261, 18.1.1: there is a TCP listener at another port alone.
send "sip:bob@127.0.0.1:$udp" "$long"
is "$?/$(json target <"$scratch/sent")" "69/tcp:127.0.0.1:$udp" \
    "a request of more than 1300 bytes leaves UDP for TCP"
send "sip:bob@127.0.0.1:$tcp;transport=tcp" "$long"
is "$(arrived transport) $(arrived text | wc -c)" 'tcp 1400' \
    "a long message by TCP"
send "sips:bob@127.0.0.1:$tls" 'by tls'
is "$(arrived transport) $(arrived text)" 'tls by tls' "a message by TLS"
is "$(json target <"$scratch/sent")" "tls:127.0.0.1:$tls" \
    "send tells where it went"
send "sip:bob@127.0.0.1:$tls;transport=tls" 'sip by tls'
is "$(arrived transport) $(arrived text)" 'tls sip by tls' \
    "a sip URI by TLS"
is "$(arrived from) $(arrived to)" 'alice@example.com bob@127.0.0.1' \
    "from and to are told as user@host"

# Body sizes and bytes, plain.
head -c 100000 /dev/zero | tr '\0' z >"$scratch/big"
send "sips:bob@127.0.0.1:$tls" - <"$scratch/big"
is "$(arrived text | wc -c)" 100000 "100 kB arrive"
send "sips:bob@127.0.0.1:$tls" '' &&
is "$(arrived text)" '' "an empty text arrives"
printf 'a\0b' | send "sips:bob@127.0.0.1:$tls" -
like "$(tail -n 1 "$scratch/bob.out")" '"text":"a\\u0000b"' \
    "a NUL arrives"
send "sips:bob@127.0.0.1:$tls" 'Grüße, 世界'
like "$(tail -n 1 "$scratch/bob.out")" '"text":"Grüße, 世界"' \
    "UTF-8 arrives"
like "$(cat "$scratch/trace")" 'Content-Type: text/plain;charset=utf-8' \
    "and is labelled as what it is"

# One connection for many messages, answers by rport.
accepted=$(grep -c '< tls' "$scratch/trace")
i=0
while [ $i -lt 20 ]; do
	printf 'sips:bob@127.0.0.1:%s\tbatch %d\n' "$tls" $i
	i=$((i + 1))
done | "$SIGNET" -k "$scratch/keys" -a "$alice" send -b
is $? 0 "a batch of 20 is sent"
is "$(grep -o '"text":"batch [0-9]*"' "$scratch/bob.out" |
    grep -o '[0-9]*' | paste -s -d ' ' -)" \
    '0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19' \
    "one URI's messages arrive in order"
is "$(sed -n "$((accepted + 1)),\$p" "$scratch/trace" |
    grep '< tls' | tail -n 20 | awk '{print $NF}' | sort -u | wc -l)" 1 \
    "over one connection"
like "$(cat "$scratch/trace")" 'Via: SIP/2.0/UDP 127.0.0.1:[0-9]*;.*rport=' \
    "answers carry received and rport (RFC 3581)"

# OPTIONS, keep-alive, and what is not served.
request() {
	printf '%s sip:bob@localhost SIP/2.0\r\n' "$1"
	printf 'Via: SIP/2.0/TCP 127.0.0.1:9;branch=z9hG4bK%s\r\n' "$1$2"
	printf 'From: <sip:eve@example.com>;tag=1\r\nTo: <sip:bob@localhost>%s\r\n' \
	    "$2"
	printf 'Call-ID: %s\r\nCSeq: 1 %s\r\n%sContent-Length: 0\r\n\r\n' \
	    "$1" "$1" "$3"
}
answers() {
	request "$@" >"$scratch/request"
	perl "$SRCDIR/tests/wire.pl" ask tcp 127.0.0.1 "$tcp" \
	    "$scratch/request" 1
}
is "$(answers OPTIONS '' '')" 'SIP/2.0 200 OK' "OPTIONS is answered"
like "$(tail -n 30 "$scratch/trace")" 'Allow: MESSAGE, OPTIONS' \
    "and says what is allowed"
is "$(grep -c 'Accept: ' "$scratch/trace" | awk '{print ($1 >= 5)}')" 1 \
    "and what is accepted"
like "$(answers SUBSCRIBE '' '')" '405' "another method: 405"
like "$(answers INVITE '' '')" '405' "INVITE: 405"
like "$(answers CANCEL '' '')" '481' "a CANCEL of nothing: 481"
like "$(answers MESSAGE ';tag=2' '')" '481' "inside a dialog: 481"
like "$(answers MESSAGE '' "$(printf 'Require: nothing\r\n_')")" '4[0-9]*' \
    "a required extension is refused"
like "$(answers OPTIONS '' 'Require: 100rel
')" '400' "a header field that ends in LF alone: 400"
printf '\r\n\r\n' >"$scratch/ping"
is "$(perl -MIO::Socket::IP -e '
	my $s = IO::Socket::IP->new(PeerHost => "127.0.0.1",
	    PeerPort => shift, Type => SOCK_STREAM) or die;
	syswrite $s, "\r\n\r\n";
	sysread $s, my $pong, 100;
	print unpack "H*", $pong;' "$tcp")" 0d0a \
    "a keep-alive is answered with one CRLF (RFC 5626)"
kill "$listener"
ends "$listener"

if perl -MIO::Socket::IP -e 'exit !IO::Socket::IP->new(
    LocalHost => "::1", LocalPort => 0, Listen => 1, Type => SOCK_STREAM)'
then
	listen six --json -k "$scratch/bob" -a 'sip:bob@localhost' \
	    -l 'udp:[::1]:0' -l 'tcp:[::1]:0' -l 'tls:[::1]:0'
	send "sip:bob@[::1]:$udp" 'udp six' &&
	    send "sip:bob@[::1]:$tcp;transport=tcp" 'tcp six' &&
	    send "sips:bob@[::1]:$tls" 'tls six'
	is "$(grep -o '"text":"[a-z ]*"' "$scratch/six.out" |
	    paste -s -d ' ' -)" \
	    '"text":"udp six" "text":"tcp six" "text":"tls six"' \
	    "all three over IPv6"
	kill "$listener"
	ends "$listener"
else
	ok 0 "all three over IPv6 # SKIP there is no IPv6 here"
fi

# Without a certificate there is no TLS, and the rest goes on.
mkdir -m 700 "$scratch/none"
"$SIGNET" -k "$scratch/none" -a sip:bob@example.com -l tls:127.0.0.1:0 \
    listen 2>"$scratch/err"
is $? 78 "a listener without a certificate does not listen on TLS"
like "$(cat "$scratch/err")" 'no domain certificate of example.com' \
    "and says so"
: >"$scratch/partly"
"$SIGNET" -k "$scratch/none" -a sip:bob@example.com -l tls:127.0.0.1:0 \
    -l udp:127.0.0.1:0 listen 2>"$scratch/partly" &
listener=$!
pids="$pids $listener"
wait_for 'listening on udp' "$scratch/partly"
like "$(cat "$scratch/partly")" 'cannot listen on tls' \
    "but on what else there is, and says that too"
kill "$listener"
ends "$listener"

# The same message by two ways is shown once (RFC 3263, 4.3).
listen two --json -k "$scratch/none" -a sip:bob@example.com \
    -l udp:127.0.0.1:0 -l tcp:127.0.0.1:0
{
	printf 'MESSAGE sip:bob@example.com SIP/2.0\r\n'
	printf 'Via: SIP/2.0/TCP 127.0.0.1:9;branch=z9hG4bKone;rport\r\n'
	printf 'From: <sip:eve@example.com>;tag=1\r\n'
	printf 'To: <sip:bob@example.com>\r\nCSeq: 1 MESSAGE\r\n'
	printf 'Call-ID: twice\r\nContent-Type: text/plain\r\n'
	printf 'Content-Length: 5\r\n\r\ntwice'
} >"$scratch/one"
sed 's/z9hG4bKone/z9hG4bKtwo/' "$scratch/one" >"$scratch/two"
is "$(perl "$SRCDIR/tests/wire.pl" ask tcp 127.0.0.1 "$tcp" "$scratch/one")" \
    'SIP/2.0 200 OK' "a message by TCP"
is "$(perl "$SRCDIR/tests/wire.pl" ask udp 127.0.0.1 "$udp" "$scratch/two")" \
    'SIP/2.0 200 OK' "and again by UDP is answered as before"
is "$(grep -c twice "$scratch/two.out")" 1 "and shown once"
kill "$listener"
ends "$listener"

# The proxy setting: the next hop, by a Route.
listen proxy -k "$scratch/bob" -a sip:bob@elsewhere.example \
    -l tcp:127.0.0.1:0 --trace "$scratch/proxy"
send -P "sip:127.0.0.1:$tcp;transport=tcp" sip:bob@elsewhere.example hello
is $? 0 "a proxy is the next hop"
like "$(cat "$scratch/proxy")" \
    "Route: <sip:127.0.0.1:$tcp;transport=tcp;lr>" "by a loose Route"
like "$(cat "$scratch/proxy")" 'MESSAGE sip:bob@elsewhere.example SIP/2.0' \
    "and the Request-URI stays"
finish
