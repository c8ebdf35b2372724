#!/bin/sh
# The wire view on a real terminal: a line for each message as it comes, which
# unfolds; the filter, searching, saving, copying; colours and none.
. "${SRCDIR:?}/tests/e2e/lib.sh"
. "$SRCDIR/tests/e2e/terminal.sh"

a=$scratch/a b=$scratch/b
friends "$a" alice@localhost "$b" bob@localhost
terminal set -s set-clipboard on
client alice 100x30 --no-history -k "$a" -a sips:alice@localhost \
    -l "tcp:$own:0" --sign --encrypt
listens alice

# bob TEXT [OPTIONS]: sends it to alice
bob() {
	"$SIGNET" -q -k "$b" -a sips:bob@localhost \
	    -P "sip:$own:$port;transport=tcp" send sip:alice@localhost "$@"
}

# --- it lives ---------------------------------------------------------------
say alice "/query bob@localhost"
keys alice F2
shows alice '^Nothing has been sent or received here yet' "it is empty first"
bob first -s -e
request='^[0-9:.]{12} bob@localhost -> alice@localhost  MESSAGE  '
shows alice "${request}encrypted [0-9]+ bytes" "a message appears as it comes"
shows alice '^[0-9:.]{12} bob@localhost <- alice@localhost  200 OK  [0-9]+ ms' \
    "and its answer"
shows alice ' 3/3  Enter unfolds' "which is chosen"
bob second -s
shows alice "${request}signed [0-9]+ bytes" "so does the next one"
shows alice ' 6/6 ' "and its answer is chosen"
keys alice p p
shows alice ' 4/6 ' "p goes up"
bob third
shows alice "${request}text/plain 5 bytes" "another one"
shows alice ' 4/9 ' "does not move what is chosen"

# --- folds -------------------------------------------------------------------
keys alice Enter
shows alice '^  in clear' "a connection unfolds to its words"
keys alice Enter g n
shows alice ' 2/9 ' "n goes down"
keys alice Enter
shows alice '^  Call-ID: ' "Enter unfolds to header fields"
shows alice '^== came from tcp:' "and from where it came"
lacks alice 'binary blob' "but no more"
keys alice Enter
shows alice '^  \* binary blob 1, [0-9]+ bytes' "then to its parts"
lacks alice 'OBJECT IDENTIFIER' "without their ASN.1"
keys alice Enter PPage NPage
shows alice 'SEQUENCE \{|OBJECT IDENTIFIER' "then to ASN.1"
keys alice p n Enter
shows alice "^[0-9:.]{12} bob@localhost <- .* 200 OK" "and folds again"
lacks alice '^  ' "to a line"
keys alice Enter Enter
shows alice '^  \* binary blob 1' "unfolded once more"
keys alice BSpace
shows alice '^  Call-ID: ' "Backspace folds one step"
keys alice BSpace
settle alice
lacks alice '^  ' "and the next one"

# --- one call, searching ------------------------------------------------------
keys alice f
shows alice 'one Call-ID' "f shows one call"
shows alice ' 2/3 ' "alone"
is "$(screen alice | grep -c 'bob@localhost [-<]')" 2 "its request and answer"
bob fourth
settle alice
is "$(screen alice | grep -c 'bob@localhost [-<]')" 2 \
    "what comes of another one is not shown"
keys alice f
shows alice ' 2/12 ' "f shows all again"
keys alice g /
typed alice 'text/plain 6'
shows alice '^search: text/plain 6' "a word is searched for"
keys alice Enter
shows alice ' 11/12 ' "and chosen where it is found"
keys alice /
typed alice 'not there'
keys alice Enter
shows alice 'not found below' "what is not there is told"
keys alice '?'
shows alice '^Enter unfold  \^H fold .* y copy  q back$' "? tells the keys"

# --- saving and copying ----------------------------------------------------------
keys alice s
typed alice "$scratch/saved"
keys alice Enter
shows alice 'saved as' "s saves"
is "$(ls -l "$scratch/saved" | cut -c 1-10) $(grep -c '^<- ' "$scratch/saved")" \
    "-rw------- 4" "all of it, for nobody else to read"
grep -q 'SEQUENCE' "$scratch/saved"
ok $? "with ASN.1"
keys alice s
typed alice "$scratch/saved"
keys alice Enter
shows alice 'File exists' "but over no file"
keys alice y
shows alice 'given to the terminal to copy: [0-9]+ bytes' "y copies"
like "$(terminal show-buffer)" \
    '^[0-9:.]{12} bob@localhost -> alice@localhost  MESSAGE  text/plain 6' \
    "the chosen message's line"
keys alice Enter Enter y
shows alice 'given to the terminal to copy: [0-9]+ bytes' "unfolded"
is "$(terminal show-buffer | tail -n 1)" "  fourth" "as much as is shown"
perl -e 'print "x" x 56000' >"$scratch/long"
keys alice G
bob <"$scratch/long"
shows alice 'text/plain 56000 bytes' "a long message"
keys alice p Enter Enter y
shows alice 'are too many to copy, terminals take 56244' "is not copied"
is "$(terminal show-buffer | tail -n 1)" "  fourth" "nor a part of it"

# --- scrolling ------------------------------------------------------------------
keys alice Enter p p p Enter
shows alice ' 11/15 ' "all are folded"
keys alice g n Enter Enter Enter
shows alice 'contentType|SEQUENCE' "a message that is longer than the screen"
shows alice ' 2/15 ' "is chosen"
keys alice NPage
settle alice
lacks alice '^== came from' "is scrolled through"
before=$(screen alice | head -n 20)
bob meanwhile
shows alice ' 2/18 ' "what comes meanwhile"
settle alice
is "$(screen alice | head -n 20)" "$before" "leaves what is read where it is"
keys alice G
shows alice ' 18/18 ' "G goes to the end"
keys alice PPage PPage PPage PPage PPage PPage PPage PPage
shows alice ' 1/18 ' "PgUp to the beginning"
keys alice Up
shows alice ' 1/18 ' "where Up ends"
keys alice Down Down
shows alice ' [12]/18 ' "and Down goes on"
keys alice g n Enter
settle alice
lacks alice '^  ' "it folds again"
keys alice Up
shows alice ' 1/18 ' "where all fits, Up chooses"
keys alice Down Down
shows alice ' 3/18 ' "and so does Down"
terminal resize-window -t alice -x 40 -y 8
settle alice
shows alice ' 3/18 ' "a small window has it, too"
is "$(screen alice | grep -c '^[0-9:.]\{12\} ')" 7 "and a row for each"
terminal resize-window -t alice -x 100 -y 30
settle alice

# --- leaving --------------------------------------------------------------------
keys alice q
shows alice '^bob@localhost' "q goes back"
shows alice '^to bob@localhost:' "to the conversation"
keys alice F2
shows alice ' 18/18 ' "and it is opened at the end"
keys alice F2
shows alice '^bob@localhost' "F2 closes it, too"
say alice "/query"
keys alice M-1 F2
shows alice 'trace: ' "the client's own page"
shows alice '^[0-9:.]{12} == connection with tcp:' "has the connections"
keys alice Escape

# --- what others send --------------------------------------------------------------
long=$(perl -e 'print "y" x 300')
"$SIGNET" -q -a "sip:$long@localhost" -P "sip:$own:$port;transport=tcp" \
    send sip:alice@localhost "$(printf '23:00:00.000 a@b <- c@d  200 OK\n== x')"
keys alice M-3
shows alice 'yyyyy' "somebody with a long address"
keys alice F2
shows alice '^[0-9:.]{12} y{40}\.\. -> alice@localhost  MESSAGE  text/plain' \
    "is cut in the ladder"
lacks alice '^\+' "and takes one row"
keys alice p Enter Enter
shows alice '^  23:00:00.000 a@b <- c@d  200 OK' \
    "a text that looks like a line of the ladder"
lacks alice '^23:00' "is none"
lacks alice '^== x' "nor a note"
keys alice q

# --- colours ----------------------------------------------------------------------
esc=$(printf '\033')
keys alice M-2 F2 g n n
settle alice
like "$(terminal capture-pane -p -e -t alice | tr "$esc" '^')" \
    '\^\[(1;)?(0;)?38;5;[0-9]+m[^^]*200 OK|\^\[38;5;[0-9]+m(\^\[[0-9;]*m)*[0-9:.]+ bob@localhost <-' \
    "an answer has a colour"
keys alice q
say alice '/set theme mono'
keys alice F2 g n n Enter
shows alice '^  SIP/2.0 200 OK' "without colours it is the same"
is "$(terminal capture-pane -p -e -t alice | grep -c "$esc\[[0-9;]*38;5")" 0 \
    "and has none"
is "$(terminal capture-pane -p -e -t alice | tr "$esc" '^' |
    grep -c '\^\[[0-9;]*7m\(\^\[[0-9;]*m\)*[0-9:.]* bob@localhost <-')" 1 \
    "what is chosen is in reverse"
shows alice ' 3/[0-9]+ ' "and told in words"
keys alice q
say alice /quit
shows alice 'ended 0' "it leaves"
is "$(cat "$scratch/alice.err")" "" "without a word of trouble"
finish
