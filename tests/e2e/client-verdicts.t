#!/bin/sh
# What the client makes of certificates: refused messages, one that changed,
# one that its CA renewed, unknown signers, what keeps a line from being
# encrypted and the way out.
. "${SRCDIR:?}/tests/e2e/lib.sh"
. "$SRCDIR/tests/e2e/terminal.sh"

a=$scratch/a b=$scratch/b eve=$scratch/eve ca=$scratch/ca
mkdir "$a" "$b" "$eve"
new() {
	"$SIGNET" -q -k "$1" keys new "$2" </dev/null
	"$SIGNET" -k "$1" keys export "$2" >"$3"
}
new "$a" alice@localhost "$scratch/alice.pem"
new "$b" bob@localhost "$scratch/bob.pem"
new "$eve" bob@localhost "$scratch/eve.pem"
"$SIGNET" -q ca init "$ca" --name town
"$SIGNET" -q ca issue "$ca" carol@localhost
cp "$ca/root_cert_town.pem" "$a"
for who in "$b" "$eve" "$ca"; do
	"$SIGNET" -q -k "$who" keys import "$scratch/alice.pem"
	"$SIGNET" -q -k "$who" keys trust --yes alice@localhost
done
client alice 100x40 -k "$a" -a sips:alice@localhost -l "tcp:$own:0" \
    --encrypt --sign --attach-cert
listens alice

# from FOLDER AOR OPTIONS.. TEXT
from() {
	_k=$1 _aor=$2
	shift 2
	"$SIGNET" -k "$_k" -a "$_aor" -P "sip:$own:$port;transport=tcp" send \
	    "$@" 2>"$scratch/said"
}

# --- taking a friend's certificate --------------------------------------------
from "$b" sip:bob@localhost -s sip:alice@localhost "who am I"
keys alice M-2
shows alice 'unknown-signer' "a signer whom nobody knows is marked"
shows alice '\| who am I' "and shown"
shows alice "$(row unknown-signer - bob).*who am I" "with the sender's name"
say alice "/import $scratch/nothing.pem"
says alice 'nothing.pem cannot be read' "a file that is not there is told"
keys alice C-u
typed alice "/import $scratch/bob.p"
keys alice Tab
shows alice 'bob.pem' "file names are completed"
keys alice Enter
says alice 'imported: peer +bob@localhost' "a certificate is taken"
shows alice '^their certificate is refused: /verify' \
    "the header says that it does not serve yet"
say alice "hello"
shows alice 'not sent:' "and a line is not sent"
shows alice 'to bob@localhost: hello' "but stays"
keys alice C-u
say alice "/verify"
shows alice 'not pinned' "/verify compares"
shows alice 'Do the words agree' "and asks"
is "$(screen alice | grep -c '^+-------------------+ .*+-------------------+')" \
    2 "both pictures, side by side"
keys alice q
say alice "/trust"
shows alice 'Pin it\? \[y/n\]' "/trust asks"
keys alice n
shows alice 'not pinned: you answered no' "and takes no for no"
say alice "/trust"
shows alice 'Pin it' "asked again"
keys alice y
says alice 'is pinned for bob@localhost' "it pins"
shows alice 'to certificate .*valid until 20.*pinned' \
    "the header names the certificate"

# --- one that changed ------------------------------------------------------------
from "$b" sip:bob@localhost -s sip:alice@localhost "it is me"
shows alice "$(row good).*it is me" "bob is good"
from "$eve" sip:bob@localhost -s sip:alice@localhost "send money"
shows alice "$(row changed).*refused \(437\): changed:" "another certificate is refused"
says alice 'THE CERTIFICATE OF bob@localhost HAS CHANGED' "loudly"
lacks alice 'send money' "and its text not shown"
like "$(cat "$scratch/said")" '437' "the sender is told"
keys alice M-v
shows alice 'signature +changed' "the verdict says more"
keys alice q
say alice "/import $scratch/eve.pem"
shows alice 'not sent|is there already|--force|differs|exists' \
    "a new certificate does not replace the old one by itself"
keys alice C-u
say alice "/import --force $scratch/eve.pem"
says alice 'imported: peer +bob@localhost' "but by an act of the person"
from "$eve" sip:bob@localhost -s sip:alice@localhost "still not"
keys alice C-l
settle alice
lacks alice '\| still not' "which does not trust it yet"
say alice "/trust"
shows alice 'Pin it' "that takes another"
keys alice y
settle alice
from "$eve" sip:bob@localhost -s sip:alice@localhost "now it is"
shows alice "$(row good).*now it is" "then it is good"

# --- one that its CA renewed --------------------------------------------------------
cp "$ca/user_cert_carol@localhost.pem" "$a"
from "$ca" sip:carol@localhost -s --attach-cert sip:alice@localhost "the first"
keys alice M-3
shows alice "$(row good).*the first" "a CA vouches for carol"
say alice "/add sip:carol@localhost"
from "$ca" sip:carol@localhost -s --attach-cert sip:alice@localhost "again"
shows alice '\| again' "known by then"
"$SIGNET" -q ca issue "$ca" carol@localhost --force
from "$ca" sip:carol@localhost -s --attach-cert sip:alice@localhost "the second"
shows alice "$(row good).*the second" "a renewed certificate is good"
says alice 'signs with another certificate of a trusted CA' "and a quiet line"
lacks alice 'HAS CHANGED' "no loud one"
say alice "/keys carol@localhost"
shows alice 'issuer +CN = town|issuer .*town' "/keys shows what is here"
keys alice q

# --- encrypted for somebody else ---------------------------------------------------------
new "$scratch/other" alice@localhost "$scratch/alice2.pem"
"$SIGNET" -q -k "$ca" keys untrust alice@localhost
"$SIGNET" -q -k "$ca" keys import --force "$scratch/alice2.pem"
"$SIGNET" -q -k "$ca" keys trust --yes alice@localhost
from "$ca" sip:carol@localhost -e sip:alice@localhost "lost"
shows alice "$(row no-key).*refused \(493\): no-key" "what is encrypted for another key is refused"
keys alice F3
shows alice 'encryption +no-key' "F3 says more"
keys alice q

# --- words longer than their column ------------------------------------------------------
from "$eve" sip:mallory@localhost -e sip:alice@localhost "only for you"
say alice "/query mallory@localhost"
shows alice "$(row none e mallory).*only for you" "an encrypted one is marked"
# carol's certificate under a name that it does not have
for what in cert key; do
	cp "$ca/user_${what}_carol@localhost.pem" \
	    "$ca/user_${what}_mallory@localhost.pem"
done
from "$ca" sip:mallory@localhost -s --attach-cert sip:alice@localhost "not hers"
shows alice "$(row identity-mismatch - mallory).*: identity-mismatch" \
    "the longest word leaves the name where it is"
shows alice "$(row none e mallory).*only for you" "and the marks of others"
terminal resize-window -t alice -x 60 -y 30
shows alice "$(row identity-mismatch - mallory).*refused" "on a narrower terminal, too"
terminal resize-window -t alice -x 100 -y 40
say alice .
shows alice 'ended 0' "it ends"
is "$(cat "$scratch/alice.err")" "" "without a word of trouble"

# --- a root whose key everybody has ---------------------------------------------------
"$SIGNET" ca init "$scratch/known" --well-known 2>/dev/null
cp "$scratch/known"/root_cert_*.pem "$a"
client warned 100x30 -k "$a" -a sips:alice@localhost -l "tcp:$own:0"
listens warned
says warned 'warning: .*everybody has' "the client warns of the well-known root"
say warned .
shows warned 'ended 0' "it ends"
finish
