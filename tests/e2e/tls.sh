# What the tests of TLS share beside lib.sh: a CA that makes any certificate,
# listeners that show it, and messages to them. Sourced; works in $scratch.
cd "$scratch" || exit 1

mkdir -m 700 keys bob ca other
alice=sips:alice@example.com
root ca test
root other other
cp ca/root_cert_test.pem keys/

# A CA of openssl's in ca/: it chooses times and revokes.
cat >ca/conf <<CONF
[ca]
default_ca = test
[test]
database = ca/index
serial = ca/serial
crlnumber = ca/crlnumber
new_certs_dir = ca
default_md = sha256
default_days = 30
default_crl_days = 30
unique_subject = no
policy = any
[any]
commonName = optional
CONF
: >ca/index
echo 1000 >ca/serial
echo 01 >ca/crlnumber
openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out p256.pem
openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:1024 -out rsa1024.pem \
    2>/dev/null

# issue SUBJECT EXTENSIONS [CA OPTIONS]: a certificate for $key by $by, in
# cert.pem; EXTENSIONS are lines of openssl.cnf
key=p256.pem by='-cert ca/root_cert_test.pem -keyfile ca/root_key.pem'
issue() {
	_subject=$1
	printf '%s\n' "$2" >ext
	shift 2
	openssl req -new -key "$key" -subj "$_subject" -out csr.pem &&
	    # shellcheck disable=SC2086
	    openssl ca -batch -config ca/conf -notext -preserveDN $by \
		-in csr.pem -extfile ext -out cert.pem "$@" 2>ca.err ||
	    sed 's/^/# /' ca.err
}

# serve [OPTIONS]: a listener that shows cert.pem to whoever calls
serve() {
	cp cert.pem bob/domain_cert_localhost.pem
	cp "$key" bob/domain_key_localhost.pem
	listen bob -k bob -a sip:bob@localhost -a sip:bob@127.0.0.1 \
	    -a sip:bob@example.com -l tls:127.0.0.1:0 "$@"
}
unserve() {
	kill "$listener"
	ends "$listener"
}
# calls STATUS PATTERN NAME URI [OPTIONS]: a message and what came of it;
# PATTERN is of the one line that says why not
how=-q
calls() {
	_status=$1 _like=$2 _name=$3 _uri=$4
	shift 4
	"$SIGNET" "$how" -k keys -a "$alice" "$@" send "$_uri" hello 2>err
	is "$?" "$_status" "$_name: status $_status"
	if [ "$_status" -ne 0 ]; then
		like "$(cat err)" "^signet: .*$_like" "$_name: says why"
	fi
}
# judged STATUS PATTERN NAME [HOST]: cert.pem, by whoever calls HOST
judged() {
	serve --legacy
	calls "$1" "$2" "$3" "sips:bob@${4:-localhost}:$tls"
	if [ "$1" -ne 0 ]; then
		is "$(wc -c <bob.out | tr -d ' ')" 0 \
		    "$3: nothing was sent over it"
	fi
	unserve
}
good() {
	judged 0 '' "$@"
}

# s_server [OPTIONS]: openssl's at $at, for one connection; its answers are no
# SIP; its port is in tls
at=127.0.0.1
s_server() {
	: >s_server
	openssl s_server -accept "$at:0" -naccept 1 -rev -cert cert.pem \
	    -key p256.pem -cipher 'DEFAULT:@SECLEVEL=0' "$@" \
	    >s_server 2>&1 </dev/null &
	server=$!
	pids="$pids $server"
	wait_for '^ACCEPT .*:[0-9]' s_server
	tls=$(sed -n 's/^ACCEPT .*:\([0-9]*\)$/\1/p' s_server)
}

# --- TLS by hand, for what openssl is too young to say ------------------------

# raw HEX: a server that answers whatever comes with these bytes
raw() {
	rm -f port
	perl -MIO::Socket::INET -e '
		my $l = IO::Socket::INET->new(LocalAddr => "127.0.0.1",
		    Listen => 1) or die;
		open my $f, ">", "port.new"; print $f $l->sockport; close $f;
		rename "port.new", "port";
		alarm 20;
		my $c = $l->accept or die;
		sysread $c, my $hello, 65536;
		syswrite $c, pack("H*", $ARGV[0]);
		shutdown $c, 1;
		1 while sysread $c, $hello, 65536;' "$1" &
	server=$!
	pids="$pids $server"
	until [ -s port ]; do
		kill -0 "$server" || return 1
		sleep 0.02
	done
	tls=$(cat port)
}
# hello VERSION SUITE: the record of a ServerHello
zeros=$(printf '%064d' 0)
server_hello() {
	printf '16%s002a02000026%s%s00%s00' "$1" "$1" "$zeros" "$2"
}
# client_hello VERSION SUITES: the record of one, without extensions
client_hello() {
	_n=$((${#2} / 2))
	printf '16%s%04x01%06x%s%s00%04x%s0100' "$1" $((_n + 43)) \
	    $((_n + 39)) "$1" "$zeros" $_n "$2"
}
