#!/bin/sh
# The client on a real terminal: SIPimp's screen and commands, conversations,
# messages and their states, people, against real listeners and senders.
. "${SRCDIR:?}/tests/e2e/lib.sh"
. "$SRCDIR/tests/e2e/terminal.sh"

a=$scratch/a b=$scratch/b
friends "$a" alice@localhost "$b" bob@localhost

listen bob -k "$b" -a sips:bob@localhost -l "tcp:$own:0"
# Names are localhost's; the way is by proxy, straight to the other.
client alice 100x30 --no-history -k "$a" -a sips:alice@localhost -l "tcp:$own:0" \
    -P "sip:$own:$tcp;transport=tcp" --sign --encrypt
listens alice
lacks alice 'bob@localhost' "texts have the 100 columns for themselves"
keys alice M-p
shows alice '\| [?]bob@localhost' "Alt-P: people are who has a certificate here"
is "$(screen alice | sed -n '4p' | cut -c 81)" "|" \
    "as wide as the longest name, its number and a count"

# bob sends as himself
bob() {
	"$SIGNET" -k "$b" -a sips:bob@localhost \
	    -P "sip:$own:$port;transport=tcp" send "$@"
}
at_alice=sip:alice@localhost

# --- SIPimp's commands ------------------------------------------------------
say alice "to: be or not"
shows alice 'to: be or not.*no address and no contact.*nothing was sent' \
    '"to: be or not" is a command that fails'
keys alice C-p
shows alice 'to: be or not$' "and one ^P away"
keys alice C-u
say alice "//to: be or not"
shows alice 'nobody is here to send it to' '"//to:" begins a text'
keys alice C-u
say alice "add: sip:carol@localhost"
shows alice '\|  carol@localhost' "add: keeps somebody"
say alice "/rename carol@localhost Carol C."
shows alice '\|  Carol C\.' "by a name"
say alice "to: carol c."
shows alice '^Carol C\. <carol@localhost>' "to: goes to a known name"
shows alice 'signed .*by sip:127' "the header says how a line will leave"
say alice "status: out for lunch"
shows alice 'presence is not supported yet' "status: says what there is not"

# --- encryption needs a certificate --------------------------------------------
say alice "for your eyes"
shows alice 'not sent: .*certificate' "without a certificate nothing is sent"
shows alice 'to Carol C.: for your eyes' "and the text stays in the input line"
keys alice C-u
say alice "/encrypt off"
shows alice 'NOT-encrypted' "the header says that it will not be encrypted"
say alice "only signed"
shows alice "$(row failed -).*only signed" "what is refused has failed"
says alice 'failed: .*404.*Alt-R' "and says why, and what to do"
say alice "to: sip:bob@localhost"
say alice "for his eyes"
shows alice "$(row delivered e).*for his eyes" "a message is delivered"
wait_for 'for his eyes' "$scratch/bob.out"
like "$(cat "$scratch/bob.out")" \
    'signature good by alice@localhost.*encryption opened' \
    "and arrives signed and encrypted"
say alice "/encrypt off"
say alice "only signed"
shows alice "$(row delivered -).*only signed" "it may be signed alone"
say alice "/sign off"
say alice "neither"
shows alice "$(row delivered -).*neither" "or neither"
wait_for 'signature none' "$scratch/bob.out"
ok $? "it arrives unsigned"
wait_for 'name=Carol' "$a/people"
wait_for 'bob@localhost no-sign' "$a/people"
like "$(cat "$a/people" 2>&1)" 'bob@localhost no-sign no-encrypt' \
    "whether to sign and encrypt is kept for them"
like "$(cat "$a/people" 2>&1)" 'carol@localhost .*name=Carol C\.' \
    "and what they are called"
say alice "/sign on"
say alice "/encrypt on"

# --- what comes ---------------------------------------------------------------
say alice "/query bob@localhost"
bob -s -e "$at_alice" "encrypted and signed"
shows alice "$(row good e).*encrypted and signed" "what comes bears its verdict"
bob "$at_alice" "in clear"
shows alice "$(row "NOT SIGNED").*in clear" \
    "one without a signature is alarming where there always was one"
shows alice ' : NOT SIGNED: not signed, unlike before' "and what to know of it"
keys alice M-1
bob -s -e "$at_alice" "not in view"
shows alice '3[?]bob@localhost \(1\)' "what is not in view is counted"
typed alice "half a li"
bob -s "$at_alice" "and another"
shows alice '\(2\)' "one after the other"
shows alice 'half a li$' "the line that is typed stays where it is"
keys alice C-u M-a
shows alice '---- unread ----' "Alt-A goes to it, and shows from where"
shows alice '^bob@localhost' "in its conversation"
keys alice M-v
shows alice 'signature +good' "Alt-V shows the full verdict"
shows alice 'certificate +[0-9a-f]{64}' "with the fingerprint"
keys alice q

# --- history, editing -----------------------------------------------------------
keys alice M-3 Up
shows alice 'to bob@localhost: /query bob@localhost' "Up has what was entered here"
keys alice C-u
typed alice "one two"
keys alice C-a M-f C-k C-y C-y
shows alice 'to bob@localhost: one two two' "Emacs keys kill and yank"
keys alice C-u
typed alice "first"
keys alice M-Enter
typed alice "second"
keys alice Enter
shows alice '> second' "Alt-Enter makes one message of two lines"
wait_for '^\| second' "$scratch/bob.out"
ok $? "which arrives as two"
terminal set-buffer 'pasted 1
pasted 2'
terminal paste-buffer -p -t alice
shows alice '^ +pasted 2' "what is pasted is not sent line by line"
keys alice C-c
shows alice 'to bob@localhost: *$' "^C leaves the line"
typed alice '/ver'
keys alice Tab
shows alice 'to bob@localhost: /verify' "Tab completes commands"
typed alice 'bob'
keys alice Tab
shows alice 'bob@' "and people"
keys alice C-u
say alice "//slash"
shows alice '> /slash' "two slashes begin a text with one"
say alice "/nonsense"
shows alice '/nonsense is no command' "an unknown command is told"
keys alice C-p
shows alice 'to bob@localhost: /nonsense' "and is one ^P away"
keys alice C-u
before=$(wc -l <"$scratch/bob.out")
for line in "to: nobody" "to: Bob Smith" "to: carol" "add: zzz" "to:" "add:" \
    "TO: two words"; do
	say alice "$line"
done
say alice "/q"
shows alice '/q: /query or /quit\?' "a command that begins like two names them"
say alice "/re"
shows alice '/re: /remove, /rename, /resolve, /resend or /reconnect\?' "or more"
say alice "/rename bob@localhost Bob Two"
say alice "to: Bob Two are you there?"
wait_for 'are you there' "$scratch/bob.out"
is "$(($(wc -l <"$scratch/bob.out") - before))" 2 \
    "to: WHO TEXT sends TEXT, and no other such line is sent"
say alice "/rename bob@localhost"
say alice "add: zed@localhost Zed Zedder"
shows alice '\|  Zed Zedder' "add: takes a name, too"
say alice "to: zed"
shows alice 'to: zed: this is no address' "to: takes no beginning of a name"
say alice "to: Zed Zedder"
say alice "to: stranger@localhost hi"
shows alice 'no contact of yours' "to a stranger it asks first"
keys alice n
shows alice 'not sent: you answered no' "and sends nothing without a yes"
say alice "/clo"
shows alice 'Close it\?' "/clo asks before it closes"
keys alice n
shows alice '^Zed Zedder' "and does not close without a yes"
say alice "/clo"
keys alice y
say alice "to: sip:bob@localhost"

# --- failing, and again -----------------------------------------------------------
kill "$listener"
ends "$listener"
say alice "anybody?"
shows alice "$(row waiting).*anybody\?" "without a way a message waits"
says alice 'anybody\? .*(refused|closed|reset)' "and says why"
say alice "."
shows alice 'no answer yet; quit again' "quitting says what would be lost"
keys alice C-u
say alice "/ignore"
shows alice 'nobody is ignored' "nobody is ignored at first"
say alice "/ignore bob@localhost"
bob "$at_alice" "unheard"
say alice "/status"
shows alice 'listening +tcp:' "/status says how things stand"
lacks alice 'unheard' "what an ignored one says is not shown"
say alice "/ignore bob@localhost"
says alice 'messages from bob@localhost are shown again' "and again it is"
say alice "/close"
settle alice
lacks alice '^bob' "/close closes"
say alice "/help"
shows alice '/rename WHO' "/help has the commands"
keys alice q
say alice "/keys"
shows alice 'peer +bob@localhost' "/keys has the certificates"
keys alice q
say alice "/verify bob@localhost"
shows alice 'alice@localhost.*bob@localhost' "/verify has both fingerprints"
keys alice q
say alice "/set sign no"
shows alice 'set until signet ends' "/set changes a setting"
say alice "/set nonsense yes"
shows alice 'nonsense' "but none that is not there"
keys alice C-u
say alice "/resolve sip:bob@$own:5070"
shows alice 'numeric +127' "/resolve shows the way"
keys alice q

# --- the wire ------------------------------------------------------------------------
say alice "/query bob@localhost"
bob "$at_alice" "for the wire"
keys alice F2
shows alice '^[0-9:.]+ bob@localhost -> alice@localhost  MESSAGE  ' \
    "F2 shows the wire"
shows alice 'trace: bob@localhost' "of this conversation"
keys alice G Enter
shows alice '^  SIP/2.0 200 OK' "requests with their answers"
keys alice p Enter
shows alice '^  MESSAGE sip:alice@' "as they are"
keys alice q
say alice "/wire $scratch/wire.txt"
shows alice 'the trace is saved in' "/wire FILE saves it"
like "$(cat "$scratch/wire.txt")" 'AuthEnvelopedData|authEnvelopedData|id-smime-ct-authEnvelopedData|authEnveloped' \
    "with what is encrypted as its ASN.1"
is "$(ls -l "$scratch/wire.txt" | cut -c 1-10)" "-rw-------" \
    "for nobody else to read"

# --- leaving ---------------------------------------------------------------------------
say alice "/quit"
say alice "/quit"
shows alice 'ended 0' "/quit ends it"
is "$(cat "$scratch/alice.err")" "" "without a word of trouble"

# --- a name server that says nothing ------------------------------------------------------
odd_server silent
client slow 80x24 -k "$a" -a sips:alice@localhost -l "tcp:$own:0" \
    --dns "$dns"
listens slow
say slow "to: sip:dave@nowhere.example"
say slow "is there anybody"
say slow "/resolve"
typed slow "so see you"
shows slow 'to dave@nowhere.example: so see you' \
    "a slow name server keeps no key waiting"
says slow 'does not resolve|no answer|name servers' \
    "what it was asked ends as a note"
shows slow 'to dave@nowhere.example: so see you' "and takes no key"
keys slow C-u
say slow "/quit"
say slow "/quit"
shows slow 'ended 0' "nor the end"
finish
