#!/bin/sh
# However the client ends, the terminal is as it was: quitting, signals,
# stopping and going on, a crash, a terminal that goes away.
. "${SRCDIR:?}/tests/e2e/lib.sh"
. "$SRCDIR/tests/e2e/terminal.sh"

k=$scratch/k
mkdir "$k"
"$SIGNET" -q -k "$k" keys new alice@localhost </dev/null

# modes NAME: what the terminal is like
modes() {
	rm -f "$scratch/stty"
	run "$1" "stty -g >'$scratch/stty.new'; mv '$scratch/stty.new' '$scratch/stty'"
	wait_for . "$scratch/stty"
	echo "$(cat "$scratch/stty") $(terminal display-message -p -t "$1" \
	    'alternate #{alternate_on} cursor #{cursor_flag} mouse #{mouse_any_flag} #{mouse_sgr_flag} keypad #{keypad_flag} keys #{keypad_cursor_flag}')"
}

pid_of() {
	terminal display-message -p -t "$1" '#{pane_pid}' | xargs -I{} \
	    pgrep -P {} -x signet
}

begin() {
	client "$1" 80x24 -k "$k" -a sips:alice@localhost -l "tcp:$own:0" \
	    --register no
	shows "$1" 'listening on' "$1: it starts"
}

terminal new-session -d -s plain -x 80 -y 24 env PS1='done$ ' ENV= sh
before=$(modes plain)

begin quit
is "$(terminal display-message -p -t quit '#{alternate_on}')" 1 \
    "it takes the other screen"
say quit /quit
shows quit 'ended 0' "/quit ends it"
is "$(modes quit)" "$before" "and leaves the terminal as it was"

begin twice
keys twice C-c
shows twice 'again quits' "^C asks once"
keys twice C-c
shows twice 'ended 0' "twice ends it"
is "$(modes twice)" "$before" "and leaves the terminal as it was"

for signal in TERM HUP INT; do
	begin $signal
	kill -$signal "$(pid_of $signal)"
	shows $signal 'ended 0' "SIG$signal ends it in good order"
	is "$(modes $signal)" "$before" "and leaves the terminal as it was"
done

for signal in SEGV ABRT; do
	begin $signal
	kill -$signal "$(pid_of $signal)"
	shows $signal 'ended [1-9]' "SIG$signal is a crash"
	is "$(modes $signal)" "$before" "and leaves the terminal as it was"
done

begin stop
typed stop 'still here'
keys stop C-z
shows stop 'done\$|Stopped|Suspended' "^Z stops it"
is "$(modes stop)" "$before" "with the terminal as it was"
run stop 'fg; echo ended $?'
shows stop 'still here$' "and it goes on where it was"
is "$(terminal display-message -p -t stop '#{alternate_on}')" 1 \
    "on the other screen again"
keys stop C-c
say stop .
shows stop 'ended 0' ". alone ends it"
is "$(modes stop)" "$before" "and leaves the terminal as it was"

begin gone
pid=$(pid_of gone)
terminal kill-session -t gone
left=100
while kill -0 "$pid" 2>/dev/null && [ $left -gt 0 ]; do
	left=$((left - 1))
	sleep 0.05
done
ok $((left == 0)) "a terminal that goes away ends it"

"$SIGNET" -k "$k" -a sips:alice@localhost </dev/null >"$scratch/out" 2>&1
is $? 64 "without a terminal it is no client"
like "$(cat "$scratch/out")" 'needs a terminal' "and says so"
client dumb 80x24 -k "$k" -a sips:alice@localhost -l "tcp:$own:0"
shows dumb 'listening on' "dumb: it starts"
say dumb .
shows dumb 'ended 0' "it ends"
run dumb "TERM=nonsense '$SIGNET' -k '$k' -a sips:alice@localhost"
shows dumb 'unknown terminal .*TERM' "a terminal that nobody knows is told"
finish
