#include "ui/people.h"

#include <stdlib.h>
#include <string.h>

#include "src/base/text.h"
#include "src/store/store.h"
#include "ui/confirm.h"
#include "ui/notice.h"

enum {
	PEOPLE_DELAY = 1000, /* ms until it is written how far one has read */
	PEOPLE_LINE = 65536 /* bytes of an entered line that is kept */
};

/* --- opening -------------------------------------------------------------- */

static struct person *
people_find(const struct client *c, const char *key)
{
	struct person *p = c->people;

	while (p != NULL && strcmp(p->key, key) != 0)
		p = p->next;
	return p;
}

struct person *
people_of(struct client *c, const char *key)
{
	struct person *p = people_find(c, key);

	if (p != NULL)
		return p;
	p = xcalloc(1, sizeof(*p));
	p->key = xstrdup(key);
	p->next = c->people;
	c->people = p;
	return p;
}

static bool
people_add(void *arg, const struct store_person *kept)
{
	struct person *p = people_of(arg, kept->peer);

	p->draft = kept->draft != NULL ? xstrdup(kept->draft) : NULL;
	p->read = kept->read;
	p->off = kept->off;
	p->known = true;
	return true;
}

static void
people_save_now(void *arg)
{
	people_save(arg);
}

void
people_open(struct client *c)
{
	struct err e = {0};

	c->people_save = (struct loop_timer){.fn = people_save_now, .arg = c};
	if (c->store != NULL && store_people(c->store, people_add, c, &e) == -1)
		notice_log(c, c->conversations[0], true, e.text);
}

static void
people_drop_draft(struct person *p)
{
	if (p->draft != NULL)
		wipe(p->draft, strlen(p->draft));
	free(p->draft);
	p->draft = NULL;
}

void
people_free(struct client *c)
{
	while (c->people != NULL) {
		struct person *p = c->people;

		c->people = p->next;
		people_drop_draft(p);
		free(p->key);
		free(p);
	}
}

/* --- writing -------------------------------------------------------------- */

void
people_save(struct client *c)
{
	if (c->store == NULL)
		return;
	loop_timer_del(c->loop, &c->people_save);
	for (struct person *p = c->people; p != NULL; p = p->next) {
		struct store_person kept = {.peer = p->key,
		    .draft = p->draft,
		    .read = p->read,
		    .off = p->off};

		if (p->changed)
			store_set_person(c->store, &kept);
		p->changed = false;
	}
}

static void
people_changed(struct client *c, struct person *p)
{
	p->changed = p->known = true;
	if (c->people_save.slot == 0)
		loop_timer_set(c->loop, &c->people_save, PEOPLE_DELAY);
}

void
people_read(struct client *c, struct conversation *v)
{
	confirm_read(c, v);
	if (c->store == NULL || v->person == NULL ||
	    v->newest <= v->person->read)
		return;
	v->person->read = v->newest;
	people_changed(c, v->person);
}

void
people_set_off(struct client *c, struct person *p, bool off)
{
	p->off = off;
	if (off)
		people_drop_draft(p);
	people_changed(c, p);
	people_save(c);
}

void
people_forgotten(struct client *c, struct person *p)
{
	people_drop_draft(p);
	p->changed = false;
	if (!p->off)
		return;
	people_changed(c, p);
	people_save(c);
}

/* --- the input line ------------------------------------------------------- */

/* Whether a line may have a password behind /password, however it is
 * written. */
static bool
people_is_secret(struct span line)
{
	struct span word = span_cut(line, 0, span_find(line, ' ', 0));

	return span_is_nocase(word, "/p") || span_starts_nocase(word, "/pa");
}

/* The lines of a conversation are under its peer, those of the client's own
 * under nobody; NULL: they are not kept. */
static const char *
people_lines_of(const struct client *c, const struct conversation *v)
{
	if (c->store == NULL || v->kind == CONVERSATION_OTHERS ||
	    (v->person != NULL && v->person->off))
		return NULL;
	return v->person != NULL ? v->person->key : "";
}

static bool
people_add_line(void *arg, struct span line)
{
	edit_remember_line(arg, line);
	return true;
}

void
people_enter(struct client *c, struct conversation *v)
{
	const char *of = people_lines_of(c, v);
	struct err e = {0};

	if (of == NULL)
		return;
	if (store_inputs(c->store, of, people_add_line, v->edit, &e) == -1)
		notice_log(c, v, true, e.text);
	if (v->person != NULL && v->person->draft != NULL)
		edit_set(v->edit, span_str(v->person->draft));
}

void
people_entered(struct client *c, struct conversation *v, struct span line)
{
	const char *of = people_lines_of(c, v);

	if (of == NULL)
		return;
	if (line.n <= PEOPLE_LINE && !people_is_secret(line))
		store_add_input(c->store, of, line);
	/* A crash must not bring back as a draft what was sent. */
	if (v->person != NULL && v->person->draft != NULL) {
		people_drop_draft(v->person);
		people_changed(c, v->person);
		people_save(c);
	}
}

void
people_leave(struct client *c, struct conversation *v)
{
	struct span text = edit_text(v->edit);
	struct person *p = v->person;

	if (p == NULL || c->store == NULL)
		return;
	if (p->changed)
		people_save(c);
	if (people_lines_of(c, v) == NULL)
		return;
	if (people_is_secret(text))
		text.n = 0;
	if (span_eq(text, span_str(p->draft != NULL ? p->draft : "")))
		return;
	people_drop_draft(p);
	p->draft = text.n > 0 ? xstrndup(text) : NULL;
	people_changed(c, p);
	people_save(c);
}
