/* Malformed messages, and sound ones close to them: each is a sound message
 * with one change, and the fault that is expected. */
#include "tests/unit/src/sip/sip_test.h"

#include "src/net/stream.h"
#include "src/sip/sip.h"

#define LINE "MESSAGE sip:bob@example.com SIP/2.0\r\n"
#define VIA "Via: SIP/2.0/TLS client.example.com:5061;branch=z9hG4bKnashds8\r\n"
#define FROM "From: \"Alice\" <sips:alice@example.com>;tag=1928301774\r\n"
#define TO "To: <sip:bob@example.com>\r\n"
#define CALL "Call-ID: a84b4c76e66710@client.example.com\r\n"
#define CSEQ "CSeq: 314159 MESSAGE\r\n"
#define MAX "Max-Forwards: 70\r\n"
#define TYPE "Content-Type: text/plain\r\n"
#define LENGTH "Content-Length: 5\r\n"
#define BODY "\r\nhello"
/* The rest of the message, without the line that a case changes. */
#define REST_OF_START VIA FROM TO CALL CSEQ MAX TYPE LENGTH BODY
#define START(line) line "\r\n" REST_OF_START
#define WITH_VIA(v) LINE "Via: " v "\r\n" FROM TO CALL CSEQ MAX TYPE LENGTH BODY
#define WITH_FROM(v) \
	LINE VIA "From: " v "\r\n" TO CALL CSEQ MAX TYPE LENGTH BODY
#define WITH_TO(v) LINE VIA FROM "To: " v "\r\n" CALL CSEQ MAX TYPE LENGTH BODY
#define WITH_CALL(v) \
	LINE VIA FROM TO "Call-ID: " v "\r\n" CSEQ MAX TYPE LENGTH BODY
#define WITH_CSEQ(v) \
	LINE VIA FROM TO CALL "CSeq: " v "\r\n" MAX TYPE LENGTH BODY
#define WITH_MAX(v) \
	LINE VIA FROM TO CALL CSEQ "Max-Forwards: " v "\r\n" TYPE LENGTH BODY
#define WITH_TYPE(v) \
	LINE VIA FROM TO CALL CSEQ MAX "Content-Type: " v "\r\n" LENGTH BODY
#define WITH_LENGTH(v) \
	LINE VIA FROM TO CALL CSEQ MAX TYPE "Content-Length: " v "\r\n" BODY
#define AND(lines) LINE VIA FROM TO CALL CSEQ MAX TYPE lines LENGTH BODY

struct malformed {
	const char *name;
	const char *in;
	size_t n;
	int answer; /* 0: sound; -1: none */
};

#define CASE(name, in, answer)                   \
	{                                        \
		name, in, sizeof(in) - 1, answer \
	}

static const struct malformed cases[] = {
    CASE("nothing is wrong", LINE REST_OF_START, 0),

    /* The start line. */
    CASE("a lower-case method", START("message sip:bob@example.com SIP/2.0"),
	501),
    CASE("a method with a quote", START("MESS\"AGE sip:b@h SIP/2.0"), 400),
    CASE("no method", START(" sip:bob@example.com SIP/2.0"), 400),
    CASE("no version", START("MESSAGE sip:bob@example.com"), 400),
    CASE("no URI", START("MESSAGE SIP/2.0"), 400),
    CASE("an empty URI", START("MESSAGE  SIP/2.0"), 400),
    CASE("a method alone", START("MESSAGE"), 400),
    CASE("SIP/3.0", START("MESSAGE sip:bob@example.com SIP/3.0"), 505),
    CASE("SIP/1.0", START("MESSAGE sip:bob@example.com SIP/1.0"), 505),
    CASE("SIP/2.00", START("MESSAGE sip:bob@example.com SIP/2.00"), 505),
    CASE("SIP/2", START("MESSAGE sip:bob@example.com SIP/2"), 400),
    CASE("HTTP/1.1", START("MESSAGE sip:bob@example.com HTTP/1.1"), 400),
    CASE("sip/2.0 in lower case", START("MESSAGE sip:bob@example.com sip/2.0"),
	0),
    CASE("two spaces before the URI",
	START("MESSAGE  sip:bob@example.com SIP/2.0"), 400),
    CASE("two spaces before the version",
	START("MESSAGE sip:bob@example.com  SIP/2.0"), 400),
    CASE("a space at the end", START("MESSAGE sip:bob@example.com SIP/2.0 "),
	400),
    CASE("a TAB for a space", START("MESSAGE\tsip:bob@example.com SIP/2.0"),
	400),
    CASE("a folded start line",
	START("MESSAGE sip:bob@example.com SIP/2.0\r\n "), 400),
    CASE("a start line that another follows", LINE LINE REST_OF_START, 400),

    /* The Request-URI. */
    CASE("a URI in angle brackets",
	START("MESSAGE <sip:bob@example.com> SIP/2.0"), 400),
    CASE("a URI with a space", START("MESSAGE sip:bob@example.com; lr SIP/2.0"),
	400),
    CASE("a URI with headers",
	START("MESSAGE sip:bob@example.com?Subject=x SIP/2.0"), 400),
    CASE("a user with a question mark",
	START("MESSAGE sip:bob?x@example.com SIP/2.0"), 0),
    CASE("a port that is a word",
	START("MESSAGE sip:bob@example.com:abc SIP/2.0"), 400),
    CASE("a port of 99999", START("MESSAGE sip:bob@example.com:99999 SIP/2.0"),
	400),
    CASE("an IPv6 address without its bracket",
	START("MESSAGE sip:[::1 SIP/2.0"), 400),
    CASE("an IPv6 address without brackets",
	START("MESSAGE sip:bob@2001:db8::1 SIP/2.0"), 400),
    CASE("an IPv6 address", START("MESSAGE sip:bob@[2001:db8::1] SIP/2.0"), 0),
    CASE("a host with a bracket", START("MESSAGE sip:bob@b> SIP/2.0"), 400),
    CASE("an empty host", START("MESSAGE sip:bob@ SIP/2.0"), 400),
    CASE("an empty user", START("MESSAGE sip:@example.com SIP/2.0"), 400),
    CASE("an escape of one digit",
	START("MESSAGE sip:bo%4@example.com SIP/2.0"), 400),
    CASE(
	"an escaped NUL", START("MESSAGE sip:bob%00@example.com SIP/2.0"), 400),
    CASE("an escaped CR LF",
	START("MESSAGE sip:bob%0D%0aX@example.com SIP/2.0"), 400),
    CASE("a NUL in the URI", START("MESSAGE sip:bo\0b@example.com SIP/2.0"),
	400),
    CASE("a letter that is not ASCII",
	START("MESSAGE sip:b\xc3\xb6"
	      "b@example.com SIP/2.0"),
	400),
    CASE("a URI without a scheme", START("MESSAGE bob@example.com SIP/2.0"),
	400),
    CASE("a tel URI", START("MESSAGE tel:+358-555-1234567 SIP/2.0"), 416),
    CASE("an im URI", START("MESSAGE im:bob@example.com SIP/2.0"), 416),
    CASE("an unknown scheme", START("MESSAGE nobody.knows:x SIP/2.0"), 416),
    CASE(
	"an unknown scheme and nothing", START("MESSAGE nobody: SIP/2.0"), 400),

    /* Lines. */
    CASE("a line without a colon", AND("Subject\r\n"), 400),
    CASE("a line without a name", AND(": x\r\n"), 400),
    CASE("a name with a space inside", AND("Sub ject: x\r\n"), 400),
    CASE("a space before the colon", AND("Subject : x\r\n"), 0),
    CASE("a name that is not ASCII", AND("S\xc3\xbc: x\r\n"), 400),
    CASE("a NUL before a name", AND("\0Subject: x\r\n"), 400),
    CASE("a NUL in a text", AND("Subject: a\0b\r\n"), 400),
    CASE("a NUL in an unknown field", AND("X-Y: a\0b\r\n"), 400),
    CASE("an ESC in a text", AND("Subject: \033[2J\r\n"), 400),
    CASE("a DEL in a text", AND("Subject: \177\r\n"), 400),
    CASE("Latin-1 in a text", AND("Subject: caf\xe9!\r\n"), 0),
    CASE("FF in a text", AND("Subject: \xff\r\n"), 0),
    CASE("UTF-8 in a text", AND("Subject: caf\xc3\xa9\r\n"), 0),
    CASE("a folded text", AND("Subject: a\r\n\tb\r\n  c\r\n"), 0),
    CASE("an empty Subject", AND("Subject:\r\n"), 0),
    CASE("a second Subject", AND("Subject: a\r\ns: b\r\n"), 400),

    /* From, To. */
    CASE("no From", LINE VIA TO CALL CSEQ MAX TYPE LENGTH BODY, 400),
    CASE("no To", LINE VIA FROM CALL CSEQ MAX TYPE LENGTH BODY, 400),
    CASE("a second From", AND(FROM), 400),
    CASE("a second From in short form", AND("f: <sip:m@example.com>\r\n"), 400),
    CASE("a second To", AND(TO), 400),
    CASE("two addresses in From", WITH_FROM("<sip:a@h>;tag=1, <sip:b@h>;tag=2"),
	400),
    CASE("an empty From", WITH_FROM(""), 400),
    CASE("From without a tag (RFC 2543)", WITH_FROM("<sip:a@h>"), 0),
    CASE("From with an empty tag", WITH_FROM("<sip:a@h>;tag="), 400),
    CASE("From with a quoted tag", WITH_FROM("<sip:a@h>;tag=\"x\""), 400),
    CASE("From with two tags", WITH_FROM("<sip:a@h>;tag=1;TAG=2"), 400),
    CASE("From without brackets", WITH_FROM("sip:a@h;tag=1"), 0),
    CASE("a comma without brackets", WITH_FROM("sip:a,b@h;tag=1"), 400),
    CASE("a question mark without brackets",
	WITH_FROM("sip:a@h?Subject=x;tag=1"), 400),
    CASE("a semicolon in the user without brackets",
	WITH_FROM("sip:a;x=1@h;tag=1"), 400),
    CASE("a semicolon in the user", WITH_FROM("<sip:a;x=1@h>;tag=1"), 0),
    CASE("a bracket that does not close", WITH_FROM("<sip:a@h;tag=1"), 400),
    CASE("a bracket that does not open", WITH_FROM("sip:a@h>;tag=1"), 400),
    CASE("spaces inside brackets", WITH_FROM("< sip:a@h >;tag=1"), 400),
    CASE("a quote that does not end", WITH_FROM("\"A <sip:a@h>;tag=1"), 400),
    CASE("a quote that is escaped at its end",
	WITH_FROM("\"A\\\" <sip:a@h>;tag=1"), 400),
    CASE("a name with a comma", WITH_FROM("Bell, A. <sip:a@h>;tag=1"), 400),
    CASE("a name of words", WITH_FROM("A. G. Bell <sip:a@h>;tag=1"), 0),
    CASE(
	"a name in quotes and more", WITH_FROM("\"A\" B <sip:a@h>;tag=1"), 400),
    CASE("a name with UTF-8 in quotes",
	WITH_FROM("\"J\xc3\xbcrgen\" <sip:a@h>;tag=1"), 0),
    CASE("a name with UTF-8 without quotes",
	WITH_FROM("J\xc3\xbcrgen <sip:a@h>;tag=1"), 400),
    CASE("a name with a lone continuation byte",
	WITH_FROM("\"\x80\" <sip:a@h>;tag=1"), 400),
    CASE("a name with a control character",
	WITH_FROM("\"a\033[2J\" <sip:a@h>;tag=1"), 400),
    CASE("a name with an escaped NUL", WITH_FROM("\"a\\\0\" <sip:a@h>;tag=1"),
	0),
    CASE("a display name alone", WITH_FROM("Alice;tag=1"), 400),
    CASE("something behind the address", WITH_FROM("<sip:a@h> x;tag=1"), 400),
    CASE("a parameter without a name", WITH_FROM("<sip:a@h>;=1;tag=1"), 400),
    CASE("nothing between semicolons", WITH_FROM("<sip:a@h>;;tag=1"), 400),
    CASE("a semicolon at the end", WITH_FROM("<sip:a@h>;tag=1;"), 400),
    CASE("From of another scheme", WITH_FROM("<http://example.com>;tag=1"), 0),
    CASE("From with a NUL escaped", WITH_FROM("<sip:a%00b@h>;tag=1"), 400),
    CASE(
	"From with a host that is none", WITH_FROM("<sip:a@-h-.x>;tag=1"), 400),
    CASE("To with a bad port", WITH_TO("<sip:bob@example.com:0>"), 400),

    /* Via. */
    CASE("no Via", LINE FROM TO CALL CSEQ MAX TYPE LENGTH BODY, -1),
    CASE("an empty Via", WITH_VIA(""), 400),
    CASE("a Via without a host", WITH_VIA("SIP/2.0/TLS"), 400),
    CASE("a Via without a transport", WITH_VIA("SIP/2.0 h;branch=z9hG4bKx"),
	400),
    CASE("a Via with a bad host", WITH_VIA("SIP/2.0/TLS a_b;branch=z9hG4bKx"),
	400),
    CASE("a Via with a bad port",
	WITH_VIA("SIP/2.0/TLS h:65536;branch=z9hG4bKx"), 400),
    CASE("a Via with an empty port", WITH_VIA("SIP/2.0/TLS h:;branch=z9hG4bKx"),
	400),
    CASE("a Via with port 0", WITH_VIA("SIP/2.0/TLS h:0;branch=z9hG4bKx"), 400),
    CASE("a Via with IPv6",
	WITH_VIA("SIP/2.0/TLS [2001:db8::1]:5061;branch=z9hG4bKx"), 0),
    CASE("a Via with half a bracket",
	WITH_VIA("SIP/2.0/TLS [2001:db8::1;branch=z9hG4bKx"), 400),
    CASE("a Via without a branch (RFC 2543)", WITH_VIA("SIP/2.0/TLS h"), 0),
    CASE("a branch that is the cookie alone",
	WITH_VIA("SIP/2.0/TLS h;branch=z9hG4bK"), 400),
    CASE("an empty branch", WITH_VIA("SIP/2.0/TLS h;branch="), 400),
    CASE("two branches",
	WITH_VIA("SIP/2.0/TLS h;branch=z9hG4bKx;branch=z9hG4bKy"), 400),
    CASE("two Via on a line",
	WITH_VIA("SIP/2.0/TLS h;branch=z9hG4bKx , "
		 "SIP / 2.0 / UDP i : 5060 ;branch=z9hG4bKy"),
	0),
    CASE("two Via, the second bad",
	WITH_VIA("SIP/2.0/TLS h;branch=z9hG4bKx, SIP/2.0/UDP"), 400),
    CASE("a comma at a Via's end", WITH_VIA("SIP/2.0/TLS h;branch=z9hG4bKx,"),
	400),
    CASE("rport and received as IPv6",
	WITH_VIA("SIP/2.0/TLS h;rport;received=2001:db8::1"), 0),
    CASE("rport with a word", WITH_VIA("SIP/2.0/TLS h;rport=x"), 400),
    CASE("received as a name", WITH_VIA("SIP/2.0/TLS h;received=i"), 400),
    CASE("maddr as no host", WITH_VIA("SIP/2.0/TLS h;maddr=a_b"), 400),
    CASE("ttl of 256", WITH_VIA("SIP/2.0/TLS h;ttl=256"), 400),
    CASE("33 parameters",
	WITH_VIA("SIP/2.0/TLS h"
		 ";a;b;c;d;e;f;g;h;i;j;k;l;m;n;o;p;q;r;s;t;u;v;w;x;y;z"
		 ";aa;ab;ac;ad;ae;af;ag"),
	400),

    /* Call-ID, CSeq, Max-Forwards. */
    CASE("no Call-ID", LINE VIA FROM TO CSEQ MAX TYPE LENGTH BODY, 400),
    CASE("a second Call-ID", AND("i: x\r\n"), 400),
    CASE("an empty Call-ID", WITH_CALL(""), 400),
    CASE("a Call-ID of two words", WITH_CALL("a b"), 400),
    CASE("a Call-ID with two at signs", WITH_CALL("a@b@c"), 400),
    CASE("a Call-ID with an empty half", WITH_CALL("a@"), 400),
    CASE("no CSeq", LINE VIA FROM TO CALL MAX TYPE LENGTH BODY, 400),
    CASE("a second CSeq", AND("CSeq: 1 MESSAGE\r\n"), 400),
    CASE("CSeq of another method", WITH_CSEQ("1 OPTIONS"), 400),
    CASE("CSeq in another case", WITH_CSEQ("1 message"), 400),
    CASE("CSeq without a method", WITH_CSEQ("1"), 400),
    CASE("CSeq without a number", WITH_CSEQ("MESSAGE"), 400),
    CASE("CSeq of 2^31", WITH_CSEQ("2147483648 MESSAGE"), 400),
    CASE("CSeq of 2^31-1", WITH_CSEQ("2147483647 MESSAGE"), 0),
    CASE("CSeq 99999999999", WITH_CSEQ("99999999999 MESSAGE"), 400),
    CASE("a negative CSeq", WITH_CSEQ("-1 MESSAGE"), 400),
    CASE("CSeq with something behind it", WITH_CSEQ("1 MESSAGE x"), 400),
    CASE("no Max-Forwards (RFC 2543)",
	LINE VIA FROM TO CALL CSEQ TYPE LENGTH BODY, 0),
    CASE("a second Max-Forwards", AND("Max-Forwards: 70\r\n"), 400),
    CASE("Max-Forwards of 0", WITH_MAX("0"), 0),
    CASE("Max-Forwards of 256", WITH_MAX("256"), 400),
    CASE("Max-Forwards of -1", WITH_MAX("-1"), 400),
    CASE("an empty Max-Forwards", WITH_MAX(""), 400),

    /* The body. */
    CASE("a body without a Content-Type",
	LINE VIA FROM TO CALL CSEQ MAX LENGTH BODY, 400),
    CASE("no body and no Content-Type",
	LINE VIA FROM TO CALL CSEQ MAX "l: 0\r\n\r\n", 0),
    CASE("a second Content-Type", AND("c: text/plain\r\n"), 400),
    CASE("a type without a subtype", WITH_TYPE("text"), 400),
    CASE("a type with an empty subtype", WITH_TYPE("text/"), 400),
    CASE("an empty Content-Type", WITH_TYPE(""), 400),
    CASE("two types", WITH_TYPE("text/plain, text/html"), 400),
    CASE("a parameter of a type without a value",
	WITH_TYPE("text/plain;charset="), 400),
    CASE("a parameter of a type with an open quote",
	WITH_TYPE("text/plain;charset=\"utf-8"), 400),
    CASE("a parameter of a type twice (a verdict's matter)",
	WITH_TYPE("text/plain;a=1;a=2"), 0),
    CASE("a Content-Length too long", WITH_LENGTH("6"), 400),
    CASE("a Content-Length that is a word", WITH_LENGTH("five"), 400),
    CASE("a negative Content-Length", WITH_LENGTH("-5"), 400),
    CASE(
	"a Content-Length of 2^64+5", WITH_LENGTH("18446744073709551621"), 400),
    CASE("a second Content-Length", AND("l: 5\r\n"), 400),
    CASE("no Content-Length on a stream",
	LINE VIA FROM TO CALL CSEQ MAX TYPE BODY, 400),
    CASE("a second Content-Transfer-Encoding",
	AND("Content-Transfer-Encoding: binary\r\n"
	    "Content-Transfer-Encoding: base64\r\n"),
	400),
    CASE("an empty Content-Encoding", AND("e:\r\n"), 400),
    CASE("a bad Content-Disposition", AND("Content-Disposition: ;x\r\n"), 400),

    /* Others. */
    CASE("a good Date", AND("Date: Sat, 13 Nov 2010 23:29:00 GMT\r\n"), 0),
    /* No decision rests on these fields: they are ignored (8.2.2), unless
     * they have a control character or come twice. */
    CASE("asctime in a Date", AND("Date: Tue Aug  2 15:34:33 2022\r\n"), 0),
    CASE("a control in a Date", AND("Date: Tue\x01\r\n"), 400),
    CASE("a NUL in a User-Agent", AND("User-Agent: a\0b\r\n"), 400),
    CASE("two Dates", AND("Date: x\r\nDate: x\r\n"), 400),
    CASE("a trailing comma in Allow", AND("Allow: INVITE, MESSAGE,\r\n"), 0),
    CASE("a host with _ in Contact", AND("Contact: <sip:b@pbx_dev>\r\n"), 0),
    CASE("a comment in MIME-Version", AND("MIME-Version: 1.0 (gw)\r\n"), 0),
    CASE("Latin-1 in a User-Agent", AND("User-Agent: T\xe9l\r\n"), 0),
    CASE("a trailing comma in Require", AND("Require: a,\r\n"), 400),
    CASE("a host with _ in To", WITH_TO("<sip:b@pbx_dev>"), 400),
    CASE("a host that begins with a digit", WITH_TO("<sip:b@1af019b2ba08>"), 0),
    CASE("a host that is a number", WITH_TO("<sip:b@16909060>"), 400),
    CASE("a host that is a hex number", WITH_TO("<sip:b@0x7f000001>"), 400),
    CASE("a host of three numbers", WITH_TO("<sip:b@127.0.1>"), 400),
    CASE("an odd Contact in a REGISTER",
	"REGISTER sip:example.com SIP/2.0\r\n" VIA FROM TO CALL
	"CSeq: 1 REGISTER\r\n" MAX
	"Contact: sip:a@h?x=y\r\nContent-Length: 0\r\n\r\n",
	400),
    CASE("a Date in EST", AND("Date: Sat, 13 Nov 2010 23:29:00 EST\r\n"), 0),
    CASE("a Date without a weekday", AND("Date: 13 Nov 2010 23:29:00 GMT\r\n"),
	0),
    CASE("a Date at 25 hours", AND("Date: Sat, 13 Nov 2010 25:29:00 GMT\r\n"),
	0),
    CASE("a Date of one digit", AND("Date: Sat, 3 Nov 2010 23:29:00 GMT\r\n"),
	0),
    CASE("an empty Require", AND("Require:\r\n"), 400),
    CASE("Require that is no token", AND("Require: a b\r\n"), 400),
    CASE("Require (for the user agent to refuse)", AND("Require: a, b\r\n"), 0),
    CASE("an empty Supported", AND("k:\r\n"), 0),
    CASE("Expires that is a word", AND("Expires: never\r\n"), 0),
    CASE("Expires beyond 32 bits", AND("Expires: 10000000000\r\n"), 0),
    CASE("a Route without brackets", AND("Route: sip:p@h;lr\r\n"), 0),
    CASE("a list of Routes", AND("Route: <sip:p@h;lr>, <sip:q@h;lr>\r\n"), 0),
    CASE("a Contact that is a star", AND("Contact: *\r\n"), 0),
    CASE("Contacts with nothing between",
	AND("Contact: <sip:a@h>,,<sip:b@h>\r\n"), 0),
    CASE("a Contact with an escaped NUL", AND("m: <sip:%00@h>\r\n"), 0),
    CASE("an Accept without a subtype", AND("Accept: text\r\n"), 0),
    CASE("an empty Accept", AND("Accept:\r\n"), 0),
    CASE(
	"an unknown field with anything", AND("X-Y: ;;,,\"<>\\ {\x80}\r\n"), 0),

    /* Messages without a response. */
    CASE("a malformed ACK",
	"ACK sip:bob@example.com SIP/2.0\r\n" VIA FROM TO CALL
	"CSeq: x ACK\r\nl: 0\r\n\r\n",
	-1),
    CASE("an INVITE with a tel URI is for its method to be refused",
	"INVITE tel:+1 SIP/2.0\r\n" VIA FROM TO CALL
	"CSeq: 1 INVITE\r\nl: 0\r\n\r\n",
	0),
    CASE("CSeq of an unknown method",
	"NEW sip:bob@example.com SIP/2.0\r\n" VIA FROM TO CALL CSEQ
	"l: 0\r\n\r\n",
	501),
    CASE("a response", "SIP/2.0 200 OK\r\n" REST_OF_START, 0),
    CASE("a response without a reason", "SIP/2.0 200 \r\n" REST_OF_START, 0),
    CASE("a response without its second space", "SIP/2.0 200\r\n" REST_OF_START,
	-1),
    CASE("a response of SIP/3.0", "SIP/3.0 200 OK\r\n" REST_OF_START, -1),
    CASE("status 99", "SIP/2.0 99 OK\r\n" REST_OF_START, -1),
    CASE("status 099", "SIP/2.0 099 OK\r\n" REST_OF_START, -1),
    CASE("status 700", "SIP/2.0 700 OK\r\n" REST_OF_START, -1),
    CASE("status -5", "SIP/2.0 -5 OK\r\n" REST_OF_START, -1),
    CASE("status 99999", "SIP/2.0 99999 OK\r\n" REST_OF_START, -1),
    CASE("a response with a control in its reason",
	"SIP/2.0 200 \033[2J\r\n" REST_OF_START, -1),
    CASE("a response with two To", "SIP/2.0 200 OK\r\n" TO REST_OF_START, -1),
    CASE("a response without Via",
	"SIP/2.0 200 OK\r\n" FROM TO CALL CSEQ "l: 0\r\n\r\n", -1),
};

static void
test_malformed(void **state)
{
	size_t i, bad = 0, wrong = 0;

	(void)state;
	for (i = 0; i < COUNT(cases); i++) {
		const struct malformed *c = &cases[i];
		struct span in = {(const unsigned char *)c->in, c->n};
		size_t head = 0;
		struct sip_msg *m;
		const char *why;
		int fault;

		while (memcmp(c->in + head, "\r\n\r\n", 4) != 0)
			head++;
		m = sip_parse(span_cut(in, 0, head + 4),
		    span_cut(in, head + 4, in.n), true);
		fault = sip_fault(m, &why);
		bad += c->answer != 0;
		if (fault != c->answer || (fault != 0) != (why != NULL)) {
			print_error("%s: %d instead of %d, %s\n", c->name,
			    fault, c->answer, why != NULL ? why : "sound");
			wrong++;
		}
		sip_free(m);
	}
	assert_int_equal(wrong, 0);
	assert_true(bad >= 60);
}

/* The response to a malformed request is sound, except for fields that the
 * request lacks, and never has a control character. */
static void
test_answers(void **state)
{
	struct sockaddr_storage nowhere = {0};
	size_t i, k, answered = 0;

	(void)state;
	for (i = 0; i < COUNT(cases); i++) {
		struct span in = {
		    (const unsigned char *)cases[i].in, cases[i].n};
		struct sip_msg *m = sip_parse(in, span_str("hello"), true);
		struct buf out = {0};

		if (sip_answer(&out, m, 400, NULL, "t", &nowhere) == -1) {
			assert_int_equal(out.n, 0);
			sip_free(m);
			continue;
		}
		answered++;
		sip_finish(&out, span_str(""));
		for (k = 0; k < out.n; k++)
			if (out.p[k] == 0x7f ||
			    (out.p[k] < ' ' && out.p[k] != '\r' &&
				out.p[k] != '\n'))
				fail_msg("%s: %02X", cases[i].name, out.p[k]);
		sip_free(m);
		m = sip_parse(span_buf(&out), span_str(""), true);
		assert_int_equal(sip_status(m), 400);
		assert_true(sip_header_count(m, "Via") > 0);
		sip_free(m);
		buf_free(&out);
	}
	assert_true(answered > 100);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_malformed),
	    cmocka_unit_test(test_answers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
