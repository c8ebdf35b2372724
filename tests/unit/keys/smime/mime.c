/* MIME entities: read byte for byte, and strictly. */
#include "tests/unit/keys/keys_check.h"

#include "keys/smime/mime.h"

static void
test_type(void **state)
{
	struct mime_type t;

	(void)state;
	assert_int_equal(
	    mime_type_parse(
		span_str(
		    "Multipart / Signed;\r\n "
		    "protocol=\"application/pkcs7-signature\" ; MICALG=sha-256;"
		    "boundary=\"a \\\"b\""),
		&t),
	    0);
	assert_string_equal(t.name, "multipart/signed");
	assert_false(t.bad);
	assert_string_equal(
	    mime_param(&t, "protocol"), "application/pkcs7-signature");
	assert_string_equal(mime_param(&t, "micalg"), "sha-256");
	assert_string_equal(mime_param(&t, "boundary"), "a \"b");
	assert_null(mime_param(&t, "charset"));
	mime_type_free(&t);
}

static void
test_bad_types(void **state)
{
	static const char *const none[] = {"", "text", "text/", "/plain",
	    ";charset=utf-8", "te xt/plain", "\"text\"/plain"};
	static const char *const bad[] = {"text/plain;", "text/plain x",
	    "text/plain;charset", "text/plain;charset=", "text/plain;=x",
	    "text/plain;charset=a;Charset=b", "text/plain;;charset=a",
	    "multipart/signed;boundary*0=a;boundary*1=b",
	    "text/plain;charset*=utf-8''x", "text/plain;charset=\"x",
	    "text/plain;charset=a b", "text/plain;charset=a/b",
	    "text/plain;charset=\"a\nb\"", "text/plain, text/html",
	    "text/plain (comment)"};
	struct mime_type t;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(none); i++)
		if (mime_type_parse(span_str(none[i]), &t) != -1)
			fail_msg("\"%s\" is a type", none[i]);
	for (i = 0; i < COUNT(bad); i++) {
		assert_int_equal(mime_type_parse(span_str(bad[i]), &t), 0);
		if (!t.bad)
			fail_msg("\"%s\" is taken", bad[i]);
		mime_type_free(&t);
	}
}

static void
test_too_many_params(void **state)
{
	struct buf b = {0};
	struct mime_type t;
	int i;

	(void)state;
	buf_adds(&b, "text/plain");
	for (i = 0; i <= MIME_PARAMS_MAX; i++)
		buf_addf(&b, ";p%d=x", i);
	assert_int_equal(mime_type_parse(span_buf(&b), &t), 0);
	assert_true(t.bad);
	mime_type_free(&t);
	buf_free(&b);
}

static void
test_entity(void **state)
{
	struct mime_entity e;

	(void)state;
	assert_int_equal(
	    mime_entity_parse(
		span_str("X-A: 1\r\ncontent-TYPE: "
			 "text/plain;\r\n "
			 "charset=utf-8\r\nContent-Transfer-Encoding : "
			 "binary\r\n\r\nhello\r\n"),
		&e),
	    0);
	assert_true(span_is(e.content_type, "text/plain;\r\n charset=utf-8"));
	assert_true(span_is(e.transfer_encoding, "binary"));
	assert_true(span_is(e.body, "hello\r\n"));
	assert_int_equal(mime_entity_parse(span_str("\r\nhello"), &e), 0);
	assert_int_equal(e.content_type.n, 0);
	assert_true(span_is(e.body, "hello"));
	assert_int_equal(mime_entity_parse(span_str("A: b\n\nhello"), &e), 0);
	assert_true(span_is(e.body, "hello"));
	assert_int_equal(mime_entity_parse(span_str("A: b\r\n"), &e), 0);
	assert_int_equal(e.body.n, 0);
}

static void
test_no_entity(void **state)
{
	static const char *const bad[] = {"", "hello", "hello\r\n\r\nx",
	    " folded: first\r\n\r\n", ": empty\r\n\r\n", "A: b",
	    "A: b\r\nnothing\r\n\r\n", "A: b\rC: d\r\n\r\n", "A b: c\r\n\r\n",
	    "1i0\x18: x\r\n\r\n", "\xc3\xa9: x\r\n\r\n",
	    "Content-Type: text/plain\r\ncontent-type: a/b\r\n\r\nx",
	    "Content-Transfer-Encoding: 8bit\r\n"
	    "Content-Transfer-Encoding: base64\r\n\r\nx"};
	struct mime_entity e;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(bad); i++)
		if (mime_entity_parse(span_str(bad[i]), &e) != -1)
			fail_msg("case %zu, \"%s\", is taken", i, bad[i]);
	assert_int_equal(
	    mime_entity_parse(
		(struct span){(const unsigned char *)"A: \0\r\n\r\n", 8}, &e),
	    -1);
}

static void
test_split(void **state)
{
	struct span parts[3];
	size_t n;

	(void)state;
	assert_int_equal(
	    mime_split(span_str("preamble\r\n--b \t\r\none\r\n"
				"\r\n--b\r\n\r\n--b-- \r\n--b\r\nepilogue"),
		"b", parts, 3, &n),
	    MIME_SPLIT_OK);
	assert_int_equal(n, 2);
	assert_true(span_is(parts[0], "one\r\n"));
	assert_int_equal(parts[1].n, 0);
	assert_int_equal(mime_split(span_str("--b\r\n1\r\n--b\r\n2\r\n--b--"),
			     "b", parts, 1, &n),
	    MIME_SPLIT_MANY);
	/* a bare LF is no line end, so this is one part */
	assert_int_equal(mime_split(span_str("--b\r\n1\n--b\n2\r\n--b--"), "b",
			     parts, 3, &n),
	    MIME_SPLIT_OK);
	assert_int_equal(n, 1);
	assert_true(span_is(parts[0], "1\n--b\n2"));
}

static void
test_broken_split(void **state)
{
	static const char *const bad[] = {"", "--b", "--b--", "--b\r\none",
	    "--b\r\none\r\n--b", "--b\r\none\r\n--b\r\n", "--b\r\none\r\n--b-",
	    "--b\r\none\r\n--b--x", "--b\r\none\r\n--bc\r\n\r\n--b--",
	    "--b\r\n--b--", "-b\r\none\r\n-b--", "--b\none\n--b--",
	    " --b\r\n1\r\n--b--"};
	struct span parts[3];
	size_t i, n;

	(void)state;
	for (i = 0; i < COUNT(bad); i++)
		if (mime_split(span_str(bad[i]), "b", parts, 3, &n) !=
		    MIME_SPLIT_BROKEN)
			fail_msg("\"%s\" is taken", bad[i]);
}

static void
test_boundary(void **state)
{
	char seventy[72];

	(void)state;
	memset(seventy, 'x', 71);
	seventy[71] = '\0';
	assert_false(mime_boundary_ok(seventy));
	seventy[70] = '\0';
	assert_true(mime_boundary_ok(seventy));
	assert_true(mime_boundary_ok("a'()+_,-./:=? 9"));
	assert_false(mime_boundary_ok(""));
	assert_false(mime_boundary_ok("a "));
	assert_false(mime_boundary_ok("a\"b"));
	assert_false(mime_boundary_ok("a\tb"));
	assert_false(mime_boundary_ok("\xc3\xa9"));
}

static void
test_decode(void **state)
{
	static const struct {
		const char *coding, *in, *out;
		enum mime_coding rc;
	} cases[] = {
	    {"", "a=b", "a=b", MIME_CODING_OK},
	    {" Binary", "x", "x", MIME_CODING_OK},
	    {"8BIT", "x", "x", MIME_CODING_OK},
	    {"base64", "aGVs\r\nbG8=", "hello", MIME_CODING_OK},
	    {"BASE64", "aGVsbG8h\r\n", "hello!", MIME_CODING_OK},
	    {"base64", "", "", MIME_CODING_OK},
	    {"base64", "aGVsbG8", "", MIME_CODING_BROKEN},
	    {"base64", "aGVsbG9=", "", MIME_CODING_BROKEN},
	    {"base64", "aGVsbG8=aGVs", "", MIME_CODING_BROKEN},
	    {"base64", "aGVs*G8=", "", MIME_CODING_BROKEN},
	    {"base64", "====", "", MIME_CODING_BROKEN},
	    {"base64", "a===", "", MIME_CODING_BROKEN},
	    {"quoted-printable", "a=3D=\r\nb=c3", "a=b\xc3", MIME_CODING_OK},
	    {"quoted-printable", "a= \t\r\nb", "ab", MIME_CODING_OK},
	    {"quoted-printable", "a=3", "", MIME_CODING_BROKEN},
	    {"quoted-printable", "a=zz", "", MIME_CODING_BROKEN},
	    {"x-uuencode", "a", "", MIME_CODING_UNKNOWN},
	    {"base64 x", "a", "", MIME_CODING_UNKNOWN},
	};
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(cases); i++) {
		struct buf store = {0};
		struct span out;

		if (mime_decode(span_str(cases[i].coding),
			span_str(cases[i].in), &store, &out) != cases[i].rc)
			fail_msg("case %zu (\"%s\")", i, cases[i].in);
		if (cases[i].rc == MIME_CODING_OK)
			assert_true(span_is(out, cases[i].out));
		buf_free(&store);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_type),
	    cmocka_unit_test(test_bad_types),
	    cmocka_unit_test(test_too_many_params),
	    cmocka_unit_test(test_entity),
	    cmocka_unit_test(test_no_entity),
	    cmocka_unit_test(test_split),
	    cmocka_unit_test(test_broken_split),
	    cmocka_unit_test(test_boundary),
	    cmocka_unit_test(test_decode),
	};

	return cmocka_run_group_tests_name("keys_mime", tests, NULL, NULL);
}
