#!/bin/sh
# send by way of NAPTR and SRV: the host that DNS names gets the message, the
# certificate is the domain's.
. "${SRCDIR:?}/tests/e2e/lib.sh"

mkdir -m 700 "$scratch/keys" "$scratch/ca" "$scratch/good" "$scratch/bad"
root "$scratch/ca" test
cp "$scratch/ca/root_cert_test.pem" "$scratch/keys/"
domain "$scratch/ca" test "$scratch/good" example.test DNS:example.test
domain "$scratch/ca" test "$scratch/bad" host.test DNS:host.test
listen good -k "$scratch/good" -a sip:b@example.test -a sip:b@xn--bcher-kva.test \
    -a sip:b@small.test \
    -l "tls:$own:0" -l "tcp:$own:0" -l "udp:$own:0" || exit 1
good_tls=$tls good_tcp=$tcp good_udp=$udp
listen bad -k "$scratch/bad" -a sip:b@host.test -l "tls:$own:0" || exit 1

cat >"$scratch/zone" <<ZONE
\$ORIGIN test.
\$TTL 300
@ SOA ns hostmaster 1 3600 600 86400 60
@ NS ns
ns A 127.0.0.1
host A $own
example NAPTR 1 1 "s" "SIPS+D2T" "" _sips._tcp.example
	NAPTR 2 1 "s" "SIP+D2U" "" _sip._udp.example
_sips._tcp.example SRV 1 0 1 host
	SRV 2 0 $good_tls host
_sip._udp.example SRV 1 0 $good_udp host
_sip._tcp.example SRV 1 0 $good_tcp host
_sips._tcp.wrong SRV 1 0 $tls host
small NAPTR 1 1 "s" "SIP+D2U" "" _sip._udp.example
_sip._tcp.small SRV 1 0 $good_tcp host
xn--bcher-kva NAPTR 2 1 "s" "SIP+D2U" "" _sip._udp.example
ZONE
name_server test "$scratch/zone" || exit 1
send() {
	"$SIGNET" -k "$scratch/keys" -a sips:alice@example.com --dns "$dns" \
	    send "$@" >"$scratch/out" 2>"$scratch/err" </dev/null
}
# got COUNT PATTERN NAME: what the listener printed
got() {
	wait_for ' by (tls|tcp|udp): ' "$scratch/good.out" "$1"
	like "$(grep -v '^|' "$scratch/good.out" | tail -n 1)" "$2" "$3"
}

send -v sips:b@example.test one
is $? 0 "sips: sent by NAPTR and SRV"
got 1 'by tls' "sips: the second SRV target gets it when the first is closed"
like "$(cat "$scratch/err")" "from tls:$own:$good_tls" "sips: and says so"

send sips:b@wrong.test two
is $? 77 "a certificate for the SRV target's name is refused"
like "$(cat "$scratch/err")" 'wrong.test' \
    "a certificate for the SRV target's name: says which was wanted"

send 'sip:b@example.test;transport=udp' three
is $? 0 "transport=udp: sent by SRV"
got 2 'by udp' "transport=udp: by UDP"

send 'sip:b@example.test;transport=udp' "$(printf '%01400d' 0)"
is $? 0 "more than 1300 bytes: sent"
got 3 'by tcp' "more than 1300 bytes: by SRV of TCP, whatever the URI says"

send sip:b@small.test small
is $? 0 "a domain whose NAPTR has UDP alone: sent"
got 4 'by udp' "a domain whose NAPTR has UDP alone: by UDP"
send sip:b@small.test "$(printf '%01400d' 0)"
is $? 0 "the same with more than 1300 bytes: sent"
got 5 'by tcp' "the same with more than 1300 bytes: by SRV of TCP"

send 'sip:b@b체cher.test' four
is $? 68 "a domain in other letters is another domain"
send 'sip:b@Bücher.test' five
is $? 0 "a domain in letters beyond ASCII: sent"
got 6 'to b@xn--bcher-kva.test by udp' \
    "a domain in letters beyond ASCII: as its A-label"
send "$(printf 'sip:b@b\374cher.test')" six
is $? 65 "a domain that is not UTF-8"
send 'sip:b@a..ü.test' seven
is $? 65 "a domain with an empty label"
finish
