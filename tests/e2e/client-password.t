#!/bin/sh
# A running client whose SIP password is refused: /password has it typed again,
# in a field that hides it, or read again; it registers at once.
. "${SRCDIR:?}/tests/e2e/lib.sh"
. "$SRCDIR/tests/e2e/kamailio.sh"
. "$SRCDIR/tests/e2e/terminal.sh"

mkdir -m 700 "$scratch/ca" "$scratch/keys"
root "$scratch/ca" test
cp "$scratch/ca/root_cert_test.pem" "$scratch/keys/"
proxy_make com example.com "$own" "$scratch/ca" test
proxy_start com || exit 1
cat >"$scratch/zone" <<ZONE
\$TTL 300
@ SOA ns hostmaster 1 3600 600 86400 60
@ NS ns
ns A 127.0.0.1
sip A $own
_sips._tcp SRV 1 0 5061 sip
ZONE
name_server example.com "$scratch/zone" || exit 1
echo "$password" >"$scratch/password"
echo falsch >"$scratch/wrong"
listen bob -k "$scratch/keys" -P sips:example.com --dns "$dns" \
    -a sips:bob@example.com --password-file "$scratch/password" --register yes
wait_for 'is registered at' "$scratch/bob.err" || exit 1

# as NAME OPTIONS..: alice's client; no retry comes within a test
as() {
	_as=$1
	shift
	client "$_as" 100x30 -k "$scratch/keys" -P sips:example.com \
	    --dns "$dns" --retry-max 600 --no-sign --no-encrypt \
	    --trace "$scratch/trace" -a sips:alice@example.com "$@"
}
# registers: how many REGISTER requests there were, and those with a password
registers() {
	grep -c '^  REGISTER' "$scratch/trace"
	grep -c '^  Authorization' "$scratch/trace"
}

# --- typed ---------------------------------------------------------------------

: >"$scratch/trace"
as alice --register yes
shows alice 'SIP password for alice@example.com:' "without a source it asks"
typed alice 'falsch-1'
keys alice Enter
shows alice 'NOT registered' "a wrong one leaves it unregistered"
hows alice 'the password of alice for example.com was refused.*Type it again: /password' \
    "the client says what to do"
is "$(screen alice | grep -c 'SIP password for')" 0 "and asks nowhere on its screen"
say alice '/password'
shows alice 'The SIP password of sips:alice@example.com' "/password has a field"
typed alice 'falsch-2'
shows alice '\*\*\*\*\*\*\*\*' "which hides it"
keys alice Escape
shows alice 'the password is as it was' "ESC leaves it"
is "$(registers | paste -s -d ' ' -)" '2 1' "and nothing is sent"
say alice '/password alice@example.com'
shows alice 'The SIP password of' "our address may be named"
typed alice 'falsch-2'
keys alice Enter
says alice 'was refused .Alt-H: how.*was refused .Alt-H: how' "another wrong one is told again"
is "$(registers | paste -s -d ' ' -)" '4 2' "it was tried at once, and once"
say alice '/password'
shows alice 'The SIP password of' "once more"
typed alice "$password"
keys alice Enter
shows alice '✓ .*sips:alice@example.com' "the right one registers"
is "$(registers | paste -s -d ' ' -)" '6 3' "at once"
is "$(proxy_contacts com)" 2 "at the registrar"
say alice '/password'
shows alice 'The SIP password of' "while it is registered, too"
typed alice "$password"
keys alice Enter
wait_for '^  REGISTER' "$scratch/trace" 8
ok $? "the new one is tried at once"
lacks alice 'NOT registered' "and it stays registered"

# What is typed behind the command is forgotten.
say alice "/password $password"
shows alice 'what stood behind the command is forgotten' \
    "behind the command no password is taken"
keys alice C-p
shows alice '> /password *$' "and the line is not recalled"
keys alice C-u C-y
settle alice
keys alice C-_
settle alice
lacks alice "$password" "nor yanked, nor undone"
keys alice C-c
say alice '/status'
say alice '.'
shows alice 'ended 0' "it ends"
is "$(cat "$scratch/trace" "$scratch/alice.err" | grep -Ec -e "$password" \
    -e falsch)" 0 "no password is in the trace or a line"
is "$(grep -rlE -e "$password" -e falsch "$XDG_CONFIG_HOME" "$XDG_DATA_HOME" \
    "$scratch/keys" 2>/dev/null)" '' "or in a file"

# --- never given ---------------------------------------------------------------

: >"$scratch/trace"
as none --register no
shows none 'to: ADDRESS starts' "a client without a password"
say none 'to: sips:bob@example.com'
say none 'Needs one.'
says none 'there is no password of alice@example.com to answer with.*Alt-R' \
    "is asked for one by the proxy: the message says so"
hows none 'to answer with.*Type it again: /password' "and how to give it"
is "$(screen none | grep -c 'SIP password for')" 0 \
    "and the terminal is not asked over the screen"
say none '/password'
shows none 'The SIP password of' "it is typed"
typed none "$password"
keys none Enter
shows none 'Alt-R sends a failed one again' "the client says how to go on"
keys none M-r
wait_for 'Needs one' "$scratch/bob.out"
ok $? "and the message is sent"
say none '.'
shows none 'ended 0' "it ends"

# --- two accounts --------------------------------------------------------------

# The field stays that of the address it names, whoever is refused meanwhile.
: >"$scratch/trace"
as both -a sips:bob@example.com --register yes --register-expires 4
shows both 'SIP password for alice@example.com:' "two are asked for"
typed both falsch
keys both Enter
shows both 'SIP password for bob@example.com:' "one after the other"
typed both "$password"
keys both Enter
says both 'the password of alice for example.com was refused' "one is wrong"
say both /password
shows both 'The SIP password of sips:alice@example.com' "it is asked for"
tries=$(grep -c '^  Authorization' "$scratch/trace")
proxy_ask com htable.sets users bob ganz-neu >/dev/null
# bob's refresh, with the old nonce and with a new one
wait_for '^  Authorization' "$scratch/trace" $((tries + 2))
wait_for '^  SIP/2.0 401' "$scratch/trace" \
    $(($(grep -c '^  REGISTER' "$scratch/trace") - 1))
settle both
typed both "$password"
keys both Enter
says both 'the password of bob for example.com was refused' \
    "the other one is refused meanwhile"
shows both '✓ .*sips:alice@example.com' \
    "and what was typed is that of the address that the field named"
say both /password
shows both 'The SIP password of sips:bob@example.com' \
    "then the field is for the one that was refused"
keys both Escape
shows both 'the password is as it was' "ESC leaves it"
say both '.'
shows both 'ended 0' "it ends"
proxy_ask com htable.sets users bob "$password" >/dev/null

# --- a file, a command ---------------------------------------------------------

: >"$scratch/trace"
as file --password-file "$scratch/wrong"
hows file 'Mend the password-file: .*wrong The next try reads it again, and /password does at once' \
    "a file that is wrong is named"
cp "$scratch/password" "$scratch/wrong"
say file '/password'
shows file '✓ .*sips:alice@example.com' "/password reads it again"
is "$(registers | paste -s -d ' ' -)" '4 2' "and registers at once"
say file '.'
shows file 'ended 0' "it ends"

echo falsch >"$scratch/wrong"
as command --password-command "cat '$scratch/wrong'; echo seen >&2"
hows command 'Mend what the password-command prints: cat .*The next try runs it again' \
    "a command that prints a wrong one is named"
cp "$scratch/password" "$scratch/wrong"
say command '/password'
shows command '✓ .*sips:alice@example.com' "/password runs it again"
is "$(grep -c seen "$scratch/command.err")" 1 \
    "and what it says goes nowhere while the client has the screen"
say command '.'
shows command 'ended 0' "it ends"

# --- behind the setup ----------------------------------------------------------

# What was typed into the form, and is not kept, comes by a pipe.
client first 80x24 -k "$scratch/keys" --dns "$dns" --retry-max 600
shows first 'who are you' "the setup"
for word in alice@example.com '' falsch n sips:example.com n; do
	keys first C-u
	typed first "$word"
	keys first Enter
done
shows first 'of alice for example.com was refused' "a wrong password is told"
keys first F2
shows first 'a key of your own' "F2 goes on"
keys first Escape
hows first 'was refused.*Type it again: /password' "to the client"
say first '/password'
shows first 'The SIP password of sips:alice@example.com' "which asks for it"
typed first "$password"
keys first Enter
shows first '✓ .*sips:alice@example.com' "and registers"
say first '.'
shows first 'ended 0' "it ends"
finish
