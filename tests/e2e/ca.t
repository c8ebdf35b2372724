#!/bin/sh
# The test CA: what it makes and revokes, judged by openssl and by signet.
. "${SRCDIR:?}/tests/e2e/lib.sh"
cd "$scratch" || exit 1

ca() {
	"$SIGNET" ca "$@" </dev/null 2>err
}

# refused STATUS PATTERN NAME VERB...
refused() {
	_want=$1 _like=$2 _name=$3
	shift 3
	ca "$@" >out
	is "$?" "$_want" "$_name: status $_want"
	like "$(cat err)" "$_like" "$_name: words"
}

# san FILE: the subjectAltName, a name a line
san() {
	openssl x509 -in "$1" -noout -ext subjectAltName |
	    sed '1d; s/^ *//; s/, /\n/g'
}

serial() {
	openssl x509 -in "$1" -noout -serial | sed 's/.*=//'
}

number() {
	openssl crl -in "$1" -noout -crlnumber | sed 's/.*=0*x*0*//'
}

revoked() {
	openssl crl -in "$1" -noout -text | sed -n 's/ *Serial Number: //p' |
	    sort | tr '\n' ' '
}

root=ca/root_cert_testCA.pem crl=ca/crl_testCA.pem
alice=ca/user_cert_alice@example.com.pem

ca init ca && ca issue ca alice@example.com && ca issue ca example.com \
    --type rsa:2048
is $? 0 'a CA, a person, a host'

# --- revocation

ca crl ca
is $? 0 'an empty CRL'
is "$(openssl crl -in $crl -CAfile $root -noout 2>&1)" 'verify OK' \
    'openssl takes its signature'
is "$(openssl crl -in $crl -noout -text | sed -n 's/^ *Version //p
    s/.*Signature Algorithm: //p; /No Revoked/p' | sort -u | tr '\n' ' ')" \
    '2 (0x1) No Revoked Certificates. ecdsa-with-SHA256 ' \
    'version 2, SHA-256, nothing in it'
is "$(openssl crl -in $crl -noout -text | grep -A1 'Authority Key' |
    sed -n '2s/^ *//; 2s/keyid://; 2p')" \
    "$(openssl x509 -in $root -noout -ext subjectKeyIdentifier |
    sed -n '2s/^ *//p')" 'it names the key of its issuer'
is "$(number $crl)" 1 'its number is 1'
openssl verify -crl_check -CAfile $root -CRLfile $crl $alice >out 2>&1
is $? 0 'openssl verify -crl_check: not revoked yet'

# days_of CRL: how long it stands
days_of() {
	perl -MTime::Piece -e '
		my %t = map { /(\w+)=(.*) GMT/ } <STDIN>;
		my ($a, $b) = map { Time::Piece->strptime($t{$_},
		    "%b %e %T %Y") } qw(lastUpdate nextUpdate);
		print +($b - $a)->days' <<-DATES
	$(openssl crl -in "$1" -noout -lastupdate -nextupdate)
	DATES
}
is "$(days_of $crl)" 30 'it stands for 30 days'
ca crl ca --days 7
is "$(days_of $crl) $(number $crl)" '7 2' '--days 7, and the number grows'

ca revoke ca alice@example.com
is "$? $(wc -c <err)" '0 0' 'revoke'
like "$(openssl verify -crl_check -CAfile $root -CRLfile $crl $alice 2>&1)" \
    'certificate revoked' 'openssl verify -crl_check: revoked'
is "$(openssl crl -in $crl -CAfile $root -noout 2>&1)" 'verify OK' \
    'openssl takes that CRL'
openssl verify -crl_check -CAfile $root -CRLfile $crl \
    ca/domain_cert_example.com.pem >out 2>&1
is $? 0 'and nobody else is'
ca revoke ca alice@example.com
is "$?" 0 'revoking twice is no error'
like "$(cat err)" 'alice@example.com was already revoked' 'but is said'
cp $alice old.pem
first=$(serial old.pem)
ca issue ca alice@example.com --force && ca revoke ca ./old.pem
like "$? $(cat err)" '^0.*already revoked' 'a file names the same certificate'
cp $alice old.pem
second=$(serial old.pem)
openssl x509 -in old.pem -outform DER -out old.der
ca issue ca alice@example.com --force && ca revoke ca old.der
is "$? $(revoked $crl)" "0 $(printf '%s\n' "$first" "$second" | sort |
    tr '\n' ' ')" 'a replaced one by its file; all entries are kept'
openssl verify -crl_check -CAfile $root -CRLfile $crl $alice >out 2>&1
is $? 0 'the new one stands'
before=$((0x$(number $crl)))
ca crl ca
is "$(revoked $crl | wc -w) $((0x$(number $crl)))" "2 $((before + 1))" \
    'crl keeps them too'

ca init many
for i in 1 2 3 4 5 6; do
	ca issue many h$i.example
done
ours=
for i in 1 2 3 4 5 6; do
	"$SIGNET" ca revoke many h$i.example </dev/null 2>>err &
	ours="$ours $!"
done
wait $ours
is "$(revoked many/crl_testCA.pem | wc -w | tr -d ' ') $(number \
    many/crl_testCA.pem)" '6 6' 'those who revoke at once lose nothing'

refused 66 'nobody named' 'revoke of nobody' revoke ca nobody@example.com
refused 65 'no certificate' 'revoke of a file that is none' revoke ca err
refused 65 'self-signed' 'revoke of the root' revoke ca $root
ca init other && ca issue other bob@example.com
refused 65 'no CA whose key' 'revoke of what another signed' \
    revoke ca other/user_cert_bob@example.com.pem
cp $crl other/crl_testCA.pem
refused 65 'not signed by' 'a CRL of another CA is not written over' \
    revoke other bob@example.com
echo rubbish >other/crl_testCA.pem
refused 65 'would be lost' 'nor one that cannot be read' crl other
refused 78 'no root' 'crl without a CA' crl "$scratch/none"
refused 64 'usage: signet ca crl' 'crl of too much' crl ca alice@example.com
refused 64 'days' 'a number that is none' crl ca --days 5x
refused 64 'usage: signet ca ' 'an unknown action' frobnicate ca

# signet's own verdict, by way of a signed message
printf 'Content-Type: text/plain\r\n\r\nhi\r\n' >entity
message() {
	openssl cms -sign -binary -in entity -signer "$1" -inkey "$2" \
	    -outform DER -nodetach -md sha256 ${4:+-certfile "$4"} -out cms
	{
		printf '%s\r\n' 'MESSAGE sip:bob@example.org SIP/2.0' \
		    'Via: SIP/2.0/TCP h;branch=z9hG4bK1' \
		    'To: <sip:bob@example.org>' \
		    "From: <sip:$3>;tag=1" 'Call-ID: 1' 'CSeq: 1 MESSAGE' \
		    'Max-Forwards: 70' \
		    'Content-Type: application/pkcs7-mime;smime-type=signed-data' \
		    "Content-Length: $(($(wc -c <cms)))" ''
		cat cms
	} >message.sip
}
verdict() {
	"$SIGNET" inspect --json message.sip "$@" 2>err | json signature
}
message $alice ca/user_key_alice@example.com.pem alice@example.com
"$SIGNET" keys import -k k --as root $root >out
"$SIGNET" keys import -k k $alice >out
is "$(verdict -k k)" good 'signet: good'
cp $crl k/
is "$(verdict -k k)" good 'good with a CRL that does not list it'
ca revoke ca alice@example.com
"$SIGNET" keys import -k k --force $crl >out
is "$(verdict -k k)" revoked 'revoked once the CRL lists it'

# --- names

ca issue ca sip:bob@example.com
is "$? $(san ca/user_cert_bob@example.com.pem)" '0 URI:sip:bob@example.com' \
    'a URI of a person: that alone, under the address'
ca issue ca SIP:Host.Example
is "$? $(san ca/domain_cert_host.example.pem)" '0 URI:SIP:Host.Example' \
    'a URI of a host, as it was written, under the host'
ca issue ca urn:service:sos
is "$? $(san ca/domain_cert_urn%3Aservice%3Asos.pem)" \
    '0 URI:urn:service:sos' 'another URI, escaped'
ca issue ca 2001:db8::1
is "$? $(san ca/domain_cert_2001%3Adb8%3A%3A1.pem)" \
    '0 IP Address:2001:DB8:0:0:0:0:0:1' 'an IPv6 address is no URI'
ca issue ca im:sue@example.com
is "$? $(san ca/user_cert_sue@example.com.pem)" '0 URI:im:sue@example.com' \
    'a URI of another scheme with an address in it'
ca issue ca carol@example.com
is "$(san ca/user_cert_carol@example.com.pem | tr '\n' ' ')" \
    'URI:sip:carol@example.com URI:im:carol@example.com URI:pres:carol@example.com ' \
    'an address has its three'
ca revoke ca urn:service:sos
is $? 0 'revoked by the same name'
for bad in 'sip:a b@h' ':x' 'x:' 'sip:@h' '1:2' 'sip:a@h:99999' 'x:"y"'; do
	refused 65 . "no name: $bad" issue ca "$bad"
done

# --- .p12 and .p7c

openssl pkcs7 -inform DER -in ca/root_cert_testCA.p7c -print_certs 2>err |
    openssl x509 -out out 2>err
is "$(openssl x509 -in out -noout -fingerprint)" \
    "$(openssl x509 -in $root -noout -fingerprint)" 'openssl reads the .p7c'
"$SIGNET" keys import -k k7 --as root ca/root_cert_testCA.p7c >out
is "$? $(json kind <<-JSON
$("$SIGNET" keys list -k k7 --json)
JSON
)" '0 root' 'signet imports the .p7c'
ca issue ca dora@example.com --p12 --passphrase-command 'echo geheim'
is $? 0 'issue --p12'
is "$(stat -c %a ca/dora@example.com.p12)" 600 'it is its owner'\''s alone'
openssl pkcs12 -in ca/dora@example.com.p12 -passin pass:geheim -noenc \
    -info >out 2>err
is "$? $(grep -c 'BEGIN CERT' out) $(grep -c 'BEGIN PRIV' out)" '0 2 1' \
    'openssl reads it: key, certificate, root'
is "$(grep -c 'PBES2, PBKDF2, AES-256-CBC' err) $(grep -c 'MAC: sha256' err)" \
    '2 1' 'with today'\''s algorithms'
"$SIGNET" keys import -k kp ca/dora@example.com.p12 \
    --passphrase-command 'echo geheim' >out 2>err
is "$? $(ls kp | tr '\n' ' ')" \
    '0 user_cert_dora@example.com.pem user_key_dora@example.com.pem ' \
    'signet imports it'
refused 78 'passphrase-command' 'no passphrase, no .p12' \
    issue ca emil@example.com --p12
is "$(ls ca | grep -c emil) $(ls ca/*.p12 | wc -l)" '2 1' \
    'but key and certificate'
ca issue ca frank@example.com --passphrase-command 'echo geheim'
is "$(ls ca | grep -c frank)" 2 'without --p12 there is none'
ca issue ca emil@example.com --p12 --passphrase-command 'echo geheim' --force
ca issue ca emil@example.com
is "$? $(ls ca | grep -c emil)" '73 3' 'a .p12 stays where nothing is replaced'
ca issue ca emil@example.com --force
is "$? $(ls ca | grep -c emil) $(ls ca/*.p12)" '0 2 ca/dora@example.com.p12' \
    '--force without --p12 removes the .p12 of the old key'
ca issue ca emil@example.com --p12 --passphrase-command 'echo geheim' --force
refused 78 'no .p12' '--force, --p12, no passphrase' \
    issue ca emil@example.com --p12 --force
is "$(ls ca | grep -c emil)" 2 'the old .p12 goes there too'
cp ca/dora@example.com.p12 ca/hugo@example.com.p12
ca issue ca hugo@example.com --force
is "$? $(ls ca | grep -c hugo)" '0 3' \
    'one that somebody else put there stays'

# --- intermediates

for type in p256 rsa:2048; do
	dir=i-$type
	ca init $dir --type $type
	ca issue $dir middle --ca --type $type
	is "$?" 0 "$type: an intermediate"
	like "$(openssl x509 -in $dir/ca_cert_middle.pem -noout -ext \
	    basicConstraints,keyUsage)" 'CA:TRUE, pathlen:0' "$type: pathlen 0"
	ca issue $dir gina@example.com --by middle --type $type --p12 \
	    --passphrase-command 'echo geheim'
	is "$?" 0 "$type: --by it"
	gina=$dir/user_cert_gina@example.com.pem
	ca crl $dir
	ca crl $dir --by middle
	cat $dir/crl_*.pem >$dir/crls
	openssl verify -crl_check_all -CRLfile $dir/crls -x509_strict \
	    -CAfile $dir/root_cert_testCA.pem \
	    -untrusted $dir/ca_cert_middle.pem $gina >out 2>&1
	is $? 0 "$type: openssl verifies the chain and both CRLs"
	is "$(openssl pkcs12 -in $dir/gina@example.com.p12 -nokeys -passin \
	    pass:geheim 2>/dev/null | grep -c 'BEGIN CERT')" 3 \
	    "$type: the .p12 holds the chain"
	message $gina $dir/user_key_gina@example.com.pem gina@example.com
	"$SIGNET" keys import -k k-$dir --as root \
	    $dir/root_cert_testCA.pem >out
	"$SIGNET" keys import -k k-$dir $gina >out
	like "$(verdict -k k-$dir)" '^untrusted$' "$type: half a chain"
	"$SIGNET" keys import -k k-$dir $dir/ca_cert_middle.pem >out
	is "$(verdict -k k-$dir)" good "$type: good with the intermediate"
	ca revoke $dir gina@example.com
	is "$? $(revoked $dir/crl_middle.pem)" "0 $(serial $gina) " \
	    "$type: revoked by who signed it"
	"$SIGNET" keys import -k k-$dir $dir/crl_middle.pem >out
	is "$(verdict -k k-$dir)" revoked "$type: and signet knows"
	ca revoke $dir middle
	is "$? $(revoked $dir/crl_testCA.pem)" \
	    "0 $(serial $dir/ca_cert_middle.pem) " \
	    "$type: the intermediate by the root"
done
refused 65 'pathlen' 'no CA below pathlen 0' issue i-p256 low --ca --by middle
ca issue i-p256 high --ca --pathlen 1 && ca issue i-p256 low --ca --by high &&
    ca issue i-p256 low.example --by low
openssl verify -CAfile i-p256/root_cert_testCA.pem \
    -untrusted i-p256/ca_cert_high.pem -untrusted i-p256/ca_cert_low.pem \
    i-p256/domain_cert_low.example.pem >out 2>&1
is $? 0 'two intermediates with --pathlen 1'
refused 65 'root.s name' 'a CA with its root'\''s name' issue ca testCA --ca
refused 78 'no root or CA' 'by nobody' issue ca x.example --by nobody
refused 64 'usage' '--pathlen without --ca' issue ca x.example --pathlen 1
refused 73 'force' 'nothing is overwritten' issue i-p256 high --ca

# --- the draft's algorithms

ca init weak --name oldCA --legacy && ca issue weak alice@example.com --legacy
is $? 0 '--legacy'
text=$(openssl x509 -in weak/user_cert_alice@example.com.pem -noout -text)
is "$(echo "$text" | sed -n 's/^ *Public-Key: //p
    s/^ *Signature Algorithm: //p' | sort -u | tr '\n' ' ')" \
    '(1024 bit) sha1WithRSAEncryption ' 'RSA-1024 and SHA-1'
like "$text" \
    'Subject: C ?= ?US, ST ?= ?California, L ?= ?San Jose, O ?= ?sipit, CN ?= ?alice@example.com' \
    'the subject of makeCert'
is "$(echo "$text" | sed -n 's/^ *X509v3 \([A-Z].*\): *$/\1/p' | tr '\n' ,)" \
    'Subject Alternative Name,Basic Constraints,Subject Key Identifier,' \
    'the extensions of makeCert, in its order'
is "$(openssl x509 -in weak/root_cert_oldCA.pem -noout -text |
    sed -n 's/^ *X509v3 \([A-Z].*\): *$/\1/p' | tr '\n' ,)" \
    'Subject Key Identifier,Authority Key Identifier,Basic Constraints,' \
    'and of makeCA'
openssl verify -CAfile weak/root_cert_oldCA.pem -auth_level 0 \
    weak/user_cert_alice@example.com.pem >out 2>&1
is $? 0 'openssl verifies it'
refused 64 'legacy' 'a weak root signs nothing without --legacy' \
    issue weak bob@example.com
refused 64 'legacy' 'and revokes nothing' revoke weak alice@example.com
refused 64 'no type of key' 'RSA-1024 without --legacy' \
    issue ca bob@example.org --type rsa:1024
is "$(openssl x509 -in $alice -noout -text | grep -c -e sha1 -e sipit)" 0 \
    'nothing of that without --legacy'
message weak/user_cert_alice@example.com.pem \
    weak/user_key_alice@example.com.pem alice@example.com
"$SIGNET" keys import -k kw --as root weak/root_cert_oldCA.pem >out
"$SIGNET" keys import -k kw weak/user_cert_alice@example.com.pem >out
is "$(verdict -k kw) $(verdict -k kw --legacy)" 'weak good' \
    'signet: weak, and good with --legacy'

# --- the well-known root

ca init known --well-known
is "$?" 0 'init --well-known'
like "$(cat err)" 'the private key of this root is public.*--legacy and --at' \
    'it is never made without a warning'
ca init known --well-known --force -q
is "$(wc -l <err)" 1 'nor with -q'
like "$(openssl x509 -in known/root_cert_fluffyCA.pem -noout -fingerprint \
    -sha256)" '=EF:AA:1E:33:B8:5C:95:EB:A1:25:7A:C8:DC:54:16:37:5B:75:3E:3D:5F:9C:A5:C0:CD:E9:3E:B3:E5:CC:D9:62$' \
    'it is the certificate that the draft prints'
is "$(openssl pkey -in known/root_key_fluffyCA.pem -pubout 2>/dev/null)" \
    "$(openssl x509 -in known/root_cert_fluffyCA.pem -noout -pubkey)" \
    'the key is the certificate'\''s'
at=2005-11-19T23:34:50Z
refused 64 'legacy' 'it signs nothing without --legacy' \
    issue known kumiko@example.net --at $at
ca issue known kumiko@example.net --legacy --at $at && ca crl known --legacy \
    --at $at
is "$?" 0 'it does with it'
is "$(grep -c 'everybody has its private key' err)" 1 'and that is said'
openssl verify -CAfile known/root_cert_fluffyCA.pem -auth_level 0 \
    -crl_check -CRLfile known/crl_fluffyCA.pem -attime 1132443290 \
    known/user_cert_kumiko@example.net.pem >out 2>&1
is $? 0 'openssl verifies what it issued, at that time'
message known/user_cert_kumiko@example.net.pem \
    known/user_key_kumiko@example.net.pem kumiko@example.net
"$SIGNET" keys import -k kk known/user_cert_kumiko@example.net.pem >out 2>err
is "$(grep -c everybody err)" 0 'it is not trusted by default'
is "$(verdict -k kk --legacy --at $at)" untrusted 'what it signed is untrusted'
is "$(grep -c everybody err)" 0 'so nothing is said'
"$SIGNET" keys import -k kk --as root known/root_cert_fluffyCA.p7c \
    --name other >out 2>err
is $? 0 'a person can trust it'
is "$(verdict -k kk --legacy --at $at)" good 'good then'
is "$(grep -c 'fluffyCA.*everybody has its' err)" 1 \
    'and each run says so, whatever the file is called'
is "$(verdict -k kk -q --at $at) $(grep -c everybody err)" 'weak 1' \
    'with -q too; weak without --legacy'
is "$(verdict -k kk --legacy)" expired 'expired today'
refused 64 'fixed name and key' '--well-known takes no type' \
    init known2 --well-known --type p256
finish
