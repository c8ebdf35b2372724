#!/bin/sh
# Every recipe that the setup gives where it cannot register, followed to the
# letter until it registers.
. "${SRCDIR:?}/tests/e2e/lib.sh"
. "$SRCDIR/tests/e2e/kamailio.sh"
. "$SRCDIR/tests/e2e/terminal.sh"

mkdir -m 700 "$scratch/ca" "$scratch/bin" "$scratch/away"
ln -s "$SIGNET" "$scratch/bin/signet"
root "$scratch/ca" test
ca=$scratch/ca/root_cert_test.pem
proxy_make com example.com "$own" "$scratch/ca" test login=carol=u7
proxy_start com || exit 1
conf=$XDG_CONFIG_HOME/signet/signet.conf

granted='200 OK|Contact: {contact};expires=600'

# try NAME ADDRESS PASSWORD [PROXY [SYSTEM'S CAs? [COMMAND]]]: fills in the
# form, from its first field
try() {
	_c=$1
	for _word in "$2" "${6-}" "$3" n "${4-}" "${5-n}"; do
		keys "$_c" C-u
		typed "$_c" "$_word"
		keys "$_c" Enter
	done
}
# again NAME: Enter, as the screen says, and to the first field of the form
again() {
	shows "$1" 'Enter goes back to the form' "$1: Enter goes back"
	keys "$1" Enter
	shows "$1" 'who are you' "$1: the form"
	keys "$1" NPage PPage
}
# advises NAME PATTERN WHAT: its screen does, however it is wrapped
text() {
	screen "$1" | tr -s ' \n' ' '
}
advises() {
	until_like text "$@"
}
registers() {
	shows "$1" '^ok .*is registered' "$2"
}
# quits NAME: ^C, as advised; as_before NAME OPTIONS: signet as it was started,
# with more options
quits() {
	keys "$1" C-c
	shows "$1" 'ended 0' "$1: ^C quits"
}
as_before() {
	_c=$1
	shift
	run "$_c" "clear; cd '$scratch'; '$SIGNET' $before $*; echo ended \$?"
	shows "$_c" 'who are you' "$_c: started as before, with $*"
}

server '401 Unauthorized|WWW-Authenticate: Digest realm="moved.test",algorithm=SHA-256,qop="auth",nonce="n"' \
    '401 Unauthorized|WWW-Authenticate: Digest realm="moved.test",algorithm=SHA-256,qop="auth",nonce="n"' \
    "$granted"
moved=$server
server "302 Moved|Contact: <sip:erin@127.0.0.1:$moved;transport=tcp>"
cat >"$scratch/com.zone" <<ZONE
\$TTL 300
@ SOA ns hostmaster 1 3600 600 86400 60
@ NS ns
ns A 127.0.0.1
sip A $own
@ NAPTR 1 1 "s" "SIP+D2T" "" _sip._tcp
@ NAPTR 2 1 "s" "SIPS+D2T" "" _sips._tcp
_sip._tcp SRV 1 0 5060 sip
_sips._tcp SRV 1 0 5061 sip
ZONE
cat >"$scratch/moved.zone" <<ZONE
\$TTL 300
@ SOA ns hostmaster 1 3600 600 86400 60
@ NS ns
ns A 127.0.0.1
@ NAPTR 1 1 "s" "SIP+D2T" "" _sip._tcp
_sip._tcp SRV 1 0 $server ns
ZONE
cat >"$scratch/quiet.zone" <<ZONE
\$TTL 300
@ SOA ns hostmaster 1 3600 600 86400 60
@ NS ns
@ A $(address 1)
ns A 127.0.0.1
ZONE
name_server example.com "$scratch/com.zone" moved.test "$scratch/moved.zone" \
    quiet.test "$scratch/quiet.zone" || exit 1

# --- the server's certificate -------------------------------------------------

# The key store does not exist yet, has a blank in its name, and is named from
# a folder that the other terminal is not in.
before="--dns $dns -k 'my keys'"
client alice 160x45 --help
as_before alice
try alice alice@example.com "$password"
advises alice 'Its CA is not trusted here' "an unknown CA: what to do"
line=$(text alice |
    sed -n 's/.*If it is yours: \(signet .* keys import --as root\) FILE, in.*/\1/p')
echo "# $line"
(cd "$scratch/away" && PATH=$scratch/bin:$PATH && eval "$line" "$ca") \
    >"$scratch/out" 2>&1
is $? 0 "the command of the recipe imports it"
again alice
try alice alice@example.com "$password"
registers alice "and it registers"
quits alice

environment="SSL_CERT_FILE='$ca'"
client public 160x45 --dns "$dns"
shows public 'who are you' "without that root"
try public alice@example.com "$password"
advises public 'If it is a public one: trust the system.s CAs' \
    "a public CA: what to do"
again public
try public alice@example.com "$password" '' y
registers public "the system's CAs are trusted, and it registers"
quits public
environment=

proxy_kill com
domain "$scratch/ca" test "$scratch/com" example.com DNS:elsewhere.com
setsid kamailio -f "$scratch/com/cfg" -DD -E -m 512 -M 8 -Y "$scratch/com" \
    -w "$scratch/com" >>"$scratch/com/log" 2>&1 &
echo $! >"$scratch/com/pid"
pids="$pids $!"
taken tcp "$own" 5061
as_before alice
try alice alice@example.com "$password"
advises alice 'do not go on, and ask whoever runs the server' \
    "a certificate of another server: what to do"
proxy_kill com
domain "$scratch/ca" test "$scratch/com" example.com DNS:example.com
proxy_start com || exit 1
again alice
try alice alice@example.com "$password"
registers alice "when they have mended it, it registers"
keys alice Escape
settle alice
keys alice Down

# --- the address ------------------------------------------------------------------

try alice alicia@example.com "$password"
advises alice 'answers 404 .*does not know this address: check its spelling' \
    "404: what to do"
again alice
try alice alice@example.com "$password"
registers alice "spelled as it should be, it registers"
quits alice
as_before alice --auth-user bob
try alice alice@example.com "$password"
advises alice 'answers 403 .*refuses this address: check its spelling' \
    "403: what to do"
again alice
try alice bob@example.com "$password"
registers alice "spelled as it should be, it registers"
quits alice
as_before alice
try alice alice@exmaple.com "$password"
advises alice 'does not resolve: .*Check the domain of the address' \
    "a domain that there is not: what to do"
again alice
try alice alice@example.com "$password"
registers alice "spelled as it should be, it registers"
keys alice Escape
settle alice
keys alice Down
server "$granted"
try alice sip:erin@hidden.test "$password"
advises alice 'does not resolve: .*or name a proxy' \
    "a domain that DNS does not know: what to do"
again alice
try alice sip:erin@hidden.test "$password" "sip:127.0.0.1:$server;transport=tcp"
registers alice "with a proxy it registers"
keys alice Escape
settle alice
keys alice Down

# --- the way ------------------------------------------------------------------------

try alice erin@quiet.test "$password"
advises alice 'Nothing listens there: name a proxy' \
    "a connection that is refused: what to do"
again alice
try alice sip:erin@quiet.test "$password" "sip:127.0.0.1:$server;transport=tcp"
registers alice "with a proxy it registers"
keys alice Escape
settle alice
keys alice Down
# TCP has no way to everybody.
try alice erin@quiet.test "$password" sips:255.255.255.255
advises alice 'Check your network, or name a proxy' "no way there: what to do"
again alice
try alice sip:erin@quiet.test "$password" "sip:127.0.0.1:$server;transport=tcp"
registers alice "with another proxy it registers"
keys alice Escape
settle alice
keys alice Down
try alice sip:erin@moved.test "$password"
advises alice 'if that one is your provider.s, too, name it as the proxy' \
    "another server asks for the password: what to do"
again alice
try alice sip:erin@moved.test "$password" "sip:127.0.0.1:$moved;transport=tcp"
registers alice "named as the proxy, it gets it"
quits alice
server '503 Busy' "$granted"
as_before alice --retry-max 1
try alice sip:erin@quiet.test "$password" "sip:127.0.0.1:$server;transport=tcp"
advises alice 'signet keeps trying while this screen is open' \
    "a server that is busy: what to do"
registers alice "after a while it registers"
quits alice

# --- the password ----------------------------------------------------------------------

as_before alice
try alice alice@example.com "$password."
advises alice 'was refused .*Check the password' "a wrong password: what to do"
again alice
try alice alice@example.com "$password"
registers alice "with the right one it registers"
keys alice Escape
settle alice
keys alice Down
echo wrong >"$scratch/secret"
try alice alice@example.com '' '' n "cat '$scratch/secret'"
advises alice 'Check the password, or what the command prints' \
    "a command that prints a wrong one: what to do"
echo "$password" >"$scratch/secret"
again alice
try alice alice@example.com '' '' n "cat '$scratch/secret'"
registers alice "when it prints the right one, it registers"
keys alice Escape
settle alice
keys alice Down
try alice carol@example.com "$password"
advises alice 'knows you by another name, quit with .C and start signet as before, with --auth-user NAME added' \
    "another name: what to do"
quits alice
as_before alice --auth-user u7
try alice carol@example.com "$password"
registers alice "with that name it registers"
quits alice

# --- MD5 in clear, and what is written -----------------------------------------------------

as_before alice
try alice sip:alice@example.com "$password"
advises alice 'MD5 .*Write the address and the proxy with sips:' \
    "MD5 without TLS: what to do"
again alice
try alice sips:alice@example.com "$password"
registers alice "with sips: it registers"
keys alice Escape
settle alice
keys alice Down
try alice sip:alice@example.com "$password"
advises alice 'If the server has no TLS, quit with .C and start signet as before, with --md5-in-clear added' \
    "without TLS at the server: what to do"
quits alice
as_before alice --md5-in-clear
for word in sip:alice@example.com '' "$password" y '' n; do
	keys alice C-u
	typed alice "$word"
	keys alice Enter
done
registers alice "with md5-in-clear it registers"
keys alice Enter
shows alice 'a key of your own' "Enter goes on"
keys alice Enter Enter
shows alice 'Enter starts the client' "a key is made"
line=$(text alice | sed -n 's/.*Give it to a friend: \(signet .*\) > me.pem .*/\1/p')
echo "# $line"
is "$(cd "$scratch/away" && PATH=$scratch/bin:$PATH && eval "$line" | head -n 1)" \
    '-----BEGIN CERTIFICATE-----' "and given to a friend"
keys alice Enter
shows alice '✓ .*sip:alice@example.com' "the client registers"
say alice /quit
shows alice 'ended 0' "and ends"
is "$(sed -n '/^keys\|^md5/p' "$conf")" "keys = $scratch/my keys
md5-in-clear = yes" "what made it work is written"
run alice "clear; cd '$scratch/away'; '$SIGNET'; echo ended \$?"
shows alice '✓ .*sip:alice@example.com' "so it works without options"
say alice /keys
shows alice 'user +alice@example.com' "with the key"
keys alice q
say alice /quit
shows alice 'ended 0' "and ends"
finish
