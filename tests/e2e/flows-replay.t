#!/bin/sh
# signet flows --save and --replay: what a saved folder holds, and that nothing
# wrong in one goes unseen.
. "${SRCDIR:?}/tests/e2e/lib.sh"
cd "$scratch" || exit 1
vectors=$SRCDIR/tests/vectors/sec-flows

flows() {
	timeout 60 "$SIGNET" flows "$@" >out 2>err
}

# again: the manifest of bad, made anew
again() {
	(cd bad && find . -type f ! -name manifest ! -name flows.tgz.b64 |
	    sed 's|^\./||' | sort | xargs sha256sum >manifest)
}

# spoil: bad is a copy of good
spoil() {
	rm -rf bad
	cp -r good bad
}

# wrong STATUS PATTERN NAME: what --replay says of bad, which it doubts
wrong() {
	flows --replay bad
	is $? "$1" "$3: status $1"
	like "$(cat out err)" "$2" "$3: words"
}

# --- what is saved ---------------------------------------------------------------

flows --seed x --save good 5.2 6.1 6.2 6.3 gcm p256 8.2 8.10
is "$? $(cat err)" "0 " "flows are saved"
is "$(ls good | tr '\n' ' ')" "5.2-request.sip 5.2-response.sip 6.1-blob1.der \
6.1-request.sip 6.1-response.sip 6.2-blob2.der 6.2-request.sip \
6.2-response.sip 6.3-blob3.der 6.3-blob4.der 6.3-request.sip 6.3-response.sip \
8.10-keys 8.2-blob1.der 8.2-keys 8.2-request.sip 8.2-response.sip \
domain_cert_example.com.pem domain_cert_example.net.pem flows.tgz.b64 \
gcm-blob1.der gcm-request.sip gcm-response.sip manifest p256-blob1.der \
p256-keys p256-request.sip p256-response.sip root_cert_sipit.pem \
user_cert_fluffy@example.com.pem user_cert_kumiko@example.net.pem \
user_key_kumiko@example.net.pem " "by these names"
(cd good && sha256sum --quiet -c manifest) >sums 2>&1
is "$? $(cat sums)" "0 " "sha256sum takes the manifest"
mkdir unpacked
openssl base64 -d -in good/flows.tgz.b64 | tar xzf - -C unpacked
rm -f good/none
is "$(diff -r good unpacked | grep -v 'Only in good: flows.tgz.b64')" "" \
    "the archive is the folder"
is "$(stat -c %a good/user_key_kumiko@example.net.pem)" 600 \
    "a private key is its owner's"
cmp good/6.3-blob4.der good/6.1-blob1.der >/dev/null
is $? 1 "each blob is its own"
is "$(openssl pkcs7 -in good/6.1-blob1.der -inform DER -noout >/dev/null 2>&1;
    echo $?)" 0 "a blob is DER"
"$SIGNET" inspect --at 2006-06-25T00:00:00Z -k good good/6.3-request.sip >seen
like "$(cat seen)" 'signature good .*encryption opened' \
    "the folder is a key store"
mkdir full && : >full/x
flows --save full 5.2
is $? 73 "nothing is saved where something is"
is "$(ls full)" x "and that stays"
mkdir there
flows --save there 5.2
is $? 0 "an empty folder is taken"
flows --save more --keys "$vectors" --legacy 6.1 9.9
is "$? $(ls more 2>&1 | grep -c sip)" "64 0" "what fails saves nothing"
flows --save twice 5.2 5.2
is "$(test $? -ne 0; echo $?) $(ls twice 2>/dev/null)" "0 " \
    "two flows of one name are not one"

# --- what is checked again ---------------------------------------------------------

flows --replay good
is "$? $(cat err)" "0 " "what was saved is good"
is "$(grep -c '^good ' out)" 21 "each answer, blob and message of it"
like "$(tail -n 1 out)" '^[0-9]+ files, 7 messages: all as expected$' \
    "which is said"
like "$(grep 8.2-request out)" 'identity-mismatch.*answered 437' \
    "what was refused is refused again"
cp -r good moved && rm moved/flows.tgz.b64
flows --replay moved
is $? 0 "the archive may be missing"
sed -i 's/  / */' moved/manifest
flows --replay moved
is $? 0 "sha256sum's binary form is taken"
flows --keys "$vectors" --legacy --save draft 5.2 6.1 6.2 6.3
flows --legacy --replay draft
is $? 0 "the draft's own are good"
like "$(grep 6.2-request out)" '^- .*private key .*--keys' \
    "but what is encrypted is not decrypted without a key"
like "$(tail -n 1 out)" '0 wrong, 2 not decrypted' "which is said"
is "$(grep -c 'takes such' out)" 0 "with --legacy nothing is weak"
flows --legacy --replay draft --keys "$vectors"
is "$? $(grep -c 'encryption opened' out)" "0 2" "with --keys it is"
flows --replay draft
is $? 77 "without --legacy they are weak"
like "$(cat out)" '^WRONG 6.1-request.sip: .*weak.* \(--legacy accepts it\)' \
    "which is said, and what takes them"

# --- what is wrong ----------------------------------------------------------------------

spoil
printf x >>bad/6.1-blob1.der
wrong 65 '^WRONG 6.1-blob1.der: .*SHA-256' "a wrong sum"
spoil
head -c 100 good/6.1-blob1.der >bad/6.1-blob1.der
again
wrong 65 '^WRONG 6.1-blob1.der: .*(end|cut|short|more)' "a cut DER"
like "$(cat out)" '^WRONG 6.1-blob1.der: it differs from the message' \
    "which is not the message's"
spoil
printf 'tail' >>bad/6.1-blob1.der
again
wrong 65 '^WRONG 6.1-blob1.der' "DER with something behind it"
spoil
sed -i 's/^hello/jello/' bad/6.1-request.sip
again
wrong 77 '^WRONG 6.1-request.sip: .*tampered.*answered 200' "another text"
spoil
head -c 700 good/6.3-request.sip >bad/6.3-request.sip
again
wrong 65 '^WRONG 6.3-request.sip: this is not a SIP message' "a cut message"
spoil
cat good/5.2-request.sip good/5.2-request.sip >bad/5.2-request.sip
again
wrong 65 'something follows the message' "two messages in one file"
spoil
sed -i 's/^Call-ID: ./Call-ID: x/' bad/6.1-response.sip
again
wrong 65 "^WRONG 6.1-response.sip: its Call-ID is not" "another's answer"
spoil
sed -i '1s/200 OK/437 No/' bad/6.1-response.sip
again
wrong 77 '^WRONG 6.1-request.sip: .*good.*answered 437' \
    "a good signature that was refused"
spoil
sed -i '1s/437 .*/200 OK\r/' bad/8.2-response.sip
again
wrong 77 '^WRONG 8.2-request.sip: .*identity-mismatch.*answered 200' \
    "a bad one that was taken"
spoil
rm bad/6.3-blob4.der
wrong 65 '^WRONG 6.3-blob4.der: .*the file is missing' "a missing file"
again
wrong 65 '^WRONG 6.3-blob4.der: the message has it, but the file is missing' "which nobody names"
spoil
cp good/6.1-blob1.der bad/6.1-blob2.der
again
wrong 65 '^WRONG 6.1-blob2.der: no message has this content' "a blob too many"
spoil
cp good/5.2-response.sip bad/5.2-request.sip
again
wrong 65 '^WRONG 5.2-request.sip: this is not a request' "an answer for a request"
spoil
: >bad/6.1-request.sip
again
wrong 65 '^WRONG 6.1-request.sip: this is not a SIP message' "an empty file"
spoil
: >bad/extra
flows --replay bad
is $? 0 "what the manifest does not name is no fault"
like "$(cat out)" '^- +extra: the manifest does not name it' "and told of"
like "$(tail -n 1 out)" 'all as expected, 1 not named$' "and counted"

# --- what nobody vouches for, and nothing is judged by ---------------------------

root . other
mkdir tmp
TMPDIR=$scratch/tmp
export TMPDIR
spoil
sed -i '/  root_cert_sipit/d' bad/manifest
wrong 77 '^WRONG 6.1-request.sip: .*untrusted' "a root that is not named"
like "$(tail -n 1 out)" ' wrong, 0 not decrypted, 1 not named$' "which is counted"
spoil
cp root_cert_other.pem bad/root_cert_sipit.pem
wrong 65 '^WRONG 6.1-request.sip: .*untrusted' "a root that is another"
spoil
sed -i '/user_key_/d' bad/manifest
flows --replay bad
is $? 0 "a private key that is not named"
like "$(grep 6.2-request out)" '^- .*private key' "opens nothing"
spoil
mv bad/8.2-keys elsewhere
ln -s ../elsewhere bad/8.2-keys
wrong 65 '^WRONG 8.2-keys/[^ ]*: .*the file is missing' "a link for a folder of keys"
like "$(grep 8.2-request out)" 'good .*answered 437' "which is not followed"
is "$(grep -c 'manifest does not' out)" 0 "but named it is"
spoil
cp -r bad/8.2-keys bad/6.1-keys
flows --replay bad
is $? 0 "keys of a flow that are not named are not its keys"
like "$(tail -n 1 out)" 'expected, [1-9][0-9]* not named$' "but counted"
spoil
sed -i 's/^.\{64\}\(  8.2-keys\)/'"$(printf '%064d' 0)"'\1/' bad/manifest
wrong 65 '^good  8.2-request.sip: .*unknown-signer.*answered 437' \
    "keys that are all others are not a flow's"
spoil
sed 1q good/manifest >>bad/manifest
wrong 65 'manifest: line [0-9]+ names 5.2-request.sip again' \
    "a file that is named twice"
spoil
: >bad/manifest
wrong 66 'bad holds no flow: its manifest names no NAME-request.sip' \
    "a manifest of nothing"
is "$(cat out)" "" "which says no more"
is "$(ls tmp)" "" "nothing is left behind"

# --- what leads out of the folder, and what is no folder -------------------------

sum=$(sha256sum <good/manifest | cut -d' ' -f1)
for name in ../good/manifest /etc/passwd 8.2-keys/../manifest a/b/c .hidden \
    'a b' "$(printf 'x\033[2Jy')" ''; do
	spoil
	printf '%s  %s\n' "$sum" "$name" >>bad/manifest
	flows --replay bad
	is $? 65 "a manifest that names \"$name\" is refused"
done
like "$(cat err)" 'manifest: line [0-9]+ is not a SHA-256' "by its line"
spoil
rm bad/6.1-blob1.der
ln -s ../good/6.1-blob1.der bad/6.1-blob1.der
wrong 65 '^WRONG 6.1-blob1.der: .*the file is missing' "a link"
is "$(grep 'manifest does not' out)" "" "but named it is"
spoil
mv bad/manifest elsewhere.manifest
ln -s ../elsewhere.manifest bad/manifest
wrong 66 'bad is not a folder of flows: it has no manifest' "a linked manifest"
spoil
rm bad/6.1-blob1.der
mkfifo bad/6.1-blob1.der
wrong 65 '^WRONG 6.1-blob1.der: .*the file is missing' "a FIFO"
spoil
echo nonsense >bad/manifest
wrong 65 'manifest: line 1' "a manifest that is none"
spoil
rm bad/manifest
wrong 66 'bad is not a folder of flows: it has no manifest' "no manifest"
rm -rf bad
wrong 66 'bad is not a folder of flows' "no folder"

finish
