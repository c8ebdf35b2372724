#!/bin/sh
# Receipts and Message-IDs with a history: they find their messages after a
# restart, and a signed text that comes again is known years later.
. "${SRCDIR:?}/tests/e2e/lib.sh"
. "$SRCDIR/tests/e2e/terminal.sh"

a=$scratch/a b=$scratch/b
friends "$a" alice@here.test "$b" bob@there.test
export XDG_DATA_HOME="$scratch/data"

alice() {
	client alice 120x24 --history-file "$scratch/alice.db" -k "$a" \
	    -a sip:alice@here.test -l "tcp:$own:6001" --register no --sign \
	    --encrypt -P "sip:$own:6002;transport=tcp"
	listens alice
}
leave() {
	keys "$1" C-c C-c C-c C-c
	shows "$1" 'ended 0' "$1 leaves"
	terminal kill-session -t "$1"
}
# state: of alice's last message, by her history
state() {
	"$SIGNET" -k "$a" -a sip:alice@here.test log --json \
	    --history-file "$scratch/alice.db" | json "$1"
}

# --- a receipt after a restart ----------------------------------------------------

alice
client bob 120x24 --no-history -k "$b" -a sip:bob@there.test \
    -l "tcp:$own:6002" --register no --sign --encrypt --receipts read \
    -P "sip:$own:6001;transport=tcp"
listens bob
say bob "to: sip:alice@here.test"
say bob "I am here"
say alice "to: sip:bob@there.test"
shows alice "$(row good).*I am here" "bob writes, and so tells what he takes"
keys bob M-1
say alice "read it when you can"
shows bob '[0-9] 2 alice@here.test 1' "alice's message comes"
shows alice "$(row delivered).*read it when" "and is delivered"
leave alice
is "$(state state)" delivered "the history says so"
like "$(state message_id)" '^[0-9a-f]{32}$' "and has its Message-ID"
alice
say alice "to: sip:bob@there.test"
shows alice "$(row delivered).*read it when" "it is there after a restart"
keys bob M-2
shows alice "$(row displayed).*read it when" "the receipt of today finds it"
leave alice
is "$(state state)" displayed "and the history keeps that"
alice
say alice "to: sip:bob@there.test"
shows alice "$(row displayed).*read it when" "and shows it"
# Two of her own, both of an earlier run: only the row tells which it is of.
keys bob M-1
say alice "two now"
say alice "three now"
shows alice "$(row delivered).*three now" "two more are delivered"
leave alice
alice
say alice "to: sip:bob@there.test"
shows alice "$(row delivered).*three now" "both are there after a restart"
keys bob M-2
shows alice "$(row displayed).*two now" "a receipt finds its own line"
shows alice "$(row displayed).*three now" "and the second one its"
leave alice
leave bob

# --- a Message-ID after a restart ---------------------------------------------------

# caught: a signed and wrapped message of alice's to bob, in the file caught
perl "$SRCDIR/tests/wire.pl" catch "$scratch/port" "$scratch/caught" &
catcher=$!
pids="$pids $catcher"
wait_for . "$scratch/port"
"$SIGNET" -q -k "$a" -a sip:alice@here.test -s --wrap yes \
    -P "sip:127.0.0.1:$(cat "$scratch/port");transport=tcp" \
    send sip:bob@there.test once
ends "$catcher"
# arrives CALL-ID [NAME]: it comes to a listener with a history, as a message
# of its own; what that says is in NAME.out
arrives() {
	listen "$2" -k "$b" -a sip:bob@there.test -l tcp:127.0.0.1:0 --json \
	    --history --history-file "$scratch/bob.db"
	sed "s/^Call-ID: .*/Call-ID: $1\r/" "$scratch/caught" >"$scratch/message"
	perl "$SRCDIR/tests/wire.pl" ask tcp 127.0.0.1 "$tcp" \
	    "$scratch/message" 5 >"$scratch/answer"
	wait_for once "$scratch/$2.out"
	kill "$listener"
	ends "$listener"
}
arrives one first
is "$(json reason <"$scratch/first.out")" '' "a signed text comes"
arrives two second
is "$(json reason <"$scratch/second.out")" 'seen before' \
    "after a restart the same text is known"
is "$(json text <"$scratch/second.out")" once "and shown"
"$SIGNET" -k "$b" -a sip:bob@there.test log --json \
    --history-file "$scratch/bob.db" >"$scratch/log"
is "$(json signed_to 1 <"$scratch/log") $(json signed_to 2 <"$scratch/log")" \
    "bob@there.test bob@there.test" "the history has what is signed"
is "$(json reason 2 <"$scratch/log")" 'seen before' "and the remark"
finish
