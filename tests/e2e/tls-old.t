#!/bin/sh
# Peers whose TLS is too old are refused in words that say what they offer:
# openssl where it can be that old, and bytes sent by hand where it cannot.
. "${SRCDIR:?}/tests/e2e/lib.sh"
. "$SRCDIR/tests/e2e/tls.sh"
issue /CN=x 'subjectAltName=DNS:localhost'

# --- servers -----------------------------------------------------------------

# It answers with an alert, which does not tell what it speaks.
for old in '-tls1 1.0' '-tls1_1 1.1'; do
	s_server "${old% *}" -cipher ALL:@SECLEVEL=0
	calls 69 'the server of localhost does not speak TLS 1.2 or later' \
	    "openssl's server with TLS ${old#* }" "sips:bob@localhost:$tls"
	ends "$server"
done

# answered STATUS HEX PATTERN NAME
answered() {
	raw "$2"
	calls "$1" "$3" "$4" "sips:bob@localhost:$tls"
	ends "$server"
}
# Servers from before TLS 1.3 answer with the best that they know.
answered 69 "$(server_hello 0301 002f)" \
    'the server of localhost speaks TLS 1.0 at most; TLS 1.2 is needed' \
    'a server with TLS 1.0'
answered 69 "$(server_hello 0302 002f)" 'speaks TLS 1.1 at most; TLS 1.2' \
    'a server with TLS 1.1'
answered 69 "$(server_hello 0300 0005)" 'speaks SSL 3.0 at most; TLS 1.2' \
    'a server with SSL 3.0'
answered 69 15030100020246 \
    'does not speak TLS 1.2 or later; it answers in TLS 1.0' \
    'a server that says with an alert of TLS 1.0 that ours is too new'
answered 69 15030300020246 'does not speak TLS 1.2 or later$' \
    'the same with an alert that tells no version'
answered 69 "$(server_hello 0303 0005)" \
    'chose a cipher suite \(0005, RC4\) that was not offered' \
    'a server that takes RC4 whatever is offered'
answered 69 "$(server_hello 0303 000a)" \
    'chose a cipher suite \(000A, 3DES\) that was not offered' \
    'one that takes 3DES'
answered 69 15030300020228 'accepts none of the cipher suites that are safe' \
    'a server that knows none of ours'
answered 76 "$(printf 'SIP/2.0 400 Bad\r\n\r\n' | od -An -v -tx1 |
    tr -d ' \n')" 'wrong version number' 'a server that speaks no TLS'

# --- clients -----------------------------------------------------------------

serve -v
# said PATTERN NAME: what the listener says of one more
said() {
	wait_for 'the client offers' bob.err "$seen"
	like "$(grep 'the client offers' bob.err | tail -n 1)" "$1" "$2"
	seen=$((seen + 1))
}
seen=1
for old in '-tls1 1.0' '-tls1_1 1.1'; do
	openssl s_client -connect "127.0.0.1:$tls" "${old% *}" \
	    -cipher ALL:@SECLEVEL=0 </dev/null >s_client 2>&1
	like "$(cat s_client)" 'alert protocol version' \
	    "openssl's client with TLS ${old#* } is told"
	said "the client offers TLS ${old#* } at most; TLS 1.2 is needed" \
	    "openssl's client with TLS ${old#* } is told of"
done
# says HEX PATTERN NAME: these bytes
says() {
	perl -MIO::Socket::INET -e '
		alarm 20;
		my $c = IO::Socket::INET->new("127.0.0.1:$ARGV[0]") or die;
		syswrite $c, pack("H*", $ARGV[1]);
		1 while sysread $c, my $answer, 65536;' "$tls" "$1"
	said "$2" "$3"
}
says "$(client_hello 0300 00050004000a)" \
    'the client offers SSL 3.0 at most; TLS 1.2 is needed' \
    'a client with SSL 3.0'
says "802e0103000015000000100100800700c00300800000060400800000040200\
80${zeros%????????????????????????????????}" \
    'the client offers SSL 2.0 at most' 'a client that greets as of SSL 2.0'
says "$(client_hello 0303 000500040016000a00ff)" \
    'offers no cipher suite that is safe today, but RC4, 3DES' \
    'a client with RC4 and 3DES alone'
says "$(client_hello 0303 0002003b00ff)" \
    'offers no cipher suite that is safe today, but NULL' \
    'a client that would not encrypt'
says "$(client_hello 0303 4a4a9a9a)" \
    'offers no cipher suite that is safe today$' \
    'a client with suites that nobody knows'
calls 0 '' 'others are let in as before' "sips:bob@localhost:$tls"
unserve
finish
