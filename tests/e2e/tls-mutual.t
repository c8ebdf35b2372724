#!/bin/sh
# Client certificates: to whom ours is shown, and which of others are taken.
. "${SRCDIR:?}/tests/e2e/lib.sh"
. "$SRCDIR/tests/e2e/tls.sh"

cat >zone <<ZONE
\$ORIGIN example.com.
\$TTL 300
@ SOA ns hostmaster 1 3600 600 86400 60
@ NS ns
ns A 127.0.0.1
@ A $own
proxy A $own
callee A $own
ZONE
name_server example.com zone || exit 1
at=$own

# --- ours --------------------------------------------------------------------

# mine EXTENSIONS: alice's domain certificate
mine() {
	issue /CN=alice-domain "$1"
	cp cert.pem keys/domain_cert_example.com.pem
	cp p256.pem keys/domain_key_example.com.pem
	cp server.pem cert.pem
}
# asks OPTION STATUS PATTERN NAME URI [OPTIONS]: openssl's server asks for a
# certificate (-verify) or insists (-Verify); in what is said to us PORT is its
asks() {
	s_server "$1" 5 -CAfile ca/root_cert_test.pem -verify_return_error
	_wants=$2 _says=$3 _shows=$4 _at=$(echo "$5" | sed "s/PORT/$tls/")
	shift 5
	# shellcheck disable=SC2046
	calls "$_wants" "$_says" "$_shows" "$_at" --dns "$dns" \
	    $(echo "$@" | sed "s/PORT/$tls/")
	ends "$server"
}
showed() {
	sed -n 's/^depth=0 .*CN = //p' s_server | sort -u
}

issue /CN=x "subjectAltName=DNS:proxy.example.com,DNS:callee.example.com,\
DNS:example.com"
cp cert.pem server.pem
how=-v
both='subjectAltName=DNS:example.com
extendedKeyUsage=serverAuth,clientAuth'
mine "$both"
for version in 2 3; do
	say="TLS 1.$version"
	s_server -Verify 5 -CAfile ca/root_cert_test.pem \
	    -verify_return_error "-tls1_$version"
	calls 76 'no SIP' "$say: the proxy that insists" \
	    sips:bob@other.example --dns "$dns" \
	    -P "sips:proxy.example.com:$tls"
	ends "$server"
	is "$(showed)" alice-domain "$say: it got the domain's certificate"
	s_server -Verify 5 -CAfile ca/root_cert_test.pem \
	    -verify_return_error "-tls1_$version"
	calls 77 'the server of callee.example.com requires a client certificate, and we showed none' \
	    "$say: a callee's server that insists" \
	    "sips:bob@callee.example.com:$tls" --dns "$dns"
	ends "$server"
	is "$(showed)" '' "$say: it got none"
done
asks -verify 76 'no SIP' 'the registrar that asks' \
    sips:bob@example.com:PORT
is "$(showed)" alice-domain "it got the domain's certificate"
asks -verify 76 'no SIP' 'a callee of the same domain' \
    sips:bob@callee.example.com:PORT
is "$(showed)" '' 'it got none'
like "$(cat err)" "callee.example.com asks for a certificate: only the proxy and the registrar are shown one" \
    'and with -v the person is told'
asks -verify 76 'no SIP' 'a callee, where there is a proxy elsewhere' \
    sips:bob@callee.example.com:PORT -P sips:proxy.example.com:PORT
is "$(showed)" alice-domain 'the proxy got it, which stands between'

mine 'subjectAltName=DNS:example.com
extendedKeyUsage=serverAuth'
asks -verify 76 'no SIP' 'a certificate for servers alone' \
    sips:bob@example.com:PORT
is "$(showed)" '' 'it is not shown to be refused'
like "$(cat err)" 'the domain certificate of example.com is not for TLS clients, so it is not shown' 'and the person is told'
rm keys/domain_*
asks -verify 76 'no SIP' 'no certificate of the domain' \
    sips:bob@example.com:PORT
like "$(cat err)" 'the key store has no domain certificate of example.com' \
    'the person is told what lacks'
by='-cert other/root_cert_other.pem -keyfile other/root_key.pem'
mine "$both"
asks -verify 77 'the server refused our certificate: .*unknown ca' \
    'a proxy that refuses it' sips:bob@example.com:PORT
by='-cert ca/root_cert_test.pem -keyfile ca/root_key.pem'
mine "$both"

# --- theirs ------------------------------------------------------------------

issue /CN=x 'subjectAltName=DNS:localhost'
cp ca/root_cert_test.pem bob/
# A listener that shows it, for whom alice's proxy is localhost.
mutual() {
	serve -v --json "$@"
}
# came STATUS PATTERN NAME [OPTIONS]: a message by way of the proxy
came() {
	_n=$(wc -l <bob.out)
	_status=$1 _like=$2 _name=$3
	shift 3
	calls "$_status" "$_like" "$_name" sips:bob@example.com \
	    -P "sips:localhost:$tls" "$@"
	if [ "$_status" -eq 0 ]; then
		wait_for . bob.out $((_n + 1))
		is "$(json transport <bob.out)" "$_like" \
		    "$_name: came by $_like"
	fi
}
mutual
came 0 tls-mutual 'a client with a good certificate'
mv keys/domain_cert_example.com.pem aside
came 0 tls 'a client without one'
unserve
mutual --client-certs require
came 77 'requires a client certificate, and we showed none' 'where one is required, a client without'
wait_for 'the client showed no certificate, and client-certs' bob.err
ok $? 'the listener says why'
mv aside keys/domain_cert_example.com.pem
came 0 tls-mutual 'where one is required, a client with one'
unserve
mutual --client-certs no
came 0 tls 'where none is asked for'
unserve

# comes PATTERN NAME SUBJECT EXTENSIONS [CA OPTIONS]: openssl's client shows
# this to a listener, which refuses it in these words
comes() {
	_words=$1 _case=$2
	shift 2
	issue "$@"
	_seen=$(grep -c 'is refused' bob.err)
	openssl s_client -connect "127.0.0.1:$tls" -cert cert.pem \
	    -key "$key" -cipher DEFAULT:@SECLEVEL=0 </dev/null \
	    >s_client 2>&1
	wait_for 'is refused' bob.err $((_seen + 1))
	like "$(grep 'is refused' bob.err | tail -n 1)" \
	    "client's certificate \\(CN = eve\\) is refused: $_words" "$_case"
}
mutual
name=subjectAltName=DNS:eve.example
comes 'untrusted: the certificate is not for TLS clients' \
    'one for servers alone is refused' /CN=eve "$name
extendedKeyUsage=serverAuth"
comes 'untrusted: the certificate is not for TLS clients' \
    'one for messages alone is refused' /CN=eve "$name
extendedKeyUsage=emailProtection"
# A person's proves no host: where one is only asked for it counts as none.
for uri in sip:eve@example.com im:eve@example.com; do
	issue /CN=eve "subjectAltName=URI:$uri,DNS:eve.example"
	_n=$(wc -l <bob.out)
	printf '%s\r\n' "MESSAGE sip:bob@example.com SIP/2.0" \
	    "Via: SIP/2.0/TLS 127.0.0.1:9;branch=z9hG4bK$_n" \
	    "From: <sip:eve@example.com>;tag=1" 'To: <sip:bob@example.com>' \
	    "Call-ID: persons-$_n" 'CSeq: 1 MESSAGE' 'Max-Forwards: 70' \
	    'Content-Type: text/plain' 'Content-Length: 2' '' >persons
	printf hi >>persons
	(cat persons; sleep 1) | openssl s_client -quiet -no_ign_eof \
	    -connect "127.0.0.1:$tls" -cert cert.pem -key p256.pem \
	    >s_client 2>&1
	like "$(cat s_client)" 'SIP/2.0 200' "a person's ($uri) is as none"
	is "$(sed -n "$((_n + 1))p" bob.out | json transport)" tls \
	    "its message comes by tls, not tls-mutual"
done
wait_for "showed a person's certificate" bob.err 2
ok $? "and -v tells of it"
unserve
mutual --client-certs require
comes "identity-mismatch: it is a person's" \
    "where one is required, a user's certificate is refused" /CN=eve \
    "subjectAltName=URI:sip:eve@example.com,DNS:eve.example"
comes "identity-mismatch: it is a person's" \
    "so is one with a user's im URI" /CN=eve \
    "subjectAltName=URI:im:eve@example.com,DNS:eve.example"
unserve
mutual
comes expired 'an old one is refused' /CN=eve "$name" \
    -startdate 20200101000000Z -enddate 20210101000000Z
key=rsa1024.pem
comes weak 'RSA-1024 is refused' /CN=eve "$name"
key=p256.pem
by='-cert other/root_cert_other.pem -keyfile other/root_key.pem'
comes untrusted 'one of a CA that nobody put here is refused' /CN=eve "$name"
by='-cert ca/root_cert_test.pem -keyfile ca/root_key.pem'
issue /CN=eve "$name"
# shellcheck disable=SC2086
openssl ca -config ca/conf $by -revoke cert.pem 2>/dev/null
# shellcheck disable=SC2086
openssl ca -config ca/conf $by -gencrl -out bob/crl_test.pem 2>/dev/null
_seen=$(grep -c 'is refused' bob.err)
openssl s_client -connect "127.0.0.1:$tls" -cert cert.pem -key p256.pem \
    </dev/null >s_client 2>&1
wait_for 'is refused: revoked' bob.err
ok $? 'a revoked one is refused'
unserve
finish
