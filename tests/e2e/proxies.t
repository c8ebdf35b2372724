#!/bin/sh
# Two people at two real proxies, example.com's and example.net's: who
# registers is reached, over TLS all the way, in every kind of letter.
. "${SRCDIR:?}/tests/e2e/lib.sh"
. "$SRCDIR/tests/e2e/kamailio.sh"

mkdir -m 700 "$scratch/ca" "$scratch/alice" "$scratch/bob"
root "$scratch/ca" test
there=$(address 1)
proxy_make com example.com "$own" "$scratch/ca" test \
    "next=example.net=sip:$there:5061;transport=tls"
proxy_make net example.net "$there" "$scratch/ca" test \
    "next=example.com=sip:$own:5061;transport=tls"
proxy_start com && proxy_start net || exit 1
zone() {
	cat <<-ZONE
	\$TTL 300
	@ SOA ns hostmaster 1 3600 600 86400 60
	@ NS ns
	ns A 127.0.0.1
	sip A $1
	@ NAPTR 1 1 "s" "SIPS+D2T" "" _sips._tcp
	_sips._tcp SRV 1 0 5061 sip
	_sip._tcp SRV 1 0 5060 sip
	ZONE
}
zone "$own" >"$scratch/com.zone"
zone "$there" >"$scratch/net.zone"
name_server example.com "$scratch/com.zone" \
    example.net "$scratch/net.zone" || exit 1

# The people's certificates are of another CA than the servers'.
"$SIGNET" -q ca init "$scratch/people" >/dev/null
for who in alice@example.com bob@example.net; do
	"$SIGNET" -q ca issue "$scratch/people" "$who" >/dev/null
	for keys in alice bob; do
		cp "$scratch/people/user_cert_$who.pem" "$scratch/$keys/"
	done
	cp "$scratch/people/user_key_$who.pem" "$scratch/${who%@*}/"
done
for keys in alice bob; do
	cp "$scratch/people"/root_cert_*.pem "$scratch/ca/root_cert_test.pem" \
	    "$scratch/$keys/"
done

echo "$password" >"$scratch/password"
alice=sips:alice@example.com
bob=sips:bob@example.net
# as NAME: the words that every run of hers or his begins with
as() {
	case $1 in
	alice) echo "-k $scratch/alice -a $alice" ;;
	bob) echo "-k $scratch/bob -a $bob" ;;
	esac
	echo "--dns $dns --password-file $scratch/password"
}
# send NAME WORD..: by the sender's own proxy
send() {
	_who=$1
	shift
	_proxy=sips:example.com
	[ "$_who" = alice ] || _proxy=sips:example.net
	# shellcheck disable=SC2046
	timeout 30 "$SIGNET" $(as "$_who") -P $_proxy --json send "$@" \
	    >"$scratch/out" 2>"$scratch/err" </dev/null
}

# --- registered, and reached --------------------------------------------------------

# shellcheck disable=SC2046
{
	listen alice $(as alice) --json --trace "$scratch/alice.trace"
	alice_pid=$listener
	listen bob $(as bob) --json --trace "$scratch/bob.trace"
	bob_pid=$listener
}
wait_for 'is registered at' "$scratch/alice.err" || exit 1
wait_for 'is registered at' "$scratch/bob.err" || exit 1
like "$(cat "$scratch/bob.err")" \
    "bob@example.net is registered at tls:$there:5061" \
    "listen registers at the domain's registrar, by TLS, and says so"
is "$(proxy_contacts com)/$(proxy_contacts net)" 1/1 \
    "the registrars have one contact each"
is "$(grep -c 'listening on' "$scratch/bob.err")" 0 \
    "who registers listens nowhere by default"

# kind NAME FROM TO TOURI OPTIONS..: one letter, and what its reader sees
kind() {
	_label=$1 _from=$2 _to=$3 _uri=$4
	shift 4
	: $((letters = letters + 1))
	send "$_from" "$@" "$_uri" "letter $letters"
	is $? 0 "$_label from $_from: sent"
	wait_for "letter $letters\"" "$scratch/$_to.out"
	is "$(for member in transport encryption signature status; do
		json $member <"$scratch/$_to.out"
		echo
	done | paste -s -d ' ' -)" "$seen" "$_label from $_from: as it was sent"
}
letters=0
both() {
	kind "$1" alice bob "$bob" $2
	kind "$1" bob alice "$alice" $2
}
seen='tls none none 200' both 'a plain message' ''
seen='tls none good 200' both 'a signed message' '-s'
seen='tls opened none 200' both 'an encrypted message' '-e'
seen='tls opened good 200' both 'a signed and encrypted message' '-s -e'
seen='tls opened good 200' both 'one signed inside' '-s -e --nesting inner'
seen='tls opened good 200' both 'a long one' \
    "-s -e --attach-cert --cipher aes-128-cbc"
# shellcheck disable=SC2046
"$SIGNET" $(as alice) send "$bob" 'straight there' 2>"$scratch/err"
is $? 0 "without an outbound proxy: sent"
wait_for 'straight there' "$scratch/bob.out"
is "$(grep -c '^{' "$scratch/bob.out")" 7 "nothing came twice"

# --- who is not there ------------------------------------------------------------------

send alice sips:nobody@example.net hello
is $? 67 "nobody of that name: 404 is 67"
send alice sips:u1@example.net hello
is $? 75 "somebody who is not there now: 480 is 75"
like "$(cat "$scratch/err")" 'not there now' \
    "somebody who is not there now: it says so"
kill "$bob_pid"
ends "$bob_pid"
is $? 0 "listen ends at SIGTERM"
is "$(proxy_contacts net)" 0 "and its registration is taken back"
send alice "$bob" hello
is $? 75 "who has left is not there now: 75"

# --- passwords ------------------------------------------------------------------------

echo geheim-aber-falsch >"$scratch/password"
send alice "$bob" hello
is $? 77 "a wrong password: send ends with 77"
is "$(grep -c '^signet: .*password of alice for example.com was refused' \
    "$scratch/err")/$(wc -l <"$scratch/err")" 1/1 \
    "a wrong password: in one line"
# shellcheck disable=SC2046
listen wrong $(as bob) --trace "$scratch/wrong.trace"
wait_for 'refused' "$scratch/wrong.err"
sleep 1
is "$(grep -c '' "$scratch/wrong.err")" 1 \
    "a wrong password: listen says so in one line"
like "$(cat "$scratch/wrong.err")" 'bob@example.net.*password.*refused' \
    "a wrong password: whose, and why"
is "$(grep -c 'REGISTER sips:example.net SIP' "$scratch/wrong.trace")" 2 \
    "a wrong password is not tried again and again"
kill "$listener"
ends "$listener"
echo "$password" >"$scratch/password"

# shellcheck disable=SC2046
"$SIGNET" -k "$scratch/alice" -a "$alice" --dns "$dns" -P sips:example.com \
    -p "cat '$scratch/password'; echo >>'$scratch/asked'" \
    --trace "$scratch/command.trace" send sips:u1@example.net one \
    2>"$scratch/command.err"
is "$?/$(grep -c '' "$scratch/asked")" 75/1 \
    "a password-command is run once"
like "$(grep Proxy- "$scratch/command.trace")" 'Proxy-Authorization: Digest' \
    "and what it printed is used"
# It runs while this is looked at.
listen bob -k "$scratch/bob" -a "$bob" --dns "$dns" --json -v \
    -p "cat '$scratch/password'" --trace "$scratch/brief.trace" \
    --register-expires 1
bob_pid=$listener
wait_for 'is registered at' "$scratch/bob.err"
is "$(tr '\0' ' ' <"/proc/$bob_pid/cmdline" | grep -c "$password")" 0 \
    "the password is in no argument"
is "$(grep -Fl "$password" "$scratch"/*.trace "$scratch"/*.out \
    "$scratch"/*.err "$scratch/out" "$scratch/err")" '' \
    "the password is in no trace and no output"

# --- staying ----------------------------------------------------------------------------

like "$(grep Min-Expires "$scratch/brief.trace")" 'Min-Expires: 2' \
    "an interval that is too brief: the registrar says so"
wait_for ' SIP/2.0 200' "$scratch/brief.trace" 4
ok $? "it is taken, and renewed before it ends"
is "$(grep -c 'is registered at' "$scratch/bob.err")/$(proxy_contacts net)" \
    1/1 "and that without a word, and by the same contact"
send alice "$bob" 'still there'
is $? 0 "who renews is reached"

# --- a stranger's challenge ---------------------------------------------------------------

rm -f "$scratch/port"
perl "$SRCDIR/tests/wire.pl" serve "$scratch/port" '407 Proxy-Authenticate: Digest realm="example.com", nonce="abc", qop="auth", algorithm=SHA-256' &
pids="$pids $!"
until [ -s "$scratch/port" ]; do
	sleep 0.02
done
# shellcheck disable=SC2046
"$SIGNET" $(as alice) --trace "$scratch/stranger.trace" send \
    "sip:bob@127.0.0.1:$(cat "$scratch/port");transport=tcp" hello \
    2>"$scratch/err"
is $? 77 "a challenge of somebody else's proxy: 77"
is "$(grep -c 'Authorization' "$scratch/stranger.trace")" 0 \
    "a challenge of somebody else's proxy is not answered"
is "$(wc -l <"$scratch/err")" 1 "and one line says so"
finish
