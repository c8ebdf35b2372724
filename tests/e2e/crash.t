#!/bin/sh
# kill -9 at random moments, and now and then a second in which one side or the
# other stands still: what was accepted arrives once, in order, in both
# directions. CRASHES is how many (make crash: 1,000).
. "${SRCDIR:?}/tests/e2e/lib.sh"
: "${TOOLS:?make check sets it}" "${CRASHES:=100}"

a=$scratch/a b=$scratch/b
friends "$a" alice@localhost "$b" bob@localhost

# The ports are fixed, so that who was killed is found again.
export SCRATCH="$scratch" OWN="$own" CRASHES
perl - >"$scratch/driver" 2>&1 <<'PERL'
use strict;
use warnings;
use IO::Handle;
use Time::HiRes qw(sleep time);
my ($dir, $own, $crashes) = @ENV{qw(SCRATCH OWN CRASHES)};
my %who = (
	a => {aor => 'alice@localhost', port => 5071, peer => 5072},
	b => {aor => 'bob@localhost', port => 5072, peer => 5071},
);
my $n = 0;
sub begin {
	my ($name) = @_;
	my $w = $who{$name};
	pipe my $r, my $in or die;
	my $pid = fork // die;
	if ($pid == 0) {
		open STDIN, '<&', $r;
		open STDOUT, '>>', "$dir/$name.out";
		open STDERR, '>>', "$dir/$name.err";
		exec "$ENV{TOOLS}/talker", "$dir/$name", "sip:$w->{aor}",
		    "tcp:$own:$w->{port}",
		    "sip:$own:$w->{peer};transport=tcp", "$dir/$name.db";
		die;
	}
	close $r;
	$in->autoflush(1);
	@$w{qw(pid in)} = ($pid, $in);
}
$SIG{PIPE} = 'IGNORE';
sub say_to {
	my ($name, $to) = @_;
	my $in = $who{$name}{in};
	$n++;
	print $in "sip:$who{$to}{aor}\t$name$n\n";
}
begin('b');
for my $crash (1 .. $crashes) {
	begin('a');
	my $until = time + 0.02 + rand 0.3;
	while (time < $until) {
		say_to('a', 'b');
		say_to('b', 'a');
		sleep 0.05;
	}
	if ($crash % 20 == 10) {
		my $pid = $who{$crash % 40 == 10 ? 'a' : 'b'}{pid};
		kill 'STOP', $pid;
		for (1 .. 10) {
			say_to('a', 'b');
			say_to('b', 'a');
			sleep 0.1;
		}
		kill 'CONT', $pid;
	}
	# It dies in the midst of what it does with these.
	say_to('a', 'b');
	say_to('b', 'a');
	sleep rand 0.012;
	kill 'KILL', $who{a}{pid};
	waitpid $who{a}{pid}, 0;
	close $who{a}{in};
}
# The last time it lives until nothing waits.
begin('a');
sleep 1;
close $who{a}{in};
my $end = time + 60;
sleep 0.2 while waitpid($who{a}{pid}, 1) == 0 && time < $end;
begin('a'); # so that bob's last ones have somewhere to go
close $who{b}{in};
$end = time + 60;
sleep 0.2 while waitpid($who{b}{pid}, 1) == 0 && time < $end;
close $who{a}{in};
waitpid $who{a}{pid}, 0;
print "said $n\n";
PERL
sed 's/^/# /' "$scratch/driver"

# texts NAME AOR DIRECTION: what its history has, in order
texts() {
	"$SIGNET" log -k "$scratch/$1" -a "sip:$2" \
	    --history-file "$scratch/$1.db" --json |
	    sed -n "s/.*\"text\":\"\\([ab][0-9]*\\)\".*\"direction\":\"$3\".*/\\1/p"
}
states() {
	"$SIGNET" log -k "$scratch/$1" -a "sip:$2" \
	    --history-file "$scratch/$1.db" --json |
	    sed -n 's/.*"direction":"out","state":"\([a-z]*\)".*/\1/p' | sort -u
}
texts a alice@localhost out >"$scratch/a.sent"
texts b bob@localhost in >"$scratch/b.came"
texts b bob@localhost out >"$scratch/b.sent"
texts a alice@localhost in >"$scratch/a.came"
echo "# alice sent $(wc -l <"$scratch/a.sent"), bob $(wc -l <"$scratch/b.sent")"
[ "$(wc -l <"$scratch/a.sent")" -gt "$CRASHES" ]
ok $? "alice said something between her crashes"
cmp "$scratch/a.sent" "$scratch/b.came" >"$scratch/diff" 2>&1
ok $? "all that alice kept came to bob, once and in order"
sed 's/^/# /' "$scratch/diff"
cmp "$scratch/b.sent" "$scratch/a.came" >"$scratch/diff" 2>&1
ok $? "all that bob kept came to alice, once and in order"
sed 's/^/# /' "$scratch/diff"
is "$(states a alice@localhost) $(states b bob@localhost)" \
    'delivered delivered' "all is delivered"
is "$(sed -n 's/^in //p' "$scratch/b.out" | sort | uniq -d | wc -l |
    tr -d ' ')" 0 "nothing was shown twice"
is "$(grep -c 'damaged\|malformed' "$scratch/a.err")" 0 "nothing is damaged"
finish
