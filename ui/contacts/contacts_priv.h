/*
 * Shared by the parts of contacts: contacts.c keeps them, contacts_file.c
 * reads and writes the file.
 */
#ifndef SIGNET_UI_CONTACTS_CONTACTS_PRIV_H
#define SIGNET_UI_CONTACTS_CONTACTS_PRIV_H

#include "ui/contacts/contacts.h"

/* A line of the file. */
struct contacts_line {
	struct contact *who; /* NULL: a comment, or an empty line */
	struct buf comment;
	size_t number; /* in the file */
};

struct contacts {
	char *path;
	struct contact **by_name, **by_aor; /* the same contacts, sorted */
	size_t count, cap;
	struct contacts_line *lines;
	size_t line_count, line_cap;
	struct buf saved; /* the file's content */
};

struct contacts_line *contacts_line(struct contacts *p); /* appends one */
/* Appends without sorting; contacts_sort does it for all. */
void contacts_append(struct contacts *p, struct contact *who);
void contacts_sort(struct contacts *p);
/* NULL when uri is no URI of a user. */
struct contact *contact_new(struct span uri, struct err *e);
void contact_free(struct contact *who);
/* Whether name can be the name of a contact. */
bool contacts_name_fits(struct span name, struct err *e);

#endif
