#!/bin/sh
# signet inspect --asn1: files, folders, and captures pasted as hex.
. "${SRCDIR:?}/tests/e2e/lib.sh"
cd "$scratch" || exit 1

shows() {
	"$SIGNET" inspect --asn1 "$@" </dev/null >out 2>err
}

openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
    -keyout key.pem -out cert.pem -subj '/CN=alice' -days 30 2>/dev/null
printf 'Content-Type: text/plain\r\n\r\nhi\r\n' >entity
openssl cms -sign -binary -in entity -signer cert.pem -inkey key.pem \
    -outform DER -nodetach -md sha256 -out cms.der
{
	printf '%s\r\n' 'MESSAGE sip:bob@example.org SIP/2.0' \
	    'Via: SIP/2.0/TCP h;branch=z9hG4bK1' 'To: <sip:bob@example.org>' \
	    'From: <sip:alice@example.org>;tag=1' 'Call-ID: 1' \
	    'CSeq: 1 MESSAGE' 'Max-Forwards: 70' \
	    'Content-Type: application/pkcs7-mime;smime-type=signed-data' \
	    "Content-Length: $(($(wc -c <cms.der)))" ''
	cat cms.der
} >message.sip

# ours: offsets and what begins there; openssl's from its own parser
ours() {
	sed -n 's/^ *\([0-9][0-9]*\):.*/\1/p'
}
theirs() {
	openssl asn1parse "$@" | sed -n 's/^ *\([0-9]*\):d=.*/\1/p'
}

shows cms.der
is "$? $(wc -c <err)" '0 0' 'CMS as DER'
cp out der.out
theirs -inform DER -in cms.der >theirs
is "$(ours <out | grep -cxFf theirs)" "$(wc -l <theirs | tr -d ' ')" \
    'each value that openssl finds begins where it says'
like "$(cat out)" '4: +OBJECT IDENTIFIER signedData \(1 2 840 113549 1 7 2\)' \
    'its objects are named'
shows cert.pem
is "$? $(sed -n 1p out)" \
    "0 * CERTIFICATE, $(openssl x509 -in cert.pem -outform DER |
    wc -c | tr -d ' ') bytes *" 'a certificate as PEM'
theirs -in cert.pem >theirs
is "$(ours <out | grep -cxFf theirs)" "$(wc -l <theirs | tr -d ' ')" \
    'with the offsets of openssl'
sed -n '3,$p' out >pem.out
openssl x509 -in cert.pem -outform DER -out cert.der
shows cert.der
is "$(sed -n '3,$p' out)" "$(cat pem.out)" 'as DER it is the same'
openssl crl2pkcs7 -nocrl -certfile cert.pem >p7.pem
cat cert.pem p7.pem >two.pem
shows two.pem
is "$? $(grep '^\* ' out | tr -d '0-9\n')" \
    '0 * CERTIFICATE,  bytes ** PKCS,  bytes *' 'two blocks of PEM'
shows message.sip
is "$?" 0 'a SIP message'
like "$(sed -n '1p; /binary blob/p' out | tr '\n' ' ')" \
    '^MESSAGE sip:bob@example.org SIP/2.0 \* binary blob 1, [0-9]+ bytes' \
    'its head, and the blob in it'
is "$(ours <out | tr '\n' ' ')" "$(ours <der.out | tr '\n' ' ')" \
    'with the same parse'
cp out sip.out
"$SIGNET" inspect --asn1 - <message.sip >out 2>err
is "$?" 0 'standard input'
is "$(cat out)" "$(cat sip.out)" 'is the same'

# --- hex

# pasted FILE: in the forms that people paste
pasted() {
	perl -e '
		local $/;
		open my $f, "<:raw", $ARGV[0] or die;
		my $all = <$f>;
		my %out;
		for (my $at = 0; $at < length $all; $at += 16) {
			my $row = substr $all, $at, 16;
			my @b = map { sprintf "%02x", ord } split //, $row;
			(my $text = $row) =~ s/[^ -~]/./g;
			my $left = join " ", grep { defined } @b[0 .. 7];
			my $right = join " ", grep { defined } @b[8 .. 15];
			$out{hexdump} .= sprintf "%08x  %-23s  %-23s  |%s|\n",
			    $at, $left, $right, $text;
			my $words = join "", @b;
			$out{plain} .= "$words\n";
			$words =~ s/(....)/$1 /g;
			$out{xxd} .= sprintf "%08x: %-40s %s\n", $at, $words,
			    $text;
			$out{draft} .= sprintf "   %-47s   %s\n",
			    $left . (@b > 8 ? "-$right" : ""), $text;
			$out{spaced} .= "@b\r\n";
		}
		$out{hexdump} .= sprintf "%08x\n", length $all;
		for (keys %out) {
			open my $o, ">", "$_.hex" or die;
			print $o $out{$_};
		}' "$1"
	od -A x -t x1 "$1" >odx.hex
	od -t x1 "$1" >od.hex
}
for file in cms.der message.sip cert.pem; do
	shows $file
	cp out whole
	pasted $file
	for form in *.hex; do
		shows "$form"
		_status=$?
		cmp -s out whole && [ $_status -eq 0 ]
		ok $? "$file as ${form%.hex}"
	done
done
sed 5d hexdump.hex >cut.hex
shows cut.hex
is "$?" 65 'a dump that lacks a line'
like "$(cat out)" 'line 5 of .*offset does not match' 'says where'

# --- folders

mkdir folder folder/sub
cp cms.der folder/b.der
cp message.sip folder/a.sip
cp cert.pem folder/c.pem
cp key.pem folder/k.pem
cp hexdump.hex folder/h.hex
echo 'nothing of the kind' >folder/manifest
: >folder/empty
mkfifo folder/pipe
timeout 10 "$SIGNET" inspect --asn1 folder >out 2>err
is "$? $(wc -c <err)" '0 0' 'a folder'
is "$(sed -n 's/^==> \(.*\) <==$/\1/p' out | tr '\n' ' ')" \
    'a.sip b.der c.pem empty h.hex k.pem manifest pipe sub ' \
    'each file, headed, in order'
# of NAME: what stands below its head
of() {
	sed -n "/^==> $1 <==/,/^==> /p" out | sed '/^==> /d'
}
is "$(of b.der)" "$(cat der.out)" 'with its parse'
is "$(of manifest) $(of empty)" "$(printf '%s %s' \
    "$(of manifest)" "$(of manifest)")" 'an empty file is as little'
like "$(of manifest)" '^\(this is not a SIP message, CMS content or cert' \
    'what is none of it is said in a line'
is "$(of sub)$(of pipe)" '(this is not a regular file)(this is not a regular file)' \
    'folders and pipes too'
is "$(of k.pem)" '(PRIVATE KEY: not shown)' 'a key is not shown'
shows cms.der cert.pem
is "$? $(grep -c '^==> ' out)" '0 2' 'several files are headed'

# --- what is wrong

head -c 200 cms.der >cut.der
shows cut.der
is "$? $(ours <out | head -3 | tr '\n' ' ')" '65 0 4 15 ' \
    'a cut DER goes as far as it can'
like "$(cat err)" '^signet: cut.der is broken' 'and is called broken'
cp cut.der folder/
shows folder
is "$?" 65 'in a folder too'
head -n 4 cert.pem >cut.pem
shows cut.pem
is "$? $(cat out)" '65 (this PEM is cut short)' 'a cut PEM'
head -c 400 message.sip >cut.sip
shows cut.sip
is "$?" 65 'a cut message'
{ cat message.sip; echo rubbish; } >more.sip
shows more.sip
is "$? $(grep -c 'byte [0-9]* are not a SIP message' out)" '65 1' \
    'rubbish behind a message'
shows folder/manifest
is "$?" 65 'a file that is none of it'
like "$(cat err)" 'manifest: this is not a SIP message' 'says so'
openssl pkcs8 -topk8 -nocrypt -in key.pem -outform DER -out key.der
shows key.der
is "$? $(wc -c <out)" '65 0' 'a key as DER is not shown'
shows nothere
is "$?" 66 'a file that is not there'
shows --json cms.der
is "$?" 64 'no --json'
"$SIGNET" inspect --asn1 >out 2>err
is "$?" 64 'no file at all'
"$SIGNET" inspect folder >out 2>err
is "$?" 66 'without --asn1 a folder is none'
"$SIGNET" inspect --json message.sip 2>err | json signature >out
is "$(cat out)" untrusted '--json alone is what it was'
printf '\033[31m' >folder/"$(printf 'x\033y')"
shows folder
is "$(grep -c "$(printf '\033')" out)" 0 'names are made harmless'
finish
