#!/bin/sh
# Every recipe that the client prints, followed to the letter until it works.
. "${SRCDIR:?}/tests/e2e/lib.sh"
. "$SRCDIR/tests/e2e/terminal.sh"

# A blank in the name of the key store: what is printed has to be quoted.
a="$scratch/alice keys" b=$scratch/b ca=$scratch/ca
mkdir -m 700 "$a" "$b" "$scratch/bin"
ln -s "$SIGNET" "$scratch/bin/signet"

# expired FOLDER AOR: a certificate that has expired, with its key
expired() {
	openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
	    -keyout "$1/user_key_$2.pem" -out "$scratch/csr" -subj "/CN=$2" \
	    2>/dev/null
	rm -f "$1/user_cert_$2.pem"
	echo "subjectAltName=URI:sip:$2,email:$2" >"$scratch/ext"
	openssl x509 -req -in "$scratch/csr" -signkey "$1/user_key_$2.pem" \
	    -days -1 -extfile "$scratch/ext" -out "$1/user_cert_$2.pem" \
	    2>/dev/null
	chmod 600 "$1/user_key_$2.pem"
}
# new FOLDER AOR FILE: a key, and its certificate in a file
new() {
	rm -rf "$1"
	mkdir -m 700 "$1"
	"$SIGNET" -q -k "$1" keys new "$2" </dev/null
	"$SIGNET" -k "$1" keys export "$2" >"$3"
}
# shell NAME: runs the command "signet -k .. keys new .." that its screen tells
# of, as it is
shell() {
	_line=$(echo "$how" | sed -n 's/.*\(signet -k .* keys new [^ ,]*\( [^ ,]*@[^ ,]*\)*\).*/\1/p')
	echo "# $_line"
	(PATH=$scratch/bin:$PATH && eval "$_line" </dev/null) >"$scratch/out" 2>&1
	ok $? "$2"
	sed 's/^/# /' "$scratch/out"
}
# sends NAME TEXT WHAT: the line goes, signed and encrypted
sends() {
	keys "$1" C-u
	say "$1" "$2"
	shows "$1" "$(row delivered e).*$2" "$3"
}

new "$b" bob@localhost "$scratch/bob.pem"
listen bob -k "$b" -a sips:bob@localhost -l "tcp:$own:0"
bob=$listener
client alice 120x50 -k "$a" -a sips:alice@localhost -l "tcp:$own:0" --typing no \
    -P "sip:$own:$tcp;transport=tcp" --sign --encrypt
listens alice
from() {
	"$SIGNET" -k "$1" -a "sip:bob@localhost" \
	    -P "sip:$own:$port;transport=tcp" send -s sip:alice@localhost "$2" \
	    >/dev/null 2>&1
}

# --- no certificate of mine, none of theirs -----------------------------------

say alice "/keys"
shows alice 'made in another terminal' "/keys tells how to make a key"
keys alice q
say alice "to: sip:bob@localhost"
shows alice '^their certificate is not here: /import FILE|^cannot be signed' \
    "the header tells what is missing"
say alice "one"
hows alice 'there is no certificate of bob@localhost here.*Send them yours, and ask for theirs: /introduce Or take theirs: /import FILE' \
    "without a certificate of theirs: what to do"
keys alice C-u
say alice "/import $scratch/bob.pem"
says alice 'imported: peer' "/import FILE"
say alice "one"
hows alice 'Compare it: /verify bob@localhost If it is theirs, pin it: /trust bob@localhost' \
    "then the next step"
keys alice C-u
say alice "/verify bob@localhost"
says alice 'you have no certificate .*make one with signet -k .* keys new alice@localhost' \
    "to compare, one's own is needed"
keys alice C-u
say alice "one"
keys alice C-u
say alice "/encrypt off"
say alice "one"
hows alice 'make one, in another terminal: signet -k .* keys new alice@localhost' \
    "without a certificate of mine: what to do"
shell alice "the command of the recipe makes it"
keys alice C-u
say alice "/encrypt on"
say alice "/verify bob@localhost"
shows alice 'Do the words agree' "/verify WHO"
keys alice q
say alice "/trust bob@localhost"
shows alice 'Pin it' "/trust WHO"
keys alice y
says alice 'is pinned for bob' "pins it"
"$SIGNET" -k "$a" keys export alice@localhost >"$scratch/alice.pem"
"$SIGNET" -q -k "$b" keys import "$scratch/alice.pem"
"$SIGNET" -q -k "$b" keys trust --yes alice@localhost
sends alice one "and the message goes"

# --- a changed certificate --------------------------------------------------------

new "$scratch/b2" bob@localhost "$scratch/bob2.pem"
"$SIGNET" -q -k "$scratch/b2" keys import "$scratch/alice.pem"
"$SIGNET" -q -k "$scratch/b2" keys trust --yes alice@localhost
kill "$bob"
ends "$bob"
listen bob -k "$scratch/b2" -a sips:bob@localhost -l "tcp:$own:$tcp"
from "$scratch/b2" "it is me"
hows alice 'Take its file: /import --force FILE Compare it: /verify Pin it: /trust' \
    "a changed certificate: what to do"
say alice "/import --force $scratch/bob2.pem"
says alice 'imported: peer' "/import --force FILE"
say alice "/verify"
shows alice 'Do the words agree' "/verify"
keys alice q
say alice "/trust"
shows alice 'Pin it' "/trust"
keys alice y
settle alice
sends alice two "and the message goes"
from "$scratch/b2" "three"
shows alice "$(row good).*three" "and theirs is good"

# --- theirs is refused -------------------------------------------------------------

expired "$scratch/b" bob@localhost
say alice "/import --force $b/user_cert_bob@localhost.pem"
say alice "/trust"
shows alice 'Pin it' "an expired one is shown"
keys alice y
shows alice '^their certificate is refused: /import --force FILE' \
    "the header tells what mends it"
say alice "four"
hows alice 'expired.*Take a new one of theirs: /import --force FILE' \
    "an expired certificate: what to do"
keys alice C-u
say alice "/import --force $scratch/bob2.pem"
say alice "four"
hows alice 'If it is theirs, pin it: /trust bob@localhost' "then the next step"
keys alice C-u
say alice "/trust bob@localhost"
shows alice 'Pin it' "/trust WHO"
keys alice y
settle alice
sends alice four "and the message goes"

echo rubbish >"$a/user_cert_bob@localhost.pem"
keys alice C-u
say alice "five"
# It is found out at Enter, which the header shows first, or while it is sent.
shows alice "$(row failed e).*five|the header has just changed|cannot be read" \
    "a certificate that cannot be read"
again=Enter
if screen alice | grep -Eq -- "$(row failed e).*five"; then
	says alice 'five .*Alt-R sends it again' "what to do"
	again=M-r
	keys alice M-r
	shows alice 'the header has just changed: check it' "the header says it now"
fi
keys alice $again
settle alice
hows alice 'cannot be read.*Take theirs anew: /import --force FILE' \
    "what to do then"
keys alice C-u
say alice "/import --force $scratch/bob2.pem"
says alice 'imported: peer' "/import --force FILE"
settle alice
if [ $again = M-r ]; then keys alice M-r; else say alice five; fi
shows alice "$(row delivered e).*five" "and the message goes"

# --- mine is refused ------------------------------------------------------------------

cp "$a/user_key_alice@localhost.pem" "$scratch/alice-key.pem"
rm "$a/user_key_alice@localhost.pem"
say alice "six"
hows alice 'Take it: /import --force FILE' "a key that is gone: what to do"
keys alice C-u
say alice "/import --force $scratch/alice-key.pem"
sends alice six "and the message goes"
echo rubbish >"$scratch/rubbish"
mv "$scratch/rubbish" "$a/user_cert_alice@localhost.pem"
say alice "seven"
hows alice 'Take it anew: /import --force FILE' \
    "a certificate of mine that cannot be read: what to do"
keys alice C-u
say alice "/import --force $scratch/alice.pem"
sends alice seven "and the message goes"
expired "$a" alice@localhost
say alice "eight"
hows alice 'make one, in another terminal: signet -k .* keys new --force alice@localhost' \
    "an expired one of mine: what to do"
shell alice "the command of the recipe makes it"
"$SIGNET" -k "$a" keys export alice@localhost >"$scratch/alice3.pem"
"$SIGNET" -q -k "$scratch/b2" keys import --force "$scratch/alice3.pem"
"$SIGNET" -q -k "$scratch/b2" keys trust --yes alice@localhost
sends alice eight "and the message goes"

# --- a CRL -----------------------------------------------------------------------------

say alice "/set crl require"
"$SIGNET" -q ca init "$ca" --name town
"$SIGNET" -q ca issue "$ca" bob@localhost
say alice "/import --root $ca/root_cert_town.pem"
"$SIGNET" -q -k "$a" keys untrust bob@localhost
say alice "/import --force $ca/user_cert_bob@localhost.pem"
keys alice C-u
say alice "nine"
hows alice 'Take a new CRL of its issuer: /import --force FILE' \
    "without a CRL: what to do"
keys alice C-u
"$SIGNET" -q ca crl "$ca" --days 1
say alice "/import --force $ca/crl_town.pem"
says alice 'imported: crl' "/import --force FILE"
kill "$listener"
ends "$listener"
cp "$ca"/user_*bob* "$b"
"$SIGNET" -q -k "$b" keys import --force "$scratch/alice3.pem"
"$SIGNET" -q -k "$b" keys trust --yes alice@localhost
listen bob -k "$b" -a sips:bob@localhost -l "tcp:$own:$tcp"
sends alice nine "and the message goes"

# --- in clear, unsigned, again --------------------------------------------------------------

kill "$listener"
ends "$listener"
say alice "add: sip:carol@localhost"
say alice "to: sip:carol@localhost"
shows alice '/encrypt off' "the header tells of /encrypt off"
say alice "/encrypt off"
say alice "/sign off"
listen carol -k "$scratch/c" -a sip:dora@localhost -l "tcp:$own:$tcp"
say alice "ten"
shows alice "$(row failed -).*ten" "a message that fails"
says alice 'Alt-R sends it again' "what to do"
kill "$listener"
ends "$listener"
listen carol -k "$scratch/c" -a sip:carol@localhost -l "tcp:$own:$tcp"
keys alice M-r
shows alice "$(row delivered -).*ten" "Alt-R, and the message goes"

keys alice C-u
say alice /quit
shows alice 'ended 0' "it ends"

# --- a key that is locked --------------------------------------------------------------------

"$SIGNET" -q -k "$a" --passphrase-command 'echo word' keys new dora@localhost \
    </dev/null
client dora 120x30 -k "$a" -a sips:alice@localhost -l "tcp:$own:0" \
    -P "sip:$own:$tcp;transport=tcp" --sign
listens dora
"$SIGNET" -q -k "$a" --passphrase-command 'echo word' keys new --force \
    alice@localhost </dev/null
say dora "to: sip:carol@localhost"
say dora "/sign on"
say dora "eleven"
says dora 'is locked with a passphrase.*restart it' \
    "a key that was locked meanwhile: what to do"
keys dora C-u
say dora /quit
shows dora 'ended 0' "it ends"
run dora "clear; '$SIGNET' -k \"$a\" -a sips:alice@localhost -l tcp:$own:0 -P 'sip:$own:$tcp;transport=tcp' --sign; echo ended \$?"
shows dora 'Passphrase for alice@localhost' "started anew, it asks"
say dora word
shows dora 'listening on' "and goes on"
say dora "to: sip:carol@localhost"
say dora "eleven"
shows dora "$(row delivered -).*eleven" "and the message goes"
keys dora C-u
say dora /quit
shows dora 'ended 0' "it ends"
kill "$listener"

# --- a file that is locked, and no certificate of the host -------------------------------------

mkdir "$scratch/here" "$scratch/away"
PATH=$scratch/bin:$PATH
openssl pkcs12 -export -in "$scratch/bob2.pem" -nokeys -passout pass:word \
    -out "$scratch/here/bob.p12"
run dora "clear; cd '$scratch/here'; '$SIGNET' -k \"$a\" -a sips:bob@localhost -l tls:localhost:0; echo ended \$?"
hows dora 'no messages can be received: .*in another terminal; then restart' \
    "no certificate of the host: what to do"
line=$(echo "$how" | sed -n 's/.*make one with \(signet .* keys new localhost\), or.*/\1/p')
echo "# $line"
(cd "$scratch/away" && eval "$line") </dev/null >"$scratch/out" 2>&1
ok $? "the command of the recipe makes it"
"$SIGNET" -q -k "$a" keys remove bob@localhost
say dora "/import bob.p12"
says dora 'is locked with a passphrase.* in another terminal, then restart' \
    "a file that is locked: what to do"
line=$(words dora | sed -n 's/.*; run \(signet .* keys import .*\) in another.*/\1/p')
echo "# $line"
(cd "$scratch/away" && eval "$line" --passphrase-command "'echo word'") \
    </dev/null >"$scratch/out" 2>&1
ok $? "the command of the recipe imports it"
keys dora C-u
say dora /quit
shows dora 'ended 0' "it ends"
run dora "clear; '$SIGNET' -k \"$a\" -a sips:bob@localhost -l tls:localhost:0; echo ended \$?"
shows dora 'listening on tls:' "started anew, it listens"
say dora /keys
shows dora 'peer +bob@localhost' "and has what was imported"
keys dora q
say dora /quit
shows dora 'ended 0' "it ends"

# --- the setup ------------------------------------------------------------------------------

fill() {
	_c=$1
	shift
	for _word in "$@"; do
		keys "$_c" C-u
		typed "$_c" "$_word"
		keys "$_c" Enter
	done
}
rm -rf "$XDG_CONFIG_HOME/signet" "$XDG_DATA_HOME/signet"
server '401 Unauthorized|WWW-Authenticate: Digest realm="elsewhere",algorithm=SHA-256,qop="auth",nonce="n"' \
    '401 Unauthorized|WWW-Authenticate: Digest realm="elsewhere",algorithm=SHA-256,qop="auth",nonce="n"' \
    '200 OK|Contact: {contact};expires=600'
client erin 100x30
shows erin 'who are you' "the setup"
fill erin sip:erin@localhost '' secret n "sip:127.0.0.1:$server;transport=tcp" n
says erin 'start signet as before, with --realm NAME added' \
    "another realm: what to do"
shows erin 'elsewhere' "with its name"
keys erin C-c
shows erin 'ended 0' "quit with ^C"
run erin "clear; '$SIGNET' --realm elsewhere; echo ended \$?"
shows erin 'who are you' "started with --realm NAME"
fill erin sip:erin@localhost '' secret n "sip:127.0.0.1:$server;transport=tcp" n
shows erin 'Enter goes on' "it registers"
keys erin Enter
shows erin 'a key of your own' "a key"
fill erin '' ''
says erin 'signet keys export erin@localhost > me.pem' "what to give a friend"
is "$("$SIGNET" keys export erin@localhost | head -n 1)" \
    '-----BEGIN CERTIFICATE-----' "the command gives it"
keys erin C-c
shows erin 'ended 0' "it ends"
finish
