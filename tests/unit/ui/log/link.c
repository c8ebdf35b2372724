/* Links in texts, and words that stand out. */
#include "tests/unit/src/sip/sip_test.h"

#include "ui/log/highlight.h"
#include "ui/log/link.h"

/* The links of a text, with blanks between. */
static const char *
links(const char *text)
{
	static char out[8192];
	struct span s = span_str(text);
	size_t from, to, n = 0;

	out[0] = '\0';
	for (size_t at = 0; link_find(s, at, &from, &to); at = to) {
		assert_true(from >= at && to > from && to <= s.n);
		n += (size_t)snprintf(out + n, sizeof(out) - n, "%s%.*s",
		    n > 0 ? " " : "", (int)(to - from), text + from);
	}
	return out;
}

static void
test_links(void **state)
{
	static const struct {
		const char *text, *links;
	} cases[] = {
	    {"", ""},
	    {"no link: here", ""},
	    {"https://example.org", "https://example.org"},
	    {"HTTP://EXAMPLE.ORG/A", "HTTP://EXAMPLE.ORG/A"},
	    {"see http://a.test/x, and sip:bob@b.test.",
		"http://a.test/x sip:bob@b.test"},
	    {"(https://a.test/x)", "https://a.test/x"},
	    {"https://a.test/x_(y)", "https://a.test/x_(y)"},
	    {"[https://a.test/[1]]", "https://a.test/[1]"},
	    {"<mailto:bob@b.test>", "mailto:bob@b.test"},
	    {"\"sips:bob@b.test;transport=tcp\"",
		"sips:bob@b.test;transport=tcp"},
	    {"really https://a.test/?!", "https://a.test/"},
	    {"https:// http:/x sip: sips:.", ""},
	    {"xhttps://a.test gossip:x my-sip:x 9sip:y", ""},
	    {"\xc3\xa9http://a.test", ""},
	    {"javascript:x file:///x ftp://x data:x", ""},
	    /* only printable ASCII; what is behind it does not join it */
	    {"http://a.test/\xc3\xa9", "http://a.test/"},
	    {"http://a.test/e\xcc\x81", "http://a.test/"},
	    {"http://a.test/\xe2\x80\x8b/evil", "http://a.test/"},
	    {"http://a.test/x\nhttp://b.test", "http://a.test/x http://b.test"},
	    {"a|http://a.test|b", "http://a.test"},
	    {"http://a.test/\\x", "http://a.test/"},
	    {"http://a.test/`id`", "http://a.test/"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_string_equal(links(cases[i].text), cases[i].links);
}

/* A row of a wrapped link finds the whole of it, wherever it begins. */
static void
test_within(void **state)
{
	const char *text = "see http://a.test/long/long/long, then";
	struct span s = span_str(text);
	size_t from, to, begin = 4,
			 end = strlen("see http://a.test/long/long/long");

	(void)state;
	for (size_t at = 0; at < end; at++) {
		assert_true(link_find(s, at, &from, &to));
		assert_int_equal(from, begin);
		assert_int_equal(to, end);
	}
	assert_false(link_find(s, end, &from, &to));
	assert_false(link_find(s, s.n, &from, &to));
}

static void
test_bounds(void **state)
{
	static char text[3 * LINK_MAX];
	size_t from, to;

	(void)state;
	memset(text, 'x', sizeof(text) - 1);
	memcpy(text, "http://", 7);
	text[LINK_MAX] = '\0';
	assert_true(link_find(span_str(text), 0, &from, &to));
	assert_int_equal(to, LINK_MAX);
	text[LINK_MAX] = 'x';
	text[LINK_MAX + 1] = '\0';
	assert_false(link_find(span_str(text), 0, &from, &to));
	text[LINK_MAX + 1] = 'x';
	assert_false(link_find(span_str(text), 0, &from, &to));
	assert_false(link_find(span_str(text), LINK_MAX + 5, &from, &to));
}

/* The words that are found, with '|' between. */
static const char *
found(const char *words, const char *text)
{
	static char out[256];
	struct span s = span_str(text), word;
	size_t n = 0;

	out[0] = '\0';
	for (size_t at = 0; highlight_find(span_str(words), s, at, &word);
	     at = (size_t)(word.p + word.n - s.p))
		n += (size_t)snprintf(out + n, sizeof(out) - n, "%s%.*s",
		    n > 0 ? "|" : "", (int)word.n, (const char *)word.p);
	return out;
}

static void
test_highlights(void **state)
{
	(void)state;
	assert_string_equal(found("", "anything"), "");
	assert_string_equal(found(",, ,", "anything , ,,"), "");
	assert_string_equal(found("bob", "Bob, BOB and bobby"), "Bob|BOB");
	assert_string_equal(
	    found("two words, bob", "bob: Two Words"), "bob|Two Words");
	assert_string_equal(found("bob", "kebob bob1 _bob"), "bob");
	assert_string_equal(found("\xc3\x9c"
				  "ber",
				"\xc3\xbc"
				"ber it"),
	    "\xc3\xbc"
	    "ber");
	assert_string_equal(found("ab", "ab\xcc\x81 ab"), "ab");
	assert_string_equal(found("ab",
				"\xff"
				"ab\xff ab"),
	    "ab|ab");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_links),
	    cmocka_unit_test(test_within),
	    cmocka_unit_test(test_bounds),
	    cmocka_unit_test(test_highlights),
	};

	return cmocka_run_group_tests_name("links", tests, NULL, NULL);
}
