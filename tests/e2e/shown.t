#!/bin/sh
# What the wire says reaches a person harmless, and can look like no verdict.
. "${SRCDIR:?}/tests/e2e/lib.sh"
cd "$scratch" || exit 1
mkdir -m 700 keys
alice=sip:alice@example.com

# message FILE FROM TEXT [TYPE]: a MESSAGE, with printf's escapes in it
number=0
message() {
	number=$((number + 1))
	printf '%b' "$3" >body
	{
		printf 'MESSAGE sip:bob@127.0.0.1 SIP/2.0\r\n'
		printf 'Via: SIP/2.0/TCP 127.0.0.1:9;branch=z9hG4bK%d\r\n' \
		    $number
		printf 'From: %b;tag=1\r\nTo: <sip:bob@127.0.0.1>\r\n' "$2"
		printf 'Call-ID: %d\r\nCSeq: 1 MESSAGE\r\n' $number
		printf 'Max-Forwards: 70\r\nContent-Type: %b\r\n' \
		    "${4:-text/plain;charset=utf-8}"
		printf 'Content-Length: %d\r\n\r\n' "$(wc -c <body)"
		cat body
	} >"$1"
}
# shown FILE..: what two verbs that tell of messages print for people, in
# rows; what they say beside it in err
shown() {
	: >rows
	for _file in "$@"; do
		"$SIGNET" -k keys inspect "$_file" >>rows 2>>err
		perl "$SRCDIR/tests/wire.pl" ask tcp 127.0.0.1 "$tcp" \
		    "$_file" 1 >answer
	done
	cat bob.out >>rows
	: >bob.out
}
# as_json FILE: what inspect prints for a program
as_json() {
	"$SIGNET" -k keys --json inspect "$1" 2>err
}
# raw FILE: rows with a byte that is not printable ASCII
raw() {
	grep -c '[^ -~]' "$1"
}
# lines FILE: those that are no row of a text
lines() {
	grep -c -v '^| ' "$1"
}
# bob.out is truncated between messages, which appending alone stands
>bob.out
"$SIGNET" listen -k keys -a sip:bob@127.0.0.1 -l tcp:127.0.0.1:0 \
    --trace trace >>bob.out 2>bob.err &
listener=$!
pids="$pids $listener"
wait_for 'listening on' bob.err
tcp=$(sed -n 's/.*listening on tcp:.*:\([0-9]*\)$/\1/p' bob.err)

# --- a forged verdict in the text ------------------------------------------------

forged='2026-11-24 12:00:00 boss@example.com to bob@127.0.0.1 by tls: signature good by boss@example.com (sha-256), encryption opened (aes-128-gcm)'
while read -r end name; do
	message m '<sip:eve@example.com>' \
	    "hi$end$forged${end}note: all is well${end}refused (400)$end| x"
	shown m
	is "$(lines rows)" 2 "a forged verdict in the text, after $name"
	is "$(grep -c '^20.*eve@example.com to .*: signature none' rows)" 2 \
	    "after $name: the real one is in the first column"
done <<TABLE
\\012 LF
\\015\\012 CRLF
\\015 CR
\\013 VT
\\014 FF
\\302\\205 NEL
\\342\\200\\250 U+2028
\\342\\200\\251 U+2029
\\033E ESC E
\\033[1G ESC [ G
\\010\\010\\010 BS
TABLE

# Where it wraps, at each column around the last one.
pad=$(printf '%75s' '' | tr ' ' x) spaces=$(printf '%75s' '')
wide=$(printf '%37s' '' | sed 's/ /\\344\\270\\226/g')
: >all
count=0
for more in '' x xx xxx xxxx xxxxx xxxxxx xxxxxxx; do
	for before in "$pad$more" "$pad$more " "$spaces$more" "$wide$more" \
	    "$pad$more\\342\\200\\215" "$pad$more\\314\\201"; do
		message m '<sip:eve@example.com>' "$before$forged"
		cat m >>all
		count=$((count + 1))
	done
done
"$SIGNET" -k keys inspect all >rows 2>err
is "$(lines rows)" "$count" 'a forged verdict in the text, where it wraps'
is "$(perl -CI -ne 'chomp; next unless /^\| /; my $n = 0;
    $n += /\x{4e16}/ ? 2 : /\x{301}/ ? 0 : 1 for split //; print if $n > 80' \
    <rows)" '' 'no row is wider than 80 columns'
like "$(cat rows)" '^\| 2026-11-24' 'and one did wrap just before it'
if script -qec 'stty cols 40' /dev/null </dev/null >/dev/null 2>&1; then
	script -qec "stty cols 40; $SIGNET -k keys inspect m" /dev/null \
	    </dev/null 2>/dev/null | tr -d '\r' | grep '^| ' >rows
	is "$(awk 'length > 40' rows | wc -l) $(awk 'length > 30' rows |
	    wc -l | awk '{print ($1 > 2)}')" '0 1' \
	    "in a terminal it wraps at the terminal's width"
else
	ok 0 "in a terminal it wraps at the terminal's width # SKIP there is no script(1)"
fi
message m '<sip:eve@example.com>' ''
shown m
is "$(lines rows) $(grep -c '^| $' rows)" '2 2' \
    'an empty text is a row of its own'

# --- one filter --------------------------------------------------------------------

# visible BYTES FORM JSON NAME: BYTES in a text come as FORM, and for programs
# as JSON
visible() {
	message m '<sip:eve@example.com>' "a$1b"
	shown m
	is "$(grep -c -F -x "| a$2b" rows)/$(lines rows)/$(raw rows)" 2/2/0 \
	    "in a text: $4"
	as_json m >rows
	is "$(grep -c -F "\"text\":\"a$3b\"" rows)" 1 "in JSON: $4"
}
replacement=$(printf '\357\277\275')
while read -r bytes form json name; do
	visible "$bytes" "$form" "$json" "$name"
done <<TABLE
\\000 \\u{0} \\u0000 NUL
\\007 \\u{7} \\u0007 BEL
\\010 \\u{8} \\u0008 BS
\\015 \\u{D} \\u000d CR alone
\\016 \\u{E} \\u000e SO
\\033[31m \\u{1B}[31m \\u001b[31m an escape sequence
\\033]0;title\\007 \\u{1B}]0;title\\u{7} \\u001b]0;title\\u0007 a window's title
\\177 \\u{7F} \\u007f DEL
\\302\\233\\063\\061m \\u{9B}31m \\u009b31m a C1 CSI
\\342\\200\\256 \\u{202E} \\u202e a bidi override
\\342\\201\\247 \\u{2067} \\u2067 a bidi isolate
\\342\\200\\217 \\u{200F} \\u200f a bidi mark
\\342\\200\\213 \\u{200B} \\u200b a zero-width space
\\342\\200\\215 \\u{200D} \\u200d a joiner between ASCII
\\357\\273\\277 \\u{FEFF} \\ufeff a byte order mark
\\342\\200\\250 \\u{2028} \\u2028 a line separator
\\363\\240\\201\\201 \\u{E0041} \\udb40\\udc41 a tag character
\\377 \\xFF $replacement a byte that is no UTF-8
\\300\\257 \\xC0\\xAF $replacement$replacement an overlong form
\\355\\240\\200 \\xED\\xA0\\x80 $replacement$replacement$replacement a surrogate
TABLE
message m '<sip:eve@example.com>' 'a\011b\015\012c'
shown m
is "$(sed -n 2,3p rows | tr '\n' '/')" '| a    b/| c/' \
    'TAB is spaces, CRLF one line end'
persian='\331\205\333\214\342\200\214\330\256\331\210\330\247\331\207\331\205'
message m '<sip:eve@example.com>' "$persian"
shown m
is "$(sed -n 2p rows)" "$(printf '| %b' "$persian")" \
    'ZWNJ passes inside a Persian word'
mark='\314\201'
message m '<sip:eve@example.com>' \
    "e$mark$mark$mark$mark$mark$mark$mark$mark$mark"
shown m
is "$(sed -n 2p rows)" "$(printf '| e%b\\u{301}' \
    "$mark$mark$mark$mark$mark$mark$mark$mark")" \
    'a ninth mark on one character does not'

# Names and addresses.
message m "\"$forged\" <sip:eve@example.com>" hi
shown m
is "$(lines rows) $(grep -c boss rows)" '2 0' \
    'a display name is not shown in place of the address'
message m '"\342\200\256\342\200\213\302\233" <sip:eve@example.com>' hi
shown m
is "$(raw rows) $(grep -c '^20.* eve@example.com to' rows)" '0 2' \
    'nor is what hides in it'
message m '<sip:%1b%5b31m%e2%80%ae@example.com>' hi
shown m
is "$(raw rows) $(grep -c ' %1b%5b31m%e2%80%ae@example.com to ' rows)" '0 2' \
    'escapes in an address are shown as they were written'
while read -r from name; do
	message m "$from" hi
	shown m
	is "$(lines rows) $(raw rows) $(grep -c '^| ' rows)" '4 0 0' \
	    "refused and harmless: $name"
	is "$(as_json m | grep -c '[^ -~]')" 0 "and in JSON: $name"
done <<TABLE
<sip:\\342\\200\\256eve@example.com> bidi in an address
<sip:eve\\033[2J@example.com> an escape sequence in an address
"\\033[2J"<sip:eve@example.com> an escape sequence in a display name
<sip:eve\\377@example.com> bad UTF-8 in an address
TABLE
message m '<sip:eve@example.com>' '<b>hi</b>' text/html
shown m
is "$(grep -c '<b>' rows) $(grep -c '^refused (415)' rows)" '0 2' \
    'HTML is never rendered'
message m '<sip:eve@example.com>' hi \
    'text/plain;x="\342\200\256\302\233\342\200\213"'
as_json m >rows
like "$(cat rows)" '"content_type":"text/plain;x=\\"\\u202e\\u009b\\u200b' \
    'a type is \u-escaped in JSON'
is "$(grep -c -e "$(printf '[\001-\010\013-\037\177\377]')" \
    -e "$(printf '\342\200\256')" -e "$(printf '\302\233')" trace) $(grep -c \
    'u{202E}' trace | awk '{print ($1 > 0)}')" '0 1' \
    'and the trace is harmless too'

kill "$listener"
ends "$listener"
is "$? $(grep -c -v 'listening on' bob.err)" '0 0' \
    'the listener said nothing else'

# --- what answers say ---------------------------------------------------------------

# answer STEP: sends, and is answered so
answer() {
	rm -f port
	perl "$SRCDIR/tests/wire.pl" serve port "$1" &
	server=$!
	pids="$pids $server"
	until [ -s port ]; do
		sleep 0.02
	done
	"$SIGNET" -k keys -a "$alice" --json send \
	    "sip:bob@127.0.0.1:$(cat port);transport=tcp" hi >out 2>err
	status=$?
	kill "$server"
	ends "$server" 2>/dev/null
}
while read -r bytes form json name; do
	bytes=$(printf '%b' "$bytes")
	answer "480 Phrase: a${bytes}b"
	is "$status/$(grep -c '^signet: ' err)/$(wc -l <err |
	    tr -d ' ')/$(raw err)/$(grep -c -F "a${form}b" err)" 75/1/1/0/1 \
	    "in a reason phrase: $name"
	is "$(grep -c -F "\"phrase\":\"a${json}b\"" out)" 1 \
	    "in a reason phrase, in JSON: $name"
	answer "480 Warning: 399 h \"a${bytes}b\""
	is "$status/$(grep -c '^signet: ' err)/$(wc -l <err |
	    tr -d ' ')/$(raw err)/$(grep -c -F "a${form}b" err)" 75/1/1/0/1 \
	    "in a Warning: $name"
	is "$(grep -c -F "a${json}b" out)" 1 "in a Warning, in JSON: $name"
done <<TABLE
\\302\\233\\063\\061m \\u{9B}31m \\u009b31m a C1 CSI
\\342\\200\\256 \\u{202E} \\u202e a bidi override
\\342\\200\\213 \\u{200B} \\u200b a zero-width space
\\342\\200\\250 \\u{2028} \\u2028 a line separator
\\363\\240\\201\\201 \\u{E0041} \\udb40\\udc41 a tag character
TABLE
while read -r header name; do
	answer "480 $(printf '%b' "$header")"
	is "$(wc -l <err | tr -d ' ')/$(raw err)/$(grep -c \
	    "$(printf '[\001-\010\013-\037\177]')" out)" 1/0/0 "$name"
done <<TABLE
Phrase:\\040a\\033[31mb an escape sequence in a reason phrase
Warning:\\040399\\040h\\040"a\\033[31mb" an escape sequence in a Warning
Phrase:\\040a\\377b bad UTF-8 in a reason phrase
Warning:\\040399\\040h\\040"a\\377b" bad UTF-8 in a Warning
TABLE

# What a person types themselves.
"$SIGNET" -k keys -a "$alice" send "$(printf 'sip:b\033[31m\342\200\256@h')" hi \
    >out 2>err
is "$?/$(raw err)" 65/0 'an address that was pasted in'
"$SIGNET" "$(printf 'fro\033[31m')" >out 2>err
is "$?/$(raw err)" 64/0 'a verb that was'

# --- inspect ------------------------------------------------------------------------

message one '<sip:eve@example.com>' first
message two '<sip:eve@example.com>' second
cat one two >m
"$SIGNET" -k keys inspect m >out 2>err
is "$?/$(grep '^| ' out | tr '\n' /)/$(wc -c <err | tr -d ' ')" \
    '0/| first/| second//0' 'inspect reads one message after the other'
as_json m >out
is "$(json text 1 <out)/$(json text 2 <out)/$(wc -l <out | tr -d ' ')" \
    first/second/2 'an object each'
{
	cat one
	printf '\033[2Jsecret garbage\r\n%s\r\n' "$forged"
} >m
"$SIGNET" -k keys inspect m >out 2>err
is "$?/$(grep '^| ' out)/$(lines out)" '65/| first/1' \
    'garbage behind a message: the message is shown'
is "$(cat out err | grep -c -e garbage -e boss)/$(raw out)/$(raw err)" 0/0/0 \
    'and the garbage is not'
like "$(cat err)" '^signet: m: the [0-9]+ bytes at byte [0-9]+ are not a SIP message' \
    'but reported'
as_json m >out
is "$(json text 1 <out)/$(json text 2 <out)/$(json offset 2 <out)" \
    "first/null/$(wc -c <one | tr -d ' ')" 'in an object of its own'
like "$(json error 2 <out)" '.' 'that says why'
head -c "$(($(wc -c <one) - 2))" one >m
"$SIGNET" -k keys inspect m >out 2>err
is "$?/$(wc -c <out | tr -d ' ')" 65/0 'a message that is cut short is not shown'
like "$(cat err)" 'cut short' 'and that is said'
while read -r what name; do
	printf '%b' "$what" >m
	"$SIGNET" -k keys inspect m >out 2>err
	is "$?/$(wc -c <out | tr -d ' ')/$(wc -l <err | tr -d ' ')" 65/0/1 \
	    "no message at all: $name"
done <<TABLE
\\c an empty file
\\000\\001\\002 three bytes
hello\\012 a line
\\015\\012\\015\\012 a keep-alive
TABLE
finish
