#!/bin/sh
# The answer is no oracle: 2,000 altered copies of one CBC message get one and
# the same answer, and none gets it before its 10 ms.
. "${SRCDIR:?}/tests/e2e/lib.sh"

mkdir -m 700 "$scratch/alice" "$scratch/bob" "$scratch/altered"
keys() {
	_dir=$1
	shift
	"$SIGNET" -q -k "$scratch/$_dir" keys "$@" </dev/null >/dev/null
}
keys alice new alice@example.com
keys bob new bob@example.com --type rsa:2048
"$SIGNET" -k "$scratch/bob" keys export bob@example.com >"$scratch/bob.pem"
keys alice import "$scratch/bob.pem"
keys alice trust --yes bob@example.com

# caught OPTIONS..: what alice sends to bob, in $scratch/caught
caught() {
	rm -f "$scratch/port" "$scratch/caught"
	perl "$SRCDIR/tests/wire.pl" catch "$scratch/port" "$scratch/caught" &
	catcher=$!
	pids="$pids $catcher"
	until [ -s "$scratch/port" ]; do
		sleep 0.02
	done
	# Long enough for more than a hundred blocks.
	"$SIGNET" -k "$scratch/alice" -a sip:alice@example.com \
	    -P "sip:127.0.0.1:$(cat "$scratch/port");transport=tcp" \
	    send "$@" sip:bob@example.com "$(head -c 500 /dev/zero |
		tr '\0' x)"
	ends "$catcher"
}
caught -e --cipher aes-128-cbc
like "$(grep -a '^Content-Type' "$scratch/caught")" 'enveloped-data' \
    "the message is encrypted with CBC"
# The content is the primitive [0] that ends with the DER. Its two bytes may be in
# the ciphertext by chance, so its length has to fit.
perl "$SRCDIR/tests/wire.pl" alter "$scratch/caught" "$scratch/altered" \
    "$(perl -0777 -ne '
	my ($body) = /\r\n\r\n(.*)$/s;
	while ($body =~ /\x80\x82(..)/sg) {
		my $n = unpack "n", $1;
		print(length($body) - $n), last
		    if pos($body) + $n == length $body;
	}' "$scratch/caught")"
count=$(ls "$scratch/altered" | wc -l)
is "$((count >= 1900))" 1 "there are about 2,000 of them ($count)"

listen bob --json -k "$scratch/bob" -a sip:bob@example.com \
    -l tcp:127.0.0.1:0
perl "$SRCDIR/tests/wire.pl" times 127.0.0.1 "$tcp" "$scratch/altered" 8 \
    >"$scratch/times"
is "$(wc -l <"$scratch/times")" "$count" "each got an answer"
is "$(cut -f 3 "$scratch/times" | sort | uniq -c | wc -l)" 1 \
    "all got the same"
like "$(cut -f 3 "$scratch/times" | head -n 1)" 'SIP/2.0 200' \
    "the one that an opened message gets"
is "$(awk -F '\t' '$2 < 0.010' "$scratch/times" | wc -l)" 0 \
    "none got it before its 10 ms"
shown=$(grep -c '"text":"x*"' "$scratch/bob.out")
is "$shown" 1 "one was opened as it was sent"
is "$((shown + $(grep -c '"text":null' "$scratch/bob.out") + \
    $(grep -c '"text":"[^"]*[^x"]' "$scratch/bob.out")))" "$count" \
    "of each the owner knows what came of it"

# A signature inside that is bad is told to the owner alone.
"$SIGNET" -k "$scratch/alice" keys export alice@example.com \
    >"$scratch/alice.pem"
keys bob import "$scratch/alice.pem"
rm -rf "$scratch/altered"
mkdir "$scratch/altered"
caught -s -e --cipher aes-128-cbc --nesting inner
cp "$scratch/caught" "$scratch/altered/1"
perl "$SRCDIR/tests/wire.pl" times 127.0.0.1 "$tcp" "$scratch/altered" \
    >"$scratch/times"
like "$(cut -f 3 "$scratch/times")" 'SIP/2.0 200' \
    "a bad signature inside is answered like the others"
is "$(json signature <"$scratch/bob.out") $(json text <"$scratch/bob.out")" \
    'untrusted null' "and the owner is told, and shown nothing"
caught -s --no-encrypt
cp "$scratch/caught" "$scratch/altered/1"
perl "$SRCDIR/tests/wire.pl" times 127.0.0.1 "$tcp" "$scratch/altered" \
    >"$scratch/times"
like "$(cut -f 3 "$scratch/times")" 'SIP/2.0 437 .*Warning: 399' \
    "outside it is answered 437, with a warning in words"
finish
