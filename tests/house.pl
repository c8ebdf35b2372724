#!/usr/bin/perl
# Checks the order of the house in a source tree: house.pl [DIR]
#
# Includes run one way: a file includes its own room and rooms below it, each
# header is named from the root, and a private header stays in its room. Each
# library has one home. No file but the request sender resolves, sends and
# answers challenges. No file has more than 600 lines, no function more than 60. docs/design.md says what the rooms are for.
use strict;
use warnings;
use File::Find;

my $top = shift // '.';
chdir $top or die "house.pl: $top: $!\n";

# The rooms from the lowest to the highest; those of one line do not include
# each other.
my @order = (
	[qw(src/base)],
	[qw(keys/asn1 keys/x509)],
	[qw(keys/store)],
	[qw(keys/trust)],
	[qw(keys/smime keys/ca)],
	[qw(src/sip src/net)],
	[qw(src/dns)],
	[qw(src/app)],
	[qw(src/store)],
	[qw(src/ua)],
	[qw(src/show)],
	[qw(src/flows ui/edit)],
	[qw(ui/log ui/screen ui/contacts)],
	[qw(ui/setup)],
	[qw(ui)],
	[qw(src/cmd)],
);
my %rank;
for my $i (0 .. $#order) {
	$rank{$_} = $i for @{ $order[$i] };
}

# A library's headers, and the files that may include them.
my @homes = (
	[qr{^openssl/(?:evp|err|crypto|rand|core_names|kdf)\.h$}, qr{^(?:keys|src/base|src/net/tls)}],
	[qr{^openssl/}, qr{^keys/|^src/net/tls}],
	[qr{^osip2/}, qr{^src/ua/transaction_(?:osip\.c|priv\.h)$}],
	[qr{^osipparser2/}, qr{^src/ua/transaction_osip\.c$}],
	[qr{^ares}, qr{^src/dns/}],
	[qr{^idn2}, qr{^src/net/idn\.c$}],
	[qr{^(?:n?curses|term|ncursesw?/)}, qr{^ui/screen/}],
	[qr{^zlib}, qr{^src/base/deflate\.c$}],
	[qr{^expat}, qr{^src/ua/notice_xml\.c$}],
	[qr{^sqlite3}, qr{^src/store/db_}],
	[qr{^qrencode}, qr{^src/show/qr\.c$}],
);

# Functions of the request sender alone, and the files that may call them: its
# own, those that define them, and the verb that shows a resolution.
my $sender_calls = qr{\b(resolve_uri|transaction_request|auth_\w+)\(};
my $sender_files =
    qr{^src/ua/(?:sender|auth|transaction)\w*\.|^src/dns/resolve\.|^src/cmd/resolve_cmd\.c$};

my $problems = 0;

sub problem {
	print "@_\n";
	$problems++;
}

sub room_of {
	my ($path) = @_;
	$path =~ s{/[^/]*$}{};
	return $path;
}

sub check_include {
	my ($file, $line, $header) = @_;
	my ($from, $to) = (room_of($file), room_of($header));

	if (!-e $header) {
		problem("$file:$line: \"$header\" is no path from the root");
	} elsif ($from eq $to) {
		return;
	} elsif (($rank{$to} // @order) >= ($rank{$from} // 0)) {
		problem("$file:$line: $from may not include $to");
	} elsif ($header =~ /_priv\.h$/) {
		problem("$file:$line: $header is private to $to");
	}
}

sub check_library {
	my ($file, $line, $header) = @_;

	for my $home (@homes) {
		next unless $header =~ $home->[0];
		problem("$file:$line: <$header> has its home elsewhere")
		    unless $file =~ $home->[1];
		return;
	}
}

# The room of a product's file has to be known; tests see all rooms, and the
# private headers of the room that they mirror.
sub check_file {
	my ($file) = @_;
	my $product = $file !~ m{^tests/};
	my ($start, $name) = (0, '');

	problem("$file: " . room_of($file) . " is no room")
	    if $product && !exists $rank{ room_of($file) };
	open(my $in, '<', $file) or die "house.pl: $file: $!\n";
	while (my $text = <$in>) {
		if ($product && $text =~ /^#include "([^"]*)"/) {
			check_include($file, $., $1);
		} elsif ($product && $text =~ /^#include <([^>]*)>/) {
			check_library($file, $., $1);
		} elsif ($product && $text =~ $sender_calls &&
		    $file !~ $sender_files && $text !~ m{^\s*(?:/?\*|//)}) {
			problem("$file:$.: $1 is for the request sender alone");
		} elsif ($text =~ /^(\w+)\(/) {
			$name = $1;
		} elsif ($text =~ /^\{/) {
			$start = $.;
		} elsif ($text =~ /^\}/ && $start) {
			my $lines = $. - $start - 1;
			problem("$file:$start: $name has $lines lines")
			    if $lines > 60;
			$start = 0;
		}
	}
	problem("$file: it has $. lines") if $. > 600;
	close($in);
}

my @files;
find({ no_chdir => 1, wanted => sub {
	push @files, $_ if /\.[ch]$/ && -f $_;
} }, grep { -d $_ } qw(src ui keys tests));
check_file($_) for sort @files;
exit($problems ? 1 : 0);
