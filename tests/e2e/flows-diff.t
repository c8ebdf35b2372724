#!/bin/sh
# signet flows --diff: where two saved folders differ, a line each.
. "${SRCDIR:?}/tests/e2e/lib.sh"
cd "$scratch" || exit 1
vectors=$SRCDIR/tests/vectors/sec-flows

save() {
	timeout 60 "$SIGNET" "$@" >/dev/null 2>err
}

# differ STATUS LINES NAME [A B]: what is said of two folders, one and other
differ() {
	timeout 60 "$SIGNET" flows --diff "${4:-one}" "${5:-other}" \
	    >out 2>err
	is "$?" "$1" "$3: status $1"
	is "$(cat out)" "$2" "$3: lines"
}

# again: other is what one is
again() {
	rm -rf other
	cp -R one other
}

# edit FILE PERL: a file of other
edit() {
	perl -0777 -pi -e "$2" "other/$1"
}

# --- the same --------------------------------------------------------------------

save flows --seed one --save one 6.1 6.3
is $? 0 "flows are saved"
differ 0 "" "a folder and itself" one one
again
rm other/manifest other/flows.tgz.b64
differ 0 "" "a folder without manifest and archive"

# --- fields ------------------------------------------------------------------------

file=6.1-request.sip
again
edit $file 's/^User-Agent:[^\n]*\n//m'
differ 1 "$file: User-Agent: \"$("$SIGNET" --version | sed 's, ,/,')\" | none" \
    "a field removed"
again
edit $file 's/^User-Agent:/Subject: x\r\nUser-Agent:/m'
differ 1 "$file: Subject: none | \"x\"" "a field added"
again
edit $file 's/^(To:[^\n]*\n)(From:[^\n]*\n)/$2$1/m'
differ 1 "$file: order of fields: \"To, From\" | \"From, To\"" \
    "two fields in another order"
again
edit $file 's/^Call-ID: /i:/m'
like "$(timeout 60 "$SIGNET" flows --diff one other)" \
    "^$file: Call-ID: form of the line: \"Call-ID: .*\" \\| \"i:.*\"\$" \
    "a compact form is the same field"
again
edit $file 's/;branch=[^;\r]*/;branch=z9hG4bKother/; s/;rport//'
branch=$(sed -n 's/^Via:.*;branch=\([^;]*\);.*/\1/p' one/$file)
differ 1 "$file: Via: branch: \"$branch\" | \"z9hG4bKother\"
$file: Via: rport: \"\" | none" "parameters"
again
edit $file 's/^Subject.*\n//mg; s/70\r/\x1b[7m\r/'
differ 1 "$file: Max-Forwards: \"70\" | \"\\u{1B}[7m\"" \
    "nothing touches the terminal"

# --- parts and values -----------------------------------------------------------------

again
edit $file 's/\r\nhello\r\n/\r\nhullo\r\n/'
differ 1 "$file: part 1: content: \"hello\" | \"hullo\"" "a part changed"
again
edit $file 's/(hello\r\n)(--[0-9a-f]+\r\n)/$1$2Content-Type: text\/plain\r\n\r\nx\r\n$2/; s/^(Content-Length: )(\d+)/$1.($2+67)/me'
like "$(timeout 60 "$SIGNET" flows --diff one other)" \
    "^$file: part 3: only in other\$" "a part more"
again
edit 6.1-blob1.der 's/\x17\x0d060625/\x17\x0d070625/'
differ 1 "6.1-blob1.der: 159 | 159: signingTime: UTCTime: \
25/06/2006 00:00:00 GMT | 25/06/2007 00:00:00 GMT" "a value changed"
again
edit $file 's/\x17\x0d060625/\x17\x0d070625/'
differ 1 "$file: part 2: blob 1: 159 | 159: signingTime: UTCTime: \
25/06/2006 00:00:00 GMT | 25/06/2007 00:00:00 GMT" "a value of a message's"
again
# An INTEGER 5 behind the version: three bytes more, in four lengths.
edit 6.1-blob1.der 'substr($_, 26, 0) = "\x02\x01\x05";
	for my $at (2, 17, 21) {
		substr($_, $at, 2) = pack "n", 3 + unpack "n", substr $_, $at, 2;
	}'
differ 1 "6.1-blob1.der: none | 26: signedData: INTEGER: 5, only in other" \
    "a value inserted, and no more"
again
edit 6.1-blob1.der '$_ = substr $_, 0, 400'
differ 65 "6.1-blob1.der: 498 bytes | 400 bytes, from byte 400 on" "half a blob"
is "$(cat err)" "signet: other/6.1-blob1.der: broken ASN.1" "half a blob: words"

# --- certificates ----------------------------------------------------------------------

again
cp "one/user_cert_kumiko@example.net.pem" "other/user_cert_fluffy@example.com.pem"
timeout 60 "$SIGNET" flows --diff one other >out
is "$(sed -n 1p out)" "user_cert_fluffy@example.com.pem: subject: \
\"CN = fluffy@example.com\" | \"CN = kumiko@example.net\"" \
    "somebody else's certificate: its subject"
is "$(grep -c '^user_cert_fluffy@example.com.pem: ' out)" "$(grep -c . out)" \
    "and nothing of other files"
is "$(sed -n 's/.*: subjectAltName: //p' out)" \
    "[6]: 'sip:fluffy@example.com' | 'sip:kumiko@example.net'
[6]: 'im:fluffy@example.com' | 'im:kumiko@example.net'
[6]: 'pres:fluffy@example.com' | 'pres:kumiko@example.net'" "and its extensions"
again
openssl genrsa 2048 >"other/user_key_kumiko@example.net.pem" 2>/dev/null
differ 1 "user_key_kumiko@example.net.pem: the private keys differ" \
    "a private key is not shown"

# --- two runs ---------------------------------------------------------------------------

# kinds: what differs, without the values
kinds() {
	sed -n 's/^\([^ ]*.sip: [A-Z][A-Za-z-]*:\( [a-z]*:\)\{0,1\}\).*/\1/p' out |
	    sort -u
}
save flows --seed one --save second 6.1 6.3
timeout 60 "$SIGNET" flows --diff one second >out
is "$? $(kinds | tr '\n' ' ')" "1 6.1-request.sip: Via: 6.1-response.sip: \
Via: 6.1-response.sip: Via: rport: 6.3-request.sip: Via: 6.3-response.sip: \
Via: 6.3-response.sip: Via: rport: " "one seed: the port is chance"
is "$(sed -n 's/^6.3-blob4.der: [0-9]* | [0-9]*: \([^:]*: [A-Z ]*\):.*/\1/p' out)" \
    "signedData: INTEGER
messageDigest: OCTET STRING
signedData: OCTET STRING" "one seed: serial number, digest, signature"
save flows --seed two --save third 6.1
rm one/6.3-*
timeout 60 "$SIGNET" flows --diff one third >out
is "$? $(kinds | grep request)" "1 6.1-request.sip: Call-ID:
6.1-request.sip: Content-Type: boundary:
6.1-request.sip: From: tag:
6.1-request.sip: Via:
6.1-request.sip: Via: branch:" "two seeds: and names, but no time"
save --keys "$vectors" --legacy flows --save draft 5.2 6.1
save --keys "$vectors" --legacy flows --save draft2 5.2 6.1
differ 0 "" "the draft's messages twice" draft draft2

# --- files ----------------------------------------------------------------------------

again
rm other/6.1-blob1.der
echo x >other/notes
differ 1 "6.1-blob1.der: only in one
notes: only in other" "a file in one alone"
again
mkdir one/6.1-keys other/6.1-keys
echo x >one/6.1-keys/a
echo y >other/6.1-keys/a
differ 1 '6.1-keys/a: "x\u{A}" | "y\u{A}"' "a file of NAME-keys"
rm -r one/6.1-keys
again
for name in $file "user_cert_fluffy@example.com.pem" 6.1-blob1.der; do
	head -c 3000 /dev/urandom >"other/$name"
done
timeout 60 "$SIGNET" flows --diff one other >out 2>err
is "$? $(LC_ALL=C grep -c '[^ -~]' out err)" "65 out:0
err:0" "garbage is broken data, and shown harmless"
like "$(cat err)" "^signet: other/$file: not a SIP message: " "garbage: words"
again
rm other/6.1-blob1.der
mkfifo other/6.1-blob1.der
ln -s /etc/passwd other/passwd
differ 66 "6.1-blob1.der: only in one" "a FIFO and a symbolic link"
is "$(sort err)" "signet: other/6.1-blob1.der is neither a regular file nor a \
folder NAME-keys; it is not compared
signet: other/passwd is neither a regular file nor a folder NAME-keys; it is \
not compared" "a FIFO and a symbolic link: words"
again
head -c 16777217 /dev/zero >other/notes
cp other/notes one/notes
differ 66 "" "a file that is too large"
rm one/notes
again
for name in other/user_cert_*.pem; do
	sed -i '3s/./%/' "$name"
done
timeout 60 "$SIGNET" flows --diff one other >out 2>err
is "$? $(grep -c 'broken PEM' err) $(cat out)" "65 $(ls other/user_cert_*.pem |
    wc -l) " "each broken PEM is told of as that, and as nothing else"
again
sed -i '1s/-----$//' other/user_key_*.pem
timeout 60 "$SIGNET" flows --diff one other >out 2>err
like "$(cat out)" 'user_key.*the private keys differ' \
    "a private key whose first line is broken is told of"
is "$(grep -c "$(sed -n 2p one/user_key_*.pem | cut -c 1-20)" out)" 0 \
    "and not shown"
differ 66 "" "a folder that is not there" one nowhere
is "$(cat err)" "signet: nowhere cannot be read: No such file or directory" \
    "a folder that is not there: words"
differ 66 "" "a file for a folder" one/manifest one
finish
