/*
 * The file of people: a line each, and the comments between them.
 */
#include <stdlib.h>
#include <string.h>

#include "src/base/savefile.h"
#include "src/base/text.h"
#include "ui/contacts/people_priv.h"

enum { SEEN = 64 }; /* hexadecimal digits */

struct people_line *
people_line(struct people *p)
{
	if (p->line_count == p->line_cap) {
		p->line_cap = p->line_cap == 0 ? 64 : p->line_cap * 2;
		p->lines = xrealloc(p->lines, p->line_cap * sizeof(*p->lines));
	}
	p->lines[p->line_count] = (struct people_line){0};
	return &p->lines[p->line_count++];
}

/* --- reading -------------------------------------------------------------- */

/* The next word of *s, which is taken off. */
static struct span
next_word(struct span *s)
{
	struct span word;
	size_t n = 0;

	*s = span_trim(*s);
	while (n < s->n && s->p[n] != ' ' && s->p[n] != '\t')
		n++;
	word = span_cut(*s, 0, n);
	*s = span_cut(*s, n, s->n);
	return word;
}

static int
twice(struct span word, struct err *e)
{
	return err_set(e, EX_CONFIG,
	    "\"%.*s\" and what was said before it do "
	    "not go together",
	    (int)(word.n > 80 ? 80 : word.n), (const char *)word.p);
}

static int
read_seen(struct span hex, struct person *who, struct err *e)
{
	size_t i;

	for (i = 0; i < hex.n; i++)
		if (strchr("0123456789abcdefABCDEF", hex.p[i]) == NULL ||
		    hex.p[i] == '\0')
			break;
	if (hex.n != SEEN || i < SEEN)
		return err_set(e, EX_CONFIG,
		    "after \"seen=\" stands no "
		    "SHA-256 fingerprint of %d hexadecimal digits",
		    SEEN);
	for (i = 0; i < SEEN; i++)
		who->seen[i] = (char)text_lower(hex.p[i]);
	who->seen[SEEN] = '\0';
	return 0;
}

static int
read_word(struct span word, struct person *who, struct err *e)
{
	bool off = span_is(word, "no-sign") || span_is(word, "no-encrypt");
	enum people_choice *choice = NULL;

	if (span_is(word, "sign") || span_is(word, "no-sign"))
		choice = &who->sign;
	else if (span_is(word, "encrypt") || span_is(word, "no-encrypt"))
		choice = &who->encrypt;
	if (choice != NULL) {
		if (*choice != CHOICE_DEFAULT)
			return twice(word, e);
		*choice = off ? CHOICE_OFF : CHOICE_ON;
		return 0;
	}
	if (span_is(word, "ignored")) {
		who->ignored = true;
		return 0;
	}
	if (span_starts_nocase(word, "seen=")) {
		if (who->seen[0] != '\0')
			return twice(word, e);
		return read_seen(span_cut(word, 5, word.n), who, e);
	}
	return err_set(e, EX_CONFIG, "\"%.*s\" is no word that it knows",
	    (int)(word.n > 80 ? 80 : word.n), (const char *)word.p);
}

static struct person *
read_person(struct span line, struct err *e)
{
	struct person *who = person_new(next_word(&line), e);
	struct span rest, word;
	int rc = 0;

	if (who == NULL)
		return NULL;
	while (rc == 0 && (line = span_trim(line)).n > 0) {
		if (span_starts_nocase(line, "name=")) {
			rest = span_trim(span_cut(line, 5, line.n));
			if (!people_name_fits(rest, e))
				rc = -1;
			else if (rest.n > 0)
				who->name = xstrndup(rest);
			break;
		}
		word = next_word(&line);
		rc = read_word(word, who, e);
	}
	if (rc == 0)
		return who;
	person_free(who);
	return NULL;
}

static int
bad_line(const struct people *p, size_t number, struct err *e)
{
	struct err why = *e;

	return err_set(e, EX_CONFIG, "%s line %zu: %s, mend or remove it",
	    p->path, number, why.text);
}

static int
read_line(struct people *p, struct span line, size_t number, struct err *e)
{
	struct people_line *new = people_line(p);

	new->number = number;
	if (line.n > 0 && line.p[line.n - 1] == '\r')
		line.n--;
	if (line.n == 0 || line.p[0] == '#' || span_trim(line).n == 0) {
		buf_addspan(&new->comment, line);
		return 0;
	}
	new->who = read_person(line, e);
	if (new->who == NULL)
		return bad_line(p, number, e);
	people_append(p, new->who);
	return 0;
}

/* Two lines for one address: which of them is meant? */
static int
check_twice(const struct people *p, struct err *e)
{
	const struct person *one, *two;
	size_t i, k;

	for (i = 1; i < p->count; i++) {
		one = p->keys[i - 1];
		two = p->keys[i];
		if (!aor_equal(&one->aor, &two->aor))
			continue;
		for (k = p->line_count - 1;
		     p->lines[k].who != one && p->lines[k].who != two; k--)
			;
		err_set(
		    e, EX_CONFIG, "%s has a line above, too", one->aor.text);
		return bad_line(p, p->lines[k].number, e);
	}
	return 0;
}

int
people_open(const char *path, struct people **out, bool *fresh, struct err *e)
{
	struct people *p = xcalloc(1, sizeof(*p));
	size_t from, to, number = 1;
	struct span all;
	bool there;
	int rc;

	p->path = xstrdup(path);
	rc = savefile_read(path, &p->saved, &there, e);
	*fresh = !there;
	all = span_buf(&p->saved);
	for (from = 0; rc == 0 && from < all.n; from = to + 1) {
		to = span_find(all, '\n', from);
		rc = read_line(p, span_cut(all, from, to), number++, e);
	}
	if (rc == 0) {
		people_sort(p);
		rc = check_twice(p, e);
	}
	if (rc == -1) {
		people_free(p);
		return -1;
	}
	*out = p;
	return 0;
}

/* --- writing -------------------------------------------------------------- */

static void
write_choice(struct buf *out, const char *what, enum people_choice choice)
{
	if (choice != CHOICE_DEFAULT)
		buf_addf(out, choice == CHOICE_ON ? " %s" : " no-%s", what);
}

static void
write_person(struct buf *out, const struct person *who)
{
	buf_adds(out, who->uri);
	write_choice(out, "sign", who->sign);
	write_choice(out, "encrypt", who->encrypt);
	if (who->ignored)
		buf_adds(out, " ignored");
	if (who->seen[0] != '\0')
		buf_addf(out, " seen=%s", who->seen);
	if (who->name != NULL)
		buf_addf(out, " name=%s", who->name);
}

int
people_save(struct people *p, struct err *e)
{
	struct buf b = {0};
	size_t i;

	for (i = 0; i < p->line_count; i++) {
		if (p->lines[i].who != NULL)
			write_person(&b, p->lines[i].who);
		else
			buf_addspan(&b, span_buf(&p->lines[i].comment));
		buf_adds(&b, "\n");
	}
	if (span_eq(span_buf(&b), span_buf(&p->saved))) {
		buf_free(&b);
		return 0;
	}
	if (savefile_write(p->path, span_buf(&b), e) == -1) {
		buf_free(&b);
		return -1;
	}
	buf_free(&p->saved);
	p->saved = b;
	return 0;
}
