#!/bin/sh
# Files as other programs write them: keys import keeps everything that is in
# them, or says what it left out and why.
. "${SRCDIR:?}/tests/e2e/lib.sh"
cd "$scratch" || exit 1

keys() {
	"$SIGNET" keys "$@" -k "$scratch/k" --passphrase-command 'echo secret' \
	    </dev/null 2>err
}

# fresh: an empty key store
fresh() {
	rm -rf k
}

# kept: the files of the key store
kept() {
	(cd k 2>/dev/null && echo *.pem | sed 's/\*\.pem//')
}

# made NAME SUBJECT SAN USAGE [EXTENSION]: NAME.key and NAME.pem, by the CA
made() {
	openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 \
	    -out "$1.key" 2>/dev/null
	{
		echo "keyUsage=critical,$4"
		[ -z "$3" ] || echo "subjectAltName=$3"
		[ -z "${5-}" ] || echo "$5"
	} >"$1.ext"
	openssl req -new -key "$1.key" -subj "/CN=$2" -out "$1.csr" &&
	    openssl x509 -req -in "$1.csr" -CA ca.pem -CAkey ca.key -days 30 \
	    -set_serial "0x$(openssl rand -hex 8)" -extfile "$1.ext" \
	    -out "$1.pem" 2>/dev/null
}

# root NAME SUBJECT
root() {
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
	    -keyout "$1.key" -out "$1.pem" -subj "/CN=$2" -days 30 \
	    -addext keyUsage=critical,keyCertSign,cRLSign 2>/dev/null
}

both=digitalSignature,keyAgreement
root ca CA && root ca2 CA && root ca3 CA
made anna anna URI:sip:anna@example.com $both
made bert bert URI:sip:bert@example.com $both
made sign bob URI:sip:bob@example.net digitalSignature
made encrypt bob URI:sip:bob@example.net keyAgreement
made new bob URI:sip:bob@example.net $both
made mail jdoe email:jdoe@example.com $both
made login jdoe '' $both
made host host.example.com DNS:host.example.com $both

# PKCS#12
openssl pkcs12 -export -inkey anna.key -in anna.pem -passout pass: \
    -out a.p12 -nomac -keypbe NONE -certpbe NONE
openssl pkcs12 -export -inkey anna.key -in anna.pem -passout pass:secret \
    -out b.p12 -nomac
openssl pkcs12 -export -inkey anna.key -in anna.pem -passout pass:other \
    -out c.p12 -nomac
keys import a.p12 >out
is "$? $(kept)" \
    '0 user_cert_anna@example.com.pem user_key_anna@example.com.pem' \
    'PKCS#12 without a MAC and a passphrase'
fresh
keys import b.p12 >out
is "$? $(kept)" \
    '0 user_cert_anna@example.com.pem user_key_anna@example.com.pem' \
    'PKCS#12 without a MAC, with a passphrase'
fresh
keys import c.p12 >out
is "$? $(kept)" '65 ' 'PKCS#12 without a MAC, and a wrong passphrase'
like "$(cat err)" 'passphrase of c.p12 is wrong' 'which is told'

# any order of arguments, in PEM and DER
openssl pkey -in bert.key -outform DER -out bert.der
for order in 'anna.key bert.der anna.pem bert.pem' \
    'anna.pem anna.key bert.der bert.pem'; do
	fresh
	# shellcheck disable=SC2086
	keys import $order >out
	is "$? $(kept | tr ' ' '\n' | grep -c anna.example) $(
	    kept | tr ' ' '\n' | grep -c bert@example)" '0 2 2' "import $order"
done
fresh
cat anna.key ca.pem >mixed.pem
keys import mixed.pem anna.pem >out
is "$? $(kept)" \
    '0 user_cert_anna@example.com.pem user_key_anna@example.com.pem' \
    'a key beside other things, and its certificate after it'
like "$(cat err)" '^left out of mixed.pem: the certificate of CN = CA: .*root' \
    'the CA beside it is told of'
fresh
keys import anna.key >out
is "$? $(kept)" '65 ' 'a key without its certificate'
like "$(cat err)" 'belongs to no certificate here; import that first' \
    'which is told'

# two certificates of one person, in any order, at once and one by one
two='user_cert_bob@example.net+encrypt.pem user_cert_bob@example.net.pem'
cat sign.pem encrypt.pem >se.pem
cat encrypt.pem sign.pem >es.pem
for files in se.pem es.pem 'sign.pem encrypt.pem' 'encrypt.pem sign.pem'; do
	fresh
	# shellcheck disable=SC2086
	keys import $files >out
	is "$? $(kept) $(grep -c 'to sign$' out) $(grep -c 'to encrypt$' out)" \
	    "0 $two 1 1" "import $files"
	cmp -s k/user_cert_bob@example.net+encrypt.pem encrypt.pem
	is $? 0 "$files: the encrypting one has its name"
done
keys import se.pem >out
is "$? $(kept)" "0 $two" 'again: nothing changes'
cat sign.key encrypt.key es.pem >all.pem
fresh
keys import all.pem >out
is "$? $(kept | wc -w | tr -d ' ')" '0 4' 'and with both keys'
keys list --json >out
is "$(json use 1 <out) $(json use 2 <out) $(json private 2 <out)" \
    'sign encrypt 1' 'list --json tells the use'
keys trust bob@example.net --yes >out
is "$? $(grep -c '^fingerprint ' out) $(wc -l <k/pinned | tr -d ' ')" '0 2 2' \
    'trust shows and pins both'
is "$(keys list | grep -c '  pinned  to ')" 2 'list: both are pinned'
is "$(keys export bob@example.net | grep -c BEGIN) $(keys export --private \
    bob@example.net | grep -c BEGIN)" '2 2' 'export gives both'
keys untrust bob@example.net && keys remove --force bob@example.net
is "$? $(kept)" '0 ' 'remove takes both'

# what may not be replaced silently, and what has no place
fresh
keys import new.pem >out && keys import encrypt.pem >out
is "$? $(kept)" '73 user_cert_bob@example.net.pem' \
    'another certificate to encrypt with needs --force'
keys import --force encrypt.pem >out
is "$? $(kept)" "0 $two" 'and comes with it'
fresh
cat anna.pem new.pem se.pem >three.pem
keys import three.pem >out
is "$? $(grep -c '^left out of three.pem: .*serves bob' err)" '0 1' \
    'a third certificate of a person is left out, and told of'
cmp -s k/user_cert_bob@example.net.pem sign.pem
is $? 0 'the ones for one use each are kept'

# a person's certificate without a sip address
for f in mail login; do
	fresh
	keys import $f.pem >out
	is "$? $(kept)" '65 ' "$f.pem is no host's"
	like "$(cat err)" 'CN = jdoe.* names no sip or sips address' "$f: why"
done
fresh
cat mail.pem anna.pem >other.pem
keys import other.pem >out
is "$? $(kept) $(grep -c 'names no sip' err)" \
    '0 user_cert_anna@example.com.pem 1' 'and others beside it are kept'
keys import host.pem >out
is "$? $(kept)" '0 domain_cert_host.example.com.pem user_cert_anna@example.com.pem' \
    'a host is one'

# roots of one name
fresh
cat ca.pem ca2.pem ca.pem >cas.pem
keys import --as root cas.pem >out
is "$? $(kept)" '0 root_cert_CA+2.pem root_cert_CA.pem' 'two roots of a name'
keys import --as root ca3.pem >out && keys import --as root ca2.pem >out
is "$? $(kept)" '0 root_cert_CA+2.pem root_cert_CA+3.pem root_cert_CA.pem' \
    'and a third one later'
is "$(keys list | awk '$1 == "root" { print $2 }' | sort | tr '\n' ' ')" \
    'CA CA+2 CA+3 ' 'list names them'
for ca in ca ca2 ca3; do
	cp $ca.pem now.pem && cp $ca.key now.key
	openssl x509 -req -in anna.csr -CA now.pem -CAkey now.key -days 30 \
	    -extfile anna.ext -out anna-$ca.pem 2>/dev/null
	keys import --force anna-$ca.pem >out
	"$SIGNET" send -k k -a sip:anna@example.com -e sip:anna@example.com x \
	    -P 'sip:127.0.0.1:9;transport=tcp' </dev/null 2>err
	is "$? $(grep -c refused: err)" "69 0" "$ca: it is a root"
done
keys remove CA+2 && keys import --as root ca2.pem >out
is "$? $(kept | tr ' ' '\n' | grep -c root)" '0 3' 'the free name is taken'
keys import --as root ca.pem anna.key >out 2>&1
is $? 65 'no key is a root'

# odd blocks
fresh
{ cat anna.pem anna.csr; echo text; openssl ecparam -name prime256v1; cat anna.key; } \
    >odd.pem
keys import odd.pem >out
is "$? $(cat err)" '0 left out of odd.pem: a block "CERTIFICATE REQUEST", which is not kept or cannot be read' \
    'a request is left out, and told of'
fresh
{ printf '\357\273\277'; sed 's/$/\r/' anna.pem anna.key; } >dos.pem
keys import dos.pem >out
is "$? $(cat err) $(kept | wc -w | tr -d ' ')" '0  2' \
    'a byte order mark and CRs harm nothing'
finish
