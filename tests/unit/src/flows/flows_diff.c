/* Where two messages, values and certificates differ, line by line. */
#include "tests/unit/keys/keys_check.h"

#include "src/app/verb.h"
#include "src/flows/diff_priv.h"

/* These two stand in for src/app/verb.c. The first keeps the last words. */
static char words[1200];

int
verb_fail(const struct err *e)
{
	snprintf(words, sizeof(words), "%s", e->text);
	return e->exit;
}

int
verb_keystore(
    const struct config *c, bool create, struct keystore **out, struct err *e)
{
	(void)c;
	(void)create;
	(void)out;
	return err_set(e, EX_SOFTWARE, "there is none");
}

static struct differ
begin(void)
{
	static char file[] = "f";

	return (struct differ){.dirs = {"A", "B"}, .file = file};
}

static void
says(struct differ *d, const char *wanted)
{
	buf_add(&d->out, "", 1);
	assert_string_equal((char *)d->out.p, wanted);
	assert_int_equal(d->differ, wanted[0] != '\0' || d->exit != 0);
	buf_free(&d->out);
}

static void
asn1_differs(struct span a, struct span b, int exit, const char *wanted)
{
	struct differ d = begin();

	differ_asn1(&d, NULL, a, b);
	assert_int_equal(d.exit, exit);
	says(&d, wanted);
}

#define DER(s) ((struct span){(const unsigned char *)(s), sizeof(s) - 1})

static void
values_are_aligned(void **state)
{
	(void)state;
	/* One integer more, and one other, do not make the rest differ. */
	asn1_differs(DER("\x30\x09\2\1\1\2\1\2\2\1\3"),
	    DER("\x30\x0c\2\1\1\2\1\7\2\1\2\2\1\3"), 0,
	    "f: none | 5: INTEGER: 7, only in B\n");
	asn1_differs(DER("\x30\x09\2\1\1\2\1\2\2\1\3"),
	    DER("\x30\x06\2\1\1\2\1\3"), 0,
	    "f: 5 | none: INTEGER: 2, only in A\n");
	asn1_differs(DER("\x30\x06\2\1\1\2\1\2"), DER("\x30\x06\2\1\1\2\1\5"),
	    0, "f: 5 | 5: INTEGER: 2 | 5\n");
	/* Another kind of string is another value. */
	asn1_differs(DER("\x30\4\x0c\2ab"), DER("\x30\4\x13\2ab"), 0,
	    "f: 2 | none: UTF8String: 'ab', only in A\n"
	    "f: none | 2: PrintableString: 'ab', only in B\n");
}

static void
values_have_names(void **state)
{
	(void)state;
	/* { commonName, "a" } */
	asn1_differs(DER("\x30\x08\6\3\x55\4\3\x0c\1\x61"),
	    DER("\x30\x08\6\3\x55\4\3\x0c\1\x62"), 0,
	    "f: 7 | 7: commonName: UTF8String: 'a' | 'b'\n");
	/* A list of it and countryName, of countryName alone. */
	asn1_differs(DER("\x30\x14\x30\x08\6\3\x55\4\3\x0c\1\x61"
			 "\x30\x08\6\3\x55\4\6\x0c\1\x61"),
	    DER("\x30\x0a\x30\x08\6\3\x55\4\6\x0c\1\x61"), 0,
	    "f: 2 | none: SEQUENCE: commonName (10 bytes), only in A\n");
	/* What an OCTET STRING holds is looked into. */
	asn1_differs(DER("\4\5\x30\3\2\1\1"), DER("\4\5\x30\3\2\1\2"), 0,
	    "f: 4 | 4: INTEGER: 1 | 2\n");
}

static void
asn1_of_another_form(void **state)
{
	(void)state;
	asn1_differs(DER("\x30\3\2\1\1"), DER("\x30\x80\2\1\1\0\0"), 0,
	    "f: 0 | 0: SEQUENCE: only the form of its length differs\n");
	asn1_differs(DER("\x30\3\2\1\1"), DER("\x30\3\2\1"), EX_DATAERR,
	    "f: 5 bytes | 4 bytes, from byte 4 on\n");
	/* Broken within: no further. */
	asn1_differs(DER("\x30\3\2\1\1"), DER("\x30\3\2\4\1"), EX_DATAERR,
	    "f: 0 | 0: SEQUENCE: differs (3 bytes | 3 bytes)\n");
	assert_string_equal(words, "B/f: broken ASN.1");
	asn1_differs(DER(""), DER("\x30\3\2\1\1"), 0,
	    "f: none | 0: SEQUENCE: (5 bytes), only in B\n");
}

/* What is hostile ends: depth, and lists that are long. */
static void
asn1_has_bounds(void **state)
{
	struct buf a = {0}, b = {0};
	struct differ d = begin();
	size_t lines = 0;

	(void)state;
	for (int i = 0; i < 8000; i++) {
		buf_add(&a, "\2\1\1", 3);
		buf_add(&b, "\2\1\2", 3);
	}
	differ_asn1(&d, NULL, span_buf(&a), span_buf(&b));
	for (size_t i = 0; i < d.out.n; i++)
		lines += d.out.p[i] == '\n';
	assert_int_equal(lines, 1001);
	assert_string_equal(
	    strstr((char *)d.out.p, "f: and more"), "f: and more\n");
	buf_free(&d.out);
	buf_free(&a);
	buf_free(&b);
	for (int i = 0; i < 200; i++) {
		buf_add(&a, "\x30\x80", 2);
		buf_add(&b, "\x30\x80", 2);
	}
	buf_add(&b, "\2", 1);
	d = begin();
	differ_asn1(&d, NULL, span_buf(&a), span_buf(&b));
	assert_int_equal(d.exit, EX_DATAERR);
	buf_free(&d.out);
	buf_free(&a);
	buf_free(&b);
}

static void
message_differs(const char *a, const char *b, int exit, const char *wanted)
{
	struct differ d = begin();

	differ_message(&d, 1, span_str(a), span_str(b));
	assert_int_equal(d.exit, exit);
	says(&d, wanted);
}

#define START "MESSAGE sip:a@b SIP/2.0\r\n"
#define END "Content-Length: 0\r\n\r\n"

static void
fields_differ(void **state)
{
	(void)state;
	message_differs(START "Subject: a\r\n" END, START "Subject: b\r\n" END,
	    0, "f: Subject: \"a\" | \"b\"\n");
	message_differs(START END, START "Subject: b\r\n" END, 0,
	    "f: Subject: none | \"b\"\n");
	message_differs(START END, "MESSAGE sip:a@c SIP/2.0\r\n" END, 0,
	    "f: start line: \"MESSAGE sip:a@b SIP/2.0\" | "
	    "\"MESSAGE sip:a@c SIP/2.0\"\n");
	message_differs(START "Accept: a\r\nAccept: b\r\n" END,
	    START "Accept: a\r\nAccept: c\r\n" END, 0,
	    "f: Accept 2: \"b\" | \"c\"\n");
	message_differs(START "To: <sip:a>\r\nFrom: <sip:b>\r\n" END,
	    START "From: <sip:b>\r\nTo: <sip:a>\r\n" END, 0,
	    "f: order of fields: \"To, From\" | \"From, To\"\n");
	/* The same, written in another way. */
	message_differs(START "Subject: a b\r\n" END, START "s:a\r\n b\r\n" END,
	    0,
	    "f: Subject: form of the line: \"Subject: a b\\u{D}\\u{A}\" | "
	    "\"s:a\\u{D}\\u{A} b\\u{D}\\u{A}\"\n");
	message_differs(START "Subject: \x1b[31m\r\n" END,
	    START "Subject:\r\n" END, 0,
	    "f: Subject: \"\\u{1B}[31m\" | \"\"\n");
}

static void
parameters_differ(void **state)
{
	(void)state;
	message_differs(START "Via: SIP/2.0/TLS a;branch=x;rport\r\n" END,
	    START "v: SIP/2.0/TLS a;branch=y;ttl=1\r\n" END, 0,
	    "f: Via: branch: \"x\" | \"y\"\n"
	    "f: Via: rport: \"\" | none\n"
	    "f: Via: ttl: none | \"1\"\n");
	message_differs(START "To: <sip:a;x=1>;tag=1\r\n" END,
	    START "To: <sip:a;x=2>;tag=1\r\n" END, 0,
	    "f: To: \"<sip:a;x=1>\" | \"<sip:a;x=2>\"\n");
	message_differs(START "To: <sip:a>;x=1;tag=1\r\n" END,
	    START "To: <sip:a>;tag=1;x=1\r\n" END, 0,
	    "f: To: order of parameters: \"x, tag\" | \"tag, x\"\n");
	/* More than one value is compared whole. */
	message_differs(START "Via: SIP/2.0/TLS a, SIP/2.0/TLS b\r\n" END,
	    START "Via: SIP/2.0/TLS a, SIP/2.0/TLS c\r\n" END, 0,
	    "f: Via: \"SIP/2.0/TLS a, SIP/2.0/TLS b\" | "
	    "\"SIP/2.0/TLS a, SIP/2.0/TLS c\"\n");
}

#define PARTS START "Content-Type: multipart/mixed;boundary=x\r\n"
#define ONE "--x\r\nContent-Type: text/plain\r\n\r\nhello\r\n"

static void
parts_differ(void **state)
{
	(void)state;
	message_differs(PARTS "\r\n" ONE "--x--",
	    PARTS "\r\n"
		  "--x\r\nContent-Type: text/html\r\n\r\nhullo\r\n--x--",
	    0,
	    "f: part 1: Content-Type: \"text/plain\" | \"text/html\"\n"
	    "f: part 1: content: \"hello\" | \"hullo\"\n");
	message_differs(PARTS "\r\n" ONE "--x--", PARTS "\r\n" ONE ONE "--x--",
	    0, "f: part 2: only in B\n");
	message_differs(PARTS "\r\n" ONE "--x--", PARTS "\r\n" ONE "--x--\r\n",
	    0, "f: around the parts: 7 | 9 bytes behind the last part\n");
	message_differs(START "Content-Type: application/pkcs7-mime\r\n"
			      "Content-Length: 5\r\n\r\n\x30\3\2\1\1",
	    START "Content-Type: application/pkcs7-mime\r\n"
		  "Content-Length: 5\r\n\r\n\x30\3\2\1\2",
	    0, "f: blob 1: 2 | 2: INTEGER: 1 | 2\n");
	message_differs("nothing\n", START END, EX_DATAERR,
	    "f: \"nothing\\u{A}\" | \"MESSAGE sip:a@b SIP/2.0\\u{D}\\u{A}"
	    "Content-Length: 0\\u{D}\\u{A}\\u{D}\\u{A}\"\n");
}

/* A long text is cut to where it differs. */
static void
texts_are_cut(void **state)
{
	struct differ d = begin();
	char a[201], b[201];

	(void)state;
	memset(a, 'a', 200);
	memset(b, 'a', 200);
	a[200] = b[200] = '\0';
	b[150] = 'b';
	differ_texts(&d, "w", span_str(a), span_str(b));
	says(&d,
	    "f: w: \"..."
	    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	    "...\" | \"..."
	    "aaaaaaaaaaaaaaaaaaaabaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	    "...\"\n");
}

static void
pem_differs(void **state)
{
	struct differ d = begin();

	(void)state;
	differ_pem(&d,
	    span_str("-----BEGIN PRIVATE KEY-----\nAAAA\n"
		     "-----END PRIVATE KEY-----\n"),
	    span_str("-----BEGIN PRIVATE KEY-----\nAAAB\n"
		     "-----END PRIVATE KEY-----\n"));
	differ_pem(&d,
	    span_str("-----BEGIN X-----\nMAMCAQE=\n-----END X-----\n"),
	    span_str("-----BEGIN X-----\nMAMCAQI=\n-----END X-----\n"));
	differ_pem(&d, span_str("x"), span_str("y"));
	differ_pem(&d, span_str("x"),
	    span_str("-----BEGIN X-----\nMAMCAQI=\n-----END X-----\n"));
	assert_int_equal(d.exit, 0);
	says(&d,
	    "f: the private keys differ\n"
	    "f: 2 | 2: INTEGER: 1 | 2\n"
	    "f: only what is around the PEM differs\n"
	    "f: PEM is only in B\n");
	d = begin();
	differ_pem(&d,
	    span_str("-----BEGIN X-----\nMAMCAQE=\n-----END X-----\n"),
	    span_str("-----BEGIN X-----\n****\n-----END X-----\n"));
	assert_int_equal(d.exit, EX_DATAERR);
	says(&d, "");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(values_are_aligned),
	    cmocka_unit_test(values_have_names),
	    cmocka_unit_test(asn1_of_another_form),
	    cmocka_unit_test(asn1_has_bounds),
	    cmocka_unit_test(fields_differ),
	    cmocka_unit_test(parameters_differ),
	    cmocka_unit_test(parts_differ),
	    cmocka_unit_test(texts_are_cut),
	    cmocka_unit_test(pem_differs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
