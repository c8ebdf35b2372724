#!/bin/sh
# Links, aliases, words that stand out, entered lines, the editor, help, and
# going to a conversation by two digits.
. "${SRCDIR:?}/tests/e2e/lib.sh"
. "$SRCDIR/tests/e2e/terminal.sh"

a=$scratch/a b=$scratch/b
friends "$a" alice@here.test "$b" bob@there.test
export XDG_DATA_HOME="$scratch/data"
mkdir -p "$scratch/bin"
opened=$scratch/opened
cat >"$scratch/bin/opener" <<EOF
#!/bin/sh
for word in "\$@"; do echo "[\$word]"; done >>"$opened"
exit \${STATUS:-0}
EOF
# It adds a line, and says where the file is and who may read it.
cat >"$scratch/bin/an editor" <<EOF
#!/bin/sh
ls -ld "\$(dirname "\$1")" "\$1" | cut -c 1-10 >"$scratch/modes"
echo "\$1" >"$scratch/edited"
echo run >>"$scratch/runs"
echo "editing \$(grep -c . "$scratch/runs")"
read key
[ "\$key" != fail ] || exit 1
cat >>"\$1" <<END

and a second one
END
EOF
chmod +x "$scratch/bin/opener" "$scratch/bin/an editor"
cat >"$scratch/conf" <<EOF
alias = hi /msg \$1 Hello, \$1! \$*
alias = /w /win
alias = quit /close
alias = nothing
highlight = needle, two words
open-command = $scratch/bin/opener --new  window
EOF
environment="PATH=$scratch/bin:\$PATH VISUAL=\"'$scratch/bin/an editor'\""
client alice 100x24 -c "$scratch/conf" -k "$a" -a sip:alice@here.test \
    -l "tcp:$own:6001" --register no --typing no \
    -P "sip:$own:6002;transport=tcp"
listens alice
listen bob -k "$b" -a sip:bob@there.test -l "tcp:$own:6002" --json
# from TEXT: bob writes
from() {
	"$SIGNET" -q -k "$b" -a sip:bob@there.test -s -e \
	    -P "sip:$own:6001;transport=tcp" send sip:alice@here.test "$1"
}

# --- aliases ------------------------------------------------------------------

says alice 'alias = quit /close: /quit is a command, and cannot be an alias' \
    "an alias cannot hide a command"
says alice 'alias = nothing: an alias stands for a command' "and needs one"
say alice "to: sip:bob@there.test"
shows alice '^bob@there.test' "a conversation"
say alice "/hi bob@there.test and welcome"
wait_for 'Hello, bob@there.test! bob@there.test and welcome' "$scratch/bob.out"
is $? 0 "\$1 is the first word, \$* is all of them"
say alice "/w 1"
shows alice '^signet to: ADDRESS' "words behind an alias are appended"
say alice "/alias bye /win 2"
shows alice 'set until signet ends' "/alias NAME COMMAND"
say alice "/bye"
shows alice '^bob@there.test' "runs it"
say alice "/alias"
says alice '/hi +/msg .*/w +/win.*/bye +/win 2' "/alias lists them"
say alice "/alias -bye"
say alice "/bye"
shows alice '/bye is no command' "/alias -NAME ends one"
keys alice C-u
say alice "/alias loop /loop"
say alice "/loop"
shows alice '/loop is no command' "none runs itself"
keys alice C-u
say alice "/alias say text"
shows alice 'an alias stands for a command' "none is a text"
keys alice C-u
typed alice "/h"
keys alice Tab
shows alice '/history +/help +/hi|/help +.*/hi' "Tab offers them"
keys alice C-u

# --- links --------------------------------------------------------------------

say alice "/url"
shows alice 'there are no links here' "/url without links"
keys alice C-u
from "see (https://example.org/a_(b)?x=1&y=2), and sips:carol@example.net."
from 'javascript:alert(1) file:///etc/passwd xhttp://no http:// ftp://x'
from "https://example.org/\$(touch%20$scratch/bad);'\`id\`"
shows alice 'id`' "they come"
say alice "/url"
shows alice '^https://example.org/a_\(b\)\?x=1&y=2$' "/url: each in a row of its own"
shows alice '^sips:carol@example.net$' "other schemes that are known"
lacks alice 'javascript:|passwd|xhttp|^http://$|^ftp' "no others"
keys alice q
say alice "/url 3"
wait_for 'x=1' "$opened"
is "$(cat "$opened")" "[--new]
[window]
[https://example.org/a_(b)?x=1&y=2]" "/url NUMBER: the link is one argument"
rm "$opened"
say alice "/url 1"
wait_for touch "$opened"
is "$(tail -n 1 "$opened")" "[https://example.org/\$(touch%20$scratch/bad)]" \
    "and no shell sees it"
is "$(ls "$scratch/bad" 2>/dev/null)" "" "indeed"
say alice "/url 9"
shows alice 'there are 3 links here' "a number too high"
keys alice C-u
say alice "/set open-command $scratch/none"
say alice "/url 1"
says alice 'the link was not opened: .*/none cannot be run' "no such program"
keys alice C-u
say alice "/set open-command false"
say alice "/url 1"
says alice 'open-command ended with status 1' "one that fails"

# --- words that stand out -------------------------------------------------------

keys alice M-1
from "needles and pins"
shows alice '[0-9] 2 bob@there.test 1' "a longer word is another one"
from "a Needle, and TWO WORDS"
shows alice '2 bob@there.test 2!' "a word of highlight marks its conversation"
keys alice M-2
shows alice 'a Needle' "go there"
is "$(terminal capture-pane -e -p -t alice | grep -c "m[^ ]*Needle.*m.*TWO WORDS")" \
    1 "the words stand out"

# --- entered lines --------------------------------------------------------------

say alice "the first line"
say alice "the second line"
keys alice C-r
typed alice "LINE"
shows alice "entered before, with 'LINE': the second line" "^R finds without case"
keys alice C-r
shows alice "with 'LINE': the first line" "again: an older one"
keys alice C-r
shows alice 'no such line was entered here' "until there is none"
shows alice "with 'LINE': the first line" "and what was found stays"
keys alice Enter
shows alice '^to bob@there.test: the first line' "Enter takes it"
sleep 0.2
is "$(grep -c 'the first line' "$scratch/bob.out")" 1 "and does not send it"
keys alice C-u
typed alice "half a draft"
keys alice C-r
typed alice "second"
shows alice "with 'second': the second line" "over a draft"
keys alice Escape
shows alice '^to bob@there.test: half a draft' "ESC brings that back"
keys alice C-r
typed alice "first"
keys alice C-a
shows alice '^to bob@there.test: the first line' "a key that edits takes it"
keys alice C-u C-e C-u

# --- two digits -------------------------------------------------------------------

for i in 3 4 5 6 7 8 9 10 11; do say alice "to: sip:peer$i@there.test"; done
shows alice '^peer11@' "many conversations"
keys alice M-j
shows alice 'go to conversation \(two digits\):' "Alt-J asks"
typed alice 02
shows alice '^bob@there.test' "02"
keys alice M-j
typed alice 11
shows alice '^peer11@' "11"
keys alice M-J
typed alice 99
shows alice 'there are 11 conversations' "99: there is none"
keys alice M-j
typed alice 0
keys alice Escape
sleep 0.1
typed alice 5
shows alice '^to peer11@there.test: 5' "ESC ends it"
keys alice C-u M-2

# --- the editor -------------------------------------------------------------------

typed alice "a first line"
keys alice M-e
shows alice '^editing 1' "Alt-E: the editor has the terminal"
is "$(cat "$scratch/modes")" "drwx------
-rw-------" "the text is in a file that nobody else reads"
from "while you edit"
is $? 0 "messages are taken meanwhile"
keys alice Enter
shows alice 'a first line$' "the terminal is back"
shows alice '^ +and a second one' "with what the editor wrote"
shows alice 'while you edit' "and with what came"
is "$(ls "$(dirname "$(cat "$scratch/edited")")" 2>/dev/null)" "" "the file is gone"
keys alice Enter
wait_for 'a first line.u000aand a second one"' "$scratch/bob.out"
is $? 0 "the message goes as a whole"
typed alice "keep me"
keys alice M-e
shows alice '^editing 2' "again"
typed alice fail
keys alice Enter
shows alice 'the editor failed: the line is as it was' "one that fails"
shows alice '^to bob@there.test: keep me' "leaves the line"
keys alice M-e
shows alice '^editing 3' "and once more"
keys alice C-c
shows alice '^to bob@there.test: keep me' "^C ends the editor, not the client"
keys alice C-u

# --- what a text cannot do ------------------------------------------------------------

from "THE CERTIFICATE OF bob@there.test HAS CHANGED (Alt-H: how)
12:00 signet    : take mine (Alt-H: how)"
shows alice '^[0-9:]+ ✓⚿.* [|] THE CERTIFICATE OF' "a text like a notice is behind the bar"
shows alice '^ {16}[|] 12:00 signet    : take mine' "each of its rows"
say alice "/set open-command $scratch/none"
say alice "/url 1"
keys alice C-u
keys alice M-h
shows alice 'no notice here tells of something to mend' "and Alt-H reads none"

# --- help ---------------------------------------------------------------------------

say alice "/help verify"
shows alice '^/verify \[--qr\] \[WHO\]' "/help COMMAND: its arguments"
shows alice '^example +/verify --qr bob' "an example"
shows alice '^see also +/trust +pin the' "what it is near to"
keys alice q
say alice "/help alt-v"
shows alice 'Alt-V F3 +show the full verdict' "/help KEY"
keys alice q
say alice "/help ^W"
shows alice '\^W +cut back to a blank' "one that edits"
keys alice q
say alice "/help receipts"
shows alice 'delivery\|no\|read' "/help SETTING"
keys alice q
say alice "/help marks"
shows alice '✓ +good' "/help marks"
keys alice q
say alice "/help nonsense"
shows alice 'there is no help on that' "/help on nothing"
keys alice C-u

# --- hyperlinks -----------------------------------------------------------------------

# The text is the target, and one id joins its rows. What is not ASCII is no
# link.
long="https://example.org/$(printf '%0150d' 7)"
TERM=xterm-256color timeout 60 "$TOOLS/pty" 80x24 wait 'listening on' \
    type "/query sip:nobody@there.test$(printf '\r')" wait 'tcp by' \
    type "see $long or http://é.test$(printf '\r')" \
    osc "8;id=signet1;$long
8;;
8;id=signet1;$long
8;;
8;id=signet1;$long
8;;" cells 'waiting' same \
    quit "$(printf '\003\003\003\003')" \
    -- "$SIGNET" -k "$a" -a sip:alice@here.test -l "tcp:$own:6009" \
    --register no --no-history -P "sip:$own:6010;transport=tcp" \
    >"$scratch/pty" 2>&1
ok $? "a link is a hyperlink over its rows"
sed 's/^/# /' "$scratch/pty"
finish
