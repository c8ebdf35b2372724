#!/bin/sh
# Part of make bench: a history of a million messages beside one of a hundred.
# Nothing here passes or fails.
set -eu
: "${SIGNET:?make bench sets it}" "${TOOLS:?}" "${BENCH_HISTORY:=1000000}"
umask 077
dir=$(mktemp -d "${TMPDIR:-/tmp}/signet-bench.XXXXXX")
trap 'rm -rf "$dir"' EXIT
trap 'exit 1' HUP INT TERM
export XDG_CONFIG_HOME="$dir" XDG_DATA_HOME="$dir"
"$SIGNET" -q -k "$dir/keys" keys new me@localhost </dev/null
enter=$(printf '\r.')
enter=${enter%.}

# fill COUNT: a history of so many messages of 80 bytes with 50 people
fill() {
	perl -e 'for my $i (1 .. $ARGV[0]) {
		my $t = "message $i: the quick brown fox jumps over the lazy " .
		    "dog, and then once more again";
		printf "in\tu%d\@example.com\t%.80s\n", $i % 50, $t
	}' "$1" | "$TOOLS/history" "$dir/keys" me@localhost "$dir/$1.db"
}
# median COMMAND..: its wall milliseconds, the median of five
median() {
	perl -MTime::HiRes=time -e 'open STDOUT, ">&", 3; my @t;
		for (1 .. 5) {
			my $start = time;
			system("@ARGV >/dev/null 2>&1") == 0 or die;
			push @t, time - $start
		}
		printf "%.1f\n", 1e3 * (sort {$a <=> $b} @t)[2]' \
	    "$@" 3>&1
}
history() {
	_db=$dir/$1.db
	shift
	median "$SIGNET" log -k "$dir/keys" -a sip:me@localhost \
	    --history-file "$_db" "$@"
}
# start COUNT: milliseconds until the client has drawn its first screen
start() {
	TERM=xterm "$TOOLS/pty" 80x24 paint 'listening on' quit \
	    "$(printf '\025')/quit$enter" -- "$SIGNET" -k "$dir/keys" \
	    -a sip:me@localhost -l tcp:127.0.0.1:0 --register no \
	    --history-file "$dir/$1.db" | sed -n 's/^paint //p'
}

# looks COUNT STEP..: what the steps say of a client with a conversation of that
# history on its screen
looks() {
	_db=$dir/$1.db
	shift
	TERM=xterm "$TOOLS/pty" 100x30 cells 'listening on' type \
	    "/query u7@example.com$enter" cells 'quick brown fox' "$@" -- \
	    "$SIGNET" -k "$dir/keys" -a sip:me@localhost -l tcp:127.0.0.1:0 \
	    --register no --history-file "$_db"
}

echo "a history of $BENCH_HISTORY messages of 80 bytes:"
fill 100
fill "$BENCH_HISTORY"
printf '  bytes on disk a message %d (at most 600)\n' \
    $(($(wc -c <"$dir/$BENCH_HISTORY.db") / BENCH_HISTORY))
for _pair in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21; do
	echo "$(start "$BENCH_HISTORY") $(start 100)"
done >"$dir/starts"
printf '  the client until its first screen: %s ms, of one with 100: ' \
    "$(sort -n "$dir/starts" | awk 'NR == 11 {print $1}')"
awk '{print $1 / $2}' "$dir/starts" | sort -n |
    awk 'NR == 11 {printf "%.2f (aim 1.10)\n", $1}'
printf '  the last 200 lines of one of 50 people %s ms\n' \
    "$(history "$BENCH_HISTORY" -n 200 u7@example.com)"
printf '  a search through all of it %s ms (at most 3000)\n' \
    "$(history "$BENCH_HISTORY" --grep "'no such words'")"
looks "$BENCH_HISTORY" type "/search no such words$enter" echo 100 | awk '
	$1 == "echo" {
		printf "  a key echoes during a search in %.1f ms in 95 of 100", \
		    $3 / 1000
		printf " (at most 5), median %.1f\n", $2 / 1000
	}'

# weechat reads back the last 200 lines of a log in clear that is one buffer's
# alone, by the signal that its IRC buffers send when they open.
weechat_log() {
	mkdir -p "$dir/weechat/perl/autoload" "$dir/weechat/logs"
	printf '[look]\nbacklog = 200\n[file]\npath = "%s"\n' \
	    "$dir/weechat/logs" >"$dir/weechat/logger.conf"
	cat >"$dir/weechat/perl/autoload/open.pl" <<-'END'
		weechat::register('open', '', '1', '', '', '', '');
		my $b = weechat::buffer_new('u7', '', '', '', '');
		weechat::hook_signal_send('logger_backlog',
		    weechat::WEECHAT_HOOK_SIGNAL_POINTER, $b);
		weechat::buffer_set($b, 'display', '1');
	END
	perl -e 'for my $i (1 .. $ARGV[0]) {
		my $t = "message $i: the quick brown fox jumps over the lazy " .
		    "dog, and then once more again";
		printf "2026-01-31 12:00:00\tu7\t%.80s\n", $t
	}' "$1" >"$dir/weechat/logs/perl.u7.weechatlog"
}
# opens: milliseconds until the last lines of a conversation are there: theirs,
# and ours, of which 50 are spent to see whether the line that was entered is a
# part of a paste
weechat_opens() {
	TERM=xterm "$TOOLS/pty" 100x30 paint 'quick brown fox' quit \
	    "/quit$enter" -- weechat --dir "$dir/weechat" 2>/dev/null |
	    sed -n 's/.*paint //p'
}
opens() {
	TERM=xterm "$TOOLS/pty" 100x30 paint 'listening on' type \
	    "/query u7@example.com$enter" paint 'quick brown fox' quit \
	    "$(printf '\025')/quit$enter" -- "$SIGNET" -k "$dir/keys" \
	    -a sip:me@localhost -l tcp:127.0.0.1:0 --register no \
	    --history-file "$dir/$BENCH_HISTORY.db" | sed -n '$s/^paint //p'
}
median_of() {
	for _try in 1 2 3 4 5; do
		"$1"
	done | sort -n | sed -n 3p
}
if command -v weechat >/dev/null; then
	weechat_log "$BENCH_HISTORY"
	weechat_opens >/dev/null # it makes its files
	printf '  start until a conversation shows its last lines: %s ms' \
	    "$(median_of opens)"
	printf ' (50 of them: is it a paste?), weechat: %s\n' \
	    "$(median_of weechat_opens)"
else
	echo "  weechat is not installed (configure --install-deps=test)"
fi
small=$(looks 100 memory)
up=$(printf '\033[5~')
looks "$BENCH_HISTORY" memory repaint 400 "$up" "$up" memory |
    awk -v small="${small#memory }" '
	$1 == "repaint" {
		printf "  a page back %.1f ms in 95 of 100 (at most 5), ", $3 / 1000
		printf "median %.1f\n", $2 / 1000
	}
	$1 == "memory" && !large {large = $2}
	$1 == "memory" {end = $2}
	END {
		printf "  the client has %d kB resident, with 100 messages %d", \
		    large, small
		printf " (4096 more at most); 400 pages back %d\n", end
	}'
