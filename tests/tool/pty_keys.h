/*
 * Random keys, the same for a seed wherever: what terminals send, what none
 * should, and lines for signet that do something.
 */
#ifndef SIGNET_TESTS_TOOL_PTY_KEYS_H
#define SIGNET_TESTS_TOOL_PTY_KEYS_H

#include "src/base/bytes.h"

/* xorshift. */
static uint32_t
roll(uint64_t *random, uint32_t below)
{
	*random ^= *random << 13;
	*random ^= *random >> 7;
	*random ^= *random << 17;
	return (uint32_t)((*random >> 16) % below);
}

static const char *const keys[] = {"\033[A", "\033[B", "\033[C", "\033[D",
    "\033OA", "\033OB", "\033OC", "\033OD", "\033[H", "\033[F", "\033[1~",
    "\033[4~", "\033[2~", "\033[3~", "\033[5~", "\033[6~", "\033[5~", "\033[6~",
    "\033[Z", "\033OP", "\033OQ", "\033OR", "\033OS", "\033OM", "\033[1;3A",
    "\033[1;3B", "\033[1;3C", "\033[1;3D", "\033[1;5C", "\033[1;5D",
    "\033\033[A", "\033\033", "\033", "\033<", "\033>", "\0331", "\0332",
    "\0333", "\0339", "\033a", "\033v", "\033r", "\033k", "\033j", "\033y",
    "\033d", "\033u", "\033\r", "\033[I", "\033[O", "\t", "\r", "\r", "\n",
    "\177", "/", "n", "N", "q", "g", "G", "\003x\177"};
static const char *const broken[] = {"\033[", "\033[1;", "\033[<0;", "\033]",
    "\033O", "\033[<0;1", "\033[M", "\033[200", "\033[201~", "\033P",
    "\033[<999999999999;99999999999;9999999999M", "\033[?1;2c", "\033[1;9A",
    "\033[99999999~", "\033]10;?\a", "\033[<64;0;0M", "\302", "\340\240",
    "\360\220\200", "\370\210\200\200\200", "\300\200", "\355\240\200",
    "\364\220\200\200", "\377"};
static const char *const lines[] = {"/help\r", "/keys\r", "/status\r",
    "/wire\r", "/set\r", "/close\r", "/verify\r", "/trust\r", "/ignore\r",
    "/sign on\r", "/sign off\r", "/encrypt off\r", "/encrypt on\r",
    "/query sip:eve@example.org\r", "to: sip:bob@localhost\r",
    "add: sip:eve@example.org\r", "/rename eve@example.org E v e\r",
    "/remove eve@example.org\r", "/resolve sip:x@127.0.0.1:9\r",
    "/msg bob@localhost hello\r", "hello\r", "//\r", "/wire wire.txt\r",
    "/import wire.txt\r", "/set mouse no\r", "/set mouse yes\r",
    "/set theme light\r", "/nonsense\r", "/he\t\t\r", "/msg \t\t\t"};

#define PICK(random, list) \
	((list)[roll(random, sizeof(list) / sizeof((list)[0]))])

static void
add_utf8(struct buf *b, uint32_t c)
{
	unsigned char bytes[4];
	size_t n = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
	static const unsigned char first[] = {0, 0, 0xc0, 0xe0, 0xf0};

	for (size_t i = n - 1; i > 0; i--, c >>= 6)
		bytes[i] = (unsigned char)(0x80 | (c & 0x3f));
	bytes[0] = (unsigned char)(first[n] | c);
	buf_add(b, bytes, n);
}

static void
add_characters(uint64_t *random, struct buf *b)
{
	/* Latin, marks, zero width, bidi, wide, emoji, tags, private. */
	static const uint32_t from[] = {0x20, 0x20, 0xa0, 0x300, 0x590, 0x200b,
	    0x3041, 0xac00, 0xff01, 0x1f300, 0x1f1e6, 0xfe00, 0xe0020, 0x10fff0,
	    0xe000};
	uint32_t start = PICK(random, from), room = start == 0x20 ? 95 : 40;

	for (uint32_t n = 1 + roll(random, 40); n > 0; n--)
		add_utf8(b, start + roll(random, room));
}

/* Any byte but those that quit, stop or begin a paste that never ends. */
static void
add_bytes(uint64_t *random, struct buf *b)
{
	for (uint32_t n = 1 + roll(random, 30); n > 0; n--) {
		unsigned char c = (unsigned char)roll(random, 256);

		if (c != 3 && c != 26)
			buf_add(b, &c, 1);
	}
}

static void
add_mouse(uint64_t *random, struct buf *b)
{
	static const unsigned buttons[] = {
	    0, 0, 1, 2, 3, 32, 35, 64, 65, 66, 128, 255};

	if (roll(random, 4) == 0) {
		char old[] = "\033[M   ";

		for (int i = 3; i < 6; i++)
			old[i] = (char)(32 + roll(random, 200));
		buf_add(b, old, 6);
		return;
	}
	buf_addf(b, "\033[<%u;%u;%u%c", PICK(random, buttons),
	    roll(random, 220), roll(random, 70),
	    roll(random, 3) == 0 ? 'm' : 'M');
}

static void
add_paste(uint64_t *random, struct buf *b)
{
	buf_adds(b, "\033[200~");
	for (uint32_t n = roll(random, 5); n > 0; n--) {
		if (roll(random, 2) == 0)
			add_bytes(random, b);
		else
			add_characters(random, b);
	}
	/* Now and then its end is lost. */
	if (roll(random, 10) > 0)
		buf_adds(b, "\033[201~");
}

static void
keys_random(uint64_t *random, struct buf *b)
{
	uint32_t what = roll(random, 78);

	if (what < 20)
		add_characters(random, b);
	else if (what < 30)
		add_bytes(random, b);
	else if (what < 55)
		buf_adds(b, PICK(random, keys));
	else if (what < 63)
		add_mouse(random, b);
	else if (what < 68)
		add_paste(random, b);
	else if (what < 73)
		buf_adds(b, PICK(random, broken));
	else
		/* A pager or what is in the line would swallow it. */
		buf_addf(b, "q\007\025%s", PICK(random, lines));
}

#endif
