#!/bin/sh
# From nothing to registered at a real Kamailio, by digest over TLS, through
# the first run; then two people behind it, and what happens when it dies.
. "${SRCDIR:?}/tests/e2e/lib.sh"
. "$SRCDIR/tests/e2e/kamailio.sh"
. "$SRCDIR/tests/e2e/terminal.sh"

mkdir -m 700 "$scratch/ca" "$scratch/bob"
root "$scratch/ca" test
cp "$scratch/ca/root_cert_test.pem" "$scratch/bob/"
proxy_make com example.com "$own" "$scratch/ca" test
proxy_start com || exit 1
proxy_named example.com "$own" || exit 1
conf=$XDG_CONFIG_HOME/signet
keys=$XDG_DATA_HOME/signet/keys

# fill NAME ADDRESS PASSWORD KEEP: the form, from its first field, tried
fill() {
	for _word in "$2" '' "$3" "$4" '' n; do
		keys "$1" C-u
		typed "$1" "$_word"
		keys "$1" Enter
	done
}

# --- what may go wrong --------------------------------------------------------

client alice 80x24 --dns "$dns"
shows alice 'who are you' "without settings it asks who one is"
fill alice alice@example.com "wrong $password" y
shows alice 'no root here' "a server whose CA is not known is told"
shows alice '^✓ +it can be reached' "it is reached"
shows alice '^! +its certificate is good' "and its certificate is what fails"
shows alice 'keys import --as root' "and what to do"
is "$(ls "$XDG_CONFIG_HOME" "$XDG_DATA_HOME" 2>/dev/null)" "" \
    "nothing is written meanwhile"
"$SIGNET" -q keys import --as root "$scratch/ca/root_cert_test.pem"
keys alice Enter
shows alice 'who are you' "Enter goes back to the form"
keys alice Enter
shows alice '^    of alice for example.com was refused' "a wrong password is told"
shows alice 'Check the password' "and what to do"
shows alice '<-  SIP/2.0 401' "each step is seen"
shows alice '^✓ +its certificate is good' "and how far it got"
shows alice '^! +it takes the address and the password' "and what failed"
keys alice Escape
settle alice
keys alice C-c
shows alice 'ended 0' "^C leaves"
is "$(ls "$XDG_CONFIG_HOME" 2>/dev/null)" "" "and nothing is written"

client someone 80x24 --dns "$dns" --auth-user bob
shows someone 'who are you' "an address that is not one's own"
fill someone alice@example.com "$password" n
shows someone '^    answers 403' "is refused"
shows someone 'check its spelling' "and that is told"
keys someone Escape
settle someone
keys someone Escape
shows someone 'ended 0' "ESC leaves"

# --- from nothing to registered --------------------------------------------------

run alice 'clear'
run alice "'$SIGNET' --dns $dns 2>'$scratch/alice.err'; echo ended \$?"
shows alice 'who are you' "again"
fill alice alice@example.com "$password" y
shows alice 'ok  .*alice@example.com is registered' "the right one registers"
_left=100
until [ "$(proxy_contacts com)" -eq 0 ] || [ $_left -eq 0 ]; do
	_left=$((_left - 1))
	sleep 0.05
done
is "$(proxy_contacts com)" 0 "and is taken back at once: it was a try"
keys alice Enter
shows alice 'a key of your own' "a key is offered"
keys alice Enter Enter
shows alice 'signet keys export alice@example.com' "it says what to do with it"
shows alice 'fingerprint' "and shows it"
keys alice Enter
shows alice '✓ .*sips:alice@example.com' "the client goes on, registered"
is "$(ls -l "$conf/signet.conf" "$conf/password" "$keys/user_key_alice@example.com.pem" |
    cut -c 1-10 | sort -u)" "-rw-------" "what it wrote is for nobody else"
is "$(cat "$conf/password")" "$password" "the password is in a file of its own"
is "$(grep -c "$password" "$conf/signet.conf")" 0 "and not in the settings"
pid=$(terminal display-message -p -t alice '#{pane_pid}')
like "$(ps -o args= -p "$(pgrep -P "$pid" -x signet)")" "^[^ ]*signet --dns $dns *\$" \
    "nor among the arguments"
run someone "clear; '$SIGNET' keys list >/dev/null; echo read \$?"
shows someone 'read 0' "the settings can be read again"

# --- two people --------------------------------------------------------------------

"$SIGNET" -q -k "$scratch/bob" keys new bob@example.com </dev/null
echo "$password" >"$scratch/password"
as_bob="-k $scratch/bob -a sips:bob@example.com --dns $dns --retry-max 2"
as_bob="$as_bob --password-file $scratch/password"
"$SIGNET" keys export alice@example.com >"$scratch/alice.pem"
"$SIGNET" -k "$scratch/bob" keys export bob@example.com >"$scratch/bob.pem"
"$SIGNET" -q -k "$scratch/bob" keys import "$scratch/alice.pem"
"$SIGNET" -q -k "$scratch/bob" keys trust --yes alice@example.com
listen bob $as_bob
wait_for 'is registered at' "$scratch/bob.err" || exit 1

say alice "/import $scratch/bob.pem"
shows alice 'bob@example.com' "/import takes a certificate in"
say alice "/verify bob@example.com"
shows alice 'alice@example.com.*bob@example.com' "/verify shows both"
keys alice q
say alice "/trust bob@example.com"
shows alice '\[|\(y|y/n|yes' "/trust asks"
keys alice y
settle alice
say alice "to: bob@example.com"
say alice "Through Kamailio."
shows alice "$(row delivered e).*Through Kamailio" "a message is delivered"
wait_for 'Through Kamailio' "$scratch/bob.out"
like "$(cat "$scratch/bob.out")" \
    'by tls.*good by alice@example.com.*opened' \
    "signed and encrypted, over TLS"
"$SIGNET" $as_bob send -s -e alice@example.com 'And back.' 2>"$scratch/err"
is $? 0 "the other way, too"
shows alice "$(row good e).*And back" "signed and encrypted"

# --- Kamailio dies ---------------------------------------------------------------------

proxy_kill com
shows alice 'NOT registered' "when Kamailio dies the bar says so"
say alice "Are you there?"
shows alice "$(row waiting e).*Are you there" "what is written waits"
proxy_start com || exit 1
wait_for 'is registered at' "$scratch/bob.err" 2
ok $? "when it is back, bob registers again"
shows alice '✓ .*sips:alice@example.com' "and so does the client"
wait_for 'Are you there' "$scratch/bob.out"
ok $? "what waited goes"
shows alice "$(row delivered e).*Are you there" "and is delivered"
is "$(grep -c 'Are you there' "$scratch/bob.out")" 1 "once"
say alice /quit
shows alice 'ended 0' "it ends"
is "$(proxy_ask com ul.dump | grep -c 'sip:alice@')" 0 \
    "and takes its registration back"
finish
