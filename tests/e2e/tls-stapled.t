#!/bin/sh
# OCSP responses that servers staple to the handshake (RFC 6066, RFC 6960,
# RFC 7633), made and shown by openssl.
. "${SRCDIR:?}/tests/e2e/lib.sh"
. "$SRCDIR/tests/e2e/tls.sh"

# answer FILE [OPTIONS]: the CA's answer about a certificate, in answer.der;
# the options of openssl ocsp win
answer() {
	_of=$1
	shift
	openssl ocsp -issuer ca/root_cert_test.pem -cert "$_of" \
	    -reqout ask.der -no_nonce >/dev/null 2>&1
	openssl ocsp -index ca/index -CA ca/root_cert_test.pem \
	    -rsigner ca/root_cert_test.pem -rkey ca/root_key.pem -ndays 1 \
	    -reqin ask.der -respout answer.der "$@" >ocsp 2>&1 ||
	    sed 's/^/# /' ocsp
}
# stapled STATUS PATTERN NAME [OPTIONS]: answer.der beside cert.pem, over both
# versions
stapled() {
	for _version in 2 3; do
		s_server -status_file answer.der "-tls1_$_version"
		_words=$3
		_pattern=$2
		_wants=$1
		shift 3
		calls "$_wants" "$_pattern" "TLS 1.$_version: $_words" \
		    "sips:bob@localhost:$tls" "$@"
		set -- "$_wants" "$_pattern" "$_words" "$@"
		ends "$server"
	done
}
good='no SIP' # is what openssl's server answers, after the handshake
issue /CN=x 'subjectAltName=DNS:localhost'
cp cert.pem mine.pem
issue /CN=other 'subjectAltName=DNS:other.example'
cp cert.pem other.pem
cp mine.pem cert.pem

answer mine.pem
stapled 76 "$good" 'a good, fresh one of the issuer'
stapled 77 'refused: the OCSP response that came with it is stale' \
    'the same, three days later' \
    --at "$(date -u -d '+3 days' +%Y-%m-%dT%H:%M:%SZ)"
answer other.pem
stapled 77 'is about another certificate' "another certificate's"
answer mine.pem -rmd sha1
stapled 77 'is signed with a weak digest' 'one signed with SHA-1'
printf '0\003\n\001\001' >answer.der # malformedRequest
stapled 77 'says that there is no answer' 'one that is an error'

# delegate NAME EXTENSIONS: a certificate that may answer, in NAME.pem
delegate() {
	_kept=$key key=$1.key
	openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 \
	    -out "$1.key"
	issue "/CN=$1" "basicConstraints=CA:FALSE
$2"
	mv cert.pem "$1.pem"
	key=$_kept
	cp mine.pem cert.pem
}
delegate ocsp 'extendedKeyUsage=OCSPSigning'
answer mine.pem -rsigner ocsp.pem -rkey ocsp.key
stapled 76 "$good" "one of the issuer's delegate"
delegate web 'extendedKeyUsage=serverAuth'
answer mine.pem -rsigner web.pem -rkey web.key
stapled 77 'signed by someone who may not answer for the issuer' \
    'one of another server of the same CA'
answer mine.pem -rsigner other/root_cert_other.pem -rkey other/root_key.pem
stapled 77 'signed by someone who may not answer for the issuer' \
    'one of a CA that is not the issuer'

issue /CN=x 'subjectAltName=DNS:localhost'
# shellcheck disable=SC2086
openssl ca -config ca/conf $by -revoke cert.pem 2>/dev/null
cp cert.pem revoked.pem
answer revoked.pem
stapled 77 'refused: revoked: the OCSP response that came with it says' \
    'one that says revoked'
s_server
calls 76 "$good" 'none is no fault' "sips:bob@localhost:$tls"
ends "$server"
issue /CN=x 'subjectAltName=DNS:localhost
tlsfeature=status_request'
for version in 2 3; do
	s_server "-tls1_$version"
	calls 77 'asks for an OCSP response with it, and the server sent none' \
	    "TLS 1.$version: none, and the certificate says there must be" \
	    "sips:bob@localhost:$tls"
	ends "$server"
done
answer cert.pem
stapled 76 "$good" 'one, and the certificate says there must be'
finish
