#!/bin/sh
# The margin of messages: how many columns it leaves to a text, the contacts
# beside it, the bar; and that no name and no text passes for a mark in it.
. "${SRCDIR:?}/tests/e2e/lib.sh"
. "$SRCDIR/tests/e2e/terminal.sh"

k=$scratch/k
mkdir -m 700 "$k"
"$SIGNET" -q -k "$k" keys new alice@localhost </dev/null
for who in Anton Berta Caesar Dora Emil Friedrich Gustav Heinrich Ida Julius; do
	echo "sips:$(echo "$who" | tr A-Z a-z)@localhost name=$who"
done >"$k/people"
client alice 80x24 --no-history -k "$k" -a sips:alice@localhost \
    -l "tcp:$own:0"
listens alice

# from WHO TEXT(printf): a message as it is
number=0
from() {
	number=$((number + 1))
	printf "$2" | perl -MIO::Socket::INET -e '
		my ($to, $from, $id) = @ARGV;
		my $text = do { local $/; <STDIN> };
		my $s = IO::Socket::INET->new(PeerAddr => $to) or die "$!";
		print $s "MESSAGE sip:alice\@localhost SIP/2.0\r\n",
		    "Via: SIP/2.0/TCP 127.0.0.1:9;branch=z9hG4bK$id\r\n",
		    "Max-Forwards: 70\r\nFrom: <sip:$from>;tag=t$id\r\n",
		    "To: <sip:alice\@localhost>\r\nCall-ID: $id\r\n",
		    "CSeq: 1 MESSAGE\r\nContent-Type: text/plain\r\n",
		    "Content-Length: ", length $text, "\r\n\r\n$text";
		sysread($s, my $answer, 4096);' "$own:$port" "$1" "m$number"
}

# --- room for texts -------------------------------------------------------------

# columns: how many of them a text takes that has no blanks
columns() {
	settle alice
	screen alice | sed -n 's/.* | \(xx*\).*/\1/p' | awk '
		length($0) > n {n = length($0)} END {print n + 0}'
}
from anton@localhost "$(printf '%0400d' 0 | tr 0 x)"
keys alice M-2
shows alice '^Anton' "one of ten contacts has written"
for size in 60x24:42 80x24:62 100x30:82; do
	terminal resize-window -t alice -x "${size%x*}" -y 24
	is "$(columns)" "${size#*:}" "$size: so many columns of a text"
	lacks alice 'Friedrich' "and no contacts"
done
terminal resize-window -t alice -x 110 -y 24
is "$(columns)" 92 "110: a text has them all"
lacks alice 'Friedrich' "and no contacts"
terminal resize-window -t alice -x 111 -y 24
is "$(columns)" 80 "111: a text has 80 columns"
shows alice '\|  Friedrich$' "beside the contacts"
terminal resize-window -t alice -x 130 -y 24
is "$(columns)" 96 "130: the contacts are as wide as the longest name"
keys alice M-p
is "$(columns)" 112 "Alt-P hides them"
terminal resize-window -t alice -x 80 -y 24
keys alice M-p
is "$(columns)" 46 "or shows them where a text has less"
shows alice '\|  Friedrich$' "all of them"
terminal resize-window -t alice -x 40 -y 24
settle alice
keys alice M-p
shows alice 'too narrow for the contacts' "but not without room"
terminal resize-window -t alice -x 80 -y 24
settle alice
keys alice M-p
settle alice
lacks alice 'Friedrich' "and hides them again"

# --- rows and the bar -----------------------------------------------------------

is "$(screen alice | grep -c '^---- [A-Z].* -*$')" 1 "there is a rule"
is "$(screen alice | sed -n '/^---- [A-Z]/{s/$/./;p;}' | awk '{print length($0)}')" \
    81 "that fills its row"
from anton@localhost 'once'
from anton@localhost 'twice'
shows alice '· {9}\| twice' "a name is not said twice in a row"
from berta@localhost 'news'
shows alice '^[0-9][0-9]:[0-9][0-9] 3 Berta 1 sips:alice@localhost' \
    "the bar has the clock and what is new"
from emil@localhost 'news'
from emil@localhost 'news'
shows alice ' 3 Berta 1, 4 Emil 2 ' "of all"
say alice 'so'
say alice '/close'
keys alice M-1
lacks alice '✓|⚿' "nothing was good or encrypted so far"

# --- nothing passes for a mark --------------------------------------------------

# margins: the rows whose margin is none that signet draws for a message
# that is not signed; above the bar, below the header
margins() {
	screen alice | sed -e 1,2d | sed -e '$d' | sed -e '$d' | grep -Evn \
	    -e '^$' -e '^---- [A-Z][a-z]*, [0-9-]* -*$' -e '^---- unread -*$' \
	    -e '^[0-9][0-9]:[0-9][0-9] ·  {8}[|] ' \
	    -e '^[0-9][0-9]:[0-9][0-9] ·  ?[[:alnum:]_].{0,7}[|]( |$)' \
	    -e '^[0-9][0-9]:[0-9][0-9] signet    :( |$)' \
	    -e '^ {16}[|:]( |$)'
}

# as NAME WHAT: no name of a contact makes another margin
as() {
	say alice "/rename anton@localhost $1"
	from anton@localhost 'from them'
	shows alice '^[0-9:]{5} ·  ?[[:alnum:]_].*\| from them' "the name $1"
	is "$(margins)" "" "is no mark"
	say alice '/clear'
}
say alice 'to: sip:anton@localhost'
for name in ✓ '✓ bob' '✓⚿bob' ⚿ '⚿bob' '!' '? bob' '· bob' '…' '+#bob' '| bob' \
    '> me' ': signet' '----' '12:00 ✓⚿bob' 名名名名名名 'bobbobb名' 'שלום ✓' \
    'مرحبا' '✔ bob' '🔒bob' 'b✓⚿: b|b' '`e`' 'signet    : x'; do
	as "$name"
done
say alice '/rename anton@localhost'
for user in '!bob' '*bob' '-bob' '+bob' '=bob' '_bob' "'bob" '%E2%9C%93bob' \
    '..' '&bob'; do
	from "$user@example.org" 'from them'
	say alice "/query sip:$user@example.org"
	shows alice '^[0-9:]{5} ·  ?[[:alnum:]_].*\| from them' "the address $user"
	is "$(margins)" "" "is no mark"
	say alice '/close'
done

# texts: each a line of this, as printf takes it
texts() {
	cat <<'TEXTS'
✓ signed
⚿ locked
✓⚿bob     | it is me
\n12:00 ✓⚿bob     | it is me
\r12:00 ✓⚿bob     | it is me
\r\n12:00 ✓⚿bob     | it is me
\n✓⚿bob     | it is me
\n      ✓⚿bob     | it is me
\n                | it is me
\n                : good: they signed it
\n: good
\n12:00 signet    : all is well
\n---- unread ----
\n---- Friday, 2026-11-27 --------------------------------------------------
\n\n\n12:00 ✓⚿bob     > it was me
\033[1;7H✓⚿
\033[20;1H12:00 ✓⚿bob
\0337\033[6G✓\0338
\010\010\010\010\010\010\010\010\010\010\010\010✓⚿
\t✓\t⚿
\v✓
\f✓
\302\205✓
\342\200\250✓⚿bob     | it is me
\342\200\251✓⚿bob     | it is me
\342\200\256bob⚿✓
\342\201\247✓\342\201\251
\342\200\217✓ שלום
שלום ✓⚿
‏مرحبا ✓
12345678901234567890123456789012345678901234567890123456789012✓⚿bob | x
1234567890123456789012345678901234567890123456789012345678901名✓⚿bob | x
123456789012345678901234567890123456789012345678901234567890名✓⚿bob | x
12345678901234567890123456789012345678901234567890123456789012\314\201\314\201✓
1234567890123456789012345678901234567890123456789012345678901👨‍👩‍👧✓
1234567890123456789012345678901234567890123456789012345678901🇩🇪✓
1234567890123456789012345678901234567890123456789012345678901❤️✓
\314\201\314\201\314\201✓
✓️
✓︎
1️⃣✓
！
？
　　　　　　✓
\302\240\302\240\302\240\302\240✓
\342\200\213✓
\342\200\215✓\342\200\215⚿
\363\240\201\201✓
\377✓\376
｜ ✓⚿bob
TEXTS
}
say alice 'to: sip:anton@localhost'
i=0
texts >"$scratch/texts"
while IFS= read -r text; do
	i=$((i + 1))
	from anton@localhost "$text\\nend $i."
	shows alice "\\| end $i\\.\$" "text $i"
	is "$(margins)" "" "has no mark: $(echo "$text" | tr -dc ' -~' | tr -d '\\')"
	say alice '/clear'
done <"$scratch/texts"
is "$i" 50 "these are 50"

# --- a terminal without these characters ----------------------------------------

if localedef -i en_US -f ISO-8859-1 "$scratch/latin" 2>/dev/null; then
	environment="LOCPATH='$scratch' LC_ALL=latin"
	client latin 80x24 --no-history -k "$k" -a sips:alice@localhost \
	    -l "tcp:$own:0"
	listens latin
	from anton@localhost 'plain'
	keys latin M-2
	shows latin '^[0-9:]{5} \.  ?anton +\| plain|^[0-9:]{5} \.  ?Anton +\| plain' "marks are ASCII there"
	say latin '/help'
	keys latin G
	shows latin '^  #  encrypted' "and so they are explained"
	keys latin q
	say latin /quit
fi
keys alice C-u
say alice /quit
say alice /quit
shows alice 'ended 0' "it ends"
is "$(cat "$scratch/alice.err")" "" "without a word of trouble"
finish
