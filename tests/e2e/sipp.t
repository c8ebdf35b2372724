#!/bin/sh
# sipp as the other side: hundreds of MESSAGE from it by UDP and TCP, and its
# answers, provisional ones before.
. "${SRCDIR:?}/tests/e2e/lib.sh"

if ! command -v sipp >/dev/null; then
	echo "1..0 # SKIP sipp is not installed (configure --install-deps=test)"
	exit 0
fi
mkdir -m 700 "$scratch/keys"
# An address of our own, so that fixed ports meet nobody.
host=127.$(od -An -N3 -tu1 /dev/urandom | awk '{printf "%d.%d.%d",
    1 + $1 % 250, 1 + $2 % 250, 1 + $3 % 250}')
sipp() {
	(cd "$scratch" && command sipp -nostdin -timeout 30 "$@" \
	    >"$scratch/sipp.log" 2>&1)
}

listen bob --json -k "$scratch/keys" -a sip:bob@example.com \
    -l "udp:$host:5060" -l "tcp:$host:5060"
sipp -sf "$SRCDIR/tests/sipp/uac.xml" -i "$host" -p 5070 -m 300 -r 300 \
    "$host:5060"
is $? 0 "300 MESSAGE by UDP are answered"
is "$(grep -c '"transport":"udp"' "$scratch/bob.out")" 300 \
    "and shown once each"
sipp -sf "$SRCDIR/tests/sipp/uac.xml" -i "$host" -p 5071 -m 300 -r 300 \
    -t t1 "$host:5060"
is $? 0 "300 by TCP over one connection are answered"
is "$(grep -c '"transport":"tcp"' "$scratch/bob.out")" 300 \
    "and shown once each"
kill "$listener"
ends "$listener"

# answer STATUS WAIT: a sipp that answers one MESSAGE so
answer() {
	sed "s/@status@/$1/" "$SRCDIR/tests/sipp/uas.xml" >"$scratch/uas.xml"
	(cd "$scratch" && exec sipp -nostdin -timeout 30 -deadcall_wait 0 -m 1 \
	    -sf uas.xml \
	    -d "$2" -i "$host" -p 5080 >"$scratch/sipp.log" 2>&1) &
	uas=$!
	pids="$pids $uas"
}
send() {
	"$SIGNET" -k "$scratch/keys" -a sip:alice@example.com \
	    --trace "$scratch/trace" send "sip:bob@$host:5080" hello \
	    2>"$scratch/err"
}
while read -r status wanted; do
	answer "$status" 0
	# sipp may not listen yet: a datagram that nobody takes is repeated,
	# but a closed port is an error at once.
	tries=0
	send
	got=$?
	while [ $got -eq 69 ] && [ $tries -lt 100 ] &&
	    grep -q refused "$scratch/err"; do
		tries=$((tries + 1))
		sleep 0.05
		send
		got=$?
	done
	is $got "$wanted" "sipp answers $status by UDP"
	ends "$uas" 2>/dev/null
done <<TABLE
200 0
404 67
486 75
500 69
603 77
TABLE
answer 200 1500
: >"$scratch/trace"
tries=0
until send || [ $tries -gt 100 ]; do
	tries=$((tries + 1))
	sleep 0.05
done
ends "$uas" 2>/dev/null
is "$(tail -n 60 "$scratch/trace" | grep -c 'SIP/2.0 200')" 1 \
    "a final answer 1.5 s after the 100 is taken"
finish
