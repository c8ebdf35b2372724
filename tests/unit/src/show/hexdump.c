/*
 * The reader of hex dumps (src/show/hexdump.c).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "src/base/dump.h"
#include "src/show/hexdump.h"

#define ROW1 "30 82 01 52 06 09 2a 86"
#define ROW2 "48 86 f7 0d 01 07 02 a0"
#define TEXT "0..R..*.H......."
static const unsigned char row[] = {0x30, 0x82, 0x01, 0x52, 0x06, 0x09, 0x2a,
    0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x02, 0xa0};

/* Each form, with the number of bytes that it gives: row, repeated. */
static const struct {
	const char *text;
	size_t bytes;
} good[] = {
    /* hexdump -C */
    {"00000000  " ROW1 "  " ROW2 "  |" TEXT "|\n00000010\n", 16},
    {"00000000  " ROW1 "  " ROW2 "  |" TEXT "|\n"
     "00000010  30 82                                             |0.|\n"
     "00000012\n",
	18},
    {"00000000  " ROW1 "  " ROW2 "  |" TEXT "|\n*\n00000040\n", 64},
    {"00000000  " ROW1 "  " ROW2 "  |" TEXT "|\n*\n"
     "00000020  30 82  |0.|\n00000022\n",
	34},
    /* xxd, with an ASCII column that could be hex */
    {"00000000: 3082 0152 0609 2a86 4886 f70d 0107 02a0  " TEXT "\n"
     "00000010: 3082 0152 06                             0 ab.\n",
	21},
    /* xxd -p, and by hand */
    {"308201520609\n2a86 4886f70d\r\n\r\n010702a0\n", 16},
    {"30", 1},
    {"  30 82 01\n\t52\n", 4},
    {"30:82:01:52:\n06:09", 6},
    /* the draft, as OpenSSL prints bytes; with offsets too */
    {"   " ROW1 "-" ROW2 "   " TEXT "\n   30 82 01   0..\n", 19},
    {"0000 - " ROW1 "-" ROW2 "   " TEXT "\n0010 - 30 82   0.\n", 18},
    /* od, in both bases; tcpdump; a part of a longer one */
    {"000000 " ROW1 " " ROW2 "\n000010 30\n000011\n", 17},
    {"0000000 " ROW1 " " ROW2 "\n0000020 30\n0000021\n", 17},
    {"0000000 " ROW1 " " ROW2 "\n*\n0000060 30\n0000061\n", 49},
    {"0000000 " ROW1 " " ROW2 "\n0000010 30\n0000011\n", 17},
    {"\t0x0000:  3082 0152 0609 2a86 4886 f70d 0107 02a0  " TEXT "\n"
     "\t0x0010:  3082  0.\n",
	18},
    {"00000120  " ROW1 "  " ROW2 "  |" TEXT "|\n00000130  30  |0|\n", 17},
    /* ours */
    {"<18 bytes>\n000000  " ROW1 " " ROW2 "  " TEXT "\n000010  30 82"
     "                                            0.\n",
	18},
};

static const struct {
	const char *text;
	enum hexdump_found found;
	const char *why;
} bad[] = {
    {"", HEXDUMP_NONE, NULL},
    {"\n \n", HEXDUMP_NONE, NULL},
    {"*\n", HEXDUMP_NONE, NULL},
    {"<3 bytes>\n", HEXDUMP_NONE, NULL},
    {"MESSAGE sip:a@b SIP/2.0\n", HEXDUMP_NONE, NULL},
    {"be  careful with that\n", HEXDUMP_NONE, NULL},
    {"3\n", HEXDUMP_NONE, NULL},
    {"30 82\nnonsense\n", HEXDUMP_BROKEN, "line 2"},
    {"30 82\n308\n", HEXDUMP_BROKEN, "line 2"},
    {"00000000  30 82  |0.|\n00000010  30  |0|\n", HEXDUMP_BROKEN,
	"does not match"},
    {"00000000  30 82  |0.|\n*\n00000003\n", HEXDUMP_BROKEN, "\"*\""},
    {"00000000  30 82  |0.|\n*\n7fffffffffff\n", HEXDUMP_BROKEN, "\"*\""},
    {"00000000  30 82  |0.|\n*\n00f00000\n*\n01e00000\n", HEXDUMP_BROKEN,
	"\"*\""},
    {"00000010  30 82  |0.|\n*\n00000000\n", HEXDUMP_BROKEN, "\"*\""},
    {"00000000: 30 82  0.\n30 82\n", HEXDUMP_BROKEN, "no offset"},
    {"30 82\n0002: 30 82\n", HEXDUMP_BROKEN, "before have none"},
    {"30 82  0.\n30 82  far too much\n", HEXDUMP_BROKEN, "longer"},
};

static void
forms_that_are_read(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		struct buf out = {0};
		struct err e = {0};

		if (hexdump_read(span_str(good[i].text), &out, &e) !=
		    HEXDUMP_WHOLE)
			fail_msg("%s\n%s", good[i].text, e.text);
		if (out.n != good[i].bytes)
			fail_msg("%s\n%zu bytes, not %zu", good[i].text, out.n,
			    good[i].bytes);
		for (size_t j = 0; j < out.n; j++)
			assert_int_equal(out.p[j], row[j % sizeof(row)]);
		buf_free(&out);
	}
}

static void
what_is_none(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct buf out = {0};
		struct err e = {0};

		if (hexdump_read(span_str(bad[i].text), &out, &e) !=
		    bad[i].found)
			fail_msg("%s\n%s", bad[i].text, e.text);
		if (bad[i].why != NULL && strstr(e.text, bad[i].why) == NULL)
			fail_msg("%s\n%s", bad[i].text, e.text);
		buf_free(&out);
	}
}

/* The dumps of dump_bytes are read back, with all lengths of the last row, and
 * bytes that look like hex in the ASCII column. */
static void
our_own_dumps(void **state)
{
	unsigned char bytes[70];

	(void)state;
	for (size_t n = 1; n <= sizeof(bytes); n++) {
		struct buf text = {0}, out = {0};
		struct err e = {0};

		for (size_t i = 0; i < n; i++)
			bytes[i] = (unsigned char)("a0 ~\n|"[(i * n) % 6]);
		dump_bytes(&text, "    ", (struct span){bytes, n});
		if (hexdump_read(span_buf(&text), &out, &e) != HEXDUMP_WHOLE)
			fail_msg("%s\n%s", (char *)text.p, e.text);
		assert_int_equal(out.n, n);
		assert_memory_equal(out.p, bytes, n);
		buf_free(&text);
		buf_free(&out);
	}
}

/* Bytes changed at random: sanitizers would report faults. */
static void
any_text(void **state)
{
	static const char letters[] = "0123af:-*|x <>\n\r\t.z";
	uint32_t seed = 1;

	(void)state;
	for (int i = 0; i < 20000; i++) {
		struct buf out = {0};
		struct err e = {0};
		char text[200];
		size_t n;

		(void)strcpy(text, good[i % 4].text + (i % 3));
		n = strlen(text) < sizeof(text) ? strlen(text) : 0;
		for (int k = 0; n > 0 && k < 1 + i % 5; k++) {
			seed = seed * 1103515245 + 12345;
			text[(seed >> 8) % n] =
			    letters[(seed >> 20) % (sizeof(letters) - 1)];
		}
		if (hexdump_read((struct span){(unsigned char *)text, n}, &out,
			&e) == HEXDUMP_BROKEN)
			assert_int_equal(e.exit, EX_DATAERR);
		buf_free(&out);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(forms_that_are_read),
	    cmocka_unit_test(what_is_none),
	    cmocka_unit_test(our_own_dumps),
	    cmocka_unit_test(any_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
