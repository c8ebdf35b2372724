#!/bin/sh
# Commands that people know from other messengers.
. "${SRCDIR:?}/tests/e2e/lib.sh"
. "$SRCDIR/tests/e2e/terminal.sh"

a=$scratch/a b=$scratch/b
friends "$a" alice@here.test "$b" bob@there.test
export XDG_DATA_HOME="$scratch/data"
client alice 120x24 -k "$a" -a sip:alice@here.test -l "tcp:$own:6001" \
    --register no --sign --encrypt --typing no \
    -P "sip:$own:6002;transport=tcp" --trace "$scratch/trace"
listens alice
listen bob -k "$b" -a sip:bob@there.test -l "tcp:$own:6002" --json
"$SIGNET" -q -k "$b" -a sip:bob@there.test -s -e \
    -P "sip:$own:6001;transport=tcp" send sip:alice@here.test \
    "a needle
2026-01-01 00:00 | no other line"

# --- between conversations ------------------------------------------------------------

say alice "to: sip:bob@there.test"
shows alice 'a needle' "a conversation"
say alice "/win 1"
shows alice '^signet to: ADDRESS' "/win 1 goes to the first"
say alice "/win 2"
shows alice '^bob@there.test' "/win 2 to the second"
say alice "/win 99"
shows alice 'there are 2 conversations' "/win 99: there is none"
keys alice C-u
say alice "/win x"
settle alice
shows alice '/win NUMBER' "/win x: how it is used"
keys alice C-u

# --- what was said -------------------------------------------------------------------

say alice "hay"
wait_for '"hay"' "$scratch/bob.out"
say alice "/me waves"
wait_for '"/me waves"' "$scratch/bob.out"
ok $? "/me sends it as it was typed"
say alice "/lastlog NEEDLE"
shows alice '^20..-..-.. ..:.. \| a needle' "/lastlog lists lines, without case"
shows alice '^ {17}\| 2026-01-01 00:00 . no other line' \
    "no text looks like another line"
lacks alice 'hay' "and those alone"
keys alice q
say alice "/lastlog nothing"
shows alice 'nothing here has that; /search looks on disk' "or says that there is none"
keys alice C-u
say alice "/raw"
says alice 'choose a message that the history has' "/raw without a choice"
keys alice C-u
keys alice M-Up M-Up M-Up M-Up M-Up M-Up
say alice "/raw"
shows alice '^MESSAGE sip:alice@here.test SIP/2.0' "/raw shows what came"
shows alice 'smime-type=authEnveloped-data' "as it came"
keys alice q Escape
settle alice

# --- pins and certificates --------------------------------------------------------------

say alice "/untrust"
says alice 'no certificate is pinned for bob@there.test any more' "/untrust removes a pin"
is "$(cat "$a/pinned")" '' "indeed"
say alice "/untrust"
says alice 'no certificate is pinned for bob@there.test' "twice: there is none"
keys alice C-u
say alice "/export $scratch/mine.pem"
says alice 'the certificate of .*alice@here.test is in' "/export writes one's own"
cmp -s "$scratch/mine.pem" "$scratch/alice.pem"
is $? 0 "which is the one"
say alice "/export $scratch/mine.pem"
says alice 'mine.pem' "never over another file"
keys alice C-u
say alice "/export $scratch/his.pem bob@there.test"
says alice 'the certificate of bob@there.test is in' "or somebody else's"
cmp -s "$scratch/his.pem" "$scratch/bob.pem"
is $? 0 "which is his"

# --- Tab behind /set -----------------------------------------------------------------

typed alice "/set unkn"
keys alice Tab
shows alice '/set unknown-signer *$' "Tab completes a setting"
typed alice "re"
keys alice Tab
shows alice '/set unknown-signer refuse' "and a word that it takes"
keys alice C-u
typed alice "/set re"
keys alice Tab Tab
shows alice '/set receipts' "several agree, or each in turn"
keys alice C-u

# --- connections, and the end ----------------------------------------------------------

say alice "/encrypt off"
say alice "/reconnect"
shows alice 'all connections are closed' "/reconnect closes them"
say alice "after it"
wait_for '"after it"' "$scratch/bob.out"
ok $? "and the next message opens one"
say alice "/exit"
shows alice 'ended 0' "/exit leaves"
finish
