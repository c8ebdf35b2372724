#!/bin/sh
# What comes from the terminal comes in any parts: characters, pastes, reports
# of the mouse. None of them is lost, and none that is broken off keeps the
# client from anything.
. "${SRCDIR:?}/tests/e2e/lib.sh"
. "$SRCDIR/tests/e2e/terminal.sh"
cd "$scratch" || exit 1

mkdir a
"$SIGNET" -q -k a keys new alice@localhost </dev/null
listen bob -k a -a sip:bob@localhost -l "tcp:$own:0"
client alice 100x30 -k a -a sip:alice@localhost -l "tcp:$own:5060" --mouse \
    -P "sip:$own:$tcp;transport=tcp"
shows alice 'listening on' "it starts"
keys alice M-p
mouse() {
	terminal display-message -p -t alice \
	    '#{mouse_any_flag} #{mouse_sgr_flag}'
}
report() {
	typed alice "$(printf '\033[%s' "$1")"
}
is "$(mouse)" "1 1" "the terminal is asked for reports"
say alice '/query bob@localhost'
shows alice '^bob@localhost' "a conversation is in view"
report '<0;90;3M'
shows alice '^signet' "a click on another goes to it"
report '<16;90;4M'
shows alice '^bob@localhost' "with a key held, too"
report '<0;90'
sleep 0.2
typed alice ';3M'
shows alice '^signet' "and if it comes in two parts"
report '<0;90;4m'
report '<35;90;4M'
report '<0;0;4M'
report '<0;99999999999999999999999999;4M'
report '<0;90M'
report 'M !!'
typed alice 'nothing'
shows alice '> nothing$' "what is no click does nothing"
lacks alice '^bob@localhost' "and leads nowhere"
for broken in '<0;9' '<' 'M' 'M!'; do
	report "$broken"
	timeout 20 "$SIGNET" -q -k a -a sip:bob@localhost \
	    -P "sip:$own:5060;transport=tcp" send sip:alice@localhost hello
	is $? 0 "while the rest of \"$broken\" is missing, messages are answered"
done
keys alice C-g C-g C-g C-u

# --- characters -------------------------------------------------------------------
say alice '/query sip:bob@localhost'
typed alice "$(printf 'a\303')"
shows alice '> a$|: a$' "of a character a part has come"
typed alice "$(printf '\251b')"
shows alice ': aéb$' "with its rest it is there"
typed alice "$(printf '\377c\303d\346\227\245\360\237\230\200e\251f')"
shows alice ': aéb�c�d日😀e�f$' "what is none is seen, and nothing more lost"
keys alice C-u
perl -e 'print "日本語" x 5000' >pasted
terminal load-buffer pasted
terminal paste-buffer -p -t alice
settle alice
keys alice Enter
wait_for '日本語' bob.out
is "$(grep -o '日本語日.*' bob.out | tr -d '\n' | cmp - pasted 2>&1)" "" \
    "what is pasted arrives as it was, however long"

keys alice C-g C-g C-g C-u
say alice '/set mouse no'
settle alice
is "$(mouse)" "0 0" "/set mouse no gives the mouse back"
finish
