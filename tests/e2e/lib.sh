# What the end-to-end tests share: TAP, scratch folders, processes that are
# waited for, certificates. Sourced; SIGNET and SRCDIR come from make check.
: "${SIGNET:?make check sets it}" "${SRCDIR:?make check sets it}"
set -u
umask 077
scratch=$(mktemp -d "${TMPDIR:-/tmp}/signet-test.XXXXXX")
tests=0 pids=
# A loopback address that no other test has.
own=127.$(($$ / 65536 % 254 + 1)).$(($$ / 256 % 256)).$(($$ % 256))
# Nothing of the person who runs the tests is read.
export XDG_CONFIG_HOME="$scratch/config" XDG_DATA_HOME="$scratch/data"
export HOME="$scratch" LC_ALL=C
# A leak fails the process that leaks, and osip's own are not ours to mend.
export ASAN_OPTIONS=detect_leaks=1:exitcode=99

clean_up() {
	for pid in $pids; do
		kill "$pid" 2>/dev/null
	done
	for pid in $pids; do
		wait "$pid" 2>/dev/null
	done
	rm -rf "$scratch"
}
trap clean_up EXIT
trap 'exit 1' HUP INT TERM

# ok STATUS NAME
ok() {
	tests=$((tests + 1))
	if [ "$1" -eq 0 ]; then
		echo "ok $tests - $2"
	else
		echo "not ok $tests - $2"
	fi
}

# is GOT WANTED NAME
is() {
	if [ "$1" = "$2" ]; then
		ok 0 "$3"
	else
		ok 1 "$3"
		printf '%s\n' "got:    $1" "wanted: $2" | sed 's/^/# /'
	fi
}

# like TEXT PATTERN NAME: an extended regular expression
like() {
	if printf '%s\n' "$1" | grep -Eq -- "$2"; then
		ok 0 "$3"
	else
		ok 1 "$3"
		printf '%s\n' "got:    $1" "wanted: $2" | sed 's/^/# /'
	fi
}

finish() {
	echo "1..$tests"
}

# wait_for PATTERN FILE [COUNT]: until COUNT (1) lines match, 20 s at most
wait_for() {
	_left=400
	until _have=$(grep -Ec -- "$1" "$2" 2>/dev/null);
	    [ "${_have:-0}" -ge "${3:-1}" ]; do
		_left=$((_left - 1))
		if [ $_left -eq 0 ]; then
			echo "# nothing like \"$1\" came in $2:"
			tail -n 30 "$2" | sed 's/^/# /'
			return 1
		fi
		sleep 0.05
	done
}

# listen NAME [OPTIONS]: starts a listener whose output is in NAME.out and
# NAME.err; its pid is in listener, the ports it got in udp, tcp, tls.
listen() {
	_name=$scratch/$1
	shift
	: >"$_name.out"
	: >"$_name.err"
	"$SIGNET" listen "$@" >"$_name.out" 2>"$_name.err" &
	listener=$!
	pids="$pids $listener"
	# It says where it listens once it does; the last says that all do.
	_wanted=0
	for _word in "$@"; do
		case $_word in
		udp:* | tcp:* | tls:*) _wanted=$((_wanted + 1)) ;;
		esac
	done
	wait_for 'listening on' "$_name.err" $_wanted || return 1
	udp=$(sed -n 's/.*listening on udp:.*:\([0-9]*\)$/\1/p' "$_name.err")
	tcp=$(sed -n 's/.*listening on tcp:.*:\([0-9]*\)$/\1/p' "$_name.err")
	tls=$(sed -n 's/.*listening on tls:.*:\([0-9]*\)$/\1/p' "$_name.err")
}

# name_server ZONE FILE..: starts a knotd for the zones in the files; dns is
# where it answers. The zone "broken" gets SERVFAIL, any other REFUSED.
name_server() {
	_knot=$scratch/knot
	mkdir "$_knot"
	cat >"$_knot/conf" <<-CONF
	server:
	    rundir: "$_knot"
	    listen: $own@5300
	    udp-workers: 1
	    tcp-workers: 1
	    background-workers: 1
	log:
	  - target: stdout
	    any: info
	database:
	    storage: "$_knot"
	template:
	  - id: default
	    storage: "$_knot"
	    zonefile-load: whole
	    zonefile-sync: -1
	    journal-content: none
	zone:
	  - domain: broken
	    file: none
	CONF
	_zones=
	while [ $# -gt 1 ]; do
		cp "$2" "$_knot/zone.$1"
		printf '  - domain: %s\n    file: zone.%s\n' "$1" "$1" \
		    >>"$_knot/conf"
		_zones="$_zones $1"
		shift 2
	done
	: >"$_knot/log"
	PATH=$PATH:/usr/sbin knotd -c "$_knot/conf" >"$_knot/log" 2>&1 &
	pids="$pids $!"
	for _zone in $_zones; do
		wait_for "\\[$_zone\\.\\] loaded" "$_knot/log" || return 1
	done
	wait_for 'broken.*load. failed' "$_knot/log" || return 1
	dns=$own:5300
}

# odd_server MODE [WORD..]: starts tests/dns.pl, a name server that is not as
# it should be; dns is where it answers, odd its pid, and what it was asked is
# in odd.log.
odd_server() {
	rm -f "$scratch/odd.port"
	perl "$SRCDIR/tests/dns.pl" "$scratch/odd.port" "$@" \
	    >"$scratch/odd.log" 2>&1 &
	odd=$!
	pids="$pids $odd"
	until [ -s "$scratch/odd.port" ]; do
		kill -0 $odd || return 1
		sleep 0.02
	done
	dns=127.0.0.1:$(cat "$scratch/odd.port")
}

# taken udp|tcp ADDRESS PORT: until somebody listens there, 5 s at most
taken() {
	_hex=$(echo "$2" | awk -F. -v p="$3" \
	    '{printf "%02X%02X%02X%02X:%04X", $4, $3, $2, $1, p}')
	_left=250
	until grep -q "^ *[0-9]*: $_hex 00000000:0000 0[7A]" "/proc/net/$1"; do
		_left=$((_left - 1))
		[ $_left -gt 0 ] || return 1
		sleep 0.02
	done
}

# ends PID: waits for one of ours, and gives its exit status
ends() {
	wait "$1"
	_status=$?
	pids=$(printf ' %s ' "$pids" | sed "s/ $1 / /")
	return $_status
}

# json MEMBER [LINE]: of the LINE-th (last) object on standard input
json() {
	perl -MJSON::PP -e '
		my ($member, $line) = @ARGV;
		my @lines = <STDIN>;
		my $text = $line ? $lines[$line - 1] : $lines[-1];
		exit 1 unless defined $text;
		my $v = JSON::PP->new->utf8->decode($text)->{$member};
		binmode STDOUT, ":utf8";
		print defined $v ? $v : "null"' "$@"
}

# server WORD..: a server without TLS that answers so (tests/answers.pl); its
# port is in server
server() {
	rm -f "$scratch/port"
	perl "$SRCDIR/tests/answers.pl" tcp "$scratch/port" "$scratch/log" "$@" &
	pids="$pids $!"
	wait_for . "$scratch/port"
	server=$(cat "$scratch/port")
}

# friends DIR AOR DIR AOR: makes two key stores whose owners trust each other;
# the certificate of alice@.. is in alice.pem then
friends() {
	mkdir -m 700 "$1" "$3"
	"$SIGNET" -q -k "$1" keys new "$2" </dev/null
	"$SIGNET" -q -k "$3" keys new "$4" </dev/null
	"$SIGNET" -k "$1" keys export "$2" >"$scratch/${2%%@*}.pem"
	"$SIGNET" -k "$3" keys export "$4" >"$scratch/${4%%@*}.pem"
	"$SIGNET" -q -k "$1" keys import "$scratch/${4%%@*}.pem"
	"$SIGNET" -q -k "$3" keys import "$scratch/${2%%@*}.pem"
	"$SIGNET" -q -k "$1" keys trust --yes "$4"
	"$SIGNET" -q -k "$3" keys trust --yes "$2"
}

# root DIR NAME: a root made with openssl, its certificate in the key store's
# form and its key as root_key.pem
root() {
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
	    -keyout "$1/root_key.pem" -out "$1/root_cert_$2.pem" \
	    -subj "/O=signet tests/CN=$2" -days 30 \
	    -addext basicConstraints=critical,CA:TRUE \
	    -addext keyUsage=critical,keyCertSign,cRLSign 2>/dev/null
}

# domain ROOTDIR ROOTNAME DIR HOST SAN: a server's certificate in DIR
domain() {
	openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
	    -keyout "$3/domain_key_$4.pem" -out "$3/csr.pem" \
	    -subj "/CN=$4" 2>/dev/null
	printf '%s\n' "subjectAltName=$5" \
	    'extendedKeyUsage=serverAuth,clientAuth' 'basicConstraints=CA:FALSE' \
	    'keyUsage=digitalSignature' >"$3/ext"
	openssl x509 -req -in "$3/csr.pem" -CA "$1/root_cert_$2.pem" \
	    -CAkey "$1/root_key.pem" -CAcreateserial -days 30 \
	    -extfile "$3/ext" -out "$3/domain_cert_$4.pem" 2>/dev/null
	rm -f "$3/csr.pem" "$3/ext"
}
