#!/bin/sh
# Connections that go on with an earlier session, on both sides, and only
# where the peer would be let in anew; SSLKEYLOGFILE.
. "${SRCDIR:?}/tests/e2e/lib.sh"
. "$SRCDIR/tests/e2e/tls.sh"
mkfifo pipe
issue /CN=alice-domain 'subjectAltName=DNS:example.com'
cp cert.pem keys/domain_cert_example.com.pem
cp p256.pem keys/domain_key_example.com.pem
cp cert.pem domain.pem
cp ca/root_cert_test.pem bob/
issue /CN=x 'subjectAltName=DNS:localhost'
cp cert.pem server.pem

# crl STORE [FILE]: the root's list in that key store, with the file's in it
crl() {
	# shellcheck disable=SC2086
	[ $# -eq 1 ] || openssl ca -config ca/conf $by -revoke "$2" 2>/dev/null
	# shellcheck disable=SC2086
	openssl ca -config ca/conf $by -gencrl -out "$1/crl_test.pem" \
	    2>/dev/null
}

# --- as a client -------------------------------------------------------------

# An openssl.cnf that says which version is the highest.
max() {
	printf '%s\n' 'openssl_conf = c' '[c]' 'ssl_conf = s' '[s]' \
	    'system_default = d' '[d]' "MaxProtocol = TLSv1.$1" >openssl.cnf
}
# Somebody who sends one message after the other to a listener that closes
# what is not used; posts are lines for the pipe.
begin() {
	: >send.err
	rm -f trace
	"$SIGNET" -v -k keys -a "$alice" -P "sips:localhost:$tls" \
	    --trace trace send -b <pipe >/dev/null 2>send.err &
	sender=$!
	pids="$pids $sender"
	exec 3>pipe
	posted=0
}
post() {
	posted=$((posted + 1))
	printf 'sips:bob@%s\thello %s\n' "${1:-example.com}" $posted >&3
	wait_for . bob.out $posted
	wait_for 'tls:127.0.0.1:.*(closed|not used)' send.err $posted
}
resumed() {
	grep -c ' = .*, resumed' trace
}
for version in 2 3; do
	say="TLS 1.$version"
	max $version
	cp server.pem cert.pem
	export OPENSSL_CONF="$scratch/openssl.cnf"
	serve --json --idle-timeout 1
	unset OPENSSL_CONF
	begin
	post
	like "$(cat trace)" " = .*TLSv1.$version" "$say is what they speak"
	is "$(resumed)" 0 "$say: the first connection is new"
	post
	is "$(resumed)" 1 "$say: the second goes on with its session"
	post
	is "$(resumed)" 2 "$say: so does the third"
	is "$(grep -c "^    SHA-256: $(openssl x509 -in server.pem \
	    -outform DER | openssl dgst -sha256 -r | cut -d' ' -f1)" trace)" 3 \
	    "$say: the trace tells whose certificate each has"
	is "$(grep -c '^    name: DNS localhost$' trace) $(grep -c \
	    '^  asked for: localhost (SNI)$' trace)" '3 3' \
	    "$say: and for which name it was asked"
	is "$(grep -c '"transport":"tls-mutual"' bob.out)" 3 \
	    "$say: in each the client is known by its certificate"
	crl bob domain.pem
	printf 'sips:bob@example.com\tno more\n' >&3
	wait_for 'not sent' send.err
	like "$(cat send.err)" 'refused our certificate' \
	    "$say: a client that was revoked since is not let in"
	rm bob/crl_test.pem
	post
	crl keys server.pem
	printf 'sips:bob@example.com\tno more\n' >&3
	wait_for 'not sent' send.err 2
	like "$(cat send.err)" 'certificate of localhost is refused: revoked' \
	    "$say: nor is a server"
	rm keys/crl_test.pem
	exec 3>&-
	ends "$sender"
	unserve
	is "$(wc -l <bob.out | tr -d ' ')" $posted "$say: nothing else was sent"
	# For the next round, another of each.
	issue /CN=alice-domain 'subjectAltName=DNS:example.com'
	cp cert.pem keys/domain_cert_example.com.pem
	cp cert.pem domain.pem
	issue /CN=x 'subjectAltName=DNS:localhost'
	cp cert.pem server.pem
done

issue /CN=x 'subjectAltName=DNS:localhost,IP:127.0.0.1'
serve --idle-timeout 1
"$SIGNET" -v -k keys -a "$alice" --trace trace2 send -b <pipe >/dev/null \
    2>send.err &
sender=$!
pids="$pids $sender"
exec 3>pipe
# line HOST COUNT: so many messages have come when it has
line() {
	printf 'sips:bob@%s:%s\thello\n' "$1" "$tls" >&3
	wait_for '^[|] hello' bob.out "$2"
	wait_for 'tls:127.0.0.1:.*(closed|not used)' send.err "$2"
}
line localhost 1
line 127.0.0.1 2
is "$(grep -c ' = .*, resumed' trace2)" 0 \
    'a session is not used for another name of the same server'
line localhost 3
is "$(grep -c ' = .*, resumed' trace2)" 1 'but for the same name'
exec 3>&-
ends "$sender"
unserve

# --- as a server of openssl's client ----------------------------------------

# visit SESSION [OPTIONS]: openssl's client, until it has got a session, which
# goes to the file s.pem; says New or Reused
visit() {
	rm -f s.pem
	: >s_client
	openssl s_client -connect "127.0.0.1:$tls" -servername localhost \
	    -sess_out s.pem "$@" <pipe >s_client 2>&1 &
	visitor=$!
	pids="$pids $visitor"
	exec 3>pipe
	wait_for '(New|Reused), TLS|error:' s_client
	until [ -s s.pem ] || grep -q error: s_client; do
		kill -0 $visitor 2>/dev/null || break
		sleep 0.02
	done
	exec 3>&-
	ends "$visitor"
	sed -n 's/^\(New\|Reused\), TLS.*/\1/p' s_client | head -n 1
}
serve
for version in -tls1_2 -tls1_3; do
	visit $version >how
	is "$(cat how)" New "openssl's client $version: a new session"
	cp s.pem first.pem
	visit $version -sess_in first.pem >how
	is "$(cat how)" Reused "openssl's client $version: it goes on"
done
unserve
serve
visit -tls1_3 -sess_in first.pem >how
is "$(cat how)" New 'a listener knows no session of another process'
unserve

# --- SSLKEYLOGFILE -----------------------------------------------------------

echo '# was here' >theirs
export SSLKEYLOGFILE="$scratch/theirs"
serve
export SSLKEYLOGFILE="$scratch/ours"
how=-v
calls 0 '' 'with SSLKEYLOGFILE set' "sips:bob@localhost:$tls"
cp err once
calls 0 '' 'and again' "sips:bob@localhost:$tls"
unset SSLKEYLOGFILE
unserve
is "$(grep -c 'SSLKEYLOGFILE is set: whoever has' once)" 1 \
    'who sends is warned, once'
is "$(grep -c 'SSLKEYLOGFILE is set: whoever has' bob.err)" 1 \
    'who listens is warned, once for two connections'
is "$(stat -c %a ours)" 600 'the file is for nobody else'
is "$(head -n 1 theirs)" '# was here' 'it is added to what is there'
is "$(grep '^CLIENT_TRAFFIC_SECRET_0' ours)" \
    "$(grep '^CLIENT_TRAFFIC_SECRET_0' theirs)" 'both sides have one secret'
is "$(grep -c '^CLIENT_TRAFFIC_SECRET_0' ours)" 2 'of each connection'
serve
export SSLKEYLOGFILE="$scratch/none/such"
calls 0 '' 'where it cannot be written' "sips:bob@localhost:$tls"
unset SSLKEYLOGFILE
like "$(cat err)" 'SSLKEYLOGFILE .*/none/such cannot be written: No such' \
    'where it cannot be written a note says so'
unserve
finish
