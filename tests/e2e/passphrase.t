#!/bin/sh
# listen asks for the passphrases of its keys before it listens, and never
# again: no message waits for a person, nor makes one be asked.
. "${SRCDIR:?}/tests/e2e/lib.sh"

mkdir -m 700 "$scratch/alice" "$scratch/bob"
keys() {
	_dir=$scratch/$1
	shift
	"$SIGNET" -q -k "$_dir" keys "$@" </dev/null >/dev/null
}
keys alice new alice@example.com
for who in bob carol; do
	keys bob new $who@example.com --passphrase-command 'echo geheim'
	"$SIGNET" -k "$scratch/bob" keys export $who@example.com \
	    >"$scratch/$who.pem"
	keys alice import "$scratch/$who.pem"
	keys alice trust --yes $who@example.com
done
cat >"$scratch/ask" <<ASK
echo >>"$scratch/asked"
echo geheim
ASK

# sends NAME: something encrypted for NAME
sends() {
	"$SIGNET" -q -k "$scratch/alice" -a sip:alice@example.com \
	    -P "sip:127.0.0.1:$tcp;transport=tcp" send -e \
	    "sip:$1@example.com" "for $1" 2>"$scratch/err"
}

listen bob -k "$scratch/bob" -a sip:bob@example.com -l tcp:127.0.0.1:0 \
    --passphrase-command "sh '$scratch/ask'"
is "$(wc -l <"$scratch/asked")" 1 'once it listens it has asked'
sends bob
is "$? $(grep -c '^| for bob' "$scratch/bob.out")" '0 1' \
    'an encrypted message is opened'
is "$(wc -l <"$scratch/asked")" 1 'without asking again'
kill "$listener"
ends "$listener"

: >"$scratch/out"
"$SIGNET" -k "$scratch/bob" -a sip:bob@example.com -l tcp:127.0.0.1:0 \
    --passphrase-command 'echo falsch' listen >"$scratch/out" \
    2>"$scratch/err"
is "$? $(cat "$scratch/err")" \
    '78 signet: the passphrase of the key of bob@example.com is wrong' \
    'a wrong one: 78 and one line, before it listens'
setsid -w "$SIGNET" -k "$scratch/bob" -a sip:bob@example.com \
    -l tcp:127.0.0.1:0 listen >"$scratch/out" 2>"$scratch/err" </dev/null
like "$? $(cat "$scratch/err")" '^78 signet: .*no terminal.*passphrase-command' \
    'nobody to ask: 78'
"$SIGNET" -k "$scratch/bob" -a sip:dora@example.com -l tcp:127.0.0.1:0 \
    --passphrase-command "sh '$scratch/ask'" listen >"$scratch/out" \
    2>"$scratch/err" &
listener=$!
pids="$pids $listener"
wait_for 'listening on' "$scratch/err"
is "$(wc -l <"$scratch/asked")" 1 'for keys of others it does not ask'
kill "$listener"
ends "$listener"

# Typed on a terminal: script(1) is one.
: >"$scratch/screen"
cat >"$scratch/typed" <<TYPED
'$SIGNET' -k '$scratch/bob' -a sip:bob@example.com \
    -l tcp:127.0.0.1:0 listen >'$scratch/out' 2>'$scratch/err'
echo ended \$?
TYPED
mkfifo "$scratch/keyboard"
script -qfc "sh '$scratch/typed'" "$scratch/screen" <"$scratch/keyboard" \
    >/dev/null 2>&1 &
terminal=$!
pids="$pids $terminal"
exec 9>"$scratch/keyboard"
wait_for 'Passphrase for bob@example.com' "$scratch/screen"
echo geheim >&9
wait_for 'listening on' "$scratch/err"
tcp=$(sed -n 's/.*listening on tcp:.*:\([0-9]*\)$/\1/p' "$scratch/err")
sends bob
is "$?" 0 'what was typed opens'
# Sealed for carol, whose key lies here and is locked, but sent to bob.
port=$tcp
perl "$SRCDIR/tests/wire.pl" catch "$scratch/port" "$scratch/caught" &
catcher=$!
pids="$pids $catcher"
until [ -s "$scratch/port" ]; do
	sleep 0.02
done
tcp=$(cat "$scratch/port")
sends carol
ends "$catcher"
perl -pe 's/carol@/bob@/ if 1 .. /^\r$/' "$scratch/caught" >"$scratch/other"
like "$(perl "$SRCDIR/tests/wire.pl" ask tcp 127.0.0.1 "$port" \
    "$scratch/other" 5)" '^SIP/2.0 493' 'one for a key that is locked: 493'
is "$(grep -c 'Passphrase' "$scratch/screen")" 1 'and asks nobody'
like "$(cat "$scratch/out")" 'key of carol@example.com is locked' \
    'but the reason is told'
exec 9>&-
finish
