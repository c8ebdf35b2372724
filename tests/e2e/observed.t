#!/bin/sh
# draft-ietf-sip-sec-flows-01, section 7: what interoperability events saw go
# wrong, each point shown in its order under the draft's own words; and the
# Accept lines of section 12.
. "${SRCDIR:?}/tests/e2e/lib.sh"
. "$SRCDIR/tests/e2e/tls.sh"

# alice calls from keys/, bob listens in bob/; both know both.
openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out alice.key \
    2>/dev/null
cp alice.key keys/user_key_alice@example.com.pem
cp p256.pem bob/user_key_bob@example.com.pem
cp ca/root_cert_test.pem bob/
# person NAME SAN [CA OPTIONS]: the certificate of one of the two
person() {
	_name=$1 _san=$2 key=p256.pem
	[ "$_name" = bob ] || key=alice.key
	shift 2
	issue /CN=x "subjectAltName=$_san
extendedKeyUsage=emailProtection" "$@"
	key=p256.pem
	cp cert.pem "keys/user_cert_$_name@example.com.pem"
	cp cert.pem "bob/user_cert_$_name@example.com.pem"
}
both() {
	person alice URI:sip:alice@example.com
	person bob URI:sip:bob@example.com
}
both

# --- hand-made bodies ----------------------------------------------------------

# arrives STATUS PATTERN NAME TYPE CODING BODY: the file BODY as a message to
# bob over TCP, its answer, and what bob's listener says of it
count=0
arrives() {
	count=$((count + 1))
	{
		printf '%s\r\n' 'MESSAGE sip:bob@example.com SIP/2.0' \
		    "Via: SIP/2.0/TCP 127.0.0.1;branch=z9hG4bK$count" \
		    'To: <sip:bob@example.com>' 'Max-Forwards: 70' \
		    'From: <sip:alice@example.com>;tag=1' \
		    "Call-ID: $count@observed" 'CSeq: 1 MESSAGE' \
		    "Content-Type: $4" "Content-Transfer-Encoding: $5" \
		    "Content-Length: $(wc -c <"$6" | tr -d ' ')" ''
		cat "$6"
	} >message
	like "$(perl "$SRCDIR/tests/wire.pl" ask tcp 127.0.0.1 "$tcp" message 5)" \
	    "^SIP/2.0 $1 " "$3: answered $1"
	like "$(verdict)" "$2" "$3: judged"
}
verdict() {
	for _member in signature encryption text; do
		printf '%s ' "$(json $_member <bob.out)"
	done
}
# entity CODING TEXT >FILE
entity() {
	printf 'Content-Type: text/plain\r\nContent-Transfer-Encoding: %s\r\n\r\n%s' \
	    "$1" "$2"
}
# sign [OPTIONS]: the file entity signed by alice, in the file signature
# enclose CODING: both as the file body; CODING is of the signature
signed_type='multipart/signed;protocol="application/pkcs7-signature";micalg=sha-256;boundary=BB'
sign() {
	openssl cms -sign -binary -in entity -signer \
	    keys/user_cert_alice@example.com.pem -inkey alice.key -nocerts \
	    -nosmimecap -outform DER -out signature "$@" || exit 1
}
enclose() {
	{
		printf -- '--BB\r\n'
		cat entity
		printf '\r\n--BB\r\nContent-Type: application/pkcs7-signature\r\n'
		printf 'Content-Transfer-Encoding: %s\r\n\r\n' "$1"
		if [ "$1" = base64 ]; then
			openssl base64 -in signature
		else
			cat signature
		fi
		printf '\r\n--BB--'
	} >body
}
# encrypt CIPHER: the file entity encrypted for bob, as the file body
encrypt() {
	openssl cms -encrypt -binary -in entity "$1" -outform DER -out body \
	    -recip bob/user_cert_bob@example.com.pem || exit 1
}
# parameters FILE OID null|absent: rewrites DER so that each algorithm of that
# OID (hex) has NULL for its parameters, or none
parameters() {
	perl -0777 -e '
		my ($oid, $null) = (pack("H*", $ARGV[1]), $ARGV[2] eq "null");
		sub walk {
			my ($s, $out) = (@_, "");
			while (length $s) {
				my ($tag, $n, $at) = (unpack("CC", $s), 2);
				if ($n > 127) {
					$at += $n & 127;
					$n = hex unpack "H*",
					    substr $s, 2, $n & 127;
				}
				my $body = substr $s, $at, $n;
				$s = substr $s, $at + $n;
				if ($tag & 32) {
					$body = walk($body);
					$body = $oid . ($null ? "\5\0" : "")
					    if $body eq $oid ||
					    $body eq "$oid\5\0";
				}
				my $l = length $body;
				my $h = pack "N", $l;
				$h =~ s/^\0+//;
				$out .= pack("C", $tag) . ($l < 128 ?
				    pack("C", $l) :
				    pack("C", 128 + length $h) . $h) . $body;
			}
			return $out;
		}
		open my $f, "<:raw", $ARGV[0] or die;
		my $der = walk(<$f>);
		open $f, ">:raw", $ARGV[0] or die;
		print $f $der;' "$1" "$2" "$3"
}
# nulls FILE NAME: how many algorithms of that name have NULL
nulls() {
	openssl asn1parse -inform DER -in "$1" |
	    awk -v name=":$2\$" 'last ~ name && / NULL/ { n++ }
		{ last = $0 } END { print n + 0 }'
}

# --- what is sent --------------------------------------------------------------

# caught [OPTIONS]: what alice sends to bob, in the file caught
caught() {
	rm -f port caught
	perl "$SRCDIR/tests/wire.pl" catch port caught &
	catcher=$!
	pids="$pids $catcher"
	until [ -s port ]; do
		kill -0 "$catcher" || return 1
		sleep 0.02
	done
	"$SIGNET" -q -k keys -a sip:alice@example.com \
	    -P "sip:127.0.0.1:$(cat port);transport=tcp" "$@" \
	    send sip:bob@example.com hello
	ends "$catcher"
}
# part MARK: what stands behind the last MARK and an empty line, to where its
# multipart ends
part() {
	perl -0777 -ne 'BEGIN { $mark = shift }
		my ($b) = /boundary=([0-9a-f]+)/;
		s/\r\n--$b--$// if defined $b;
		print substr $_, index($_, "\r\n\r\n", rindex $_, $mark) + 4' \
	    "$1" caught
}

# --- 1: SSLv3 --------------------------------------------------------------------

words='clients incorrectly only do SSLv3 and do not support TLS'
issue /CN=x 'subjectAltName=DNS:localhost'
serve -v
perl -MIO::Socket::INET -e '
	alarm 20;
	my $c = IO::Socket::INET->new("127.0.0.1:$ARGV[0]") or die;
	syswrite $c, pack("H*", $ARGV[1]);
	1 while sysread $c, $all, 65536, length($all // "");
	print unpack "H*", $all' "$tls" "$(client_hello 0300 00050004000a)" >told
wait_for 'the client offers' bob.err
like "$(cat bob.err)" 'the client offers SSL 3.0 at most; TLS 1.2 is needed' \
    "$words: who listens reads why"
like "$(cat told)" '^15030[0-3]00020246$' \
    "$words: such a client is told protocol_version"
calls 0 '' "$words: who does is let in" "sips:bob@localhost:$tls"
unserve
raw "$(server_hello 0300 0005)"
calls 69 'the server of localhost speaks SSL 3.0 at most; TLS 1.2 is needed' \
    "$words: a server of that kind" "sips:bob@localhost:$tls"
ends "$server"

# --- 2: expired certificates -------------------------------------------------------

past='-startdate 20200101000000Z -enddate 20210101000000Z'
words='clients were found to accept expired certificates'
# shellcheck disable=SC2086
issue /CN=x 'subjectAltName=DNS:localhost' $past
judged 77 'expired: the certificate has expired' "$words, not ours: TLS"
listen bob --json -k bob -a sip:bob@example.com -l tcp:127.0.0.1:0
to="sip:bob@127.0.0.1:$tcp;transport=tcp"
# shellcheck disable=SC2086
person alice URI:sip:alice@example.com $past
calls 77 'expired' "$words, not ours: S/MIME" "$to" -s \
    --at 2020-06-01T00:00:00Z
is "$(verdict)" 'expired none null ' "$words: S/MIME, judged"
# shellcheck disable=SC2086
person bob URI:sip:bob@example.com $past
calls 77 'nothing is encrypted .*expired' "$words: of whom it is for" \
    "sip:bob@example.com" -e -P "$to"
both
calls 0 '' "$words: others are taken" "$to" -s
is "$(verdict)" 'good none hello ' "$words: others are good"

# --- 3: names ----------------------------------------------------------------------

words='the software must check that this name corresponds'
person alice URI:sip:mallory@example.com
calls 77 "437 .*signer's certificate does not name the sender" \
    "$words: S/MIME, whose items name another" "$to" -s
is "$(verdict)" 'identity-mismatch none null ' "$words: S/MIME, judged"
person alice 'email:alice@example.com,DNS:example.com'
calls 77 "437 .*signer's certificate does not name the sender" \
    "$words: S/MIME, no item that is a URI" "$to" -s
person alice \
    'URI:im:alice@example.com,URI:sip:al@example.com,URI:sip:alice@example.com'
calls 0 '' "$words: one of the items must match" "$to" -s
person bob URI:sip:mallory@example.com
calls 77 'nothing is encrypted .*does not name bob@example.com' \
    "$words: of whom it is for" sip:bob@example.com -e -P "$to"
both

# --- 4: binary and base64 ------------------------------------------------------------

words='send only binary but must be prepared to receive either'
for coding in binary base64; do
	case $coding in
	binary) entity binary hello >entity ;;
	base64) entity base64 aGVsbG8= >entity ;;
	esac
	for outer in binary base64; do
		sign
		enclose "$outer"
		arrives 200 '^good none hello $' \
		    "$words: $coding text, $outer signature" \
		    "$signed_type" binary body
		encrypt -aes-128-cbc
		if [ "$outer" = base64 ]; then
			openssl base64 -in body -out coded && mv coded body
		fi
		arrives 200 '^none opened hello $' \
		    "$words: $coding text, $outer encrypted content" \
		    'application/pkcs7-mime;smime-type=enveloped-data' \
		    "$outer" body
	done
done
for options in '-s' '-e' '-s -e --nesting inner' '-s -e --nesting outer'; do
	# shellcheck disable=SC2086
	caught $options
	is "$(grep -a '^Content-Transfer-Encoding' caught | tr -d '\r' |
	    sort -u)" 'Content-Transfer-Encoding: binary' \
	    "$words: send $options"
done

# --- 5: parameters of the digest ------------------------------------------------------

sha1=06052b0e03021a sha256=0609608648016503040201 md5=06082a864886f70d0205
entity binary hello >entity
words='in which the optional AlgorithmIdentifier parameter field is omitted'
caught -s
part 'Content-Type: application/pkcs7-signature' >signature
is "$(openssl asn1parse -inform DER -in signature | grep -c :sha256) $(nulls \
    signature sha256)" '2 0' "the form $words is sent"
sign
is "$(nulls signature sha256)" 0 "openssl's is the form $words"
enclose binary
arrives 200 '^good ' "the form $words is read" "$signed_type" binary body
parameters signature $sha256 null
is "$(nulls signature sha256)" 2 'NULL is put in twice'
enclose binary
words='need to be able to receive the form that includes the NULL'
arrives 200 '^good ' "receivers $words" "$signed_type" binary body
sign -noattr
parameters signature $sha256 null
enclose binary
arrives 200 '^good ' "receivers $words: without attributes" "$signed_type" \
    binary body
# Neither is a matter of form where the digest itself is too weak.
sign -md md5
is "$(nulls signature md5)" 2 "openssl's MD5 has NULL, as RFC 3370 wants"
enclose binary
arrives 437 '^weak none null $' 'if the algorithm is MD5: refused' \
    "$signed_type" binary body
sign -md sha1
enclose binary
arrives 437 '^weak none null $' 'the same with SHA-1, which the draft used' \
    "$signed_type" binary body
kill "$listener"
ends "$listener"
listen bob --json --legacy -k bob -a sip:bob@example.com -l tcp:127.0.0.1:0
arrives 200 '^good none hello $' 'SHA-1 under --legacy' "$signed_type" \
    binary body
parameters signature $sha1 null
enclose binary
arrives 200 '^good none hello $' 'SHA-1 under --legacy, with NULL' \
    "$signed_type" binary body
sign -md md5
enclose binary
arrives 200 '^good none hello $' \
    'MD5 under --legacy: the form where the NULL is included' \
    "$signed_type" binary body
parameters signature $md5 absent
is "$(nulls signature md5)" 0 'NULL is taken out'
enclose binary
arrives 200 '^good none hello $' \
    'MD5 under --legacy: the form that a sender may not use is read too' \
    "$signed_type" binary body

# --- 6: AES --------------------------------------------------------------------------

words='the preferred encryption algorithm for S/MIME in SIP is AES'
for cipher in aes-128-cbc aes-128-gcm; do
	caught -e --cipher $cipher
	part 'Content-Type: application/pkcs7-mime' >encrypted
	like "$(openssl asn1parse -inform DER -in encrypted)" \
	    "OBJECT *:$cipher\$" "$words: sent with $cipher"
done
caught -e
part 'Content-Type: application/pkcs7-mime' >encrypted
is "$(openssl asn1parse -inform DER -in encrypted | sed -n 's/.*OBJECT *:.*aes/aes/p' |
    tr '\n' ' ')" 'aes128-wrap aes-128-gcm ' \
    "$words: what is sent when nothing is asked for"
for cipher in aes128 aes256 des3; do
	encrypt -$cipher
	arrives 200 '^none opened hello $' "$words: $cipher is read" \
	    'application/pkcs7-mime;smime-type=enveloped-data' binary body
done

# --- 7: certificates -------------------------------------------------------------------

words="better when UAs did not attach the senders' certificates"
# attached: how many certificates come along with the file signature
attached() {
	openssl pkcs7 -inform DER -in signature -print_certs |
	    grep -c '^subject'
}
caught -s
part 'Content-Type: application/pkcs7-signature' >signature
is "$(attached)" 0 "$words: none is"
without=$(wc -c <signature)
caught -s --attach-cert
part 'Content-Type: application/pkcs7-signature' >signature
is "$(attached)" 1 "$words: one is where it is asked for"
is "$(($(wc -c <signature) > without + 300))" 1 \
    'attaching significantly increases the size'
kill "$listener"
ends "$listener"

# --- section 12 --------------------------------------------------------------------------

is "$(sed 's/\r$//; /^$/q' caught | grep -a '^Accept:')" \
    'Accept: multipart/signed
Accept: text/plain
Accept: application/pkcs7-mime
Accept: application/sdp
Accept: multipart/alternative
Accept: message/cpim
Accept: message/imdn+xml
Accept: application/im-iscomposing+xml' \
    'section 12: the accept header fields have the values that were missing, and ours'

# --- 3 again, where the name comes from DNS ------------------------------------------------

cat >zone <<ZONE
\$ORIGIN example.com.
\$TTL 300
@ SOA ns hostmaster 1 3600 600 86400 60
@ NS ns
ns A 127.0.0.1
good A 127.0.0.1
ZONE
name_server example.com zone || exit 1
words='a TLS connection to good.example.com'
for name in good evil; do
	issue "/CN=$name.example.com" "subjectAltName=DNS:$name.example.com"
	serve -a sip:bob@good.example.com
	case $name in
	good) calls 0 '' "$words, which it is" \
	    "sips:bob@good.example.com:$tls" --dns "$dns" ;;
	evil) calls 77 'identity-mismatch: .*does not name good.example.com' \
	    "$words with the name evil.example.com" \
	    "sips:bob@good.example.com:$tls" --dns "$dns"
		is "$(wc -c <bob.out | tr -d ' ')" 0 \
		    "$words with the name evil.example.com: nothing was sent" ;;
	esac
	unserve
done
finish
