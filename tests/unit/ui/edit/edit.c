/* The input line: what keys do to it. */
#include "tests/unit/src/sip/sip_test.h"

#include "src/base/text.h"
#include "ui/edit/edit.h"

/* The text with '|' where the cursor is. */
static const char *
shown(const struct edit *e)
{
	static char out[4096];
	struct span s = edit_text(e);
	size_t at = edit_cursor(e);

	assert_int_equal(s.p[s.n], '\0');
	snprintf(out, sizeof(out), "%.*s|%s", (int)at, (const char *)s.p,
	    (const char *)s.p + at);
	return out;
}

#define assert_shown(e, want) assert_string_equal(shown(e), (want))

/* A line like shown's. */
static struct edit *
line(struct edit_kills *k, const char *text)
{
	struct edit *e = edit_new(k);
	struct span s = span_str(text);
	size_t at = span_find(s, '|', 0);

	edit_set(e, span_cut(s, at + 1, s.n));
	edit_do(e, EDIT_START);
	edit_insert(e, span_cut(s, 0, at));
	return e;
}

static void
type(struct edit *e, const char *text)
{
	struct span s = span_str(text);
	size_t at, next;
	uint32_t c;

	for (at = 0; at < s.n; at = next) {
		next = at + text_decode(s, at, &c);
		assert_true(edit_insert(e, span_cut(s, at, next)));
	}
}

/* --- one act after the other ---------------------------------------------- */

static const struct {
	const char *before;
	enum edit_act act;
	const char *after; /* NULL: a bell */
} acts[] = {
    {"a|b", EDIT_LEFT, "|ab"},
    {"|ab", EDIT_LEFT, NULL},
    {"ae\u0301\u0302|b", EDIT_LEFT, "a|e\u0301\u0302b"},
    {"\u4e2d\U0001f600|", EDIT_LEFT, "\u4e2d|\U0001f600"},
    {"|e\u0301b", EDIT_RIGHT, "e\u0301|b"},
    {"a|\nb", EDIT_RIGHT, "a\n|b"},
    {"ab|", EDIT_RIGHT, NULL},

    {"one two, |x", EDIT_WORD_LEFT, "one |two, x"},
    {"one|", EDIT_WORD_LEFT, "|one"},
    {", |", EDIT_WORD_LEFT, "|, "},
    {"|a", EDIT_WORD_LEFT, NULL},
    {"na\u00efve \u043c\u0438\u0440|", EDIT_WORD_LEFT,
	"na\u00efve |\u043c\u0438\u0440"},
    {"re\u0301sume\u0301|", EDIT_WORD_LEFT, "|re\u0301sume\u0301"},
    {"a \u4e2d\u3002|", EDIT_WORD_LEFT, "a |\u4e2d\u3002"},
    {"a \u2014 \U0001f600|", EDIT_WORD_LEFT, "|a \u2014 \U0001f600"},
    {"|, one two", EDIT_WORD_RIGHT, ", one| two"},
    {"a|", EDIT_WORD_RIGHT, NULL},

    {"one\ntw|o\nthree", EDIT_LINE_START, "one\n|two\nthree"},
    {"one\n|two", EDIT_LINE_START, NULL},
    {"one\nt|wo\nthree", EDIT_LINE_END, "one\ntwo|\nthree"},
    {"one\nt|wo", EDIT_LINE_END, "one\ntwo|"},
    {"one\nt|wo", EDIT_START, "|one\ntwo"},
    {"o|ne\ntwo", EDIT_END, "one\ntwo|"},

    {"abc\nde|f", EDIT_UP, "ab|c\ndef"},
    {"a\ndef|", EDIT_UP, "a|\ndef"},
    {"\u4e2d\u6587\nabc|", EDIT_UP, "\u4e2d|\u6587\nabc"},
    {"\tb\nabcdef|", EDIT_UP, "\tb|\nabcdef"},
    {"\tb\nabcd|ef", EDIT_UP, "\t|b\nabcdef"},
    {"a|b\n\ncd", EDIT_DOWN, "ab\n|\ncd"},
    {"a|b", EDIT_UP, NULL},
    {"a|b", EDIT_DOWN, NULL},

    {"ab|c", EDIT_BACKSPACE, "a|c"},
    {"ae\u0301|c", EDIT_BACKSPACE, "a|c"},
    {"|c", EDIT_BACKSPACE, NULL},
    {"a|e\u0301c", EDIT_DELETE, "a|c"},
    {"a|\nc", EDIT_DELETE, "a|c"},
    {"a|", EDIT_DELETE, NULL},
    /* The mark is drawn on what stands before it now. */
    {"a|\n\u0301c", EDIT_DELETE, "a\u0301|c"},

    {"see /usr/lib, |x", EDIT_KILL_WORD_LEFT, "see /usr/|x"},
    {"|x", EDIT_KILL_WORD_LEFT, NULL},
    {"see /usr/lib, |x", EDIT_KILL_BLANK_LEFT, "see |x"},
    {"one\ntwo|", EDIT_KILL_BLANK_LEFT, "one\n|"},
    {"|, one two", EDIT_KILL_WORD_RIGHT, "| two"},
    {"o|ne\ntwo", EDIT_KILL_LINE_END, "o|\ntwo"},
    {"one|\ntwo", EDIT_KILL_LINE_END, "one|two"},
    {"one|", EDIT_KILL_LINE_END, NULL},
    {"one\ntw|o", EDIT_KILL_LINE_START, "one\n|o"},
    {"one\n|two", EDIT_KILL_LINE_START, NULL},

    {"a|b", EDIT_TRANSPOSE, "ba|"},
    {"ab|", EDIT_TRANSPOSE, "ba|"},
    {"xab|\ny", EDIT_TRANSPOSE, "xba|\ny"},
    {"e\u0301|\u4e2d", EDIT_TRANSPOSE, "\u4e2de\u0301|"},
    {"a|", EDIT_TRANSPOSE, NULL},
    {"|ab", EDIT_TRANSPOSE, NULL},
    {"x\n|ab", EDIT_TRANSPOSE, NULL},
    {"x\na|", EDIT_TRANSPOSE, NULL},

    {"x| \u00fcber y", EDIT_UPPER, "x \u00dcBER| y"},
    {"ab|cD", EDIT_UPPER, "abCD|"},
    {"|\u0416\u0417E\u0301 A", EDIT_LOWER, "\u0436\u0437e\u0301| A"},
    {"|, hELLO", EDIT_CAPITAL, ", Hello|"},
    {"a |, ", EDIT_CAPITAL, NULL},
    {"a|", EDIT_YANK, NULL},
    {"a|", EDIT_YANK_POP, NULL},
    {"a|", EDIT_OLDER, NULL},
    {"a|", EDIT_NEWER, NULL},
};

static void
test_acts(void **state)
{
	struct edit_kills *k;
	struct edit *e;
	const char *want;
	size_t i;
	bool done;

	(void)state;
	for (i = 0; i < COUNT(acts); i++) {
		k = edit_kills_new();
		e = line(k, acts[i].before);
		assert_shown(e, acts[i].before);
		done = edit_do(e, acts[i].act);
		want = acts[i].after != NULL ? acts[i].after : acts[i].before;
		if (done != (acts[i].after != NULL) ||
		    strcmp(shown(e), want) != 0)
			fail_msg("%zu: \"%s\" became \"%s\"", i, acts[i].before,
			    shown(e));
		edit_free(e);
		edit_kills_free(k);
	}
	edit_free(NULL);
	edit_kills_free(NULL);
}

static void
test_up_and_down(void **state)
{
	struct edit_kills *k = edit_kills_new();
	struct edit *e = line(k, "long line\nab\n\nlong too|");

	(void)state;
	/* The column is kept over lines that are too short for it. */
	edit_do(e, EDIT_UP);
	assert_shown(e, "long line\nab\n|\nlong too");
	edit_do(e, EDIT_UP);
	edit_do(e, EDIT_UP);
	assert_shown(e, "long lin|e\nab\n\nlong too");
	edit_do(e, EDIT_DOWN);
	assert_shown(e, "long line\nab|\n\nlong too");
	edit_do(e, EDIT_LEFT);
	edit_do(e, EDIT_UP);
	assert_shown(e, "l|ong line\nab\n\nlong too");
	edit_free(e);
	edit_kills_free(k);
}

/* --- what comes in -------------------------------------------------------- */

static const struct {
	struct span in;
	const char *out;
} inserts[] = {
    {TEXT("a\r\nb\rc\nd"), "a\nb\nc\nd"},
    {TEXT("\r\r\n\r"), "\n\n\n"},
    {TEXT("a\tb"), "a\tb"},
    {TEXT("a\0b\033[2J\177c\a"), "ab[2Jc"},
    {TEXT("a\xc2\x9b"
	  "b\u00a0"),
	"ab\u00a0"},
    {TEXT("a\xff\xe2\x82z\xed\xa0\x80"), "az"},
    {TEXT("\u202e\u200d"), "\u202e\u200d"}, /* shown elsewhere */
    {TEXT(""), ""},
};

static void
test_insert(void **state)
{
	struct edit_kills *k = edit_kills_new();
	struct edit *e = edit_new(k);
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(inserts); i++) {
		edit_set(e, inserts[i].in);
		assert_string_equal(
		    (const char *)edit_text(e).p, inserts[i].out);
		edit_set(e, BYTES(""));
		assert_true(edit_insert(e, inserts[i].in));
		assert_string_equal(
		    (const char *)edit_text(e).p, inserts[i].out);
	}
	edit_free(e);
	e = line(k, "see ~/f| x");
	assert_true(edit_replace(e, 4, 7, BYTES("/home/me/file")));
	assert_shown(e, "see /home/me/file| x");
	assert_true(edit_replace(e, 4, 17, BYTES("")));
	assert_shown(e, "see | x");
	assert_false(edit_replace(e, 4, 7, BYTES("x")));
	assert_false(edit_replace(e, 2, 1, BYTES("x")));
	assert_shown(e, "see | x");
	/* What it is replaced by may be its own. */
	assert_true(edit_replace(e, 0, 1, edit_text(e)));
	assert_shown(e, "see  x|ee  x");
	edit_free(e);
	edit_kills_free(k);
}

static void
test_bounds(void **state)
{
	struct edit_kills *k = edit_kills_new();
	struct edit *e = edit_new(k);
	struct buf b = {0};

	(void)state;
	buf_reserve(&b, EDIT_MAX + 2);
	memset(b.p, 'a', EDIT_MAX);
	b.n = EDIT_MAX;
	assert_true(edit_insert(e, span_buf(&b)));
	assert_int_equal(edit_text(e).n, EDIT_MAX);
	assert_false(edit_insert(e, BYTES("x")));
	assert_false(edit_replace(e, 0, 1, BYTES("xy")));
	assert_true(edit_replace(e, 0, 1, BYTES("x")));
	assert_true(edit_insert(e, BYTES("\033"))); /* nothing of it */
	assert_int_equal(edit_text(e).n, EDIT_MAX);
	/* A yank that does not fit. */
	assert_true(edit_do(e, EDIT_KILL_WORD_RIGHT));
	assert_true(edit_insert(e, BYTES("yz")));
	assert_false(edit_do(e, EDIT_YANK));
	assert_shown(e, "xyz|");
	/* Set cuts, and never a character. */
	memcpy(b.p + EDIT_MAX - 1, "\u4e2d", 3);
	b.n = EDIT_MAX + 2;
	edit_set(e, span_buf(&b));
	assert_int_equal(edit_text(e).n, EDIT_MAX - 1);
	buf_free(&b);
	edit_free(e);
	edit_kills_free(k);
}

/* --- kills ---------------------------------------------------------------- */

static void
test_kills_join(void **state)
{
	struct edit_kills *k = edit_kills_new();
	struct edit *e = line(k, "one two| three four"), *other;

	(void)state;
	edit_do(e, EDIT_KILL_WORD_LEFT);
	edit_do(e, EDIT_KILL_WORD_RIGHT);
	edit_do(e, EDIT_KILL_WORD_LEFT);
	assert_shown(e, "| four");
	assert_false(edit_do(e, EDIT_KILL_WORD_LEFT)); /* is nothing */
	edit_do(e, EDIT_KILL_LINE_END);
	edit_do(e, EDIT_YANK);
	assert_shown(e, "one two three four|");
	edit_do(e, EDIT_KILL_BLANK_LEFT);
	edit_do(e, EDIT_LEFT);
	edit_do(e, EDIT_KILL_BLANK_LEFT);
	edit_do(e, EDIT_YANK);
	assert_shown(e, "one two three| ");
	/* What another line kills in between stands by itself. */
	other = line(k, "other|");
	edit_do(e, EDIT_KILL_BLANK_LEFT);
	edit_do(other, EDIT_KILL_LINE_START);
	edit_do(e, EDIT_KILL_BLANK_LEFT);
	edit_do(other, EDIT_YANK);
	assert_shown(other, "two |");
	edit_do(other, EDIT_YANK_POP);
	assert_shown(other, "other|");
	edit_do(other, EDIT_YANK_POP);
	assert_shown(other, "three|");
	edit_free(e);
	edit_free(other);
	edit_kills_free(k);
}

static void
test_kills_ring(void **state)
{
	struct edit_kills *k = edit_kills_new();
	struct edit *e = edit_new(k);
	char text[16];
	int i;

	(void)state;
	for (i = 1; i <= 20; i++) {
		snprintf(text, sizeof(text), "%d", i);
		edit_insert(e, span_str(text));
		edit_do(e, EDIT_KILL_LINE_START);
		if (i == 1) {
			edit_do(e, EDIT_YANK);
			assert_false(edit_do(e, EDIT_YANK_POP));
			edit_set(e, BYTES(""));
		}
	}
	edit_do(e, EDIT_YANK);
	for (i = 20; i >= 5; i--) {
		snprintf(text, sizeof(text), "%d|", i);
		assert_shown(e, text);
		assert_true(edit_do(e, EDIT_YANK_POP));
	}
	assert_shown(e, "20|"); /* sixteen of them, round and round */
	edit_do(e, EDIT_LEFT);
	assert_false(edit_do(e, EDIT_YANK_POP));
	edit_clear(e);
	assert_shown(e, "|");
	edit_do(e, EDIT_YANK);
	assert_shown(e, "20|");
	edit_do(e, EDIT_YANK_POP);
	assert_shown(e, "20|");
	edit_do(e, EDIT_YANK_POP);
	assert_shown(e, "19|");
	edit_free(e);
	edit_kills_free(k);
}

/* --- undo ----------------------------------------------------------------- */

static void
test_undo(void **state)
{
	struct edit_kills *k = edit_kills_new();
	struct edit *e = edit_new(k);
	int i;

	(void)state;
	assert_false(edit_do(e, EDIT_UNDO));
	type(e, "one \u4e2d");
	edit_insert(e, BYTES("pasted"));
	type(e, "two");
	edit_do(e, EDIT_LEFT);
	type(e, "x");
	edit_do(e, EDIT_KILL_LINE_START);
	edit_do(e, EDIT_YANK);
	edit_do(e, EDIT_UPPER);
	assert_shown(e, "one \u4e2dpastedtwxO|");
	edit_do(e, EDIT_UNDO);
	assert_shown(e, "one \u4e2dpastedtwx|o");
	edit_do(e, EDIT_UNDO);
	edit_do(e, EDIT_UNDO);
	assert_shown(e, "one \u4e2dpastedtwx|o");
	edit_do(e, EDIT_UNDO);
	assert_shown(e, "one \u4e2dpastedtw|o");
	edit_do(e, EDIT_UNDO);
	assert_shown(e, "one \u4e2dpasted|");
	edit_do(e, EDIT_UNDO);
	assert_shown(e, "one \u4e2d|");
	edit_do(e, EDIT_UNDO);
	assert_shown(e, "|");
	assert_false(edit_do(e, EDIT_UNDO));

	for (i = 0; i < 2000; i++) {
		type(e, "ab");
		edit_do(e, EDIT_START);
	}
	for (i = 0; i < 1000; i++)
		assert_true(edit_do(e, EDIT_UNDO));
	assert_false(edit_do(e, EDIT_UNDO));
	assert_int_equal(edit_text(e).n, 2000);

	edit_clear(e);
	assert_shown(e, "|");
	edit_do(e, EDIT_UNDO);
	assert_int_equal(edit_text(e).n, 2000);
	edit_enter(e);
	assert_false(edit_do(e, EDIT_UNDO));
	edit_free(e);
	edit_kills_free(k);
}

static void
test_undo_of_large_changes(void **state)
{
	struct edit_kills *k = edit_kills_new();
	struct edit *e = edit_new(k);
	char *large = xcalloc(1, EDIT_MAX);
	int i;

	(void)state;
	memset(large, 'a', EDIT_MAX);
	for (i = 0; i < 60; i++) {
		edit_insert(e, (struct span){(unsigned char *)large, EDIT_MAX});
		edit_do(e, EDIT_KILL_LINE_START);
	}
	for (i = 0; i < 100; i++)
		assert_true(edit_do(e, EDIT_UNDO));
	free(large);
	edit_free(e);
	edit_kills_free(k);
}

/* --- history -------------------------------------------------------------- */

static void
enter(struct edit *e, const char *text)
{
	edit_set(e, span_str(text));
	edit_enter(e);
	assert_shown(e, "|");
}

static void
test_history(void **state)
{
	struct edit_kills *k = edit_kills_new();
	struct edit *e = edit_new(k);

	(void)state;
	enter(e, "first");
	enter(e, "second\nof two lines");
	enter(e, "");
	enter(e, "third");
	enter(e, "third");
	type(e, "draft");
	edit_do(e, EDIT_LEFT);
	assert_true(edit_do(e, EDIT_UP));
	assert_shown(e, "third|");
	assert_true(edit_do(e, EDIT_UP));
	assert_shown(e, "second\nof two lines|");
	assert_true(edit_do(e, EDIT_UP)); /* a line up */
	assert_shown(e, "second|\nof two lines");
	assert_true(edit_do(e, EDIT_OLDER));
	assert_shown(e, "first|");
	assert_false(edit_do(e, EDIT_OLDER));
	assert_false(edit_do(e, EDIT_UP));
	assert_true(edit_do(e, EDIT_DOWN));
	assert_true(edit_do(e, EDIT_DOWN));
	assert_true(edit_do(e, EDIT_NEWER));
	assert_shown(e, "draft|");
	assert_false(edit_do(e, EDIT_DOWN));

	/* Going through it is one step, which leads back to the draft. */
	edit_do(e, EDIT_OLDER);
	edit_do(e, EDIT_OLDER);
	edit_do(e, EDIT_UNDO);
	assert_shown(e, "draft|");
	assert_false(edit_do(e, EDIT_NEWER));
	edit_do(e, EDIT_OLDER);
	assert_shown(e, "third|");
	/* What is recalled and changed is entered as new. */
	type(e, "!");
	edit_enter(e);
	edit_do(e, EDIT_OLDER);
	assert_shown(e, "third!|");
	edit_do(e, EDIT_OLDER);
	assert_shown(e, "third|");
	edit_clear(e);
	assert_false(edit_do(e, EDIT_NEWER));
	edit_do(e, EDIT_OLDER);
	assert_shown(e, "third!|");
	edit_free(e);
	edit_kills_free(k);
}

static void
test_lines_of_an_earlier_run(void **state)
{
	struct edit_kills *k = edit_kills_new();
	struct edit *e = edit_new(k);

	(void)state;
	edit_set(e, span_str("a draft"));
	edit_remember_line(e, span_str("first"));
	edit_remember_line(e, span_str("second"));
	edit_remember_line(e, span_str("second"));
	assert_shown(e, "a draft|");
	edit_do(e, EDIT_OLDER);
	assert_shown(e, "second|");
	edit_do(e, EDIT_OLDER);
	assert_shown(e, "first|");
	assert_false(edit_do(e, EDIT_OLDER));
	edit_forget_lines(e);
	assert_false(edit_do(e, EDIT_OLDER));
	edit_free(e);
	edit_kills_free(k);
}

static void
test_a_wiped_line_is_nowhere(void **state)
{
	struct edit_kills *k = edit_kills_new();
	struct edit *e = edit_new(k);

	(void)state;
	type(e, "first");
	edit_enter(e);
	type(e, "secret");
	edit_wipe(e);
	assert_shown(e, "|");
	assert_false(edit_do(e, EDIT_UNDO));
	assert_false(edit_do(e, EDIT_YANK));
	edit_do(e, EDIT_OLDER);
	assert_shown(e, "first|");
	assert_false(edit_do(e, EDIT_OLDER));
	edit_free(e);
	edit_kills_free(k);
}

static void
test_history_is_bounded(void **state)
{
	struct edit_kills *k = edit_kills_new();
	struct edit *e = edit_new(k);
	char text[32];
	int i;

	(void)state;
	for (i = 1; i <= 600; i++) {
		snprintf(text, sizeof(text), "%d", i);
		enter(e, text);
	}
	for (i = 600; i > 100; i--) {
		assert_true(edit_do(e, EDIT_OLDER));
		snprintf(text, sizeof(text), "%d|", i);
		assert_shown(e, text);
	}
	assert_false(edit_do(e, EDIT_OLDER));
	edit_free(e);
	edit_kills_free(k);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_acts),
	    cmocka_unit_test(test_up_and_down),
	    cmocka_unit_test(test_insert),
	    cmocka_unit_test(test_bounds),
	    cmocka_unit_test(test_kills_join),
	    cmocka_unit_test(test_kills_ring),
	    cmocka_unit_test(test_undo),
	    cmocka_unit_test(test_undo_of_large_changes),
	    cmocka_unit_test(test_history),
	    cmocka_unit_test(test_lines_of_an_earlier_run),
	    cmocka_unit_test(test_a_wiped_line_is_nowhere),
	    cmocka_unit_test(test_history_is_bounded),
	};

	return cmocka_run_group_tests_name("edit", tests, NULL, NULL);
}
