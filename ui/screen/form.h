/*
 * A form: a few fields that a person fills in, one below the other.
 */
#ifndef SIGNET_UI_SCREEN_FORM_H
#define SIGNET_UI_SCREEN_FORM_H

#include "ui/edit/edit.h"
#include "ui/screen/screen.h"

struct form_field {
	const char *label, *hint; /* static; the hint while it is filled in */
	const char *text; /* what it has at first, or NULL */
	bool secret; /* shown as stars */
	bool yes_no; /* y or n, in yes */
	bool yes;
	struct edit *edit; /* the form's */
};

struct form;

/* Copies count fields. keys is a line on what keys do. */
struct form *form_new(const char *title, const char *keys,
    const struct form_field *fields, size_t count);
void form_free(struct form *f); /* wipes */

enum form_does { FORM_STAYS, FORM_DONE, FORM_LEAVES, FORM_OTHER };
/* Tab, Up, Down and Enter go through the fields; Enter in the last is done,
 * ESC or ^C leaves. FORM_OTHER: a key that means nothing here. */
enum form_does form_key(struct form *f, const struct screen_key *key);
/* Draws it from the top; trouble is said in its own words, or "". Where the
 * screen is too small for all, the field that is filled in and the words below
 * it are what is seen. */
void form_draw(const struct form *f, struct screen *s, struct span problem);

/* A field's text, borrowed; its answer. */
const char *form_text(const struct form *f, size_t field);
bool form_yes(const struct form *f, size_t field);
/* Goes to a field. */
void form_go(struct form *f, size_t field);

#endif
