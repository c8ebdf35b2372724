#!/usr/bin/perl
# A name server that is not as it should be, for the end-to-end tests.
#   dns.pl PORTFILE MODE [WORD..]
# Modes:
#   silent        takes questions and never answers
#   garbage       answers each with bytes that are no reply
#   broken        a sound header and question, then an answer cut short
#   together N..  withholds its answers until N different questions have come,
#                 then gives them all; then the next N
#   half          knows A alone, and is silent when asked for AAAA
#   chain N       N CNAMEs before the address
#   escape        SRV records whose targets want to write to the terminal
# Each question is printed as "TYPE NAME", a batch's end as "--".
use strict;
use warnings;
use IO::Socket::INET;
$| = 1;

my ($portfile, $mode, @batches) = @ARGV;
my %types = (1 => 'A', 28 => 'AAAA', 33 => 'SRV', 35 => 'NAPTR');
my $socket = IO::Socket::INET->new(LocalAddr => '127.0.0.1', Proto => 'udp')
    or die "no socket: $!\n";
open my $out, '>', "$portfile.new" or die "$portfile: $!\n";
print $out $socket->sockport, "\n";
close $out;
rename "$portfile.new", $portfile or die "$portfile: $!\n";

sub name {
	return join('', map { pack 'C/a', $_ } split /\./, shift) . "\0";
}

sub record {
	my ($type, $data) = @_;
	# The name is the question's.
	return pack('nnnNn/a', 0xc00c, $type, 1, 60, $data);
}

# What this server knows: two hosts behind each SRV, at 127.0.0.1 and .2.
sub answers {
	my ($type, $name) = @_;
	return (record(33, pack('nnn', 1, 0, 5071) . name("one.$name")),
	    record(33, pack('nnn', 2, 0, 5072) . name("two.$name")))
	    if $type == 33;
	return record(1, pack('C4', 127, 0, 0, $name =~ /^two/ ? 2 : 1))
	    if $type == 1;
	return ();
}

my (%seen, @held);
while (defined(my $peer = $socket->recv(my $q, 4096))) {
	my ($id, $flags) = unpack 'nn', $q;
	my ($at, @labels) = (12);
	while ((my $n = ord substr $q, $at, 1) > 0) {
		push @labels, substr $q, $at + 1, $n;
		$at += $n + 1;
	}
	my $name = lc join '.', @labels;
	my $type = unpack 'n', substr $q, $at + 1, 2;
	my $question = substr $q, 12, $at + 5 - 12;
	my $head = sub { pack('n6', $id, 0x8180, 1, shift, 0, 0) . $question };
	print "$types{$type} $name\n";
	if ($mode eq 'garbage') {
		$socket->send(pack('n', $id) . "\xff" x 40, 0, $peer);
	} elsif ($mode eq 'broken') {
		$socket->send($head->(3) . substr(
			record($type, 'x' x 30), 0, 17), 0, $peer);
	} elsif ($mode eq 'half') {
		$socket->send($head->(1) . record(1, pack('C4', 192, 0, 2, 1)),
		    0, $peer) if $type == 1;
	} elsif ($mode eq 'chain') {
		my ($owner, $records, $n) = ($name, '', 0);
		if ($type == 1) {
			for ($n = 1; $n <= $batches[0]; $n++) {
				$records .= name($owner) . pack('nnNn/a', 5, 1,
				    60, name("alias$n"));
				$owner = "alias$n";
			}
			$records .= name($owner) . pack('nnNn/a', 1, 1, 60,
			    pack('C4', 192, 0, 2, 1));
		}
		$socket->send($head->($n) . $records, 0, $peer);
	} elsif ($mode eq 'escape') {
		my @a = $type == 33 ? record(33, pack('nnn', 1, 0, 5071) .
		    pack('C/a', "\e[31m\x{07}evil") . name('test')) : ();
		$socket->send($head->(scalar @a) . join('', @a), 0, $peer);
	} elsif ($mode eq 'together') {
		my @a = answers($type, $name);
		push @held, [$head->(scalar @a) . join('', @a), $peer];
		$seen{"$type $name"} = 1;
		next if keys %seen < $batches[0];
		$socket->send($_->[0], 0, $_->[1]) for @held;
		print "--\n";
		%seen = @held = ();
		shift @batches;
		@batches = (1) if !@batches;
	}
}
