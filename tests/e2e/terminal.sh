# A real terminal for the client: tmux. Sourced after lib.sh.

if ! command -v tmux >/dev/null; then
	echo "1..0 # SKIP tmux is not installed (configure" \
	    "--install-deps=test)"
	exit 0
fi
LC_ALL=C.UTF-8 TZ=UTC
export LC_ALL TZ
unset TMUX NO_COLOR LINES COLUMNS

terminal() {
	tmux -S "$scratch/tmux" -f /dev/null "$@"
}

clean_terminal() {
	terminal kill-server 2>/dev/null
	clean_up
}
trap clean_terminal EXIT

# The server stays when its last session goes: a session that is begun while it
# ends finds no server.
terminal start-server \; set -s exit-empty off

# client NAME COLUMNSxROWS [OPTIONS]: signet in a terminal of its own, with the
# settings in environment, in a shell that stays when it has ended; what it
# said last is in NAME.err
environment=
client() {
	_c=$1 _size=$2
	shift 2
	terminal new-session -d -s "$_c" -x "${_size%x*}" -y "${_size#*x}" \
	    env PS1='done$ ' ENV= sh
	terminal set -g remain-on-exit on
	_words=
	for _word in "$@"; do
		_words="$_words '$_word'"
	done
	run "$_c" "$environment '$SIGNET' $_words 2>'$scratch/$_c.err'; echo ended \$?"
}

# run NAME WORDS: a line for the shell in it
run() {
	terminal send-keys -t "$1" -l "$2"
	terminal send-keys -t "$1" Enter
}

# keys NAME KEY..: as tmux names them: Enter, M-a, C-l, PPage, F2
keys() {
	_c=$1
	shift
	terminal send-keys -t "$_c" "$@"
}

# listens NAME: until it says that it does; port is where (tcp)
listens() {
	shows "$1" 'listening on tcp:' "$1: it starts"
	port=$(screen "$1" |
	    sed -n 's/.*listening on tcp:[0-9.]*:\([0-9]*\).*/\1/p' | head -n 1)
}

# typed NAME TEXT: characters as they are
typed() {
	terminal send-keys -t "$1" -l -- "$2"
}

# say NAME TEXT: a line, entered and run, since each waits 50 ms for what may
# make it a paste
say() {
	typed "$1" "$2"
	keys "$1" Enter
	sleep 0.06
}

# screen NAME: what it shows now
screen() {
	terminal capture-pane -p -t "$1"
}

# words NAME: what its conversation says, its rows joined, without the margin
# and the contacts
words() {
	screen "$1" | sed -e 's/^\(.\{38,\}\)|[^|]*$/\1/' \
	    -e 's/^.\{0,16\}[:>|] //' | tr -s ' \n' ' '
}

# row WORD [LOCK [NAME]]: the pattern of a message's margin, from its mark to the
# bar, by the word of its verdict or state; LOCK: e, encrypted, or -, not
row() {
	_bar='[|:]'
	case $1 in
	good) _mark=✓ _bar='[|]' ;;
	none) _mark=· _bar='[|]' ;;
	"NOT SIGNED") _mark=! _bar='[|]' ;;
	unknown-signer) _mark='[?]' ;;
	waiting) _mark=- _bar='>' ;;
	sent) _mark='>' _bar='>' ;;
	accepted) _mark='=' _bar='>' ;;
	delivered) _mark=✓ _bar='>' ;;
	displayed) _mark='[*]' _bar='>' ;;
	failed) _mark=! _bar='>' ;;
	*) _mark=! ;;
	esac
	case ${2-} in
	e) _lock=⚿ ;;
	-) _lock=' ' ;;
	*) _lock='[ ⚿]' ;;
	esac
	echo "(^|:[0-9][0-9] )$_mark$_lock${3-.{0,8\}} *$_bar"
}

# until_like READER NAME PATTERN WHAT: until what the reader (screen, words)
# has of it is like that, within 10 s
until_like() {
	_left=200
	until "$1" "$2" | grep -Eq -- "$3"; do
		_left=$((_left - 1))
		if [ $_left -eq 0 ]; then
			ok 1 "$4"
			echo "# nothing like \"$3\" on the screen of $2:"
			screen "$2" | sed 's/^/# /'
			return 1
		fi
		sleep 0.05
	done
	ok 0 "$4"
}

# shows NAME PATTERN WHAT: a row of its screen is like that, in time
shows() {
	until_like screen "$@"
}

# says NAME PATTERN WHAT: its conversation says so, however it is wrapped
says() {
	until_like words "$@"
}

# page NAME: what its whole screen shows, in one line
page() {
	screen "$1" | tr -s ' \n' ' '
}

# hows NAME PATTERN WHAT: Alt-H tells that the newest notice is mended so; how is
# what it tells. The notice may still be on its way.
hows() {
	for _i in 1 2 3 4 5 6 7 8 9 10; do
		keys "$1" M-h
		settle "$1"
		how=$(page "$1")
		keys "$1" Escape
		settle "$1"
		if echo "$how" | grep -Eq -- "$2"; then
			ok 0 "$3"
			return
		fi
	done
	ok 1 "$3"
	echo "# nothing like \"$2\": $how"
}

# lacks NAME PATTERN WHAT: no row is like that, now
lacks() {
	if screen "$1" | grep -Eq -- "$2"; then
		ok 1 "$3"
		screen "$1" | sed 's/^/# /'
	else
		ok 0 "$3"
	fi
}

# settle NAME: until its screen stays the same for 0.2 s
settle() {
	_before=
	for _i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
		_now=$(screen "$1")
		[ "$_now" != "$_before" ] || return 0
		_before=$_now
		sleep 0.2
	done
}
