#!/bin/sh
# sipp as a peer, a proxy and a registrar with odd habits: each ends with the
# right status, in words, and soon.
. "${SRCDIR:?}/tests/e2e/lib.sh"

if ! command -v sipp >/dev/null; then
	echo "1..0 # SKIP sipp is not installed (configure --install-deps=test)"
	exit 0
fi
mkdir -m 700 "$scratch/keys"
echo geheim >"$scratch/password"

# odd SCENARIO udp|tcp [WORD=VALUE..]: sipp as tests/sipp/SCENARIO.xml says,
# with the values for the words between @; port=5080, pause=0 (ms) and
# count=1 of calls are sipp's own. Its pid is in odd.
odd() {
	_kind=$2
	cp "$SRCDIR/tests/sipp/$1.xml" "$scratch/odd.xml"
	shift 2
	port=5080 pause=0 count=1
	# The first that is given counts: it leaves no word behind.
	set -- "$@" via='[last_Via:]' call-id='[last_Call-ID:]' length=0 \
	    fields='X-Nothing: here' stale=
	for _word in "$@"; do
		case $_word in
		port=* | pause=* | count=*) eval "$_word" ;;
		*)
			# The value may be long: perl, not sed.
			WORD=${_word%%=*} VALUE=${_word#*=} perl -pi -e \
			    's/\@\Q$ENV{WORD}\E\@/$ENV{VALUE}/g' \
			    "$scratch/odd.xml"
			;;
		esac
	done
	cp "$scratch/odd.xml" "$scratch/odd.$port.xml"
	_t=u1
	[ $_kind = udp ] || _t=t1
	(cd "$scratch" && exec sipp -nostdin -timeout 30 -deadcall_wait 0 \
	    -m "$count" -sf "odd.$port.xml" -d "$pause" -t $_t -i "$own" \
	    -p "$port" >"$scratch/sipp.log" 2>&1) &
	odd=$!
	pids="$pids $odd"
	taken $_kind "$own" "$port"
}
gone() {
	kill "$odd" 2>/dev/null
	ends "$odd" 2>/dev/null
}
# send WORD..: to sipp, by $kind
send() {
	: >"$scratch/trace"
	timeout 20 "$SIGNET" -k "$scratch/keys" -a sip:alice@example.com \
	    --trace "$scratch/trace" send "$@" \
	    "sip:bob@$own:5080;transport=$kind" hello 2>"$scratch/err"
}
# sent: how many MESSAGE went out
sent() {
	grep -c '^  MESSAGE sip' "$scratch/trace"
}
# exits WANTED NAME [WORD..]: what send ends with, and that in one line
exits() {
	_wanted=$1 _label="$kind: $2"
	shift 2
	send "$@"
	is $? "$_wanted" "$_label: $_wanted"
	[ "$_wanted" -eq 0 ] || is "$(wc -l <"$scratch/err")" 1 \
	    "$_label: in one line"
	gone
}

for kind in udp tcp; do
	odd once $kind status='503 Busy' fields='Retry-After: 120 (later)'
	exits 75 '503 with Retry-After'

	odd once $kind port=5081 status='200 OK'
	other=$odd
	odd once $kind status='302 Moved' \
	    fields="Contact: <sip:bob@$own:5081;transport=$kind>"
	exits 0 '302 to another'
	kill $other 2>/dev/null
	ends $other 2>/dev/null
	odd once $kind status='302 Moved' pause=2000 \
	    fields="Contact: <sip:bob@$own:5080;transport=$kind>"
	exits 69 '302 to where it comes from'
	odd circle $kind
	exits 69 '302 in circles'
	[ "$(sent)" -ge 3 ] && [ "$(sent)" -le 20 ]
	ok $? "$kind: 302 in circles: it is not followed for ever"

	odd challenge $kind
	exits 77 'a proxy that asks for the password twice' \
	    -P "sip:$own:5080;transport=$kind" \
	    --password-file "$scratch/password"
	like "$(cat "$scratch/err")" 'password.*refused' \
	    "$kind: a proxy that asks for the password twice: says so"
	is "$(sent)" 2 "$kind: a proxy that asks twice: is answered once"
	odd challenge $kind stale=', stale=true'
	exits 0 'a nonce that is stale' -P "sip:$own:5080;transport=$kind" \
	    --password-file "$scratch/password"

	odd once $kind status='200 OK' pause=3000 \
	    via='Via: SIP/2.0/[transport] [remote_ip]:[remote_port];branch=z9hG4bKwrong'
	exits 75 'a 200 with a branch of its own' --expires 1
	odd once $kind status='200 OK' call-id='Call-ID: another@example.com' \
	    pause=3000
	exits 75 'a 200 for somebody else' --expires 1
	odd once $kind status='200 OK' length=100 pause=3000
	exits 75 'a 200 whose body is cut short' --expires 1
	odd silent $kind
	exits 75 'silence' --expires 1

	while read -r status wanted; do
		odd once $kind status="$status Words" \
		    fields='Warning: 399 sipp "a warning in words"
Reason: SIP;cause=600;text="a reason in words"'
		exits "$wanted" "$status"
		like "$(cat "$scratch/err")" \
		    "$status Words.*a warning in words.*a reason in words" \
		    "$kind: $status: in the peer's words"
	done <<-TABLE
	413 65
	415 65
	420 65
	480 75
	486 75
	493 65
	500 69
	603 77
	TABLE
done

kind=udp
odd slow udp pause=2500
exits 0 'a 200 after 2.5 s'
is "$(sent)" 1 "udp: the 100 before it ends the repetition"
odd silent udp
exits 75 'no 100' --expires 3
[ "$(sent)" -ge 3 ]
ok $? "udp: without a 100 it is repeated"

# --- as a registrar ----------------------------------------------------------------

# registering NAME SECONDS FIELDS: a listener that registers at sipp, and so
# much time for it to do something foolish
registering() {
	odd registrar tcp fields="$3"
	rm -f "$scratch/trace"
	listen "$1" --json -k "$scratch/keys" -a sip:alice@example.com \
	    -P "sip:$own:5080;transport=tcp" --trace "$scratch/trace" \
	    --password-file "$scratch/password" -l tcp:127.0.0.1:0
	wait_for 'SIP/2.0 200|is no SIP' "$scratch/trace"
	used=$(cpu "$listener")
	sleep "$2"
	used=$(($(cpu "$listener") - used))
}
# cpu PID: hundredths of a second of CPU time
cpu() {
	awk '{sub(/.*\) /, ""); print $12 + $13}' "/proc/$1/stat"
}
# quiet NAME MOST LINES WORDS: it was no busy loop, it said WORDS in so many
# lines at most, and messages still come
quiet() {
	_n=$(grep -c '^  REGISTER sip' "$scratch/trace")
	[ "$_n" -le "$2" ] && [ $used -le 50 ]
	ok $? "$1: neither many REGISTER nor much of the processor"
	echo "# $_n REGISTER, ${used}0 ms"
	[ "$(grep -vc 'listening on' "$scratch/$1.err")" -le "$3" ]
	ok $? "$1: few lines say so"
	like "$(grep -v 'listening on' "$scratch/$1.err")" "$4" "$1: in words"
	"$SIGNET" -k "$scratch/keys" -a sip:bob@example.com send \
	    "sip:alice@127.0.0.1:$tcp;transport=tcp" "to $1"
	is "$?/$(grep -c "to $1" "$scratch/$1.out")" 0/1 \
	    "$1: messages still come"
	kill "$listener"
	ends "$listener"
	is $? 0 "$1: it ends as it should"
	gone
}
registering zero 3 'Contact: <sip:alice@127.0.0.1:5060>;expires=0
Expires: 0'
quiet zero 4 1 'not registered.*0 seconds'
contacts=$(seq -f '<sip:alice%g@192.0.2.1:5060;transport=tcp>;expires=3600;q=0.5;x="yes, it is long"' \
    1 600 | paste -s -d , -)
registering crowd 1 "Contact: $contacts
Expires: 3600"
quiet crowd 1 1 'is registered at'
registering fields 3 "$(seq -f 'Contact: <sip:alice%g@192.0.2.1:5060>' 1 500)
Expires: 3600"
# sipp ends when it is hung up on, which is another line.
quiet fields 4 2 'not registered.*too many header fields'
registering round 1 "$(seq -f "Service-Route: <sip:%g@$own:5080;lr>" 1 50)
Service-Route: <sip:alice@127.0.0.1;lr>
Contact: <sip:alice@127.0.0.1:5060>;expires=3600"
quiet round 1 1 'is registered at'
registering own 1 'Service-Route: <sip:alice@[remote_ip]:[remote_port];lr>
Expires: 3600'
quiet own 1 1 'is registered at'
finish
