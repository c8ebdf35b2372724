#!/bin/sh
# The part of make bench that goes through a real proxy, and that measures
# what a target that is not there costs. BENCH_PROXIES=0 leaves it out.
[ "${BENCH_PROXIES:-1}" != 0 ] || exit 0
. "${SRCDIR:?}/tests/e2e/lib.sh"
. "$SRCDIR/tests/e2e/kamailio.sh"
: "${BENCH_BATCH:=10000}" "${BENCH_RUNS:=3}"

mkdir -m 700 "$scratch/ca" "$scratch/keys"
root "$scratch/ca" test
cp "$scratch/ca/root_cert_test.pem" "$scratch/keys/"

median() {
	sort -n | awk '{v[NR] = $1} END {print v[int((NR + 1) / 2)]}'
}
# seconds COMMAND..: its wall time, in wall; what it does is its own
seconds() {
	_start=$(date +%s%N)
	"$@"
	_status=$?
	wall=$(echo "$_start $(date +%s%N)" | awk '{print ($2 - $1) / 1e9}')
	return $_status
}
tool() {
	(cd "$scratch" && exec sipp -nostdin -timeout 120 "$@" \
	    >"$scratch/sipp.log" 2>&1)
}

# --- through a proxy ---------------------------------------------------------------

taker=$(address 1)
proxy_make com example.com "$own" "$scratch/ca" test digest='1==0' \
    memory=1024 wt_timer=1000 "next=example.net=sip:$taker:5080;transport=tcp"
proxy_start com || exit 1
cat >"$scratch/com.zone" <<ZONE
\$TTL 300
@ SOA ns hostmaster 1 3600 600 86400 60
@ NS ns
ns A 127.0.0.1
sip A $own
_sips._tcp SRV 1 0 5061 sip
ZONE
# Whose targets: one that is there alone, or behind one that refuses, or one
# that takes the connection and never says a word of TLS.
silent=$(address 2)
mkdir "$scratch/bob"
for name in there refuses silent; do
	domain "$scratch/ca" test "$scratch/bob" $name.test DNS:$name.test
done
listen bob -k "$scratch/bob" -a sip:bob@there.test -a sip:bob@refuses.test \
    -a sip:bob@silent.test -l "tls:$own:0" || exit 1
perl -MIO::Socket::IP -e '
	my $l = IO::Socket::IP->new(LocalHost => $ARGV[0], LocalPort => 5061,
	    Type => SOCK_STREAM, Listen => 99) or die "bench: $@\n";
	sleep 600' "$silent" &
pids="$pids $!"
taken tcp "$silent" 5061 || exit 1
cat >"$scratch/test.zone" <<ZONE
\$TTL 300
@ SOA ns hostmaster 1 3600 600 86400 60
@ NS ns
ns A 127.0.0.1
bob A $own
silent-host A $silent
_sips._tcp.there SRV 2 0 $tls bob
_sips._tcp.refuses SRV 1 0 5069 silent-host
	SRV 2 0 $tls bob
_sips._tcp.silent SRV 1 0 5061 silent-host
	SRV 2 0 $tls bob
ZONE
name_server example.com "$scratch/com.zone" test "$scratch/test.zone" ||
    exit 1

# A sipp that answers everything.
(cd "$scratch" && exec sipp -nostdin -timeout 600 -deadcall_wait 0 \
    -sf "$SRCDIR/tests/sipp/takes.xml" -t t1 -i "$taker" -p 5080 \
    >"$scratch/taker.log" 2>&1) &
taking=$!
pids="$pids $taking"
taken tcp "$taker" 5080 || exit 1
perl -e 'for (0 .. $ARGV[0] - 1) {
	printf "%s:u%d\@example.net\tThe quick brown fox jumps over the lazy" .
	    " dog, and then once more.\n", $ARGV[1], $_ % 100 + 1
}' "$BENCH_BATCH" sip >"$scratch/sip.lines"
sed 's/^sip:/sips:/' "$scratch/sip.lines" >"$scratch/sips.lines"
{
	echo SEQUENTIAL
	seq -f u%g 1 100
} >"$scratch/users.csv"
batch() {
	"$SIGNET" -k "$scratch/keys" -a sip:alice@example.com --dns "$dns" \
	    -P "$1" send -b <"$scratch/$2.lines"
}
echo "send -b through Kamailio, $BENCH_BATCH plain messages to 100 URIs:"
run=0
while [ $run -lt "$BENCH_RUNS" ]; do
	run=$((run + 1))
	seconds tool -sf "$SRCDIR/tests/sipp/many.xml" -inf users.csv -t t1 \
	    -i "$taker" -p 5090 -m "$BENCH_BATCH" -l 100 -r 100000 \
	    "$own:5060" || echo "  sipp failed some"
	sipp=$wall
	seconds batch "sip:$own:5060;transport=tcp" sip ||
	    echo "  send by TCP failed some"
	tcp=$wall
	seconds batch sips:example.com sips || echo "  send by TLS failed some"
	awk -v s="$sipp" -v t="$tcp" -v l="$wall" -v n="$BENCH_BATCH" \
	    -v d="$scratch" 'BEGIN {
		print s / t >>(d "/by-tcp")
		print t / l >>(d "/by-tls")
		printf "  a second: sipp %d, by TCP %d, by TLS %d\n", n / s,
		    n / t, n / l
	}'
done
printf '  by TCP %.2f of sipp (aim 0.80)  by TLS %.2f of TCP (aim 0.80)\n' \
    "$(median <"$scratch/by-tcp")" "$(median <"$scratch/by-tls")"
proxy_stop com

# --- targets that are not there ------------------------------------------------------

once() {
	"$SIGNET" -k "$scratch/keys" -a sip:alice@example.com --dns "$dns" \
	    send "sips:bob@$1.test" hello
}
run=0
while [ $run -lt 21 ]; do
	run=$((run + 1))
	for name in there refuses; do
		seconds once $name || echo "  $name failed"
		echo "$wall" >>"$scratch/$name"
	done
done
seconds once silent || echo "  silent failed"
printf '%s %s %s\n' "$(median <"$scratch/there")" \
    "$(median <"$scratch/refuses")" "$wall" | awk '{
	print "a first target that is not there, until the second has it:"
	printf "  refuses: %.0f ms more (aim at most 50)", 1000 * ($2 - $1)
	printf "  silent: %.2f s more (aim at most 4)\n", $3 - $1
}'
