#!/bin/sh
# listen --exec: a command for each message, four at a time, its exit status the
# answer; nothing of a message is ever in a shell's words.
. "${SRCDIR:?}/tests/e2e/lib.sh"

friends "$scratch/bob" bob@example.com "$scratch/alice" alice@example.com
mkdir "$scratch/d"
export D="$scratch/d"

# serves NAME CMD [OPTIONS]: a listener that runs CMD
serves() {
	_cmd=$2 _listener=$1
	shift 2
	listen "$_listener" --exec "$_cmd" -k "$scratch/bob" \
	    -a sip:bob@example.com -l tcp:127.0.0.1:0 "$@"
}
# sends TEXT [OPTIONS]
sends() {
	_text=$1
	shift
	"$SIGNET" -q -k "$scratch/alice" -a sip:alice@example.com \
	    -P "sip:127.0.0.1:$tcp;transport=tcp" send "$@" \
	    sip:bob@example.com "$_text" 2>/dev/null
}
# stops: ends the listener, in good order
stops() {
	kill "$listener"
	ends "$listener"
}
# gone FILE: until the process whose number the file has runs no more, 5 s at most
gone() {
	_left=100
	until case $(ps -o stat= -p "$(cat "$1")") in '' | Z*) ;; *) false ;; esac
	do
		_left=$((_left - 1))
		[ $_left -gt 0 ] || return 1
		sleep 0.05
	done
}

"$SIGNET" listen --exec '' -a sip:bob@example.com 2>"$scratch/log"
is "$? $(cat "$scratch/log")" \
    '64 signet: listen --exec CMD: CMD must be a command' "no command is none"

# --- killed after its time: it goes on while the others are tried --------------
serves hang 'echo $$ >$D/hang; sleep 1000 & echo $! >$D/behind; wait'
hanging=$listener
sends hello &
waiting=$!
pids="$pids $waiting"
wait_for . "$D/behind"

# --- the answer -----------------------------------------------------------------
serves status 'cat >$D/json; exit $(cat $D/status)'
echo 0 >"$D/status"
sends 'hello bob'
is $? 0 "status 0 is answered 200"
is "$(json text <"$D/json") $(json from <"$D/json") $(json status <"$D/json")" \
    'hello bob alice@example.com 200' "it got the message's JSON"
is "$(wc -l <"$D/json")" 1 "a line"
echo 75 >"$D/status"
sends later
is $? 75 "status 75 is answered 480"
is "$(grep -c -- --exec "$scratch/status.err")" 0 "quietly"
echo 3 >"$D/status"
sends no
is $? 75 "any other, too"
like "$(cat "$scratch/status.err")" \
    'command of --exec ended with status 3 .*alice@example.com.*480' \
    "and a line says so"
"$SIGNET" -q -k "$scratch/alice" -a sip:alice@example.com send \
    "sip:nobody@127.0.0.1:$tcp;transport=tcp" 'not for bob' 2>/dev/null
is $? 67 "a message that is refused stays refused"
wait_for '"text":null' "$D/json"
is "$(json text <"$D/json") $(json status <"$D/json")" 'null 404' \
    "and the command is told, without its text"
is "$(pgrep -P "$listener")" '' "no process is left"
stops
is $? 0 "the listener ends in good order"

# --- nothing of a message in a shell's words ------------------------------------
exec 7</dev/null
serves words 'for fd in /proc/$$/fd/*; do [ -e $fd ] && echo ${fd##*/}; done
    tr "\0" "\n" </proc/$$/cmdline >$D/argv
    env >$D/env; echo printed; cat >$D/json' --history
exec 7<&-
hostile=$(printf '$(touch %s/a) `touch %s/b`; touch %s/c\n"'\'' | touch %s/d &' \
    "$D" "$D" "$D" "$D")
sends "$hostile" -s
is $? 0 "a hostile text comes"
is "$(json text <"$D/json")" "$hostile" "as it is"
is "$(cd "$D" && ls a b c d 2>/dev/null)" '' "and does nothing"
is "$(grep -c touch "$D/env")$(grep -c touch "$D/argv")" 00 \
    "it is neither in the environment nor in the arguments"
is "$(grep '^[0-9]' "$scratch/words.err" | paste -s -d ' ' -)" '0 1 2' \
    "three descriptors are open, whatever the listener has"
is "$(grep -c printed "$scratch/words.out")$(grep -c printed \
    "$scratch/words.err")" 01 "what it prints goes to standard error"
stops

# --- order, size, four at once, the bound ---------------------------------------
serves order 'cat >>$D/order'
i=0
while [ $i -lt 20 ]; do
	printf 'sip:bob@127.0.0.1:%s;transport=tcp\ttext %s\n' "$tcp" $i
	i=$((i + 1))
done | "$SIGNET" -q -k "$scratch/alice" -a sip:alice@example.com send -b
is "$(perl -ne 'print "$1 " if /"text":"text (\d+)"/' "$D/order")" \
    "$(seq -s ' ' 0 19) " "twenty to one are in order"
stops
serves big 'wc -c >$D/size; [ "$(cat $D/size)" -gt 300000 ]'
sends "$(head -c 100000 /dev/zero | tr '\0' '\001')"
is $? 0 "a long one comes as a whole"
stops
serves deaf 'exit 0'
sends "$(head -c 100000 /dev/zero | tr '\0' x)"
is $? 0 "a command need not read"
stops
serves four 'read -r line
    case $line in *"\"text\":null"*) echo >>$D/refused; exit ;; esac
    echo >>$D/started
    until [ -e $D/go ]; do sleep 0.02; done' --trace "$scratch/four.trace"
senders=
for i in 1 2 3 4 5 6 7; do
	head -c 300000 /dev/zero | tr '\0' x | sends - &
	senders="$senders $!"
	pids="$pids $!"
	wait_for '^  User-Agent' "$scratch/four.trace" $i
done
wait_for '' "$D/started" 4
head -c 300000 /dev/zero | tr '\0' x | sends -
is $? 75 "more than the bound is answered 480"
like "$(cat "$scratch/four.err")" '9[0-9]{5} bytes.* wait.* answered 480' \
    "and a line says so"
"$SIGNET" -q -k "$scratch/alice" -a sip:alice@example.com send \
    "sip:nobody@127.0.0.1:$tcp;transport=tcp" hello 2>/dev/null
wait_for '' "$D/refused"
is "$(wc -l <"$D/started")" 4 "four run at a time"
: >"$D/go"
statuses=
for sender in $senders; do
	ends "$sender"
	statuses="$statuses$?"
done
is "$statuses" 0000000 "and the others when it is their turn"
is "$(wc -l <"$D/started")" 7 "each once"
stops

# --- the end --------------------------------------------------------------------
rm "$D/started"
serves end 'echo $$ >$D/$(cat >$D/last; echo started); sleep 1000'
sends hello &
sender=$!
pids="$pids $sender"
wait_for . "$D/started"
stops
is $? 0 "SIGTERM ends the listener while a command runs"
ends "$sender"
is $? 75 "its message is answered 480"
gone "$D/started"
is $? 0 "and it is killed"
serves count 'sleep 0.2; cat >$D/counted' -n 1
sends counted
is $? 0 "with -n the last command is waited for"
ends "$listener"
is "$? $(json text <"$D/counted")" '0 counted' "to its end"

# --- with a history it is committed first ---------------------------------------
cat >"$scratch/log" <<LOG
cat >"$D/json"
"$SIGNET" -q -k "$scratch/bob" -a sip:bob@example.com log --json >"$D/log"
exit 9
LOG
serves history "sh $scratch/log" --history
sends kept
is $? 75 "the status is the answer with a history, too"
is "$(json text <"$D/log") $(json state <"$D/log")" 'kept shown' \
    "and the message is on disk before the command runs"
stops

# --- CBC content: the answer tells nothing --------------------------------------
mkdir -m 700 "$scratch/rsa"
"$SIGNET" -q -k "$scratch/rsa" keys new bob@example.com --type rsa:2048 \
    </dev/null
"$SIGNET" -k "$scratch/rsa" keys export bob@example.com >"$scratch/rsa.pem"
"$SIGNET" -q -k "$scratch/alice" keys import --force "$scratch/rsa.pem"
"$SIGNET" -q -k "$scratch/alice" keys trust --yes bob@example.com
for history in --no-history --history; do
	rm -f "$D/go" "$D/came"
	serves cbc 'cat >>$D/came; until [ -e $D/go ]; do sleep 0.02; done
	    exit 1' -k "$scratch/rsa" $history \
	    --history-file "$scratch/cbc.db"
	for i in 1 2 3 4 5; do
		sends "secret $i" -e --cipher aes-128-cbc || break
	done
	is $? 0 "$history: CBC content is answered 200 while commands run"
	is "$(grep -c 'command of' "$scratch/cbc.err")" 0 "none has ended"
	: >"$D/go"
	wait_for 'ended with status 1 .*alice@example.com$' \
	    "$scratch/cbc.err" 5
	is "$(grep -c '"text":"secret' "$D/came")" 5 \
	    "each is run for, whatever it ends with"
	rm "$D/go"
	sends plain &
	sender=$!
	pids="$pids $sender"
	wait_for plain "$D/came"
	: >"$D/go"
	ends "$sender"
	is $? 75 "what is not CBC waits for it"
	stops
done

# --- the one that was left alone ------------------------------------------------
ends "$waiting"
is $? 75 "a command that hangs is killed, and answered 480"
like "$(cat "$scratch/hang.err")" 'took longer than 20 s.*480' "a line says so"
gone "$D/hang" && gone "$D/behind"
is $? 0 "and all that it started is gone"
listener=$hanging
stops
is $? 0 "the listener goes on"
finish
