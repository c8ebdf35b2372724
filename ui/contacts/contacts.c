#include <stdlib.h>
#include <string.h>

#include "src/base/savefile.h"
#include "src/base/text.h"
#include "ui/contacts/contacts_priv.h"

/* --- two orders ----------------------------------------------------------- */

const char *
contact_name(const struct contact *who)
{
	return who->name != NULL ? who->name : who->aor.text;
}

static int
contacts_order_by_aor(const void *a, const void *b)
{
	const struct contact *one = *(struct contact *const *)a;
	const struct contact *two = *(struct contact *const *)b;

	return strcmp(one->aor.key, two->aor.key);
}

static int
contacts_order_by_name(const void *a, const void *b)
{
	const struct contact *one = *(struct contact *const *)a;
	const struct contact *two = *(struct contact *const *)b;
	int order = text_order(
	    span_str(contact_name(one)), span_str(contact_name(two)));

	return order != 0 ? order : contacts_order_by_aor(a, b);
}

typedef int compare_fn(const void *a, const void *b);

/* The index at which who stands, or would be inserted. */
static size_t
contacts_find_place(struct contact *const *list, size_t count,
    struct contact *who, compare_fn *order)
{
	size_t low = 0, high = count, middle;

	while (low < high) {
		middle = low + (high - low) / 2;
		if (order(&list[middle], &who) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static void
contacts_list_insert(
    struct contact **list, size_t count, struct contact *who, compare_fn *order)
{
	size_t i = contacts_find_place(list, count, who, order);

	memmove(&list[i + 1], &list[i], (count - i) * sizeof(*list));
	list[i] = who;
}

static void
contacts_list_remove(
    struct contact **list, size_t count, struct contact *who, compare_fn *order)
{
	size_t i = contacts_find_place(list, count, who, order);

	memmove(&list[i], &list[i + 1], (count - i - 1) * sizeof(*list));
}

void
contacts_sort(struct contacts *p)
{
	if (p->count == 0)
		return;
	qsort(
	    p->by_name, p->count, sizeof(*p->by_name), contacts_order_by_name);
	qsort(p->by_aor, p->count, sizeof(*p->by_aor), contacts_order_by_aor);
}

/* --- contacts ------------------------------------------------------------- */

void
contact_free(struct contact *who)
{
	if (who == NULL)
		return;
	free(who->uri);
	free(who->name);
	aor_free(&who->aor);
	free(who);
}

bool
contacts_has_scheme(struct span uri)
{
	return span_starts_nocase(uri, "sip:") ||
	    span_starts_nocase(uri, "sips:");
}

char *
contacts_uri(struct span typed)
{
	struct buf b = {0};

	if (!contacts_has_scheme(typed))
		buf_adds(&b, "sips:");
	buf_addspan(&b, typed);
	return (char *)b.p;
}

struct contact *
contact_new(struct span uri, struct err *e)
{
	struct contact *who = xcalloc(1, sizeof(*who));

	if (aor_parse(uri, &who->aor, e) == -1) {
		free(who);
		return NULL;
	}
	who->uri = contacts_uri(uri);
	return who;
}

void
contacts_append(struct contacts *p, struct contact *who)
{
	if (p->count == p->cap) {
		p->cap = p->cap == 0 ? 64 : p->cap * 2;
		p->by_name = xrealloc(p->by_name, p->cap * sizeof(*p->by_name));
		p->by_aor = xrealloc(p->by_aor, p->cap * sizeof(*p->by_aor));
	}
	p->by_name[p->count] = p->by_aor[p->count] = who;
	p->count++;
}

void
contacts_free(struct contacts *p)
{
	size_t i;

	if (p == NULL)
		return;
	for (i = 0; i < p->count; i++)
		contact_free(p->by_aor[i]);
	for (i = 0; i < p->line_count; i++)
		buf_free(&p->lines[i].comment);
	free(p->lines);
	free(p->by_name);
	free(p->by_aor);
	buf_free(&p->saved);
	free(p->path);
	free(p);
}

size_t
contacts_count(const struct contacts *p)
{
	return p->count;
}

struct contact *
contacts_at(struct contacts *p, size_t i)
{
	return i < p->count ? p->by_name[i] : NULL;
}

struct contact *
contacts_by_aor(struct contacts *p, const struct aor *who)
{
	struct contact like = {.aor = *who};
	size_t i = contacts_find_place(
	    p->by_aor, p->count, &like, contacts_order_by_aor);

	return i < p->count && aor_equal(&p->by_aor[i]->aor, who) ? p->by_aor[i]
								  : NULL;
}

void
contacts_no_pins(struct contacts *p)
{
	for (size_t i = 0; i < p->count; i++)
		p->by_aor[i]->pin = CONTACT_NOT_PINNED;
}

void
contacts_pinned(struct contacts *p, const char *key,
    const unsigned char fingerprint[FINGERPRINT_SIZE])
{
	struct contact like = {.aor = {.key = (char *)key}}, *who;
	size_t i = contacts_find_place(
	    p->by_aor, p->count, &like, contacts_order_by_aor);

	if (i == p->count || strcmp(p->by_aor[i]->aor.key, key) != 0)
		return;
	who = p->by_aor[i];
	if (!fingerprints_has(&who->verified, fingerprint))
		who->pin = CONTACT_UNVERIFIED;
	else if (who->pin == CONTACT_NOT_PINNED)
		who->pin = CONTACT_VERIFIED;
}

/* The contact with that name, except `but`; NULL for none. *more: there is more
 * than one. */
static struct contact *
contacts_search_name(
    struct contacts *p, struct span name, const struct contact *but, bool *more)
{
	struct contact *found = NULL, *who;
	size_t i;

	*more = false;
	for (i = 0; i < p->count; i++) {
		who = p->by_name[i];
		if (who == but || who->name == NULL ||
		    text_order(span_str(who->name), name) != 0)
			continue;
		*more = found != NULL;
		found = who;
	}
	return found;
}

struct contact *
contacts_find(struct contacts *p, struct span word)
{
	struct contact *found = NULL;
	struct err ignored = {0};
	struct aor aor;
	bool more;

	word = span_trim(word);
	if (aor_parse(word, &aor, &ignored) == 0) {
		found = contacts_by_aor(p, &aor);
		aor_free(&aor);
	}
	if (found != NULL)
		return found;
	found = contacts_search_name(p, word, NULL, &more);
	return more ? NULL : found;
}

struct contacts_line *
contacts_line(struct contacts *p)
{
	p->lines = vec_grow(
	    p->lines, p->line_count, &p->line_cap, sizeof(*p->lines));
	p->lines[p->line_count] = (struct contacts_line){0};
	return &p->lines[p->line_count++];
}

void
contacts_verify(struct contact *p, const char *fingerprints)
{
	p->verified = (struct fingerprints){.count = 0};
	(void)fingerprints_add_hex(&p->verified, span_str(fingerprints), ' ');
}

int
contacts_add(
    struct contacts *p, struct span uri, struct contact **out, struct err *e)
{
	struct contact *who = contact_new(span_trim(uri), e), *known;

	if (who == NULL)
		return -1;
	known = contacts_by_aor(p, &who->aor);
	if (known != NULL) {
		contact_free(who);
		*out = known;
		return 0;
	}
	contacts_append(p, who);
	contacts_list_insert(
	    p->by_name, p->count - 1, who, contacts_order_by_name);
	contacts_list_insert(
	    p->by_aor, p->count - 1, who, contacts_order_by_aor);
	contacts_line(p)->who = who;
	*out = who;
	return 0;
}

void
contacts_remove(struct contacts *p, struct contact *who)
{
	size_t i;

	contacts_list_remove(p->by_name, p->count, who, contacts_order_by_name);
	contacts_list_remove(p->by_aor, p->count, who, contacts_order_by_aor);
	p->count--;
	for (i = 0; p->lines[i].who != who; i++)
		;
	p->line_count--;
	memmove(&p->lines[i], &p->lines[i + 1],
	    (p->line_count - i) * sizeof(*p->lines));
	contact_free(who);
}

/* --- names ---------------------------------------------------------------- */

bool
contacts_name_fits(struct span name, struct err *e)
{
	/* Also fullwidth and small forms of @. */
	static const char *const ats[] = {"@", "\xef\xbc\xa0", "\xef\xb9\xab"};
	char *shown = text_escape_line(name);
	bool same = span_is(name, shown);
	size_t i;

	free(shown);
	if (!same) {
		err_set(e, EX_DATAERR,
		    "the name has control or invisible characters, or is not "
		    "UTF-8");
		return false;
	}
	for (i = 0; i < sizeof(ats) / sizeof(ats[0]); i++)
		if (text_find(name, span_str(ats[i]), 0) < name.n)
			break;
	if (i < sizeof(ats) / sizeof(ats[0]) ||
	    span_starts_nocase(name, "sip:") ||
	    span_starts_nocase(name, "sips:")) {
		err_set(e, EX_DATAERR,
		    "the name \"%.*s\" looks like an address: a name has no @ "
		    "and does not begin with sip:",
		    (int)(name.n > 200 ? 200 : name.n), (const char *)name.p);
		return false;
	}
	return true;
}

int
contacts_rename(
    struct contacts *p, struct contact *who, struct span name, struct err *e)
{
	struct contact *other;
	bool more;

	name = span_trim(name);
	if (!contacts_name_fits(name, e))
		return -1;
	other = name.n > 0 ? contacts_search_name(p, name, who, &more) : NULL;
	if (other != NULL)
		return err_set(e, EX_DATAERR,
		    "%s already has the name \"%s\": choose another",
		    other->aor.text, other->name);
	contacts_list_remove(p->by_name, p->count, who, contacts_order_by_name);
	free(who->name);
	who->name = name.n > 0 ? xstrndup(name) : NULL;
	contacts_list_insert(
	    p->by_name, p->count - 1, who, contacts_order_by_name);
	return 0;
}
