#!/bin/sh
# signet log --export and --import: a history moves as one encrypted file.
. "${SRCDIR:?}/tests/e2e/lib.sh"
: "${TOOLS:?make check sets it}"

k=$scratch/k
mkdir -m 700 "$k"
"$SIGNET" -q -k "$k" keys new me@localhost </dev/null
printf '%s\n' 'in	bob@localhost	a text that is secret' \
    'out	eve@localhost	delivered	another one' \
    'refused	eve@localhost	a reason' >"$scratch/lines"
"$TOOLS/history" "$k" me@localhost "$scratch/one.db" <"$scratch/lines"
# history FILE [OPTIONS]
history() {
	_db=$1
	shift
	"$SIGNET" log -k "$k" -a sip:me@localhost --history-file "$_db" "$@"
}

history "$scratch/one.db" --export "$scratch/moved" 2>"$scratch/err"
is "$? $(cat "$scratch/err")" "0 signet: 3 messages: $scratch/moved" \
    "it is written, and told"
is "$(stat -c %a "$scratch/moved")" 600 "for its owner alone"
is "$(grep -c -a 'secret\|bob@\|another' "$scratch/moved")" 0 \
    "nothing stands in it in clear"
history "$scratch/one.db" --export "$scratch/moved" 2>"$scratch/err"
is "$? $(wc -l <"$scratch/err" | tr -d ' ')" "73 1" \
    "a file that is there is not written over"

history "$scratch/two.db" --import "$scratch/moved" 2>"$scratch/err"
is $? 0 "it is read into a new history"
history "$scratch/one.db" --json >"$scratch/one"
history "$scratch/two.db" --json >"$scratch/two"
cmp "$scratch/one" "$scratch/two"
ok $? "which has the same messages"
history "$scratch/two.db" --import "$scratch/moved" 2>"$scratch/err"
is "$? $(cat "$scratch/err")" "0 signet: 0 messages: $scratch/moved" \
    "a second time there is nothing new in it"
history "$scratch/two.db" --json >"$scratch/again"
cmp "$scratch/two" "$scratch/again"
ok $? "and nothing comes twice"
sleep 1
printf 'in	carol@localhost	a younger one\n' |
    "$TOOLS/history" "$k" me@localhost "$scratch/young.db"
history "$scratch/young.db" --import "$scratch/moved" 2>"$scratch/err"
is "$? $(cat "$scratch/err")" "0 signet: 3 messages: $scratch/moved" \
    "one with messages takes those that it does not have"
history "$scratch/one.db" >"$scratch/one"
history "$scratch/young.db" >"$scratch/young"
head -n "$(wc -l <"$scratch/one")" "$scratch/young" | cmp - "$scratch/one"
ok $? "in their place: before what is younger"
is "$(tail -n 1 "$scratch/young")" "| a younger one" "which stays the last"

# bad NAME STATUS: what is in bad is refused, and nothing is taken
bad() {
	rm -f "$scratch/three.db"*
	history "$scratch/three.db" --import "$scratch/bad" 2>"$scratch/err"
	is "$? $(wc -l <"$scratch/err" | tr -d ' ')" "$2 1" "$1: refused"
	is "$(history "$scratch/three.db" 2>/dev/null | wc -l | tr -d ' ')" 0 \
	    "$1: nothing is taken"
}
size=$(stat -c %s "$scratch/moved")
head -c $((size - 1)) "$scratch/moved" >"$scratch/bad"
bad "one byte short" 65
{ cat "$scratch/moved"; printf x; } >"$scratch/bad"
bad "one byte more" 65
# The last box has the count alone: without it the end is missing.
head -c $((size - 4 - 12 - 17 - 16)) "$scratch/moved" >"$scratch/bad"
bad "without its end" 65
for at in 5 30 200 $((size / 2)) $((size - 20)); do
	perl -e 'local $/; open F, "<", $ARGV[0]; binmode F; my $all = <F>;
		substr($all, $ARGV[1], 1) ^= "\1"; binmode STDOUT; print $all' \
	    "$scratch/moved" "$at" >"$scratch/bad"
	rm -f "$scratch/three.db"*
	history "$scratch/three.db" --import "$scratch/bad" 2>"$scratch/err"
	like "$? $(wc -l <"$scratch/err" | tr -d ' ')" '^(65|77|78) 1$' \
	    "byte $at changed: refused"
	is "$(history "$scratch/three.db" 2>/dev/null | wc -l | tr -d ' ')" 0 \
	    "byte $at changed: nothing is taken"
done
echo "a text" >"$scratch/bad"
bad "another file" 65

# Somebody else's: signed by them, to our certificate.
mkdir -m 700 "$scratch/other"
"$SIGNET" -q -k "$scratch/other" keys new me@localhost </dev/null
"$TOOLS/history" "$scratch/other" me@localhost "$scratch/other.db" \
    <"$scratch/lines"
"$SIGNET" log -k "$scratch/other" -a sip:me@localhost \
    --history-file "$scratch/other.db" --export "$scratch/bad2" 2>/dev/null
cp "$scratch/bad2" "$scratch/bad"
bad "of another key" 78
finish
