#!/bin/sh
# make oracle-time: how far the time until the last of many answers tells good
# CBC content from bad. Nothing here passes or fails: the machine is noisy, so
# it is measured in pairs, and the medians are told.
set -eu
: "${SIGNET:?make oracle-time sets it}" "${SRCDIR:?}"
: "${ORACLE_MESSAGES:=2000}" "${ORACLE_PAIRS:=9}"
umask 077
dir=$(mktemp -d "${TMPDIR:-/tmp}/signet-oracle.XXXXXX")
listener=
clean_up() {
	[ -z "$listener" ] || kill "$listener" 2>/dev/null || true
	rm -rf "$dir"
}
trap clean_up EXIT
trap 'exit 1' HUP INT TERM
export XDG_CONFIG_HOME="$dir"
wire() {
	perl "$SRCDIR/tests/wire.pl" "$@"
}

# exchange DIR NAME OTHER
exchange() {
	"$SIGNET" -k "$dir/$1" keys export "$2" >"$dir/$2.pem"
	"$SIGNET" -q -k "$dir/$3" keys import "$dir/$2.pem" >/dev/null
	"$SIGNET" -q -k "$dir/$3" keys trust --yes "$2" >/dev/null
}

# receipt: in caught, a receipt signed by alice and encrypted to bob, by openssl:
# signet sends none without a message that it is about
receipt() {
	{
		printf 'Content-Type: message/imdn+xml\r\n\r\n'
		printf '<imdn xmlns="urn:ietf:params:xml:ns:imdn"><message-id>'
		printf '%s</message-id><display-notification><status>' \
		    0123456789abcdef0123456789abcdef
		printf '<displayed/></status></display-notification></imdn>'
	} >"$dir/entity"
	{
		printf 'Content-Type: application/pkcs7-mime;'
		printf 'smime-type=signed-data\r\n'
		printf 'Content-Transfer-Encoding: binary\r\n\r\n'
		openssl cms -sign -binary -nodetach -nocerts -nosmimecap -in "$dir/entity" \
		    -signer "$dir/alice@example.com.pem" -outform DER \
		    -inkey "$dir/alice/user_key_alice@example.com.pem"
	} >"$dir/signed"
	openssl cms -encrypt -binary -aes-128-cbc -in "$dir/signed" \
	    -outform DER -recip "$dir/bob@example.com.pem" -out "$dir/body"
	{
		printf '%s\r\n' 'MESSAGE sip:bob@example.com SIP/2.0' \
		    'Via: SIP/2.0/TCP 127.0.0.1:9;branch=z9hG4bKx' \
		    'To: <sip:bob@example.com>' 'Max-Forwards: 70' \
		    'From: <sip:alice@example.com>;tag=1' 'Call-ID: x' \
		    'CSeq: 1 MESSAGE' \
		    "Content-Length: $(wc -c <"$dir/body" | tr -d ' ')" \
		    'Content-Transfer-Encoding: binary'
		printf 'Content-Type: application/pkcs7-mime;'
		printf 'smime-type=enveloped-data\r\n\r\n'
		cat "$dir/body"
	} >"$dir/caught"
}

for case in rsa:2048 p256 rsa:2048,history p256,history p256,receipt \
    p256,receipt,history rsa:2048,exec p256,exec; do
	type=${case%%,*} more=
	case $case in
	*,history) more="--history --history-file $dir/h.db" ;;
	*,exec) more="--exec cat>/dev/null" ;;
	esac
	rm -f "$dir"/h.db*
	rm -rf "$dir/alice" "$dir/bob" "$dir/port" "$dir/caught"
	for who in alice bob; do
		"$SIGNET" -q -k "$dir/$who" keys new "$who@example.com" \
		    --type $type </dev/null >/dev/null
	done
	exchange alice alice@example.com bob
	exchange bob bob@example.com alice
	wire catch "$dir/port" "$dir/caught" &
	until [ -s "$dir/port" ]; do
		sleep 0.02
	done
	"$SIGNET" -q -k "$dir/alice" -a sip:alice@example.com \
	    -P "sip:127.0.0.1:$(cat "$dir/port");transport=tcp" \
	    send -s -e --cipher aes-128-cbc --nesting inner \
	    sip:bob@example.com 'a text that is nobody else to read'
	wait $!
	case $case in
	*,receipt*) receipt ;;
	esac
	: >"$dir/err"
	# shellcheck disable=SC2086
	"$SIGNET" listen --json -k "$dir/bob" -a sip:bob@example.com $more \
	    -l tcp:127.0.0.1:0 >/dev/null 2>"$dir/err" &
	listener=$!
	until grep -q 'listening on' "$dir/err"; do
		sleep 0.02
	done
	port=$(sed -n 's/.*listening on tcp:.*:\([0-9]*\)$/\1/p' "$dir/err")
	wire burst 127.0.0.1 "$port" "$dir/caught" 200 >/dev/null
	: >"$dir/pairs"
	for pair in $(seq 1 "$ORACLE_PAIRS"); do
		# Which of the two comes first takes turns.
		case $((pair % 2)) in
		0) set -- '' bad ;;
		*) set -- bad '' ;;
		esac
		for kind in "$@"; do
			printf '%s %s ' "$pair" "${kind:-good}"
			wire burst 127.0.0.1 "$port" "$dir/caught" \
			    "$ORACLE_MESSAGES" $kind
		done >>"$dir/pairs"
	done
	kill "$listener"
	wait "$listener" || true
	listener=
	awk -v n="$ORACLE_MESSAGES" -v type="$case" '
		function median(v, c,   i, j, t) {
			for (i = 2; i <= c; i++)
				for (j = i; j > 1 && v[j - 1] > v[j]; j--) {
					t = v[j]; v[j] = v[j - 1]; v[j - 1] = t
				}
			return v[int((c + 1) / 2)]
		}
		{time[$1, $2] = $3; if ($1 > pairs) pairs = $1
		    if ($4 != n) wrong++}
		END {
			for (p = 1; p <= pairs; p++) {
				good[p] = time[p, "good"]
				bad[p] = time[p, "bad"]
				apart[p] = good[p] - bad[p]
				if (p == 1 || apart[p] < least)
					least = apart[p]
				if (p == 1 || apart[p] > most)
					most = apart[p]
			}
			a = median(apart, pairs)
			printf "%s: %d messages, %d pairs: good %.0f ms, ",
			    type, n, pairs, 1e3 * median(good, pairs)
			printf "bad %.0f ms, good - bad %.1f us a message",
			    1e3 * median(bad, pairs), 1e6 * a / n
			printf " (%.1f to %.1f)%s\n", 1e6 * least / n,
			    1e6 * most / n, wrong ? ", and not all were 200" : ""
		}' "$dir/pairs"
done
