#!/bin/sh
# linphonec, where it is installed, behind the same Kamailio: what it makes of
# message/cpim, typing and receipts.
. "${SRCDIR:?}/tests/e2e/lib.sh"
. "$SRCDIR/tests/e2e/kamailio.sh"
if ! command -v linphonec >/dev/null; then
	echo "1..0 # SKIP linphonec is not installed (Debian: linphone-cli)"
	exit 0
fi

mkdir -m 700 "$scratch/ca"
root "$scratch/ca" test
proxy_make com example.com "$own" "$scratch/ca" test
proxy_start com || exit 1
cat >"$scratch/com.zone" <<ZONE
\$TTL 300
@ SOA ns hostmaster 1 3600 600 86400 60
@ NS ns
ns A 127.0.0.1
sip A $own
@ NAPTR 1 1 "s" "SIPS+D2T" "" _sips._tcp
_sips._tcp SRV 1 0 5061 sip
ZONE
name_server example.com "$scratch/com.zone" || exit 1

# --- linphonec as bob --------------------------------------------------------------

export HOME="$scratch/lin"
mkdir -p "$HOME/.local/share/linphone" "$HOME/.config/linphone"
cat >"$HOME/rc" <<RC
[sip]
sip_port=0
sip_tcp_port=6075
sip_tls_port=-1
verify_server_certs=0
verify_server_cn=0
default_proxy=0
ipv6=0
auto_net_state_mon=0
bind_address=127.0.0.1
guess_hostname=0
[proxy_0]
reg_proxy=<sip:$own:5061;transport=tls>
reg_route=<sip:$own:5061;transport=tls>
reg_identity=sip:bob@example.com
reg_expires=600
reg_sendregister=1
publish=0
cpim_in_basic_chat_room_enabled=1
[auth_info_0]
username=bob
passwd=$password
realm=example.com
domain=example.com
RC
mkfifo "$HOME/in"
linphonec -d 6 -l "$HOME/log" -c "$HOME/rc" <"$HOME/in" >"$HOME/out" 2>&1 &
linphone=$!
pids="$pids $linphone"
exec 8>"$HOME/in"
lin() {
	printf '%s\n' "$*" >&8
}
taken tcp 127.0.0.1 6075
ok $? "linphonec starts"

mkdir -m 700 "$scratch/a"
echo "$password" >"$scratch/password"
cp "$scratch/ca/root_cert_test.pem" "$scratch/a/"
"$SIGNET" -q -k "$scratch/a" keys new alice@example.com </dev/null
listen alice -k "$scratch/a" -a sip:alice@example.com --dns "$dns" \
    --password-file "$scratch/password" -P "sips:example.com" --json \
    --trace "$scratch/trace"
wait_for 'is registered' "$scratch/alice.err"
"$SIGNET" -q -k "$scratch/a" -a sip:alice@example.com --wrap yes \
    -P "sip:127.0.0.1:6075;transport=tcp" send sip:bob@example.com "in message/cpim"
wait_for 'in message/cpim' "$HOME/out"
ok $? "it shows a text in message/cpim"
lin "chat sip:alice@example.com from linphone"
wait_for 'from linphone' "$scratch/alice.out"
is "$(json text <"$scratch/alice.out")" 'from linphone' "its text comes"

# What it is told unasked. It gives receipts itself only while it is registered,
# which it does with no network but this machine's own never.
# told ID TYPE: the file entity is sent to it; linphonec's answer
told() {
	{
		printf '%s\r\n' 'MESSAGE sip:bob@127.0.0.1 SIP/2.0' \
		    "Via: SIP/2.0/TCP 127.0.0.1:9;branch=z9hG4bK$1;rport" \
		    'To: <sip:bob@example.com>' 'Max-Forwards: 70' \
		    'From: <sip:alice@example.com>;tag=1' \
		    "Call-ID: $1@lin" 'CSeq: 1 MESSAGE' "Content-Type: $2" \
		    "Content-Length: $(wc -c <"$scratch/entity" | tr -d ' ')" ''
		cat "$scratch/entity"
	} >"$scratch/message"
	perl "$SRCDIR/tests/wire.pl" ask tcp 127.0.0.1 6075 "$scratch/message" 3
}
printf '%s' '<isComposing xmlns="urn:ietf:params:xml:ns:im-iscomposing"><state>active</state></isComposing>' \
    >"$scratch/entity"
like "$(told 1 application/im-iscomposing+xml)" '^SIP/2.0 200' \
    "it takes typing as we write it"
printf '%s' '<imdn xmlns="urn:ietf:params:xml:ns:imdn"><message-id>0123456789abcdef</message-id><datetime>2026-01-01T00:00:00Z</datetime><delivery-notification><status><delivered/></status></delivery-notification></imdn>' \
    >"$scratch/entity"
like "$(told 2 message/imdn+xml)" '^SIP/2.0 200' "and receipts"
exec 8>&-
finish
