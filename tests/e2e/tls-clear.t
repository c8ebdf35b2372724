#!/bin/sh
# What is sent to a sips URI never goes out in clear, whatever parameter,
# proxy or DNS says: a listener that takes anything gets nothing.
. "${SRCDIR:?}/tests/e2e/lib.sh"
. "$SRCDIR/tests/e2e/tls.sh"
issue /CN=x 'subjectAltName=DNS:localhost,DNS:example.com'
cp cert.pem bob/domain_cert_localhost.pem
cp p256.pem bob/domain_key_localhost.pem

listen bob -k bob -a sip:bob@localhost -a sip:bob@example.com \
    -a "sip:bob@$own" -l "udp:$own:0" -l "tcp:$own:0" -l "tls:$own:0" ||
    exit 1
cat >zone <<ZONE
\$ORIGIN example.com.
\$TTL 300
@ SOA ns hostmaster 1 3600 600 86400 60
@ NS ns
ns A 127.0.0.1
@ NAPTR 1 1 "s" "SIP+D2U" "" _sip._udp
	NAPTR 2 1 "s" "SIP+D2T" "" _sip._tcp
	A $own
_sip._udp SRV 1 0 $udp host
_sip._tcp SRV 1 0 $tcp host
host A $own
ZONE
name_server example.com zone || exit 1
# never NAME URI [OPTIONS]: it is not sent, and nobody got a byte of it
never() {
	_name=$1 _uri=$2
	shift 2
	rm -f trace
	"$SIGNET" -k keys -a "$alice" --dns "$dns" --trace trace \
	    --connect-timeout 2 "$@" send "$_uri" 'for bob alone' 2>err
	_got=$?
	[ $_got -ne 0 ]
	ok $? "$_name: it is not sent"
	like "$(cat err)" '^signet: .*not sent: .' "$_name: and says why"
	is "$(grep -c '[<>] \(udp\|tcp\) ' trace 2>/dev/null)" 0 \
	    "$_name: nothing left by UDP or TCP"
}
never transport=udp "sips:bob@example.com:$udp;transport=udp"
never 'transport=udp and DNS alone' 'sips:bob@example.com;transport=udp'
# transport=tcp means TLS over TCP (RFC 3261, 26.2.2): it is spoken, and the
# listener on TCP does not know it.
never transport=tcp "sips:bob@example.com:$tcp;transport=tcp"
never 'transport=tcp and DNS alone' 'sips:bob@example.com;transport=tcp'
never 'a port where TCP listens' "sips:bob@example.com:$tcp"
never 'a domain whose DNS has UDP and TCP alone' sips:bob@example.com
never 'a proxy with a sip URI' sips:bob@example.com -P "sip:$own:$tcp"
never 'a proxy with a sip URI and transport=udp' sips:bob@example.com \
    -P "sip:$own:$udp;transport=udp"
never 'a proxy with a sip URI and transport=tcp' sips:bob@example.com \
    -P "sip:$own:$tcp;transport=tcp"
is "$(wc -c <bob.out | tr -d ' ')" 0 'the listener got nothing at all'

# The same listener takes what is meant to go in clear, and TLS.
"$SIGNET" -k keys -a "$alice" --dns "$dns" send \
    "sip:bob@$own:$tcp;transport=tcp" 'for all' 2>err
is $? 0 'a sip URI with transport=tcp goes by TCP'
"$SIGNET" -k keys -a "$alice" --dns "$dns" send \
    "sips:bob@example.com:$tls;transport=tcp" 'for bob' 2>err
is $? 0 'a sips URI with transport=tcp goes by TLS'
"$SIGNET" -k keys -a "$alice" --dns "$dns" -P "sip:example.com:$tls" send \
    sips:bob@example.com 'for bob' 2>err
is $? 0 'a sips URI by a proxy with a sip URI goes by TLS'
wait_for ' by tls: ' bob.out 2
is "$(grep -c ' by tls: ' bob.out)" 2 'both came by TLS'
finish
