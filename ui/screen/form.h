/*
 * A form: a few fields, one below the other.
 */
#ifndef SIGNET_UI_SCREEN_FORM_H
#define SIGNET_UI_SCREEN_FORM_H

#include "ui/edit/edit.h"
#include "ui/screen/screen.h"

struct form_field {
	const char *label,
	    *hint; /* static; the hint stands below the field where there is
		   * room for all, else while in the field */
	const char *example; /* static; stands where an empty value would, or
			      * NULL */
	const char *text; /* its initial value, or NULL */
	bool secret; /* shown as stars */
	bool yes_no; /* y or n, in yes */
	bool yes;
	struct edit *edit; /* set by the form */
};

struct form;

/* Copies count fields. keys is a line that explains the keys. */
struct form *form_new(const char *title, const char *keys,
    const struct form_field *fields, size_t count);
void form_free(struct form *f); /* wipes */

enum form_does { FORM_STAYS, FORM_DONE, FORM_LEAVES, FORM_OTHER };
/* Tab, Up, Down, PgUp, PgDn and Enter go through the fields. Enter in the last one is
 * FORM_DONE; ESC and ^C are FORM_LEAVES; a key without meaning here is
 * FORM_OTHER. */
enum form_does form_key(struct form *f, const struct screen_key *key);
/* Draws the form from the top, with a problem (or an empty span) below the
 * fields. On a small screen the current field and the lines below it are
 * shown. */
void form_draw(const struct form *f, struct screen *s, struct span problem);

/* A field's text, borrowed, or its yes. */
const char *form_text(const struct form *f, size_t field);
bool form_yes(const struct form *f, size_t field);
/* The current field; makes a field that; empties one. */
size_t form_at(const struct form *f);
void form_go(struct form *f, size_t field);
void form_clear(struct form *f, size_t field);

#endif
