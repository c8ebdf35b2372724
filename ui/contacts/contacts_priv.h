/*
 * What the parts of people share: contacts.c keeps persons, contacts_file.c reads
 * and writes them.
 */
#ifndef SIGNET_UI_CONTACTS_CONTACTS_PRIV_H
#define SIGNET_UI_CONTACTS_CONTACTS_PRIV_H

#include "ui/contacts/contacts.h"

/* A line of the file, in its order. */
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
	struct buf saved; /* what the file has */
};

struct contacts_line *contacts_line(
    struct contacts *p); /* a new one, the last */
/* Without a place in either order: for people_sort. */
void contacts_append(struct contacts *p, struct contact *who);
void contacts_sort(struct contacts *p);
/* NULL when uri is nobody's. */
struct contact *contact_new(struct span uri, struct err *e);
void contact_free(struct contact *who);
/* Whether it may be a name at all. */
bool contacts_name_fits(struct span name, struct err *e);

#endif
