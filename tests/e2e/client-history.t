#!/bin/sh
# The client's history: what was said and what waits stays over its runs.
. "${SRCDIR:?}/tests/e2e/lib.sh"
. "$SRCDIR/tests/e2e/terminal.sh"

a=$scratch/a b=$scratch/b
friends "$a" alice@localhost "$b" bob@localhost
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
shows "$alice" "$(row delivered e).*mine with zebra" "one of mine"
from_bob "his with walrus in it" -s -e
is "$status" 0 "one of his is answered"
shows "$alice" "$(row good).*his with walrus" "and shown"
from_bob "his in clear"
shows "$alice" "$(row "NOT SIGNED").*his in clear" \
    "one without a signature"
now=$(style 'mine with zebra')
for word in zebra walrus bob@localhost alice@localhost; do
	is "$(in_clear "$word")" 0 "\"$word\" stands in no file of it"
done
quit
start
say "$alice" "to: sip:bob@localhost"
shows "$alice" "$(row delivered e).*mine with zebra" "mine is there again"
then=$(style 'mine with zebra')
[ "$now" != "$then" ]
ok $? "faint"
shows "$alice" "$(row good e).*his with walrus" "his is, with its verdict"
shows "$alice" "$(row "NOT SIGNED").*his in clear" "and the alarm of another"
shows "$alice" 'since last time' "a line tells where this run begins"
say "$alice" "after the restart"
shows "$alice" "$(row delivered e).*after the restart" "and it goes on"
from_bob "his after it" -s -e
shows "$alice" "$(row good).*his after it" "both ways"
crash
start
say "$alice" "to: sip:bob@localhost"
shows "$alice" "$(row delivered e).*after the restart" "mine is there after kill -9"
shows "$alice" "$(row good).*his after it" "his, too"
is "$(screen "$alice" | grep -c 'his after it')" 1 "once"
is "$(in_clear walrus)" 0 "and nothing is in clear after a crash"

# --- what waits -------------------------------------------------------------------

stop_bob
say "$alice" "it waits for bob"
shows "$alice" "$(row waiting e).*it waits for bob" "nobody is there"
quit
like "$(cat "$scratch/$alice.err")" \
    '1 of your messages wait; they go when signet runs again' \
    "it says what waits"
start
say "$alice" "to: sip:bob@localhost"
shows "$alice" "$(row waiting e).*it waits for bob" "it waits in the next run"
crash
start
say "$alice" "to: sip:bob@localhost"
shows "$alice" "$(row waiting e).*it waits for bob" "and in the one after a crash"
bob
shows "$alice" "$(row delivered e).*it waits for bob" "until he is there"
wait_for 'it waits for bob' "$scratch/bob.out"
is "$(grep -c 'it waits for bob' "$scratch/bob.out")" 1 "it comes once"
quit
start
say "$alice" "to: sip:bob@localhost"
shows "$alice" "$(row delivered e).*it waits for bob" "that is kept"
sleep 0.5
is "$(grep -c 'it waits for bob' "$scratch/bob.out")" 1 "and not sent again"
quit

# --- without one --------------------------------------------------------------------

start --no-history
say "$alice" "to: sip:bob@localhost"
say "$alice" "off the record"
shows "$alice" "$(row delivered e).*off the record" "without a history"
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
shows "$alice" "$(row delivered).*goes on" "what is said now is at the end"
page 40 PPage
shows "$alice" 'past 1\.' "PgUp goes on after that"
keys "$alice" Escape
settle "$alice"

# --- unread, drafts, what was entered ----------------------------------------------

say "$alice" "/query bob@localhost"
say "$alice" "recall me"
shows "$alice" "$(row delivered).*recall me" "a line is entered"
say "$alice" "/pasword sesame-word"
shows "$alice" 'no command' "a slip of /password is refused"
keys "$alice" M-1
settle "$alice"
from_bob "unread one" -s -e
from_bob "unread two" -s -e
shows "$alice" '[0-9] 2 bob@localhost 2' "two are unread"
keys "$alice" M-2
shows "$alice" 'unread two' "they are read"
lacks "$alice" '[0-9] 2 bob@localhost 2' "and count no more"
keys "$alice" M-1
settle "$alice"
from_bob "unread three" -s -e
from_bob "unread four" -s -e
from_bob "unread five" -s -e
shows "$alice" '[0-9] 2 bob@localhost 3' "three more"
keys "$alice" M-2
typed "$alice" "half a thought"
settle "$alice"
keys "$alice" M-1
settle "$alice"
from_bob "unread six" -s -e
shows "$alice" '[0-9] 2 bob@localhost 1' "one more"
sleep 1.2
crash
start
shows "$alice" '[0-9] 2 bob@localhost 1' "it is unread in the next run"
keys "$alice" M-2
shows "$alice" '-- unread --' "a line tells what is"
is "$(screen "$alice" | sed -n '/-- unread --/,$p' | grep -c 'unread [a-z]*$')" 1 \
    "what was read is not"
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
shows "$alice" '^bob@localhost' "the conversation is there"
lacks "$alice" '[0-9] 2 bob@localhost' "nothing is unread"
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
shows "$alice" ' carol@example.org 1' "somebody new"
say "$alice" "/query carol@example.org"
is "$(screen "$alice" | grep -c 'who am I')" 1 "shown once"
keys "$alice" M-1
settle "$alice"
"$SIGNET" -a sip:dave@example.org -P "sip:$own:$port;transport=tcp" send \
    sip:alice@localhost "who am I" >/dev/null
shows "$alice" ' dave@example.org 1' "and one more"
crash
start
shows "$alice" ' dave@example.org 1' "whom a crash does not hide"
lacks "$alice" 'carol@example.org' "who was read is not opened"
quit

# --- what waits, in /outbox ---------------------------------------------------------

start
say "$alice" "to: sip:bob@localhost"
settle "$alice"
say "$alice" "/outbox"
shows "$alice" 'none of your messages waits' "an empty outbox"
stop_bob
say "$alice" "waits first"
shows "$alice" "$(row waiting e).*waits first" "one waits"
say "$alice" "waits second"
say "$alice" "waits third"
say "$alice" "/outbox"
shows "$alice" 'to sip:bob@localhost' "/outbox: to whom"
shows "$alice" '[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9:]{5} ' "since when"
shows "$alice" 'refused|no way|not be reached|connect' "why"
is "$(screen "$alice" | grep -c 'its turn has not come')" 2 "or that its turn has not come"
keys "$alice" q
say "$alice" "/drop"
says "$alice" 'waits third .*you dropped it' "/drop gives up the last"
keys "$alice" M-Up
keys "$alice" M-Up
keys "$alice" M-Up
settle "$alice"
say "$alice" "/drop"
says "$alice" 'waits first .*you dropped it' "or the chosen one"
keys "$alice" Escape
settle "$alice"
bob
shows "$alice" "$(row delivered e).*waits second" "the other one goes"
is "$(grep -c 'waits second' "$scratch/bob.out")" 1 "once"
say "$alice" "/drop"
shows "$alice" 'none of your messages waits here' "then none waits"
say "$alice" "/resend"
shows "$alice" "$(row delivered e).*waits third" "/resend sends the last failed one"
kill -STOP "$listener"
say "$alice" "on its way"
shows "$alice" "$(row sent e).*on its way" "one that has left"
say "$alice" "/outbox"
shows "$alice" 'it has left, and has no answer yet' "/outbox says so"
keys "$alice" q
say "$alice" "/drop"
says "$alice" 'on its way .*you dropped it after it had left: it may have got there' \
    "/drop says that it may have got there"
kill -CONT "$listener"
say "$alice" "behind it"
shows "$alice" "$(row delivered e).*behind it" "the next one goes"
quit
start
say "$alice" "to: sip:bob@localhost"
shows "$alice" "$(row failed e).*waits first" "a dropped one is not sent later"
shows "$alice" "$(row failed e).*on its way" "nor one that had left"
sleep 0.5
like "$(grep -c 'on its way' "$scratch/bob.out")" '^[01]$' "again"
is "$(grep -c 'waits first' "$scratch/bob.out")" 0 "never"

# --- /search, and / on the disk --------------------------------------------------------

say "$alice" "/search WALRUS"
shows "$alice" '^ *his with walrus in it' "/search finds what was said long ago"
shows "$alice" '[0-9:]{5}  bob@localhost' "when, and by whom"
keys "$alice" q
say "$alice" "/search the restart"
shows "$alice" '[0-9:]{5}  to bob@localhost' "or to whom"
keys "$alice" q
say "$alice" "/search nothing has this"
shows "$alice" 'not found in the history' "or says that there is none"
keys "$alice" PPage
settle "$alice"
typed "$alice" "/"
typed "$alice" "ZEBRA"
keys "$alice" Enter
shows "$alice" 'mine with zebra' "/ goes on in the disk"
keys "$alice" Escape
settle "$alice"
keys "$alice" PPage
settle "$alice"
typed "$alice" "/"
typed "$alice" "aardvark"
keys "$alice" Enter
shows "$alice" 'not found above' "and says where nothing is found"
keys "$alice" Escape
settle "$alice"

# --- nothing of somebody ---------------------------------------------------------------

say "$alice" "/history"
shows "$alice" 'usage: /history on.off' "/history says how it is used"
say "$alice" "/history off"
shows "$alice" 'encrypted not kept' "the header says that nothing is kept"
say "$alice" "off my record"
shows "$alice" "$(row delivered e).*off my record" "one of mine"
from_bob "off his record" -s -e
is "$status" 0 "one of his is answered"
shows "$alice" "$(row good).*off his record" "and shown"
typed "$alice" "off my draft"
settle "$alice"
quit
start
say "$alice" "to: sip:bob@localhost"
shows "$alice" 'encrypted not kept' "it stays so"
shows "$alice" 'waits second' "what was kept before is there"
lacks "$alice" 'off my|off his' "what was said then is not"
say "$alice" "/search off"
shows "$alice" 'not found in the history' "anywhere"
stop_bob
say "$alice" "off and waiting"
shows "$alice" "$(row waiting e).*off and waiting" "one that waits"
say "$alice" "/quit"
shows "$alice" '1 of your messages have no answer yet; quit again' \
    "is not lost without a warning"
bob
shows "$alice" "$(row delivered e).*off and waiting" "it goes in this run"
say "$alice" "/history on"
says "$alice" 'is kept from now on' "/history on"
lacks "$alice" 'not kept' "the header says nothing then"
say "$alice" "on my record"
shows "$alice" "$(row delivered e).*on my record" "and what is said is kept"

# --- /clear and /forget -------------------------------------------------------------------

say "$alice" "/clear"
settle "$alice"
lacks "$alice" 'on my record' "/clear empties the screen"
keys "$alice" PPage
shows "$alice" 'on my record' "the disk keeps it"
keys "$alice" Escape
settle "$alice"
stop_bob
say "$alice" "given up by forgetting"
shows "$alice" "$(row waiting e).*given up" "one waits"
typed "$alice" "a draft to forget"
settle "$alice"
keys "$alice" M-1
settle "$alice"
say "$alice" "/forget bob@localhost"
shows "$alice" 'Delete it' "/forget asks"
keys "$alice" n
shows "$alice" 'nothing was deleted' "and does nothing on a no"
say "$alice" "/forget bob@localhost"
shows "$alice" 'Delete it' "it asks again"
keys "$alice" y
says "$alice" 'deleted: no file of the history has any of it' \
    "and says what was deleted"
keys "$alice" M-3
settle "$alice"
lacks "$alice" 'given up by|a draft|on my' "the screen is empty"
keys "$alice" Up
settle "$alice"
lacks "$alice" 'given up by' "and the input line's history"
bob
sleep 1.5
is "$(grep -c 'given up by' "$scratch/bob.out")" 0 "what waited does not go"
keys "$alice" C-u
say "$alice" "a new beginning"
shows "$alice" "$(row delivered e).*a new beginning" "it begins anew"
quit
start
say "$alice" "to: sip:bob@localhost"
shows "$alice" 'a new beginning' "which is kept"
keys "$alice" PPage
settle "$alice"
lacks "$alice" 'on my record|past|zebra' "and nothing else is"
keys "$alice" Escape
settle "$alice"
say "$alice" "/search zebra"
shows "$alice" 'not found in the history' "nor found"

# --- two clients at once ------------------------------------------------------------

first=$alice
start
shows "$alice" 'another signet has this history' "a second client says so"
stop_bob
say "$alice" "to: sip:bob@localhost"
say "$alice" "from the second one"
shows "$alice" "$(row waiting e).*from the second one" "one of its own waits"
"$SIGNET" -k "$a" -a sips:alice@localhost send --queue sip:bob@localhost \
    "left to the first one"
is $? 0 "another one is left to whoever sends"
say "$first" "/outbox"
shows "$first" 'left to the first one' "which is the first client"
lacks "$first" 'from the second one' "that does not take the second's"
bob
shows "$alice" "$(row delivered e).*from the second one" "the second one sends it"
wait_for 'left to the first one' "$scratch/bob.out"
sleep 1
is "$(grep -c 'from the second one' "$scratch/bob.out")" 1 "once"
is "$(grep -c 'left to the first one' "$scratch/bob.out")" 1 "as the first its own"
keys "$first" Escape
quit
is "$("$SIGNET" -k "$a" -a sips:alice@localhost log --json bob@localhost |
    grep 'from the second one' | grep -c '"state":"delivered"')" 1 \
    "and it stands in the history once, delivered"
alice=$first

# --- a new key of mine -------------------------------------------------------------------

mkdir -m 700 "$scratch/new"
"$SIGNET" -q -k "$scratch/new" keys new alice@localhost </dev/null
cat "$scratch/new/user_cert_alice@localhost.pem" \
    "$scratch/new/user_key_alice@localhost.pem" >"$scratch/new.pem"
say "$alice" "/import --force $scratch/new.pem"
says "$alice" 'imported: ' "a new key is imported"
quit
start --no-sign --no-encrypt
say "$alice" "to: sip:bob@localhost"
shows "$alice" 'a new beginning' "it opens the history"
lacks "$alice" 'what is said is not kept' "without a complaint"
quit
finish
