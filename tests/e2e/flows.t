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
same ours theirs "6.2's request but for what is encrypted"
without draft/6.3-request.sip draft/6.3-blob3.der draft/6.3-blob4.der >ours
without "$vectors/6.3-encrypted-signed.sip" "$vectors/blob3.der" \
    "$vectors/blob4.der" >theirs
same ours theirs "6.3's request but for what is encrypted, and signed over that"
for blob in 6.2-blob2 6.3-blob3 6.3-blob4; do
	is "$(tree "draft/$blob.der")" "$(tree "$vectors/${blob#*-}.der")" \
	    "${blob#*-} has the structure of the draft's"
done
for blob in 6.2-blob2 6.3-blob3; do
	openssl cms -decrypt -inform DER -in "draft/$blob.der" -binary \
	    -inkey "$vectors/user_key_kumiko@example.net.pem" \
	    -recip "$vectors/user_cert_kumiko@example.net.pem" >opened
	same opened "$vectors/6.1-signed-entity.bin" \
	    "what is encrypted in ${blob#*-} is what the draft encrypted"
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
is "$(diff one out | sed -n 's/^> *//p' | sed 's/[0-9a-f]\{15,\}.*/N/' | sort -u)" \
    "$(printf '%s\n' --N 'Call-ID: N' 'boundary=N' \
	'From: <sips:fluffy@example.com>;tag=N' \
	'To: <sips:kumiko@example.net>;tag=N' \
	'Via: SIP/2.0/TLS 127.0.0.1:<port>;branch=z9hG4bKN' | sort -u)" \
    "another seed has other tags, branches, Call-IDs and boundaries alone"
flows 6.1
cp out one
flows 6.1
like "$(diff one out)" '^> +INTEGER|^> +: +([0-9A-F]{2} ){15}' \
    "without a seed nothing is hidden"
like "$(cat out)" 'Via: SIP/2.0/TLS 127.0.0.1:[0-9]+;' "ports neither"
flows --at 2020-02-02T02:02:02Z 6.1
like "$(cat out)" 'Date: Sun, 02 Feb 2020 02:02:02 GMT' \
    "--at says when it takes place"
like "$(cat out)" 'UTCTime 02/02/2020 02:02:02 GMT' \
    "for signatures, too"

# --- the form -----------------------------------------------------------------------

flows --seed x 5.1 5.1-tls1.2 6.3
is $? 0 "flows are run by their names"
is "$(grep -c '^[^ ].*\.  ' out)" 3 "those and no others"
like "$(cat out)" '\|------------------------------------------>\|' \
    "with an arrow diagram"
like "$(cat out)" 'server_name\[16\] example.net' "SNI is shown"
like "$(cat out)" 'name: DNS example.net' "and the certificate's names"
is "$(grep -Ec '^   1 [0-9]+ +<time> \(<time>\)  [CS]>[SC]V3\.[13]\(' out)" \
    "$(grep -Ec '^   1 [0-9]+ ' out)" "each record in SSLDump's form"
like "$(cat out)" 'ServerHelloDone' "TLS 1.2 has its messages"
like "$(cat out)" 'EncryptedExtensions, decrypted' "and TLS 1.3 has its own"
like "$(cat out)" '\* binary blob 3, 4[0-9]+ bytes \*|binary blob 3' \
    "blobs are numbered as the draft's"
is "$(sed -n '/<allOneLine>/,/<.allOneLine>/p' out | awk 'length > 72' |
    wc -l)" 0 "long lines are broken"
is "$(awk '/<allOneLine>/ { on = 1; line = ""; next }
	/<\/allOneLine>/ { on = 0; print line; next }
	on { sub(/^   /, ""); line = line $0 }' out |
    grep -c '^Via: SIP/2.0/TLS 127.0.0.1:<port>;branch=z9hG4bK[0-9a-f]*A;r')" \
    2 "so that they can be put together again"

# --- every refusal, and both ways ------------------------------------------------

flows scenarios
is $? 0 "all scenarios end as they should"
is "$(grep -c '^[68].* pass$' out)" 38 "each of 19, both ways"
is "$(awk '/^[68]/ && $NF == "pass" { print $1 }' out | sort -u | tr '\n' ' ')" \
    "$(for s in 8.1 8.2 8.3 8.4 8.5 8.5-ca 8.6 8.7 8.8 8.9 8.10 8.11 8.11-ca \
	6216-4 6216-7 6216-10 6216-13 6216-16 6216-17; do echo $s; done |
	sort -u | tr '\n' ' ')" "section 8's eleven, and RFC 6216's"
is "$(awk 'length > 80' out)" "" "the table has 80 columns"
for one in '8.2 as recipient 437 identity-mismatch' \
    '8.3 as recipient 437 untrusted' '8.4 as recipient 437 expired' \
    '8.5 as recipient 437 revoked' '8.8 as client refused: identity-mismatch' \
    '8.9 as server refused: untrusted' '8.10 as client refused: expired' \
    '8.11 as server refused: revoked'; do
	like "$(tr -s ' ' <out)" "^$one" "$one"
done

# --- two processes, and nothing left ---------------------------------------------------

if command -v strace >/dev/null && strace -o /dev/null true 2>/dev/null; then
	strace -f -o calls -e trace=connect,sendto,fork,clone,clone3,vfork \
	    "$SIGNET" flows 5.2 >/dev/null 2>&1
	is "$(grep -E 'sin6?_port' calls | grep -Ev '127\.0\.0\.1|"::1"')" "" \
	    "nothing goes to another machine"
fi
mkdir -p config/signet data/signet/keys
echo 'nonsense = yes' >config/signet/signet.conf
flows 5.2
is "$? $(cat err)" "0 " "no settings of the person are read"
rm -r config
is "$(ls tmp)" "" "no key is left behind"
many=$(yes 5.2 | head -n 500)
"$SIGNET" flows $many >slow.out 2>slow.err &
pid=$!
wait_for '^5.2' slow.out
kill -TERM $pid
wait $pid
is $? 75 "it can be ended early"
is "$(ls tmp)" "" "and cleans up"
"$SIGNET" flows $many >slow.out 2>slow.err &
pid=$!
wait_for '^5.2' slow.out
kill -KILL $pid
wait $pid 2>/dev/null
left=100
while [ -n "$(ls tmp)" ] && [ $left -gt 0 ]; do
	left=$((left - 1))
	sleep 0.05
done
is "$(ls tmp | wc -l)" 0 "who is killed leaves no keys either"
"$SIGNET" flows 2>err | head -n 1 >/dev/null
is "$(ls tmp)" "" "nor does one whose reader goes away"
like "$(cat err)" 'cannot write to standard output' "which is said"

# --- what is refused -----------------------------------------------------------------

refused 64 'no flow "9.9".*flows list' "a flow that there is not" 5.2 9.9
is "$(cat out)" "" "and none is run then"
refused 64 'usage: signet flows' "an option that there is not" --nonsense
refused 64 'usage: signet flows' "one folder to compare" --diff draft
refused 64 'usage: signet flows' "words beside --replay" --replay draft 5.2
refused 73 'not an empty folder' "a folder that is full" --save draft 5.2
refused 73 'nowhere/x cannot be made' "one that cannot be made" \
    --save nowhere/x 5.2
refused 64 '5.2 is named twice' "a flow that would be saved twice" \
    --save twice 5.2 5.2
refused 64 '"list" must be the only argument' "a list beside flows" list 5.2
refused 64 '"scenarios" must be the only argument' "the scenarios beside flows" \
    5.2 scenarios
refused 64 '--ca names a CA that the peer trusts: give --peer' "a CA that nobody trusts" --ca draft 5.2
refused 64 'at most 100 bytes' "a seed that is too long" \
    --seed "$(printf '%0101d' 0)" 5.2
refused 64 'usage' "a folder checked again with a seed" --seed x --replay draft
TMPDIR=$scratch/$(printf '%0200d' 0)
refused 73 'TMPDIR is longer' "a TMPDIR that leaves no room" 5.2
TMPDIR=$scratch/none
refused 73 'cannot make a temporary folder' "one that is not there" 5.2
TMPDIR=$scratch/tmp
mkdir keys
refused 78 'domain certificate of example.net' "keys that are not there" \
    --keys keys 5.2
is "$(ls tmp)" "" "and nothing is left"
flows list
is "$(grep -c . out)" 33 "list names them all"

finish
