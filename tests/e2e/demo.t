#!/bin/sh
# signet demo: the client with kumiko, or a play where there is no terminal;
# nothing of the person's is read, and nothing is left however it ends.
. "${SRCDIR:?}/tests/e2e/lib.sh"
. "$SRCDIR/tests/e2e/terminal.sh"

# The person has settings that nobody can read, and keys.
mkdir -p "$scratch/config/signet" "$scratch/data/signet/keys" "$scratch/tmp"
echo 'nonsense = yes' >"$scratch/config/signet/signet.conf"
TMPDIR=$scratch/tmp
export TMPDIR

# left_behind: what there is of it, 5 s after it ended at most
left_behind() {
	_left=100
	while [ -n "$(ls "$TMPDIR")" ] && [ $_left -gt 0 ]; do
		_left=$((_left - 1))
		sleep 0.05
	done
	ls "$TMPDIR"
}

# gone PID: until it runs no more, 5 s at most
gone() {
	_left=100
	while ps -o stat= -p "$1" | grep -qv '^Z'; do
		_left=$((_left - 1))
		[ $_left -gt 0 ] || return 1
		sleep 0.05
	done
}

# --- the play ------------------------------------------------------------------

timeout 60 "$SIGNET" demo >"$scratch/out" 2>"$scratch/err"
is $? 0 "without a terminal a conversation is played"
is "$(cat "$scratch/err")" "" "without a word of trouble"
is "$(grep -c '^== kumiko answers' "$scratch/out")" 4 "kumiko answers each line"
is "$(grep -c 'by tls-mutual: signature good by kumiko@localhost .*opened' \
    "$scratch/out")" 4 "signed and encrypted, over TLS"
like "$(cat "$scratch/out")" 'id-ct-authEnvelopedData|authEnvelopedData' \
    "the wire is shown, and what is encrypted as its ASN.1"
is "$(left_behind)" "" "nothing is left behind"
is "$(find "$scratch/config" "$scratch/data" -newer "$scratch/tmp")" "" \
    "settings and keys of the person are as they were"
env -u HOME -u XDG_CONFIG_HOME -u XDG_DATA_HOME timeout 60 "$SIGNET" demo \
    >/dev/null 2>"$scratch/err"
is $? 0 "it needs no HOME"
if command -v strace >/dev/null &&
    strace -o /dev/null true 2>/dev/null; then
	strace -f -o "$scratch/calls" -e trace=%file,connect,sendto \
	    timeout 60 "$SIGNET" demo >/dev/null 2>&1
	grep -E "\"$scratch/(config|data)" "$scratch/calls" >"$scratch/seen"
	is "$(cat "$scratch/seen")" "" "no system call names them"
	grep -E 'sin6?_port' "$scratch/calls" |
	    grep -Ev '127\.0\.0\.1|"::1"' >"$scratch/seen"
	is "$(cat "$scratch/seen")" "" "nothing goes to another machine"
fi
"$SIGNET" demo more >/dev/null 2>&1
is $? 64 "it takes no words"
TMPDIR=$scratch/nowhere "$SIGNET" demo >/dev/null 2>"$scratch/err"
is $? 73 "without a scratch folder there is no demo"
like "$(cat "$scratch/err")" 'cannot make a temporary folder' "and it says so"

# Its output is full and nobody reads it, so it stands in the midst.
mkfifo "$scratch/full"
exec 3<>"$scratch/full"
for signal in INT TERM HUP QUIT KILL; do
	(head -c 65536 /dev/zero; exec "$SIGNET" demo) >"$scratch/full" \
	    2>"$scratch/err" 3<&- &
	player=$!
	pids="$pids $player"
	_left=200
	until kumiko=$(pgrep -P $player -x signet); do
		_left=$((_left - 1))
		[ $_left -gt 0 ] || break
		sleep 0.05
	done
	[ -n "$(ls "$TMPDIR")" ]
	ok $? "played, SIG$signal: there is a folder meanwhile"
	kill -s $signal $player
	{ gone $player || kill -s KILL $player; } 2>/dev/null
	gone "$kumiko" && [ -z "$(left_behind)" ]
	ok $? "played, SIG$signal: neither kumiko nor a file is left"
	head -c 65536 "$scratch/full" >/dev/null
done
exec 3<&-

# --- the client -------------------------------------------------------------------

begin() {
	client "$1" 80x24 demo
	shows "$1" "$(row good e).*Hello, I am kumiko" \
	    "$1: kumiko greets, signed and encrypted"
	pid=$(terminal display-message -p -t "$1" '#{pane_pid}')
	pid=$(pgrep -P "$pid" -x signet)
	kumiko=$(pgrep -P "$pid" -x signet)
}

begin quit
shows quit 'DEMO: nothing leaves this machine' "a banner says what it is"
say quit 'Is this safe?'
shows quit "$(row delivered e).*Is this safe" "what is typed is delivered"
shows quit "$(row good e).*signed by you" "she says what she got"
say quit '/encrypt off'
say quit 'And this?'
says quit 'could have read it' "and what could be better"
keys quit F2
shows quit 'trace: kumiko@localhost' "F2 shows the wire"
keys quit q
say quit /verify
shows quit 'fluffy@localhost.*kumiko@localhost' "/verify has both of them"
keys quit q
say quit /quit
shows quit 'ended 0' "/quit ends it"
gone "$kumiko" && [ -z "$(left_behind)" ]
ok $? "neither kumiko nor a file is left"

for signal in TERM HUP INT QUIT KILL; do
	begin $signal
	kill -s $signal "$pid"
	shows $signal 'ended [0-9]' "SIG$signal ends it"
	gone "$kumiko" && [ -z "$(left_behind)" ]
	ok $? "neither kumiko nor a file is left"
done
begin lonely
kill "$kumiko"
gone "$kumiko"
say lonely 'Are you there?'
shows lonely "$(row waiting).*Are you there" "without kumiko the client goes on"
say lonely /quit
shows lonely 'quit again' "leaving what waits is asked about"
say lonely /quit
shows lonely 'ended 0' "and ends in order"
is "$(left_behind)" "" "with nothing left"
finish
