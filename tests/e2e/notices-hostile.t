#!/bin/sh
# Receipts, typing and introductions from strangers and forgers, at a client:
# each is answered, and nothing of it is shown or sent.
. "${SRCDIR:?}/tests/e2e/lib.sh"
. "$SRCDIR/tests/e2e/terminal.sh"

a=$scratch/a b=$scratch/b
friends "$a" alice@here.test "$b" bob@there.test
# bob takes everything: alice's texts to him are wrapped.
echo 'bob@there.test signs cpim receipts typing' >"$a/peers"
perl "$SRCDIR/tests/wire.pl" catch "$scratch/port" "$scratch/caught" &
catcher=$!
pids="$pids $catcher"
wait_for . "$scratch/port"
client alice 120x24 --no-history -k "$a" -a sip:alice@here.test \
    -l "tcp:$own:6001" --register no --sign --typing no \
    -P "sip:127.0.0.1:$(cat "$scratch/port");transport=tcp" \
    --trace "$scratch/trace"
listens alice
say alice "to: sip:bob@there.test"
say alice "my text"
shows alice "$(row delivered).*my text" "a text that asked for receipts"
wait_for imdn.Message-ID "$scratch/caught"
id=$(sed -n 's/\r$//; s/^imdn.Message-ID: //p' "$scratch/caught")
like "$id" '^[0-9a-f]{32}$' "(its Message-ID was on the wire)"

# comes FROM TYPE BODY: a request from FROM; the answer's line
count=0
comes() {
	count=$((count + 1))
	printf '%s' "$3" >"$scratch/body"
	{
		printf '%s\r\n' 'MESSAGE sip:alice@here.test SIP/2.0' \
		    "Via: SIP/2.0/TCP 127.0.0.1;branch=z9hG4bKx$count" \
		    'To: <sip:alice@here.test>' 'Max-Forwards: 70' \
		    "From: <sip:$1>;tag=1" "Call-ID: $count@hostile" \
		    'CSeq: 1 MESSAGE' "Content-Type: $2" \
		    "Content-Length: $(wc -c <"$scratch/body" | tr -d ' ')" ''
		cat "$scratch/body"
	} >"$scratch/message"
	perl "$SRCDIR/tests/wire.pl" ask tcp "$own" 6001 "$scratch/message" 5
}
imdn() {
	echo "<imdn xmlns=\"urn:ietf:params:xml:ns:imdn\"><message-id>$1</message-id><display-notification><status><displayed/></status></display-notification></imdn>"
}
typing='<isComposing xmlns="urn:ietf:params:xml:ns:im-iscomposing"><state>active</state></isComposing>'

# seen: what is on the screen but for signet's own lines and the clock of the bar
seen() {
	screen alice | grep -v ' signet ' |
	    sed '/ sip:alice@here.test/s/^[0-9:]* //'
}
settle alice
seen >"$scratch/before"
receipt=message/imdn+xml
is "$(comes bob@there.test $receipt "$(imdn "$id")")" 'SIP/2.0 200 OK' \
    "an unsigned receipt for a signed text is answered 200"
is "$(comes mallory@else.test $receipt "$(imdn "$id")")" 'SIP/2.0 200 OK' \
    "so is one of somebody else"
is "$(comes bob@there.test $receipt "$(imdn never-sent)")" 'SIP/2.0 200 OK' \
    "so is one for what was never sent"
is "$(comes bob@there.test $receipt '<imdn/>')" 'SIP/2.0 400 Bad Request' \
    "one that is none is 400"
is "$(comes bob@there.test $receipt '<!DOCTYPE imdn [<!ENTITY a "b">]><imdn xmlns="urn:ietf:params:xml:ns:imdn"><message-id>&a;</message-id></imdn>')" \
    'SIP/2.0 400 Bad Request' "and so is one with a document type"
is "$(comes bob@there.test application/im-iscomposing+xml "$typing")" \
    'SIP/2.0 200 OK' "typing without a signature of who signs: 200"
is "$(comes mallory@else.test application/im-iscomposing+xml "$typing")" \
    'SIP/2.0 200 OK' "typing of a stranger: 200"
is "$(comes bob@there.test application/im-iscomposing+xml 'x')" \
    'SIP/2.0 400 Bad Request' "typing that is none: 400"
is "$(comes mallory@else.test \
    'application/pkcs7-mime;smime-type=certs-only' 'hello')" \
    'SIP/2.0 400 Bad Request' "an introduction that is none: 400"
settle alice
seen >"$scratch/after"
is "$(cat "$scratch/after")" "$(cat "$scratch/before")" \
    "nothing of it is on the screen"
is "$(grep -c '^ *MESSAGE sip' "$scratch/trace")" 10 "and nothing was sent"

# 10,000 receipts for what was never sent.
comes bob@there.test $receipt "$(imdn never-sent)" >/dev/null
set -- $(perl "$SRCDIR/tests/wire.pl" burst "$own" 6001 "$scratch/message" 10000)
is "$2" 10000 "10,000 receipts: each is answered 200"
echo "# in $1 s"
settle alice
seen >"$scratch/after"
is "$(cat "$scratch/after")" "$(cat "$scratch/before")" "and none is shown"
keys alice C-c C-c C-c C-c
shows alice 'ended 0' "the client lives on, and leaves"
finish
