#!/usr/bin/perl
# What others may send to a client, over UDP and TCP: random texts, messages
# with something changed in them, random bytes; the same for a seed.
#
#   hostile.pl HOST PORT SEED SECONDS
#
# Prints how many messages it sent, and how many were answered 200.
use strict;
use warnings;
use IO::Socket::IP;
use Time::HiRes qw(time sleep);

my ($host, $port, $seed, $seconds) = @ARGV;
srand $seed;
$SIG{PIPE} = 'IGNORE';

sub pick { return $_[rand @_] }

sub bytes {
	return join '', map { chr rand 256 } 1 .. 1 + rand $_[0];
}

# UTF-8 of all widths: marks, bidi, wide, emoji, controls; now and then none.
sub text {
	my $all = '';
	for (1 .. 1 + rand pick(3, 30, 30, 400)) {
		my $from = pick(0x20, 0x20, 0x20, 0x20, 0, 0x80, 0x300, 0x590,
		    0x200b, 0x3041, 0xac00, 0x1f300, 0x1f1e6, 0xfe00,
		    0xe0020, 0x10ff00);
		my $run = join '', map { chr($from + rand 90) }
		    1 .. 1 + rand 20;
		utf8::encode($run);
		$all .= $run;
		$all .= pick("\n", "\r\n", ' ', "\t", '') if rand() < 0.2;
		$all .= bytes(3) if rand() < 0.02;
		$all .= "\033[2J\033]0;x\007" if rand() < 0.02;
	}
	return $all;
}

my $count = 0;
sub message {
	my $body = text();
	$body = bytes(3000) if rand() < 0.05;
	my $type = rand() < 0.8 ? 'text/plain' : pick('text/html',
	    'text/plain; charset=iso-8859-1', 'text/plain; charset="',
	    'application/pkcs7-mime; smime-type=enveloped-data',
	    'application/pkcs7-mime; smime-type=authEnveloped-data',
	    'application/pkcs7-signature', 'multipart/mixed; boundary=b',
	    'multipart/signed; boundary=b; micalg=sha-256; protocol=' .
	    '"application/pkcs7-signature"', 'message/sipfrag', '');
	$body = "--b\r\nContent-Type: text/plain\r\n\r\n$body\r\n--b\r\n" .
	    "Content-Type: application/pkcs7-signature\r\n\r\n" . bytes(400) .
	    "\r\n--b--\r\n" if $type =~ /boundary/;
	my $from = pick('<sip:bob@localhost>', '<sip:eve@example.org>',
	    '"bob@localhost" <sip:mallory@example.org>',
	    sprintf('<sips:s%d@example.org>', rand 40),
	    "\"\302\205\342\200\256x\" <sip:e\%00\%1bve\@example.org>");
	my $id = "$seed-$$-" . $count++;
	return join "\r\n", 'MESSAGE sip:alice@localhost SIP/2.0',
	    "Via: SIP/2.0/TCP $host:9;branch=z9hG4bK$id;rport",
	    'Max-Forwards: 70', "From: $from;tag=t$id",
	    'To: <sip:alice@localhost>', "Call-ID: $id", 'CSeq: 1 MESSAGE',
	    "Content-Type: $type", 'Content-Length: ' . length $body, '',
	    $body;
}

sub changed {
	my $m = message();
	for (1 .. 1 + rand 4) {
		my ($at, $n) = (int rand length $m, int rand 20);
		my $how = int rand 4;
		if ($how == 0) {
			substr $m, $at, $n, '';
		} elsif ($how == 1) {
			substr $m, $at, 0, bytes(10);
		} elsif ($how == 2) {
			substr $m, $at, 1, chr rand 256;
		} else {
			substr $m, $at, 0, substr $m, $at, $n;
		}
		last if length $m < 2;
	}
	return $m;
}

my ($sent, $good, $in, $end) = (0, 0, '', time + $seconds);
my $udp = IO::Socket::IP->new(PeerHost => $host, PeerPort => $port,
    Type => SOCK_DGRAM);
my $tcp;
while (time < $end) {
	# Who is not there may come back.
	$tcp //= IO::Socket::IP->new(PeerHost => $host, PeerPort => $port,
	    Type => SOCK_STREAM, Blocking => 0);
	my $m = rand() < 0.7 ? message() : rand() < 0.8 ? changed() :
	    bytes(2000);
	$sent++;
	if (rand() < 0.2 || !$tcp) {
		$udp->send(substr $m, 0, 60000);
	} elsif (!defined syswrite $tcp, $m) {
		undef $tcp;
	}
	if ($tcp) {
		my $n = sysread $tcp, $in, 65536, length $in;
		undef $tcp if defined $n && $n == 0;
		$good++ while $in =~ s/^.*?SIP\/2\.0 200//s;
		$in = substr $in, -20 if length $in > 100000;
	}
	undef $tcp if rand() < 0.01;
	sleep 0.001 * rand 8;
}
print "$sent sent, $good taken\n";
