#!/bin/sh
# The first run without a server: what may be filled in and how it is refused,
# small screens, going back, leaving, keys that are there, what is written.
. "${SRCDIR:?}/tests/e2e/lib.sh"
. "$SRCDIR/tests/e2e/terminal.sh"

conf=$XDG_CONFIG_HOME/signet
store=$XDG_DATA_HOME/signet/keys

modes() {
	terminal display-message -p -t "$1" \
	    'alternate #{alternate_on} cursor #{cursor_flag} mouse #{mouse_any_flag}'
}
# again NAME: signet anew in its terminal
again() {
	_c=$1
	shift
	settle "$_c"
	run "$_c" clear
	run "$_c" "'$SIGNET' $* 2>'$scratch/$_c.err'; echo ended \$?"
	shows "$_c" 'who are you' "it asks"
}
# fill NAME WORD..: the fields from the first, each entered
fill() {
	_c=$1
	shift
	for _word in "$@"; do
		keys "$_c" C-u
		typed "$_c" "$_word"
		keys "$_c" Enter
	done
}

# nowhere NAME: without an account, it listens nowhere
nowhere() {
	keys "$1" C-u Enter Enter
}

# --- what is refused -----------------------------------------------------------

client one 80x24
shows one 'who are you' "without settings it asks who one is"
shows one 'F4: demo' "and says what keys do"
fill one '' '' '' n '' y
shows one 'an address is needed' "none is refused"
fill one nobody '' '' n '' y
shows one 'no user part' "one without a user is"
fill one 'two words@example.com' '' '' n '' y
shows one '"two words@example.com"' "one with a blank is"
fill one ' alice@localhost ' 'false' '' n '' y
shows one 'the command "false" failed' "a command that fails is told"
shows one 'who are you' "on the form"
keys one Down
fill one 'secret'
keys one Enter Enter Enter
shows one 'not both' "a command and a password are one too many"
fill one ''
keys one Up Up
fill one 'echo secret'
keys one Enter Enter
fill one 'sip:no host'
keys one Enter
shows one 'sips?:no host' "a proxy that is none is refused"
fill one "sips:127.0.0.1:1" y
shows one 'Nothing listens there' "a refused connection is told"
shows one 'Enter goes back' "with what to do"
keys one Escape
settle one
keys one Up
fill one "nowhere.invalid" y
shows one '(Check the domain|of the address and your network)' \
    "a host that does not resolve is told"
lacks one 'secret' "no secret is on the screen"
keys one C-c
shows one 'ended 0' "^C leaves"
is "$(modes one)" "alternate 0 cursor 1 mouse 0" "the terminal is as it was"
is "$(ls "$XDG_CONFIG_HOME" "$XDG_DATA_HOME" 2>/dev/null)" "" \
    "nothing was written"
again one
keys one Escape
shows one 'ended 0' "ESC leaves"

# --- a small screen -----------------------------------------------------------------

client small 40x10
shows small 'who are you' "on a small screen"
shows small 'user@domain' "the hint is there"
shows small '^quit' "and what keys do, wrapped"
keys small Up
shows small '^Trust system' "the field that is filled in is seen"
shows small 'key store$' "with its hint"
keys small Down
fill small alice@localhost '' '' n '' y
shows small 'No password' "without a password nothing is registered"
keys small Escape
shows small 'who are you' "ESC goes back"
shows small '^Trust system' "to the form as it was"
keys small Enter
shows small 'No password' "once more"
nowhere small
shows small 'a key of your own' "a key is offered"
fill small one two
shows small 'two passphrases differ' "passphrases that differ are refused"
keys small C-c
shows small 'ended 0' "^C leaves"
is "$(ls "$XDG_CONFIG_HOME" "$XDG_DATA_HOME" 2>/dev/null)" "" \
    "nothing was written"

# --- what cannot be written --------------------------------------------------------

: >"$scratch/file"
run small clear
run small "XDG_CONFIG_HOME='$scratch/file' '$SIGNET'; echo ended \$?"
shows small 'signet: the settings file' "settings that cannot be read are told"
shows small 'ended 7[0-9]' "and it ends"
mkdir -p "$scratch/config/signet"
again one
fill one alice@localhost '' 'secret' y "sips:127.0.0.1:1" y
shows one 'Nothing listens there' "what cannot be registered"
keys one F2
shows one 'a key of your own' "F2 keeps as it is"
rm -r "$scratch/config"
: >"$scratch/config"
keys one Enter Enter
shows one 'signet.conf|password cannot be' "settings that cannot be written are told"
is "$(ls "$store" 2>/dev/null)" "" "and no key is made"
rm "$scratch/config"
keys one Up
keys one Enter Enter
shows one 'signet keys export alice@localhost' "where they can, it goes on"
is "$(ls "$store" | tr '\n' ' ')" \
    "user_cert_alice@localhost.pem user_key_alice@localhost.pem " \
    "a key is made"
is "$(stat -c '%a' "$conf" "$conf/signet.conf" "$conf/password" "$store" \
    "$store/user_key_alice@localhost.pem" | tr '\n' ' ')" \
    "700 600 600 700 600 " "all of it for nobody else"
is "$(grep -v '^#' "$conf/signet.conf" | grep .)" "aor = sips:alice@localhost
sign = yes
encrypt = yes
proxy = sips:127.0.0.1:1
system-roots = yes
password-file = $conf/password" "what was filled in is written"
is "$(cat "$conf/password")" secret "the password, too"
keys one Enter
shows one 'NOT registered' "the client goes on"
say one /quit
shows one 'ended 0' "and ends"

# --- what is there already -----------------------------------------------------------

rm "$conf/signet.conf"
again one
fill one alice@localhost '' 'other' y '' n
shows one 'exists already' "a password's file is not overwritten"
is "$(cat "$conf/password")" secret "and stays as it is"
rm "$conf/password"
"$SIGNET" -q --passphrase-command 'echo word' keys new --force alice@localhost
fill one n
keys one C-u Enter Enter
shows one 'Registering' "it may be kept nowhere"
keys one Escape
settle one
keys one BTab BTab BTab
fill one ''
keys one Enter Enter Enter
shows one 'No password' "it may be left out"
nowhere one
shows one 'your certificate' "a key that is there is shown"
shows one '\^C quits' "and nothing is written yet"
is "$(ls "$conf")" "" "as it says"
keys one Enter
shows one 'Passphrase for alice@localhost' "a locked one asks, as at each start"
say one wrong
shows one 'Passphrase for alice@localhost .the last one was wrong' \
    "a wrong one may be typed again"
say one 'wrong too'
say one word
shows one 'to: ADDRESS starts' "twice, and the client goes on"
say one /quit
shows one 'ended 0' "and ends"
run one "clear; '$SIGNET'; echo ended \$?"
for word in one two three; do
	shows one 'Passphrase for alice@localhost' "it asks ($word)"
	say one "$word"
	sleep 0.3
done
shows one 'ended 78' "three wrong ones end it"
shows one 'the passphrase of the key of alice@localhost is wrong' "and say so"
rm "$conf/signet.conf" "$store"/*
again one
fill one alice@localhost '' '' n '' n
shows one 'No password' "a setup"
nowhere one
shows one 'a key of your own' "with a new key"
fill one word word
shows one 'Enter starts the client' "and a passphrase"
like "$(cat "$store/user_key_alice@localhost.pem")" 'ENCRYPTED' \
    "that encrypts it"
keys one Enter
shows one 'to: ADDRESS starts' "which is not asked for again"
say one /quit
shows one 'ended 0' "and ends"
run one "clear; '$SIGNET' --config '$scratch/none.conf'; echo ended \$?"
shows one 'none.conf cannot be read: No s' "a file that was named has to be there"
shows one 'ended 78' "and it ends"

# --- the demo instead ------------------------------------------------------------------

rm "$conf/signet.conf"
again one
keys one F4
shows one 'DEMO' "F4 is the demo"
shows one 'I am kumiko' "with kumiko"
say one /quit
shows one 'ended 0' "and ends"
is "$(ls "$conf")" "" "and writes nothing"
run one "clear; env -u HOME -u XDG_CONFIG_HOME '$SIGNET' -k '$store'; echo ended \$?"
shows one 'HOME is not set' "without a HOME it says how else"

# --- help and examples in the form ------------------------------------------------------

client help 80x24
shows help 'such as pass show sip/example.com' "an empty field has an example"
shows help '^ {21}user@domain, as your friends write to you' "a line of help"
shows help '^ {21}y: for servers' "for each field"
shows help 'Enter: next field; on the last: try it' "and what keys do"
keys help C-c

# --- what is tried, and a password typed again ------------------------------------------

challenge='401 Unauthorized|WWW-Authenticate: Digest realm="localhost",algorithm=SHA-256,qop="auth",nonce="n"'
server "$challenge" "$challenge" "$challenge" \
    '200 OK|Contact: {contact};expires=600'
client tries 80x30
shows tries 'who are you' "the setup"
fill tries sip:alice@localhost '' wrong n "sip:127.0.0.1:1;transport=tcp" n
shows tries '^✓ +the server is found' "what is tried: the server is found"
shows tries '^! +it can be reached' "and not reached"
shows tries '^· +it takes the address' "the rest is not tried"
keys tries Enter
shows tries 'Change it here, and Enter tries again' "Enter goes to the proxy"
keys tries C-u
typed tries "sip:127.0.0.1:$server;transport=tcp"
keys tries Enter
shows tries '^✓ +it can be reached' "which Enter tries: it is reached"
shows tries '^! +it takes the address and the password' "the password is refused"
shows tries '^· +without TLS: others can read' "without TLS, as it says"
keys tries Enter
shows tries 'type it again, and Enter tries it' "it may be typed again"
lacks tries '\*\*' "from the beginning"
typed tries right
keys tries Enter
shows tries '^✓ +it takes the address and the password' "and Enter tries it"
keys tries C-c
shows tries 'ended 0' "^C leaves"

# --- without an account --------------------------------------------------------------------

rm -rf "$conf" "$store"
client free 100x30
shows free 'who are you' "the setup"
fill free alice@localhost '' '' n '' n
shows free 'No password: signet does not register' "without an account"
shows free 'tls:localhost:5061' "where it would listen"
keys free C-u
typed free "tls:192.0.2.1:5061"
keys free Enter Enter
shows free '192.0.2.1:5061.*(cannot|annot assign)' "an address that is not ours is refused"
keys free Escape
shows free 'who are you' "ESC goes back"
keys free PPage Down Down
typed free secret
keys free NPage Up
typed free "sip:127.0.0.1:1;transport=tcp"
keys free Enter Enter
shows free 'Nothing listens there' "with a password it registers"
lacks free '192.0.2.1' "and does not listen there"
keys free Escape
settle free
keys free PPage Down Down C-u NPage Up C-u NPage Enter
shows free 'tls:localhost:5061' "without one it asks again"
keys free C-u
typed free "tls:localhost:0"
keys free Enter Enter
shows free 'a key of your own' "one that is goes on"
fill free '' ''
shows free 'keys export localhost > host.pem' "friends get the host's certificate"
shows free '/import --root host.pem' "and import it so"
keys free Enter
shows free 'listening on tls:127.0.0.1:' "and it listens"
is "$(sed -n 's/^listen = //p' "$conf/signet.conf")" tls:localhost:0 \
    "signet.conf has the line"
is "$(ls "$store" | tr '\n' ' ')" \
    "domain_cert_localhost.pem domain_key_localhost.pem user_cert_alice@localhost.pem user_key_alice@localhost.pem " \
    "the host has a certificate"
finish
