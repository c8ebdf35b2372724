/*
 * Compares two PEM files: certificates by their contents, other blocks by their
 * ASN.1. Of private keys it reports only that they differ.
 */
#include <stdlib.h>
#include <string.h>

#include "keys/smime/mime.h"
#include "keys/x509/cert_words.h"
#include "src/flows/diff_priv.h"
#include "src/show/pem.h"

enum { PEM_BLOCKS = 100 };

struct block {
	struct pem_block pem;
	struct buf der;
	bool read;
};

static bool
diff_next_block(struct span s, size_t *at, struct block *out)
{
	struct span der;

	*out = (struct block){.read = false};
	if (!pem_next(s, at, &out->pem))
		return false;
	/* mime_decode puts the bytes into out->der, which stays empty if there
	 * are none. */
	out->read = out->pem.whole &&
	    mime_decode(span_str("base64"), out->pem.base64, &out->der, &der) ==
		MIME_CODING_OK;
	return true;
}

static bool
diff_is_label(struct span label, const char *word)
{
	size_t n = strlen(word);

	for (size_t i = 0; i + n <= label.n; i++)
		if (memcmp(label.p + i, word, n) == 0)
			return true;
	return false;
}

static void
diff_word_differs(struct differ *d, const char *where,
    const struct differ_item *a, const struct differ_item *b)
{
	differ_texts(d, where, a->value, b->value);
}

/* Returns false if one of them is not a certificate. */
static bool
diff_compare_certs(
    struct differ *d, const char *where, struct span a, struct span b)
{
	struct differ_items one = {0}, other = {0};
	struct buf text[2] = {{0}, {0}};
	bool both = cert_words_der(&text[0], a) && cert_words_der(&text[1], b);

	if (both) {
		differ_items_lines(&one, span_buf(&text[0]));
		differ_items_lines(&other, span_buf(&text[1]));
		differ_items_compare(
		    d, where, &one, &other, "names", diff_word_differs);
		differ_extensions(d, where, a, b);
	}
	differ_items_free(&one);
	differ_items_free(&other);
	buf_free(&text[0]);
	buf_free(&text[1]);
	return both;
}

static void
diff_compare_blocks(struct differ *d, const char *where, const struct block *a,
    const struct block *b)
{
	struct span x = span_buf(&a->der), y = span_buf(&b->der);

	if (diff_is_label(a->pem.label, "PRIVATE") ||
	    diff_is_label(b->pem.label, "PRIVATE"))
		differ_say(d, where, "the private keys differ");
	else if (!span_eq(a->pem.label, b->pem.label))
		differ_texts(d, where, a->pem.label, b->pem.label);
	else if (!a->read || !b->read)
		differ_broken(d, a->read ? 1 : 0, where, "broken PEM");
	else if (span_eq(x, y))
		differ_say(d, where, "only the form of the base64 differs");
	else if (!diff_is_label(a->pem.label, "CERTIFICATE") ||
	    !diff_compare_certs(d, where, x, y))
		differ_asn1(d, where, x, y);
}

void
differ_pem(struct differ *d, struct span a, struct span b)
{
	size_t at[2] = {0, 0}, said = d->said, faults = d->faults;

	for (unsigned n = 1; n <= PEM_BLOCKS; n++) {
		struct block x, y;
		bool there[2] = {diff_next_block(a, &at[0], &x),
		    diff_next_block(b, &at[1], &y)};
		struct buf where = {0};

		if (n > 1)
			buf_addf(&where, "block %u", n);
		if (there[0] && there[1] && !span_eq(x.pem.all, y.pem.all))
			diff_compare_blocks(d, (char *)where.p, &x, &y);
		else if (there[0] != there[1])
			differ_say(d, (char *)where.p, "%s only in %s",
			    n > 1 ? "is" : "PEM is", d->dirs[there[0] ? 0 : 1]);
		buf_free(&where);
		buf_wipe(&x.der);
		buf_wipe(&y.der);
		if (!there[0] && !there[1])
			break;
	}
	if (d->said == said && d->faults == faults)
		differ_say(d, NULL, "only what is around the PEM differs");
}
