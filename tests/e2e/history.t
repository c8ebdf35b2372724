#!/bin/sh
# listen --history: what came is on disk before its answer, once, encrypted.
. "${SRCDIR:?}/tests/e2e/lib.sh"

a=$scratch/a b=$scratch/b
friends "$a" alice@localhost "$b" bob@localhost
db="$XDG_DATA_HOME/signet/history-bob@localhost.db"

# bob [OPTIONS]: his listener, with a history
bob() {
	listen bob -k "$b" -a sips:bob@localhost -l "tcp:$own:0" --json \
	    --history "$@"
}
# stop [SIGNAL]
stop() {
	kill -"${1:-TERM}" "$listener"
	wait "$listener" 2>/dev/null
}
# alice TEXT [OPTIONS]: sends it; what came of it is in status
alice() {
	_text=$1
	shift
	timeout 20 "$SIGNET" -k "$a" -a sip:alice@localhost \
	    -P "sip:$own:$tcp;transport=tcp" "$@" send sip:bob@localhost \
	    "$_text" >"$scratch/sent" 2>&1
	status=$?
}
count() {
	grep -c -- "$1" "$scratch/bob.out"
}

# --- kept, and in clear nowhere -------------------------------------------------

bob
alice "words that nobody may read" -s -e
is "$status" 0 "a message is answered"
alice "and these in clear"
is "$status" 0 "another one"
is "$(count 'words that nobody')" 1 "it is printed"
is "$(stat -c %a "$db")" 600 "the database is for its owner alone"
is "$(stat -c %a "$(dirname "$db")")" 700 "and its folder"
for word in 'that nobody may' 'these in clear' alice text/plain; do
	is "$(cat "$db" "$db"-wal "$db"-shm | grep -c -a -- "$word")" 0 \
	    "\"$word\" stands in no file of it"
done

# --- a copy after a crash ---------------------------------------------------------

# The relay keeps the bytes of a request, and can bring them again.
cat >"$scratch/relay.pl" <<'PERL'
use IO::Socket::INET;
my ($own, $to, $file, $text) = @ARGV;
my $t = IO::Socket::INET->new(PeerAddr => "$own:$to") or die;
my $all = '';
sub whole {
	my ($c) = @_;
	my $all = '';
	until ($all =~ /\r\n\r\n/s && $all =~ /Content-Length: *(\d+)/ &&
	    length($all) >= index($all, "\r\n\r\n") + 4 + $1) {
		sysread($c, $all, 65536, length $all) or last;
	}
	return $all;
}
if ($text eq 'keep') {
	my $s = IO::Socket::INET->new(LocalAddr => $own, Listen => 1) or die;
	$| = 1;
	print $s->sockport, "\n";
	my $c = $s->accept;
	my $request = whole($c);
	open my $f, '>', $file or die;
	binmode $f;
	print $f $request;
	close $f;
	print $t $request;
	$t->flush;
	print $c whole($t);
	$c->flush;
} else {
	open my $f, '<', $file or die;
	binmode $f;
	local $/;
	print $t scalar <$f>;
	$t->flush;
	print((split /\r\n/, whole($t))[0], "\n");
}
PERL
perl "$scratch/relay.pl" "$own" "$tcp" "$scratch/request" keep \
    >"$scratch/relay" &
pids="$pids $!"
wait_for . "$scratch/relay"
"$SIGNET" -k "$a" -a sip:alice@localhost \
    -P "sip:$own:$(cat "$scratch/relay");transport=tcp" -s -e \
    send sip:bob@localhost "only once"
is $? 0 "a message whose bytes are kept"
stop KILL
bob
is "$(perl "$scratch/relay.pl" "$own" "$tcp" "$scratch/request" again)" \
    'SIP/2.0 200 OK' "after kill -9 a copy is answered as before"
is "$(count 'only once')" 0 "and not printed again"
alice "goes on"
is "$(count 'goes on')" 1 "others are"
stop
bob
is "$(perl "$scratch/relay.pl" "$own" "$tcp" "$scratch/request" again)" \
    'SIP/2.0 200 OK' "the same after a good end"
is "$(count 'only once')" 0 "and not printed"
stop

# --- on disk before the answer ---------------------------------------------------

if command -v strace >/dev/null; then
	bob
	strace -f -e trace=fdatasync,fsync,sendto,write -p "$listener" \
	    -o "$scratch/strace" 2>/dev/null &
	tracer=$!
	pids="$pids $tracer"
	for _i in 1 2 3 4 5 6 7 8 9 10; do
		grep -q "TracerPid:[^0]*[1-9]" "/proc/$listener/status" && break
		sleep 0.1
	done
	alice "traced" -s -e
	stop
	wait "$tracer"
	is "$(grep -n 'fdatasync\|SIP/2.0 200' "$scratch/strace" |
	    grep -B1 'SIP/2.0 200' | grep -c fdatasync)" 1 \
	    "fdatasync comes before the answer"
else
	ok 0 "fdatasync comes before the answer # SKIP strace is not here"
fi

# --- a disk that is full --------------------------------------------------------

full=$scratch/full
mkdir "$full"
if mount -t tmpfs -o size=1m none "$full" 2>/dev/null; then
	trap 'umount "$full" 2>/dev/null; clean_up' EXIT
	bob --history-file "$full/h.db"
	alice "before" -s -e
	is "$status" 0 "there is room"
	head -c 2000000 /dev/zero >"$full/filler" 2>/dev/null
	for _i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
		alice "number $_i" -s -e
		[ "$status" -eq 0 ] || break
	done
	is "$status" 75 "on a full disk a message is answered 480"
	is "$(count "number $_i")" 0 "and not shown"
	wait_for 'no room on the disk' "$scratch/bob.err"
	ok $? "a line says why"
	rm "$full/filler"
	alice "after" -s -e
	is "$status" 0 "with room it goes on"
	stop
	bob --history-file "$full/h.db"
	alice "and again" -s -e
	is "$status" 0 "and nothing is damaged"
	stop
	umount "$full"
	trap clean_up EXIT
else
	ok 0 "a disk that is full # SKIP nothing can be mounted here"
fi

# --- a disk of another machine ---------------------------------------------------
# A pipe to the other side of sshfs in place of a connection.

net=$scratch/net
sftp=/usr/lib/openssh/sftp-server
mkdir "$net" "$scratch/far"
# remote: sshfs has been mounted on net
remote() {
	command -v sshfs >/dev/null && [ -x $sftp ] && [ -w /dev/fuse ] || return 1
	perl -MSocket -e 'socketpair(my $a, my $b, AF_UNIX, SOCK_STREAM, 0);
	    if (fork == 0) {
		close $a; open STDIN, "<&", $b; open STDOUT, ">&", $b;
		exec $ARGV[0] }
	    close $b; open STDIN, "<&", $a; open STDOUT, ">&", $a;
	    exec "sshfs", "-o", "passive", ":$ARGV[1]", $ARGV[2]' \
	    $sftp "$scratch/far" "$net" >/dev/null 2>&1 &
	pids="$pids $!"
	for _ in 1 2 3 4 5 6 7 8 9 10; do
		grep -q " $net fuse.sshfs " /proc/mounts && return 0
		sleep 0.2
	done
	return 1
}
if remote; then
	trap 'umount -l "$net" 2>/dev/null; clean_up' EXIT
	timeout 10 "$SIGNET" listen -k "$b" -a sips:bob@localhost \
	    -l "tcp:$own:0" --history --history-file "$net/h.db" </dev/null \
	    >"$scratch/out" 2>"$scratch/err"
	is "$? $(wc -l <"$scratch/err" | tr -d ' ')" "74 1" \
	    "on another machine's disk it does not begin: a line"
	like "$(cat "$scratch/err")" \
	    "$net/h.db .*network file system \(sshfs\).*history-file" \
	    "which says why and what to do"
	is "$(ls -A "$scratch/far")" "" "and nothing is left there"
	umount -l "$net"
	trap clean_up EXIT
else
	ok 0 "a disk of another machine # SKIP there is no sshfs here"
fi

# --- what cannot be written -------------------------------------------------------

# refused WHAT PATTERN: it does not begin, and says so in one line
refused() {
	timeout 10 "$SIGNET" listen -k "$b" -a sips:bob@localhost \
	    -l "tcp:$own:0" --history </dev/null >"$scratch/out" 2>"$scratch/err"
	_status=$?
	like "$_status $(wc -l <"$scratch/err" | tr -d ' ')" '^(65|74|77|78) 1$' \
	    "$1: it ends with one line"
	like "$(cat "$scratch/err")" "$2" "$1: which says why"
}
cp "$db" "$scratch/good.db"
rm -f "$db"-*
head -c 9000 "$scratch/good.db" >"$db"
refused "a cut file" 'history .*(malformed|disk image)'
head -c 20000 /dev/zero >"$db"
refused "a file of zeros" 'history|is no history'
echo "this is a text" >"$db"
refused "a text" 'not a database|is no history'
cp "$scratch/good.db" "$db"
sqlite3 "$db" 'PRAGMA user_version = 99' 2>/dev/null ||
    perl -e 'open my $f, "+<", $ARGV[0] or die; seek $f, 60, 0;
	print $f pack "N", 99' "$db"
refused "one of a newer signet" 'newer signet'
cp "$scratch/good.db" "$db"
rm -f "$b"/user_*bob*
"$SIGNET" -q -k "$b" keys new bob@localhost </dev/null
refused "one of another key" 'no private key|does not open|history'
finish
