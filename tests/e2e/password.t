#!/bin/sh
# The SIP password, and a server that refuses it: what was typed may be typed
# again, a command is run again and a file is read again. At a real registrar
# and proxy.
. "${SRCDIR:?}/tests/e2e/lib.sh"
. "$SRCDIR/tests/e2e/kamailio.sh"

mkdir -m 700 "$scratch/ca" "$scratch/keys"
root "$scratch/ca" test
cp "$scratch/ca/root_cert_test.pem" "$scratch/keys/"
proxy_make com example.com "$own" "$scratch/ca" test
proxy_start com || exit 1
at="-k $scratch/keys -P sips:example.com --dns"
cat >"$scratch/zone" <<ZONE
\$TTL 300
@ SOA ns hostmaster 1 3600 600 86400 60
@ NS ns
ns A 127.0.0.1
sip A $own
_sips._tcp SRV 1 0 5061 sip
ZONE
name_server example.com "$scratch/zone" || exit 1
at="$at $dns"
echo "$password" >"$scratch/password"
listen bob $at -a sips:bob@example.com --password-file "$scratch/password" \
    --register yes
wait_for 'is registered at' "$scratch/bob.err" || exit 1

# on_terminal WORDS..: runs signet with them in a terminal of its own, script(1);
# what is typed there comes from descriptor 9, what it shows is in screen, its
# standard error in err
on_terminal() {
	: >"$scratch/screen"
	: >"$scratch/err"
	: >"$scratch/trace"
	cat >"$scratch/typed" <<-TYPED
	'$SIGNET' $at --trace '$scratch/trace' $* 2>'$scratch/err'
	echo ended \$?
	TYPED
	rm -f "$scratch/keyboard"
	mkfifo "$scratch/keyboard"
	script -qfc "sh '$scratch/typed'" "$scratch/screen" \
	    <"$scratch/keyboard" >/dev/null 2>&1 &
	pids="$pids $!"
	exec 9>"$scratch/keyboard"
}
# shown COUNT: until the terminal has asked for it as often
shown() {
	wait_for 'SIP password for alice@example.com.*: ' "$scratch/screen" "$1"
}
# asks: how often it did, and how often it said that the last was refused
asks() {
	tr '\r' '\n' <"$scratch/screen" | grep -c 'SIP password for'
	tr '\r' '\n' <"$scratch/screen" | grep -c 'the last one was refused'
}
# shows_it FILE..: how many of them have a password in clear
shows_it() {
	cat "$@" | grep -Ec -e "$password" -e falsch
}

# --- send ----------------------------------------------------------------------

on_terminal -a sips:alice@example.com send sips:bob@example.com Typed.
shown 1
echo falsch-1 >&9
shown 2
echo falsch-2 >&9
shown 3
echo "$password" >&9
wait_for 'ended' "$scratch/screen"
like "$(cat "$scratch/screen")" 'ended 0' "the third password that is typed sends"
like "$(cat "$scratch/bob.out")" 'Typed\.' "and the message is there"
is "$(grep -c 'Typed\.' "$scratch/bob.out")" 1 "once"
is "$(asks | paste -s -d ' ' -)" '3 2' "each refusal is said where it is asked"
is "$(grep -c '^  Call-ID:' "$scratch/trace") $(grep '^  Call-ID:' \
    "$scratch/trace" | sort -u | wc -l)" '12 1' \
    "it is one request, which shows each password once"
is "$(shows_it "$scratch/screen" "$scratch/err" "$scratch/trace")" 0 \
    "no password is on the screen, in a line or in the trace"

on_terminal -a sips:alice@example.com send sips:bob@example.com Never.
for n in 1 2 3; do
	shown $n
	echo "falsch-$n" >&9
done
wait_for 'ended' "$scratch/screen"
like "$(cat "$scratch/screen")" 'ended 77' "after three wrong ones it is 77"
like "$(cat "$scratch/err")" 'the password of alice for example.com was refused' \
    "with the line as ever"
is "$(wc -l <"$scratch/err") $(asks | head -n 1)" '1 3' "once, and it asks no more"
is "$(grep -c 'Never' "$scratch/bob.out")" 0 "nothing was sent"

echo falsch >"$scratch/wrong"
on_terminal -a sips:alice@example.com --password-file "$scratch/wrong" \
    send sips:bob@example.com Never.
wait_for 'ended' "$scratch/screen"
like "$(cat "$scratch/screen")" 'ended 77' "a file's wrong password: 77"
is "$(asks | head -n 1)" 0 "and nobody is asked"

# A batch: its first message is refused, and what mends the file comes before
# the second.
cat >"$scratch/ask" <<ASK
echo >>'$scratch/asked'
cat '$scratch/wrong'
ASK
mkfifo "$scratch/batch"
"$SIGNET" $at -a sips:alice@example.com \
    --password-command "sh '$scratch/ask'" send -b \
    <"$scratch/batch" 2>"$scratch/err" &
sender=$!
pids="$pids $sender"
exec 8>"$scratch/batch"
printf 'sips:bob@example.com\tOne.\n' >&8
wait_for 'was refused' "$scratch/err"
is "$(wc -l <"$scratch/asked")" 1 "a command is run once for a message"
cp "$scratch/password" "$scratch/wrong"
printf 'sips:bob@example.com\tTwo.\nsips:bob@example.com\tThree.\n' >&8
exec 8>&-
ends "$sender"
is "$? $(grep -c 'One\.' "$scratch/bob.out") $(grep -c 'Two\.' \
    "$scratch/bob.out") $(grep -c 'Three\.' "$scratch/bob.out")" '77 0 1 1' \
    "and again for the next: what it prints then sends"
is "$(wc -l <"$scratch/asked")" 2 "but not while it is right"

# --- listen --------------------------------------------------------------------

on_terminal -a sips:alice@example.com --register yes listen
shown 1
echo falsch-1 >&9
shown 2
is "$(grep -c registered "$scratch/err")" 0 "listen asks before it gives up"
echo "$password" >&9
wait_for 'alice@example.com is registered at' "$scratch/err"
ok $? "and registers with what is typed then"
is "$(grep -c '^  REGISTER' "$scratch/trace")" 4 "at once"
is "$(shows_it "$scratch/screen" "$scratch/err" "$scratch/trace")" 0 \
    "and no password is seen"
exec 9>&-

: >"$scratch/asked"
echo falsch >"$scratch/wrong"
listen alice $at -a sips:alice@example.com --password-file "$scratch/wrong" \
    --register yes --retry-max 1 --trace "$scratch/trace.file"
wait_for 'was refused' "$scratch/alice.err"
ok $? "listen tells that a file's password is refused"
wait_for '^  REGISTER' "$scratch/trace.file" 4
is "$(grep -c '^  Authorization' "$scratch/trace.file")" \
    "$(($(grep -c '^  REGISTER' "$scratch/trace.file") / 2))" \
    "each new try shows it once"
cp "$scratch/password" "$scratch/wrong"
wait_for 'alice@example.com is registered at' "$scratch/alice.err"
ok $? "and when the file is mended, it registers"
is "$(grep -c 'was refused' "$scratch/alice.err")" 1 "one line told it"
kill "$listener"
ends "$listener"

# One that was right is changed at the server, and then in the file.
listen alice $at -a sips:alice@example.com --password-file "$scratch/wrong" \
    --register yes --retry-max 1 --register-expires 4
wait_for 'alice@example.com is registered at' "$scratch/alice.err"
proxy_ask com htable.sets users alice ganz-neu >/dev/null
wait_for 'no longer registered.*was refused' "$scratch/alice.err"
ok $? "a password that the server changed is refused at the refresh"
echo ganz-neu >"$scratch/wrong"
wait_for 'alice@example.com is registered at' "$scratch/alice.err" 2
ok $? "and the file's new one registers again"
kill "$listener"
ends "$listener"
proxy_ask com htable.sets users alice "$password" >/dev/null

# A pipe gives its password once: it is kept.
mkfifo "$scratch/pipe"
cat "$scratch/password" >"$scratch/pipe" &
pids="$pids $!"
listen alice $at -a sips:alice@example.com --password-file "$scratch/pipe" \
    --register yes --retry-max 1 --register-expires 4
wait_for 'alice@example.com is registered at' "$scratch/alice.err"
proxy_ask com htable.sets users alice ganz-neu >/dev/null
wait_for 'no longer registered.*was refused' "$scratch/alice.err"
proxy_ask com htable.sets users alice "$password" >/dev/null
wait_for 'alice@example.com is registered at' "$scratch/alice.err" 2
ok $? "a pipe is not read again, and its password is tried again"
finish
