#!/usr/bin/perl
# Raw SIP for the tests: bytes out, status lines back.
#
#   wire.pl ask udp|tcp HOST PORT FILE [SECONDS]
#       sends FILE; prints each answer's status line, or "none" when none
#       came (udp: within SECONDS; tcp: before the peer closed, or SECONDS
#       after the last byte)
#   wire.pl drip HOST PORT FILE SECONDS
#       a byte a second over TCP; prints how long the peer let it, in seconds
#   wire.pl silent HOST PORT COUNT SECONDS
#       COUNT connections that say nothing; prints "open" once they are, then
#       how many the peer closed within SECONDS
#   wire.pl half HOST PORT FILE
#       sends FILE over TCP, closes its side, prints the answer
#   wire.pl times HOST PORT DIR [CONNECTIONS]
#       sends each file of DIR, over each connection one after the answer to
#       the other; prints "NAME<TAB>SECONDS<TAB>ANSWER" for each, the answer
#       in one line and without what the request had chosen
#   wire.pl catch PORTFILE FILE
#       takes one message over TCP, answers 200, and leaves it in FILE
#   wire.pl alter FILE DIR SEALED
#       copies of the message in FILE with one change each: every byte of its
#       last two blocks of 16 in 52 values, every bit of a byte of the blocks
#       before them up to the sealed content's start, SEALED; each a message
#       of its own
#   wire.pl burst HOST PORT FILE COUNT [bad]
#       COUNT copies of the message in FILE, each a message of its own, in one
#       write over TCP; bad: the last byte of the body is another in each.
#       Prints the seconds until the last answer, and how many were 200
#   wire.pl serve PORTFILE [STEP..]
#       accepts TCP connections, and for each message that comes does the
#       next STEP (the last again and again): a status to answer with and,
#       after a space, a header field ("Phrase: WORDS" and LF before it are
#       the reason phrase), "close", "garbage", "silent", "wrong-branch",
#       "other-call"
use strict;
use warnings;
use IO::Select;
use IO::Socket::IP;
use Time::HiRes qw(time sleep);

my $what = shift // '';
$| = 1;
$SIG{PIPE} = 'IGNORE';

sub slurp {
	open my $f, '<:raw', $_[0] or die "wire.pl: $_[0]: $!\n";
	local $/;
	return scalar <$f>;
}

sub tcp {
	my ($host, $port) = @_;
	return IO::Socket::IP->new(PeerHost => $host, PeerPort => $port,
	    Type => SOCK_STREAM) || die "wire.pl: $host:$port: $@\n";
}

# What comes until the peer closes, or nothing more does for so long.
sub collect {
	my ($s, $seconds) = @_;
	my ($all, $select) = ('', IO::Select->new($s));
	while ($select->can_read($seconds)) {
		my $n = sysread $s, my $chunk, 65536;
		last unless $n;
		$all .= $chunk;
		# What else there is comes close behind.
		$seconds = 0.1 if $all =~ /\r\n\r\n/;
	}
	return $all;
}

sub status_lines {
	my @lines = $_[0] =~ /^(SIP\/2\.0 \d{3}[^\r\n]*)\r?$/mg;
	return @lines ? @lines : ('none');
}

# Listens where there is room, and leaves the port in a file.
sub listener {
	my ($portfile) = @_;
	my $l = IO::Socket::IP->new(LocalHost => '127.0.0.1', LocalPort => 0,
	    Type => SOCK_STREAM, Listen => 16) or die "wire.pl: $@\n";
	open my $f, '>', "$portfile.new" or die "wire.pl: $!\n";
	print $f $l->sockport, "\n";
	close $f;
	rename "$portfile.new", $portfile;
	return $l;
}

if ($what eq 'ask') {
	my ($kind, $host, $port, $file, $seconds) = @ARGV;
	my $bytes = slurp($file);
	$seconds //= 1;
	my $s;
	if ($kind eq 'udp') {
		# Without rport the answer goes to the port of the Via, at the
		# address that the request came from (RFC 3261, 18.2.2): one
		# of our own, so that tests do not meet there.
		my ($via) = $bytes =~ /^(?:Via|v)\s*:\s*[^,;\r]*:(\d+)/mi;
		for (1 .. 20) {
			my $own = join '.', 127, map { 1 + int rand 250 } 1 .. 3;
			$s = IO::Socket::IP->new(LocalHost => $own,
			    LocalPort => $via // 5060, PeerHost => $host,
			    PeerPort => $port, Type => SOCK_DGRAM) and last;
		}
		$s or die "wire.pl: $@\n";
		$s->send($bytes);
	} else {
		$s = tcp($host, $port);
		syswrite $s, $bytes;
	}
	print "$_\n" for status_lines(collect($s, $seconds));
} elsif ($what eq 'drip') {
	my ($host, $port, $file, $seconds) = @ARGV;
	my ($s, $start) = (tcp($host, $port), time);
	for my $byte (split //, slurp($file)) {
		last if time - $start > $seconds;
		last unless defined syswrite $s, $byte;
		my $quiet = IO::Select->new($s);
		if ($quiet->can_read(1)) {
			last unless sysread $s, my $chunk, 1;
		}
	}
	printf "%.1f\n", time - $start;
} elsif ($what eq 'silent') {
	my ($host, $port, $count, $seconds) = @ARGV;
	my @all = map { tcp($host, $port) } 1 .. $count;
	print "open\n";
	my ($select, $closed, $end) = (IO::Select->new(@all), 0,
	    time + $seconds);
	while (time < $end && $select->count) {
		for my $s ($select->can_read($end - time)) {
			next if sysread $s, my $chunk, 1;
			$closed++;
			$select->remove($s);
		}
	}
	print "$closed\n";
} elsif ($what eq 'half') {
	my ($host, $port, $file) = @ARGV;
	my $s = tcp($host, $port);
	syswrite $s, slurp($file);
	shutdown $s, 1;
	print "$_\n" for status_lines(collect($s, 3));
} elsif ($what eq 'times') {
	my ($host, $port, $dir, $connections) = @ARGV;
	my @files = sort glob "$dir/*";
	my ($select, %busy) = (IO::Select->new);
	my $next = sub {
		my ($s) = @_;
		my $file = shift @files;
		if (!defined $file) {
			$select->remove($s);
			return;
		}
		my $bytes = slurp($file);
		$busy{$s} = {name => $file, all => '', start => time};
		syswrite $s, $bytes;
	};
	for (1 .. $connections // 1) {
		my $s = tcp($host, $port);
		$select->add($s);
		$next->($s);
	}
	while ($select->count) {
		for my $s ($select->can_read(20)) {
			my $b = $busy{$s};
			sysread $s, $b->{all}, 65536, length $b->{all} or
			    die "wire.pl: $b->{name}: the peer hung up\n";
			next unless $b->{all} =~ /\r\n\r\n/;
			my $took = time - $b->{start};
			my $answer = join ' | ', grep
			    { !/^(Via|Call-ID|From|CSeq):/ }
			    split /\r\n/, $b->{all};
			$answer =~ s/;tag=\w+//;
			printf "%s\t%.5f\t%s\n", $b->{name} =~ s/.*\///r,
			    $took, $answer;
			$next->($s);
		}
	}
} elsif ($what eq 'catch') {
	my ($portfile, $file) = @ARGV;
	my $l = listener($portfile);
	my $s = $l->accept;
	my $all = '';
	until ($all =~ /^(.*?\r\n\r\n)/s &&
	    length($all) >= length($1) + ($1 =~ /^Content-Length: (\d+)/m)[0]) {
		sysread $s, $all, 65536, length $all or die "wire.pl: cut\n";
	}
	open my $f, '>:raw', "$file.new" or die "wire.pl: $!\n";
	print $f $all;
	close $f;
	rename "$file.new", $file;
	answer($s, 200, $all =~ s/(?<=\r\n)\r\n.*//sr, IO::Select->new);
	sysread $s, $all, 1;
} elsif ($what eq 'alter') {
	my ($file, $dir) = @ARGV;
	my ($head, $body) = slurp($file) =~ /^(.*?\r\n)\r\n(.*)$/s;
	my $count = 0;
	my $write = sub {
		my ($altered, $why) = @_;
		my $own = sprintf '%05d', $count++;
		my $h = $head =~ s/^(Call-ID: )\w+/$1$own/mr;
		$h =~ s/(branch=z9hG4bK)/$1$own/;
		$h =~ s/^Content-Length: \d+/Content-Length: ${\length $altered}/m;
		open my $f, '>:raw', "$dir/$own-$why" or die "wire.pl: $!\n";
		print $f "$h\r\n$altered";
	};
	my $n = length $body;
	$write->($body, 'as-it-was');
	for my $at (map { $n - $_ } 1 .. 16) {
		for my $value (map { $_ * 5 } 0 .. 51) {
			my $altered = $body;
			next if ord(substr $body, $at, 1) == $value;
			substr $altered, $at, 1, chr $value;
			$write->($altered, "last-block");
			$altered = $body;
			substr $altered, $at - 16, 1,
			    chr(ord(substr $body, $at - 16, 1) ^ ($value || 1));
			$write->($altered, "block-before");
		}
	}
	# Where the sealed content begins, its last [0]; the key's wrapping and
	# the structure are read without a private key and before it.
	my $sealed = $n - 16 * int(($n - ($ARGV[2] // 0)) / 16);
	for (my $at = $sealed; $at < $n - 32; $at += 16) {
		for my $bit (0 .. 7) {
			my $altered = $body;
			substr $altered, $at, 1,
			    chr(ord(substr $body, $at, 1) ^ 1 << $bit);
			$write->($altered, "block");
		}
	}
} elsif ($what eq 'burst') {
	my ($host, $port, $file, $count, $bad) = @ARGV;
	my ($head, $body) = slurp($file) =~ /^(.*?\r\n\r\n)(.*)$/s;
	my ($all, $in, $s, $last) = ('', '', tcp($host, $port));
	my $own = sprintf '%x', 1e6 * time;
	for (1 .. $count) {
		my $h = $head =~ s/^(Call-ID: )\w+/$1$own$_/mr;
		$h =~ s/(branch=z9hG4bK)/$1$own$_/;
		substr $body, -1, 1, chr(1 + ord(substr $body, -1) & 255)
		    if $bad;
		$all .= $h . $body;
	}
	# A process of its own writes, so that no answer has to wait.
	if (!fork) {
		while (length $all) {
			my $n = syswrite $s, $all or die "wire.pl: $!\n";
			substr $all, 0, $n, '';
		}
		exit;
	}
	my $start = time;
	until ((my $got = () = $in =~ /\r\n\r\n/g) >= $count) {
		sysread $s, $in, 1 << 20, length $in or
		    die "wire.pl: the peer hung up\n";
	}
	printf "%.6f\t%d\n", time - $start,
	    scalar(() = $in =~ /^SIP\/2\.0 200/mg);
	wait;
} elsif ($what eq 'serve') {
	my ($portfile, @steps) = @ARGV;
	my $l = listener($portfile);
	my ($select, %in) = (IO::Select->new($l));
	while (1) {
		for my $s ($select->can_read) {
			if ($s == $l) {
				$select->add($l->accept);
				next;
			}
			my $n = sysread $s, $in{$s}, 65536,
			    length($in{$s} // '');
			if (!$n) {
				$select->remove($s);
				close $s;
				next;
			}
			while ($in{$s} =~ /^(.*?\r\n\r\n)/s) {
				my $head = $1;
				my ($length) = $head =~ /^Content-Length: (\d+)/m;
				last if length $in{$s} < length($head) + $length;
				substr $in{$s}, 0, length($head) + $length, '';
				my $step = @steps > 1 ? shift @steps : $steps[0];
				answer($s, $step, $head, $select);
			}
		}
	}
} else {
	die "wire.pl: what is \"$what\"?\n";
}

sub answer {
	my ($s, $step, $head, $select) = @_;
	return if $step eq 'silent';
	if ($step eq 'close') {
		$select->remove($s);
		close $s;
		return;
	}
	if ($step eq 'garbage') {
		syswrite $s, "220 mail.example.com ESMTP\r\n\r\n";
		return;
	}
	my @copied = $head =~ /^((?:Via|From|To|Call-ID|CSeq): [^\r]*\r\n)/mg;
	if ($step eq 'wrong-branch') {
		s/branch=z9hG4bK/branch=z9hG4bKx/ for @copied;
		$step = 200;
	}
	if ($step eq 'other-call') {
		s/^(Call-ID: )/$1x/ for @copied;
		$step = 200;
	}
	my ($status, $extra) = $step =~ /^(\d+)(.*)/s;
	my $phrase = $extra =~ s/^ Phrase: ([^\n]*)\n?/ / ? $1 : 'Words';
	$extra = length $extra > 1 ? substr($extra, 1) . "\r\n" : '';
	syswrite $s, join '', "SIP/2.0 $status $phrase\r\n", @copied, $extra,
	    "Content-Length: 0\r\n\r\n";
}
