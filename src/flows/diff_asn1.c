/*
 * Compares two ASN.1 values, value by value. Lists are aligned first, so that
 * one additional value does not make all after it differ.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "keys/asn1/asn1_print.h"
#include "keys/smime/cms_look.h"
#include "src/flows/diff_priv.h"

enum {
	ASN1_BYTES = 1 << 20, /* of a value that is compared by its parts */
	ASN1_DEPTH = 64,
	ASN1_ALIGNED = 200, /* values of a list that are aligned */
	ASN1_LIST = 8192, /* values of a list */
	ASN1_SHOWN = 32 /* most bytes of a value that is printed */
};

struct value {
	struct der der;
	struct span all; /* with tag and length */
};

struct values {
	struct value *all;
	size_t count;
};

struct comparing {
	struct differ *d;
	const char *where;
	const unsigned char *base[2];
	int depth;
};

/* --- reading -------------------------------------------------------------- */

/* Reads a list of values, for diff_values_free in any case. Returns false if s
 * is not a list of whole values. */
static bool
diff_values_read(struct span s, struct values *out)
{
	*out = (struct values){0};
	while (s.n > 0) {
		struct value v;
		const unsigned char *p = s.p;

		if (out->count == ASN1_LIST || !der_next(&s, &v.der))
			return false;
		v.all = (struct span){p, (size_t)(s.p - p)};
		out->all = xrealloc(
		    out->all, (out->count + 1) * sizeof(*out->all));
		out->all[out->count++] = v;
	}
	return true;
}

static void
diff_values_free(struct values *v)
{
	free(v->all);
}

/* Puts the content of a value in *out and returns true if that is a list of
 * values: in a constructed value, or in a string that wraps one SEQUENCE or
 * SET. */
static bool
diff_inside(const struct value *v, struct span *out)
{
	const struct der *d = &v->der;
	struct span rest;
	struct der one;

	if (d->constructed) {
		*out = d->body;
		return true;
	}
	*out = d->body;
	if (d->class != DER_UNIVERSAL ||
	    (d->tag != DER_OCTET_STRING && d->tag != DER_BIT_STRING))
		return false;
	if (d->tag == DER_BIT_STRING) {
		if (out->n == 0 || out->p[0] != 0)
			return false;
		*out = span_cut(*out, 1, out->n);
	}
	rest = *out;
	return der_next(&rest, &one) && rest.n == 0 &&
	    one.class == DER_UNIVERSAL && one.constructed &&
	    (one.tag == DER_SEQUENCE || one.tag == DER_SET);
}

static bool
diff_is_oid(const struct der *d)
{
	return d->class == DER_UNIVERSAL && d->tag == DER_OID &&
	    !d->constructed;
}

static bool
diff_same_kind(const struct value *a, const struct value *b)
{
	return a->der.class == b->der.class && a->der.tag == b->der.tag &&
	    a->der.constructed == b->der.constructed;
}

/* --- text ----------------------------------------------------------------- */

/* Appends a value as asn1_print prints it, in one line and without offsets. */
static void
diff_put_printed(struct buf *out, struct span all)
{
	struct buf print = {0};
	struct err e;
	size_t end;

	(void)asn1_print(&print, all, 0, &e);
	for (size_t at = 0; at < print.n; at = end + 1) {
		struct span line;

		end = span_find(span_buf(&print), '\n', at);
		line = span_cut(span_buf(&print), at, end);
		line = span_trim(
		    span_cut(line, span_find(line, ':', 0) + 1, line.n));
		buf_adds(out, at > 0 && line.n > 0 ? " " : "");
		buf_addspan(out, line);
	}
	buf_free(&print);
	buf_add(out, "", 1);
	out->n--;
}

/* Appends the type of a value, such as "OCTET STRING" or "[0]": asn1_print's
 * text for an empty value of the same tag. */
static void
diff_put_type(struct buf *out, const struct value *v)
{
	struct buf head = {0}, printed = {0};
	size_t n = 1;
	char *text, *end;

	if ((v->all.p[0] & 0x1f) == 0x1f)
		while (n < v->all.n && (v->all.p[n++] & 0x80) != 0)
			continue;
	buf_addspan(&head, span_cut(v->all, 0, n));
	buf_add(&head, "", 1);
	diff_put_printed(&printed, span_buf(&head));
	text = (char *)printed.p;
	if ((end = strstr(text, " {")) != NULL ||
	    (end = strstr(text, " '")) != NULL ||
	    (end = strstr(text, " broken")) != NULL)
		*end = '\0';
	buf_adds(out, text);
	buf_free(&head);
	buf_free(&printed);
}

/* Appends a short primitive value as printed, or the length of another. */
static void
diff_put_value(struct buf *out, const struct value *v)
{
	struct buf type = {0}, printed = {0};

	if (v->der.constructed || v->der.body.n > ASN1_SHOWN) {
		buf_addf(out, "(%zu bytes)", v->all.n);
		return;
	}
	diff_put_type(&type, v);
	diff_put_printed(&printed, v->all);
	buf_adds(
	    out, printed.n > type.n ? (char *)printed.p + type.n + 1 : "empty");
	buf_free(&type);
	buf_free(&printed);
}

/* Puts the name of an OBJECT IDENTIFIER, for the values that follow it. */
static void
diff_name_of(char name[64], const struct value *v)
{
	struct buf b = {0};
	char *end;

	diff_put_value(&b, v);
	buf_add(&b, "", 1);
	if ((end = strstr((char *)b.p, " (")) != NULL)
		*end = '\0';
	(void)snprintf(name, 64, "%s", (char *)b.p);
	buf_free(&b);
}

static size_t
diff_offset(const struct comparing *c, int folder, const struct value *v)
{
	return (size_t)(v->all.p - c->base[folder]);
}

/* Returns the place of two values, "WHERE: 12 | 14: messageDigest: OCTET
 * STRING", for free. Either value may be NULL. */
static char *
diff_place(const struct comparing *c, const char *name, const struct value *a,
    const struct value *b)
{
	struct buf out = {0};

	buf_addf(&out, "%s%s", c->where != NULL ? c->where : "",
	    c->where != NULL ? ": " : "");
	if (a != NULL)
		buf_addf(&out, "%zu | ", diff_offset(c, 0, a));
	else
		buf_adds(&out, "none | ");
	if (b != NULL)
		buf_addf(&out, "%zu: ", diff_offset(c, 1, b));
	else
		buf_adds(&out, "none: ");
	if (name[0] != '\0')
		buf_addf(&out, "%s: ", name);
	diff_put_type(&out, a != NULL ? a : b);
	return (char *)out.p;
}

static void
diff_say_one(const struct comparing *c, const char *name, const struct value *a,
    const struct value *b)
{
	const struct value *v = a != NULL ? a : b;
	char *at, first[64] = "";
	struct buf text = {0};
	struct span list = v->der.body;
	struct value oid = {.all = {v->der.body.p, 0}};

	if (v->der.constructed && der_next(&list, &oid.der) &&
	    diff_is_oid(&oid.der)) {
		oid.all.n = (size_t)(list.p - oid.all.p);
		diff_name_of(first, &oid);
	}
	at = diff_place(c, name, a, b);
	buf_addf(&text, "%s%s", first, first[0] != '\0' ? " " : "");
	diff_put_value(&text, v);
	differ_say(c->d, at, "%s, only in %s", (char *)text.p,
	    c->d->dirs[a != NULL ? 0 : 1]);
	buf_free(&text);
	free(at);
}

static void
diff_say_both(const struct comparing *c, const char *name,
    const struct value *a, const struct value *b)
{
	char *at = diff_place(c, name, a, b);
	struct span x = a->der.body, y = b->der.body;
	struct buf one = {0}, other = {0};

	if (span_eq(x, y)) {
		differ_say(c->d, at, "only the form of its length differs");
	} else if (a->der.constructed || x.n > ASN1_SHOWN || y.n > ASN1_SHOWN) {
		if (x.n > 0 && y.n > 0 && differ_is_text(x) &&
		    differ_is_text(y))
			differ_texts(c->d, at, x, y);
		else
			differ_say(c->d, at, "differs (%zu bytes | %zu bytes)",
			    x.n, y.n);
	} else {
		diff_put_value(&one, a);
		diff_put_value(&other, b);
		differ_say(c->d, at, "%s | %s", (char *)one.p, (char *)other.p);
	}
	buf_free(&one);
	buf_free(&other);
	free(at);
}

/* --- aligning ------------------------------------------------------------- */

/* Scores how similar two values are: 8 if equal, 5 if both begin with the same
 * OBJECT IDENTIFIER, 1 if of the same type, 0 if they must not be paired. */
static unsigned
diff_alike(const struct value *a, const struct value *b)
{
	struct span x = a->der.body, y = b->der.body;
	struct der p, q;

	if (span_eq(a->all, b->all))
		return 8;
	if (!diff_same_kind(a, b))
		return 0;
	if (a->der.constructed && der_next(&x, &p) && der_next(&y, &q) &&
	    diff_is_oid(&p) && diff_is_oid(&q) && span_eq(p.body, q.body))
		return 5;
	return 1;
}

/* best[i][j] is the best sum of scores for the values from i and j on. */
struct table {
	unsigned best[ASN1_ALIGNED + 1][ASN1_ALIGNED + 1];
};

static void
diff_fill(struct table *t, const struct value *a, size_t n,
    const struct value *b, size_t m)
{
	for (size_t i = n; i-- > 0;)
		for (size_t j = m; j-- > 0;) {
			unsigned pair = diff_alike(&a[i], &b[j]);
			unsigned most = t->best[i + 1][j];

			if (t->best[i][j + 1] > most)
				most = t->best[i][j + 1];
			if (pair > 0 && pair + t->best[i + 1][j + 1] > most)
				most = pair + t->best[i + 1][j + 1];
			t->best[i][j] = most;
		}
}

static void diff_compare_lists(struct comparing *c, const char *name,
    struct span a, struct span b, const struct value *in,
    const struct value *of);

static void
diff_compare_pair(struct comparing *c, char name[64], const struct value *a,
    const struct value *b)
{
	struct span x, y;
	bool apart[2] = {diff_inside(a, &x), diff_inside(b, &y)};
	size_t before = c->d->said;

	if (!span_eq(a->all, b->all)) {
		if (apart[0] && apart[1] && c->depth < ASN1_DEPTH &&
		    !span_eq(x, y))
			diff_compare_lists(c, name, x, y, a, b);
		if (c->d->said == before)
			diff_say_both(c, name, a, b);
	}
	if (diff_is_oid(&a->der))
		diff_name_of(name, a);
}

/* Either value may be NULL. */
static void
diff_compare_next(struct comparing *c, char name[64], const struct value *a,
    const struct value *b)
{
	if (differ_enough(c->d))
		return;
	if (a != NULL && b != NULL && diff_same_kind(a, b)) {
		diff_compare_pair(c, name, a, b);
		return;
	}
	if (a != NULL)
		diff_say_one(c, name, a, NULL);
	if (b != NULL)
		diff_say_one(c, name, NULL, b);
}

static void
diff_walk(struct comparing *c, char name[64], const struct values *a,
    const struct values *b)
{
	struct table *t = NULL;
	size_t i = 0, j = 0;

	if (a->count <= ASN1_ALIGNED && b->count <= ASN1_ALIGNED) {
		t = xcalloc(1, sizeof(*t));
		diff_fill(t, a->all, a->count, b->all, b->count);
	}
	while (i < a->count || j < b->count) {
		const struct value *x = i < a->count ? &a->all[i] : NULL;
		const struct value *y = j < b->count ? &b->all[j] : NULL;
		unsigned pair = x != NULL && y != NULL ? diff_alike(x, y) : 0;

		if (t != NULL && x != NULL && y != NULL &&
		    (pair == 0 ||
			t->best[i][j] != pair + t->best[i + 1][j + 1])) {
			if (t->best[i][j] == t->best[i + 1][j])
				y = NULL;
			else
				x = NULL;
		}
		diff_compare_next(c, name, x, y);
		i += x != NULL;
		j += y != NULL;
	}
	free(t);
}

/* Compares the lists a and b, which are the contents of in and of (NULL at the
 * top). */
static void
diff_compare_lists(struct comparing *c, const char *name, struct span a,
    struct span b, const struct value *in, const struct value *of)
{
	struct values x, y;
	char own[64];
	bool read = diff_values_read(a, &x);

	c->depth++;
	(void)snprintf(own, sizeof(own), "%s", name);
	if (diff_values_read(b, &y) && read) {
		diff_walk(c, own, &x, &y);
	} else {
		if (!read && (in == NULL || in->der.constructed))
			differ_broken(c->d, 0, c->where, "broken ASN.1");
		else if (of == NULL || of->der.constructed)
			differ_broken(c->d, 1, c->where, "broken ASN.1");
		if (in == NULL)
			differ_bytes(c->d, c->where, a, b);
	}
	c->depth--;
	diff_values_free(&x);
	diff_values_free(&y);
}

void
differ_asn1(struct differ *d, const char *where, struct span a, struct span b)
{
	struct comparing c = {.d = d, .where = where, .base = {a.p, b.p}};

	if (a.n > ASN1_BYTES || b.n > ASN1_BYTES)
		differ_bytes(d, where, a, b);
	else
		diff_compare_lists(&c, "", a, b, NULL, NULL);
}

/* --- certificates --------------------------------------------------------- */

/* Returns [3] of a TBSCertificate, or an empty span. */
static struct span
diff_extensions(struct span cert)
{
	struct der d;
	struct span s = cert;

	if (!der_take(&s, DER_SEQUENCE, &d))
		return span_cut(cert, 0, 0);
	s = d.body;
	if (!der_take(&s, DER_SEQUENCE, &d))
		return span_cut(cert, 0, 0);
	for (s = d.body; s.n > 0;) {
		if (!der_next(&s, &d))
			break;
		if (d.class != DER_UNIVERSAL && d.tag == 3)
			return d.body;
	}
	return span_cut(cert, 0, 0);
}

void
differ_extensions(
    struct differ *d, const char *where, struct span a, struct span b)
{
	struct comparing c = {.d = d, .where = where, .base = {a.p, b.p}};
	struct span x = diff_extensions(a), y = diff_extensions(b);

	if (!span_eq(x, y) && a.n <= ASN1_BYTES && b.n <= ASN1_BYTES)
		diff_compare_lists(&c, "", x, y, NULL, NULL);
}
