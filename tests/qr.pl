#!/usr/bin/perl
# Reads a QR code as signet prints it, half blocks or signs, from standard input
# and writes it as an image (PGM) for a scanner. What comes before and after the
# code is left out. Exits with 1 where there is none.
use strict;
use warnings;

binmode STDIN, ':encoding(UTF-8)';
binmode STDOUT, ':raw';
my $size = 6; # pixels of a module
my @rows; # of modules: 1 is light
while (my $line = <STDIN>) {
	chomp $line;
	$line =~ s/\e\[[0-9;]*m//g;
	if ($line =~ /^\x{2588}[ \x{2580}\x{2584}\x{2588}]*$/) {
		push @rows, [map { /[\x{2588}\x{2580}]/ ? 1 : 0 } split //, $line];
		push @rows, [map { /[\x{2588}\x{2584}]/ ? 1 : 0 } split //, $line];
	} elsif ($line =~ /^##(?:##|  )*$/) {
		push @rows, [map { $_ eq '##' ? 1 : 0 } $line =~ /../g];
	} elsif (@rows) {
		last;
	}
}
exit 1 unless @rows;
my $wide = 0;
for my $row (@rows) {
	$wide = @$row if @$row > $wide;
}
printf "P5\n%d %d\n255\n", $wide * $size, @rows * $size;
for my $row (@rows) {
	my $line = '';
	$line .= (($row->[$_] // 0) ? "\xff" : "\0") x $size for 0 .. $wide - 1;
	print $line x $size;
}
