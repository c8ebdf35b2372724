#!/bin/sh
# What is tried again, how, and what is told of it: redirections, challenges,
# waiting, and a 482 after another try.
. "${SRCDIR:?}/tests/e2e/lib.sh"

mkdir -m 700 "$scratch/keys"
echo geheim-und-lang >"$scratch/password"
chmod 600 "$scratch/password"
challenge='Digest realm="example.com",algorithm=SHA-256,qop="auth",nonce='
n=0
# run NAME PROTO OPTIONS.. -- WORDS..: sends to bob by a proxy that answers so;
# the status is in rc, and what it got in the file $log
run() {
	n=$((n + 1)) name=$1 proto=$2 log=$scratch/log.$n options=
	shift 2
	while [ "$1" != -- ]; do
		options="$options $1"
		shift
	done
	shift
	perl "$SRCDIR/tests/answers.pl" "$proto" "$scratch/port.$n" "$log" \
	    "$@" &
	peer=$!
	pids="$pids $peer"
	wait_for . "$scratch/port.$n"
	# shellcheck disable=SC2086
	"$SIGNET" -k "$scratch/keys" -a sip:alice@example.com --json \
	    --password-file "$scratch/password" --trace "$scratch/trace.$n" \
	    -P "sip:127.0.0.1:$(cat "$scratch/port.$n");transport=$proto" \
	    $options send "${to:-sip:bob@example.com}" hello \
	    >"$scratch/out" 2>"$scratch/err" </dev/null
	rc=$?
	kill "$peer"
	ends "$peer" 2>/dev/null
}
# each FIELD: its values in the requests, in one line
each() {
	sed -n "s/^$1\(.*\).\$/\1/p" "$log" | tr '\n' ' '
}
# different FIELD: how many values of it there are
different() {
	sed -n "s/^$1\(.*\).\$/\1/p" "$log" | sort -u | wc -l
}

# --- who gets a password ------------------------------------------------------

to=sip:mallory@evil.example
run stranger tcp -- "401 No|WWW-Authenticate: $challenge\"n1\"" '200 OK'
is "$rc $(grep -c '^== ' "$log")" '77 1' \
    "a 401 of who is called elsewhere is not answered, through our proxy either"
to=sip:bob@example.com
run home tcp -- "401 No|WWW-Authenticate: $challenge\"n1\"" '200 OK'
is "$rc $(grep -c '^Authorization: ' "$log")" '0 1' \
    "a 401 in our own domain is answered"
is "$(grep -c 'response="\.\.\.",' "$scratch/trace.$n")" 1 \
    "its digest is not in the trace"
run two tcp -- "401 No|WWW-Authenticate: Digest realm=\"other.test\",nonce=\"o\", \
$challenge\"n1\"" '200 OK'
is "$rc $(grep -c '^Authorization: .*SHA-256' "$log")" '0 1' \
    "two challenges in one field are both read"
run proxy tcp -- "407 No|Proxy-Authenticate: $challenge\"n1\"" '200 OK'
is "$rc $(grep -c '^Proxy-Authorization: .*nc=00000001' "$log")" '0 1' \
    "a 407 of our proxy is answered"
like "$(each 'CSeq: ')" '^1 MESSAGE 2 MESSAGE' "with the next CSeq"

# --- fields that nobody needs ---------------------------------------------------

for field in 'Date: Tue Aug  2 15:34:33 2022' 'Allow: INVITE, MESSAGE,' \
    'Supported: path,' "Server: Telefon-B$(printf '\374')ro" \
    'Contact: <sip:bob@pbx_dev:5060>' 'Contact: <sip:a@1af019b2ba08:5060>' \
    'MIME-Version: 1.0 (by gw)' 'Expires: never' 'Reply-To: <'; do
	run odd tcp -- "200 OK|$field"
	is "$rc" 0 "a 200 with $field is taken"
done
run told tcp -- '200 OK|Date: Tue Aug  2 15:34:33 2022'
like "$(cat "$scratch/trace.$n")" 'ignored, since it is malformed: Date' \
    "the trace tells of what is ignored"
run twice udp --expires 2 -- '200 OK|Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKx'
is "$rc" 75 "a response with another Via is for somebody else"

# --- redirections ---------------------------------------------------------------

run redirected tcp -- '302 Moved|Contact: <sip:bob2@example.com>' '200 OK'
is "$rc $(different 'Call-ID: ') $(different 'Via: ')" '0 1 2' \
    "a redirection is the same message in another transaction"
like "$(each 'MESSAGE ')" '^sip:bob@[^ ]* SIP/2.0 sip:bob2@example.com' \
    "to the contact"
run repeated udp -- 'twice 302 Moved|Contact: <sip:bob2@example.com>' \
    '200 OK'
is "$rc" 0 "a 302 that comes twice does not end what was redirected"
run moved_on tcp --expires 30 -- \
    '302 Moved|Contact: <sip:bob2@example.com>' '480 Away' '200 OK'
is "$rc" 0 "who is not at the contact is waited for"
like "$(each 'MESSAGE ')" 'sip:bob2@[^ ]* SIP/2.0 sip:bob@example.com' \
    "and asked for at the first address again"

# --- waiting ---------------------------------------------------------------------

run waits tcp --expires 30 -- '480 Away' '200 OK'
is "$rc $(different 'Call-ID: ') $(different 'Via: ')" '0 1 2' \
    "with --expires a 480 is tried again, as another transaction"
run patient tcp --expires 30 -- '503 Busy|Retry-After: 2' '200 OK'
is "$rc" 0 "a 503 is tried again when its Retry-After is over"
run impatient tcp -- '503 Busy|Retry-After: 2'
is "$rc $(json status <"$scratch/out")" '75 503' \
    "without --expires it is the end"
run expired tcp --expires 1 -- '480 Away'
is "$rc $(json status <"$scratch/out") $(json phrase <"$scratch/out")" \
    '75 480 Away' "what expires tells the last answer"
run old_nonce tcp --expires 30 -- "401 No|WWW-Authenticate: $challenge\"n1\"" \
    '480 Away' "401 No|WWW-Authenticate: $challenge\"n2\"" '200 OK'
is "$rc" 0 "a nonce that grew old while it waited is no refused password"

# --- 482 -----------------------------------------------------------------------------

run cut tcp --expires 30 -- close '482 Loop Detected'
is "$rc" 0 "482 after a connection that was lost: the first got there"
run timed_out tcp --expires 30 -- '408 Timeout' '482 Loop Detected'
is "$rc" 0 "482 after a 408: the first got there"
run refused tcp --expires 30 -- '503 Busy' '482 Loop Detected'
is "$rc $(json status <"$scratch/out")" '69 482' \
    "482 after a 503, which took nothing: a loop"
run loop tcp -- '482 Loop Detected'
is "$rc" 69 "482 at once: a loop"
finish
