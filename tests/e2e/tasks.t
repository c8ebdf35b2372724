#!/bin/sh
# The ten tasks of docs/tasks.txt: its keys are pressed, its screens waited for,
# and its counts compared.
. "${SRCDIR:?}/tests/e2e/lib.sh"
. "$SRCDIR/tests/e2e/kamailio.sh"
. "$SRCDIR/tests/e2e/terminal.sh"

tasks=$SRCDIR/docs/tasks.txt
mkdir -m 700 "$scratch/ca" "$scratch/bin"
root "$scratch/ca" test
proxy_make com example.com "$own" "$scratch/ca" test
proxy_start com || exit 1
proxy_named example.com "$own" || exit 1
# What the world has and the test has not: name servers, and a CA that the
# system trusts.
cat >"$scratch/bin/signet" <<EOF
#!/bin/sh
SSL_CERT_FILE='$scratch/ca/root_cert_test.pem' exec '$SIGNET' --dns $dns "\$@"
EOF
chmod +x "$scratch/bin/signet"

# home NAME: a shell of NAME's
home() {
	mkdir -p -m 700 "$scratch/home.$1"
	terminal new-session -d -s "$1" -x 100 -y 34 env PS1='(a shell) ' ENV= \
	    HOME="$scratch/home.$1" PATH="$scratch/bin:$PATH" \
	    XDG_CONFIG_HOME="$scratch/home.$1" \
	    XDG_DATA_HOME="$scratch/home.$1/data" sh
	run "$1" "cd '$scratch/home.$1'; clear"
}

# --- what happens elsewhere -------------------------------------------------------

bob_waits() {
	shows bob "$1" "bob: $1"
}
elsewhere() {
	case $1 in
	*"Bob types /accept"*)
		bob_waits 'strangers 1'
		say bob "/accept alice@example.com"
		bob_waits 'Do the words agree'
		keys bob y
		bob_waits 'is pinned for alice@example.com'
		;;
	*"Bob wrote last week"*)
		say bob "to: alice@example.com"
		say bob "where shall we have lunch?"
		shows alice 'where shall we have lunch' "4: bob wrote"
		say alice "/clear"
		;;
	*"Bob has removed the pin"*)
		say bob "/untrust alice@example.com"
		bob_waits 'no certificate is pinned for alice@example.com'
		;;
	*"Bob pins it again"*)
		say bob "/trust alice@example.com"
		bob_waits 'Pin it'
		keys bob y
		bob_waits 'the certificate .* is pinned for alice@example.com'
		;;
	*"Somebody else"*)
		"$SIGNET" -q -k "$scratch/eve" keys new bob@example.com </dev/null
		echo "$password" >"$scratch/password"
		"$scratch/bin/signet" -q -k "$scratch/eve" \
		    -a sips:bob@example.com --system-roots \
		    --password-file "$scratch/password" \
		    send -s sips:alice@example.com 'Send me your password' \
		    2>>"$scratch/eve.said"
		;;
	*"Bob has it"*)
		say bob "to: alice@example.com"
		bob_waits 'Lunch at noon'
		;;
	*"Bob writes"*)
		say bob "Lunch at noon?"
		;;
	*)
		ok 1 "nobody knows how to do this: $1"
		;;
	esac
}

# --- a task -------------------------------------------------------------------------

# presses NAME KEY: as docs/tasks.txt names it
presses() {
	case $2 in
	Alt-*) keys "$1" "M-$(echo "${2#Alt-}" | tr A-Z a-z | sed 's/^up$/Up/')" ;;
	?) typed "$1" "$2" ;;
	*) keys "$1" "$2" ;;
	esac
}

# task NUMBER NAME: does it in NAME's terminal
task() {
	strokes=0 commands=0
	sed -n "/^$1\. /,/key strokes\{0,1\},/p" "$tasks" >"$scratch/task"
	while IFS= read -r line <&3; do
		line=${line#  }
		text=${line#? }
		[ "$text" != '>' ] || text=
		case $line in
		'$ '* | '>'*)
			# The next line is entered when the last one is done.
			settle "$2"
			typed "$2" "$(here "$text")"
			keys "$2" Enter
			sleep 0.1
			strokes=$((strokes + ${#text} + 1))
			case $line in
			'$ '* | '> /'* | '> to:'*) commands=$((commands + 1)) ;;
			esac
			;;
		'<'*)
			text=${line#<}
			settle "$2"
			presses "$2" "${text%>}"
			strokes=$((strokes + 1))
			;;
		': '*)
			until_like page "$2" "$(here "$text" |
			    sed 's/[][().?*+^$|{}\\]/\\&/g')" "$1: $text"
			;;
		'('*) elsewhere "$line" ;;
		*'key stroke'*)
			is "$line" "$(count "$strokes" "key stroke"), $(count \
			    "$commands" command)" "$1: as it is counted"
			;;
		esac
	done 3<"$scratch/task"
}
# here WORDS: where everybody has a localhost, this test has an address of its own
here() {
	echo "$1" | sed "s/localhost/127.2.${own#127.*.}/"
}
count() {
	[ "$1" -eq 1 ] && echo "$1 $2" || echo "$1 $2s"
}

home alice
task 1 alice
home free
task 2 free
home bob
run bob signet
for word in bob@example.com '' "$password" y '' ''; do
	bob_waits 'who are you'
	typed bob "$word"
	keys bob Enter
done
bob_waits 'is registered'
keys bob Enter
bob_waits 'a key of your own'
keys bob Enter Enter
bob_waits 'Enter starts the client'
keys bob Enter
bob_waits '✓ .*sips:bob@example.com'
for number in 3 4 5 6 7 8; do task $number alice; done
is "$(grep -c '^-> .*MESSAGE\|MESSAGE sip' "$scratch/home.alice/wire.txt")" 1 \
    "7: one message is in the file"
say alice /quit
shows alice 'a shell' "alice leaves"
run alice clear
for number in 9 10; do task $number alice; done
finish
