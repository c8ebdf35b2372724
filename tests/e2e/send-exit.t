#!/bin/sh
# Every exit status of send, each from a real process against a real peer.
. "${SRCDIR:?}/tests/e2e/lib.sh"

mkdir -m 700 "$scratch/keys" "$scratch/empty" "$scratch/ca" "$scratch/bob"
alice=sips:alice@example.com

# exits WANTED NAME COMMAND..: the exit status, and one line on standard error
exits() {
	_wanted=$1 _label=$2
	shift 2
	"$@" >"$scratch/out" 2>"$scratch/err" </dev/null
	is $? "$_wanted" "$_label"
	if [ "$_wanted" -ne 0 ]; then
		is "$(grep -c '^signet: ' "$scratch/err")/$(wc -l \
		    <"$scratch/err")" 1/1 "$_label: says so in one line"
	fi
}
send() {
	"$SIGNET" -k "$scratch/keys" -a "$alice" send "$@"
}

# serve STEP..: a TCP peer that answers so; its URI is in peer
serve() {
	rm -f "$scratch/port"
	perl "$SRCDIR/tests/wire.pl" serve "$scratch/port" "$@" &
	server=$!
	pids="$pids $server"
	until [ -s "$scratch/port" ]; do
		sleep 0.02
	done
	peer="sip:bob@127.0.0.1:$(cat "$scratch/port");transport=tcp"
}
unserve() {
	kill "$server"
	ends "$server" 2>/dev/null
}

listen bob -k "$scratch/keys" -a sip:bob@example.com -l tcp:127.0.0.1:0 \
    -l udp:127.0.0.1:0
exits 0 "0: answered 200 by TCP" \
    send "sip:bob@127.0.0.1:$tcp;transport=tcp" hello
exits 0 "0: answered 200 by UDP" send "sip:bob@127.0.0.1:$udp" hello
exits 67 "67: nobody of that name there" \
    send "sip:carol@127.0.0.1:$udp" hello
kill "$listener"
ends "$listener"

exits 64 "64: no recipient" send
exits 64 "64: an option that there is not" send --sing sip:bob@h hello
exits 64 "64: text in two words" send sip:bob@h hello world
exits 64 "64: a batch with words" send -b sip:bob@h
exits 65 "65: a URI that is none" send 'sip:b ob@127.0.0.1' hello
exits 65 "65: a URI without a user" send sip:127.0.0.1 hello
exits 65 "65: a URI with header fields" send 'sip:bob@127.0.0.1?a=b' hello
exits 65 "65: a line end in the URI" send 'sip:bob@127.0.0.1
X: y' hello
exits 65 "65: text that is not UTF-8" \
    send sip:bob@127.0.0.1 "$(printf 'a\377b')"
exits 68 "68: a name that does not resolve" \
    send --dns 127.0.0.1:1 sips:bob@nowhere.invalid hello
exits 69 "69: nobody listens by TCP" \
    send "sip:bob@127.0.0.1:$tcp;transport=tcp" hello
exits 69 "69: nobody listens by UDP" send "sip:bob@127.0.0.1:$udp" hello
exits 69 "69: a transport that there is not" \
    send 'sip:bob@127.0.0.1;transport=sctp' hello
exits 74 "74: standard input cannot be read" \
    sh -c '"$0" "$@" <&-' "$SIGNET" -k "$scratch/keys" -a "$alice" send \
    sip:bob@127.0.0.1
exits 78 "78: nobody to be from" \
    "$SIGNET" -k "$scratch/keys" send sip:bob@127.0.0.1 hello
exits 78 "78: settings that are not there" \
    "$SIGNET" -c "$scratch/none.conf" -a "$alice" send sip:b@127.0.0.1 hello
exits 78 "78: no key to sign with" send -s sip:bob@127.0.0.1 hello
exits 78 "78: no certificate to encrypt for" send -e sip:bob@127.0.0.1 hello

while read -r wanted statuses; do
	for status in $statuses; do
		serve "$status"
		exits "$wanted" "$wanted: answered $status" \
		    send "$peer" hello
		unserve
	done
done <<TABLE
0 200 202
65 400 413 415 420 484 488 493
67 404 604
69 300 302 405 482 500 503 606
75 408 480 486 600
77 401 403 407 437 603
TABLE
serve '503 Retry-After: 10'
exits 75 "75: answered 503 with Retry-After" send "$peer" hello
unserve
serve 415
exits 65 "65: answered 415" send "$peer" hello
like "$(cat "$scratch/err")" 'client cannot read' \
    "a 415 says that their client may know no encrypted messages"
unserve
serve silent
exits 75 "75: it expires without an answer" \
    send --expires 1 "$peer" hello
unserve
serve garbage
exits 76 "76: what comes back is no SIP" send "$peer" hello
unserve
serve close
exits 69 "69: the peer hangs up" send "$peer" hello
unserve
serve wrong-branch
exits 75 "75: a 200 for another branch is no answer" \
    send --expires 1 "$peer" hello
unserve
serve other-call
exits 75 "75: a 200 for somebody else is no answer" \
    send --expires 1 "$peer" hello
unserve

root "$scratch/ca" test
domain "$scratch/ca" test "$scratch/bob" 127.0.0.1 IP:127.0.0.1
listen tls -k "$scratch/bob" -a sip:bob@127.0.0.1 -l tls:127.0.0.1:0
exits 77 "77: a server whose CA is not trusted" \
    send "sips:bob@127.0.0.1:$tls" hello
cp "$scratch/ca/root_cert_test.pem" "$scratch/keys/"
exits 0 "0: the same, once its CA is trusted" \
    send "sips:bob@127.0.0.1:$tls" hello
exits 77 "77: a server of another name" \
    send "sips:bob@localhost:$tls" hello

serve 200 404 200 500
printf '%s\thello\n' "$peer" "$peer" "$peer" "$peer" |
    "$SIGNET" -k "$scratch/keys" -a "$alice" --json send -b \
    >"$scratch/out" 2>"$scratch/err"
is $? 67 "a batch goes on, and ends with the first failure's"
is "$(for i in 1 2 3 4; do json exit $i <"$scratch/out"; echo; done |
    paste -s -d ' ' -)" '0 67 0 69' "the batch tells each message's end"
unserve
send --json sip:bob@127.0.0.1:1 hello >/dev/full 2>"$scratch/err"
is $? 69 "the first failure counts, whatever fails after it"
finish
