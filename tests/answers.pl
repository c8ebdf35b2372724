#!/usr/bin/perl
# A SIP peer that answers the n-th request with the n-th of its words, for the
# end-to-end tests; the last one goes on.
#   answers.pl udp|tcp PORTFILE LOG WORD..
# Words: "STATUS PHRASE|FIELD|FIELD", the same behind "twice " (UDP: sent
# again after the next request has come), "drop" (silence), "close" (the
# connection ends). Each request is written to LOG behind a line "== N";
# what only repeats one is not counted. In a FIELD {contact} is the URI of the
# request's Contact, {instance} its +sip.instance, {spelled} the same URI in
# another spelling.
use strict;
use warnings;
use IO::Socket::INET;

my ($proto, $portfile, $logfile, @words) = @ARGV;
open my $log, '>', $logfile or die "$logfile: $!\n";
$log->autoflush(1);
my $socket = IO::Socket::INET->new(LocalAddr => '127.0.0.1', Proto => $proto,
    $proto eq 'tcp' ? (Listen => 5) : ()) or die "no socket: $!\n";
open my $port, '>', "$portfile.new" or die "$portfile: $!\n";
print $port $socket->sockport, "\n";
close $port;
rename "$portfile.new", $portfile or die "$portfile: $!\n";
alarm 120;

sub response {
	my ($request, $word) = @_;
	my ($status, @fields) = split /\|/, $word;
	my $answer = "SIP/2.0 $status\r\n";
	for my $name (qw(Via From To Call-ID CSeq)) {
		while ($request =~ /^($name:.*?)\r\n/mg) {
			$answer .= $1 . ($name eq 'To' ? ";tag=x" : '') .
			    "\r\n";
		}
	}
	my ($contact) = $request =~ /^Contact: <(.*?)>/m;
	my ($instance) = $request =~ /(\+sip\.instance="<.*?>")/;
	if (defined $contact) {
		my $spelled = $contact =~ s/^sip:/SIP:/r =~
		    s/transport=tcp/TRANSPORT=TCP/r =~ s/alice@/%61lice@/r;
		for (@fields) {
			s/\{contact\}/$contact/;
			s/\{spelled\}/$spelled/;
			s/\{instance\}/$instance/;
		}
	}
	return $answer . join('', map { "$_\r\n" } @fields) .
	    "Content-Length: 0\r\n\r\n";
}

my $count = 0;
sub word {
	my $request = shift;
	print $log "== ", ++$count, "\n$request\n";
	return $count <= @words ? $words[$count - 1] : $words[-1];
}

my (%seen, $again);
while ($proto eq 'udp') {
	my $from = $socket->recv(my $request, 65536);
	next if $seen{$request}++;
	my $word = word($request);
	$socket->send($again, 0, $from) if $again;
	$again = undef;
	next if $word eq 'drop';
	my $twice = $word =~ s/^twice //;
	my $answer = response($request, $word);
	$socket->send($answer, 0, $from);
	$again = $answer if $twice;
}
while (my $c = $socket->accept) {
	my ($bytes, $open) = ('', 1);
	while ($open && sysread $c, $bytes, 65536, length $bytes) {
		while ($open && $bytes =~ /\r\n\r\n/) {
			my ($length) = $bytes =~ /^Content-Length: *(\d+)/mi;
			my $end = index($bytes, "\r\n\r\n") + 4 + $length;
			last if length $bytes < $end;
			my $request = substr $bytes, 0, $end, '';
			my $word = word($request);
			if ($word eq 'close') {
				close $c;
				$open = 0;
			} elsif ($word ne 'drop') {
				syswrite $c, response($request, $word);
			}
		}
	}
}
