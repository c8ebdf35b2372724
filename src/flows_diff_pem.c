/*
 * Two PEM files compared: certificates by what they say, other things by
 * their ASN.1; of private keys only that they differ.
 */
#include <stdlib.h>
#include <string.h>

#include "../keys/cert_words.h"
#include "../keys/mime.h"
#include "flows_diff_in.h"

enum { PEM_BLOCKS = 100 };

struct block {
	struct span label, all;
	struct buf der;
	bool read;
};

static size_t
find_word(struct span s, const char *word, size_t from)
{
	size_t n = strlen(word);

	for (; from + n <= s.n; from++)
		if (memcmp(s.p + from, word, n) == 0)
			return from;
	return s.n;
}

/* The block at or behind *at, which moves past it. */
static bool
next_block(struct span s, size_t *at, struct block *out)
{
	size_t from = find_word(s, "-----BEGIN ", *at), dashes, end;
	struct span der;

	*out = (struct block){0};
	if (from == s.n)
		return false;
	dashes = find_word(s, "-----", from + 11);
	end = find_word(s, "-----END ", dashes);
	*at = end;
	out->label = span_cut(s, from + 11, dashes);
	out->all = span_cut(s, from, end);
	/* The bytes are decoded into the buffer, or were none to decode. */
	out->read = end < s.n &&
	    mime_decode(span_str("base64"), span_cut(s, dashes + 5, end),
		&out->der, &der) == MIME_CODING_OK;
	return true;
}

static bool
is_label(struct span label, const char *word)
{
	return find_word(label, word, 0) < label.n;
}

static void
word_differs(struct differ *d, const char *where, const struct differ_item *a,
    const struct differ_item *b)
{
	differ_texts(d, where, a->value, b->value);
}

static X509 *
read_cert(struct span der)
{
	const unsigned char *p = der.p;

	return der.n > 0 ? d2i_X509(NULL, &p, (long)der.n) : NULL;
}

/* False where one of them is none. */
static bool
compare_certs(struct differ *d, const char *where, struct span a,
    struct span b)
{
	X509 *x = read_cert(a), *y = read_cert(b);
	struct differ_items one = {0}, other = {0};
	struct buf words[2] = {{0}, {0}};
	bool both = x != NULL && y != NULL;

	if (both) {
		cert_words(&words[0], x, "");
		cert_words(&words[1], y, "");
		differ_items_words(&one, span_buf(&words[0]));
		differ_items_words(&other, span_buf(&words[1]));
		differ_items_compare(d, where, &one, &other, "names",
		    word_differs);
		differ_extensions(d, where, a, b);
	}
	differ_items_free(&one);
	differ_items_free(&other);
	buf_free(&words[0]);
	buf_free(&words[1]);
	X509_free(x);
	X509_free(y);
	return both;
}

static void
compare_blocks(struct differ *d, const char *where, const struct block *a,
    const struct block *b)
{
	struct span x = span_buf(&a->der), y = span_buf(&b->der);

	if (!span_eq(a->label, b->label))
		differ_texts(d, where, a->label, b->label);
	else if (is_label(a->label, "PRIVATE"))
		differ_say(d, where, "the private keys differ");
	else if (!a->read || !b->read)
		differ_broken(d, a->read ? 1 : 0, where, "broken PEM");
	else if (span_eq(x, y))
		differ_say(d, where, "only the form of the base64 differs");
	else if (!is_label(a->label, "CERTIFICATE") ||
	    !compare_certs(d, where, x, y))
		differ_asn1(d, where, x, y);
}

void
differ_pem(struct differ *d, struct span a, struct span b)
{
	size_t at[2] = {0, 0}, said = d->said;
	int broken = d->exit;

	for (unsigned n = 1; n <= PEM_BLOCKS; n++) {
		struct block x, y;
		bool there[2] = {next_block(a, &at[0], &x),
		    next_block(b, &at[1], &y)};
		struct buf where = {0};

		if (n > 1)
			buf_addf(&where, "block %u", n);
		if (there[0] && there[1] && !span_eq(x.all, y.all))
			compare_blocks(d, (char *)where.p, &x, &y);
		else if (there[0] != there[1])
			differ_say(d, (char *)where.p, "%s only in %s",
			    n > 1 ? "is" : "PEM is",
			    d->dirs[there[0] ? 0 : 1]);
		buf_free(&where);
		buf_wipe(&x.der);
		buf_wipe(&y.der);
		if (!there[0] && !there[1])
			break;
	}
	if (d->said == said && d->exit == broken)
		differ_say(d, NULL, "only what is around the PEM differs");
}
