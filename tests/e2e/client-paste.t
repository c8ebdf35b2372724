#!/bin/sh
# Lines pasted into a terminal without bracketed paste, which come as if they
# were typed.
. "${SRCDIR:?}/tests/e2e/lib.sh"
. "$SRCDIR/tests/e2e/terminal.sh"

a=$scratch/a b=$scratch/b
mkdir "$a" "$b"
"$SIGNET" -q -k "$a" keys new alice@localhost </dev/null
listen bob -k "$b" -a sips:bob@localhost -l "tcp:$own:0"
client alice 100x30 -k "$a" -a sips:alice@localhost -l "tcp:$own:0" \
    -P "sip:$own:$tcp;transport=tcp"
listens alice
say alice "to: sip:bob@localhost"
shows alice '^bob@localhost' "a conversation"

# paste NAME TEXT: as a terminal without bracketed paste does (CR for LF)
paste() {
	terminal set-buffer -- "$2"
	terminal paste-buffer -t "$1"
}
count() {
	grep -c "$1" "$scratch/bob.out"
}

say alice "a line before"
wait_for 'a line before' "$scratch/bob.out"
ok $? "a line that is typed is sent"

six='burst one
/query nobody@localhost
to: bob@localhost burst three
burst four
burst five
burst six
'
paste alice "$six"
shows alice 'Send them as one message\?' "six lines at once are asked about"
shows alice '^burst one' "with all of them"
shows alice '^/query nobody@localhost' "and the commands among them"
sleep 0.3
is "$(count burst)" 0 "nothing has left"
typed alice n
shows alice 'not sent: you answered no' "no sends nothing"
shows alice '^bob@localhost' "no command was run"
shows alice 'burst six$' "and they stay in the input line"
is "$(count burst)" 0 "nothing has left still"
keys alice C-c
paste alice "$six"
shows alice 'Send them as one message\?' "asked again"
typed alice y
wait_for 'burst six' "$scratch/bob.out"
ok $? "yes sends them"
is "$(count 'signature none')" 2 "as one message"

typed alice 'begun '
paste alice "$(printf 'x1\nx2\nx3\nx4\nx5\nx6')"
shows alice '^begun x1' "what was in the line is part of it"
shows alice '^x6' "and the last line without an end"
keys alice q
shows alice 'x6$' "q is no"
keys alice C-c

paste alice "$(printf 'four1\nfour2\nfour3\nfour4\n.')"
wait_for 'four4' "$scratch/bob.out"
ok $? "fewer lines are lines"
is "$(count 'four[1-4]')" 4 "each of its own"
keys alice C-u

awk 'BEGIN { for (i = 1; i <= 2000; i++) print "many", i }' >"$scratch/many"
terminal load-buffer "$scratch/many"
terminal paste-buffer -t alice
shows alice 'Send them as one message\?' "2000 lines are one question"
keys alice q
shows alice 'many 2000$' "and whole in the line"
is "$(count many)" 0 "nothing has left"
keys alice C-c

keys alice C-u
say alice '/quit'
shows alice 'ended 0' "it ends well"
finish
