#!/bin/sh
# Colours where a terminal reads, and nowhere else; the pager of flows, and its
# ladder.
. "${SRCDIR:?}/tests/e2e/lib.sh"
. "$SRCDIR/tests/e2e/terminal.sh"
cd "$scratch" || exit 1
esc=$(printf '\033')

# coloured NAME: the screen with its SGR sequences, one "^" for each ESC
coloured() {
	terminal capture-pane -p -e -t "$1" | tr "$esc" '^'
}

# begin NAME: a shell in a terminal
begin() {
	terminal new-session -d -s "$1" -x 100 -y 40 \
	    env PS1='done$ ' ENV= sh
	terminal set -g remain-on-exit on
	run "$1" "cd '$scratch'; unset PAGER LESS; clear"
}

# --- the ladder ----------------------------------------------------------------
"$SIGNET" flows --ladder 5.2 6.1 6.2 >out 2>err
is "$? $(cat err)" "0 " "flows --ladder runs the flows"
is "$(wc -l <out | tr -d ' ') $(grep -c '^$' out)" "12 3" \
    "a line for each message, below a title"
like "$(sed -n 6p out)" \
    '^[0-9:.]{12} fluffy@example.com -> kumiko@example.net  MESSAGE  signed [0-9]+ bytes$' \
    "with who, to whom, what, its body in a word"
like "$(sed -n 7p out)" \
    '^[0-9:.]{12} fluffy@example.com <- kumiko@example.net  200 OK  [0-9]+ ms$' \
    "and how long its answer took"
like "$(sed -n 10p out)" 'MESSAGE  encrypted [0-9]+ bytes$' "what is encrypted"
like "$(sed -n 2p out)" 'MESSAGE  text/plain 6 bytes$' "what is neither"
"$SIGNET" flows --ladder --seed word >seeded 2>err
is "$? $(cat err)" "0 " "all of them with --seed"
"$SIGNET" flows --ladder --seed word 2>/dev/null | cmp - seeded
ok $? "are the same each time"
is "$(grep -c ' ms$\|^[0-9][0-9]:' seeded)" 0 "without times"
grep -q 'signed+encrypted' seeded
ok $? "a signature around what is encrypted is told"
"$SIGNET" flows --ladder list >out 2>err
is "$?" 64 "a list has no ladder"

# --- what is no terminal ---------------------------------------------------------
is "$("$SIGNET" flows 6.1 2>&1 | tr "$esc" '^' | grep -c '\^')" 0 \
    "a pipe gets no colours"
begin plain
run plain "PAGER= TERM=dumb '$SIGNET' flows 6.1 | head -n 5; echo over1"
shows plain '^over1' "a pipe within a terminal"
is "$(coloured plain | grep -c '\^\[')" 0 "gets none either"
run plain "clear; PAGER= NO_COLOR=1 '$SIGNET' flows --ladder 6.1; echo over2"
shows plain '^over2' "a terminal with NO_COLOR"
is "$(coloured plain | grep -c '\^\[')" 0 "gets none"
run plain "clear; PAGER= TERM=dumb '$SIGNET' flows --ladder 6.1; echo over3"
shows plain '^over3' "a dumb one"
is "$(coloured plain | grep -c '\^\[')" 0 "gets none"
run plain "clear; PAGER=cat '$SIGNET' flows --ladder 6.1; echo over4"
shows plain '^over4' "any other one"
like "$(coloured plain)" '\^\[32m(\^\[49m)?[0-9:.]+ fluffy.* 200 OK' \
    "has a good answer in green"
like "$(coloured plain)" '\^\[34m.*6.1. ' "what signet says in blue"

# --- the pager -------------------------------------------------------------------
cat >pager <<'END'
#!/bin/sh
echo "LESS is ${LESS-unset}" >>"$0.said"
cat >"$0.text"
END
chmod +x pager
run plain "clear; PAGER='./pager' '$SIGNET' flows --ladder 6.1; echo ended5 \$?"
shows plain '^ended5 0' "\$PAGER is run"
is "$(cat pager.said)" "LESS is FRX" "with LESS=FRX where it is not set"
is "$(tr "$esc" '^' <pager.text | grep -c '\^\[32m.* 200 OK')" 1 \
    "what it gets has the terminal's colours"
run plain "clear; LESS=x PAGER='sh ./pager # words' '$SIGNET' flows list; echo ended6 \$?"
shows plain '^ended6 0' "it is a command of the shell"
is "$(tail -n 1 pager.said)" "LESS is x" "which keeps its settings"
rm -f pager.text
run plain "clear; PAGER=./pager '$SIGNET' flows --no-pager list; echo ended7 \$?"
shows plain '^ended7 0' "--no-pager goes without"
is "$(ls pager.text 2>&1 | grep -c cannot)" 1 "and starts none"
PAGER=./pager "$SIGNET" flows list >out
is "$(wc -l <out | awk '{print ($1 > 3)}') $(ls pager.text 2>&1 |
    grep -c cannot)" "1 1" "nor is there one without a terminal"
run plain "clear; PAGER='read line; echo got \$line' '$SIGNET' flows; echo ended8 \$?"
shows plain '^ended8 0' "a pager that ends early is no failure"
shows plain '^got' "it has had the beginning"
run plain "clear; PAGER=/nowhere/pager '$SIGNET' flows list; echo ended9 \$?"
shows plain '^ended9' "nor does one that is not there keep it"
if command -v less >/dev/null; then
	run plain "clear; '$SIGNET' flows 6.1 6.2; echo ended10 \$?"
	shows plain '^:$' "less is the pager where none is set"
	keys plain G
	shows plain '\(END\)' "to the end"
	keys plain q
	shows plain '^ended10 0' "and q leaves"
	run plain "clear; '$SIGNET' flows; echo ended11 \$?"
	shows plain '^:$' "while the flows run"
	keys plain C-c
	settle plain
	keys plain q
	shows plain '^ended11 (0|75)' "^C and q leave, too"
fi

# --- the trace -------------------------------------------------------------------
mkdir k
"$SIGNET" -q -k k keys new bob@localhost </dev/null
listen bob -k k -a sip:bob@localhost -l "tcp:$own:0"
send="'$SIGNET' -q -a sip:alice@example.org -P 'sip:$own:$tcp;transport=tcp' \
send sip:bob@localhost"
text='a word'
run plain "clear; $send --trace - '$text'; echo ended12 \$?"
shows plain '^ended12 0' "a message is traced on the terminal"
like "$(coloured plain)" '\^\[1m(\^\[39m)?  MESSAGE sip:bob@localhost' \
    "the request line is bold"
like "$(coloured plain)" '\^\[36m  Call-ID:\^\[[0-9;]*m ' \
    "the names of fields are cyan"
like "$(coloured plain)" '\^\[32m  SIP/2.0 200 OK' "its answer is green"
run plain "clear; $send --trace - '$text' 2>file; echo ended13 \$?"
shows plain '^ended13 0' "one in a file"
is "$(tr "$esc" '^' <file | grep -c '\^\[[0-9]*m') $(grep -c '^  MESSAGE' file)" \
    '0 1' "has no colours"
printf 'x\033[31my' >evil
run plain "clear; $send --trace - <evil; echo ended14 \$?"
shows plain '^ended14 0' "an escape in a text"
shows plain '^  000000  78 1b 5b 33 31 6d 79 +x\.\[31my' \
    "is shown in hex where there are colours, too"
finish
