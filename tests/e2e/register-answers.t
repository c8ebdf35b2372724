#!/bin/sh
# What a registration meets: redirections and who gets the password there, a
# longer time, a proxy without outbound, and a server that is busy.
. "${SRCDIR:?}/tests/e2e/lib.sh"
. "$SRCDIR/tests/e2e/kamailio.sh"

mkdir -m 700 "$scratch/keys" "$scratch/ca"
root "$scratch/ca" test
cp "$scratch/ca/root_cert_test.pem" "$scratch/keys/"
echo "$password" >"$scratch/password"
chmod 600 "$scratch/password"
challenge='Digest realm="example.com",algorithm=SHA-256,qop="auth",nonce="n"'

# server NAME WORDS..: one that answers so; its port is in port
server() {
	log=$scratch/$1
	shift
	perl "$SRCDIR/tests/answers.pl" tcp "$log.port" "$log" "$@" &
	pids="$pids $!"
	wait_for . "$log.port"
	port=$(cat "$log.port")
}
# registers NAME PATTERN OPTIONS..: until it says that
registers() {
	name=$1 pattern=$2
	shift 2
	listen "$name" -k "$scratch/keys" --password-file "$scratch/password" \
	    --register yes --retry-max 2 "$@"
	wait_for "$pattern" "$scratch/$name.err"
}
# requests NAME PATTERN: how many lines of its requests match
requests() {
	grep -Ec -- "$2" "$scratch/$1"
}
gone() {
	kill "$listener"
	ends "$listener"
}

# --- a longer time, no outbound, a busy server --------------------------------

good='200 OK|Expires: 600'
server brief '423 Brief|Min-Expires: 7200' "$good"
registers brief 'is registered' -a sip:alice@example.com \
    -P "sip:127.0.0.1:$port;transport=tcp"
is "$(grep -o 'expires=[0-9]*' "$log" | paste -s -d ' ' -)" \
    'expires=3600 expires=7200' "423: the time that the registrar wants"
gone
server first-hop '439 First Hop Lacks Outbound Support' "$good"
registers first-hop 'is registered' -a sip:alice@example.com \
    -P "sip:127.0.0.1:$port;transport=tcp"
ok $? "439: it is registered all the same"
is "$(requests first-hop ';reg-id=1'),$(requests first-hop ': path, outbound')" \
    '1,1' "without outbound the second time"
gone
server never '439 First Hop Lacks Outbound Support'
registers never 'is not registered.* answers 439' -a sip:alice@example.com \
    -P "sip:127.0.0.1:$port;transport=tcp"
is "$?,$(requests never '^REGISTER ')" '0,2' \
    "439 to what has no outbound is a refusal"
gone
server busy '503 Busy|Retry-After: 3' "$good"
began=$(date +%s)
registers busy 'is registered' -a sip:alice@example.com \
    -P "sip:127.0.0.1:$port;transport=tcp"
is "$?,$(($(date +%s) - began >= 3))" '0,1' \
    "503: it is not tried before Retry-After"
gone

# --- our binding among others -------------------------------------------------

# refreshes NAME FIELD..: whether what is granted to us for 4 s is refreshed
# before, and not what others have
refreshes() {
	name=$1
	shift
	fields=
	for field in "$@"; do
		fields="$fields|$field"
	done
	server "$name" "200 OK$fields"
	registers "$name" 'is registered' -a sip:alice@example.com \
	    -P "sip:127.0.0.1:$port;transport=tcp"
	wait_for '^REGISTER ' "$log" 2
	[ "$(grep -c '^REGISTER ' "$log")" -lt 4 ]
	ok $? "$name"
	gone
}
other='<sip:alice@192.0.2.1>;expires=3000'
refreshes as-it-was "Contact: <{contact}>;expires=4, $other"
refreshes in-another-spelling "Contact: $other, <{spelled}>;expires=4"
refreshes by-instance \
    "Contact: $other, <sip:alice@192.0.2.9:1>;{instance};reg-id=1;expires=4"
refreshes the-only-one 'Contact: <sip:alice@192.0.2.9:1>;expires=4'
refreshes behind-an-odd-one \
    "Contact: <sip:alice@>;x=\"a,b\", \"<,\" <sip:a b>, <{spelled}>;expires=4"
refreshes none-of-ours 'Expires: 4' "Contact: $other, $other"

# --- redirections without TLS ---------------------------------------------------

server place "401 Who|WWW-Authenticate: $challenge" "$good"
place=$port
server open "$good"
open=$port
server moved "302 Moved|Contact: <sip:127.0.0.1:$place;transport=tcp>" \
    "302 Moved|Contact: <sip:127.0.0.1:$open;transport=tcp>"
moved=$port
server circle '302 Moved|Contact: <sip:127.0.0.1:9;transport=tcp>;q=0.1'
circle=$port
for n in 1 2 3 4 5 6 7; do
	server "hop$n" "302 Moved|Contact: <sip:127.0.0.1:$port;transport=tcp>"
done
one=$(address 1) two=$(address 2)
cat >"$scratch/zone" <<ZONE
\$TTL 300
@ SOA ns hostmaster 1 3600 600 86400 60
@ NS ns
ns A 127.0.0.1
here A 127.0.0.1
_sip._tcp SRV 1 0 $moved here
_sips._tcp SRV 1 0 5061 one
one A $one
reg A $two
ZONE
sed "s/SRV 1 0 $moved here/SRV 1 0 $port here/" "$scratch/zone" \
    >"$scratch/chain"
name_server example.com "$scratch/zone" example.net "$scratch/chain" || exit 1
registers moved 'a password is given to our own registrar' --dns "$dns" \
    -a sip:alice@example.com
is "$?,$(requests place '^REGISTER '),$(requests place '^Authorization')" \
    '0,1,0' "a redirection in clear is followed, but without the password"
is "$(sed -n 's/^\(REGISTER .*\) SIP.*/\1/p' "$scratch/place")" \
    "REGISTER sip:127.0.0.1:$place;transport=tcp" "to the contact"
wait_for "is registered at tcp:127.0.0.1:$open" "$scratch/moved.err"
ok $? "where no password is asked for it registers there"
gone
registers chain 'is not registered' --dns "$dns" -a sip:alice@example.net
is "$(cat "$scratch"/hop? "$scratch/circle" | grep -c '^REGISTER ')" 6 \
    "of a chain five redirections are followed"
gone

# --- redirections over TLS ------------------------------------------------------

proxy_make one example.com "$one" "$scratch/ca" test \
    'redirect_to=sips:reg.example.com:5061'
proxy_make two example.com "$two" "$scratch/ca" test
domain "$scratch/ca" test "$scratch/two" example.com \
    DNS:example.com,DNS:reg.example.com
proxy_start one && proxy_start two || exit 1
registers vouched 'is registered at tls:' --dns "$dns" \
    -a sips:alice@example.com --trace "$scratch/trace"
ok $? "where our domain redirects over TLS, the password goes there"
like "$(cat "$scratch/vouched.err")" "is registered at tls:$two:5061" \
    "and the registration is there"
is "$(proxy_contacts two)" 1 "and nowhere else"
gone
is "$(grep -c "REGISTER sips:example.com SIP" "$scratch/trace")" 2 \
    "it begins with our domain each time, to take it back too"
finish
