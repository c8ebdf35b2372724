#!/bin/sh
# Two signets over TLS, with keys of their own making and a root made with
# openssl: plain, signed, encrypted and both, in every form, for every kind of
# key and of text.
. "${SRCDIR:?}/tests/e2e/lib.sh"

mkdir -m 700 "$scratch/ca"
root "$scratch/ca" test
mkdir "$scratch/host"
domain "$scratch/ca" test "$scratch/host" 127.0.0.1 IP:127.0.0.1

keys() {
	_dir=$scratch/$1
	shift
	"$SIGNET" -q -k "$_dir" keys "$@" </dev/null >/dev/null
}
# befriend NAME TYPE: NAME has a key, and both have pinned each other
befriend() {
	mkdir -m 700 "$scratch/$1"
	cp "$scratch/ca/root_cert_test.pem" "$scratch/$1/"
	cp "$scratch/host"/domain_*.pem "$scratch/$1/"
	keys "$1" new "$1@127.0.0.1" --type "$2"
	"$SIGNET" -k "$scratch/$1" keys export "$1@127.0.0.1" \
	    >"$scratch/$1.pem"
}
meet() {
	keys "$1" import "$scratch/$2.pem"
	keys "$1" trust --yes "$2@127.0.0.1"
}
befriend ann p256
befriend bea rsa:2048
befriend cat p256
befriend dot rsa:2048
for one in ann bea; do
	for other in cat dot; do
		meet $one $other
		meet $other $one
	done
done

# send FROM TO OPTIONS.. (the text is standard input)
send() {
	_from=$1 _to=$2
	shift 2
	"$SIGNET" -k "$scratch/$_from" -a "sips:$_from@127.0.0.1" send "$@" \
	    "sips:$_to@127.0.0.1:$tls" - 2>"$scratch/err"
}
found() {
	for _member in signature encryption cipher covers status; do
		printf '%s ' "$(json $_member <"$scratch/$1.out")"
	done
}

for to in cat dot; do
	listen $to --json -k "$scratch/$to" -a "sip:$to@127.0.0.1" \
	    -l tls:127.0.0.1:0
	case $to in
	cat) auto='aes-128-gcm text' ;;
	dot) auto='aes-128-cbc ciphertext' ;;
	esac
	for from in ann bea; do
		while read -r options _ wanted; do
			options=$(echo "$options" | tr , ' ')
			wanted=$(echo "$wanted" | sed "s/AUTO/$auto/
			    s/CIPHER/${auto% *}/")
			# shellcheck disable=SC2086
			echo hello | send $from $to $options
			is "$? $(found $to)" "0 $wanted " \
			    "$from to $to: send $options"
			is "$(json text <"$scratch/$to.out")" hello \
			    "$from to $to: send $options: the text"
		done <<TABLE
--no-sign : none none null null 200
-s : good none null text 200
-e : none opened CIPHER null 200
-s,-e : good opened AUTO 200
-s,-e,--nesting,inner : good opened CIPHER text 200
-s,-e,--nesting,outer : good opened CIPHER ciphertext 200
-s,-e,--cipher,aes-128-gcm,--nesting,inner : good opened aes-128-gcm text 200
-s,-e,--cipher,aes-128-cbc,--nesting,outer : good opened aes-128-cbc ciphertext 200
-s,--attach-cert : good none null text 200
TABLE
		# What can be in a text.
		printf 'a\0b\0' | send $from $to -s -e
		like "$(tail -n 1 "$scratch/$to.out")" \
		    '"text":"a\\u0000b\\u0000"' "$from to $to: NUL bytes"
		printf 'Grüße, 世界 🎉' | send $from $to -s -e
		is "$(json text <"$scratch/$to.out")" 'Grüße, 世界 🎉' \
		    "$from to $to: UTF-8"
		printf '' | send $from $to -s -e --empty
		is "$? $(json text <"$scratch/$to.out")" '0 ' \
		    "$from to $to: an empty text"
		head -c 75000 /dev/urandom | base64 >"$scratch/big"
		send $from $to -s -e --exact <"$scratch/big"
		json text <"$scratch/$to.out" >"$scratch/came"
		cmp "$scratch/big" "$scratch/came"
		is $? 0 "$from to $to: 100 kB"
		printf 'a\r\nb\nc\r' | send $from $to -s -e
		like "$(tail -n 1 "$scratch/$to.out")" \
		    '"text":"a\\r\\nb\\nc\\r"|"text":"a\\u000d\\u000ab\\u000ac\\u000d"' \
		    "$from to $to: line ends stay what they are"
	done
	kill "$listener"
	ends "$listener"
done

# What a person has to know of who is not a friend.
listen cat --json -k "$scratch/cat" -a sip:cat@127.0.0.1 -l tls:127.0.0.1:0
befriend eve p256
echo hi | send eve cat -s
is "$(found cat)" 'unknown-signer none null text 200 ' \
    "a signer that nobody knows is shown, marked"
echo hi | send eve cat -s --attach-cert
is "$(found cat)" 'untrusted none null text 437 ' \
    "a self-signed certificate that is not pinned is refused"
"$SIGNET" -q -k "$scratch/eve" keys new ann@127.0.0.1 </dev/null >/dev/null
echo hi | "$SIGNET" -k "$scratch/eve" -a sips:ann@127.0.0.1 send -s \
    --attach-cert "sips:cat@127.0.0.1:$tls" - 2>"$scratch/err"
is "$? $(found cat)" '77 changed none null text 437 ' \
    "another certificate for a pinned address is changed"
echo hi | send ann cat
is "$(json text <"$scratch/cat.out")$(json reason <"$scratch/cat.out")" \
    'hinot signed, unlike before' \
    "who used to sign and does not now is shown with a note"

# Sealing for whom no certificate is good is refused, before anything is sent.
before=$(wc -l <"$scratch/cat.out")
keys ann untrust cat@127.0.0.1
echo hi | send ann cat -e
is $? 77 "nothing is encrypted for a certificate that nobody vouches for"
keys ann remove cat@127.0.0.1 --force
echo hi | send ann cat -e
is $? 78 "nor without one"
is "$(wc -l <"$scratch/cat.out")" "$before" "and nothing was sent"
finish
