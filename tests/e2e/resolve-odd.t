#!/bin/sh
# Name servers that are not as they should be, and what goes out together.
. "${SRCDIR:?}/tests/e2e/lib.sh"

# resolve URI: rc, out and err
resolve() {
	"$SIGNET" --dns "$dns" "$@" >"$scratch/out" 2>"$scratch/err" \
	    </dev/null
	rc=$?
	out=$(cat "$scratch/out")
	err=$(cat "$scratch/err")
}
close() {
	kill "$odd"
	ends "$odd" 2>/dev/null
}
batch() { # the N-th that the server withheld, sorted
	perl -e 'local $/; my @b = split /^--\n/m, <STDIN>;
	    print join ", ", sort split /\n/, $b[$ARGV[0] - 1]' "$1" \
	    <"$scratch/odd.log"
}

# The silent one takes its time; others go on beside it.
odd_server silent
silent=$odd silence=$dns
"$SIGNET" --dns "$silence" resolve sips:b@example.test \
    >"$scratch/silent.out" 2>"$scratch/silent.err" &
waits=$!
pids="$pids $waits"

# So do three, beyond the time that one URI gets.
odd_server silent
three=$silence,$dns
odd_server silent
three=$three,$dns
"$SIGNET" --dns "$three" resolve sips:b@example.test >/dev/null \
    2>"$scratch/three.err" &
limit=$!
pids="$pids $limit"

odd_server together 4 4
resolve resolve sips:b@example.test
is "$rc" 0 "sips: it withholds answers until all questions came, and gets them"
is "$(batch 1)" "A example.test, AAAA example.test, NAPTR example.test, SRV _sips._tcp.example.test" \
    "sips: NAPTR, SRV, A and AAAA go out together"
is "$(batch 2)" "A one._sips._tcp.example.test, A two._sips._tcp.example.test, AAAA one._sips._tcp.example.test, AAAA two._sips._tcp.example.test" \
    "then the addresses of all SRV targets, together: two round trips"
is "$(grep -c . "$scratch/odd.log")" 10 "and nothing is asked twice"
close

odd_server together 6 8
resolve resolve sip:b@example.test
is "$rc" 0 "sip: the same"
is "$(batch 1)" "A example.test, AAAA example.test, NAPTR example.test, SRV _sip._tcp.example.test, SRV _sip._udp.example.test, SRV _sips._tcp.example.test" \
    "sip: NAPTR, SRV of each transport, A and AAAA go out together"
like "$out" '1  tcp:127.0.0.1:5071' "sip: and lead somewhere"
close

odd_server together 2
resolve resolve sips:b@example.test:99
is "$rc $(batch 1)" "0 A example.test, AAAA example.test" \
    "a port: A and AAAA alone, together"
close

odd_server half
resolve resolve sips:b@example.test:99
is "$rc" 0 "a server that is silent about AAAA is not waited for"
like "$out" 'no answer came soon after the other address family' "and that is said"
like "$out" '1  tls:192.0.2.1:99' "the address that it gives is enough"
close

odd_server escape
resolve resolve 'sip:b@example.test;transport=tcp'
is "$rc" 68 "names with control characters lead nowhere"
is "$(cat "$scratch/out" "$scratch/err" | tr -d '[:print:]\n')" "" \
    "and do not reach the terminal as they are"
like "$out" 'evil' "but are shown"
resolve --json resolve 'sip:b@example.test;transport=tcp'
is "$(printf %s "$out" | tr -d '[:print:]\n')" "" "nor in JSON"
is "$(json targets 1 <"$scratch/out")" null "whose lines are objects"
close

odd_server broken
resolve resolve sips:b@example.test
is "$rc" 68 "answers that are cut short: does not resolve"
like "$err" 'example.test does not resolve: .*malformed' \
    "answers that are cut short: says so"
close

odd_server chain 8
resolve resolve sips:b@example.test
is "$rc" 0 "a chain of 8 CNAMEs is followed"
close
odd_server chain 9
resolve resolve sips:b@example.test
is "$rc" 68 "a chain of 9 CNAMEs is not"
like "$err" 'too many aliases in a row' "a chain of 9 CNAMEs: says so"
close

odd_server garbage
"$SIGNET" --dns "$dns" resolve sips:b@example.test >/dev/null \
    2>"$scratch/garbage.err" &
garbage=$!
pids="$pids $garbage"

ends $waits
is "$?" 68 "a silent server: does not resolve"
like "$(cat "$scratch/silent.err")" \
    'example.test does not resolve: the name server does not answer' \
    "a silent server: says so"
ends $garbage
is "$?" 68 "a server that answers garbage: does not resolve"
like "$(cat "$scratch/garbage.err")" 'example.test does not resolve: ' \
    "a server that answers garbage: says so"
ends $limit
is "$?" 68 "three silent servers: does not resolve within the limit"
like "$(cat "$scratch/three.err")" 'does not answer' \
    "three silent servers: says so"
# Beside a server that is silent, one that answers is enough.
odd_server chain 1
good=$dns
dns=$silence
resolve --dns "$good" resolve sips:b@example.test:99
is "$rc" 0 "the second server is asked when the first is silent"
finish
