#!/bin/sh
# What signet writes is read by other libraries than OpenSSL: each shape by each
# library that knows it. Those that are not installed are skipped.
. "${SRCDIR:?}/tests/e2e/lib.sh"
cd "$scratch" || exit 1

castle=
for jar in bcprov bcutil bcpkix; do
	castle=$castle:/usr/share/java/$jar.jar
done
alice=user_cert_alice@example.com.pem
bob=user_cert_bob@example.com.pem
bob_key=user_key_bob@example.com.pem
root=root_cert_testCA.pem

# has NAME COMMAND..: whether all that is needed for a library is here
has() {
	_library=$1
	shift
	for _needed in "$@"; do
		case $_needed in
		/*) [ -e "$_needed" ] ;;
		*) command -v "$_needed" >/dev/null ;;
		esac || {
			ok 0 "$_library # SKIP there is no $_needed"
			return 1
		}
	done
}
# content NAME: what was signed or encrypted came out, in out
content() {
	cmp -s out entity
	_same=$?
	ok $_same "$1"
	[ $_same -eq 0 ] || sed 's/^/# /' log
	rm -f out
}
# each COMMAND FILE..: for each signed file a command that has it in $file, and
# in $entity what was signed, if that is not inside; what was verified is then
# in out
each() {
	_command=$1
	shift
	for file in "$@"; do
		entity=entity
		case $file in *opaque*) entity= ;; esac
		"$_command" >log 2>&1 || rm -f out
		content "$library, $type: $file"
	done
	file=signed-detached-ours-certs entity=wrong
	"$_command" >log 2>&1
	ok $((!$?)) "$library, $type: refuses another text"
	rm -f out
}
# opens COMMAND FILE..: the same for what is encrypted
opens() {
	_command=$1
	shift
	for file in "$@"; do
		"$_command" >log 2>&1 || rm -f out
		content "$library, $type: $file"
	done
}

openssl_verify() {
	# shellcheck disable=SC2086
	openssl cms -verify -binary -inform DER -in "$file" \
	    ${entity:+-content $entity} -CAfile $root -certfile "$alice" \
	    -purpose any -out out
}
openssl_decrypt() {
	openssl cms -decrypt -binary -inform DER -in "$file" -recip "$bob" \
	    -inkey "$bob_key" -out out
}
with_openssl() {
	library=openssl
	each openssl_verify signed-*
	opens openssl_decrypt sealed-*
}

# The p12 file has ciphers of old: gpgsm knows no others.
p12() {
	openssl pkcs12 -export -in "$bob" -inkey "$bob_key" -name bob \
	    -keypbe PBE-SHA1-3DES -certpbe PBE-SHA1-3DES -macalg sha1 \
	    -passout pass:secret -out bob.p12
}

nss_read() {
	# shellcheck disable=SC2086
	cmsutil -D -d sql:nss -i "$file" ${entity:+-c $entity} -o out
}
# NSS knows neither ECDH nor GCM.
with_nss() {
	library=NSS
	has NSS cmsutil certutil pk12util || return
	mkdir nss
	p12
	{
		certutil -N -d sql:nss --empty-password
		certutil -A -d sql:nss -n root -t CT,C,C -i $root
		certutil -A -d sql:nss -n alice -t ,, -i "$alice"
		pk12util -d sql:nss -i bob.p12 -W secret
	} >log 2>&1 || sed 's/^/# /' log
	each nss_read signed-*
	entity=
	[ "$type" = p256 ] || opens nss_read sealed-cbc
}

gpgsm_verify() {
	# With a text beside the signature it writes nothing.
	if [ -n "$entity" ]; then
		gpgsm --verify "$file" "$entity" && cp "$entity" out
	else
		gpgsm -o out --verify "$file"
	fi
}
gpgsm_decrypt() {
	echo secret | gpgsm --pinentry-mode loopback --passphrase-fd 0 -o out \
	    --decrypt "$file"
}
# gpgsm knows neither ECDH nor GCM, nor SHA-1 with P-256.
with_gpgsm() {
	library=gpgsm
	has gpgsm gpgsm gpgconf gpg-agent || return
	export GNUPGHOME="$PWD/gnupg"
	mkdir gnupg
	p12
	printf 'disable-crl-checks\ndisable-dirmngr\nbatch\n' >gnupg/gpgsm.conf
	echo allow-loopback-pinentry >gnupg/gpg-agent.conf
	openssl x509 -in $root -noout -fingerprint -sha1 |
	    sed 's/.*=//; s/$/ S relax/' >gnupg/trustlist.txt
	gpgsm --import $root "$alice" >log 2>&1 || sed 's/^/# /' log
	if [ "$type" = p256 ]; then
		each gpgsm_verify signed-*-ours-*
	else
		each gpgsm_verify signed-*
		echo secret | gpgsm --pinentry-mode loopback \
		    --passphrase-fd 0 --import bob.p12 >log 2>&1 ||
		    sed 's/^/# /' log
		opens gpgsm_decrypt sealed-cbc
	fi
	gpgconf --kill all
	unset GNUPGHOME
}

gnutls_verify() {
	_trust="--load-ca-certificate $root"
	# Without a certificate inside, it has to be told the signer's.
	case $file in *bare*) _trust="--load-certificate $alice" ;; esac
	# shellcheck disable=SC2086
	certtool --p7-verify --inder --infile "$file" $_trust \
	    ${entity:+--load-data $entity} || return
	if [ -n "$entity" ]; then
		cp "$entity" out
	else
		certtool --p7-info --p7-show-data --inder --infile "$file" \
		    --outfile out
	fi
}
# GnuTLS decrypts nothing of S/MIME.
with_gnutls() {
	library=GnuTLS
	has GnuTLS certtool || return
	each gnutls_verify signed-*
}

castle() {
	java -cp "$castle" "$SRCDIR/tests/Castle.java" "$alice" "$bob_key" "$@"
}
with_castle() {
	library='Bouncy Castle'
	# shellcheck disable=SC2046
	has "$library" java javac $(echo "$castle" | tr : ' ') || return
	castle entity signed-* sealed-* >castle.log 2>&1
	for file in signed-* sealed-*; do
		grep -q "^good $file\$" castle.log
		_good=$?
		ok $_good "$library, $type: $file"
		[ $_good -eq 0 ] || sed 's/^/# /' castle.log
	done
	castle wrong signed-detached-ours-certs >castle.log 2>&1
	like "$(cat castle.log)" '^bad ' "$library, $type: refuses another text"
}

"$SIGNET" -q ca init ca >/dev/null
for type in p256 rsa2048; do
	mkdir "$type"
	for who in alice bob; do
		"$SIGNET" -q ca issue ca $who@example.com \
		    --type "$(echo $type | sed s/rsa/rsa:/)" >/dev/null
	done
	mv ca/user_*.pem "$type/"
	cp ca/$root "$type/"
	cd "$type" || exit 1
	"${TOOLS:?make check sets it}/written" . sip:alice@example.com \
	    sip:bob@example.com
	ok $? "each shape is written, $type"
	sed s/lazy/hazy/ entity >wrong
	with_openssl
	with_nss
	with_gpgsm
	with_gnutls
	with_castle
	cd ..
done
finish
