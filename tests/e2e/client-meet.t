#!/bin/sh
# Two strangers meet: introductions, comparison words, the first encrypted
# messages, and whoever stands in between.
. "${SRCDIR:?}/tests/e2e/lib.sh"
. "$SRCDIR/tests/e2e/terminal.sh"

a=$scratch/a b=$scratch/b e=$scratch/e
mkdir -m 700 "$a" "$b" "$e"
"$SIGNET" -q -k "$a" keys new alice@here.test </dev/null
"$SIGNET" -q -k "$b" keys new bob@there.test </dev/null

# alice, bob [OPTIONS]: their clients, each the other's proxy
alice() {
	client alice 150x40 --no-history -k "$a" -a sip:alice@here.test \
	    -l "tcp:$own:6001" --register no \
	    -P "sip:$own:6002;transport=tcp" "$@"
	listens alice
}
bob() {
	client bob 150x40 --no-history -k "$b" -a sip:bob@there.test \
	    -l "tcp:$own:6002" --register no --sign --attach-cert \
	    -P "sip:$own:6001;transport=tcp" "$@"
	listens bob
}
# said WHO: the sixteen words on the page of WHO
said() {
	screen "$1" | sed -n '/must have these words/,/(you)/p' |
	    sed -e 1d -e '/(you)/d' -e 's/  *$//' -e '/^$/d'
}

# --- bob writes first: nobody knows him -----------------------------------------

alice
bob
say bob "to: sip:alice@here.test"
say bob "hello, it is bob"
shows bob "$(row failed).*hello, it is bob" "a signed text is refused"
says bob 'answered 437 .*they may not know your certificate yet: /introduce' \
    "with a hint"
say bob "/encrypt on"
shows bob 'their certificate is not here: Alt-I introduces you' \
    "the header offers a key"
say bob "secret"
hows bob 'not sent: .*Send them yours, and ask for theirs: /introduce' "so does the refusal"
keys bob C-u
keys bob M-i
says bob 'your certificate went to sip:alice@here.test, who can /accept it' \
    "Alt-I introduces him"
keys alice M-2
says alice 'bob@there.test introduced themself with certificate [0-9a-f ]*: compare it by telephone, then /accept bob@there.test. Words for the telephone: ' \
    "alice is told so in a line, with words"
is "$(find "$a" -name 'offered_cert_*' | wc -l | tr -d ' ')" 1 "it is kept"
"$SIGNET" -k "$a" keys list >"$scratch/list"
grep -q bob "$scratch/list"
is $? 1 "and used for nothing"

# --- alice compares and accepts ----------------------------------------------------

say alice "to: sip:bob@there.test"
say alice "/encrypt on"
shows alice 'they introduced themself: /accept compares' "her header says so"
say alice "/accept"
shows alice 'Do the words agree, yours and theirs. .y/n, u: not compared.' \
    "/accept asks"
said alice >"$scratch/alice.words"
is "$(wc -w <"$scratch/alice.words" | tr -d ' ')" 16 "with sixteen words"
keys alice n
shows alice 'not accepted: the introduction waits' "no: it waits"
say alice "/accept"
shows alice 'Do the words agree' "once more"
keys alice y
says alice 'is pinned for bob@there.test, verified' \
    "yes: pinned and verified"
says alice 'your certificate went to sip:bob@there.test' \
    "and her own goes back by itself"
is "$(find "$a" -name 'offered_cert_*' | wc -l | tr -d ' ')" 0 "the offer is gone"

says bob 'alice@here.test introduced themself with certificate' "which bob is told"
say bob "/accept"
shows bob 'Do the words agree' "he compares, too"
said bob >"$scratch/bob.words"
is "$(cat "$scratch/bob.words")" "$(cat "$scratch/alice.words")" \
    "the same words stand on both screens"
keys bob u
says bob 'is pinned for alice@here.test, unverified [(]/verify compares it[)]' \
    "not compared: pinned, unverified"
shows bob 'unverified' "his header says so"

keys bob M-r
shows alice "$(row good).*hello, it is bob" "what was refused goes now"
shows bob "$(row delivered).*hello, it is bob" "by Alt-R"
keys alice M-v
shows alice 'covers  *text' "and is good"
keys alice Escape

# --- both write encrypted ------------------------------------------------------------

say bob "secret now"
shows alice "$(row good e).*secret now" "he writes encrypted"
say alice "and back"
shows bob "$(row good e).*and back" "and so does she"

# --- somebody in between ----------------------------------------------------------

"$SIGNET" -q -k "$e" keys new bob@there.test </dev/null
"$SIGNET" -k "$e" -a sip:bob@there.test keys introduce \
    -P "sip:$own:6001;transport=tcp" sip:alice@here.test 2>"$scratch/err"
is $? 0 "somebody introduces themself as bob"
like "$(cat "$scratch/err")" 'your certificate went to sip:alice@here.test' \
    "keys introduce says what became of it"
says alice 'NOT THE PINNED ONE' "it is said loudly"
say alice "/accept"
says alice 'another certificate of bob@there.test is pinned: an introduction alone does not replace it|Do the words' \
    "and /accept does not take it"
keys alice y
settle alice
say alice "still to bob"
shows bob "$(row good e).*still to bob" "nothing has changed"

# Two different offers of one address.
"$SIGNET" -q -k "$e" keys new carol@else.test </dev/null
"$SIGNET" -q -k "$e" -a sip:carol@else.test keys introduce \
    -P "sip:$own:6001;transport=tcp" sip:alice@here.test
right=$("$SIGNET" -k "$e" --json keys list | grep carol | json fingerprint)
"$SIGNET" -q -k "$e" keys new --force carol@else.test </dev/null
"$SIGNET" -q -k "$e" -a sip:carol@else.test keys introduce \
    -P "sip:$own:6001;transport=tcp" sip:alice@here.test
say alice "/accept carol@else.test"
says alice 'introduced themself with two different certificates' \
    "two offers: both are told"
say alice "/accept carol@else.test $(echo "$right" | cut -c1-8) --unverified"
says alice "the certificate $(echo "$right" | cut -c1-16).. is pinned for carol@else.test, unverified" \
    "eight digits choose one"

keys alice C-c C-c C-c C-c
shows alice 'ended 0' "alice leaves"
keys bob C-c C-c C-c C-c
shows bob 'ended 0' "bob leaves"

# --- at the command line -----------------------------------------------------------

"$SIGNET" -q -k "$e" keys new dave@else.test </dev/null
listen a -k "$a" -a sip:alice@here.test -l "tcp:$own:6001" --json
"$SIGNET" -q -k "$e" -a sip:dave@else.test keys introduce \
    -P "sip:$own:6001;transport=tcp" sip:alice@here.test
wait_for 'introduced themself' "$scratch/a.err"
like "$(cat "$scratch/a.err")" \
    'dave@else.test introduced themself with certificate .*: compare it by telephone, then .*keys accept dave@else.test' \
    "listen says so on standard error"
is "$(cat "$scratch/a.out")" '' "and nothing on standard output"
kill "$listener"
ends "$listener"
mkdir "$scratch/bin"
ln -s "$SIGNET" "$scratch/bin/signet"
(PATH=$scratch/bin:$PATH &&
    sh -c "$(sed -n 's/.*, then \(.*\)$/\1/p' "$scratch/a.err") --yes") \
    >"$scratch/out" 2>"$scratch/err"
is $? 0 "the recipe works to the letter, but for --yes"
"$SIGNET" -k "$a" --json keys list >"$scratch/list"
like "$(cat "$scratch/out")" 'dave@else.test [(]offered[)]' "it shows both"
is "$(grep dave "$scratch/list" | json pinned)" 1 "dave is pinned"
is "$(grep dave "$scratch/list" | json verified)" 0 "and not verified"
"$SIGNET" -k "$a" -a sip:alice@here.test keys accept nobody@else.test --yes \
    2>"$scratch/err"
is $? 78 "whoever did not introduce themself cannot be accepted"
"$SIGNET" -k "$a" -a sip:alice@here.test keys introduce bob 2>"$scratch/err"
is $? 65 "an introduction needs a whole URI"
"$SIGNET" -k "$a" -a sip:alice@here.test keys introduce sip:bob@there.test \
    -P "sip:$own:6999;transport=tcp" 2>"$scratch/err"
is $? 69 "and a way"
finish
