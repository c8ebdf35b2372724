#!/bin/sh
# From two fresh homes and a Kamailio: first run, introduction, comparison,
# first message and first encrypted ones, both ways, and no file touched.
. "${SRCDIR:?}/tests/e2e/lib.sh"
. "$SRCDIR/tests/e2e/kamailio.sh"
. "$SRCDIR/tests/e2e/terminal.sh"

mkdir -m 700 "$scratch/ca"
root "$scratch/ca" test
proxy_make com example.com "$own" "$scratch/ca" test
proxy_start com || exit 1
cat >"$scratch/com.zone" <<ZONE
\$TTL 300
@ SOA ns hostmaster 1 3600 600 86400 60
@ NS ns
ns A 127.0.0.1
sip A $own
@ NAPTR 1 1 "s" "SIPS+D2T" "" _sips._tcp
_sips._tcp SRV 1 0 5061 sip
ZONE
name_server example.com "$scratch/com.zone" || exit 1

# starts NAME: the first run of NAME, to the end
starts() {
	mkdir -m 700 "$scratch/home.$1"
	environment="XDG_CONFIG_HOME='$scratch/home.$1' XDG_DATA_HOME='$scratch/home.$1/data'"
	# The CA of the test's server, which a real one would not need.
	(eval "export $environment" &&
	    "$SIGNET" -q keys import --as root "$scratch/ca/root_cert_test.pem")
	client "$1" 130x40 --dns "$dns"
	shows "$1" 'who are you' "$1: the first run asks who one is"
	for _word in "$1@example.com" '' "$password" y '' n; do
		keys "$1" C-u
		typed "$1" "$_word"
		keys "$1" Enter
	done
	shows "$1" "ok  .*$1@example.com is registered" "$1: it registers"
	keys "$1" Enter
	shows "$1" 'a key of your own' "$1: and makes a key"
	keys "$1" Enter Enter
	shows "$1" 'fingerprint' "$1: whose fingerprint it shows"
	keys "$1" Enter
	shows "$1" "✓ .*sips:$1@example.com" "$1: and goes on"
}
# said WHO: the sixteen words on the page of WHO
said() {
	screen "$1" | sed -n '/must have these words/,/(you)/p' |
	    sed -e 1d -e '/(you)/d' -e 's/  *$//' -e '/^$/d'
}

begun=$(date +%s)
starts alice
starts bob
say alice "to: bob@example.com"
say alice "/introduce"
says alice 'your certificate went to' "alice introduces herself"
shows bob ' strangers 1' "bob is told"
say bob "/accept alice@example.com"
shows bob 'Do the words agree' "he compares"
said bob >"$scratch/bob.words"
is "$(wc -w <"$scratch/bob.words" | tr -d ' ')" 16 "sixteen words"
keys bob y
says bob 'is pinned for alice@example.com, verified' "and accepts"
says alice 'bob@example.com introduced themself' "which introduces him"
say alice "/accept"
shows alice 'Do the words agree' "she compares, too"
is "$(said alice)" "$(cat "$scratch/bob.words")" "the same words"
keys alice y
says alice 'is pinned for bob@example.com, verified' "and accepts"
say alice "Hello, bob."
shows bob "$(row good e alice).*Hello, bob" "encrypted one way"
say bob "Hello, alice."
shows alice "$(row good e bob).*Hello, alice" "and the other"
echo "# from two fresh homes to that: $(($(date +%s) - begun)) s"
for who in alice bob; do
	say $who /quit
	shows $who 'ended 0' "$who leaves"
done
finish
