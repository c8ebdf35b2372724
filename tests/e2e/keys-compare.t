#!/bin/sh
# Certificates are compared: comparison words, QR codes that a scanner reads, and
# `keys check` for what it read. What is verified is told by `keys list`.
. "${SRCDIR:?}/tests/e2e/lib.sh"
cd "$scratch" || exit 1
LC_ALL=C.UTF-8

alice=alice@example.com bob=bob@example.net
friends a $alice b $bob

# fingerprint FILE: in upper case
fingerprint() {
	openssl x509 -in "$1" -noout -fingerprint -sha256 |
	    sed 's/.*=//; s/://g'
}

# at FOLDER ACTION..: what a person whose keys are there sees
at() {
	_k=$1
	shift
	"$SIGNET" -k "$_k" keys "$@" </dev/null 2>err
}

# check STATUS FOLDER TEXT NAME: one line, and nothing is changed
check() {
	_before=$(cat "$2"/* | cksum)
	at "$2" check "$3" >out
	is $? "$1" "$4: status $1"
	is "$(cat out err | wc -l | tr -d ' ')" 1 "$4: one line"
	is "$(cat "$2"/* | cksum)" "$_before" "$4: nothing is changed"
}

# --- words ------------------------------------------------------------------------

at a show $bob -a sips:$alice >a.out
is $? 0 "keys show of somebody else"
at b show $alice -a sips:$bob >b.out
words() {
	sed -n 's/^.\{34\}   \([A-Za-z]* .*\)/\1/p' "$1" | tail -n 4
}
is "$(words a.out | wc -w | tr -d ' ')" 16 "has sixteen words"
is "$(words a.out)" "$(words b.out)" "the same on both sides"
at a show $alice -a sips:$alice >out
is "$(words out)" '' "there are none for oneself"
at a show $bob >out
is "$? $(words out)" '0 ' "nor without an address of mine"

# --- codes ------------------------------------------------------------------------

text="sip:$alice;cert-sha256=$(fingerprint alice.pem)"
at a show $alice --qr >code
is $? 0 "keys show --qr"
is "$(tail -n 1 code)" "$text" "the text stands below"
is "$(wc -l <code | tr -d ' ')" 24 "a code has room in 80x24"
LC_ALL=C at a show $alice --qr >signs
is "$(sed '$d' signs | tr -d '# \n' | wc -c | tr -d ' ')" 0 \
    "ASCII where there is no UTF-8"
at a show --qr testCA >out
like "$? $(cat err)" '^65 .*no person' "only a person has a code"
at a show --qr nobody@example.org >out
is $? 78 "whose certificate is here"
long=$(printf '%0150d' 0)@example.org
at a new "$long" -q && at a show --qr "$long" >long
is "$?" 0 "a long address has a larger one"
if command -v zbarimg >/dev/null; then
	for code in code signs long; do
		perl "$SRCDIR/tests/qr.pl" <$code >$code.pgm
		read=$(zbarimg -q --raw $code.pgm 2>/dev/null)
		is "$read" "$(tail -n 1 $code)" "a scanner reads it ($code)"
	done
	zbarimg -q --raw code.pgm 2>/dev/null | "$SIGNET" -k b keys check - >out
	is "$? $(cat out)" "0 $alice: the same certificate as here" \
	    "and it is checked from standard input"
else
	echo "# zbarimg is not installed (configure --install-deps=test):" \
	    "no scanner has read the codes"
fi

# --- keys check -------------------------------------------------------------------

check 0 b "$text" 'the same'
is "$(cat out)" "$alice: the same certificate as here" "it says so"
check 0 b " $text
" 'white space around'
check 0 b "$(echo "$text" | sed 's/=.*/\L&/; s/sip:/sips:/')" 'lower case, sips'
check 0 a "$text" "one's own"
at b check -q "$text" >out
is "$? $(wc -c <out | tr -d ' ')" '0 0' "-q is quiet"
other="sip:$alice;cert-sha256=$(fingerprint bob.pem)"
check 77 b "$other" 'another certificate'
like "$(cat err)" "^signet: NOT THE SAME: .*$alice" "it says so"
check 77 b "$text/$(fingerprint bob.pem)" 'one more certificate'
check 78 b "sip:eve@example.com;cert-sha256=$(fingerprint bob.pem)" 'nobody here'
check 65 b 'hello' 'another text'
check 65 b "$text
more" 'two lines'
check 65 b "${text%?}" 'a digit less'
check 65 b "$(printf 'sip:\033[2J@h;cert-sha256=%s' \
    "$(fingerprint bob.pem)")" 'a hostile text'
is "$(tr -d '\n' <err | LC_ALL=C tr -d '[:print:]')" '' "whose controls stay out"
at b check >out
is $? 64 "without a text"

# Two certificates of one person are one code.
mkdir -m 700 two
for use in sign encrypt; do
	[ $use = sign ] && usage=digitalSignature file=two/user_cert_$bob.pem ||
	    usage=keyAgreement file=two/user_cert_$bob+encrypt.pem
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
	    -keyout key.pem -out "$file" -subj /CN=bob -days 30 \
	    -addext "subjectAltName=URI:sip:$bob" \
	    -addext "keyUsage=critical,$usage" 2>/dev/null
done
both=$(printf '%s\n' "$(fingerprint "two/user_cert_$bob.pem")" \
    "$(fingerprint "two/user_cert_$bob+encrypt.pem")" | LC_ALL=C sort |
    paste -s -d/ -)
at two show --qr $bob >code
is "$(tail -n 1 code)" "sip:$bob;cert-sha256=$both" "two certificates, sorted"
check 0 two "sip:$bob;cert-sha256=$both" 'two'
check 0 two "sip:$bob;cert-sha256=${both#*/}/${both%/*}" 'in another order'
check 77 two "sip:$bob;cert-sha256=${both%/*}" 'one of two'

# --- what is verified ---------------------------------------------------------------

# verified FOLDER: of the peer there
verified() {
	at "$1" list --json | grep '"kind":"peer"' | json verified
}

is "$(verified a)" 0 "a pin alone is not verified"
hex=$(fingerprint bob.pem | tr A-F a-f)
echo "sips:$bob verified=$hex name=Bob" >a/people
is "$(verified a)" 1 "what people says is"
is "$(at a list --json | grep '"kind":"user"' | head -n 1 | json verified)" \
    null "oneself is neither"
at a untrust $bob
is "$(verified a)" 0 "nor is what is not pinned"
at a trust --yes -q $bob
is "$(at a show --json $bob | json verified)" 1 "pinned again it is"
"$SIGNET" -q -k b keys new --force $bob </dev/null
"$SIGNET" -k b keys export $bob >bob2.pem
at a import -q --force bob2.pem && at a trust --yes -q $bob
is "$(verified a)" 0 "another pin is not verified"
echo 'rubbish' >a/people
is "$(verified a)" 0 "where people cannot be read, nobody is"
at a list --json >out
is "$? $(grep -c 'people line 1' err)" '0 1' "and a note says so"
finish
