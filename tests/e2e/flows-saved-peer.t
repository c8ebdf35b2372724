#!/bin/sh
# signet flows --save with a peer that says more than one final answer: what
# each message is called, and that --replay takes the folder.
. "${SRCDIR:?}/tests/e2e/lib.sh"
cd "$scratch" || exit 1

"$SIGNET" ca init ca || exit 1
"$SIGNET" ca issue ca fluffy@example.com || exit 1
mkdir -m 700 fluffy
cp ca/root_cert_testCA.pem ca/*fluffy*.pem fluffy

# peer STEP..: answers each request with the next STEP, the last again and
# again; of words apart by commas each is sent: a status, "elsewhere" (302, to
# itself), "password" (401), "options" (a request, whose answer is waited for),
# "stranger" (200 to what nobody asked)
peer() {
	rm -f port
	perl -MIO::Socket::INET -e '
		my $l = IO::Socket::INET->new(Listen => 9,
		    LocalAddr => "127.0.0.1") or die;
		my $port = $l->sockport;
		open my $f, ">", "port.new" or die;
		print $f "$port\n";
		close $f;
		rename "port.new", "port";
		my $in;
		sub message {
			my ($s) = @_;
			while (1) {
				my ($head) = $in =~ /^(.*?\r\n\r\n)/s;
				my ($n) = ($head // "") =~
				    /^Content-Length: (\d+)/m;
				if (defined $n && length $in >=
				    length($head) + $n) {
					substr $in, 0, length($head) + $n, "";
					return $head;
				}
				sysread $s, $in, 65536, length $in or return;
			}
		}
		sub answer {
			my ($s, $head, $line, @more) = @_;
			my @copied = $head =~
			    /^((?:Via|From|To|Call-ID|CSeq): [^\r]*\r\n)/mg;
			syswrite $s, join "", "SIP/2.0 $line\r\n", @copied,
			    @more, "Content-Length: 0\r\n\r\n";
		}
		sub ask {
			my ($s) = @_;
			syswrite $s, join "\r\n",
			    "OPTIONS sip:fluffy\@example.com SIP/2.0",
			    "Via: SIP/2.0/TCP 127.0.0.1:$port;" .
			    "branch=z9hG4bKoptions", "Max-Forwards: 70",
			    "From: <sip:kumiko\@127.0.0.1>;tag=k",
			    "To: <sip:fluffy\@example.com>",
			    "Call-ID: options", "CSeq: 1 OPTIONS",
			    "Content-Length: 0", "", "";
			message($s);
		}
		while (my $s = $l->accept) {
			$in = "";
			while (my $head = message($s)) {
				my $step = @ARGV > 1 ? shift : $ARGV[0];
				for (split /,/, $step) {
					answer($s, $head, "$_ Words"), next
					    if /^\d/;
					answer($s, $head, "302 Elsewhere",
					    "Contact: <sip:other\@127.0.0.1:" .
					    "$port;transport=tcp>\r\n"), next
					    if $_ eq "elsewhere";
					answer($s, $head, "401 Who",
					    "WWW-Authenticate: Digest " .
					    "realm=\"x\", " .
					    "nonce=\"y\"\r\n"), next
					    if $_ eq "password";
					answer($s, $head =~
					    s/branch=z9hG4bK/$&x/r,
					    "200 Stranger"), next
					    if $_ eq "stranger";
					ask($s);
				}
			}
		}' "$@" &
	server=$!
	pids="$pids $server"
	until [ -s port ]; do
		kill -0 $server || return 1
		sleep 0.02
	done
	at="sip:kumiko@127.0.0.1:$(cat port);transport=tcp"
}

# save STATUS NAMES NAME FLOW STEP..: a flow saved with a peer of these steps,
# which ends so, and the names of its messages; then it is replayed
save() {
	_want=$1 _names=$2 _name=$3 _flow=$4
	shift 4
	rm -rf saved
	peer "$@"
	timeout 60 "$SIGNET" flows -k fluffy -a sip:fluffy@example.com \
	    --peer "$at" --save saved "$_flow" >out 2>err
	is $? "$_want" "$_name: status $_want"
	kill $server
	ends $server 2>/dev/null
	is "$(cd saved && echo *.sip *.der)" "$_names" "$_name: what is saved"
	timeout 60 "$SIGNET" flows --replay saved >out 2>err
	is "$? $(cat err)" "0 " "$_name: which is good"
}

# first FILE: its first line
first() {
	head -n 1 "saved/$1" | tr -d '\r'
}

save 0 "5.2-provisional.sip 5.2-request.sip 5.2-response.sip *.der" \
    "a peer that tries first" 5.2 100,200
is "$(first 5.2-provisional.sip) $(first 5.2-response.sip)" \
    "SIP/2.0 100 Words SIP/2.0 200 Words" "the final answer is the response"
save 0 "5.2-provisional.sip 5.2-provisional2.sip 5.2-request.sip \
5.2-response.sip *.der" "one that tries long" 5.2 100,180,200

save 0 "6.1-request.sip 6.1-request2.sip 6.1-response.sip 6.1-response2.sip \
6.1-blob1.der 6.1-blob2.der" "one that sends us elsewhere" 6.1 elsewhere 200
is "$(first 6.1-response.sip) $(first 6.1-response2.sip)" \
    "SIP/2.0 302 Elsewhere SIP/2.0 200 Words" "each request has its answer"
like "$(cat out)" \
    '^good  6.1-request.sip: .*signature good.*answered 302, which redirects' \
    "the first is judged by itself"
like "$(cat out)" '^good  6.1-request2.sip: .*signature good.*answered 200$' \
    "the second by its answer"
like "$(tail -n 1 out)" '^[0-9]+ files, 2 messages: all as expected$' \
    "both are counted"
sed -i 's/^hello/jello/' saved/6.1-request.sip
(cd saved && find . -type f ! -name manifest ! -name flows.tgz.b64 |
    sed 's|^\./||' | sort | xargs sha256sum >../manifest)
mv manifest saved
timeout 60 "$SIGNET" flows --replay saved >out 2>err
is $? 77 "a first that was tampered with is still told"

save 0 "5.2-other.sip 5.2-other2.sip 5.2-request.sip 5.2-response.sip *.der" \
    "one that asks back" 5.2 options,200
is "$(first 5.2-other.sip | cut -d' ' -f1) $(first 5.2-other2.sip)" \
    "OPTIONS SIP/2.0 200 OK" "what it asked, and our answer, are not the flow's"
is "$(first 5.2-response.sip)" "SIP/2.0 200 Words" "whose response is its own"
save 0 "5.2-other.sip 5.2-request.sip 5.2-response.sip *.der" \
    "one that answers what nobody asked" 5.2 stranger,200
is "$(first 5.2-response.sip)" "SIP/2.0 200 Words" "which is not the response"

save 77 "6.1-request.sip 6.1-response.sip 6.1-blob1.der" \
    "one that wants a password" 6.1 password
like "$(cat out)" \
    '^good  6.1-request.sip: .*answered 401, which asks for a password$' \
    "which says nothing of the message"

finish
