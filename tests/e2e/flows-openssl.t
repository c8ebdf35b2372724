#!/bin/sh
# Folders of flows between signet and the openssl command: what either makes,
# the other finds good, and wrong when a byte of it was changed.
. "${SRCDIR:?}/tests/e2e/lib.sh"
cd "$scratch" || exit 1
mkdir tmp
TMPDIR=$scratch/tmp
export TMPDIR

# check FOLDER: status, and how many are wrong
check() {
	sh "$SRCDIR/tests/openssl-check.sh" "$1" >out 2>err
	echo "$? $(grep -c '^WRONG' out)"
}

# --- openssl makes ------------------------------------------------------------------

sh "$SRCDIR/tests/openssl-make.sh" theirs >out 2>err
is "$? $(cat out err)" "0 " "openssl makes a folder"
is "$(check theirs)" "0 0" "and finds it good"
is "$(grep -c '^good  6' out)" 4 "two signatures and two encrypted contents"
cp -R theirs kept
for flow in 6.1 6.2 6.3; do
	timeout 60 "$SIGNET" -k kept inspect kept/$flow-request.sip \
	    >$flow.out 2>err
	is $? 0 "signet takes $flow"
	is "$(sed -n 's/^| //p' $flow.out)" "Hello from openssl." \
	    "$flow: what it says"
done
like "$(cat 6.1.out)" \
    'signature good by fluffy@example.com \(sha-256\), encryption none' \
    "6.1 is signed"
like "$(cat 6.2.out)" 'signature none, encryption opened \(aes-128-cbc\)' \
    "6.2 is encrypted"
like "$(cat 6.3.out)" 'signature good by fluffy@example.com \(sha-256\) over the ciphertext, encryption opened' \
    "6.3 is encrypted, then signed"
timeout 60 "$SIGNET" flows --replay theirs >out 2>err
is $? 0 "signet replays the folder"

# --- signet makes ------------------------------------------------------------------

timeout 60 "$SIGNET" flows --save ours 6.1 6.2 6.3 >/dev/null 2>err
is $? 0 "signet makes a folder"
is "$(check ours)" "0 0" "openssl finds it good"
is "$(grep -c '^good  6' out)" 4 "two signatures and two encrypted contents"
timeout 60 "$SIGNET" flows --diff ours theirs >out 2>err
is "$? $(cat err)" "1 " "what the two do differently can be said"
like "$(cat out)" \
    '^6.1-request.sip: part 1: Content-Transfer-Encoding: "binary" | "7bit"' \
    "down to a part's field"

# manifest: of changed, made anew
manifest() {
	(cd changed && openssl dgst -sha256 -r $(sed 's/^[^ ]*  //' manifest) |
	    sed 's/ \*/  /' >new && mv new manifest)
}

# change FILE PERL WRONG NAME: that is what openssl says then
change() {
	rm -rf changed
	cp -R ours changed
	perl -0777 -pi -e "$2" "changed/$1"
	is "$(cmp -s "ours/$1" "changed/$1"; echo $?)" 1 "$4 is changed"
	is "$(check changed | cut -d' ' -f1) $(grep '^WRONG' out |
	    grep -c "digest of $1")" "1 1" "$4: the digest tells"
	manifest
	is "$(check changed | cut -d' ' -f1)" 1 "$4: so does the signature or the encryption"
	is "$(grep '^WRONG' out)" "WRONG $3" "$4: that one alone"
}
change 6.1-blob1.der 'substr($_, -1) ^= "\1"' \
    "6.1: fluffy's signature over the first part" "a signature"
change 6.2-blob2.der 'substr($_, 150, 1) ^= "\1"' \
    "6.2: encrypted for kumiko" "an encrypted content"
change 6.1-request.sip 's/\r\nhello\r\n/\r\nhullo\r\n/' \
    "6.1: fluffy's signature over the first part" "a text"
change "user_cert_fluffy@example.com.pem" \
    's/(.{40}\n-----END)/my $x = $1; $x =~ tr,A-Za-z,B-ZAb-za,; $x =~ s!-----.*!-----END!; $x/e' \
    "6.1: fluffy's signature over the first part
WRONG 6.3: fluffy's signature over the first part" "a certificate"
is "$(ls tmp)" "" "nothing is left behind"
finish
