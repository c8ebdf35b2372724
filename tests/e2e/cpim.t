#!/bin/sh
# What a signature covers: message/cpim around a text, on the wire and in JSON;
# and what becomes of a signed text that somebody passes on or sends again.
. "${SRCDIR:?}/tests/e2e/lib.sh"
cd "$scratch" || exit 1
export XDG_CONFIG_HOME="$scratch/config"

# One CA for alice, bob and carol.
"$SIGNET" -q ca init ca >/dev/null
mkdir -m 700 alice bob carol
for who in alice bob carol; do
	"$SIGNET" -q ca issue ca "$who@example.com" >/dev/null
	mv "ca/user_key_$who@example.com.pem" "$who/"
	cp ca/root_cert_*.pem "$who/"
done
for who in alice bob carol; do
	cp ca/user_cert_*.pem "$who/"
done

# caught WHO TO [OPTIONS]: what WHO sends to TO, in the file caught
caught() {
	_who=$1 _to=$2
	shift 2
	rm -f port caught
	perl "$SRCDIR/tests/wire.pl" catch port caught &
	_catcher=$!
	pids="$pids $_catcher"
	wait_for . port
	"$SIGNET" -q -k "$_who" -a "sip:$_who@example.com" -s \
	    -P "sip:127.0.0.1:$(cat port);transport=tcp" "$@" \
	    send "sip:$_to@example.com" hello
	ends "$_catcher"
}
# passed FROM TO CALL-ID: the body of caught, byte for byte, to TO's listener
# from FROM; the answer's line
passed() {
	perl -0777 -e '
		open my $f, "<:raw", "caught" or die;
		$_ = <$f>;
		my ($from, $to, $id) = splice @ARGV, 0;
		my ($head, $body) = split /\r\n\r\n/, $_, 2;
		my ($type) = $head =~ /^(Content-Type:[^\r]*)/m;
		printf "MESSAGE sip:%s\@example.com SIP/2.0\r\n" .
		    "Via: SIP/2.0/TCP 127.0.0.1;branch=z9hG4bK%s\r\n" .
		    "To: <sip:%s\@example.com>\r\nMax-Forwards: 70\r\n" .
		    "From: <sip:%s\@example.com>;tag=1\r\nCall-ID: %s\r\n" .
		    "CSeq: 1 MESSAGE\r\n%s\r\n" .
		    "Content-Transfer-Encoding: binary\r\n" .
		    "Content-Length: %d\r\n\r\n%s",
		    $to, $id, $to, $from, $id, $type, length $body, $body;' "$@" >message
	perl "$SRCDIR/tests/wire.pl" ask tcp 127.0.0.1 "$tcp" message 5
}

# --- on the wire ------------------------------------------------------------------

caught alice bob
like "$(cat caught)" 'Accept: message/cpim' "what is taken is named"
like "$(cat caught)" 'Content-Type: text/plain' \
    "whoever has not shown that they take it gets a text as the draft has it"
caught alice bob --wrap yes
like "$(cat caught)" 'Content-Type: message/cpim' "wrap = yes sends it"
is "$(sed -n 's/\r$//; /^From: <sip:alice@example.com>$/p
    /^To: <sip:bob@example.com>$/p
    /^DateTime: 20..-..-..T..:..:..Z$/s/:.*//p
    s/^imdn.Message-ID: [0-9a-f]\{32\}$/id/p
    /^NS: /p; /^imdn.Disp/p' caught | tail -n 6)" \
    'From: <sip:alice@example.com>
To: <sip:bob@example.com>
DateTime
NS: imdn <urn:ietf:params:imdn>
id
imdn.Disposition-Notification: positive-delivery, display' \
    "with its fields inside the signature"

# --- in JSON ----------------------------------------------------------------------

listen bob -k bob -a sip:bob@example.com -l tcp:127.0.0.1:0 --json
bob=$listener
like "$(passed alice bob 1)" '^SIP/2.0 200 ' "bob takes it"
wait_for hello bob.out
is "$(json signature <bob.out) $(json text <bob.out)" 'good hello' "as good"
is "$(json signed_to <bob.out)" bob@example.com "JSON: for whom"
like "$(json signed_at <bob.out)" '^20..-..-..T..:..:..Z$' "when"
like "$(json message_id <bob.out)" '^[0-9a-f]{32}$' "and its Message-ID"
is "$(json reason <bob.out)" '' "without a remark"

# --- sent again, or passed on ----------------------------------------------------

like "$(passed alice bob 2)" '^SIP/2.0 200 ' "sent again under another Call-ID"
wait_for hello bob.out 2
is "$(json signature <bob.out) $(json text <bob.out)" 'good hello' "it is shown"
is "$(json reason <bob.out)" 'seen before' "and marked"
caught alice bob
like "$(passed alice bob 3)" '^SIP/2.0 200 ' "a text without message/cpim"
wait_for hello bob.out 3
is "$(json signed_to <bob.out) $(json message_id <bob.out)" 'null null' \
    "says nothing of that"
kill "$bob"
ends "$bob"

caught alice bob --wrap yes
listen carol -k carol -a sip:carol@example.com -l tcp:127.0.0.1:0 --json \
    --history --history-file "$scratch/carol.db"
carol=$listener
like "$(passed alice carol 4)" '^SIP/2.0 437 ' \
    "bob passes on to carol what alice signed for him, as alice"
wait_for reason carol.out
is "$(json text <carol.out)" null "it is not shown"
is "$(json signature <carol.out)" identity-mismatch "as not signed for her"
like "$(json reason <carol.out)" 'signed for somebody else' "with its reason"
is "$(json signed_to <carol.out)" null "and nothing of it is told"
like "$(passed bob carol 5)" '^SIP/2.0 437 ' "the same as bob"
wait_for reason carol.out 2
is "$(json text <carol.out)" null "is not shown"
like "$(json reason <carol.out)" 'identity-mismatch.*does not name bob' \
    "since the certificate is not his"
kill "$carol"
ends "$carol"
"$SIGNET" -k carol -a sip:carol@example.com log --verify --json \
    --history-file "$scratch/carol.db" >carol.verified
is "$(json signature 1 <carol.verified) $(json changed 1 <carol.verified)" \
    'identity-mismatch 0' "log --verify says the same years later"

# --- learnt, and refused ------------------------------------------------------------

listen bob -k bob -a sip:bob@example.com -l tcp:127.0.0.1:0 --json
bob=$listener
for i in 1 2; do
	"$SIGNET" -q -k alice -a sip:alice@example.com -s \
	    -P "sip:127.0.0.1:$tcp;transport=tcp" send sip:bob@example.com one
done
wait_for one bob.out 2
like "$(cat bob/peers)" '^alice@example.com .*cpim' \
    "a good message teaches that they take it"
kill "$bob"
ends "$bob"
caught bob alice
like "$(cat caught)" 'Content-Type: message/cpim' \
    "and then texts to them are wrapped"
caught bob alice --wrap no
like "$(cat caught)" 'Content-Type: text/plain' "wrap = no: never"
is "$(grep -ac '^Content-Type: message/cpim' caught)" 0 "indeed never"
caught bob alice -e --nesting outer
like "$(sed -n 's/\r$//; /^Content-Type/p' caught | head -n 1)" \
    'pkcs7-mime;smime-type=authEnveloped-data' \
    "signed and encrypted, a wrapped text is always encrypted outside"

# A peer that takes no message/cpim: once more without it, said in a line.
rm -f port
perl "$SRCDIR/tests/wire.pl" serve port 415 200 >served &
server=$!
pids="$pids $server"
wait_for . port
"$SIGNET" -v -k bob -a sip:bob@example.com -s --trace trace \
    -P "sip:127.0.0.1:$(cat port);transport=tcp" send sip:alice@example.com \
    "plainly" 2>err
is $? 0 "a 415 to it: the text goes once more"
like "$(cat err)" 'alice@example.com refused a text in message/cpim [(]415[)]' \
    "which is said"
is "$(grep -c 'Content-Type: message/cpim' trace) $(grep -c '^ *Call-ID' trace)" \
    '1 4' "two requests, one of them with it"
is "$(sed -n 's/^ *Call-ID: //p' trace | sort -u | wc -l | tr -d ' ')" 2 \
    "each a message of its own"
"$SIGNET" -q -k bob -a sip:bob@example.com -s --wrap yes \
    -P "sip:127.0.0.1:$(cat port);transport=tcp" send sip:alice@example.com \
    "never plainly" 2>err
is $? 0 "(the server takes the next)"
kill "$server"
ends "$server"
rm -f port
perl "$SRCDIR/tests/wire.pl" serve port 415 200 >served &
server=$!
pids="$pids $server"
wait_for . port
"$SIGNET" -q -k bob -a sip:bob@example.com -s --wrap yes \
    -P "sip:127.0.0.1:$(cat port);transport=tcp" send sip:alice@example.com \
    "never plainly" 2>err
is $? 65 "with wrap = yes a 415 is the end"
finish
