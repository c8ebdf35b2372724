#!/bin/sh
# Two families, the first of which takes connections and never says a word of
# TLS: the other is tried beside it and wins (RFC 8305).
. "${SRCDIR:?}/tests/e2e/lib.sh"

mkdir -m 700 "$scratch/keys" "$scratch/ca" "$scratch/bob"
root "$scratch/ca" test
cp "$scratch/ca/root_cert_test.pem" "$scratch/keys/"
domain "$scratch/ca" test "$scratch/bob" both.test DNS:both.test
listen bob -k "$scratch/bob" -a sip:bob@both.test -l "tls:$own:0" || exit 1
perl -MIO::Socket::IP -e '
	my $l = IO::Socket::IP->new(LocalHost => "::1",
	    LocalPort => $ARGV[0], Type => SOCK_STREAM, Listen => 9) or exit 1;
	open my $f, ">", $ARGV[1]; print $f "there\n"; close $f;
	my @all;
	while (my $c = $l->accept) { push @all, $c }' \
    "$tls" "$scratch/silent" &
silent=$!
pids="$pids $silent"
until [ -s "$scratch/silent" ]; do
	if ! kill -0 $silent 2>/dev/null; then
		echo "1..0 # SKIP there is no IPv6 here, or its port is taken"
		exit 0
	fi
	sleep 0.05
done
cat >"$scratch/zone" <<ZONE
\$TTL 300
@ SOA ns hostmaster 1 3600 600 86400 60
@ NS ns
ns A 127.0.0.1
both AAAA ::1
both A $own
_sips._tcp.both SRV 1 0 $tls both
ZONE
name_server test "$scratch/zone" || exit 1

"$SIGNET" -k "$scratch/keys" -a sips:alice@example.com --dns "$dns" \
    --connect-timeout 60 -v send -b >"$scratch/out" 2>"$scratch/err" <<LINES
sips:bob@both.test:$tls	one
sips:bob@both.test:$tls	two
LINES
is $? 0 "both messages get there, long before the first address is given up"
like "$(cat "$scratch/err")" \
    'tls:\[::1\].*another address of the same host was there sooner' \
    "the first address is said to have lost"
is "$(grep -c '^| ' "$scratch/bob.out")" 2 "each message is shown once"
is "$(grep -c 'there sooner' "$scratch/err")" 1 \
    "the second message goes to the winner at once"

echo geheim >"$scratch/password"
chmod 600 "$scratch/password"
"$SIGNET" listen -k "$scratch/keys" -a sips:alice@both.test --dns "$dns" \
    --connect-timeout 60 --password-file "$scratch/password" \
    --register yes >"$scratch/reg.out" 2>"$scratch/reg.err" &
pids="$pids $!"
wait_for 'the registrar answers 405' "$scratch/reg.err"
ok $? "a REGISTER is raced as well, and gets its answer from the winner"
finish
