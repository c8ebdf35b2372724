/* The filter that makes wire text harmless, widths and rows. */
#include "tests/unit/src/sip/sip_test.h"

#include "src/base/text.h"

struct filter_case {
	const char *name;
	struct span in;
	bool lines;
	const char *out;
};

static const struct filter_case filter_cases[] = {
    {"ASCII passes", TEXT("Hello, world \\ ~"), true, "Hello, world \\ ~"},
    {"UTF-8 passes", TEXT("na\u00efve \u4e2d\u6587 \U0001f600"), true,
	"na\u00efve \u4e2d\u6587 \U0001f600"},
    {"CRLF and LF are one line end", TEXT("a\r\nb\nc"), true, "a\nb\nc"},
    {"LF CR is a line end and a control", TEXT("a\n\rb"), true, "a\n\\u{D}b"},
    {"a lone CR is a control", TEXT("a\rb\r"), true, "a\\u{D}b\\u{D}"},
    {"line ends in one line are controls", TEXT("a\r\nb\n"), false,
	"a\\u{D}\\u{A}b\\u{A}"},
    {"TAB is spaces", TEXT("a\tb"), true, "a    b"},
    {"TAB is spaces in one line", TEXT("\tb"), false, "    b"},
    {"NUL", TEXT("a\0b"), true, "a\\u{0}b"},
    {"ESC [ 2 J", TEXT("\033[2J"), true, "\\u{1B}[2J"},
    {"BEL, BS, SO", TEXT("\a\b\016"), true, "\\u{7}\\u{8}\\u{E}"},
    {"DEL", TEXT("\177"), true, "\\u{7F}"},
    {"C1 CSI as a character",
	TEXT("\xc2\x9b"
	     "2J"),
	true, "\\u{9B}2J"},
    {"C1 NEL is no line end",
	TEXT("a\xc2\x85"
	     "b"),
	true, "a\\u{85}b"},
    {"C1 CSI as a byte",
	TEXT("\x9b"
	     "2J"),
	true, "\\x9B2J"},
    {"right-to-left override", TEXT("a\u202egnp.exe"), true,
	"a\\u{202E}gnp.exe"},
    {"bidi embeddings and isolates",
	TEXT("\u202a\u202b\u202c\u202d\u2066\u2067\u2068\u2069"), true,
	"\\u{202A}\\u{202B}\\u{202C}\\u{202D}"
	"\\u{2066}\\u{2067}\\u{2068}\\u{2069}"},
    {"bidi marks", TEXT("\u200e\u200f\u061c"), true,
	"\\u{200E}\\u{200F}\\u{61C}"},
    {"zero-width space, word joiner, BOM", TEXT("\u200b\u2060\ufeff"), true,
	"\\u{200B}\\u{2060}\\u{FEFF}"},
    {"soft hyphen, combining grapheme joiner", TEXT("a\u00ad\u034f"), true,
	"a\\u{AD}\\u{34F}"},
    {"invisible operators", TEXT("\u2061\u2064\u206a"), true,
	"\\u{2061}\\u{2064}\\u{206A}"},
    {"blank letters", TEXT("\u115f\u1160\u3164\uffa0"), true,
	"\\u{115F}\\u{1160}\\u{3164}\\u{FFA0}"},
    {"tag characters", TEXT("\U0001f3f4\U000e0067\U000e007f"), true,
	"\U0001f3f4\\u{E0067}\\u{E007F}"},
    {"variation selectors that can carry bytes",
	TEXT("\u4e2d\ufe00\U000e0100\U000e01ef"), true,
	"\u4e2d\\u{FE00}\\u{E0100}\\u{E01EF}"},
    {"the emoji selector passes", TEXT("\u2764\ufe0f"), true, "\u2764\ufe0f"},
    {"line and paragraph separators", TEXT("\u2028\u2029"), true,
	"\\u{2028}\\u{2029}"},
    {"noncharacters", TEXT("\xef\xbf\xbe\xf0\x9f\xbf\xbf\xef\xb7\x90"), true,
	"\\u{FFFE}\\u{1FFFF}\\u{FDD0}"},
    {"interlinear annotation", TEXT("\ufff9"), true, "\\u{FFF9}"},

    {"bad: a lone continuation", TEXT("a\x80z"), true, "a\\x80z"},
    {"bad: a cut character", TEXT("\xe2\x82"), true, "\\xE2\\x82"},
    {"bad: overlong slash", TEXT("\xc0\xaf"), true, "\\xC0\\xAF"},
    {"bad: overlong in three", TEXT("\xe0\x80\xaf"), true, "\\xE0\\x80\\xAF"},
    {"bad: overlong NUL", TEXT("\xc0\x80"), true, "\\xC0\\x80"},
    {"bad: a surrogate", TEXT("\xed\xa0\x80"), true, "\\xED\\xA0\\x80"},
    {"bad: above U+10FFFF", TEXT("\xf4\x90\x80\x80"), true,
	"\\xF4\\x90\\x80\\x80"},
    {"bad: FE and FF", TEXT("\xfe\xff"), true, "\\xFE\\xFF"},
    {"bad: Latin-1", TEXT("caf\xe9!"), true, "caf\\xE9!"},

    {"ZWNJ between Persian letters", TEXT("\u0645\u06cc\u200c\u062e"), true,
	"\u0645\u06cc\u200c\u062e"},
    {"ZWJ between emoji", TEXT("\U0001f468\u200d\U0001f469"), true,
	"\U0001f468\u200d\U0001f469"},
    {"ZWJ after the emoji selector", TEXT("\u2764\ufe0f\u200d\U0001f525"), true,
	"\u2764\ufe0f\u200d\U0001f525"},
    {"ZWJ before a virama", TEXT("\u09b0\u200d\u09cd\u09af"), true,
	"\u09b0\u200d\u09cd\u09af"},
    {"ZWJ in one line is shown", TEXT("\U0001f468\u200d\U0001f469"), false,
	"\U0001f468\\u{200D}\U0001f469"},
    {"ZWNJ between ASCII is shown", TEXT("pay\u200cpal"), true,
	"pay\\u{200C}pal"},
    {"ZWNJ after ASCII is shown", TEXT("a\u200c\u0645"), true,
	"a\\u{200C}\u0645"},
    {"ZWNJ before ASCII is shown", TEXT("\u0645\u200ca"), true,
	"\u0645\\u{200C}a"},
    {"ZWNJ at either end is shown", TEXT("\u200c\u0645\u200c"), true,
	"\\u{200C}\u0645\\u{200C}"},
    {"two ZWNJ are shown", TEXT("\u0645\u200c\u200c\u0645"), true,
	"\u0645\\u{200C}\\u{200C}\u0645"},
    {"ZWNJ before a bidi control is shown", TEXT("\u0645\u200c\u202e\u0645"),
	true, "\u0645\\u{200C}\\u{202E}\u0645"},
    {"ZWJ before bad UTF-8 is shown", TEXT("\u0645\u200d\xff"), true,
	"\u0645\\u{200D}\\xFF"},

    {"eight marks pass",
	TEXT("e\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301"), true,
	"e\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301"},
    {"the ninth and later marks are shown",
	TEXT("e\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0302"
	     "\u0303f\u0301"),
	true,
	"e\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\\u{302}"
	"\\u{303}f\u0301"},
    {"ZWJ gives no new room for marks",
	TEXT("\u00e9\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301"
	     "\u200d\u0301"),
	true,
	"\u00e9\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301"
	"\\u{200D}\\u{301}"},
    {"a mark at the start is shown", TEXT("\u0301a"), true, "\\u{301}a"},
    {"a mark at a line's start is shown", TEXT("a\n\u0301b"), true,
	"a\n\\u{301}b"},
    {"a mark on a visible form is shown", TEXT("\033\u0301"), true,
	"\\u{1B}\\u{301}"},
    {"enclosing marks are marks", TEXT("1\ufe0f\u20e3"), true, "1\ufe0f\u20e3"},
    {"Arabic number signs pass", TEXT("\u0600\u06dd"), true, "\u0600\u06dd"},
};

static void
test_filter(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(filter_cases); i++) {
		const struct filter_case *c = &filter_cases[i];
		struct buf out = {0};

		text_escape(&out, c->in, c->lines);
		if (!span_is(span_buf(&out), c->out))
			fail_msg("%s: \"%s\"", c->name, (char *)out.p);
		buf_free(&out);
	}
}

/* Every character there is, alone and after a letter: nothing that can move
 * a cursor comes out, and a second pass finds nothing more to do. */
static void
test_every_character(void **state)
{
	uint32_t c, d;
	size_t at, length;

	(void)state;
	for (c = 0; c < 0x110000; c++) {
		struct buf in = {0}, out = {0}, again = {0};
		unsigned char u[4] = {(unsigned char)(0xf0 | c >> 18),
		    (unsigned char)(0x80 | (c >> 12 & 0x3f)),
		    (unsigned char)(0x80 | (c >> 6 & 0x3f)),
		    (unsigned char)(0x80 | (c & 0x3f))};

		if (c < 0x80)
			u[3] = (unsigned char)c;
		else if (c < 0x800)
			u[2] = (unsigned char)(0xc0 | c >> 6);
		else if (c < 0x10000)
			u[1] = (unsigned char)(0xe0 | c >> 12);
		buf_adds(&in, "a");
		length = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
		buf_add(&in, u + 4 - length, length);
		text_escape(&out, span_buf(&in), true);
		for (at = 0; at < out.n; at += length) {
			length = text_decode(span_buf(&out), at, &d);
			assert_true(length != 0);
			assert_true(
			    d == '\n' || (d >= 0x20 && d < 0x7f) || d >= 0xa0);
			assert_false((d >= 0x202a && d <= 0x202e) ||
			    (d >= 0x2066 && d <= 0x2069) || d == 0xfeff ||
			    (d >= 0x200b && d <= 0x200f) ||
			    (d >= 0xe0000 && d < 0xe1000));
		}
		text_escape(&again, span_buf(&out), true);
		assert_true(span_eq(span_buf(&out), span_buf(&again)));
		buf_free(&in);
		buf_free(&out);
		buf_free(&again);
	}
}

static void
test_line(void **state)
{
	char *s = text_escape_line(BYTES("Bob\r\n\tsays \u202ehi\0"));

	(void)state;
	assert_string_equal(s, "Bob\\u{D}\\u{A}    says \\u{202E}hi\\u{0}");
	free(s);
	s = text_escape_line(BYTES(""));
	assert_string_equal(s, "");
	free(s);
}

static void
test_width(void **state)
{
	static const struct {
		const char *text;
		size_t width;
	} cases[] = {
	    {"", 0},
	    {"abc", 3},
	    {"\u00e9", 1},
	    {"e\u0301\u0301", 1},
	    {"\u4e2d\u6587", 4},
	    {"\uff21", 2},
	    {"\uac00", 2},
	    {"\u1112\u1161\u11ab", 2},
	    {"\U0001f600", 2},
	    {"\u2764\ufe0f", 1},
	    {"\U00020000", 2},
	    {"\u0645\u200c\u062e", 2},
	    {"a\nb", 2},
	    {"\\u{202E}", 8},
	};
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(cases); i++)
		if (text_width(span_str(cases[i].text)) != cases[i].width)
			fail_msg("\"%s\" is not %zu wide", cases[i].text,
			    cases[i].width);
}

static void
test_rows(void **state)
{
	static const struct {
		const char *name, *in, *prefix;
		size_t width;
		const char *out;
	} cases[] = {
	    {"short", "hi", "| ", 80, "| hi\n"},
	    {"empty", "", "| ", 80, "| \n"},
	    {"lines", "a\r\nb\n\nc", "> ", 80, "> a\n> b\n> \n> c\n"},
	    {"the last line end", "a\r\n", "> ", 80, "> a\n"},
	    {"two last line ends", "a\n\n", "> ", 80, "> a\n> \n"},
	    {"an exact fit", "abcdef", "> ", 8, "> abcdef\n"},
	    {"at a space", "ab cd ef", "> ", 7, "> ab cd\n> ef\n"},
	    {"a space that does not fit", "abcde fg", "> ", 7,
		"> abcde\n> fg\n"},
	    {"a long word", "abcdefgh", "> ", 5, "> abc\n> def\n> gh\n"},
	    {"a long word after another", "ab cdefgh", "> ", 6,
		"> ab\n> cdef\n> gh\n"},
	    {"wide characters", "\u4e2d\u6587\u4e2d", "> ", 7,
		"> \u4e2d\u6587\n> \u4e2d\n"},
	    {"marks stay with theirs", "abce\u0301f", "> ", 6,
		"> abce\u0301\n> f\n"},
	    {"a narrow terminal", "abc", "from: ", 3, "from: ab\nfrom: c\n"},
	    {"a forged verdict", "x\nsignature: good", "  ", 80,
		"  x\n  signature: good\n"},
	    {"a forged verdict by wrapping", "xxxxxx signature: good", "  ", 17,
		"  xxxxxx\n  signature: good\n"},
	    {"a wide prefix", "abc", "\u4e2d", 4, "\u4e2dab\n\u4e2dc\n"},
	};
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(cases); i++) {
		struct buf out = {0};

		text_rows(&out, span_str(cases[i].in), cases[i].prefix,
		    cases[i].width);
		if (!span_is(span_buf(&out), cases[i].out))
			fail_msg("%s: \"%s\"", cases[i].name, (char *)out.p);
		buf_free(&out);
	}
}

/* Whatever is in a text, each row has the prefix and fits. */
static void
test_rows_fit(void **state)
{
	struct buf in = {0}, out = {0};
	size_t i, from, to, width;
	unsigned seed = 1;

	(void)state;
	for (i = 0; i < 20000; i++) {
		seed = seed * 1103515245u + 12345u;
		buf_add(&in,
		    &"\n \t\r\x1b"
		     "ab\xe4\xb8\xad\xcc\x81\xff"[(seed >> 16) % 13],
		    1);
	}
	for (width = 5; width < 40; width += 7) {
		out.n = 0;
		text_rows(&out, span_buf(&in), "| ", width);
		for (from = 0; from < out.n; from = to + 1) {
			struct span row;

			to = span_find(span_buf(&out), '\n', from);
			row = span_cut(span_buf(&out), from, to);
			assert_true(span_starts_nocase(row, "| "));
			assert_true(text_width(row) <= width);
		}
	}
	buf_free(&in);
	buf_free(&out);
}

static void
test_json(void **state)
{
	static const struct {
		const char *name;
		struct span in;
		const char *out;
	} cases[] = {
	    {"empty", TEXT(""), "\"\""},
	    {"quotes", TEXT("a\"b\\c/"), "\"a\\\"b\\\\c/\""},
	    {"controls", TEXT("a\0\n\r\t\x1b\x7f"),
		"\"a\\u0000\\u000a\\u000d\\u0009\\u001b\\u007f\""},
	    {"C1", TEXT("\xc2\x9b"), "\"\\u009b\""},
	    {"UTF-8", TEXT("\u4e2d\U0001f600"), "\"\u4e2d\U0001f600\""},
	    {"bidi", TEXT("\u202e"), "\"\\u202e\""},
	    {"zero-width", TEXT("\u200b\u200d\ufeff"),
		"\"\\u200b\\u200d\\ufeff\""},
	    {"separators", TEXT("\u2028\u2029"), "\"\\u2028\\u2029\""},
	    {"tags as surrogate pairs", TEXT("\U000e0001"),
		"\"\\udb40\\udc01\""},
	    {"bad bytes",
		TEXT("a\xff\xc0\xaf"
		     "b"),
		"\"a\ufffd\ufffd\ufffdb\""},
	    {"a cut character", TEXT("\xe2\x82"), "\"\ufffd\ufffd\""},
	};
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(cases); i++) {
		struct buf out = {0};

		text_json(&out, cases[i].in);
		if (!span_is(span_buf(&out), cases[i].out))
			fail_msg("%s: %s", cases[i].name, (char *)out.p);
		buf_free(&out);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_filter),
	    cmocka_unit_test(test_every_character),
	    cmocka_unit_test(test_line),
	    cmocka_unit_test(test_width),
	    cmocka_unit_test(test_rows),
	    cmocka_unit_test(test_rows_fit),
	    cmocka_unit_test(test_json),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
