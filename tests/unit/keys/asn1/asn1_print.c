/* ASN.1 printed: as the draft prints it, and whatever comes. */
#include "tests/unit/keys/keys_make.h"

#include "keys/asn1/asn1_print.h"

static bool
is_blank(char c)
{
	return c == ' ' || c == '\n' || c == '\t' || c == '\r';
}

/* The length of "123:" at p, where a value begins; 0 where none does. */
static size_t
begins(const char *p)
{
	size_t n = strspn(p, "0123456789");

	return n > 0 && p[n] == ':' ? n + 1 : 0;
}

/* A parse with a line for each value and no blank in it: where lines were
 * broken to fit a page is layout, and so is the ':' of the lines below. */
static struct buf
records(const char *text)
{
	struct buf out = {0};

	while (*text != '\0') {
		size_t n;

		text += strspn(text, " ");
		n = begins(text);
		if (n > 0 && out.n > 0)
			buf_adds(&out, "\n");
		if (n == 0 && *text == ':')
			text++;
		for (; *text != '\0' && *text != '\n'; text++)
			if (!is_blank(*text))
				buf_add(&out, text, 1);
		text += *text == '\n';
	}
	return out;
}

static void
the_draft_is_agreed_with(void **state)
{
	char name[64];
	int i;

	(void)state;
	for (i = 1; i <= 4; i++) {
		struct buf der, text, ours = {0}, got, wanted;
		struct err e;

		snprintf(name, sizeof(name),
		    "tests/vectors/sec-flows/blob%d.der", i);
		der = get_source(name);
		snprintf(name, sizeof(name),
		    "tests/vectors/sec-flows/blob%d.txt", i);
		text = get_source(name);
		assert_int_equal(asn1_print(&ours, span_buf(&der), 0, &e), 0);
		got = records((char *)ours.p);
		wanted = records((char *)text.p);
		assert_string_equal((char *)got.p, (char *)wanted.p);
		buf_free(&der);
		buf_free(&text);
		buf_free(&ours);
		buf_free(&got);
		buf_free(&wanted);
	}
}

#define BYTES(s) ((struct span){(const unsigned char *)(s), sizeof(s) - 1})

static void
prints(struct span der, const char *wanted)
{
	struct buf out = {0};
	struct err e = {0};

	if (asn1_print(&out, der, 0, &e) != 0)
		fail_msg("%s", e.text);
	assert_string_equal((char *)out.p, wanted);
	buf_free(&out);
}

/* Printed as far as it goes, and the words end in why. */
static void
breaks(struct span der, const char *printed, const char *why)
{
	struct buf out = {0};
	struct err e = {0};

	assert_int_equal(asn1_print(&out, der, 0, &e), -1);
	assert_int_equal(e.exit, EX_DATAERR);
	if (strstr(e.text, why) == NULL)
		fail_msg("\"%s\" in: %s", why, e.text);
	if (printed != NULL)
		assert_string_equal((char *)out.p, printed);
	buf_free(&out);
}

static void
values_are_told(void **state)
{
	(void)state;
	prints(BYTES("\x02\x01\xff"), "   0:INTEGER -1\n");
	prints(BYTES("\x02\x04\x7f\xff\xff\xff"), "   0:INTEGER 2147483647\n");
	prints(BYTES("\x02\x05\x01\x02\x03\x04\x05"),
	    "   0:INTEGER 01 02 03 04 05\n");
	prints(BYTES("\x01\x01\xff"), "   0:BOOLEAN TRUE\n");
	prints(BYTES("\x05\x00"), "   0:NULL\n");
	prints(BYTES("\x30\x00"), "   0:SEQUENCE {}\n");
	prints(BYTES("\x06\x03\x55\x04\x03"),
	    "   0:OBJECT IDENTIFIER commonName (2 5 4 3)\n");
	prints(BYTES("\x06\x03\x88\x37\x01"),
	    "   0:OBJECT IDENTIFIER '2 999 1'\n");
	/* one that only OpenSSL has a name for */
	prints(BYTES("\x06\x03\x55\x1d\x09"),
	    "   0:OBJECT IDENTIFIER X509v3 "
	    "Subject Directory Attributes (2 5 29 9)\n");
	prints(BYTES("\x03\x02\x05\xa0"),
	    "   0:BIT STRING 5 unused bits\n    :  '101'B\n");
	prints(BYTES("\x17\x0d"
		     "051119233450Z"),
	    "   0:UTCTime 19/11/2005 23:34:50 GMT\n");
	prints(BYTES("\x18\x0f"
		     "20501119233450Z"),
	    "   0:GeneralizedTime 19/11/2050 23:34:50 GMT\n");
	prints(BYTES("\x17\x03xyz"), "   0:UTCTime 'xyz'\n");
	prints(BYTES("\x1e\x04\x00"
		     "a\x20\x2e"),
	    "   0:BMPString 'a\\u202E'\n");
	prints(BYTES("\x0c\x05"
		     "a\n\xe2\x80\xae"),
	    "   0:UTF8String 'a\\x0A\\xE2\\x80\\xAE'\n");
	prints(BYTES("\x9f\x81\x01\x01\x07"), "   0:[129] 07\n");
	prints(BYTES("\x5e\x01\x07"), "   0:[APPLICATION 30] 07\n");
	prints(BYTES("\x04\x04\x30\x02\x05\x00"),
	    "   0:OCTET STRING, encapsulates {\n   2:  SEQUENCE {\n"
	    "   4:    NULL\n    :    }\n    :  }\n");
	/* BER */
	prints(BYTES("\x30\x80\x24\x80\x04\x01\x61\x00\x00\x00\x00"),
	    "   0:SEQUENCE {\n   2:  OCTET STRING {\n"
	    "   4:    OCTET STRING 61\n    :    }\n    :  }\n");
	prints(BYTES("\x30\x80\x00\x00"), "   0:SEQUENCE {}\n");
}

static void
what_is_broken_is_told(void **state)
{
	struct buf deep = {0}, many = {0};
	int i;

	(void)state;
	breaks(BYTES(""), NULL, "no byte");
	breaks(BYTES("\x30"), NULL, "byte 0: the length is cut off");
	breaks(BYTES("\x30\x82\x01"), NULL, "length is cut off");
	breaks(BYTES("\x1f\x81"), NULL, "tag is cut off");
	breaks(BYTES("\x1f\xff\xff\xff\xff\xff\x01\x00"), NULL,
	    "tag is too large");
	breaks(BYTES("\x30\x89\x01\x02\x03\x04\x05\x06\x07\x08\x09"), NULL,
	    "length is too large");
	breaks(BYTES("\x30\x88\xff\xff\xff\xff\xff\xff\xff\xff"), NULL,
	    "length is too large");
	breaks(BYTES("\x04\x80"), NULL, "primitive value has no length");
	breaks(BYTES("\x05\x00\x00"),
	    "   0:NULL\n"
	    "   2:broken here: there are more bytes behind its end\n",
	    "byte 2: there are more");
	breaks(BYTES("\x30\x06\x02\x01\x05\x02\x05\x01"),
	    "   0:SEQUENCE {\n   2:  INTEGER 5\n   5:  INTEGER 1\n"
	    "   8:  broken here: it ends before the last value does\n"
	    "    :  }\n",
	    "byte 8");
	breaks(BYTES("\x30\x04\x02\x7f\x01\x02"), NULL, "byte 6: it ends");
	breaks(BYTES("\x30\x80\x05\x00"), NULL, "byte 4: a value has no end");
	breaks(BYTES("\x30\x80"), NULL, "no end");
	breaks(BYTES("\x03\x01\x03"), NULL, "unused bits");
	breaks(BYTES("\x03\x00"), NULL, "unused bits");
	for (i = 0; i < 10000; i++)
		buf_adds(&deep, "\x30\x80");
	breaks(span_buf(&deep), NULL, "too deep");
	buf_adds(&many, "\x30\x80");
	for (i = 0; i < 70000; i++)
		buf_add(&many, "\x05\x00", 2);
	breaks(span_buf(&many), NULL, "too many values");
	buf_free(&deep);
	buf_free(&many);
}

/* Every single byte of a certificate and a message changed, and cut off at
 * every length: nothing but printable lines comes, and all is in bounds. */
static void
anything_may_come(void **state)
{
	static const char *const files[] = {"tests/vectors/sec-flows/blob1.der",
	    "tests/vectors/sec-flows/blob2.der"};
	size_t f, i, k;

	(void)state;
	for (f = 0; f < 2; f++) {
		struct buf der = get_source(files[f]);

		for (i = 0; i < der.n; i++) {
			struct buf out = {0};
			struct err e;
			/* Its own allocation, so that ASan sees one byte
			 * more. */
			unsigned char *cut = malloc(i + 1);
			unsigned char old = der.p[i];

			memcpy(cut, der.p, i + 1);
			assert_int_equal(
			    asn1_print(&out, (struct span){cut, i + 1}, 0, &e),
			    i + 1 < der.n ? -1 : 0);
			free(cut);
			der.p[i] = (unsigned char)(old ^ (0x80 >> i % 8));
			(void)asn1_print(&out, span_buf(&der), i % 4, &e);
			der.p[i] = 0x80;
			(void)asn1_print(&out, span_buf(&der), i % 4, &e);
			der.p[i] = old;
			for (k = 0; k < out.n; k++)
				assert_true(out.p[k] == '\n' ||
				    (out.p[k] >= 0x20 && out.p[k] < 0x7f));
			buf_free(&out);
		}
		buf_free(&der);
	}
}

/* Two of a kind by other keys print the same lines when chance is hidden, and
 * other ones when it is not; offsets as hide says. */
static void
alike(struct buf a, struct buf b, unsigned hide, const char *line)
{
	struct buf out[4] = {{0}};
	struct err e;

	assert_int_equal(asn1_print(&out[0], span_buf(&a), 0, &e), 0);
	assert_int_equal(asn1_print(&out[1], span_buf(&b), 0, &e), 0);
	assert_string_not_equal((char *)out[0].p, (char *)out[1].p);
	assert_int_equal(asn1_print(&out[2], span_buf(&a), hide, &e), 0);
	assert_int_equal(asn1_print(&out[3], span_buf(&b), hide, &e), 0);
	assert_string_equal((char *)out[2].p, (char *)out[3].p);
	if (strstr((char *)out[2].p, line) == NULL)
		fail_msg("no \"%s\" in:\n%s", line, (char *)out[2].p);
	buf_free(&a);
	buf_free(&b);
	buf_free(&out[0]);
	buf_free(&out[1]);
	buf_free(&out[2]);
	buf_free(&out[3]);
}

static struct buf
cert_der(const struct ident *i)
{
	unsigned char *der = NULL;
	struct buf b = {0};
	int n = i2d_X509(i->cert, &der);

	buf_add(&b, der, (size_t)n);
	OPENSSL_free(der);
	return b;
}

/* One made for all times, since the clock goes on between two. */
static struct ident
timeless(const struct say *say)
{
	struct ident i = make_cert(NULL, say);

	ASN1_TIME_set_string_X509(X509_getm_notBefore(i.cert), "250101000000Z");
	ASN1_TIME_set_string_X509(X509_getm_notAfter(i.cert), "450101000000Z");
	X509_sign(i.cert, i.key, EVP_sha256());
	return i;
}

static void
chance_is_hidden_with(const char *type, unsigned hide)
{
	const struct say say = {.cn = "alice",
	    .serial = 7,
	    .key_type = type,
	    .san = "URI:sip:alice@example.com,IP:127.0.0.1"};
	struct ident a = timeless(&say), b = timeless(&say);
	const bool blank = (hide & ASN1_HIDE_OFFSETS) != 0;
	struct span text = span_str(HELLO);
	unsigned flags = CMS_DETACHED | CMS_NOCERTS | CMS_NOATTR;

	alike(sign_der(text, &a, flags, NULL), sign_der(text, &b, flags, NULL),
	    hide,
	    blank ? "    :  OBJECT IDENTIFIER signedData"
		  : "\n   4:  OBJECT IDENTIFIER signedData");
	alike(seal_der(text, a.cert, EVP_aes_128_cbc()),
	    seal_der(text, b.cert, EVP_aes_128_cbc()), hide,
	    ":        [0] <random>\n");
	alike(seal_der(text, a.cert, EVP_aes_128_gcm()),
	    seal_der(text, b.cert, EVP_aes_128_gcm()), hide,
	    "OCTET STRING <random>\n");
	/* What is text, or short, stays: names, usages, numbers. */
	alike(cert_der(&a), cert_der(&b), hide,
	    ":              [6] 'sip:alice@example.com'\n");
	alike(cert_der(&a), cert_der(&b), hide, "[7] 7F 00 00 01\n");
	alike(cert_der(&a), cert_der(&b), hide, "INTEGER 7\n");
	alike(cert_der(&a), cert_der(&b), hide, "UTF8String 'alice'\n");
	/* The text that an opaque signature holds is no chance. */
	alike(sign_der(text, &a, CMS_NOCERTS | CMS_NOATTR, NULL),
	    sign_der(text, &b, CMS_NOCERTS | CMS_NOATTR, NULL), hide,
	    "  43 6F 6E 74 65 6E 74 2D");
	drop_ident(&a);
	drop_ident(&b);
}

static void
chance_is_hidden(void **state)
{
	int i;

	(void)state;
	chance_is_hidden_with("rsa:2048", ASN1_HIDE_RANDOM);
	/* often enough for signatures of several lengths */
	for (i = 0; i < 20; i++)
		chance_is_hidden_with(
		    "P-256", ASN1_HIDE_RANDOM | ASN1_HIDE_OFFSETS);
}

static void
offsets_alone_are_hidden(void **state)
{
	struct buf out = {0};
	struct err e;

	(void)state;
	assert_int_equal(asn1_print(&out,
			     BYTES("\x30\x0e\x02\x01\x05\x04\x09"
				   "123456789"),
			     ASN1_HIDE_OFFSETS, &e),
	    0);
	assert_string_equal((char *)out.p,
	    "    :SEQUENCE {\n"
	    "    :  INTEGER 5\n    :  OCTET STRING\n"
	    "    :    31 32 33 34 35 36 37 38 39\n    :  }\n");
	buf_free(&out);
	assert_int_equal(asn1_print(&out,
			     BYTES("\x30\x0e\x02\x01\x05\x04\x09"
				   "123456789"),
			     ASN1_HIDE_RANDOM, &e),
	    0);
	assert_string_equal((char *)out.p,
	    "   0:SEQUENCE {\n"
	    "   2:  INTEGER 5\n   5:  OCTET STRING <random>\n    :  }\n");
	buf_free(&out);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_draft_is_agreed_with),
	    cmocka_unit_test(values_are_told),
	    cmocka_unit_test(what_is_broken_is_told),
	    cmocka_unit_test(anything_may_come),
	    cmocka_unit_test(chance_is_hidden),
	    cmocka_unit_test(offsets_alone_are_hidden),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
