#!/bin/sh
# Two clients compare their certificates: the same words on both screens, a code
# that is scanned from one; who is verified then, and what takes it back. No name
# looks like the marks.
. "${SRCDIR:?}/tests/e2e/lib.sh"
. "$SRCDIR/tests/e2e/terminal.sh"

alice=alice@localhost bob=bob@localhost
a=$scratch/a b=$scratch/b
friends "$a" $alice "$b" $bob
for who in a b; do
	[ $who = a ] && me=$alice || me=$bob
	client $who 80x24 -k "$scratch/$who" -a sips:$me -l "tcp:$own:0" \
	    --sign --encrypt --no-history
	listens $who
done
keys a M-p
say a "to: $bob"
say b "to: $alice"
shows a '^bob@localhost .* unverified$' "pinned, but not verified"
shows b '^alice@localhost .* unverified$' "so on the other side"

# listed NAME PATTERN: the row of the contacts like that, from their border on
listed() {
	screen "$1" | sed -n 's/.*|\([^|]*\)$/\1/p' | grep -E -- "$2"
}
like "$(listed a '^2.bob')" '^2\?bob@localhost *$' "the list has a mark for it"

# --- words ------------------------------------------------------------------------

# words_of NAME: those of its page
words_of() {
	screen "$1" | sed -n '/must have these words/,/@localhost/p' |
	    sed -n 's/^    //p'
}
say a "/verify"
shows a 'Do the words agree, yours and theirs\? \[y/n\]' "/verify asks"
say b "/verify $alice"
shows b 'Do the words agree' "on both sides"
is "$(words_of a | wc -w | tr -d ' ')" 16 "there are sixteen words"
is "$(words_of a)" "$(words_of b)" "the same on both screens"
shows a 'alice@localhost \(you\) +bob@localhost$' "above the fingerprints"
keys a n
shows a 'not verified: you answered no' "no is taken for no"
settle a
shows a '^bob@localhost .* unverified$' "and changes nothing"
say a "/verify"
shows a 'Do the words agree' "asked again"
keys a q
shows a 'not verified: you answered no' "leaving the page is no yes"
say a "/verify"
shows a 'Do the words agree' "and again"
keys a y
says a 'the certificate [0-9a-f]{16}\.\. of bob@localhost is verified' \
    "yes is verified"
shows a '^bob@localhost .*[^n]verified$' "the header says so"
like "$(listed a '^2.bob')" '^2 bob@localhost *$' "and the list has no mark"
hex=$(openssl x509 -in "$scratch/bob.pem" -noout -fingerprint -sha256 |
    sed 's/.*=//; s/://g' | tr A-F a-f)
wait_for "^sips:bob@localhost .*verified=$hex" "$a/people"
is $? 0 "it is kept with the contact"
is "$("$SIGNET" -k "$a" keys list --json | grep '"peer"' | json verified)" 1 \
    "and keys list tells it"
keys b q

# --- a code -----------------------------------------------------------------------

say a "/verify --qr"
shows a 'Did your scan of their code find the same' "/verify --qr"
screen a >"$scratch/code"
if command -v zbarimg >/dev/null; then
	perl "$SRCDIR/tests/qr.pl" <"$scratch/code" >"$scratch/code.pgm"
	read=$(zbarimg -q --raw "$scratch/code.pgm" 2>/dev/null)
	like "$read" '^sip:alice@localhost;cert-sha256=[0-9A-F]{64}$' \
	    "a scanner reads it off the screen"
	is "$("$SIGNET" -k "$b" keys check "$read")" \
	    "alice@localhost: the same certificate as here" \
	    "and the other side compares it"
else
	echo "# zbarimg is not installed (configure --install-deps=test):" \
	    "no scanner has read the screen"
fi
like "$(terminal capture-pane -e -p -t a | head -n 3)" \
    '38;5;231.*48;5;16|48;5;16.*38;5;231' "it is white on black"
keys a PageDown
shows a 'sip:alice@localhost;cert-sha256=' "its text follows"
shows a 'bob@localhost$' "and the certificates"
keys a q
terminal resize-window -t a -x 40 -y 24
settle a
say a "/verify --qr"
says a 'the QR code needs [0-9]+ columns, and there are 40' "without room: why"
keys a C-u
terminal resize-window -t a -x 80 -y 24
settle a

# --- names ------------------------------------------------------------------------

# name TEXT: bob gets it
name() {
	say a "/rename $bob $1"
	settle a
}
name 'bob unverified'
shows a '^bob unverified .*  verified$' "a name is no mark: verified stays so"
like "$(listed a '^2.bob')" '^2 bob unverified *$' "in the list too"
name '?                           ?'
like "$(listed a '^2')" '^2 \? {20}…$' "nor is a name of marks"
name 'bob                           ?'
like "$(listed a '^2.bob')" '^2 bob {18}… *$' "a long name ends before the mark"
"$SIGNET" -q -k "$b" keys new --force $bob </dev/null
"$SIGNET" -k "$b" keys export $bob >"$scratch/bob2.pem"
say a "/import --force $scratch/bob2.pem"
settle a
say a "/trust $bob"
shows a 'Pin it\? \[y/n\]' "another certificate"
keys a y
says a 'is pinned for bob@localhost' "is pinned"
shows a '^bob .* unverified$' "and not verified any more"
like "$(listed a '^2.bob')" '^2\?bob {18}… *$' "the mark is back"
is "$("$SIGNET" -k "$a" keys list --json | grep '"peer"' | json verified)" 0 \
    "keys list tells it"
long='verified verified verified verified verified verified'
name "$long"
shows a '^verified verified .* unverified$' "a name of that word hides nothing"
like "$(listed a '^2.verified')" '^2\?verified verified ver…$' "in the list too"
name '名名名名名名名名名名名名名名名名名名名名名名名'
shows a '^名名.* unverified$' "nor do wide characters"
name 'Bob'
wait_for "verified=$hex name=Bob" "$a/people"
is $? 0 "what was compared is still known"

# --- what was there before ------------------------------------------------------------

say a "/import --force $scratch/bob.pem"
settle a
"$SIGNET" -q -k "$a" keys trust --yes $bob
keys a M-1 M-2
shows a '^Bob .*  verified$' "the certificate that was compared is verified"
# It changes while the page is open.
say a "/verify"
shows a 'Do the words agree' "a page is open"
"$SIGNET" -q -k "$a" keys import --force "$scratch/bob2.pem"
keys a y
says a 'nothing was verified: the certificate of bob@localhost has changed' \
    "a certificate that was not shown is not verified"
is "$(grep -c "verified=$hex" "$a/people")" 1 "and people says what it said"

# Somebody who is no contact becomes one.
say a "/remove $bob"
settle a
"$SIGNET" -q -k "$a" keys trust --yes $bob
say a "/verify $bob"
shows a 'Do the words agree' "somebody who is no contact"
keys a y
says a 'of bob@localhost is verified' "can be verified"
wait_for '^sips:bob@localhost .*verified=' "$a/people"
is $? 0 "and is a contact then"
"$SIGNET" -q -k "$a" keys untrust $bob
say a "/verify $bob"
shows a 'Do the words agree' "somebody who is not pinned"
keys a y
says a 'is verified; /trust pins it' "is told what is missing"
settle a
lacks a 'verified$' "and has no mark"

# Without a pin no address that ends in such a word comes there either.
for user in 0 000 00000 0000000 000000000 00000000000; do
	say a "to: sip:$user@verified"
	settle a
	screen a | sed -n 1p
done >"$scratch/rows"
is "$(grep -c '^0.*@verified' "$scratch/rows") $(grep -c '^.\{70\}' \
    "$scratch/rows")" '6 0' "no address comes where the word stands"
finish
