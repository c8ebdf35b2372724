#!/bin/sh
# docs/screens.txt, made anew: what the client looks like in real sessions,
# driven in tmux. make screens
: "${SIGNET:=./signet}" "${SRCDIR:=.}"
. "$SRCDIR/tests/e2e/lib.sh"
. "$SRCDIR/tests/e2e/terminal.sh"
# The pictures are the output; what the tests would say is not.
exec 3>&1 1>"$scratch/said"

# heading WORDS: what the next picture shows
heading() {
	echo >&3
	echo "$1" | fmt -w 78 >&3
}

# picture NAME: its screen as it is, in a frame
picture() {
	settle "$1"
	_wide=$(terminal display-message -p -t "$1" '#{pane_width}')
	_rule=$(printf '%*s' "$_wide" '' | tr ' ' -)
	{
		echo
		echo "+$_rule+"
		screen "$1" | perl -CS -e '
			my ($columns, $rows) = @ARGV;
			my @rows = <STDIN>;
			chomp @rows;
			printf "|%-*s|\n", $columns, $_ // "" for @rows[0 .. $rows - 1];
		    ' "$_wide" "$(terminal display-message -p -t "$1" '#{pane_height}')"
		echo "+$_rule+"
	} >&3
}

# needs NAME PATTERN: it is there before the picture is taken
needs() {
	shows "$1" "$2" "$2" && return
	cat "$scratch/said" >&2
	exit 1
}

cat >&3 <<'TEXT'
signet: what it looks like

Captures of real sessions, made by `make screens` (tests/screens.sh): a
terminal of 80 columns and 24 rows, unless it says otherwise. Colours are left
out; nothing is told by colour alone.
TEXT

# --- the first run ---------------------------------------------------------------

client first 80x24
needs first 'who are you'
typed first 'alice@example.com'
keys first Enter Enter
typed first 'correct horse'
keys first Enter Enter
typed first "sips:127.0.0.1:1"
keys first Enter
heading 'The first run: "signet" without settings asks who one is.'
picture first
keys first Enter
needs first 'Nothing listens'
heading 'It tries to register, shows how far it got and each step, and what to do
where one fails.'
picture first
keys first F2
needs first 'a key of your own'
keys first Enter Enter
needs first 'signet keys export'
heading 'It makes a key, and tells how to give the certificate to a friend.'
picture first
terminal kill-session -t first
rm -r "$XDG_CONFIG_HOME" "$XDG_DATA_HOME"

# --- kumiko -----------------------------------------------------------------------

client demo 80x24 demo
needs demo 'I am kumiko'
say demo 'Is this line safe?'
needs demo 'F2 shows'
say demo '/encrypt off'
say demo 'And this one?'
needs demo 'You signed that'
say demo '/encrypt on'
settle demo
heading '"signet demo": a conversation. Left of each bar, where no text can reach:
the time; a mark for the verdict of what came, or for how far one of mine got;
one for encrypted; and the name. The header says how the next line will leave, and to which
certificate.'
picture demo
keys demo M-v
needs demo 'signature +good'
heading 'Alt-V: the verdict of a message in full: who signed, by which
certificate, and why it is trusted.'
picture demo
keys demo q
say demo /verify
needs demo 'fluffy@localhost.*kumiko@localhost'
heading '/verify: the words to be read to each other by telephone, the same on
both screens, and below them both fingerprints and their pictures.'
picture demo
keys demo q F2
needs demo 'trace: kumiko'
heading 'F2: what goes over the wire, a line for each message, as it comes.'
picture demo
keys demo p Enter Enter
settle demo
heading 'Enter unfolds a message: its header fields, its MIME parts, its ASN.1.'
picture demo
keys demo q
keys demo M-p
heading 'Alt-P: the conversations and contacts. From 111 columns on they are there by
themselves.'
picture demo
keys demo M-p
say demo '/help verify'
heading '/help with a command, a key or a setting tells more of it.'
picture demo
keys demo q
say demo /help
keys demo G
settle demo
typed demo '/'
typed demo 'Marks'
keys demo Enter
heading '/help ends with the marks.'
picture demo
keys demo q
terminal resize-window -t demo -x 40 -y 10
heading 'The same conversation in 40 columns and 10 rows.'
picture demo
say demo /quit
needs demo 'ended 0'

# --- a message that is refused ------------------------------------------------------

a=$scratch/a b=$scratch/b
mkdir "$a" "$b"
"$SIGNET" -q -k "$a" keys new alice@localhost </dev/null
"$SIGNET" -q -k "$b" keys new bob@localhost </dev/null
"$SIGNET" -k "$a" keys export alice@localhost >"$scratch/alice.pem"
"$SIGNET" -k "$b" keys export bob@localhost >"$scratch/bob.pem"
"$SIGNET" -q -k "$a" keys import "$scratch/bob.pem"
"$SIGNET" -q -k "$b" keys import "$scratch/alice.pem"
"$SIGNET" -q -k "$a" keys trust --yes bob@localhost
"$SIGNET" -q -k "$b" keys trust --yes alice@localhost
client alice 80x24 -k "$a" -a sips:alice@localhost -l "tcp:$own:0" \
    --sign --encrypt
needs alice 'listening on tcp:'
port=$(screen alice | sed -n 's/.*\btcp:[0-9.]*:\([0-9]*\).*/\1/p' | head -n 1)
bob() {
	"$SIGNET" -k "$b" -a sips:bob@localhost \
	    -P "sip:$own:$port;transport=tcp" send -s -e sip:alice@localhost "$@"
}
say alice "to: bob@localhost"
bob 'Lunch at noon?' 2>/dev/null
needs alice 'Lunch at noon'
"$SIGNET" -q -k "$b" keys new --force bob@localhost </dev/null
bob 'Send the money to this account.' 2>"$scratch/err"
needs alice 'changed'
heading 'Somebody signs with another key than the one that was pinned: the
message is refused, and its text is not shown.'
picture alice
keys alice M-h
heading 'Alt-H: what can be done about the last notice.'
picture alice
keys alice q
say alice /quit
needs alice 'ended 0'
