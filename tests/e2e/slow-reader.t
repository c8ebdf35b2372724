#!/bin/sh
# Standard output that nobody reads keeps the listener from nothing: what does
# not fit waits, its answer with it, and over a bound messages are refused.
. "${SRCDIR:?}/tests/e2e/lib.sh"

mkdir -m 700 "$scratch/keys"
mkfifo "$scratch/pipe"
# Held open for both, so that neither side waits for the other to open it.
exec 7<>"$scratch/pipe"

# starts NAME [OPTIONS]: a listener whose output is the pipe
starts() {
	_name=$1
	shift
	: >"$scratch/$_name.err"
	"$SIGNET" -k "$scratch/keys" -a sip:bob@example.com \
	    -l tcp:127.0.0.1:0 --trace "$scratch/$_name.trace" listen "$@" \
	    >"$scratch/pipe" 2>"$scratch/$_name.err" 7<&- &
	listener=$!
	pids="$pids $listener"
	wait_for 'listening on' "$scratch/$_name.err"
	tcp=$(sed -n 's/.*listening on tcp:.*:\([0-9]*\)$/\1/p' \
	    "$scratch/$_name.err")
}
# sends NAME BYTES: in the background, its pid in sender
sends() {
	head -c "$2" /dev/zero | tr '\0' "$1" | "$SIGNET" -q \
	    -k "$scratch/keys" -a sip:alice@example.com send \
	    "sip:bob@127.0.0.1:$tcp;transport=tcp" - 2>"$scratch/$1.err" \
	    7<&- &
	sender=$!
	pids="$pids $sender"
}
# asks USER: the answer to a message to USER
asks() {
	"$SIGNET" -q -k "$scratch/keys" -a sip:alice@example.com send \
	    "sip:$1@127.0.0.1:$tcp;transport=tcp" hello 2>/dev/null 7<&-
}

starts bob
sends a 300000
first=$sender
wait_for '^  User-Agent' "$scratch/bob.trace"
asks nobody
is $? 67 "while a message waits to be read, others are answered"
kill -0 "$first"
ok $? "but not the one that was not written out"
sends b 500000
second=$sender
# It has come, though it is not answered: the trace tells.
wait_for '^  b' "$scratch/bob.trace"
sends e 500000
ends "$sender"
is $? 75 "over the bound a message is answered 480"
sends f 500000
ends "$sender"
is $? 75 "and the next one"
like "$(cat "$scratch/bob.err")" 'standard output is not read.*480' \
    "and it is said"
is "$(grep -c 'is not read' "$scratch/bob.err")" 1 "once"
kill -0 "$second"
ok $? "what waits goes on waiting"
cat <"$scratch/pipe" >"$scratch/read" 7<&- &
reader=$!
pids="$pids $reader"
ends "$first"
is $? 0 "once it is read the first is answered 200"
ends "$second"
is $? 0 "and the next"
asks bob
is $? 0 "and new ones are taken again"
wait_for '^\| hello' "$scratch/read"
is "$(tr -dc a <"$scratch/read" | wc -c | awk '{print ($1 >= 300000)}')" 1 \
    "the text is there as it was sent"
kill "$reader"
ends "$reader" 2>/dev/null
kill "$listener"
ends "$listener"
is $? 0 "the listener ends in good order"

starts twice
{
	printf 'MESSAGE sip:bob@example.com SIP/2.0\r\n'
	printf 'Via: SIP/2.0/TCP 127.0.0.1:9;branch=z9hG4bKone\r\n'
	printf 'From: <sip:eve@example.com>;tag=1\r\n'
	printf 'To: <sip:bob@example.com>\r\nCSeq: 1 MESSAGE\r\n'
	printf 'Call-ID: twice\r\nContent-Type: text/plain\r\n'
	printf 'Content-Length: 300000\r\n\r\n'
	head -c 299999 /dev/zero | tr '\0' g
	printf '!'
} >"$scratch/one"
sed 's/z9hG4bKone/z9hG4bKtwo/' "$scratch/one" >"$scratch/two"
for copy in one two; do
	perl "$SRCDIR/tests/wire.pl" ask tcp 127.0.0.1 "$tcp" \
	    "$scratch/$copy" 20 >"$scratch/$copy.answer" 7<&- &
	eval "$copy=\$!"
	pids="$pids $!"
	wait_for "branch=z9hG4bK$copy" "$scratch/twice.trace"
done
asks nobody
cat <"$scratch/pipe" >"$scratch/read" 7<&- &
reader=$!
pids="$pids $reader"
ends "$one"
ends "$two"
is "$(cat "$scratch/one.answer" "$scratch/two.answer")" "SIP/2.0 200 OK
SIP/2.0 200 OK" "a copy that came while the first waited gets its answer"
is "$(grep -c '^| g*!' "$scratch/read")" 1 "and it is shown once"
kill "$reader" "$listener"
ends "$reader" 2>/dev/null
ends "$listener"

starts stopped
sends c 300000
wait_for '^  User-Agent' "$scratch/stopped.trace"
asks nobody
kill "$listener"
ends "$listener"
is $? 74 "a signal while nobody reads: 74"
like "$(cat "$scratch/stopped.err")" 'last [0-9]* bytes were not written' \
    "with words"
ends "$sender"
is $? 75 "and who waited for an answer gets 480"
# What the pipe still holds is nobody's.
exec 7<&-
rm "$scratch/pipe"
mkfifo "$scratch/pipe"
exec 7<>"$scratch/pipe"

starts counted -n 1
sends d 300000
wait_for '^  User-Agent' "$scratch/counted.trace"
cat <"$scratch/pipe" >"$scratch/read" 7<&- &
reader=$!
pids="$pids $reader"
exec 7<&-
ends "$sender"
is $? 0 "listen -n 1 waits for a slow reader: answered"
ends "$listener"
is $? 0 "and ends then"
ends "$reader"
is "$(tr -dc d <"$scratch/read" | wc -c | awk '{print ($1 >= 300000)}')" 1 \
    "with all of the text written"
finish
