#!/bin/sh
# The part of make bench that measures the client in a terminal: its start,
# against irssi's, its memory, keys while messages come in, rest, and looking
# back. BENCH_CLIENT=0 leaves it out.
[ "${BENCH_CLIENT:-1}" != 0 ] || exit 0
. "${SRCDIR:?}/tests/e2e/lib.sh"
: "${TOOLS:?make bench sets it}" "${BENCH_PEOPLE:=1000}"
: "${BENCH_STARTS:=21}" "${BENCH_KEYS:=300}" "${BENCH_REST:=30}"
: "${BENCH_FLOOD:=100000}" "${BENCH_RUNS:=3}"
LC_ALL=C.UTF-8 TERM=xterm-256color
export LC_ALL TERM
cd "$scratch" || exit 1
enter=$(printf '\r.')
enter=${enter%.}
esc=$(printf '\033')

median() {
	sort -n | awk '{v[NR] = $1} END {print v[int((NR + 1) / 2)]}'
}
# field NAME [N]: the N-th number of what the terminal measured
field() {
	awk -v name="$1" -v n="${2:-1}" '$1 == name {print $(n + 1)}' measured
}
# client STEPS..: alice's, with these options and what was measured in measured
options=
client() {
	timeout 900 "$TOOLS/pty" 100x30 "$@" -- "$SIGNET" -k a \
	    -a sip:alice@localhost -l "tcp:$own:5060" $options >measured
}

mkdir a b
i=0
while [ $i -lt "$BENCH_PEOPLE" ]; do
	i=$((i + 1))
	"$SIGNET" -q -k a keys new "u$i@localhost" </dev/null
	echo "sips:u$i@localhost name=Person $i"
done >a/people
rm -f a/user_key_*
"$SIGNET" -q -k a keys new alice@localhost </dev/null
"$SIGNET" -q -k b keys new bob@localhost </dev/null
"$SIGNET" -k a keys export alice@localhost >alice.pem
"$SIGNET" -k b keys export bob@localhost >bob.pem
"$SIGNET" -q -k a keys import bob.pem
"$SIGNET" -q -k b keys import alice.pem
"$SIGNET" -q -k a keys trust --yes bob@localhost
"$SIGNET" -q -k b keys trust --yes alice@localhost

# --- the start, memory, rest ---------------------------------------------------

echo "the client with $BENCH_PEOPLE people and as many certificates:"
irssi() {
	timeout 60 "$TOOLS/pty" 100x30 paint '(status)' quit "/quit$enter" -- \
	    irssi --home="$scratch/irssi" --noconnect >measured
}
if command -v irssi >/dev/null; then
	# Files are in memory then, and irssi's own are made.
	irssi
	client paint 'listening on'
	i=0
	while [ $i -lt "$BENCH_STARTS" ]; do
		i=$((i + 1))
		client paint 'listening on' quit "/quit$enter"
		ours=$(field paint)
		irssi
		echo "$ours $(field paint)"
	done >starts
	printf '  start to first paint: %.2f of irssi (aim at most 1.50)' \
	    "$(awk '{print $1 / $2}' starts | median)"
	printf ', %s ms against %s\n' \
	    "$(awk '{print $1}' starts | median)" \
	    "$(awk '{print $2}' starts | median)"
else
	echo "  irssi is not installed (configure --install-deps=test)"
fi
client wait 'listening on' memory idle "$BENCH_REST"
printf '  %s kB resident (aim below 16384)\n' "$(field memory)"
printf '  %s wake-ups in %s s (aim 0)\n' "$(field idle)" "$BENCH_REST"

# --- keys while messages come in ----------------------------------------------------

# paced OPTIONS: 500 messages a second, for somewhat longer than it takes to
# type; the text has none of the characters that are typed
count=$((BENCH_KEYS * 500 / 40))
paced() {
	client wait 'listening on' with "perl -MTime::HiRes=time,sleep -e '
		my \$due = time;
		\$| = 1;
		for (1 .. $count) {
			print qq(sip:alice\\@localhost\t),
			    qq(paced number \$_ of all\n);
			\$due += 0.002;
			sleep \$due - time if \$due > time;
		}' | '$SIGNET' -q -k b -a sip:bob@localhost \
		    -P 'sip:$own:5060;transport=tcp' send -b $*" \
	    type "/query sip:bob@localhost$enter" wait 'paced number' \
	    echo "$BENCH_KEYS" join shows "paced number $count of all"
}
echo "a key until it is echoed, 500 messages a second coming into view:"
for kind in '' '-s -e'; do
	paced $kind || echo "  it failed"
	case $kind in
	'') printf '  plain ' ;;
	*) printf '  signed and encrypted ' ;;
	esac
	printf '%.1f ms in 95 of 100 (aim at most 5), median %.1f\n' \
	    "$(field echo 2 | awk '{print $1 / 1000}')" \
	    "$(field echo | awk '{print $1 / 1000}')"
done

# --- looking back ------------------------------------------------------------------------

# What is looked at is the screen's log, not what the run before left on disk.
options=--no-history
# filled COUNT: a conversation of so many, page by page at its beginning
filled() {
	seq -f "sip:alice@localhost	number %.0f of all" 1 "$1" >lines
	client wait 'listening on' type "/query sip:bob@localhost$enter" \
	    run "'$SIGNET' -q -k b -a sip:bob@localhost \
		-P 'sip:$own:5060;transport=tcp' send -b <lines" \
	    shows "number $1 of all" memory type "$esc<" \
	    shows 'number 2 of all' repaint 100 "$esc[6~" "$esc[5~" ||
	    echo "  it failed" >&2
	field repaint
}
i=0
while [ $i -lt "$BENCH_RUNS" ]; do
	i=$((i + 1))
	few=$(filled 100)
	echo "$(filled "$BENCH_FLOOD") $few"
done >pages
printf 'a page among %s messages against one among 100:\n' "$BENCH_FLOOD"
printf '  %.2f (aim at most 1.20): %s us against %s; %s kB resident\n' \
    "$(awk '{print $1 / $2}' pages | median)" \
    "$(awk '{print $1}' pages | median)" \
    "$(awk '{print $2}' pages | median)" "$(field memory)"
