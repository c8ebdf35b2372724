#!/bin/sh
# TLS servers judged while they shake hands: draft-ietf-sip-sec-flows-01,
# section 8, rows 6 to 11, and what else makes a certificate no server's.
. "${SRCDIR:?}/tests/e2e/lib.sh"
. "$SRCDIR/tests/e2e/tls.sh"
mismatch=identity-mismatch

# --- section 8 ---------------------------------------------------------------

issue /CN=x 'subjectAltName=DNS:localhost'
good 'row 6: the host is a dNSName'
issue /CN=localhost 'basicConstraints=CA:FALSE'
good 'row 7: no dNSName, and the host is the Common Name'
issue /CN=localhost 'subjectAltName=email:bob@localhost'
good 'row 7: other names are no dNSName'
issue /CN=elsewhere 'subjectAltName=DNS:elsewhere.example'
judged 77 "$mismatch" 'row 8: neither the dNSName nor the Common Name'
issue /CN=elsewhere 'basicConstraints=CA:FALSE'
judged 77 "$mismatch" 'row 8: another Common Name alone'
issue /CN=localhost 'subjectAltName=DNS:elsewhere.example'
judged 77 "$mismatch" 'row 8: the Common Name counts for nothing beside a dNSName'
by='-cert other/root_cert_other.pem -keyfile other/root_key.pem'
issue /CN=x 'subjectAltName=DNS:localhost'
judged 77 untrusted 'row 9: the chain ends at a CA that nobody put here'
cat other/root_cert_other.pem >>cert.pem
judged 77 untrusted 'row 9: that it brings its CA along is no help'
by='-cert ca/root_cert_test.pem -keyfile ca/root_key.pem'
issue /CN=x 'subjectAltName=DNS:localhost' \
    -startdate 20200101000000Z -enddate 20210101000000Z
judged 77 expired 'row 10: it was good until 2021'
issue /CN=x 'subjectAltName=DNS:localhost' \
    -startdate 20700101000000Z -enddate 20710101000000Z
judged 77 not-yet-valid 'row 10: it will be good from 2070'

# --- names -------------------------------------------------------------------

issue /CN=x 'subjectAltName=DNS:localhost,URI:sip:bob@localhost'
judged 77 "person's" "a user's certificate is nobody's server"
issue /CN=x 'subjectAltName=DNS:localhost,URI:sip:localhost'
good 'a URI without a user part is no user'
issue /CN=x 'subjectAltName=DNS:*.localhost,DNS:local*,DNS:*'
judged 77 "$mismatch" 'a wildcard in a dNSName'
issue '/CN=*' 'basicConstraints=CA:FALSE'
judged 77 "$mismatch" 'a star alone'
issue /CN=elsewhere/CN=localhost 'basicConstraints=CA:FALSE'
good 'of two Common Names the most specific counts'
issue /CN=localhost/CN=elsewhere 'basicConstraints=CA:FALSE'
judged 77 "$mismatch" 'of two Common Names the other does not'
issue /CN=x 'subjectAltName=DNS:localhost,IP:127.0.0.1'
good 'a numeric host is an iPAddress' 127.0.0.1
issue /CN=127.0.0.1 'subjectAltName=DNS:127.0.0.1'
judged 77 "$mismatch" 'a numeric host is no dNSName and no Common Name' \
    127.0.0.1
issue /CN=x 'subjectAltName=DNS:localhost'
judged 77 "$mismatch" 'a numeric host is no name of it' 127.0.0.1
issue /CN=x 'subjectAltName=IP:127.0.0.1'
judged 77 "$mismatch" 'what a name resolves to is not compared'
issue /CN=x 'subjectAltName=DNS:example.com'
serve
calls 77 "$mismatch" 'a proxy is called by its own name' \
    sips:bob@example.com -P "sips:localhost:$tls"
unserve
issue /CN=x 'subjectAltName=DNS:localhost'
serve
calls 0 '' "a proxy need not bear the recipient's" \
    sips:bob@example.com -P "sips:localhost:$tls"
unserve

# --- purposes ----------------------------------------------------------------

while read -r status purposes; do
	issue /CN=x "subjectAltName=DNS:localhost
extendedKeyUsage=$purposes"
	judged "$status" 'not for SIP servers' "extendedKeyUsage $purposes"
done <<TABLE
0 serverAuth
0 1.3.6.1.5.5.7.3.20
0 anyExtendedKeyUsage
0 clientAuth,serverAuth
77 clientAuth
77 emailProtection
77 codeSigning,1.3.6.1.5.5.7.3.21
TABLE
issue /CN=x 'subjectAltName=DNS:localhost
keyUsage=critical,keyCertSign'
judged 77 'may not be used for TLS' 'keyUsage without a signature'

# --- strength ----------------------------------------------------------------

key=rsa1024.pem
issue /CN=x 'subjectAltName=DNS:localhost'
judged 77 weak 'RSA-1024'
serve --legacy
calls 0 '' 'RSA-1024 under --legacy' "sips:bob@localhost:$tls" --legacy
unserve
key=p256.pem
issue /CN=x 'subjectAltName=DNS:localhost' -md sha1
judged 77 weak 'SHA-1'
serve --legacy
calls 0 '' 'SHA-1 under --legacy' "sips:bob@localhost:$tls" --legacy
unserve

# --- intermediates and revocation --------------------------------------------

openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out middle.key
key=middle.key
issue /CN=middle 'basicConstraints=critical,CA:TRUE
keyUsage=critical,keyCertSign,cRLSign
subjectKeyIdentifier=hash'
mv cert.pem middle.pem
key=p256.pem by='-cert middle.pem -keyfile middle.key'
issue /CN=x 'subjectAltName=DNS:localhost'
cp cert.pem leaf.pem
judged 77 untrusted 'a CA between that it does not bring along'
cat middle.pem >>cert.pem
good 'a CA between that it does'
cp cert.pem chain.pem
by='-cert leaf.pem -keyfile p256.pem'
issue /CN=y 'subjectAltName=DNS:localhost'
cat leaf.pem middle.pem >>cert.pem
judged 77 untrusted 'one vouched for by another server'

by='-cert ca/root_cert_test.pem -keyfile ca/root_key.pem'
# revoke FILE: the root's list with that in it
revoke() {
	# shellcheck disable=SC2086
	openssl ca -config ca/conf $by -revoke "$1" 2>/dev/null
	# shellcheck disable=SC2086
	openssl ca -config ca/conf $by -gencrl -out keys/crl_test.pem \
	    2>/dev/null
}
issue /CN=x 'subjectAltName=DNS:localhost'
cp cert.pem revoked.pem
revoke revoked.pem
judged 77 revoked 'row 11: it is revoked'
issue /CN=x 'subjectAltName=DNS:localhost'
good 'row 11: another of the same CA is not'
cp chain.pem cert.pem
good 'row 11: nor is one of a CA between that has no list'
revoke middle.pem
judged 77 revoked 'row 11: a CA between is revoked'
issue /CN=x 'subjectAltName=DNS:localhost'
# shellcheck disable=SC2086
openssl ca -config ca/conf $by -gencrl -out keys/crl_test.pem \
    -crl_lastupdate 20200101000000Z -crl_nextupdate 20210101000000Z 2>/dev/null
judged 77 no-crl 'a list that is stale'
rm keys/crl_test.pem

# --- the system's roots --------------------------------------------------------

by='-cert other/root_cert_other.pem -keyfile other/root_key.pem'
issue /CN=x 'subjectAltName=DNS:localhost'
by='-cert ca/root_cert_test.pem -keyfile ca/root_key.pem'
mkdir system
cp other/root_cert_other.pem \
    "system/$(openssl x509 -noout -subject_hash -in other/root_cert_other.pem).0"
serve
uri=sips:bob@localhost:$tls
export SSL_CERT_FILE="$scratch/other/root_cert_other.pem"
export SSL_CERT_DIR="$scratch/none"
calls 77 untrusted "the system's roots count for nothing by default" "$uri"
calls 0 '' 'with system-roots they vouch for a server, from one file' "$uri" \
    --system-roots
export SSL_CERT_FILE="$scratch/none" SSL_CERT_DIR="$scratch/system"
calls 0 '' 'or from a folder' "$uri" --system-roots
export SSL_CERT_DIR="$scratch/none"
calls 77 untrusted 'but none that the system does not have' "$uri" \
    --system-roots
unset SSL_CERT_FILE SSL_CERT_DIR
unserve
issue /CN=x 'subjectAltName=DNS:localhost'

# --- which certificate is shown -----------------------------------------------

mkdir -m 700 two
domain ca test two 127.0.0.1 IP:127.0.0.1
domain ca test two localhost DNS:localhost
domain ca test two example.org DNS:example.org
# shown PORT [OPTIONS]: whose certificate a client without SNI gets
shown() {
	openssl s_client -connect "127.0.0.1:$1" ${2:--noservername} ${2:+"$3"} \
	    </dev/null 2>/dev/null | sed -n 's/^subject=CN = //p'
}
listen two -k two -a sip:bob@example.com -l tls:127.0.0.1:0 -l tls:localhost:0
set -- $tls
is "$(shown "$1") $(shown "$2")" '127.0.0.1 localhost' \
    'each listener shows the certificate of the host it listens on'
is "$(shown "$1" -servername localhost)" localhost 'or the one asked for'
is "$(shown "$1" -servername else.example)" 127.0.0.1 \
    'and its own to who asks for one that is not there'
unserve
listen two -k two -a sip:bob@example.org -l tls:127.0.0.1:0 -l tls:localhost:0
set -- $tls
is "$(shown "$1") $(shown "$2")" 'example.org example.org' \
    "but that of its AOR's domain first"
unserve

# --- a server of another make ------------------------------------------------

for version in 2 3; do
	s_server "-tls1_$version"
	calls 76 '' "openssl's server, TLS 1.$version: the handshake completes" \
	    "sips:bob@localhost:$tls"
	ends "$server"
done
issue /CN=x 'subjectAltName=DNS:elsewhere.example'
s_server
calls 77 "$mismatch" "openssl's server of another name" \
    "sips:bob@localhost:$tls"
ends "$server"
finish
