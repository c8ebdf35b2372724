#!/bin/sh
# A certificate of our own that every receiver refuses is not signed with:
# expired, not yet valid, revoked here, not allowed to sign; one that ends soon
# is warned of.
. "${SRCDIR:?}/tests/e2e/lib.sh"
. "$SRCDIR/tests/e2e/tls.sh"
. "$SRCDIR/tests/e2e/terminal.sh"

bob='sip:bob@example.com'
mkdir -m 700 carol
listen carol -k carol -a sip:carol@example.com -l tcp:127.0.0.1:0
to="sip:carol@127.0.0.1:$tcp;transport=tcp"
usage='keyUsage=critical,digitalSignature'
names="subjectAltName=URI:sip:bob@example.com"
# own NAME [CA OPTIONS]: a key store with that certificate of bob's
own() {
	name=$1
	shift
	mkdir -m 700 "$name"
	issue /CN=bob "$names
${extensions:-$usage}" "$@"
	cp cert.pem "$name/user_cert_bob@example.com.pem"
	cp p256.pem "$name/user_key_bob@example.com.pem"
	chmod 600 "$name/user_key_bob@example.com.pem"
	cp ca/root_cert_test.pem "$name/"
}
# sends NAME OPTIONS..: with that key store; rc and err
sends() {
	name=$1
	shift
	"$SIGNET" -k "$name" -a "$bob" send "$@" "$to" hello 2>err </dev/null
	rc=$?
}
# refused NAME PATTERN WHAT
refused() {
	sends "$1" -s
	is "$rc" 77 "$3: nothing is sent"
	like "$(cat err)" "every receiver refuses.*$2.*--no-sign" \
	    "and a line says why and what to do"
	is "$(wc -l <err)" 1 "one line"
	sends "$1" --no-sign
	is "$rc" 0 "--no-sign sends it"
}

own good -days 90
sends good -s
is "$rc,$(cat err)" '0,' "a good one signs without a word"
own soon -days 12
sends soon -s
is "$rc" 0 "one that ends within 30 days signs"
like "$(cat err)" 'ends in 1[12] days, on 20.*keys new' "with a warning"
is "$(wc -l <err)" 1 "of one line"
sends soon -s -q
is "$rc,$(cat err)" '0,' "which -q silences"
sends soon --no-sign
is "$rc,$(cat err)" '0,' "and which is for signatures alone"
own old -startdate 20200101000000Z -enddate 20210101000000Z
refused old 'expired' "an expired one"
own early -startdate 20990101000000Z -enddate 20991231000000Z
refused early 'not-yet-valid' "one that is not valid yet"
extensions='keyUsage=critical,keyEncipherment' own usage -days 90
refused usage 'may not sign' "one that may not sign"
own revoked -days 90
openssl ca -config ca/conf $by -revoke cert.pem 2>/dev/null
openssl ca -config ca/conf $by -gencrl -out revoked/crl_test.pem 2>/dev/null
refused revoked 'revoked' "one that a CRL here revokes"
rm revoked/crl_test.pem
sends revoked -s
is "$rc" 0 "without the CRL it signs"

# --- keys list and the client -------------------------------------------------
is "$("$SIGNET" -k good keys list | grep -c 'ends in\|expired')" 0 \
    "keys list says nothing of a good one"
like "$("$SIGNET" -k soon keys list)" 'ends in 1[12] days' "of one that ends soon"
like "$("$SIGNET" -k old keys list)" 'every receiver refuses.*expired' \
    "and of one that is refused"
client good 100x30 -k good -a "$bob" -l tcp:127.0.0.1:0 -s
listens good
say good "to: $to"
shows good 'carol@127.0.0.1 signed' "the client shows that it will sign"
is "$(screen good | grep -c 'signed until')" 0 "and no end that is far"
client soon 100x30 -k soon -a "$bob" -l tcp:127.0.0.1:0 -s
listens soon
hows soon 'certificate of bob@example.com: ends in 1[12] days.*Take a new one: /import --force FILE' \
    "a client says at its start that its certificate ends soon"
say soon "to: $to"
shows soon 'carol@127.0.0.1 signed until 20' "and its header does"
client old 100x30 -k old -a "$bob" -l tcp:127.0.0.1:0 -s
listens old
says old 'certificate of bob@example.com: every receiver refuses.*expired' \
    "one that is refused is told at the start"
say old "to: $to"
shows old 'cannot be signed: Enter says why' "and in the header"
finish
