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
printf 'sip:carol@localhost encrypt name=Carol\r\n' >"$k/people"
chmod 755 "$k"

client alice 200x60 -k "$k" -a sips:alice@localhost -l "tcp:$own:0"
listens alice
shows alice 'other users can read the key store' \
    'an open key store is told of in the log'
keys alice M-p
shows alice 'Carol *$' 'a contact of a line that ends with CR'
lacks alice 'Carol.*u.D' 'and it is no part of the name'
keys alice M-p
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

# raw TYPE DISPOSITION: a MESSAGE from bob with what is on standard input
raw() {
	perl -MIO::Socket::INET -e '
		my ($to, $type, $disposition, $id) = @ARGV;
		local $/;
		my $text = <STDIN>;
		my $s = IO::Socket::INET->new(PeerAddr => $to) or die "$!";
		my $n = length $text;
		$disposition = "Content-Disposition: $disposition\r\n"
		    if $disposition ne "";
		print $s "MESSAGE sip:alice\@localhost SIP/2.0\r\n",
		    "Via: SIP/2.0/TCP 127.0.0.1:9;branch=z9hG4bK$id\r\n",
		    "Max-Forwards: 70\r\n",
		    "From: <sip:bob\@localhost>;tag=t$id\r\n",
		    "To: <sip:alice\@localhost>\r\nCall-ID: $id\r\n",
		    "CSeq: 1 MESSAGE\r\nContent-Type: $type\r\n",
		    "${disposition}Content-Length: $n\r\n\r\n$text";
		$s->flush;
		my $answer = "";
		while ($answer !~ /\r\n\r\n/ && sysread($s, my $more, 4096)) {
			$answer .= $more;
		}
		print $answer =~ /^SIP\/2.0 (\d+)/ ? "$1\n" : "none\n"' \
	    "$own:$port" "$1" "$2" "$(openssl rand -hex 8)"
}

# signed TEXT: CMS of bob that holds it
signed() {
	printf 'Content-Type: text/plain\r\n\r\n%s' "$1" |
	    openssl cms -sign -binary -nodetach -outform DER \
	    -signer sign.pem -inkey sign.key
}

signed 'by the name' >cms
raw 'application/octet-stream;name=smime.p7m' '' <cms >status
is "$(cat status)" 200 'CMS with the name of its file is taken'
shows alice "$(row good).*by the name" 'and judged'
signed 'by disposition' >cms
raw application/octet-stream 'attachment;filename=smime.p7m' <cms >status
shows alice "$(row good).*by disposition" 'with the name in Content-Disposition too'
raw application/octet-stream '' <cms >status
is "$(cat status)" 415 'but not without a name'
printf '\357\273\277marked' | raw 'text/plain;charset=utf8' '' >status
shows alice '\| marked *$' 'a byte order mark is not shown, utf8 is read'
printf '%s\r\n' --x 'Content-Type: text/plain (plain);' \
    ' charset=us-ascii (of old)' 'Content-Transfer-Encoding:' ' base64' '' \
    Zm9sZGVk --x-- | raw 'multipart/mixed;boundary=x' '' >status
shows alice '\| folded *$' 'folds and comments in a part are read'
recipients=
i=0
while [ $i -lt 257 ]; do
	i=$((i + 1))
	recipients="$recipients encrypt.pem"
done
# shellcheck disable=SC2086
printf 'Content-Type: text/plain\r\n\r\nx' |
    openssl cms -encrypt -binary -outform DER -aes128 $recipients >cms
raw 'application/pkcs7-mime;smime-type=enveloped-data' '' <cms >status
is "$(cat status)" 493 'too many recipients are refused'
shows alice 'more than 256 recipients' 'and the reason is told'
say alice /quit
i=0
while [ $i -lt 50 ] && ! grep -q 'other users can' alice.err; do
	i=$((i + 1))
	sleep 0.1
done
like "$(cat alice.err)" 'other users can read the key store' \
    'and on standard error'
finish
