#!/bin/sh
# signet flows: the draft's own messages byte for byte, flows between two
# processes as docs/flows.txt has them, and the scenarios of section 8.
. "${SRCDIR:?}/tests/e2e/lib.sh"
cd "$scratch" || exit 1
mkdir tmp
TMPDIR=$scratch/tmp
export TMPDIR
vectors=$SRCDIR/tests/vectors/sec-flows

flows() {
	timeout 60 "$SIGNET" flows "$@" >out 2>err
}

# refused STATUS PATTERN NAME WORDS...
refused() {
	_want=$1 _like=$2 _name=$3
	shift 3
	flows "$@"
	is $? "$_want" "$_name: status $_want"
	like "$(cat err)" "$_like" "$_name: words"
}

# same FILE VECTOR NAME
same() {
	cmp "$1" "$2" >cmp.out 2>&1
	is "$? $(cat cmp.out)" "0 " "$3"
}

# without FILE BLOB...: FILE with the bytes of each BLOB as so many dots
without() {
	perl -e 'undef $/;
		my ($all, @blobs) = map { open my $f, "<:raw", $_ or die; <$f> }
		    @ARGV;
		for my $b (@blobs) {
			my $at = index $all, $b;
			die "a blob is not there\n" if $at < 0;
			substr($all, $at, length $b) = "." x length $b;
		}
		print $all' "$@"
}

# tree FILE: what openssl sees in it, but for what chance chose
tree() {
	openssl asn1parse -inform DER -in "$1" | sed 's/\[HEX DUMP\]:.*//'
}

# --- the draft's own messages ------------------------------------------------

flows --keys "$vectors" --legacy --save draft 5.2 6.1 6.2 6.3
is $? 0 "the draft's messages are sent, taken and judged, by its own keys"
same draft/5.2-request.sip "$vectors/5.2-request.sip" \
    "5.2's request, byte for byte"
same draft/5.2-response.sip "$vectors/5.2-response.sip" \
    "5.2's response, byte for byte"
same draft/6.1-request.sip "$vectors/6.1-signed.sip" \
    "6.1's request, byte for byte"
same draft/6.1-blob1.der "$vectors/blob1.der" "blob 1, its signature"
without draft/6.2-request.sip draft/6.2-blob2.der >ours
without "$vectors/6.2-encrypted.sip" "$vectors/blob2.der" >theirs
same ours theirs "6.2's request but for what is sealed"
without draft/6.3-request.sip draft/6.3-blob3.der draft/6.3-blob4.der >ours
without "$vectors/6.3-encrypted-signed.sip" "$vectors/blob3.der" \
    "$vectors/blob4.der" >theirs
same ours theirs "6.3's request but for what is sealed, and signed over that"
for blob in 6.2-blob2 6.3-blob3 6.3-blob4; do
	is "$(tree "draft/$blob.der")" "$(tree "$vectors/${blob#*-}.der")" \
	    "${blob#*-} has the structure of the draft's"
done
for blob in 6.2-blob2 6.3-blob3; do
	openssl cms -decrypt -inform DER -in "draft/$blob.der" -binary \
	    -inkey "$vectors/user_key_kumiko@example.net.pem" \
	    -recip "$vectors/user_cert_kumiko@example.net.pem" >opened
	same opened "$vectors/6.1-signed-entity.bin" \
	    "what is sealed in ${blob#*-} is what the draft sealed"
done
is "$(grep -a '^Content-Length' draft/6.?-request.sip |
    sed 's/.*: //' | tr -d '\r' | tr '\n' ' ')" "639 435 1191 " \
    "the draft's Content-Lengths"
is "$(ls draft | grep key)" "" "private keys that were not made here stay"
like "$(cat err)" 'everybody has its private key' \
    "the well-known root is warned of"
is "$(grep -c 'everybody has' err)" 1 "once"

# --- docs/flows.txt ------------------------------------------------------------

sh "$SRCDIR/tests/flows.sh" >now 2>err
is "$? $(cat err)" "0 " "all flows end as they should"
if [ "$(grep '^TLS here' now)" = \
    "$(grep '^TLS here' "$SRCDIR/docs/flows.txt")" ]; then
	diff "$SRCDIR/docs/flows.txt" now >differ
	is "$(head -n 20 differ)" "" "docs/flows.txt is what they are today"
else
	ok 0 "docs/flows.txt # SKIP it was made with another OpenSSL"
fi
flows --seed one 6.1
cp out one
flows --seed two 6.1
is "$(diff one out | grep -c '^[<>]')" "$(grep -Ec \
    '(branch|tag)=|Call-ID|boundary=|^ *--[0-9a-f]{32}|^ *;?$' /dev/null)" \
    "placeholder"
