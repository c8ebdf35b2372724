#!/bin/sh
# What a hostile or broken peer can cost: every limit and time-out, over real
# sockets, with the listener still serving others afterwards.
. "${SRCDIR:?}/tests/e2e/lib.sh"

mkdir -m 700 "$scratch/keys"
alice=sips:alice@example.com

# message [HEADER..]: a MESSAGE with further header fields, as bytes
message() {
	printf 'MESSAGE sip:bob@example.com SIP/2.0\r\n'
	printf 'Via: SIP/2.0/TCP 127.0.0.1:9;branch=z9hG4bK%s\r\n' \
	    "$(od -An -N8 -tx1 /dev/urandom | tr -d ' \n')"
	printf 'From: <sip:eve@example.com>;tag=1\r\n'
	printf 'To: <sip:bob@example.com>\r\nCSeq: 1 MESSAGE\r\n'
	printf 'Call-ID: %s\r\n' "$(od -An -N8 -tx1 /dev/urandom | tr -d ' \n')"
	for _field in "$@"; do
		printf '%s\r\n' "$_field"
	done
}
ask() {
	perl "$SRCDIR/tests/wire.pl" ask "$1" 127.0.0.1 "$2" "$scratch/$3" \
	    "${4:-3}" | paste -s -d , -
}
# serves NAME: the listener still takes a message
serves() {
	"$SIGNET" -k "$scratch/keys" -a "$alice" send \
	    "sip:bob@127.0.0.1:$tcp;transport=tcp" "$1"
	is $? 0 "$1: others are still served"
}

listen bob -k "$scratch/keys" -a sip:bob@example.com -l udp:127.0.0.1:0 \
    -l tcp:127.0.0.1:0 --message-timeout 2 --max-connections 1100

message 'Content-Type: text/plain' 'Content-Length: 2' '' >"$scratch/good"
printf 'hi' >>"$scratch/good"
is "$(ask tcp "$tcp" good)" 'SIP/2.0 200 OK' "a sound message"
is "$(ask tcp "$tcp" good)" 'SIP/2.0 200 OK' \
    "the same message again is answered as before"
is "$(grep -c '^| hi' "$scratch/bob.out")" 1 "and shown once"

message "Subject: $(head -c 1048576 /dev/zero | tr '\0' a)" \
    'Content-Length: 0' '' >"$scratch/long"
like "$(ask tcp "$tcp" long)" '^SIP/2.0 513' "a header of 1 MB: 513"
serves "a header of 1 MB"
{
	message
	i=0
	while [ $i -lt 10000 ]; do
		echo "X-$i: y"
		i=$((i + 1))
	done | sed 's/$/\r/'
	printf 'Content-Length: 0\r\n\r\n'
} >"$scratch/many"
like "$(ask tcp "$tcp" many)" '^SIP/2.0 513' "10,000 headers: 513"
serves "10,000 headers"
for length in 4294967300 18446744073709551616 99999999999999999999 -1 abc \
    0x5 5x '5 5' '' 1000000000; do
	message 'Content-Type: text/plain' "Content-Length: $length" '' \
	    >"$scratch/length"
	printf 'hello' >>"$scratch/length"
	like "$(ask tcp "$tcp" length)" '^SIP/2.0 4(00|13)' \
	    "a Content-Length of \"$length\" is refused"
done
message 'Content-Type: text/plain' 'Content-Length: 50' '' >"$scratch/cut"
printf 'hello' >>"$scratch/cut"
like "$(ask udp "$udp" cut)" '^SIP/2.0 400' "a datagram cut short: 400"

is "$(perl "$SRCDIR/tests/wire.pl" half 127.0.0.1 "$tcp" "$scratch/cut")" \
    none "a peer that closes in the middle gets no answer"
serves "a peer that closes in the middle"
perl "$SRCDIR/tests/wire.pl" drip 127.0.0.1 "$tcp" "$scratch/good" 20 \
    >"$scratch/drip"
like "$(cat "$scratch/drip")" '^[1-4]\.' \
    "a byte a second: closed after message-timeout (2 s)"
serves "a byte a second"

perl "$SRCDIR/tests/wire.pl" silent 127.0.0.1 "$tcp" 1000 10 \
    >"$scratch/silent" &
silent=$!
pids="$pids $silent"
wait_for open "$scratch/silent"
serves "1,000 connections that say nothing"
ends "$silent"
is "$(tail -n 1 "$scratch/silent")" 1000 \
    "1,000 connections that say nothing: all closed after the time-out"
perl "$SRCDIR/tests/wire.pl" silent 127.0.0.1 "$tcp" 1200 10 \
    >"$scratch/silent" &
silent=$!
pids="$pids $silent"
wait_for open "$scratch/silent"
serves "more silent connections than max-connections"
ends "$silent"
is "$(tail -n 1 "$scratch/silent")" 1200 \
    "more of them than max-connections: all closed"

head -c 300000 /dev/urandom >"$scratch/noise"
ask tcp "$tcp" noise 1 >/dev/null
head -c 60000 "$scratch/noise" >"$scratch/noise2"
ask udp "$udp" noise2 0.2 >/dev/null
serves "noise"

kill "$listener"
ends "$listener"
is $? 0 "the listener ends in good order after all that"

# Standard output that cannot be written: 480, in words, and the end.
"$SIGNET" -k "$scratch/keys" -a sip:bob@example.com -l tcp:127.0.0.1:0 \
    listen >/dev/full 2>"$scratch/full.err" &
full=$!
pids="$pids $full"
wait_for 'listening on' "$scratch/full.err"
tcp=$(sed -n 's/.*listening on tcp:.*:\([0-9]*\)$/\1/p' "$scratch/full.err")
"$SIGNET" -k "$scratch/keys" -a "$alice" send \
    "sip:bob@127.0.0.1:$tcp;transport=tcp" hello 2>"$scratch/err"
is $? 75 "a listener whose output is full answers 480"
ends "$full"
is $? 74 "and ends with 74"
like "$(cat "$scratch/full.err")" 'cannot write to standard output' \
    "and says so"
finish
