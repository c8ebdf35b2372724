#!/bin/sh
# A registered connection is kept alive as often as the registrar's Flow-Timer
# says (RFC 5626, 4.4.1), and one whose other
# end does not answer any more is left for a new one.
. "${SRCDIR:?}/tests/e2e/lib.sh"

mkdir -m 700 "$scratch/keys"
echo geheim >"$scratch/password"
# registrar NAME PONGS FIELDS: one that takes all that comes. It answers PONGS
# keep-alives on its first connection and each on the others, and has FIELDS in
# its responses.
registrar() {
	perl -MIO::Socket::INET -MIO::Select -e '
	my ($host, $portfile, $log, $pongs, $fields) = @ARGV;
	my $l = IO::Socket::INET->new(LocalAddr => $host, Listen => 9) or die;
	open my $out, ">", $log or die; $out->autoflush;
	open my $p, ">", "$portfile.new"; print $p $l->sockport, "\n";
	close $p; rename "$portfile.new", $portfile;
	my ($s, %in, %n, $count) = (IO::Select->new($l));
	while (1) { for my $c ($s->can_read) {
		if ($c == $l) {
			my $new = $l->accept; $s->add($new);
			$n{$new} = ++$count; $in{$new} = ""; next;
		}
		if (!sysread $c, $in{$c}, 65536, length $in{$c}) {
			print $out "closed $n{$c}\n"; $s->remove($c); next;
		}
		while (1) {
			if ($in{$c} =~ s/^\r\n\r\n//) {
				print $out "ping $n{$c}\n";
				syswrite $c, "\r\n"
				    if $n{$c} > 1 || ++$pings <= $pongs;
			} elsif ($in{$c} =~ s/^(REGISTER.*?\r\n\r\n)//s) {
				my ($r, $answer) = ($1, "SIP/2.0 200 OK\r\n");
				$answer .= "$&\r\n" while $r =~
				    /^(?:Via|From|To|Call-ID|CSeq|Contact):.*?(?=\r)/mg;
				print $out "register $n{$c}\n";
				$answer .= "$fields\r\n" if $fields;
				syswrite $c, "${answer}Content-Length: 0\r\n\r\n";
			} else { last }
		}
	} }' "$own" "$scratch/$1.port" "$scratch/$1" "$2" "$3" &
	pids="$pids $!"
	wait_for . "$scratch/$1.port"
	"$SIGNET" listen -k "$scratch/keys" -a sip:bob@example.com \
	    --password-file "$scratch/password" --keep-alive 1 \
	    -P "sip:$own:$(cat "$scratch/$1.port");transport=tcp" \
	    >"$scratch/$1.out" 2>"$scratch/$1.err" &
	listener=$!
	pids="$pids $listener"
}

registrar none 0 ''
none=$listener
registrar asked 0 'Require: outbound'
asked=$listener
registrar some 2 ''
some=$listener
registrar timer 4 'Flow-Timer: 1'
wait_for 'ping 1' "$scratch/timer" 5
is "$(grep -c registered "$scratch/timer.err")" 1 \
    "while keep-alives are answered, one after the other, nothing changes"
wait_for 'register 2' "$scratch/timer"
ok $? "after one that is not answered another connection is registered"
like "$(cat "$scratch/timer.err")" \
    'no longer registered.*a keep-alive was not answered' \
    "and a line says why"
wait_for 'registered at' "$scratch/timer.err" 2
ok $? "and one that it is there again"
is "$(grep -c 'closed 1' "$scratch/timer")" 1 "the dead connection is closed"
wait_for 'register 2' "$scratch/asked"
ok $? "so it is where Require: outbound promised answers"
wait_for 'register 2' "$scratch/some"
ok $? "and where some were answered on this connection"
wait_for 'ping 1' "$scratch/none" 12
is "$(grep -c registered "$scratch/none.err"),$(grep -c register \
    "$scratch/none")" '1,1' \
    "a registrar that answers none and promised none keeps its connection"
kill "$none" "$asked" "$some"
kill "$listener"
ends "$listener"
is $? 0 "it ends as it should"
finish
