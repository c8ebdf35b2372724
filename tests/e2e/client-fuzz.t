#!/bin/sh
# The client lives through random keys, sizes and pastes while random messages
# come in, and leaves the terminal as it was. Each run has a seed: FUZZ_SEEDS
# names others, FUZZ_SECONDS how long each of them takes.
. "${SRCDIR:?}/tests/e2e/lib.sh"
: "${TOOLS:?make check sets it}" "${FUZZ_SEEDS:=1 2 3}" "${FUZZ_SECONDS:=5}"
LC_ALL=C.UTF-8 TERM=xterm-256color
export LC_ALL TERM
cd "$scratch" || exit 1

# The terminal itself first: it tells what is wrong.
"$TOOLS/pty" wait ready -- sh -c 'stty raw; echo ready; exit 0' 2>said
is $? 1 "a terminal that is left raw is told"
like "$(cat said)" 'modes are not as before' "in words"
"$TOOLS/pty" wait ready type x -- sh -c 'echo ready; read x; kill -SEGV $$' \
    2>said
is $? 1 "so is a crash"

mkdir a b
"$SIGNET" -q -k a keys new alice@localhost </dev/null
"$SIGNET" -q -k b keys new bob@localhost </dev/null
"$SIGNET" -k a keys export alice@localhost >alice.pem
"$SIGNET" -k b keys export bob@localhost >bob.pem
"$SIGNET" -q -k a keys import bob.pem
"$SIGNET" -q -k b keys import alice.pem
"$SIGNET" -q -k b keys trust --yes alice@localhost
seq 1 100000 | sed "s/^/sip:alice@localhost	encrypted text, number /" >lines

# Everything random for a seed; what it said is in fuzz, said and answers.
fuzz() {
	cat >senders <<-SH
	timeout $FUZZ_SECONDS "$SIGNET" -q -k b -a sip:bob@localhost \
	    -P 'sip:$own:5060;transport=tcp' send -s -e -b <lines \
	    >/dev/null 2>&1 &
	perl "$SRCDIR/tests/hostile.pl" $own 5060 $1 $FUZZ_SECONDS >answers
	wait
	SH
	cp -R a "a$1"
	# What leaves goes nowhere, and nobody is asked for names.
	timeout $((FUZZ_SECONDS + 120)) "$TOOLS/pty" 80x24 \
	    wait 'listening on' with 'sh senders' fuzz "$1" "$FUZZ_SECONDS" \
	    join -- "$SIGNET" -k "a$1" -a sip:alice@localhost \
	    -l "tcp:$own:5060" -l "udp:$own:5060" --dns "$own:9" \
	    -P "sip:$own:9;transport=tcp" >fuzz 2>said
}

for seed in $FUZZ_SEEDS; do
	fuzz "$seed"
	ok $? "seed $seed: it ends well, and the terminal is as it was"
	sed 's/^/# /' fuzz answers said
	is "$(grep -v "of your messages wait; they go when" said)" "" "seed $seed: nothing is said on standard error"
	like "$(cat fuzz)" ' [0-9]{2,} actions, [0-9]{4,} bytes' \
	    "seed $seed: keys were typed, and something drawn"
	like "$(cat answers)" 'sent, [0-9]{2,} taken' \
	    "seed $seed: messages came in"
done
finish
