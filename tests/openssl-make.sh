#!/bin/sh
# openssl-make.sh FOLDER: flows 6.1, 6.2 and 6.3 of another implementation, as
# signet saves them: what is signed, encrypted and certified is made by openssl
# alone, and the shell puts the bytes together.
set -eu
mkdir -p "${1:?which folder}"
cd "$1"
umask 022
work=$(mktemp -d "${TMPDIR:-/tmp}/openssl-make.XXXXXX")
trap 'rm -rf "$work"' EXIT
fluffy=fluffy@example.com kumiko=kumiko@example.net

# --- keys and certificates -----------------------------------------------------

# key FILE: an RSA key
key() {
	(umask 077 && openssl genrsa -out "$1" 2048 2>/dev/null)
}

# person ADDRESS: user_cert_ADDRESS.pem, and its key
person() {
	key "$work/$1.key"
	openssl req -new -key "$work/$1.key" -subj "/CN=$1" -out "$work/csr"
	printf '%s\n' "subjectAltName=URI:sip:$1,URI:im:$1,URI:pres:$1" \
	    'basicConstraints=CA:FALSE' 'extendedKeyUsage=emailProtection' \
	    'keyUsage=critical,digitalSignature,keyEncipherment' \
	    'subjectKeyIdentifier=hash' 'authorityKeyIdentifier=keyid' \
	    >"$work/ext"
	openssl x509 -req -in "$work/csr" -CA root_cert_interop.pem \
	    -CAkey "$work/ca.key" -set_serial "0x4$(openssl rand -hex 15)" \
	    -days 30 -sha256 -extfile "$work/ext" \
	    -out "user_cert_$1.pem" 2>/dev/null
}

key "$work/ca.key"
openssl req -x509 -new -key "$work/ca.key" -sha256 -days 30 \
    -subj '/CN=interop' -addext basicConstraints=critical,CA:TRUE \
    -addext keyUsage=critical,keyCertSign,cRLSign \
    -out root_cert_interop.pem 2>/dev/null
person $fluffy
person $kumiko
cp "$work/$kumiko.key" "user_key_$kumiko.pem"

# --- content -------------------------------------------------------------------

# crlf LINE...: each with its line end
crlf() {
	printf '%s\r\n' "$@"
}

# sign ENTITY BLOB: fluffy's signature, without what it is over
sign() {
	openssl cms -sign -binary -md sha256 -nocerts -nosmimecap \
	    -signer "user_cert_$fluffy.pem" -inkey "$work/$fluffy.key" \
	    -in "$1" -outform DER -out "$2"
}

# seal ENTITY BLOB: for kumiko
seal() {
	openssl cms -encrypt -binary -aes-128-cbc -in "$1" -outform DER \
	    -out "$2" "user_cert_$kumiko.pem"
}

# signed ENTITY BLOB BOUNDARY: the multipart of both
signed() {
	crlf "--$3"
	cat "$1"
	crlf '' "--$3" \
	    'Content-Type: application/pkcs7-signature;name=smime.p7s' \
	    'Content-Disposition: attachment;handling=required;filename=smime.p7s' \
	    'Content-Transfer-Encoding: binary' ''
	cat "$2"
	crlf '' "--$3--"
}

# --- messages ------------------------------------------------------------------

# Not before the certificates begin.
date=$(LC_ALL=C date -u '+%a, %d %b %Y %H:%M:%S GMT')

# message NAME TYPE BODY: a request, and its answer
message() {
	_via="SIP/2.0/TLS 192.0.2.7:5061;branch=z9hG4bK$(openssl rand -hex 8)"
	_from="<sip:$fluffy>;tag=$(openssl rand -hex 4)"
	_id=$(openssl rand -hex 12)@192.0.2.7
	{
		crlf "MESSAGE sip:$kumiko SIP/2.0" "Via: $_via" \
		    'Max-Forwards: 70' "From: $_from" "To: <sip:$kumiko>" \
		    "Call-ID: $_id" 'CSeq: 1 MESSAGE' "Date: $date" \
		    "Content-Type: $2" 'Content-Transfer-Encoding: binary' \
		    "Content-Length: $(($(wc -c <"$3")))" ''
		cat "$3"
	} >"$1-request.sip"
	crlf 'SIP/2.0 200 OK' "Via: $_via;received=192.0.2.7" \
	    "From: $_from" "To: <sip:$kumiko>;tag=$(openssl rand -hex 4)" \
	    "Call-ID: $_id" 'CSeq: 1 MESSAGE' 'Content-Length: 0' '' \
	    >"$1-response.sip"
}

boundary=$(openssl rand -hex 12)
multipart='multipart/signed;protocol="application/pkcs7-signature"'
multipart="$multipart;micalg=sha-256;boundary=\"$boundary\""
enveloped='application/pkcs7-mime;smime-type=enveloped-data;name=smime.p7m'

{
	crlf 'Content-Type: text/plain' 'Content-Transfer-Encoding: 7bit' ''
	printf 'Hello from openssl.'
} >"$work/text"

sign "$work/text" 6.1-blob1.der
signed "$work/text" 6.1-blob1.der "$boundary" >"$work/body"
message 6.1 "$multipart" "$work/body"

seal "$work/text" 6.2-blob2.der
message 6.2 "$enveloped" 6.2-blob2.der

seal "$work/text" 6.3-blob3.der
{
	crlf "Content-Type: $enveloped" \
	    'Content-Disposition: attachment;handling=required;filename=smime.p7m' \
	    'Content-Transfer-Encoding: binary' ''
	cat 6.3-blob3.der
} >"$work/encrypted"
sign "$work/encrypted" 6.3-blob4.der
signed "$work/encrypted" 6.3-blob4.der "$boundary" >"$work/body"
message 6.3 "$multipart" "$work/body"

for file in *.der *.pem *.sip; do
	printf '%s  %s\n' "$(openssl dgst -sha256 -r "$file" |
	    head -c 64)" "$file"
done >manifest
