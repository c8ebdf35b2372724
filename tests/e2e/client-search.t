#!/bin/sh
# The client searches a long history: bit by bit, so that keys echo meanwhile,
# and until it is told to stop.
. "${SRCDIR:?}/tests/e2e/lib.sh"
: "${TOOLS:?make check sets it}"
. "$SRCDIR/tests/e2e/terminal.sh"

a=$scratch/a
"$SIGNET" -q -k "$a" keys new alice@localhost </dev/null
db=$XDG_DATA_HOME/signet/history-alice@localhost.db
mkdir -p "$XDG_DATA_HOME/signet"
perl -e 'for my $i (1 .. 150000) {
	printf "in\tu%d\@example.com\tmessage %d: the quick brown fox\n",
	    $i % 50, $i }' | "$TOOLS/history" "$a" alice@localhost "$db"
client alice 100x30 -k "$a" -a sips:alice@localhost -l "tcp:$own:0" \
    --register no
listens alice

say alice "/search quick brown"
shows alice 'There may be more: signet log --grep|message 149999: the quick' \
    "a word that many have: a page"
keys alice q

# ESC comes with the line's end, before a second round.
typed alice "/search no such words"
keys alice Enter Escape
shows alice 'the search was stopped at [0-9]+ of 150000' "ESC ends a search"
at=$(screen alice | sed -n 's/.*stopped at \([0-9]*\) of.*/\1/p')
is "$((at > 0 && at < 150000))" 1 "which had not come to its end"
sleep 0.5
shows alice 'the search was stopped' "nothing comes of it later"
say alice "/search message 1:"
shows alice '^ *message 1: the quick brown fox' "another one goes to the end"
shows alice 'u1@example.com' "and says whose it is"
keys alice q

# What has the screen when it ends stays there.
typed alice "/search message 2:"
keys alice Enter F1
shows alice 'keys|/help|Alt' "help over a search"
keys alice q
shows alice '^ *message 2: the quick brown fox' "the page comes after it"
keys alice q

# In a conversation.
say alice "/query u7@example.com"
shows alice 'message 149957: the quick' "a conversation's end"
keys alice PPage
settle alice
typed alice "/"
typed alice "message 7:"
keys alice Enter
shows alice 'message 7: the quick brown fox' \
    "/ goes back to its first message, page by page"
keys alice Escape
settle alice
keys alice PPage
settle alice
typed alice "/"
typed alice "nothing"
keys alice Enter M-1
say alice "/quit"
shows alice 'ended 0' "a conversation that is searched can be left"
finish
