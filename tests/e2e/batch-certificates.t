#!/bin/sh
# A recipient's certificate that is replaced, revoked or expires in the midst of
# a batch: nothing more is encrypted to it, though it was used a moment ago.
. "${SRCDIR:?}/tests/e2e/lib.sh"
. "$SRCDIR/tests/e2e/tls.sh"

bob=sip:bob@example.com
names='subjectAltName=URI:sip:bob@example.com'
openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out old.pem
openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out new.pem

# certificate KEY [CA OPTIONS]: bob's, in alice's key store
certificate() {
	key=$1
	shift
	issue /CN=bob "$names" "$@"
	cp cert.pem keys/.new
	mv keys/.new keys/user_cert_bob@example.com.pem
}
# recipient NAME KEY: a listener that has this key of bob's, and the certificate
# that is in cert.pem
recipient() {
	mkdir -m 700 "$1"
	cp ca/root_cert_test.pem "$1/"
	cp cert.pem "$1/user_cert_bob@example.com.pem"
	cp "$2" "$1/user_key_bob@example.com.pem"
	listen "$1" -k "$1" -a "$bob" -l "tcp:$own:0" --json
}
# begins PORT: a batch that waits for its lines. The certificate names
# bob@example.com, so the URI does, and the listener is called a proxy.
begins() {
	rm -f lines
	mkfifo lines
	"$SIGNET" -k keys -a "$alice" --no-sign -e --json \
	    -P "sip:$own:$1;transport=tcp" send -b <lines >sent 2>err &
	batch=$!
	pids="$pids $batch"
	exec 5>lines
}
writes() {
	printf '%s\t%s\n' "$bob" "$1" >&5
}
# over STATUS NAME: the batch ends with this
over() {
	exec 5>&-
	wait "$batch"
	is "$?" "$1" "$2"
}

# --- replaced ------------------------------------------------------------------

certificate old.pem
recipient first old.pem
begins "$tcp"
writes one
wait_for '"text":"one"' first.out
ok $? "a message to the certificate that is there"
certificate new.pem
sleep 0.1
writes two
wait_for '"encryption":"no-key"' first.out
ok $? "after it was replaced the old key opens nothing more"
over 65 "which its owner says"
kill "$listener"
recipient second new.pem
begins "$tcp"
writes three
wait_for '"text":"three"' second.out
ok $? "the new key does"

# --- revoked -------------------------------------------------------------------

openssl ca -config ca/conf -cert ca/root_cert_test.pem \
    -keyfile ca/root_key.pem -revoke cert.pem 2>/dev/null
openssl ca -config ca/conf -cert ca/root_cert_test.pem \
    -keyfile ca/root_key.pem -gencrl -out keys/.crl 2>/dev/null
mv keys/.crl keys/crl_test.pem
sleep 0.1
writes four
wait_for '"exit":77' sent
ok $? "after it was revoked nothing is encrypted to it"
like "$(cat err)" 'revoked' "the reason is told"
over 77 "the batch ends with it"
is "$(grep -c '"text":"four"' second.out)" 0 "nothing came"
rm keys/crl_test.pem

# --- expired -------------------------------------------------------------------

kill "$listener"
certificate old.pem -enddate "$(date -u -d '+3 seconds' +%Y%m%d%H%M%SZ)"
recipient third old.pem
begins "$tcp"
writes five
wait_for '"text":"five"' third.out
ok $? "a certificate in its last seconds is used"
# The last second is valid to its end.
sleep 4
writes six
wait_for '"exit":77' sent
ok $? "after it expired nothing is encrypted to it"
like "$(cat err)" 'expired' "the reason is told"
over 77 "the batch ends with it"
is "$(grep -c '"text":"six"' third.out)" 0 "nothing came"
finish
