# Kamailio as the registrar and proxy of a domain, at an address of its own.
# Sourced after lib.sh.

# Leaves with a line for prove where it is not installed.
PATH=$PATH:/usr/sbin
if ! command -v kamailio >/dev/null; then
	echo "1..0 # SKIP kamailio is not installed (configure" \
	    "--install-deps=test)"
	exit 0
fi

# address N: another address (1, 2) that no other test has
address() {
	echo "$own" | awk -F. -v n="$1" \
	    '{printf "127.%d.%d.%d", $2 + 65 * n, $3, $4}'
}

# proxy_make NAME DOMAIN ADDRESS ROOTDIR ROOTNAME [SETTING=VALUE..]: what it
# needs to run as NAME; its users are alice, bob and u1..u100, and their
# password is NAME's in password. next=DOMAIN=URI says where another domain's
# proxy is, login=NAME=USER that NAME authenticates as another user; the others are the words between @ in kamailio.cfg.
password=geheim-und-lang
proxy_make() {
	_k=$scratch/$1 _domain=$2 _address=$3
	mkdir -p "$_k"
	domain "$4" "$5" "$_k" "$2" "DNS:$2"
	cat >"$_k/tls.cfg" <<-CONF
	[server:default]
	method = TLSv1.2+
	verify_certificate = no
	require_certificate = no
	private_key = $_k/domain_key_$2.pem
	certificate = $_k/domain_cert_$2.pem
	[client:default]
	method = TLSv1.2+
	verify_certificate = yes
	require_certificate = yes
	ca_list = $4/root_cert_$5.pem
	CONF
	_root=$4/root_cert_$5.pem
	shift 5
	debug=1 fr_timer=4000 wt_timer=5000 algorithm=MD5 nonce_expire=300 \
	    min_expires=2 digest='1==1' memory=512 redirect_to=
	{
		for _user in alice bob $(seq -f u%g 1 100); do
			printf '\t$sht(users=>%s) = "%s";\n' "$_user" \
			    "$password"
		done
		for _word in "$@"; do
			case $_word in
			login=*)
				_word=${_word#login=}
				printf '\t$sht(logins=>%s) = "%s";\n' \
				    "${_word%%=*}" "${_word#*=}"
				;;
			next=*)
				_word=${_word#next=}
				printf '\t$sht(next=>%s) = "%s";\n' \
				    "${_word%%=*}" "${_word#*=}"
				;;
			*) eval "${_word%%=*}=\${_word#*=}" ;;
			esac
		done
	} >"$_k/tables"
	redirect='1==2'
	[ -z "$redirect_to" ] || redirect='1==1'
	sed -e "s/@redirect@/$redirect/; s/@redirect_to@/$redirect_to/" \
	    -e "s/@domain@/$_domain/g; s/@address@/$_address/g" \
	    -e "s#@dir@#$_k#g; s/@debug@/$debug/; s/@digest@/$digest/" \
	    -e "s/@fr_timer@/$fr_timer/; s/@wt_timer@/$wt_timer/" \
	    -e "s/@algorithm@/$algorithm/; s/@min_expires@/$min_expires/g" \
	    -e "s/@nonce_expire@/$nonce_expire/" \
	    -e "/@tables@/{r $_k/tables" -e 'd;}' \
	    "$SRCDIR/tests/e2e/kamailio.cfg" >"$_k/cfg"
	echo "$_address $_domain $_root $memory" >"$_k/where"
}

# proxy_named DOMAIN ADDRESS: a name server, which dns names, that leads there
# over TLS
proxy_named() {
	cat >"$scratch/$1.zone" <<-ZONE
	\$TTL 300
	@ SOA ns hostmaster 1 3600 600 86400 60
	@ NS ns
	ns A 127.0.0.1
	sip A $2
	@ NAPTR 1 1 "s" "SIPS+D2T" "" _sips._tcp
	_sips._tcp SRV 1 0 5061 sip
	ZONE
	name_server "$1" "$scratch/$1.zone"
}

# proxy_start NAME: until it answers over TLS. An accepted connection proves
# nothing: its processes start one after the other.
proxy_start() {
	_k=$scratch/$1
	read -r _address _domain _root memory <"$_k/where"
	rm -f "$_k/ctl"
	setsid kamailio -f "$_k/cfg" -DD -E -m "$memory" -M 8 -Y "$_k" \
	    -w "$_k" >>"$_k/log" 2>&1 &
	echo $! >"$_k/pid"
	pids="$pids $!"
	_left=100
	until proxy_options "$1" | grep -q '^SIP/2.0 200'; do
		_left=$((_left - 1))
		if [ $_left -eq 0 ] || ! kill -0 "$(cat "$_k/pid")"; then
			echo "# kamailio does not start:"
			tail -n 20 "$_k/log" | sed 's/^/# /'
			return 1
		fi
		sleep 0.05
	done
}

# proxy_options NAME: what it answers to OPTIONS over TLS
proxy_options() {
	read -r _address _domain _root memory <"$scratch/$1/where"
	printf '%s\r\n' "OPTIONS sips:$_domain SIP/2.0" \
	    "Via: SIP/2.0/TLS $_address:9;branch=z9hG4bK$(date +%s%N)" \
	    "From: <sips:test@$_domain>;tag=1" "To: <sips:$_domain>" \
	    "Call-ID: $(date +%s%N)" 'CSeq: 1 OPTIONS' 'Max-Forwards: 10' \
	    'Content-Length: 0' '' >"$scratch/$1/options"
	# It stays connected, so the client ends when it has the answer.
	perl -MIPC::Open2 -e '
		my $pid = open2(my $from, my $to, @ARGV);
		local ($SIG{PIPE}, $/) = ("IGNORE", "\r\n\r\n");
		alarm 5;
		print $to <STDIN>;
		close $to;
		print scalar <$from>;
		kill TERM => $pid;
		waitpid $pid, 0;' \
	    openssl s_client -quiet -verify_return_error -CAfile "$_root" \
	    -servername "$_domain" -verify_hostname "$_domain" \
	    -connect "$_address:5061" <"$scratch/$1/options" 2>/dev/null
}

# proxy_stop NAME, proxy_kill NAME: an end in order; kill -9 of all of it at
# once (what is left of it would go on answering)
proxy_stop() {
	_pid=$(cat "$scratch/$1/pid")
	kill "$_pid"
	ends "$_pid"
}
proxy_kill() {
	_pid=$(cat "$scratch/$1/pid")
	kill -s KILL -- "-$_pid"
	ends "$_pid" 2>/dev/null
}

# proxy_ask NAME COMMAND..: by kamcmd
proxy_ask() {
	_name=$1
	shift
	kamcmd -s "unix:$scratch/$_name/ctl" "$@"
}

# proxy_contacts NAME: how many it has
proxy_contacts() {
	proxy_ask "$1" ul.dump | grep -c 'Address:'
}
