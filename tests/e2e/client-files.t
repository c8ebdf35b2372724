#!/bin/sh
# The client with files of other programs: two certificates of one person, a
# certificate that is left out, and a key store that others can read.
. "${SRCDIR:?}/tests/e2e/lib.sh"
. "$SRCDIR/tests/e2e/terminal.sh"
cd "$scratch" || exit 1

k=$scratch/k
mkdir "$k"
"$SIGNET" -q -k "$k" keys new alice@localhost </dev/null
# made NAME USAGE SAN: a self-signed certificate NAME.pem
made() {
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
	    -keyout "$1.key" -out "$1.pem" -subj "/CN=bob" -days 30 \
	    -addext "keyUsage=critical,$2" -addext "subjectAltName=$3" \
	    -addext basicConstraints=critical,CA:FALSE 2>/dev/null
}
made sign digitalSignature URI:sip:bob@localhost
made encrypt keyAgreement URI:sip:bob@localhost
made mail digitalSignature email:bob@localhost
cat sign.pem encrypt.pem mail.pem >bob.pem
chmod 755 "$k"

client alice 200x60 -k "$k" -a sips:alice@localhost -l "tcp:$own:0"
listens alice
shows alice 'other users can read the key store' \
    'an open key store is told of in the log'
say alice "/import ~/bob.pem"
shows alice 'peer +bob@localhost.*to sign' 'the signing one is imported'
shows alice 'peer +bob@localhost.*to encrypt' 'and the encrypting one'
shows alice 'left out of .*names no sip' 'what is left out is told, and why'
say alice 'to: sip:bob@localhost'
say alice '/trust'
shows alice 'to sign, not pinned' '/trust shows the signing one'
keys alice PPage
keys alice NPage
shows alice 'to encrypt, not pinned' 'and the encrypting one'
keys alice y
shows alice 'certificates .* and .* are pinned for' 'and pins'
is "$(grep -c bob@localhost "$k/pinned")" 2 'both'
say alice /quit
i=0
while [ $i -lt 50 ] && ! grep -q 'other users can' alice.err; do
	i=$((i + 1))
	sleep 0.1
done
like "$(cat alice.err)" 'other users can read the key store' \
    'and on standard error'
finish
