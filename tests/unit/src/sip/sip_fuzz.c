/* Bounded fuzzing of everything that reads the wire: the same inputs in every
 * run. FUZZ_ROUNDS and FUZZ_SEED make longer and other ones. */
#include <dirent.h>

#include "tests/unit/src/sip/sip_test.h"

#include "tests/fuzz/wire.c"

struct fuzz {
	uint64_t seed;
	struct buf *files;
	size_t count;
};

/* splitmix64 */
static size_t
fuzz_random(struct fuzz *z, size_t below)
{
	uint64_t x = z->seed += 0x9e3779b97f4a7c15u;

	x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9u;
	x = (x ^ x >> 27) * 0x94d049bb133111ebu;
	x ^= x >> 31;
	return below == 0 ? 0 : (size_t)(x % below);
}

static void
fuzz_load(struct fuzz *z, const char *folder)
{
	const char *top = getenv("SRCDIR");
	char path[4096], name[512];
	struct dirent *entry;
	DIR *dir;

	snprintf(path, sizeof(path), "%s/%s", top != NULL ? top : ".", folder);
	dir = opendir(path);
	assert_non_null(dir);
	while ((entry = readdir(dir)) != NULL) {
		if (strstr(entry->d_name, ".dat") == NULL &&
		    strstr(entry->d_name, ".sip") == NULL)
			continue;
		snprintf(name, sizeof(name), "%s/%s", folder, entry->d_name);
		z->files = xrealloc(
		    z->files, (z->count + 1) * sizeof(*z->files));
		z->files[z->count++] = test_file(name);
	}
	closedir(dir);
}

static int
fuzz_order(const void *a, const void *b)
{
	const struct buf *x = a, *y = b;

	if (x->n != y->n)
		return x->n < y->n ? -1 : 1;
	return memcmp(x->p, y->p, x->n);
}

/* Replaces cut bytes at offset at by s. */
static void
fuzz_splice(struct buf *b, size_t at, size_t cut, struct span s)
{
	struct buf out = {0};
	struct span old = span_buf(b);

	buf_addspan(&out, span_cut(old, 0, at));
	buf_addspan(&out, s);
	buf_addspan(&out, span_cut(old, at + cut, old.n));
	buf_free(b);
	*b = out;
}

/* Returns the line that contains offset at, with its end. */
static struct span
fuzz_line(struct span s, size_t at)
{
	size_t from = at, to = span_find(s, '\n', at);

	while (from > 0 && s.p[from - 1] != '\n')
		from--;
	return span_cut(s, from, to + 1);
}

/* Words that are inserted. */
static const struct span fuzz_words[] = {
    TEXT("\r\n"),
    TEXT("\r\n\r\n"),
    TEXT("\n"),
    TEXT("\r"),
    TEXT("\0"),
    TEXT("\r\n "),
    TEXT(";"),
    TEXT(","),
    TEXT("\""),
    TEXT("\\"),
    TEXT("<"),
    TEXT(">"),
    TEXT("%00"),
    TEXT("%0d%0a"),
    TEXT(":"),
    TEXT("@"),
    TEXT("?"),
    TEXT("="),
    TEXT("["),
    TEXT("]"),
    TEXT("\x80"),
    TEXT("\xff"),
    TEXT("\xe2\x80\xae"),
    TEXT("\xe2\x80\x8d"),
    TEXT("\xcc\x81"),
    TEXT("\033[2J"),
    TEXT("Content-Length: 5\r\n"),
    TEXT("l: 4294967300\r\n"),
    TEXT("From: <sip:a@b>\r\n"),
    TEXT("Via: SIP/2.0/UDP h\r\n"),
    TEXT("99999999999999999999"),
    TEXT("-1"),
    TEXT("SIP/2.0"),
};

static void
fuzz_change(struct fuzz *z, struct buf *b)
{
	struct span s = span_buf(b), from;
	size_t at = fuzz_random(z, s.n + 1), n = fuzz_random(z, 20);
	size_t k = fuzz_random(z, COUNT(fuzz_words));
	struct buf copy = {0};

	switch (fuzz_random(z, 7)) {
	case 0: /* another byte */
		if (at < s.n)
			b->p[at] = (unsigned char)fuzz_random(z, 256);
		break;
	case 1: /* a word */
	case 2:
		fuzz_splice(b, at, 0, fuzz_words[k]);
		break;
	case 3: /* less */
		fuzz_splice(b, at, n, span_str(""));
		break;
	case 4: /* the end is missing */
		if (n == 0)
			fuzz_splice(b, at, s.n, span_str(""));
		break;
	case 5: /* a line twice, or elsewhere */
		buf_addspan(&copy, fuzz_line(s, at));
		from = fuzz_line(s, fuzz_random(z, s.n + 1));
		if (from.p != NULL)
			fuzz_splice(
			    b, (size_t)(from.p - s.p), 0, span_buf(&copy));
		break;
	default: /* a line of another message */
		from = span_buf(&z->files[fuzz_random(z, z->count)]);
		buf_addspan(&copy, fuzz_line(from, fuzz_random(z, from.n + 1)));
		from = fuzz_line(s, at);
		if (from.p != NULL)
			fuzz_splice(
			    b, (size_t)(from.p - s.p), from.n, span_buf(&copy));
	}
	buf_free(&copy);
}

static unsigned long
fuzz_setting(const char *name, unsigned long usual)
{
	const char *s = getenv(name);

	return s != NULL ? strtoul(s, NULL, 10) : usual;
}

static void
test_fuzz(void **state)
{
	struct fuzz z = {.seed = fuzz_setting("FUZZ_SEED", 4475)};
	unsigned long rounds = fuzz_setting("FUZZ_ROUNDS", 5000), i;
	size_t changes;

	(void)state;
	fuzz_load(&z, "tests/vectors/rfc4475");
	fuzz_load(&z, "tests/vectors/sec-flows");
	fuzz_load(&z, "tests/fuzz/seeds");
	assert_true(z.count > 49);
	qsort(z.files, z.count, sizeof(*z.files), fuzz_order);
	for (i = 0; i < z.count + rounds; i++) {
		struct buf in = {0};

		/* First each one unchanged. */
		buf_addspan(&in,
		    span_buf(
			&z.files[i < z.count ? i : fuzz_random(&z, z.count)]));
		changes = i < z.count ? 0 : 1 + fuzz_random(&z, 6);
		while (changes-- > 0)
			fuzz_change(&z, &in);
		/* An allocation of exactly its size lets sanitizers see reads
		 * beyond it. */
		in.p = xrealloc(in.p, in.n);
		(void)LLVMFuzzerTestOneInput(in.p, in.n);
		free(in.p);
	}
	for (i = 0; i < z.count; i++)
		buf_free(&z.files[i]);
	free(z.files);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_fuzz),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
