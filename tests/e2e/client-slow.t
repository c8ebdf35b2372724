#!/bin/sh
# A terminal that reads nothing for a while misses frames and delays nothing:
# messages are answered, memory does not grow, and the screen is right after.
. "${SRCDIR:?}/tests/e2e/lib.sh"
. "$SRCDIR/tests/e2e/terminal.sh"
: "${TOOLS:?make check sets it}"
cd "$scratch" || exit 1

mkdir a b
"$SIGNET" -q -k a keys new alice@localhost </dev/null
# flood WORD COUNT: in the file WORD, no row of the screen like another
flood() {
	awk -v word="$1" -v count="$2" 'BEGIN {
		for (i = 1; i <= count; i++) {
			printf "sip:alice@localhost\t%s %d", word, i
			for (k = 0; k < 18; k++)
				printf " %06d", rand() * 1000000
			print ""
		}
	}' >"$1"
}
send="'$SIGNET' -q -k b -a sip:bob@localhost \
    -P 'sip:$own:5060;transport=tcp' send -b"

# --- what is put off -----------------------------------------------------------
flood first 1000
flood read 20000
flood unread 20000
TERM=xterm-256color timeout 120 "$TOOLS/pty" 200x60 wait 'listening on' \
    run "$send <first" type "$(printf '/query bob@localhost\r.')" \
    shows 'first 1000' memory run "$send <read" memory \
    with "$send <unread" blind memory shows 'unread 20000' -- \
    "$SIGNET" -k a -a sip:alice@localhost -l "tcp:$own:5060" >measured 2>said
ok $? "messages are answered while the terminal reads nothing"
cat measured said | sed 's/^/# /'
ok $(($(awk '$1 == "blind" {print $2}' measured) >= 100000)) \
    "the frames of that time are not waiting for it"
is "$(awk '$1 == "memory" {m[n++] = $2}
    END {print (m[2] - m[1] <= m[1] - m[0] + 2048)}' measured)" 1 \
    "and take no memory"

# --- what is shown ----------------------------------------------------------------
client alice 100x30 -k a -a sip:alice@localhost -l "tcp:$own:5060"
shows alice 'listening on' "a client starts"
say alice '/query bob@localhost'
shows alice '^bob@localhost' "with a conversation in view"
server=$(terminal display-message -p '#{pid}')
# A test that dies leaves no terminal that is stopped.
trap 'kill -CONT $server 2>/dev/null; clean_terminal' EXIT
kill -STOP "$server"
flood stopped 3000
eval "timeout 60 $send <stopped"
is $? 0 "all is answered while its terminal is stopped"
kill -CONT "$server"
shows alice '\| stopped 3000 [0-9]' "then the last is shown"
is "$(screen alice | grep -c '| stopped ')" \
    "$(screen alice | grep -c '| stopped \(29[89][0-9]\|3000\)')" \
    "after those before it"
before=$(screen alice)
keys alice C-l
settle alice
is "$(screen alice)" "$before" "as if all of it was drawn anew"
typed alice 'still here'
shows alice 'still here$' "keys are heard"

# --- leaving it ----------------------------------------------------------------------
keys alice C-u
say alice /quit
shows alice 'ended 0' "it ends"
# What it showed last may never get there; its modes do.
run alice "stty -g >before; '$SIGNET' -k a -a sip:alice@localhost \
-l tcp:$own:5060; echo \"\$? \$(stty -g)\" >after"
shows alice 'listening on' "and starts anew"
signet=$(terminal display-message -p -t alice '#{pane_pid}' |
    xargs -I{} pgrep -P {} -x signet)
kill -STOP "$server"
eval "timeout 60 $send <stopped"
kill "$signet"
wait_for . after
is "$(cat after)" "0 $(cat before)" \
    "a terminal that is stopped does not keep it from ending well"
kill -CONT "$server"
finish
