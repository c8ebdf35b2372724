#!/bin/sh
# Two people with keys of their own, in two processes, over TLS: what was
# typed, what went over the wire, what arrived. Everything is made in a
# scratch folder, and nothing leaves this machine.
set -eu
: "${SIGNET:=./signet}"
umask 077
dir=$(mktemp -d "${TMPDIR:-/tmp}/signet-demo.XXXXXX")
listener=
clean_up() {
	[ -z "$listener" ] || kill "$listener" 2>/dev/null || true
	[ -z "$listener" ] || wait "$listener" 2>/dev/null || true
	rm -rf "$dir"
}
trap clean_up EXIT
trap 'exit 1' HUP INT TERM
XDG_CONFIG_HOME=$dir
export XDG_CONFIG_HOME

fluffy=sips:fluffy@example.com
mkdir "$dir/fluffy" "$dir/kumiko" "$dir/ca"

echo "== Two people make their keys, and tell each other the fingerprints"
"$SIGNET" -k "$dir/fluffy" keys new fluffy@example.com </dev/null
"$SIGNET" -k "$dir/kumiko" keys new kumiko@localhost </dev/null
"$SIGNET" -k "$dir/fluffy" keys export fluffy@example.com >"$dir/fluffy.pem"
"$SIGNET" -k "$dir/kumiko" keys export kumiko@localhost >"$dir/kumiko.pem"
"$SIGNET" -k "$dir/fluffy" keys import "$dir/kumiko.pem"
"$SIGNET" -k "$dir/kumiko" keys import "$dir/fluffy.pem"
"$SIGNET" -k "$dir/fluffy" keys trust --yes kumiko@localhost
"$SIGNET" -k "$dir/kumiko" keys trust --yes fluffy@example.com

echo
echo "== A test CA gives kumiko's host a certificate for TLS"
"$SIGNET" ca init "$dir/ca"
"$SIGNET" ca issue "$dir/ca" localhost
cp "$dir/ca"/domain_*_localhost.pem "$dir/kumiko/"
cp "$dir/ca"/root_cert_*.pem "$dir/fluffy/"

"$SIGNET" -k "$dir/kumiko" -a sips:kumiko@localhost -l tls:localhost:0 \
    --trace "$dir/wire" listen -n 4 >"$dir/arrived" 2>"$dir/listener" &
listener=$!
tries=0
until grep -q 'listening on' "$dir/listener"; do
	kill -0 "$listener" 2>/dev/null && [ $tries -lt 200 ] || {
		cat "$dir/listener"
		exit 1
	}
	tries=$((tries + 1))
	sleep 0.05
done
port=$(sed -n 's/.*listening on tls:.*:\([0-9]*\)$/\1/p' "$dir/listener" |
    head -n 1)

# say TEXT OPTIONS..: one message, and what became of it
say() {
	text=$1
	shift
	before=$(wc -c <"$dir/wire")
	lines=$(wc -l <"$dir/arrived")
	echo
	echo "== typed: signet send $* sips:kumiko@localhost:$port '$text'"
	"$SIGNET" -k "$dir/fluffy" -a "$fluffy" send "$@" \
	    "sips:kumiko@localhost:$port" "$text"
	echo "-- over the wire, inside TLS:"
	tail -c +$((before + 1)) "$dir/wire"
	echo "-- arrived:"
	tail -n +$((lines + 1)) "$dir/arrived"
}
say "Hello, plain."
say "Hello, signed." --sign
say "Hello, sealed." --encrypt
say "Hello, signed and sealed." --sign --encrypt
wait "$listener"
listener=
