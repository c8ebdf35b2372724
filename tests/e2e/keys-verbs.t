#!/bin/sh
# The verbs `signet keys` and `signet ca`, as a script uses them.
. "${SRCDIR:?}/tests/e2e/lib.sh"
cd "$scratch" || exit 1

keys() {
	"$SIGNET" keys "$@" -k "$scratch/k" </dev/null 2>err
}

# refused STATUS PATTERN NAME VERB...: one line on standard error says why
refused() {
	_want=$1 _like=$2 _name=$3
	shift 3
	keys "$@" >out
	is "$?" "$_want" "$_name: status $_want"
	is "$(grep -c '^signet: ' err) $(wc -l <err | tr -d ' ')" '1 1' \
	    "$_name: one line"
	like "$(cat err)" "$_like" "$_name: words"
}

"$SIGNET" ca init ca && "$SIGNET" ca issue ca alice@example.com &&
    "$SIGNET" ca issue ca example.com --type rsa:2048 &&
    "$SIGNET" ca issue ca 127.0.0.1 && "$SIGNET" ca issue ca old.example --days 0
is $? 0 'ca init and ca issue work'
is "$(openssl verify -CAfile ca/root_cert_testCA.pem \
    ca/user_cert_alice@example.com.pem ca/domain_cert_example.com.pem \
    ca/domain_cert_127.0.0.1.pem 2>&1 | grep -c ': OK')" 3 \
    'openssl verifies what the CA issued'
like "$(openssl verify -CAfile ca/root_cert_testCA.pem \
    ca/domain_cert_old.example.pem 2>&1)" 'has expired' \
    '--days 0 makes an expired one, as makeCert does'
like "$(openssl x509 -in ca/user_cert_alice@example.com.pem -noout -ext \
    subjectAltName)" \
    'URI:sip:alice@example.com, URI:im:alice@example.com, URI:pres:alice@ex' \
    'a person has three URIs'
like "$(openssl x509 -in ca/domain_cert_127.0.0.1.pem -noout -ext \
    subjectAltName)" 'IP Address:127.0.0.1' 'an address has an iPAddress'
"$SIGNET" ca issue ca alice@example.com 2>err
is $? 73 'ca issue overwrites nothing'
"$SIGNET" ca issue "$scratch/none" bob@example.com 2>err
is $? 78 'ca issue without a CA'

keys new bob@example.org >out
is $? 0 'keys new'
like "$(cat out)" '^fingerprint +([0-9a-f]{4} ){7}[0-9a-f]{4}$' \
    'the fingerprint is grouped'
is "$(grep -c '^ *|.\{19\}|$' out)" 9 'and drawn'
is "$(stat -c %a k k/user_key_bob@example.org.pem | tr '\n' ' ')" \
    '700 600 ' 'modes of the directory and the key'
is "$(keys show bob@example.org | sed -n 's/^fingerprint *//p' | tr -d ' ')" \
    "$(openssl x509 -in k/user_cert_bob@example.org.pem -noout \
    -fingerprint -sha256 | sed 's/.*=//; s/://g' | tr A-F a-f | cut -c1-32)" \
    'show tells the fingerprint that openssl tells'
refused 73 'force' 'new twice' new bob@example.org
refused 78 'no key or certificate of' 'show of nobody' show nobody@example.org
refused 65 'must be escaped' 'new for what is no address' new 'a b@c'
refused 64 'usage' 'an unknown action' frobnicate
refused 64 'usage' 'an unknown option' list --frobnicate
refused 64 'type' 'an unknown type' new x@y --type dsa
refused 64 'days' 'a number that is none' new x@y --days 5x

refused 64 'as root' 'a CA without --as root' import ca/root_cert_testCA.pem
keys import --as root ca/root_cert_testCA.pem >out &&
    keys import ca/user_cert_alice@example.com.pem >out
is $? 0 'keys import'
refused 65 'no certificate' 'a file that is none' import err
refused 66 'cannot be read' 'a file that is not there' import nothere.pem
refused 64 'terminal' 'trust without a terminal or --yes' trust alice@example.com
keys trust alice@example.com --yes >out
is $? 0 'trust --yes'
is "$(cat k/pinned)" "$(openssl x509 -in ca/user_cert_alice@example.com.pem \
    -noout -fingerprint -sha256 | sed 's/.*=//; s/://g' | tr A-F a-f
    ) alice@example.com" 'pinned says what DESIGN says'
keys list --json >out
is "$(json kind 1 <out) $(json name 1 <out) $(json pinned 1 <out)" \
    'peer alice@example.com 1' 'list --json: a pinned peer'
is "$(json kind 2 <out) $(json name 2 <out) $(json private 2 <out)" \
    'user bob@example.org 1' 'list --json: a user'
is "$(json kind 3 <out) $(json name 3 <out)" 'root testCA' \
    'list --json: a root'
like "$(json not_after 3 <out)" '^20[0-9-]+T[0-9:]+Z$' 'times of RFC 3339'
keys untrust alice@example.com && [ ! -s k/pinned ]
is $? 0 'untrust'
keys export bob@example.org >out
is "$(grep -c 'BEGIN CERT' out) $(grep -c PRIVATE out)" '1 0' \
    'export gives no private key'
is "$(keys export bob@example.org --private | grep -c 'PRIVATE KEY')" 2 \
    'but with --private'
keys csr carol@example.org >out && openssl req -in out -noout -verify 2>/dev/null
is $? 0 'csr'
refused 64 'force' 'remove of a private key' remove bob@example.org
keys remove bob@example.org --force && [ ! -e k/user_key_bob@example.org.pem ]
is $? 0 'remove --force'

# a terminal's controls in a name do not reach it
printf '[req]\ndistinguished_name=d\nprompt=no\nx509_extensions=e\n[d]\nCN=a\033[31mb\n[e]\nsubjectAltName=URI:sip:evil@h\n' >conf
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
    -keyout evil.key -out evil.pem -config conf -utf8 2>/dev/null
keys import evil.pem >out && keys show evil@h >out
is "$(grep -c "$(printf '\033')" out)" 0 'what certificates say is filtered'

# passphrases come from a command
"$SIGNET" keys new dora@h -k k --passphrase-command 'echo geheim' \
    </dev/null >out 2>err
is "$(grep -c ENCRYPTED k/user_key_dora@h.pem)" 2 'a key under a passphrase'
"$SIGNET" keys csr dora@h -k k --passphrase-command 'echo falsch' \
    </dev/null >out 2>err
is "$?" 78 'a wrong passphrase'
like "$(cat err)" 'passphrase.*wrong' 'and its words'

if [ "$(id -u)" -ne 0 ]; then
	chmod 0 k
	refused 78 'cannot be read' 'an unreadable directory' list
	chmod 700 k
fi
# (what it says goes to a pipe: a file would be over the limit as well)
said=$(ulimit -f 0; "$SIGNET" keys new eve@h -k k 2>&1 </dev/null)
is "$? $(ls -A k | grep -c -e eve -e new)" '74 0' \
    'a full disk leaves nothing behind'
like "$said" 'cannot be written: File too large' 'and says so'
finish
