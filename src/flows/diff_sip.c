/*
 * Compares two SIP messages: start line, fields, parameters, parts, content.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "keys/smime/cms_look.h"
#include "keys/smime/mime.h"
#include "src/flows/diff_priv.h"
#include "src/show/stored.h"

struct parts {
	struct differ *d;
	unsigned blob; /* the number of the next CMS content */
	unsigned layers;
	size_t count;
};

/* A body with its Content-Type and Content-Transfer-Encoding. */
struct body {
	struct span type, encoding, bytes;
};

static void diff_compare_bodies(struct parts *p, const char *where,
    const struct body *a, const struct body *b);

/* --- fields --------------------------------------------------------------- */

static void
diff_param_differs(struct differ *d, const char *where,
    const struct differ_item *a, const struct differ_item *b)
{
	differ_texts(d, where, a->value, b->value);
}

static bool
diff_has_params(struct span name)
{
	static const char *const names[] = {"Via", "From", "To", "Contact",
	    "Content-Type", "Content-Disposition"};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (span_is_nocase(name, names[i]))
			return true;
	return false;
}

static void
diff_field_differs(struct differ *d, const char *where,
    const struct differ_item *a, const struct differ_item *b)
{
	struct differ_items x = {0}, y = {0};
	size_t before = d->said;

	if (diff_has_params(a->name) && differ_items_params(&x, a->value) &&
	    differ_items_params(&y, b->value))
		differ_items_compare(
		    d, where, &x, &y, "parameters", diff_param_differs);
	/* The value has no parameters, or they differ only in spaces. */
	if (d->said == before)
		differ_texts(d, where, a->value, b->value);
	differ_items_free(&x);
	differ_items_free(&y);
}

static void
diff_compare_fields(
    struct differ *d, const char *where, struct span a, struct span b)
{
	struct differ_items x = {0}, y = {0};

	if (!span_eq(a, b)) {
		differ_items_fields(&x, a);
		differ_items_fields(&y, b);
		differ_items_compare(
		    d, where, &x, &y, "fields", diff_field_differs);
	}
	differ_items_free(&x);
	differ_items_free(&y);
}

/* --- parts ---------------------------------------------------------------- */

/* Returns "WHERE: WHAT N", for free; without the number if n is 0. */
static char *
diff_below(const char *where, const char *what, size_t n)
{
	struct buf b = {0};

	if (where != NULL)
		buf_addf(&b, "%s: ", where);
	buf_adds(&b, what);
	if (n > 0)
		buf_addf(&b, " %zu", n);
	return (char *)b.p;
}

static bool
diff_split(const struct body *body, const struct mime_type *t,
    struct span parts[MIME_PARTS_MAX], size_t *count)
{
	const char *boundary = mime_param(t, "boundary");

	return strncmp(t->name, "multipart/", 10) == 0 && !t->bad &&
	    boundary != NULL && mime_boundary_ok(boundary) &&
	    mime_coding_is_identity(span_trim(body->encoding)) &&
	    mime_split(body->bytes, boundary, parts, MIME_PARTS_MAX, count) ==
	    MIME_SPLIT_OK &&
	    *count > 0;
}

static void
diff_compare_part(
    struct parts *p, const char *where, struct span a, struct span b)
{
	struct mime_entity x, y;
	struct body one, other;

	if (mime_entity_parse(a, &x) == -1 || mime_entity_parse(b, &y) == -1) {
		if (!span_eq(a, b))
			differ_bytes(p->d, where, a, b);
		return;
	}
	diff_compare_fields(p->d, where, span_cut(a, 0, a.n - x.body.n),
	    span_cut(b, 0, b.n - y.body.n));
	one = (struct body){x.content_type, x.transfer_encoding, x.body};
	other = (struct body){y.content_type, y.transfer_encoding, y.body};
	diff_compare_bodies(p, where, &one, &other);
}

/* Compares how many bytes follow the last part. around has the last part of
 * each. */
static void
diff_compare_around(struct parts *p, const char *where, const struct body *a,
    const struct body *b, const struct span around[2])
{
	size_t to[2] = {(size_t)(around[0].p - a->bytes.p) + around[0].n,
	    (size_t)(around[1].p - b->bytes.p) + around[1].n};
	char *at = diff_below(where, "around the parts", 0);

	if (a->bytes.n - to[0] != b->bytes.n - to[1])
		differ_say(p->d, at, "%zu | %zu bytes behind the last part",
		    a->bytes.n - to[0], b->bytes.n - to[1]);
	free(at);
}

/* Returns false if they are not both multiparts that can be split. */
static bool
diff_compare_multiparts(struct parts *p, const char *where,
    const struct body *a, const struct body *b, const struct mime_type *s,
    const struct mime_type *t)
{
	struct span x[MIME_PARTS_MAX], y[MIME_PARTS_MAX];
	size_t n = 0, m = 0;

	if (!diff_split(a, s, x, &n) || !diff_split(b, t, y, &m) ||
	    p->count + n + m > (size_t)2 * MIME_PARTS_MAX)
		return false;
	p->count += n + m;
	for (size_t i = 0; i < n || i < m; i++) {
		char *at = diff_below(where, "part", i + 1);

		if (i < n && i < m)
			diff_compare_part(p, at, x[i], y[i]);
		else
			differ_say(
			    p->d, at, "only in %s", p->d->dirs[i < n ? 0 : 1]);
		free(at);
	}
	/* Different boundaries are reported with the field. */
	if (strcmp(mime_param(s, "boundary"), mime_param(t, "boundary")) == 0)
		diff_compare_around(
		    p, where, a, b, (const struct span[2]){x[n - 1], y[m - 1]});
	return true;
}

static void
diff_compare_contents(struct parts *p, const char *where, const struct body *a,
    const struct body *b, bool cms)
{
	struct buf store[2] = {{0}, {0}};
	struct span x, y;
	unsigned number = cms ? p->blob++ : 0;
	bool read = mime_decode(a->encoding, a->bytes, &store[0], &x) ==
		MIME_CODING_OK &&
	    mime_decode(b->encoding, b->bytes, &store[1], &y) == MIME_CODING_OK;
	char *at = cms ? diff_below(where, "blob", number)
		       : diff_below(where, "content", 0);

	if (!read && !span_eq(a->bytes, b->bytes))
		differ_bytes(p->d, at, a->bytes, b->bytes);
	else if (read && !span_eq(x, y) && cms)
		differ_asn1(p->d, at, x, y);
	else if (read && !span_eq(x, y))
		differ_bytes(p->d, at, x, y);
	else if (read && !span_eq(a->bytes, b->bytes))
		differ_say(p->d, at, "its transfer encoding has another form");
	free(at);
	buf_wipe(&store[0]);
	buf_wipe(&store[1]);
}

static void
diff_compare_bodies(struct parts *p, const char *where, const struct body *a,
    const struct body *b)
{
	struct mime_type s = {0}, t = {0};
	bool typed[2] = {mime_type_parse(a->type, &s) == 0,
	    mime_type_parse(b->type, &t) == 0};
	bool both = typed[0] && typed[1];

	p->layers++;
	if (!both || p->layers > MIME_LAYERS_MAX ||
	    !diff_compare_multiparts(p, where, a, b, &s, &t))
		diff_compare_contents(p, where, a, b,
		    both && cms_type(s.name) && cms_type(t.name));
	p->layers--;
	if (typed[0])
		mime_type_free(&s);
	if (typed[1])
		mime_type_free(&t);
}

/* --- messages ------------------------------------------------------------- */

static bool
diff_read_message(struct differ *d, int folder, struct span all,
    struct stream_frame *frame, struct span *rest)
{
	size_t at = 0;

	*frame = (struct stream_frame){.found = STREAM_MORE};
	while (at < all.n && frame->found != STREAM_MESSAGE) {
		size_t used = stored_next(span_cut(all, at, all.n), frame);

		if (used == 0)
			break;
		at += used;
	}
	*rest = span_cut(all, at, all.n);
	if (frame->found == STREAM_MESSAGE)
		return true;
	differ_broken(d, folder, "not a SIP message",
	    frame->found == STREAM_BROKEN ? frame->why : "the file is empty");
	return false;
}

/* Returns the length of the start line with its line end. */
static size_t
diff_start_line(struct span head)
{
	size_t end = span_find(head, '\n', 0);

	return end < head.n ? end + 1 : head.n;
}

/* Returns s without line ends at its end. */
static struct span
diff_one_line(struct span s)
{
	while (s.n > 0 && (s.p[s.n - 1] == '\n' || s.p[s.n - 1] == '\r'))
		s.n--;
	return s;
}

static struct body
diff_whole_body(const struct stream_frame *f)
{
	struct differ_items l = {0};
	struct body body = {.bytes = f->body};

	differ_items_fields(
	    &l, span_cut(f->head, diff_start_line(f->head), f->head.n));
	for (size_t i = 0; i < l.count; i++) {
		const struct differ_item *one = &l.all[i];

		if (one->nth != 1)
			continue;
		/* Only the raw line outlives the list. */
		if (span_is_nocase(one->name, "Content-Type"))
			body.type = one->raw;
		if (span_is_nocase(one->name, "Content-Transfer-Encoding"))
			body.encoding = one->raw;
	}
	differ_items_free(&l);
	for (size_t i = 0; i < 2; i++) {
		struct span *s = i == 0 ? &body.type : &body.encoding;

		*s = diff_one_line(*s);
		*s = span_trim(span_cut(*s, span_find(*s, ':', 0) + 1, s->n));
	}
	return body;
}

void
differ_message(struct differ *d, unsigned blob, struct span a, struct span b)
{
	struct stream_frame f[2];
	struct parts p = {.d = d, .blob = blob};
	struct span rest[2], line[2];
	struct body x, y;
	bool read = diff_read_message(d, 0, a, &f[0], &rest[0]);

	if (!diff_read_message(d, 1, b, &f[1], &rest[1]) || !read) {
		differ_bytes(d, NULL, a, b);
		return;
	}
	for (size_t i = 0; i < 2; i++)
		line[i] = span_cut(f[i].head, 0, diff_start_line(f[i].head));
	if (!span_eq(line[0], line[1]))
		differ_texts(d, "start line", diff_one_line(line[0]),
		    diff_one_line(line[1]));
	diff_compare_fields(d, NULL,
	    span_cut(f[0].head, line[0].n, f[0].head.n),
	    span_cut(f[1].head, line[1].n, f[1].head.n));
	x = diff_whole_body(&f[0]);
	y = diff_whole_body(&f[1]);
	if (!span_eq(x.bytes, y.bytes))
		diff_compare_bodies(&p, NULL, &x, &y);
	if (!span_eq(rest[0], rest[1]))
		differ_bytes(d, "behind the message", rest[0], rest[1]);
}
