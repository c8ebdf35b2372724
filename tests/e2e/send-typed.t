#!/bin/sh
# What a person or a script types: letters in bundles, texts that look like
# options, batches, signals, the trace.
. "${SRCDIR:?}/tests/e2e/lib.sh"

mkdir -m 700 "$scratch/keys"
listen bob --json -k "$scratch/keys" -a sip:bob@example.com \
    -l udp:127.0.0.1:0 -l tcp:127.0.0.1:0
uri="sip:bob@127.0.0.1:$tcp;transport=tcp"
send() {
	"$SIGNET" -k "$scratch/keys" -a sip:alice@example.com send "$@" \
	    2>"$scratch/err"
}
text() {
	json text <"$scratch/bob.out"
}

send "$uri" -- '-so what'
is "$? $(text)" '0 -so what' "a text that begins with a dash comes after --"
send "$uri" '-so what'
is "$? $(text)" '0 -so what' "and what is no option is a text all the same"
send -- "$uri" -v
is "$? $(text)" '0 -v' "after -- nothing is an option"
send -vq "$uri" hello
is $? 0 "letters go in bundles"
printf '%s\tone\n' "$uri" | send -qb
is "$? $(text)" '0 one' "the batch's letter too, behind"
printf '%s\ttwo\n' "$uri" | send -bq
is "$? $(text)" '0 two' "and before"
send "$uri" '' && send "$uri" 'a  b '
is "$(text)" 'a  b ' "blanks stay"

printf '%s\tgood\nno tab here\n\n%s\t\377\n%s\tlast' "$uri" "$uri" "$uri" |
    "$SIGNET" -k "$scratch/keys" -a sip:alice@example.com send --json -b \
    >"$scratch/out" 2>"$scratch/err"
is $? 65 "a batch with bad lines says so"
is "$(grep -c '"exit":65' "$scratch/out") $(grep -c '"exit":0' \
    "$scratch/out") $(text)" '2 2 last' \
    "and sends the good ones, each with an object"

# Many URIs, all of which fail at once.
i=0
while [ $i -lt 1500 ]; do
	printf 'sip:u%d@127.0.0.1;transport=sctp\thi\n' $i
	i=$((i + 1))
done | send -b
is $? 69 "1,500 URIs that lead nowhere"
is "$(wc -l <"$scratch/err")" 1500 "are told one by one"

send --trace "$scratch/trace" "$uri" traced
is "$(grep -c '^[-0-9: .]* > tcp' "$scratch/trace") $(grep -c \
    '^[-0-9: .]* < tcp' "$scratch/trace")" '1 1' \
    "the trace has what leaves and what comes"
like "$(cat "$scratch/trace")" '^  traced$' "with the text"
is "$(stat -c %a "$scratch/trace")" 600 "for its owner's eyes alone"
printf '%s\t1\n%s\t2\n' "$uri" "$uri" | "$SIGNET" -k "$scratch/keys" \
    -a sip:alice@example.com --trace /dev/full send -b 2>"$scratch/err"
is "$? $(cat "$scratch/err")" "0 signet: the trace cannot be written to \
/dev/full: No space left on device; it ends here" \
    "a trace on a full disk is told once, and the messages are sent"

# Signals.
mkfifo "$scratch/fifo"
"$SIGNET" -k "$scratch/keys" -a sip:alice@example.com send "$uri" \
    <"$scratch/fifo" &
waiting=$!
exec 9>"$scratch/fifo"
sleep 0.2 # until it reads; a fifo tells nobody
kill "$waiting"
wait "$waiting"
is $? 143 "a signal ends what waits for standard input"
exec 9>&-
rm -f "$scratch/port"
perl "$SRCDIR/tests/wire.pl" serve "$scratch/port" silent &
server=$!
pids="$pids $server"
until [ -s "$scratch/port" ]; do
	sleep 0.02
done
: >"$scratch/trace"
"$SIGNET" -k "$scratch/keys" -a sip:alice@example.com \
    --trace "$scratch/trace" send \
    "sip:bob@127.0.0.1:$(cat "$scratch/port");transport=tcp" hello \
    2>"$scratch/err" &
waiting=$!
wait_for '> tcp' "$scratch/trace"
kill "$waiting"
wait "$waiting"
is $? 75 "one that waits for an answer tells what is unsent"
like "$(cat "$scratch/err")" 'unsent messages: 1' "in words"

# An ACK is never answered, a half-closed peer is.
{
	printf 'ACK sip:bob@example.com SIP/2.0\r\n'
	printf 'Via: SIP/2.0/TCP 127.0.0.1:9;branch=z9hG4bKack\r\n\r\n'
} >"$scratch/ack"
is "$(perl "$SRCDIR/tests/wire.pl" ask tcp 127.0.0.1 "$tcp" \
    "$scratch/ack" 0.3)" none "an ACK without a length gets no answer"
{
	printf 'MESSAGE sip:bob@example.com SIP/2.0\r\n'
	printf 'Via: SIP/2.0/TCP 127.0.0.1:9;branch=z9hG4bKhalf\r\n'
	printf 'From: <sip:eve@example.com>;tag=1\r\n'
	printf 'To: <sip:bob@example.com>\r\nCSeq: 1 MESSAGE\r\n'
	printf 'Call-ID: half\r\nContent-Type: text/plain\r\n'
	printf 'Content-Length: 4\r\n\r\nhalf'
} >"$scratch/half"
is "$(perl "$SRCDIR/tests/wire.pl" half 127.0.0.1 "$tcp" "$scratch/half")" \
    'SIP/2.0 200 OK' "who closes its side early still gets the answer"

# A peer that asks and does not read costs no more than max-unsent.
kill "$listener"
ends "$listener"
listen slow -k "$scratch/keys" -a sip:bob@example.com -l tcp:127.0.0.1:0 \
    --max-unsent 200000
perl -MIO::Socket::IP -e '
	my $s = IO::Socket::IP->new(PeerHost => "127.0.0.1",
	    PeerPort => shift, Type => SOCK_STREAM) or die;
	my $all = join "", map { my $n = $_; join "\r\n",
	    "OPTIONS sip:bob\@example.com SIP/2.0",
	    "Via: SIP/2.0/TCP 127.0.0.1:9;branch=z9hG4bK$n",
	    "From: <sip:eve\@example.com>;tag=1", "To: <sip:bob\@example.com>",
	    "Call-ID: $n", "CSeq: 1 OPTIONS", "Content-Length: 0", "", ""
	    } 1 .. 200;
	$SIG{PIPE} = "IGNORE";
	$SIG{ALRM} = sub { exit };
	alarm 10;
	for (1 .. 200) { syswrite $s, $all or last }' "$tcp"
is "$(awk '$1 == "VmRSS:" {print ($2 < 60000 || ENVIRON["SANITIZE"] != "")}' \
    "/proc/$listener/status")" 1 "a peer that does not read is not kept"
kill "$listener"
ends "$listener"
is $? 0 "and SIGTERM ends the listener at once"

# --- what standard input holds ---------------------------------------------------

listen dora --json -k "$scratch/keys" -a sip:dora@example.com \
    -l tcp:127.0.0.1:0
uri="sip:dora@127.0.0.1:$tcp;transport=tcp"
# came INPUT WANTED NAME [OPTIONS]: INPUT is for printf, WANTED its JSON
came() {
	_input=$1 _wanted=$2 _name=$3
	shift 3
	# shellcheck disable=SC2059
	printf "$_input" | send "$@" "$uri"
	is "$?,$(sed -n '$p' "$scratch/dora.out" | grep -o '"text":"[^"]*"')" \
	    "0,\"text\":\"$_wanted\"" "$_name"
}
printf '' | send -v "$uri"
is "$?,$(wc -l <"$scratch/dora.out")" '0,0' \
    "an empty standard input is no message"
printf '\n' | send "$uri"
is "$?,$(wc -l <"$scratch/dora.out")" '0,0' "nor is a line end alone"
came 'x\n' 'x' "a line end at the end is no part of the text"
came 'y\r\n' 'y' "nor is CR LF"
came 'x\n\n' 'x\u000a' "but one alone"
came 'x\r' 'x\u000d' "CR alone is none"
came 'y' 'y' "what has none stays as it is"
came 'x\n' 'x\u000a' "--exact keeps it" --exact
came '' '' "--empty sends an empty text" --empty
printf '%s\tone\n\nbad\n%s\ttwo\n' "$uri" "$uri" |
    "$SIGNET" -k "$scratch/keys" -a sip:alice@example.com send --json -b \
    >"$scratch/out" 2>"$scratch/err"
is "$(grep -o '"line":[0-9]*' "$scratch/out" | sort | paste -s -d ' ' -)" \
    '"line":1 "line":3 "line":4' "each result of a batch has its line"

# --- what it looks like to others ---------------------------------------------

listen carol -c /dev/null -vk "$scratch/keys" -a sip:carol@example.com \
    -l udp:127.0.0.1:0 -n 3
is "$(tr '\0' ' ' <"/proc/$listener/cmdline")" \
    "$SIGNET listen -c /dev/null -vk $scratch/keys -a sip:carol@example.com \
-l udp:127.0.0.1:0 -n 3 " "ps shows the command line as it was given"
for verb in send listen resolve inspect keys ca flows demo; do
	"$SIGNET" $verb --help >"$scratch/help"
	is "$?,$(head -n 1 "$scratch/help" | cut -d ' ' -f 1-3)" \
	    "0,usage: signet $verb" "$verb --help tells of $verb"
	[ "$(wc -l <"$scratch/help")" -lt 45 ] &&
	    ! grep -Eo 'signet [a-z]+' "$scratch/help" |
		grep -Evq "signet ($verb|conf)\$"
	ok $? "in a page, and of no other verb"
done
finish
