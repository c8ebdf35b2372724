#!/bin/sh
# Servers that DNS leads to: which name is asked for and which must be shown;
# and chains that are as no CA may make them.
. "${SRCDIR:?}/tests/e2e/lib.sh"
. "$SRCDIR/tests/e2e/tls.sh"

cat >zone <<ZONE
\$ORIGIN example.com.
\$TTL 300
@ SOA ns hostmaster 1 3600 600 86400 60
@ NS ns
ns A 127.0.0.1
good A $own
evil A $own
ZONE
name_server example.com zone || exit 1
at=$own
# asked STATUS PATTERN NAME [HOST]: cert.pem, by who wants good.example.com
asked() {
	s_server -servername x.test -cert2 cert.pem -key2 p256.pem
	calls "$1" "$2" "$3" "sips:bob@${4:-good.example.com}:$tls" \
	    --dns "$dns"
	ends "$server"
}
taken() { # it is no SIP that openssl's server answers
	asked 76 'no SIP' "$@"
}
refused() {
	asked 77 "identity-mismatch: the certificate does not name good" "$@"
}
sni() {
	sed -n 's/^Hostname in TLS extension: "\(.*\)"$/\1/p' s_server
}

# --- names -------------------------------------------------------------------

issue /CN=x 'subjectAltName=DNS:good.example.com'
taken 'the name that was asked for'
is "$(sni)" good.example.com 'it goes out as SNI'
taken 'the same with a dot at its end' good.example.com.
is "$(sni)" good.example.com 'SNI has no dot at its end'
issue /CN=x "subjectAltName=IP:$own"
taken 'an address, whose certificate has it' "$own"
is "$(sni)" '' 'an address never goes out as SNI'
issue /CN=x 'subjectAltName=DNS:evil.example.com'
refused 'a certificate for evil when good was asked'
issue /CN=x 'subjectAltName=DNS:*.example.com'
refused 'a wildcard in a dNSName'
issue '/CN=*.example.com' 'basicConstraints=CA:FALSE'
taken 'a wildcard in the Common Name, no dNSName beside it'
issue '/CN=*.example.com' 'subjectAltName=DNS:evil.example.com'
refused 'a wildcard in the Common Name, a dNSName beside it'
# good.example.com NUL .evil.test
nul=$(printf 'good.example.com\000.evil.test' | od -An -v -tx1 | tr -d ' \n')
issue /CN=x "subjectAltName=DER:301D821B$nul"
is "$(openssl x509 -in cert.pem -outform DER | grep -ac evil.test)" 1 \
    'a NUL in a dNSName: it is in the certificate'
refused 'a NUL in a dNSName: what stands before it counts for nothing'
# --- chains ------------------------------------------------------------------

# middle NAME EXTENSIONS: a CA by $by, in NAME.pem and NAME.key
middle() {
	openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 \
	    -out "$1.key"
	_kept=$key key=$1.key
	issue "/CN=$1" "basicConstraints=critical,CA:TRUE$2
keyUsage=critical,keyCertSign,cRLSign
subjectKeyIdentifier=hash"
	mv cert.pem "$1.pem"
	key=$_kept
}
# chained STATUS PATTERN NAME FILE..: cert.pem with these above it
chained() {
	_wanted=$1 _pattern=$2 _what=$3
	shift 3
	cat "$@" >above.pem
	s_server -cert_chain above.pem
	calls "$_wanted" "$_pattern" "$_what" \
	    "sips:bob@good.example.com:$tls" --dns "$dns"
	ends "$server"
}
root=$by
middle one ',pathlen:0'
by='-cert one.pem -keyfile one.key'
issue /CN=x 'subjectAltName=DNS:good.example.com'
chained 76 'no SIP' 'a CA that may have no CA below it has none' one.pem
middle two ''
by='-cert two.pem -keyfile two.key'
issue /CN=x 'subjectAltName=DNS:good.example.com'
chained 77 'untrusted: path length' 'it has one: the path is too long' \
    two.pem one.pem

by=$root
middle narrow '
nameConstraints=critical,permitted;DNS:example.net'
by='-cert narrow.pem -keyfile narrow.key'
issue /CN=x 'subjectAltName=DNS:good.example.com'
chained 77 'untrusted: permitted subtree' \
    'a CA for example.net makes one for example.com' narrow.pem
issue /CN=good.example.com 'basicConstraints=CA:FALSE'
chained 77 'untrusted: permitted subtree' \
    'the same with the name as Common Name alone' narrow.pem
by=$root
middle wide '
nameConstraints=critical,permitted;DNS:example.com'
by='-cert wide.pem -keyfile wide.key'
issue /CN=x 'subjectAltName=DNS:good.example.com'
chained 76 'no SIP' 'a CA for example.com may' wide.pem
by=$root
middle mail '
extendedKeyUsage=emailProtection'
by='-cert mail.pem -keyfile mail.key'
issue /CN=x 'subjectAltName=DNS:good.example.com'
chained 77 'untrusted: a CA in its chain may not issue such' \
    "a CA for people's certificates makes a server's" mail.pem

by=$root
issue /CN=x 'subjectAltName=DNS:good.example.com'
i=0
set --
while [ $i -lt 100 ]; do
	i=$((i + 1))
	set -- "$@" wide.pem
done
chained 77 'a chain of 101 certificates; at most 16 are accepted' \
    'a chain 100 deep' "$@"
cat "$@" "$@" >many.pem
chained 76 'excessive message size' 'one that is not even read' \
    many.pem many.pem
finish
