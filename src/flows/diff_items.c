/*
 * Compares lists of named values: header fields, parameters, lines about a
 * certificate.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/flows/diff_priv.h"
#include "src/sip/sip.h"

enum {
	ITEMS_MAX = 500, /* of a list; bounds the quadratic comparison */
	ITEMS_NAME = 40 /* bytes of a name that are shown */
};

void
differ_items_free(struct differ_items *l)
{
	free(l->all);
	buf_free(&l->unfolded);
	*l = (struct differ_items){0};
}

static void
diff_add(struct differ_items *l, struct differ_item one)
{
	if (l->count == ITEMS_MAX) {
		l->rest = true;
		return;
	}
	if (l->all == NULL)
		l->all = xcalloc(ITEMS_MAX, sizeof(*l->all));
	one.nth = 1;
	one.partner = SIZE_MAX;
	for (size_t i = 0; i < l->count; i++)
		if (span_eq_nocase(l->all[i].name, one.name))
			one.nth++;
	l->all[l->count++] = one;
}

/* --- reading -------------------------------------------------------------- */

/* Returns where the line at at ends, without its line end; *next gets the start
 * of the next line. */
static size_t
diff_line_end(struct span s, size_t at, size_t *next)
{
	size_t end = span_find(s, '\n', at);

	*next = end < s.n ? end + 1 : s.n;
	return end > at && s.p[end - 1] == '\r' ? end - 1 : end;
}

static bool
diff_is_fold(struct span s, size_t at)
{
	return at < s.n && (s.p[at] == ' ' || s.p[at] == '\t');
}

/* Returns the field at at as one line, each fold replaced by a space. */
static struct span
diff_unfold(struct differ_items *l, struct span head, size_t at, size_t *next)
{
	size_t from = l->unfolded.n, end = diff_line_end(head, at, next);

	if (!diff_is_fold(head, *next))
		return span_cut(head, at, end);
	buf_addspan(&l->unfolded, span_cut(head, at, end));
	while (diff_is_fold(head, *next)) {
		at = *next;
		end = diff_line_end(head, at, next);
		buf_add(&l->unfolded, " ", 1);
		buf_addspan(&l->unfolded, span_trim(span_cut(head, at, end)));
	}
	return span_cut(span_buf(&l->unfolded), from, l->unfolded.n);
}

static struct differ_item
diff_split_line(struct span line)
{
	size_t colon = span_find(line, ':', 0);
	struct differ_item one = {.value = line};

	if (colon == line.n)
		return one;
	one.name = span_trim(span_cut(line, 0, colon));
	one.value = span_trim(span_cut(line, colon + 1, line.n));
	return one;
}

void
differ_items_fields(struct differ_items *l, struct span head)
{
	size_t at = 0, next;

	/* An upper bound, so that the buffer is never moved: spans point into
	 * it. */
	buf_reserve(&l->unfolded, 2 * head.n + 1);
	for (; at < head.n; at = next) {
		struct differ_item one = diff_split_line(
		    diff_unfold(l, head, at, &next));

		one.raw = span_cut(head, at, next);
		one.name = sip_long_name(one.name);
		if (one.name.n > 0 || one.value.n > 0)
			diff_add(l, one);
	}
}

void
differ_items_lines(struct differ_items *l, struct span text)
{
	size_t at = 0, next;

	for (; at < text.n; at = next) {
		size_t end = diff_line_end(text, at, &next);
		struct differ_item one = diff_split_line(
		    span_cut(text, at, end));

		one.raw = span_cut(text, at, end);
		diff_add(l, one);
	}
}

/* Finds the next ';' that is neither quoted nor within <>, or the end. Returns
 * false if a ',' comes before it, or a quote or '<' is not closed. */
static bool
diff_next_param(struct span s, size_t at, size_t *end)
{
	bool quoted = false, angle = false;

	for (; at < s.n; at++) {
		unsigned char c = s.p[at];

		if (quoted && c == '\\')
			at++;
		else if (c == '"')
			quoted = !quoted;
		else if (!quoted && (c == '<' || c == '>'))
			angle = c == '<';
		else if (!quoted && !angle && c == ',')
			return false;
		else if (!quoted && !angle && c == ';')
			break;
	}
	*end = at < s.n ? at : s.n;
	return !quoted && !angle;
}

bool
differ_items_params(struct differ_items *l, struct span value)
{
	size_t at = 0, end;

	for (; at <= value.n; at = end + 1) {
		struct differ_item one = {0};
		size_t sign;

		if (!diff_next_param(value, at, &end))
			return false;
		one.raw = one.value = span_trim(span_cut(value, at, end));
		sign = span_find(one.raw, '=', 0);
		if (at > 0) {
			one.name = span_trim(span_cut(one.raw, 0, sign));
			one.value = span_trim(
			    span_cut(one.raw, sign + 1, one.raw.n));
		}
		diff_add(l, one);
	}
	return !l->rest;
}

/* --- comparing ------------------------------------------------------------ */

static void
diff_match(struct differ_items *a, struct differ_items *b)
{
	for (size_t i = 0; i < a->count; i++)
		for (size_t j = 0; j < b->count; j++)
			if (a->all[i].nth == b->all[j].nth &&
			    span_eq_nocase(a->all[i].name, b->all[j].name)) {
				a->all[i].partner = j;
				b->all[j].partner = i;
				break;
			}
}

/* Returns whether the list has the name of one more than once. */
static bool
diff_is_repeated(const struct differ_items *l, const struct differ_item *one)
{
	for (size_t i = 0; i < l->count; i++)
		if (l->all[i].nth == 2 &&
		    span_eq_nocase(l->all[i].name, one->name))
			return true;
	return false;
}

static void
diff_put_name(struct buf *out, struct span name)
{
	if (name.n == 0)
		buf_adds(out, "(no name)");
	buf_addspan(out, span_cut(name, 0, ITEMS_NAME));
	if (name.n > ITEMS_NAME)
		buf_adds(out, "...");
}

/* Returns "WHERE: NAME 2", for free; the number only if the name is repeated.
 * The value before all parameters has no name. */
static char *
diff_path(const char *where, const struct differ_items *l,
    const struct differ_items *other, const struct differ_item *one,
    const char *what)
{
	struct buf b = {0};

	buf_adds(&b, where != NULL ? where : "");
	if (one->name.n > 0 || strcmp(what, "parameters") != 0) {
		buf_adds(&b, b.n > 0 ? ": " : "");
		diff_put_name(&b, one->name);
		if (diff_is_repeated(l, one) || diff_is_repeated(other, one))
			buf_addf(&b, " %zu", one->nth);
	}
	buf_add(&b, "", 1);
	return (char *)b.p;
}

static void
diff_put_names(struct buf *out, const struct differ_items *l, size_t from,
    size_t to, size_t **order)
{
	for (size_t i = from; i <= to; i++) {
		buf_adds(out, i > from ? ", " : "");
		diff_put_name(out, l->all[(*order)[i]].name);
	}
}

/* Reports if the items that both lists have stand in another order. */
static void
diff_compare_order(struct differ *d, const char *where, struct differ_items *a,
    struct differ_items *b, const char *what)
{
	size_t *x = xcalloc(a->count + 1, sizeof(*x));
	size_t *y = xcalloc(b->count + 1, sizeof(*y));
	size_t n = 0, m = 0, from = 0;
	struct buf one = {0}, other = {0}, name = {0};

	for (size_t i = 0; i < a->count; i++)
		if (a->all[i].partner != SIZE_MAX)
			x[n++] = i;
	for (size_t j = 0; j < b->count; j++)
		if (b->all[j].partner != SIZE_MAX)
			y[m++] = j;
	while (from < n && a->all[x[from]].partner == y[from])
		from++;
	while (n > from && a->all[x[n - 1]].partner == y[n - 1])
		n--;
	if (n > from) {
		diff_put_names(&one, a, from, n - 1, &x);
		diff_put_names(&other, b, from, n - 1, &y);
		buf_addf(&name, "%s%sorder of %s", where != NULL ? where : "",
		    where != NULL ? ": " : "", what);
		differ_texts(
		    d, (char *)name.p, span_buf(&one), span_buf(&other));
	}
	buf_free(&one);
	buf_free(&other);
	buf_free(&name);
	free(x);
	free(y);
}

static void
diff_compare_one(struct differ *d, const char *where,
    const struct differ_item *a, const struct differ_item *b,
    differ_item_fn *fn)
{
	struct buf form = {0};

	if (!span_eq(a->value, b->value)) {
		fn(d, where, a, b);
	} else if (!span_eq(a->raw, b->raw)) {
		buf_addf(&form, "%s: form of the line", where);
		differ_texts(d, (char *)form.p, a->raw, b->raw);
	}
	buf_free(&form);
}

void
differ_items_compare(struct differ *d, const char *where,
    struct differ_items *a, struct differ_items *b, const char *what,
    differ_item_fn *fn)
{
	static const struct span none;

	diff_match(a, b);
	for (size_t i = 0; i < a->count; i++) {
		struct differ_item *one = &a->all[i];
		char *at = diff_path(where, a, b, one, what);

		if (one->partner == SIZE_MAX)
			differ_texts(d, at, one->value, none);
		else
			diff_compare_one(d, at, one, &b->all[one->partner], fn);
		free(at);
	}
	for (size_t j = 0; j < b->count; j++) {
		char *at = diff_path(where, b, a, &b->all[j], what);

		if (b->all[j].partner == SIZE_MAX)
			differ_texts(d, at, none, b->all[j].value);
		free(at);
	}
	diff_compare_order(d, where, a, b, what);
	if (a->rest || b->rest)
		differ_say(d, where,
		    "there are more than %d %s; the rest is not "
		    "compared",
		    ITEMS_MAX, what);
}
