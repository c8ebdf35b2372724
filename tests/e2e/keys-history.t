#!/bin/sh
# Keys that change while a history hangs on them: the new key opens it, whatever
# way it came; the last one goes only by force, which says what is lost.
. "${SRCDIR:?}/tests/e2e/lib.sh"
: "${TOOLS:?make check sets it}"
cd "$scratch" || exit 1

me=sips:alice@example.com
db=$XDG_DATA_HOME/signet/history-alice@example.com.db
keys() {
	"$SIGNET" keys "$@" -q -k k </dev/null 2>err
}
history() {
	"$TOOLS/history" k alice@example.com "$db"
}
# reads WHAT: the history opens with the keys that are there
reads() {
	got=$("$SIGNET" log -k k -a "$me" 2>err | grep -c '^| ')
	is "$got,$(cat err)" "$wrote," "$1"
}

keys new "$me"
printf 'in\tbob@example.net\thello\nout\tbob@example.net\tdelivered\tyes\n' |
    history
wrote=2
reads "the key that it was written with opens it"
keys new "$me" --force
is "$?,$(cat err)" '0,' "the key is replaced"
reads "and the new one opens it"
printf 'in\tbob@example.net\tagain\n' | history
wrote=3
reads "and writes on"

# A certificate with its key in one file, and in two.
other() {
	rm -rf other
	"$SIGNET" keys new "$me" -q -k other </dev/null
	"$SIGNET" keys export alice@example.com -k other >other/cert
	"$SIGNET" keys export alice@example.com --private -k other |
	    sed -n '/PRIVATE/,/PRIVATE/p' >other/key
	cat other/cert other/key >other/both
}
other
keys import --force other/both >out
is "$?,$(cat err)" '0,' "another key is imported"
reads "which opens it"
other
keys import --force other/key other/cert >out
is "$?,$(cat err)" '0,' "key and certificate are imported from two files"
reads "which opens it"
other
"$SIGNET" keys import --force other/cert -k k </dev/null >out 2>err
is $? 0 "a certificate alone is imported over one's own"
like "$(cat err)" "history.*$db.*3 messages.*opens no more.*no private key" \
    "and a line says that the history does not open"
cp other/cert lone
keys import --force other/key
is $? 0 "its key comes later"
"$SIGNET" log -k k -a "$me" >out 2>err
is "$?,$(wc -l <err)" 78,1 "that is too late: a line, and 78"

# The old key has a passphrase.
rm -rf k "$XDG_DATA_HOME"
"$SIGNET" keys new "$me" -q -k k --passphrase-command 'echo secret' </dev/null
rm -rf plain
"$SIGNET" keys new "$me" -q -k plain </dev/null
cp plain/* k/ && printf 'in\tbob@example.net\thello\n' | history
is "$(ls "$db")" "$db" "there is a history"
other
"$SIGNET" keys import --force -q -k k --passphrase-command 'echo secret' \
    other/both </dev/null 2>err >out
is "$?,$(cat err)" '0,' "a key is replaced by one with a passphrase"
"$SIGNET" keys new "$me" --force -q -k k --passphrase-command 'echo wrong' \
    </dev/null 2>err
is "$?" 78 "where it cannot be opened it is not replaced"
like "$(cat err)" 'passphrase.*wrong' "and a line says why"
is "$(wc -l <err)" 1 "one line"
is "$("$SIGNET" log -k k -a "$me" --passphrase-command 'echo secret' |
    grep -c '^| ')" 1 "the old one opens it still"
"$SIGNET" keys new "$me" --force -q -k k --passphrase-command 'echo secret' \
    </dev/null 2>err
is "$?,$(cat err)" '0,' "with the passphrase it is replaced"
is "$("$SIGNET" log -k k -a "$me" --passphrase-command 'echo secret' |
    grep -c '^| ')" 1 "and the new one opens it"

# The last key.
"$SIGNET" keys remove alice@example.com -k k </dev/null 2>err
is "$?,$(wc -l <err)" 64,1 "the last key is not removed"
like "$(cat err)" "history $db \(1 message\).*--force" "a line says what is lost"
"$SIGNET" keys remove alice@example.com --force -k k </dev/null 2>err
is "$?,$(wc -l <err)" 0,1 "with --force it is"
like "$(cat err)" "history $db \(1 message\) can no longer be read" \
    "and a line says what is lost"
"$SIGNET" keys new "$me" -q -k k </dev/null
"$SIGNET" keys remove alice@example.com --force -k k </dev/null 2>err
is "$?,$(cat err)" '0,' "a key that opens no history is no loss"

# A history of another name.
rm -rf k
keys new "$me"
printf 'in\tbob@example.net\thello\n' |
    "$TOOLS/history" k alice@example.com here.db
"$SIGNET" keys new "$me" --force -q -k k -a "$me" --history-file here.db \
    </dev/null
is "$("$SIGNET" log -k k -a "$me" --history-file here.db | grep -c '^| ')" 1 \
    "history-file is kept readable, too"
finish
