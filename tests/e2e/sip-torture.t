#!/bin/sh
# The messages of RFC 4475, sent to a running listener: each gets the answer
# that the RFC gives for an endpoint that serves MESSAGE and OPTIONS, or none.
. "${SRCDIR:?}/tests/e2e/lib.sh"

vectors=$SRCDIR/tests/vectors/rfc4475
mkdir -m 700 "$scratch/keys"
tab=$(printf '\t')
# One listener serves them all: its addresses are those of the table.
addresses=$(cut -f 2 "$vectors/answers" | grep '^sip:' | sort -u)
set --
for address in $addresses; do
	set -- "$@" -a "$address"
done
listen all -k "$scratch/keys" "$@" -l udp:127.0.0.1:0 -l tcp:127.0.0.1:0 ||
    exit 1

# ask TRANSPORT PORT FILE: status codes with commas between them
ask() {
	perl "$SRCDIR/tests/wire.pl" ask "$1" 127.0.0.1 "$2" "$3" 0.3 |
	    sed 's/^SIP\/2.0 \([0-9]*\).*/\1/' | paste -s -d , -
}

while IFS=$tab read -r name _ by_udp by_tcp why; do
	case $name in
	'#'* | '') continue ;;
	esac
	is "$(ask udp "$udp" "$vectors/$name.dat")" "$by_udp" \
	    "$name by UDP ($why)"
	is "$(ask tcp "$tcp" "$vectors/$name.dat")" "$by_tcp" \
	    "$name by TCP ($why)"
done <"$vectors/answers"
is "$tests" 98 "all 49 messages were sent by both"

kill "$listener"
ends "$listener"
is $? 0 "the listener ends in good order after all that"
finish
