/*
 * The file of contacts: a line for each, and comments between them.
 */
#include <stdlib.h>
#include <string.h>

#include "src/base/savefile.h"
#include "src/base/text.h"
#include "ui/contacts/contacts_priv.h"

enum { SEEN = 64 }; /* hexadecimal digits */

/* --- reading -------------------------------------------------------------- */

/* Removes the next word from *s and returns it. */
static struct span
contacts_next_word(struct span *s)
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
contacts_refuse_repeated(struct span word, struct err *e)
{
	return err_set(e, EX_CONFIG,
	    "\"%.*s\" repeats or contradicts a word before it",
	    (int)(word.n > 80 ? 80 : word.n), (const char *)word.p);
}

static int
contacts_read_seen(struct span hex, struct contact *who, struct err *e)
{
	size_t i;

	for (i = 0; i < hex.n; i++)
		if (strchr("0123456789abcdefABCDEF", hex.p[i]) == NULL ||
		    hex.p[i] == '\0')
			break;
	if (hex.n != SEEN || i < SEEN)
		return err_set(e, EX_CONFIG,
		    "\"seen=\" needs a SHA-256 fingerprint of %d hexadecimal "
		    "digits",
		    SEEN);
	for (i = 0; i < SEEN; i++)
		who->seen[i] = (char)text_lower(hex.p[i]);
	who->seen[SEEN] = '\0';
	return 0;
}

static int
contacts_read_verified(struct span hex, struct contact *who, struct err *e)
{
	if (fingerprints_add_hex(&who->verified, hex, '/'))
		return 0;
	return err_set(e, EX_CONFIG,
	    "\"verified=\" needs a SHA-256 fingerprint of %d hexadecimal "
	    "digits, or two with / between",
	    SEEN);
}

static int
contacts_read_word(struct span word, struct contact *who, struct err *e)
{
	bool off = span_is(word, "no-sign") || span_is(word, "no-encrypt");
	enum contact_choice *choice = NULL;

	if (span_is(word, "sign") || span_is(word, "no-sign"))
		choice = &who->sign;
	else if (span_is(word, "encrypt") || span_is(word, "no-encrypt"))
		choice = &who->encrypt;
	if (choice != NULL) {
		if (*choice != CHOICE_DEFAULT)
			return contacts_refuse_repeated(word, e);
		*choice = off ? CHOICE_OFF : CHOICE_ON;
		return 0;
	}
	if (span_is(word, "ignored")) {
		who->ignored = true;
		return 0;
	}
	if (span_is(word, "introduced") || span_is(word, "knows-us")) {
		who->introduced = who->introduced || word.p[0] == 'i';
		who->knows_us = who->knows_us || word.p[0] == 'k';
		return 0;
	}
	if (span_starts_nocase(word, "seen=")) {
		if (who->seen[0] != '\0')
			return contacts_refuse_repeated(word, e);
		return contacts_read_seen(span_cut(word, 5, word.n), who, e);
	}
	if (span_starts_nocase(word, "verified=")) {
		if (who->verified.count > 0)
			return contacts_refuse_repeated(word, e);
		return contacts_read_verified(
		    span_cut(word, 9, word.n), who, e);
	}
	return err_set(e, EX_CONFIG, "\"%.*s\" is an unknown word",
	    (int)(word.n > 80 ? 80 : word.n), (const char *)word.p);
}

static struct contact *
contacts_read_contact(struct span line, struct err *e)
{
	struct contact *who = contact_new(contacts_next_word(&line), e);
	struct span rest, word;
	int rc = 0;

	if (who == NULL)
		return NULL;
	while (rc == 0 && (line = span_trim(line)).n > 0) {
		if (span_starts_nocase(line, "name=")) {
			rest = span_trim(span_cut(line, 5, line.n));
			if (!contacts_name_fits(rest, e))
				rc = -1;
			else if (rest.n > 0)
				who->name = xstrndup(rest);
			break;
		}
		word = contacts_next_word(&line);
		rc = contacts_read_word(word, who, e);
	}
	if (rc == 0)
		return who;
	contact_free(who);
	return NULL;
}

static int
contacts_bad_line(const struct contacts *p, size_t number, struct err *e)
{
	struct err why = *e;

	return err_set(e, EX_CONFIG, "%s line %zu: %s; correct or remove it",
	    p->path, number, why.text);
}

static int
contacts_read_line(
    struct contacts *p, struct span line, size_t number, struct err *e)
{
	struct contacts_line *new = contacts_line(p);

	new->number = number;
	if (line.n == 0 || line.p[0] == '#' || span_trim(line).n == 0) {
		buf_addspan(&new->comment, line);
		return 0;
	}
	new->who = contacts_read_contact(line, e);
	if (new->who == NULL)
		return contacts_bad_line(p, number, e);
	contacts_append(p, new->who);
	return 0;
}

/* Refuses two lines with one address. */
static int
contacts_check_duplicates(const struct contacts *p, struct err *e)
{
	const struct contact *one, *two;
	size_t i, k;

	for (i = 1; i < p->count; i++) {
		one = p->by_aor[i - 1];
		two = p->by_aor[i];
		if (!aor_equal(&one->aor, &two->aor))
			continue;
		for (k = p->line_count - 1;
		     p->lines[k].who != one && p->lines[k].who != two; k--)
			;
		err_set(
		    e, EX_CONFIG, "%s has another line above", one->aor.text);
		return contacts_bad_line(p, p->lines[k].number, e);
	}
	return 0;
}

int
contacts_open(
    const char *path, struct contacts **out, bool *fresh, struct err *e)
{
	struct contacts *p = xcalloc(1, sizeof(*p));
	size_t number = 1;
	struct span all;
	bool there;
	int rc;

	p->path = xstrdup(path);
	rc = savefile_read(path, &p->saved, &there, e);
	*fresh = !there;
	all = span_buf(&p->saved);
	while (rc == 0 && all.n > 0)
		rc = contacts_read_line(p, span_line(&all), number++, e);
	if (rc == 0) {
		contacts_sort(p);
		rc = contacts_check_duplicates(p, e);
	}
	if (rc == -1) {
		contacts_free(p);
		return -1;
	}
	*out = p;
	return 0;
}

int
contacts_open_in(
    const char *keys, struct contacts **out, bool *fresh, struct err *e)
{
	struct buf path = {0};
	int rc;

	buf_addf(&path, "%s/people", keys);
	rc = contacts_open((const char *)path.p, out, fresh, e);
	buf_free(&path);
	return rc;
}

/* --- writing -------------------------------------------------------------- */

static void
contacts_write_choice(
    struct buf *out, const char *what, enum contact_choice choice)
{
	if (choice != CHOICE_DEFAULT)
		buf_addf(out, choice == CHOICE_ON ? " %s" : " no-%s", what);
}

static void
contacts_write_contact(struct buf *out, const struct contact *who)
{
	buf_adds(out, who->uri);
	contacts_write_choice(out, "sign", who->sign);
	contacts_write_choice(out, "encrypt", who->encrypt);
	if (who->ignored)
		buf_adds(out, " ignored");
	if (who->introduced)
		buf_adds(out, " introduced");
	if (who->knows_us)
		buf_adds(out, " knows-us");
	if (who->seen[0] != '\0')
		buf_addf(out, " seen=%s", who->seen);
	if (who->verified.count > 0) {
		buf_adds(out, " verified=");
		fingerprints_put_hex(out, &who->verified);
	}
	if (who->name != NULL)
		buf_addf(out, " name=%s", who->name);
}

int
contacts_save(struct contacts *p, struct err *e)
{
	struct buf b = {0};
	size_t i;

	for (i = 0; i < p->line_count; i++) {
		if (p->lines[i].who != NULL)
			contacts_write_contact(&b, p->lines[i].who);
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
