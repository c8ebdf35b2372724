#!/bin/sh
# What others send cannot touch the terminal, nor pass for what the client
# says: controls, escapes, bidi, zero width, bad UTF-8, long lines, floods,
# strangers.
. "${SRCDIR:?}/tests/e2e/lib.sh"
. "$SRCDIR/tests/e2e/terminal.sh"

k=$scratch/k
mkdir "$k"
"$SIGNET" -q -k "$k" keys new alice@localhost </dev/null
client alice 100x30 -k "$k" -a sips:alice@localhost -l "tcp:$own:0"
listens alice
keys alice M-p

# raw FROM TEXT(printf): a MESSAGE as it is
raw() {
	perl -MIO::Socket::INET -e '
		my ($to, $from, $id) = @ARGV;
		local $/;
		my $text = <STDIN>;
		my $s = IO::Socket::INET->new(PeerAddr => $to) or die "$!";
		my $n = length $text;
		print $s "MESSAGE sip:alice\@localhost SIP/2.0\r\n",
		    "Via: SIP/2.0/TCP 127.0.0.1:9;branch=z9hG4bK$id\r\n",
		    "Max-Forwards: 70\r\nFrom: $from;tag=t$id\r\n",
		    "To: <sip:alice\@localhost>\r\nCall-ID: $id\r\n",
		    "CSeq: 1 MESSAGE\r\nContent-Type: text/plain\r\n",
		    "Content-Length: $n\r\n\r\n$text";
		$s->flush;
		my $answer = "";
		while ($answer !~ /\r\n\r\n/ && sysread($s, my $more, 4096)) {
			$answer .= $more;
		}
		print $answer =~ /^SIP\/2.0 (\d+)/ ? "$1\n" : "none\n"' \
	    "$own:$port" "$1" "$(od -An -N8 -tx1 /dev/urandom | tr -d ' \n')"
}

printf 'a\033[2J\033]0;owned\007b\tc\bd\177' | raw '<sip:eve@example.org>' \
    >"$scratch/status"
is "$(cat "$scratch/status")" 200 "a text with escapes is taken"
keys alice M-2
shows alice 'a\\u\{1B\}\[2J' "an escape comes in a visible form"
shows alice 'c\\u\{8\}d\\u\{7F\}' "so do other controls"
printf '\342\200\256evil \342\200\213zero \360\237\230\200 \377\376' |
    raw '<sip:eve@example.org>' >/dev/null
shows alice '\\u\{202E\}evil \\u\{200B\}zero' "and bidi, and zero width"
shows alice '\\xFF\\xFE' "and what is no UTF-8"
printf 'x\n12:00 \342\234\223\342\232\277bob     | look, I am signed\n---- unread ----\n' |
    raw '<sip:eve@example.org>' >/dev/null
shows alice '\| 12:00 ✓⚿bob +\| look' "a text that looks like a verdict"
lacks alice '^12:00 ✓⚿bob.*\| look, I am' "is not one"
is "$(screen alice | grep -c '^---- unread ----')" 1 "nor a rule"
printf 'hi' | raw '"x\033[31m\nroot" <sip:mallory@example.org>' >/dev/null
printf 'hi' | raw '"bob@localhost" <sip:mallory@example.org>' >/dev/null
shows alice '[0-9] mallory@example.org' "a display name is nobody's name"
perl -e 'print "y" x 1000000' | raw '<sip:eve@example.org>' >"$scratch/status"
is "$(cat "$scratch/status")" 200 "a line of a million characters is taken"
shows alice 'yyyyyyyyyyyyyyyyyyyyyyy' "and shown"
keys alice PPage PPage
typed alice 'still quick'
shows alice 'still quick$' "and keys are heard"
keys alice C-u Escape
perl -e 'print "e\314\201" x 40, "\314\201" x 100000' |
    raw '<sip:eve@example.org>' >/dev/null
printf 'after' | raw '<sip:eve@example.org>' >/dev/null
shows alice '\| after' "marks without end end"

# --- what a person is shown on demand ------------------------------------------
# raw_type TYPE: a text of that type, however long
forged=$(perl -e 'print "text/plain;x=\"", "a" x 62, " signature    good ",
    "b" x 80, "\""')
perl -MIO::Socket::INET -e '
	my ($to, $type) = @ARGV;
	my $s = IO::Socket::INET->new(PeerAddr => $to) or die "$!";
	my $text = "hello\n== 19:40:00.000  connection with tls:bank:5061\n" .
	    "-> 19:40:01.000  to tls:bank:5061\n" .
	    "19:40:01.000 alice\@bank <- you\@bank  200 OK  1 ms\n";
	print $s "MESSAGE sip:alice\@localhost SIP/2.0\r\n",
	    "Via: SIP/2.0/TCP 127.0.0.1:9;branch=z9hG4bKforged\r\n",
	    "Max-Forwards: 70\r\nFrom: <sip:eve\@example.org>;tag=f\r\n",
	    "To: <sip:alice\@localhost>\r\nCall-ID: forged\r\n",
	    "CSeq: 1 MESSAGE\r\nContent-Type: $type\r\n",
	    "Content-Length: ", length $text, "\r\n\r\n$text";
	sysread($s, my $answer, 4096);' "$own:$port" "$forged"
terminal resize-window -t alice -x 80 -y 30
keys alice M-v
shows alice '^signature +none' "the verdict says none"
lacks alice '^signature +good' "and no long line says good below"
keys alice q F2 G
shows alice '^[0-9:.]+ eve@example.org <- alice@localhost  200 OK' \
    "a message is a line in the trace"
keys alice p Enter Enter
shows alice '^  -> 19:40:01' "what came stands in the third column"
lacks alice '^(->|==|[0-9]).*bank' "and passes for nothing that the client says"
keys alice q
terminal resize-window -t alice -x 100 -y 30
printf 'hi' | raw '<sip:friend@example.org.attacker-of-friends.example>' \
    >/dev/null
shows alice 'friend@example.o[^|]*…' "an address that is cut says so"
keys alice PPage
printf 'below' | raw '<sip:eve@example.org>' >/dev/null
shows alice 'scrolled back: [0-9]+ below, 1 new' "what comes below"
keys alice M-1
shows alice 'eve@example.org \(1\)' "is still unread when one leaves"
keys alice M-2

# --- strangers ------------------------------------------------------------------
i=0
while [ $i -lt 30 ]; do
	i=$((i + 1))
	printf 'number %d' $i | raw "<sip:s$i@example.org>" >/dev/null
done
keys alice M-1
shows alice 'strangers \(' "strangers open no more than 20 conversations"
is "$(screen alice | grep -c '|[0-9]* s[0-9]*@example.org')" 17 \
    "of their own"
say alice '/query sip:s30@example.org'
shows alice '^s30@example.org' "the person opens as many as wanted"
printf 'direct' | raw '<sip:s30@example.org>' >/dev/null
shows alice '\| direct' "and there it goes on"

# --- a flood --------------------------------------------------------------------
say alice '/query sip:flood@localhost'
say alice '/query sip:s30@example.org'
seq 1 3000 | sed "s/^/sip:alice@localhost	flood /" >"$scratch/flood"
"$SIGNET" -q -k "$k" -a sip:flood@localhost -P "sip:$own:$port;transport=tcp" \
    send -b <"$scratch/flood" &
flood=$!
pids="$pids $flood"
sizes='200 60
120 30
80 24
59 20
40 10
30 8
20 5
10 3
1 1
100 30'
while kill -0 $flood 2>/dev/null; do
	echo "$sizes" | while read -r columns rows; do
		terminal resize-window -t alice -x "$columns" -y "$rows"
		sleep 0.02
	done
done
ends $flood
ok $? "a flood gets through while the window is resized"
terminal resize-window -t alice -x 100 -y 30
keys alice C-u
shows alice '^s30@example.org' "the conversation is the same"
say alice '/query sip:flood@localhost'
shows alice '\| flood 3000' "and the flood is all there"
keys alice 'M-<'
shows alice '\| flood 1 ' "from its beginning"
typed alice /
typed alice 'flood 1500'
keys alice Enter
shows alice 'not found above' "searching looks above"
keys alice Escape PPage
typed alice /
typed alice 'flood 1500'
keys alice Enter
shows alice '\| flood 1500 ' "and finds"
keys alice n
shows alice 'not found' "once"
keys alice Escape

# --- small ----------------------------------------------------------------------
terminal resize-window -t alice -x 40 -y 10
settle alice
say alice 'small'
settle alice
shows alice '^[->!✓][ ⚿]me +> small' "40x10 has messages"
shows alice 'flood@localhost.*signed' "and a header"
lacks alice '.{41}' "and no more columns"
say alice '/quit'
say alice '/quit'
terminal resize-window -t alice -x 80 -y 24
shows alice 'ended 0' "and it leaves"
is "$(grep -v "of your messages wait; they go when" "$scratch/alice.err")" "" "without a word of trouble"
finish
