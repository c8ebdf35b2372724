/* Marks of printed lines, and their colours. */
#define _XOPEN_SOURCE 600
#include <fcntl.h>
#include <stdarg.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "src/base/paint.h"
#include "src/base/text.h"

static void
is(struct buf *b, const char *wanted)
{
	assert_string_equal(b->p != NULL ? (const char *)b->p : "", wanted);
	buf_free(b);
}

/* Each kind with one line, and what is behind it unmarked. */
static struct buf
one_of_each(void)
{
	struct buf b = {0};

	for (int kind = PAINT_TEXT; kind < PAINTS; kind++) {
		paint_mark(&b, (enum paint)kind);
		buf_addf(&b, "%d: x\n", kind);
	}
	return b;
}

static void
marks_come_off(void **state)
{
	struct buf b = one_of_each(), plain = {0}, wanted = {0};
	struct span rest = span_buf(&b);

	(void)state;
	for (int kind = PAINT_TEXT; kind < PAINTS; kind++) {
		struct span line = span_line(&rest);

		buf_addf(&wanted, "%d: x\n", kind);
		assert_int_equal(paint_take(&line), kind);
		assert_int_equal(line.p[0], kind < 10 ? '0' + kind : '1');
		assert_int_equal(paint_take(&line), PAINT_TEXT);
	}
	paint_lines(&plain, span_buf(&b), false);
	is(&plain, (char *)wanted.p);
	buf_free(&wanted);
	buf_free(&b);
}

static void
a_colour_ends_with_its_line(void **state)
{
	struct buf b = one_of_each(), painted = {0};
	struct span rest;
	int coloured = 0;

	(void)state;
	paint_lines(&painted, span_buf(&b), true);
	rest = span_buf(&painted);
	for (int kind = PAINT_TEXT; kind < PAINTS; kind++) {
		struct span line = span_line(&rest);
		size_t escapes = 0;

		for (size_t i = 0; i < line.n; i++)
			escapes += line.p[i] == 033;
		assert_int_equal(escapes, kind == PAINT_TEXT ? 0 : 2);
		coloured += escapes > 0;
		if (kind != PAINT_TEXT && kind != PAINT_FIELD)
			assert_memory_equal(line.p + line.n - 4, "\033[0m", 4);
	}
	assert_int_equal(coloured, PAINTS - 1);
	buf_free(&painted);
	buf_free(&b);
}

static void
a_field_has_the_colour_in_its_name(void **state)
{
	struct buf b = {0}, out = {0};

	(void)state;
	paint_mark_lines(
	    &b, span_str("Via: a: b\nno field\n\nlast"), PAINT_FIELD);
	paint_lines(&out, span_buf(&b), true);
	is(&out, "\033[36mVia:\033[0m a: b\nno field\n\nlast\n");
	buf_free(&b);
}

static void
marks_stay_in_front_of_an_indent(void **state)
{
	struct buf b = {0}, in = {0}, out = {0};

	(void)state;
	buf_adds(&b, "plain\n\n");
	paint_mark_lines(&b, span_str("note"), PAINT_NOTE);
	paint_indent(&in, span_buf(&b), "  ");
	paint_lines(&out, span_buf(&in), true);
	is(&out, "  plain\n\n\033[34m  note\033[0m\n");
	paint_lines(&out, span_buf(&in), false);
	is(&out, "  plain\n\n  note\n");
	buf_free(&b);
	buf_free(&in);
}

/* Escaped text has no byte that is a mark. */
static void
the_wire_cannot_mark(void **state)
{
	(void)state;
	for (int c = 0; c < 256; c++) {
		unsigned char byte = (unsigned char)c;
		struct buf safe = {0};
		struct span line;

		text_escape(&safe, (struct span){&byte, 1}, true);
		line = span_buf(&safe);
		assert_int_equal(paint_take(&line), PAINT_TEXT);
		buf_free(&safe);
	}
}

static void
only_terminals_get_colours(void **state)
{
	int terminal = posix_openpt(O_RDWR | O_NOCTTY), ends[2], line;

	(void)state;
	assert_int_equal(pipe(ends), 0);
	assert_true(terminal >= 0);
	assert_int_equal(grantpt(terminal), 0);
	assert_int_equal(unlockpt(terminal), 0);
	line = open(ptsname(terminal), O_RDWR | O_NOCTTY);
	assert_true(line >= 0);
	(void)unsetenv("NO_COLOR");
	(void)setenv("TERM", "xterm", 1);
	assert_true(paint_wanted(line));
	assert_false(paint_wanted(ends[1]));
	(void)setenv("NO_COLOR", "", 1);
	assert_true(paint_wanted(line));
	(void)setenv("NO_COLOR", "1", 1);
	assert_false(paint_wanted(line));
	(void)unsetenv("NO_COLOR");
	(void)setenv("TERM", "dumb", 1);
	assert_false(paint_wanted(line));
	(void)unsetenv("TERM");
	assert_false(paint_wanted(line));
	(void)close(line);
	(void)close(terminal);
	(void)close(ends[0]);
	(void)close(ends[1]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(marks_come_off),
	    cmocka_unit_test(a_colour_ends_with_its_line),
	    cmocka_unit_test(a_field_has_the_colour_in_its_name),
	    cmocka_unit_test(marks_stay_in_front_of_an_indent),
	    cmocka_unit_test(the_wire_cannot_mark),
	    cmocka_unit_test(only_terminals_get_colours),
	};

	return cmocka_run_group_tests_name("paint", tests, NULL, NULL);
}
