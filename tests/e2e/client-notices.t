#!/bin/sh
# Receipts and typing between two clients, and message/cpim below them: what is
# told to contacts, and that nothing of it is told to anybody else.
. "${SRCDIR:?}/tests/e2e/lib.sh"
. "$SRCDIR/tests/e2e/terminal.sh"

a=$scratch/a b=$scratch/b
friends "$a" alice@here.test "$b" bob@there.test

# alice, bob [OPTIONS]: their clients, each the other's proxy
alice() {
	client alice 120x24 --no-history -k "$a" -a sip:alice@here.test \
	    -l "tcp:$own:6001" --register no --sign --encrypt \
	    -P "sip:$own:6002;transport=tcp" --trace "$scratch/alice.trace" "$@"
	listens alice
}
bob() {
	client bob 120x24 --no-history -k "$b" -a sip:bob@there.test \
	    -l "tcp:$own:6002" --register no --sign --encrypt \
	    -P "sip:$own:6001;transport=tcp" --trace "$scratch/bob.trace" "$@"
	listens bob
}
# --- message/cpim is learnt of good messages -----------------------------------

alice
bob
say bob "to: sip:alice@here.test"
say alice "to: sip:bob@there.test"
say alice "the first one"
shows bob "$(row good).*the first one" "a message comes"
is "$(grep -c cpim "$b/peers")" 1 "its Accept tells what alice takes"
grep -q cpim "$a/peers" 2>/dev/null
is $? 2 "and she knows nothing of bob yet"
say bob "an answer"
shows alice "$(row good).*an answer" "his answer comes in message/cpim"
keys alice M-v
shows alice 'signed for  *alice@here.test' "what it is signed for is in the details"
keys alice Escape

# --- typing ---------------------------------------------------------------------

typed bob "hel"
shows alice '[0-9] bob@there.test is typing' "contacts see it in the bar"
keys alice M-p
shows alice '2[?]bob@there.test \.\.' "and in the list of contacts"
typed bob "lo"
settle alice
shows alice '[0-9] bob@there.test is typing' "it stays"
keys bob C-u
shows alice '^[0-9]+:[0-9]+ sip:alice' "an empty line ends it"
typed bob "/help"
settle alice
lacks alice 'is typing' "a command is nobody's business"
keys bob C-u
typed bob "sent at once"
shows alice 'is typing' "he types again"
keys bob Enter
shows alice "$(row good).*sent at once" "what he typed comes"
lacks alice 'is typing' "which ends it too"

# --- receipts -----------------------------------------------------------------

say alice "did it come"
shows bob "$(row good).*did it come" "a message that asks for receipts"
shows alice "$(row delivered).*did it come" "is delivered"
settle alice
lacks alice 'displayed' "and whether it was read is not told by default"
say bob "/set receipts read"
say alice "did you read it"
shows bob "$(row good).*did you read it" "it is on his screen"
shows alice "$(row displayed).*did you read it" "with receipts = read she learns it"
keys bob M-1
say alice "and this one"
shows bob '2 alice@here.test 1' "what comes while he looks elsewhere"
settle alice
shows alice "$(row delivered).*and this one" "is delivered"
keys bob M-2
shows alice "$(row displayed).*and this one" "and displayed when he comes to it"
say bob "/set receipts no"
say alice "a last one"
shows bob "$(row good).*a last one" "the last one comes"
settle alice
shows alice "$(row delivered).*a last one" "of which nothing more is told"

# --- somebody who is no contact ----------------------------------------------------

c=$scratch/c ca=$scratch/ca
"$SIGNET" -q ca init "$ca" >/dev/null
"$SIGNET" -q ca issue "$ca" carol@else.test >/dev/null
mkdir -m 700 "$c"
cp "$ca"/user_*.pem "$ca"/root_cert_*.pem "$c/"
cp "$ca"/root_cert_*.pem "$b/"
"$SIGNET" -k "$c" -a sip:carol@else.test send -s --attach-cert --wrap yes \
    -P "sip:$own:6002;transport=tcp" sip:bob@there.test "who are you"
is $? 0 "a stranger writes, asking for receipts"
keys bob M-3
shows bob "$(row good).*who are you" "what she signed is good"
grep -q '^carol@else.test.*typing' "$b/peers"
is $? 0 "and tells that she takes typing"
say bob "/set receipts read"
say bob "/set encrypt no"
typed bob "wouldn't you like to know"
settle bob
keys bob C-u
grep -q '"\{0,1\}Content-Type: message/imdn' "$scratch/bob.trace"
is $? 1 "she gets no receipt"
grep -q 'isComposing' "$scratch/bob.trace"
is $? 1 "and is not told that he types"

keys alice C-c C-c C-c C-c
shows alice 'ended 0' "alice leaves"
keys bob C-c C-c C-c C-c
shows bob 'ended 0' "bob leaves"
finish
