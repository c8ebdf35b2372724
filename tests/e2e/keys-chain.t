#!/bin/sh
# A certificate's chain as a tree: `keys show`, and Alt-V in the client.
. "${SRCDIR:?}/tests/e2e/lib.sh"
. "$SRCDIR/tests/e2e/terminal.sh"
cd "$scratch" || exit 1
LC_ALL=C

# issued BY(.pem, .key) NAME SUBJECT DAYS EXTENSION..: NAME.pem and NAME.key
issued() {
	_by=$1 _name=$2 _subject=$3 _days=$4
	shift 4
	printf '%s\n' "$@" >ext
	openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
	    -keyout "$_name.key" -out csr -subj "$_subject" 2>/dev/null
	openssl x509 -req -in csr -CA "$_by.pem" -CAkey "$_by.key" \
	    -CAcreateserial -days "$_days" -extfile ext -out "$_name.pem" \
	    2>/dev/null
}

# chain [OPTIONS] NAME: the tree of keys show, without its labels and times
chain() {
	"$SIGNET" -k "$k" "$@" |
	    sed -n '/^chain/,/^fingerprint/{/^fingerprint/!p;}' |
	    cut -c 14- | sed 's/until [-0-9]*T[0-9:]*Z/until DATE/'
}

k=$scratch/k
mkdir -m 700 "$k" r
root r one
cp r/root_key.pem one.key
cp r/root_cert_one.pem one.pem
issued one two '/O=signet tests/CN=two' 30 basicConstraints=critical,CA:TRUE \
    keyUsage=critical,keyCertSign,cRLSign
issued two alice '/CN=alice' 10 subjectAltName=URI:sip:alice@localhost \
    keyUsage=digitalSignature,keyAgreement
issued two odd "/CN=x, until 2099, a root here: y" 10 \
    subjectAltName=URI:sip:odd@localhost
cp one.pem "$k/root_cert_one.pem"
cp two.pem "$k/ca_cert_two.pem"
cp alice.pem "$k/user_cert_alice@localhost.pem"
cp odd.pem "$k/user_cert_odd@localhost.pem"

whole='until DATE, a root here: O = signet tests, CN = one
\- until DATE: O = signet tests, CN = two
   \- until DATE: CN = alice'
is "$(chain keys show alice@localhost)" "$whole" "the root is at the top"
is "$(LC_ALL=C.UTF-8 chain keys show alice@localhost | sed 's/└─/\\-/')" "$whole" "lines are drawn where there is UTF-8"
like "$(LC_ALL=C.UTF-8 chain keys show alice@localhost)" '^   └─ until' \
    "as such"
is "$(chain keys show one)" 'until DATE, a root here: O = signet tests, CN = one' \
    "a root stands alone"
is "$(chain keys show odd@localhost | tail -n 1)" \
    '   \- until DATE: CN = "x, until 2099, a root here: y"' \
    "a name says nothing about its certificate"
is "$("$SIGNET" -k "$k" keys show alice@localhost | grep '^chain' | cut -c 1-39)" \
    "chain        until $(openssl x509 -in one.pem -noout -enddate |
	sed 's/.*=//' | TZ=UTC date -f - +%Y-%m-%dT%H:%M:%SZ)" "with its date"
is "$("$SIGNET" -k "$k" --json keys show alice@localhost | json chain)" null \
    "JSON has no tree"

"$SIGNET" -q -k self keys new self@localhost </dev/null
k=self
is "$(chain keys show self@localhost)" \
    'until DATE, self-signed: CN = self@localhost' \
    "a self-signed one"
"$SIGNET" -q -k self keys trust --yes self@localhost
is "$(chain keys show self@localhost)" \
    'until DATE, pinned, self-signed: CN = self@localhost' "that is pinned"
k=$scratch/k

# --- what stops it -----------------------------------------------------------
at=$(TZ=UTC date -d '+20 days' +%Y-%m-%dT%H:%M:%SZ)
is "$(chain --at "$at" keys show alice@localhost | tail -n 2)" \
    '\- until DATE: O = signet tests, CN = two
   \- until DATE, expired: it has expired: CN = alice' "what has expired"
is "$(chain --crl require keys show alice@localhost | grep -c 'no-crl: ')" 2 \
    "CRLs that are required and not here"
mv "$k/root_cert_one.pem" .
is "$(chain keys show alice@localhost)" \
    'not here: O = signet tests, CN = one
\- until DATE: O = signet tests, CN = two
   \- until DATE: CN = alice' "a root that is not here"
mv "$k/ca_cert_two.pem" .
is "$(chain keys show alice@localhost)" 'not here: O = signet tests, CN = two
\- until DATE: CN = alice' "an intermediate one that is not here"
mv root_cert_one.pem ca_cert_two.pem "$k"
: >index
cat >ca.conf <<-'END'
	[ca]
	default_ca = it
	[it]
	database = index
	default_md = sha256
	default_crl_days = 5
END
openssl ca -config ca.conf -cert two.pem -keyfile two.key -revoke alice.pem \
    2>/dev/null
openssl ca -config ca.conf -cert two.pem -keyfile two.key -gencrl \
    -out "$k/crl_two.pem" 2>/dev/null
is "$(chain keys show alice@localhost | tail -n 1)" \
    "   \\- until DATE, revoked: the issuer's CRL lists the certificate: CN = alice" \
    "what is revoked"
rm "$k/crl_two.pem"
"$SIGNET" -q -k "$k" keys trust --yes alice@localhost
is "$(chain keys show alice@localhost | tail -n 1)" \
    '   \- until DATE, pinned: CN = alice' "what is pinned"
"$SIGNET" -q -k "$k" keys untrust alice@localhost

# --- in the client ---------------------------------------------------------------
b=$scratch/b
mkdir -m 700 "$b"
"$SIGNET" -q -k "$b" keys new bob@localhost </dev/null
cp one.pem "$b/root_cert_one.pem"
cp two.pem "$b/ca_cert_two.pem"
cp alice.pem "$b/user_cert_alice@localhost.pem"
cp alice.key "$k/user_key_alice@localhost.pem"
LC_ALL=C.UTF-8
client bob 100x50 --no-history -k "$b" -a sips:bob@localhost -l "tcp:$own:0"
listens bob
"$SIGNET" -q -k "$k" -a sips:alice@localhost \
    -P "sip:$own:$port;transport=tcp" send -s sip:bob@localhost hello
keys bob M-2
shows bob '\| hello' "a signed message"
keys bob M-v G
shows bob '^chain:' "has its chain in its verdict"
shows bob '^  until [-0-9T:Z]*, a root here: O = signet tests, CN = one' \
    "from the root"
shows bob '^     └─ until [-0-9T:Z]*: CN = alice' "to the signer"
keys bob q
say bob '/keys alice@localhost'
shows bob '^chain +until [-0-9T:Z]*, a root here' "/keys has it, too"
keys bob q
say bob /quit
shows bob 'ended 0' "and it leaves"
finish
