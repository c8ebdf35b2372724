#!/bin/sh
# Every key of the client, the mouse, searching, sending again, bells and
# notifications, colours and terminals without.
. "${SRCDIR:?}/tests/e2e/lib.sh"
. "$SRCDIR/tests/e2e/terminal.sh"

k=$scratch/k
mkdir "$k"
"$SIGNET" -q -k "$k" keys new alice@localhost </dev/null
listen bob -a sips:bob@localhost -l "tcp:$own:0"
bobs=$tcp

# begin NAME SIZE TERM [OPTION..]: a client in a terminal of that kind
begin() {
	_n=$1 _s=$2
	environment="$env TERM=$3"
	shift 3
	client "$_n" "$_s" -k "$k" -a sips:alice@localhost -l "tcp:$own:0" \
	    -P "sip:$own:$bobs;transport=tcp" --retry-max 1 "$@"
	listens "$_n"
}

# bytes NAME FORMAT: as a terminal sends them
bytes() {
	terminal send-keys -t "$1" -l -- "$(printf "$2")"
}

# send WHO TEXT: from somebody, to alice
send() {
	"$SIGNET" -q -k "$k" -a "sip:$1@localhost" \
	    -P "sip:$own:$port;transport=tcp" send sip:alice@localhost "$2"
}

env=
begin alice 100x20 xterm-256color
keys alice M-p
say alice 'to: sip:bob@localhost'
i=0
while [ $i -lt 40 ]; do
	i=$((i + 1))
	printf 'sip:alice@localhost\tline number %d.\n' $i
done | "$SIGNET" -q -k "$k" -a sip:bob@localhost \
    -P "sip:$own:$port;transport=tcp" send -b
shows alice '\| line number 40\.' "forty lines came"

# --- looking back ---------------------------------------------------------------
keys alice PPage
shows alice 'scrolled back' "PgUp looks back"
send bob "meanwhile"
shows alice 'scrolled back: [0-9]+ below, 1 new' "what comes is counted below"
lacks alice 'meanwhile' "and does not move what one reads"
keys alice NPage NPage
shows alice '\| meanwhile' "PgDn goes to the end again"
keys alice 'M-<'
shows alice '\| line number 1\.' "Alt-< to the beginning"
keys alice 'M->'
shows alice '\| meanwhile' "Alt-> to the end"
bytes alice '\033[<64;10;10M'
shows alice 'scrolled back' "the wheel looks back"
bytes alice '\033[<65;10;10M'
sleep 0.1
bytes alice '\033[<65;10;10M'
settle alice
lacks alice 'scrolled back' "and forth"
keys alice PPage
typed alice '/'
shows alice '^search:' "/ asks for a word"
typed alice 'NUMBER 1'
keys alice Enter
settle alice
keys alice n
keys alice n
settle alice
keys alice N
settle alice
shows alice '\| line number 1[0-9]*\.' "n and N go through what has it"
keys alice Escape
shows alice '\| meanwhile' "ESC leaves"

# --- choosing ---------------------------------------------------------------------
keys alice M-Up
sleep 0.1
keys alice M-Up
sleep 0.1
keys alice Enter
shows alice '^received ' "Alt-Up and Enter show a message's verdict"
shows alice '^signature +none' "of the chosen one"
keys alice q
keys alice M-Down
keys alice F3
shows alice '^received ' "F3 does"
keys alice q Escape
bytes alice '\033[<0;95;3M\033[<0;95;3m'
shows alice '^signet to:' "a click goes to a conversation"
bytes alice '\033[<0;95;4M\033[<0;95;4m'
shows alice '^bob@localhost' "and back"
keys alice M-Left
shows alice '^signet to:' "Alt-Left goes to the one before"
keys alice M-Right
shows alice '^bob@localhost' "Alt-Right to the one after"
keys alice F1
shows alice 'Commands' "F1 helps"
keys alice Down Up Space b G g
typed alice '/'
typed alice 'undo'
keys alice Enter
shows alice '\^_ +undo' "the pager searches"
keys alice s
typed alice "$scratch/help.txt"
keys alice Enter
shows alice 'saved as' "and saves"
keys alice s
typed alice "$scratch/help.txt"
keys alice Enter
shows alice 'cannot be made: File exists' "but never over a file"
keys alice q

# --- sending again ----------------------------------------------------------------
say alice 'to: sip:nobody@localhost'
say alice 'hello?'
shows alice "$(row failed).*hello" "what is refused has failed"
kill "$listener"
ends "$listener"
say alice 'waits'
shows alice "$(row waiting).*waits" "without a way a message waits"
"$SIGNET" listen -a sips:nobody@localhost -l "tcp:$own:$bobs" \
    >"$scratch/nobody.out" 2>"$scratch/nobody.err" &
listener=$!
pids="$pids $listener"
shows alice "$(row delivered).*waits" "until there is one"
keys alice M-r
shows alice "$(row delivered).*hello" "Alt-R sends again what failed"
wait_for '^\| hello' "$scratch/nobody.out"
ok $? "and it arrives"
says alice 'sent again below' "the old one says so"
keys alice M-r
shows alice 'none of your messages has failed' "and is not sent a third time"
say alice '/add sip:dave@localhost bob@localhost'
keys alice C-u
shows alice '\|  dave@localhost' "a name that is refused leaves the person"
wait_for dave@localhost "$k/people"
ok $? "kept"
terminal set-buffer "$(seq 1 500)"
terminal paste-buffer -p -t alice
shows alice '^ +500$' "after five hundred lines one still sees the cursor"
typed alice ' here'
shows alice '^ +500 here$' "and what one types"
keys alice C-c

# --- who does not look ----------------------------------------------------------------
terminal pipe-pane -t alice -o "cat >'$scratch/raw'"
send bob "psst; secret"
shows alice 'bob@localhost \(1\)' "what is not in view is counted"
settle alice
terminal pipe-pane -t alice
perl -0ne 'exit(/\e\]777;notify;signet;message from bob\@localhost\a/ ? 0 : 1)' \
    "$scratch/raw"
ok $? "a notification names who wrote"
perl -0ne 'exit(/\a/ ? 0 : 1)' "$scratch/raw"
ok $? "the bell rings"
perl -0ne 'exit(/777[^\a]*secret/ ? 1 : 0)' "$scratch/raw"
ok $? "and nothing is told of what they wrote"
say alice '/set bell no'
say alice '/set notify no'
sleep 1
terminal pipe-pane -t alice -o "cat >'$scratch/raw2'"
send bob "psst"
shows alice 'bob@localhost \(2\)' "the next is counted"
settle alice
terminal pipe-pane -t alice
perl -0ne 'exit(/777|\a/ ? 1 : 0)' "$scratch/raw2"
ok $? "/set turns both off"
keys alice C-l
settle alice
shows alice '^nobody@localhost' "^L draws it anew"
say alice /quit
shows alice 'ended 0' "it ends"
is "$(cat "$scratch/alice.err")" "" "without a word of trouble"

# --- colours ---------------------------------------------------------------------------
# colours NAME: of what it drew, the codes of colours
colours() {
	terminal capture-pane -e -p -t "$1" |
	    grep -o "$(printf '\033')\\[[0-9;]*m" | tr -dc '0-9;m\n' |
	    grep -Ec '(^|;)(3[0-8]|9[0-7])(;|m)'
}
listen carol -a sips:carol@localhost -l "tcp:$own:0"
bobs=$tcp
for kind in xterm-256color xterm screen-256color; do
	begin $kind 80x20 $kind
	say $kind 'to: sip:carol@localhost'
	say $kind 'hello'
	shows $kind "$(row delivered).*hello" "$kind: a message goes"
	[ "$(colours $kind)" -gt 0 ]
	ok $? "$kind: there are colours"
done
env=NO_COLOR=1
begin none 80x20 xterm-256color
env=
say none 'to: sip:carol@localhost'
say none 'hello'
shows none "$(row delivered).*hello" "without colours the words say all"
is "$(colours none)" 0 "NO_COLOR takes them away"
begin mono 80x20 vt100
say mono 'to: sip:carol@localhost'
say mono 'hello'
shows mono "$(row delivered).*hello" "a terminal that has none does, too"
is "$(colours mono)" 0 "without any"
begin themed 80x20 xterm-256color --theme mono
say themed 'to: sip:carol@localhost'
settle themed
is "$(colours themed)" 0 "theme = mono wants none"
say themed '/set theme light'
settle themed
[ "$(colours themed)" -gt 0 ]
ok $? "/set theme changes it at once"

# --- small ones --------------------------------------------------------------------------
for size in 59x20 40x10 30x8 20x5; do
	begin "s$size" 80x20 xterm-256color
	terminal resize-window -t "s$size" -x ${size%x*} -y ${size#*x}
	say "s$size" 'to: sip:carol@localhost'
	say "s$size" "w $size"
	wait_for "^\| w $size" "$scratch/carol.out"
	ok $? "$size: a message can be sent"
	settle "s$size"
	like "$(screen "s$size")" "> w $size" "$size: and seen"
	is "$(screen "s$size" | awk -v n=${size%x*} \
	    'length($0) > n {bad++} END {print bad + 0}')" 0 \
	    "$size: within its columns"
done
finish
