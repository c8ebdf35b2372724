#!/bin/sh
# send --queue: a message is on disk, and whoever runs with the history sends it.
. "${SRCDIR:?}/tests/e2e/lib.sh"
: "${TOOLS:?make check sets it}"

a=$scratch/a b=$scratch/b
friends "$a" alice@localhost "$b" bob@localhost
listen bob -k "$b" -a sips:bob@localhost -l "tcp:$own:0" --json

# queue TEXT [OPTIONS]
queue() {
	_text=$1
	shift
	timeout 10 "$SIGNET" -k "$a" -a sip:alice@localhost -s -e \
	    --history-file "$scratch/h.db" "$@" send --queue \
	    sip:bob@localhost "$_text" 2>"$scratch/err"
}
# runs: somebody with alice's history; its end is waited for by ends
runs() {
	mkfifo "$scratch/in.$1"
	"$TOOLS/talker" "$a" sip:alice@localhost "tcp:$own:0" \
	    "sip:$own:$tcp;transport=tcp" "$scratch/h.db" <"$scratch/in.$1" \
	    >"$scratch/talker.out" 2>"$scratch/talker.err" &
	talker=$!
	pids="$pids $talker"
	exec 5>"$scratch/in.$1"
	wait_for 'listening on' "$scratch/talker.err"
}
came() {
	grep -c -- "\"text\":\"$1\"" "$scratch/bob.out"
}

queue "while nobody runs"
is "$? $(cat "$scratch/err")" "0 " "it ends with 0 once it is on disk"
is "$(came 'while nobody runs')" 0 "and sends nothing"
runs 1
wait_for 'while nobody runs' "$scratch/bob.out"
ok $? "the next run sends it"
queue "while one runs"
is $? 0 "another one"
wait_for 'while one runs' "$scratch/bob.out"
ok $? "whoever runs is woken and sends it"
printf 'sip:bob@localhost\town words\n' >&5
queue "beside its own"
wait_for 'beside its own' "$scratch/bob.out"
wait_for 'own words' "$scratch/bob.out"
ok $? "its own go on"

# Two at once: one of them sends.
"$TOOLS/talker" "$a" sip:alice@localhost "tcp:$own:0" \
    "sip:$own:$tcp;transport=tcp" "$scratch/h.db" <"$scratch/in.1" \
    >/dev/null 2>"$scratch/second.err" &
second=$!
pids="$pids $second"
wait_for 'listening on' "$scratch/second.err"
queue "with two of them"
wait_for 'with two of them' "$scratch/bob.out"
kill -9 "$talker"
wait "$talker" 2>/dev/null
kill "$second"
wait "$second" 2>/dev/null
exec 5>&-
queue "after a crash"
runs 2
wait_for 'after a crash' "$scratch/bob.out"
ok $? "the lock of one that was killed is gone"
exec 5>&-
sleep 0.3
for text in 'while nobody runs' 'while one runs' 'own words' \
    'beside its own' 'with two of them' 'after a crash'; do
	is "$(came "$text")" 1 "\"$text\" came once"
done

printf 'sip:bob@localhost\tfirst\nno address\tx\nsip:bob@localhost\tthird\n' |
    "$SIGNET" -k "$a" -a sip:alice@localhost -s -e \
	--history-file "$scratch/h.db" send --queue -b 2>"$scratch/err"
is "$? $(wc -l <"$scratch/err" | tr -d ' ')" "65 1" \
    "a batch: what is no address is told, the rest is kept"
runs 3
wait_for '"text":"third"' "$scratch/bob.out"
is "$(came first) $(came third)" "1 1" "and sent"
exec 5>&-
rm -f "$a"/user_*alice*
queue "without a key"
is "$? $(wc -l <"$scratch/err" | tr -d ' ')" "78 1" \
    "without a key: one line and 78"
finish
