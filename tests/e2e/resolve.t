#!/bin/sh
# RFC 3263, every branch of 4.1 and 4.2, against knotd.
. "${SRCDIR:?}/tests/e2e/lib.sh"

# The zone, and a name of 60 SRV records and one of 70 hosts.
{
	cat "$SRCDIR/tests/e2e/resolve.zone"
	i=1
	while [ $i -le 70 ]; do
		echo "h$i.sub A 192.0.2.$i"
		echo "_sips._tcp.hosts SRV $i 0 5061 h$i.sub"
		[ $i -gt 60 ] || echo "_sips._tcp.sixty SRV 1 1 $i a"
		i=$((i + 1))
	done
} >"$scratch/zone"
name_server test "$scratch/zone" || exit 1

# resolve URI: steps are "naptr srv ..", asked "naptr:test ..", targets
# "tls:192.0.2.1:5061 .."; out and err say the rest
resolve() {
	"$SIGNET" --dns "$dns" --json resolve "$@" \
	    >"$scratch/out" 2>"$scratch/err" </dev/null
	rc=$?
	err=$(cat "$scratch/err")
	perl -MJSON::PP -e '
		my (@steps, @asked, @targets);
		for (<STDIN>) {
			my $o = decode_json($_);
			@targets = map { "$_->{transport}:$_->{address}:" .
			    $_->{port} } @{$o->{targets}} if $o->{targets};
			next if $o->{targets};
			push @asked, "$o->{step}:$o->{question}";
			push @steps, $o->{step}
			    if $o->{choice} !~ /not needed/;
		}
		print "steps=\"@steps\" asked=\"@asked\" targets=\"@targets\""
	' <"$scratch/out" >"$scratch/sh" && . "$scratch/sh"
}
# leads URI TARGETS NAME
leads() {
	resolve "$1"
	is "$rc $targets" "0 $2" "$3"
}
# fails STATUS URI PATTERN NAME
fails() {
	resolve "$2"
	is "$rc $targets" "$1 " "$4"
	like "$err" "^signet: .*($3)" "$4: says so"
	is "$(wc -l <"$scratch/err")" 1 "$4: in one line"
}
# choice STEP: its words
choice() {
	perl -MJSON::PP -e 'for (<STDIN>) { my $o = decode_json($_);
	    print $o->{choice} if ($o->{step} // "") eq $ARGV[0] }' "$1" \
	    <"$scratch/out"
}

# --- 4.1: the transport -------------------------------------------------------
leads 'sip:b@a.test;transport=udp' udp:192.0.2.1:5060 \
    "4.1: transport=udp is taken"
leads 'sip:b@a.test;transport=tcp' tcp:192.0.2.1:5060 \
    "4.1: transport=tcp is taken"
leads 'sip:b@a.test;transport=tls' tls:192.0.2.1:5061 \
    "4.1: transport=tls is taken"
leads 'sips:b@a.test;transport=tcp' tls:192.0.2.1:5061 \
    "4.1: transport=tcp of a sips URI is TLS"
leads 'sip:b@naptr.test;transport=tcp' tcp:192.0.2.99:5060 \
    "4.1: where the URI names a transport NAPTR has no say"
like "$asked" '^hosts:naptr.test srv:_sip._tcp.naptr.test a:naptr.test aaaa:naptr.test$' \
    "4.1: where the URI names a transport NAPTR is not asked"
fails 69 'sips:b@a.test;transport=udp' 'a sips URI cannot use the transport udp' \
    "4.1: sips is never sent by UDP"
fails 69 'sip:b@a.test;transport=sctp' 'the transport sctp is not supported' \
    "4.1: a transport that there is not"
leads sip:b@192.0.2.7 udp:192.0.2.7:5060 "4.1: numeric, sip: UDP"
is "$steps" numeric "4.1: numeric: nothing is asked"
leads sips:b@192.0.2.7 tls:192.0.2.7:5061 "4.1: numeric, sips: TLS"
leads sip:b@naptr.test:1234 udp:192.0.2.99:1234 "4.1: a port, sip: UDP"
is "$steps" "hosts a aaaa" "4.1: a port: neither NAPTR nor SRV is asked"
leads sips:b@naptr.test:1234 tls:192.0.2.99:1234 "4.1: a port, sips: TLS"

leads sip:b@naptr.test 'tls:192.0.2.1:5061 tcp:192.0.2.2:5071' \
    "4.1: NAPTR by order, then preference, and no order after one that led"
is "$steps" "hosts naptr srv a aaaa srv a aaaa" \
    "4.1: NAPTR leads to SRV elsewhere, and that to hosts"
like "$(choice naptr)" '^TLS by _sips._tcp.elsewhere.test, then TCP' \
    "4.1: NAPTR's choice is told"
like "$(choice naptr)" 'rest is not for this URI' \
    "4.1: other services, flags and rules than ours are passed over"
leads sips:b@naptr.test tls:192.0.2.1:5061 \
    "4.1: of NAPTR a sips URI takes SIPS+D2T alone"
leads sip:b@orders.test tcp:192.0.2.2:5071 \
    "4.1: the next order is taken when one led nowhere, in any case"
leads sips:b@insecure.test tls:192.0.2.4:5081 \
    "4.1: NAPTR without a SIPS service: SRV of _sips._tcp"
like "$(choice naptr)" 'it has no service for this URI' \
    "4.1: NAPTR without a SIPS service is told"
leads sip:b@closing.test udp:192.0.2.3:5072 \
    "4.1: a service that is not there: the next order"
leads sip:b@srv.test 'tcp:192.0.2.2:5092 udp:192.0.2.3:5093' \
    "4.1: no NAPTR, sip: SRV of _sip for each transport we have"
leads sips:b@srv.test tls:192.0.2.1:5091 \
    "4.1: no NAPTR, sips: SRV of _sips._tcp"
leads sip:b@onlyudp.test udp:192.0.2.3:5094 \
    "4.1: no NAPTR: the transport whose SRV is there"
leads sip:b@a.test udp:192.0.2.1:5060 "4.1: neither NAPTR nor SRV, sip: UDP"
leads sips:b@a.test tls:192.0.2.1:5061 "4.1: neither NAPTR nor SRV, sips: TLS"

# --- 4.2: address and port ------------------------------------------------------
leads sip:b@192.0.2.7:99 udp:192.0.2.7:99 "4.2: numeric with a port"
leads 'sips:b@[2001:db8::7]' tls:2001:db8::7:5061 \
    "4.2: numeric, IPv6, default port"
leads sip:b@two.test:99 'udp:192.0.2.5:99 udp:192.0.2.6:99' \
    "4.2: a port: all addresses with it"
leads 'sip:b@srv.test;transport=udp' udp:192.0.2.3:5093 \
    "4.2: transport=udp: SRV of _sip._udp"
leads 'sip:b@srv.test;transport=tcp' tcp:192.0.2.2:5092 \
    "4.2: transport=tcp: SRV of _sip._tcp"
leads 'sip:b@srv.test;transport=tls' tls:192.0.2.1:5091 \
    "4.2: transport=tls: SRV of _sips._tcp"
leads 'sip:b@onlyudp.test:5060;maddr=two.test' \
    'udp:192.0.2.5:5060 udp:192.0.2.6:5060' "4.2: maddr is the target"
leads 'sips:b@a.test;maddr=192.0.2.9' tls:192.0.2.9:5061 \
    "4.2: a numeric maddr"
like "$(cat "$scratch/out")" '"host":"a.test","name":"192.0.2.9"' \
    "4.2: with maddr the certificate is still the URI's"
resolve sips:b@four.test
like "$rc $targets" '^0 tls:192.0.2.1:1010 (tls:192.0.2.5:1021 tls:192.0.2.6:1021 tls:192.0.2.2:1020|tls:192.0.2.2:1020 tls:192.0.2.5:1021 tls:192.0.2.6:1021) tls:192.0.2.3:1030 tls:192.0.2.4:1040$' \
    "4.2: four priorities, and two records of one"
like "$(cat "$scratch/out")" '"host":"four.test","name":"a.test"' \
    "4.2: the certificate is the domain's, not the SRV target's"
fails 69 sips:b@none.test 'does not offer SIP over this transport' \
    "4.2: \"SRV .\": not available, and A is not asked instead"
fails 69 sip:b@none.test 'does not offer SIP over this transport' \
    "4.2: \"SRV .\" of all transports"
fails 68 sips:b@homeless.test 'hosts of its SRV records have no address' \
    "4.2: SRV to a host without an address: A of the domain is no way out"
resolve sips:b@both.test
is "$rc $(echo $targets | tr ' ' '\n' | sort | paste -s -d ' ' -)" \
    "0 tls:127.0.0.1:5061 tls:::1:5061" "4.2: A and AAAA both count"
leads sips:b@six.test tls:::1:5061 "4.2: AAAA alone"
leads sips:b@twice.test tls:192.0.2.1:5061 "two ways to one place are one"

# --- what a person sees ---------------------------------------------------------
"$SIGNET" --dns "$dns" resolve sip:b@orders.test >"$scratch/text" 2>&1
is "$? $(cat "$scratch/text")" "0 hosts   orders.test
        -> not there; name servers are asked
naptr   orders.test
          10 99 \"s\" \"SIPS+D2T\" \"\" _sips._tcp.nowhere.test.
          20 1 \"S\" \"sip+d2t\" \"\" _sip._tcp.elsewhere.test.
        -> TLS by _sips._tcp.nowhere.test; if that gives nothing, TCP by
           _sip._tcp.elsewhere.test
srv     _sips._tcp.nowhere.test
        -> there is no such name
srv     _sip._tcp.elsewhere.test
          1 0 5071 b.test.
        -> by TCP to b.test:5071
a       b.test
          192.0.2.2
        -> port 5071 by TCP
aaaa    b.test
        -> none
srv     _sips._tcp.orders.test
        -> there is no such name; not needed (asked together with the others)
srv     _sip._tcp.orders.test
        -> there is no such name; not needed (asked together with the others)
srv     _sip._udp.orders.test
        -> there is no such name; not needed (asked together with the others)
a       orders.test
        -> none; not needed (asked together with the others)
aaaa    orders.test
        -> none; not needed (asked together with the others)

The one target:
   1  tcp:192.0.2.2:5071  b.test" "every question, answer and choice is shown"
"$SIGNET" --dns "$dns" --json resolve sips:b@four.test >"$scratch/out"
is "$(perl -MJSON::PP -e '
	my @o = map { decode_json($_) } <STDIN>;
	my $last = pop @o;
	print join(",", sort keys %$last), " ", scalar(grep {
	    join(",", sort keys %$_) eq "answers,choice,question,step" &&
	    ref $_->{answers} eq "ARRAY" } @o) == @o, " ",
	    join(",", sort keys %{$last->{targets}[0]})' <"$scratch/out")" \
    "targets 1 address,host,name,port,transport" \
    "JSON: an object for each step, and the targets last"
"$SIGNET" resolve >/dev/null 2>&1
is $? 64 "resolve without a URI"
"$SIGNET" resolve a.test b.test >/dev/null 2>&1
is $? 64 "resolve with two"

# --- aliases ----------------------------------------------------------------------
leads sips:b@alias.test tls:192.0.2.1:5061 "a chain of CNAMEs to a host"
like "$(choice a)" '^an alias of alias2.test' "an alias is told"
leads sips:b@aliased.test tls:192.0.2.1:5091 "a CNAME of an SRV name"
leads sips:b@toalias.test tls:192.0.2.1:5061 "SRV to an alias"
fails 68 sips:b@loop.test 'alias that leads to no address|too often' \
    "a loop of CNAMEs"
fails 68 sips:b@dangling.test 'alias that leads to no address' \
    "a CNAME to no address"

# --- many records, and failures ------------------------------------------------------
resolve sips:b@sixty.test
is "$rc $(echo "$targets" | wc -w)" "0 60" \
    "60 SRV records come by TCP, and lead to 60 targets"
is "$(echo $targets | tr ' ' '\n' | sort -u | wc -l)" 60 \
    "60 SRV records: each port once"
first=$targets
resolve sips:b@sixty.test
if [ "$first" != "$targets" ]; then ok 0 "the draw is another each time"
else ok 1 "the draw is another each time"; fi
resolve sips:b@hosts.test
is "$rc $(echo "$targets" | cut -d ' ' -f 1-2)" \
    "0 tls:192.0.2.1:5061 tls:192.0.2.2:5061" \
    "70 SRV records: the first ones lead"
like "$(choice srv)" 'only the first 64 of 70 are used' "70 SRV records: 64 are read"
like "$(choice a)" 'one URI needs too many DNS queries' \
    "70 hosts: the questions for one URI are bounded"
fails 68 sips:b@nobody.test 'nobody.test does not resolve: there is no such name' \
    "NXDOMAIN"
fails 68 sips:b@empty.test 'empty.test does not resolve: it has no address' \
    "a name without an address"
fails 68 sips:b@x.broken 'SERVFAIL' "SERVFAIL"
fails 68 sips:b@x.example 'refuses' "REFUSED"
fails 65 'sips:b@' 'sips:b@' "no URI"
fails 65 'sips:b@a b' 'sips:b@a b' "a bad URI"
dns=127.0.0.1:1
fails 68 sips:b@a.test 'no name server can be reached' \
    "a closed port in the name server's place"
fails 68 sips:localhost.test 'no name server' "localhost.test is not localhost"
resolve localhost
like "$rc $steps $targets" '^0 hosts .*tls:127.0.0.1:5061' \
    "localhost comes from /etc/hosts, without a name server"
resolve sip:b@some.localhost
like "$rc $steps $targets" '^0 hosts .*udp:127.0.0.1:5060' \
    "some.localhost is this machine (RFC 6761)"
dns=nonsense:x
fails 78 sips:b@a.test 'nonsense.*host:port' "a setting that is no name server"
finish
