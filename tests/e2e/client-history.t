#!/bin/sh
# The client's history: what was said and what waits stays over its runs.
. "${SRCDIR:?}/tests/e2e/lib.sh"
. "$SRCDIR/tests/e2e/terminal.sh"

a=$scratch/a b=$scratch/b
mkdir -m 700 "$a" "$b"
"$SIGNET" -q -k "$a" keys new alice@localhost </dev/null
"$SIGNET" -q -k "$b" keys new bob@localhost </dev/null
"$SIGNET" -k "$a" keys export alice@localhost >"$scratch/alice.pem"
"$SIGNET" -k "$b" keys export bob@localhost >"$scratch/bob.pem"
"$SIGNET" -q -k "$a" keys import "$scratch/bob.pem"
"$SIGNET" -q -k "$b" keys import "$scratch/alice.pem"
"$SIGNET" -q -k "$a" keys trust --yes bob@localhost
"$SIGNET" -q -k "$b" keys trust --yes alice@localhost
db="$XDG_DATA_HOME/signet/history-alice@localhost.db"

# bob: his listener; the first time at any port, then at the same
bob_port=0
bob() {
	listen bob -k "$b" -a sips:bob@localhost -l "tcp:$own:$bob_port"
	bob_port=$tcp
}
# stop_bob
stop_bob() {
	kill "$listener"
	ends "$listener"
}
# start [OPTIONS]: alice's client, in a terminal of its own
run_number=0
start() {
	run_number=$((run_number + 1))
	alice=alice$run_number
	client "$alice" 100x30 -k "$a" -a sips:alice@localhost \
	    -l "tcp:$own:0" -P "sip:$own:$bob_port;transport=tcp" \
	    --sign --encrypt "$@"
	listens "$alice"
}
# quit: it ends as one ends it
quit() {
	keys "$alice" C-u
	say "$alice" "/quit"
	shows "$alice" 'ended 0' "it quits at once"
}
# crash: kill -9
crash() {
	kill -9 "$(pgrep -P "$(terminal display-message -p -t "$alice" \
	    '#{pane_pid}')")"
	shows "$alice" 'ended 137' "kill -9"
}
# from_bob TEXT [OPTIONS]: he writes; what came of it is in status
from_bob() {
	_text=$1
	shift
	timeout 20 "$SIGNET" -k "$b" -a sip:bob@localhost \
	    -P "sip:$own:$port;transport=tcp" send "$@" \
	    sip:alice@localhost "$_text" >"$scratch/sent" 2>&1
	status=$?
}
# in_clear WORD: how often it stands in the files of the database
in_clear() {
	cat "$db" "$db"-wal "$db"-shm 2>/dev/null | grep -c -a -- "$1"
}
# style TEXT: how it looks
style() {
	terminal capture-pane -p -e -t "$alice" | grep -F -- "$1" |
	    sed "s/$1.*//; s/.*>//"
}

# --- both directions, over a restart and a crash --------------------------------

bob
start
say "$alice" "to: sip:bob@localhost"
say "$alice" "mine with zebra in it"
shows "$alice" 'delivered +se .*mine with zebra' "one of mine"
from_bob "his with walrus in it" -s -e
is "$status" 0 "one of his is answered"
shows "$alice" 'good .*his with walrus' "and shown"
from_bob "his in clear"
shows "$alice" 'NOT SIGNED .*his in clear' \
    "one without a signature"
now=$(style 'mine with zebra')
for word in zebra walrus bob@localhost alice@localhost; do
	is "$(in_clear "$word")" 0 "\"$word\" stands in no file of it"
done
quit
start
say "$alice" "to: sip:bob@localhost"
shows "$alice" 'delivered +se .*mine with zebra' "mine is there again"
then=$(style 'mine with zebra')
[ "$now" != "$then" ]
ok $? "faint"
shows "$alice" 'good .* e .*his with walrus' "his is, with its verdict"
shows "$alice" 'NOT SIGNED .*his in clear' "and the alarm of another"
shows "$alice" 'since last time' "a line tells where this run begins"
say "$alice" "after the restart"
shows "$alice" 'delivered +se .*after the restart' "and it goes on"
from_bob "his after it" -s -e
shows "$alice" 'good .*his after it' "both ways"
crash
start
say "$alice" "to: sip:bob@localhost"
shows "$alice" 'delivered +se .*after the restart' "mine is there after kill -9"
shows "$alice" 'good .*his after it' "his, too"
is "$(screen "$alice" | grep -c 'his after it')" 1 "once"
is "$(in_clear walrus)" 0 "and nothing is in clear after a crash"

# --- what waits -------------------------------------------------------------------

stop_bob
say "$alice" "it waits for bob"
shows "$alice" 'waiting +se .*it waits for bob' "nobody is there"
quit
like "$(cat "$scratch/$alice.err")" \
    '1 of your messages wait; they go when signet runs again' \
    "it says what waits"
start
say "$alice" "to: sip:bob@localhost"
shows "$alice" 'waiting +se .*it waits for bob' "it waits in the next run"
crash
start
say "$alice" "to: sip:bob@localhost"
shows "$alice" 'waiting +se .*it waits for bob' "and in the one after a crash"
bob
shows "$alice" 'delivered +se .*it waits for bob' "until he is there"
wait_for 'it waits for bob' "$scratch/bob.out"
is "$(grep -c 'it waits for bob' "$scratch/bob.out")" 1 "it comes once"
quit
start
say "$alice" "to: sip:bob@localhost"
shows "$alice" 'delivered +se .*it waits for bob' "that is kept"
sleep 0.5
is "$(grep -c 'it waits for bob' "$scratch/bob.out")" 1 "and not sent again"
quit

# --- without one --------------------------------------------------------------------

start --no-history
say "$alice" "to: sip:bob@localhost"
say "$alice" "off the record"
shows "$alice" 'delivered +se .*off the record' "without a history"
lacks "$alice" 'zebra' "nothing is there"
quit
start
say "$alice" "to: sip:bob@localhost"
shows "$alice" 'mine with zebra' "with it, all is"
lacks "$alice" 'off the record' "but what was said without"

# --- further back -------------------------------------------------------------------

i=0
while [ $i -lt 650 ]; do
	i=$((i + 1))
	printf 'sip:alice@localhost\tpast %d.\n' $i
done >"$scratch/past"
"$SIGNET" -q -k "$b" -a sip:bob@localhost -P "sip:$own:$port;transport=tcp" \
    send -s -b <"$scratch/past"
is $? 0 "650 lines are said"
shows "$alice" 'past 650\.' "the last is there"
quit
start
say "$alice" "to: sip:bob@localhost"
shows "$alice" 'past 650\.' "and in the next run"
# page COUNT KEY
page() {
	_n=0
	while [ $_n -lt "$1" ]; do
		_n=$((_n + 1))
		keys "$alice" "$2"
	done
}
page 40 PPage
shows "$alice" 'past 1\.' "PgUp goes on into the past"
shows "$alice" 'mine with zebra' "to the first line"
keys "$alice" PPage
settle "$alice"
is "$(screen "$alice" | grep -c 'mine with zebra')" 1 "and no further"
page 2 NPage
shows "$alice" 'past 45\.' "PgDn comes back"
is "$(screen "$alice" | grep -c 'past 45\.')" 1 "each line is there once"
keys "$alice" Escape
shows "$alice" 'past 650\.' "ESC goes to the end"
page 8 PPage
settle "$alice"
page 1 PPage
shows "$alice" 'past 4[34][0-9]\.' "and back again, from disk"
say "$alice" "goes on"
shows "$alice" 'delivered .*goes on' "what is said now is at the end"
page 40 PPage
shows "$alice" 'past 1\.' "PgUp goes on after that"
keys "$alice" Escape
settle "$alice"

# --- unread, drafts, what was entered ----------------------------------------------

say "$alice" "/query bob@localhost"
say "$alice" "recall me"
shows "$alice" 'delivered .*recall me' "a line is entered"
say "$alice" "/pasword sesame-word"
shows "$alice" 'no command' "a slip of /password is refused"
keys "$alice" M-1
settle "$alice"
from_bob "unread one" -s -e
from_bob "unread two" -s -e
shows "$alice" '2 bob@localhost [(]2[)]' "two are unread"
keys "$alice" M-2
shows "$alice" 'unread two' "they are read"
lacks "$alice" '2 bob@localhost [(]2[)]' "and count no more"
keys "$alice" M-1
settle "$alice"
from_bob "unread three" -s -e
from_bob "unread four" -s -e
from_bob "unread five" -s -e
shows "$alice" '2 bob@localhost [(]3[)]' "three more"
keys "$alice" M-2
typed "$alice" "half a thought"
settle "$alice"
keys "$alice" M-1
settle "$alice"
from_bob "unread six" -s -e
shows "$alice" '2 bob@localhost [(]1[)]' "one more"
sleep 1.2
crash
start
shows "$alice" '2 bob@localhost [(]1[)]' "it is unread in the next run"
keys "$alice" M-2
shows "$alice" '-- unread --' "a line tells what is"
is "$(screen "$alice" | sed -n '/-- unread --/,$p' | grep -c 'unread [a-z]*  ')" 1     "what was read is not"
shows "$alice" 'bob@localhost: half a thought' "the draft is there"
keys "$alice" C-u
settle "$alice"
keys "$alice" Up
shows "$alice" 'bob@localhost: recall me' "and the line that was entered"
keys "$alice" C-u
typed "$alice" "/passwor sesame-word"
settle "$alice"
quit
start
say "$alice" "to: sip:bob@localhost"
shows "$alice" '2 bob@localhost *$' "nothing is unread"
lacks "$alice" 'sesame' "nor a password in a draft"
lacks "$alice" 'half a' "nor the draft that was cleared"
keys "$alice" Up
shows "$alice" 'bob@localhost: (/quit|recall me)' "nor in what was entered"
keys "$alice" Up
keys "$alice" Up
settle "$alice"
lacks "$alice" 'sesame' "however far back"
quit
# His first message comes while nobody looks.
client "$alice-f" 100x30 -k "$a" -a sips:alice@localhost -l "tcp:$own:0" \
    -P "sip:$own:$bob_port;transport=tcp"
alice=$alice-f
listens "$alice"
"$SIGNET" -a sip:carol@example.org -P "sip:$own:$port;transport=tcp" send \
    sip:alice@localhost "who am I" >/dev/null
shows "$alice" 'carol@example.org [(]1[)]' "somebody new"
say "$alice" "/query carol@example.org"
is "$(screen "$alice" | grep -c 'who am I')" 1 "shown once"
keys "$alice" M-1
settle "$alice"
"$SIGNET" -a sip:dave@example.org -P "sip:$own:$port;transport=tcp" send \
    sip:alice@localhost "who am I" >/dev/null
shows "$alice" 'dave@example.org [(]1[)]' "and one more"
crash
start
shows "$alice" 'dave@example.org [(]1[)]' "whom a crash does not hide"
lacks "$alice" 'carol@example.org' "who was read is not opened"
quit
finish
