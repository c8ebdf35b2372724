/*
 * What the parts of people share: people.c keeps persons, people_file.c reads
 * and writes them.
 */
#ifndef SIGNET_UI_CONTACTS_PEOPLE_PRIV_H
#define SIGNET_UI_CONTACTS_PEOPLE_PRIV_H

#include "ui/contacts/people.h"

/* A line of the file, in its order. */
struct people_line {
	struct person *who; /* NULL: a comment, or an empty line */
	struct buf comment;
	size_t number; /* in the file */
};

struct people {
	char *path;
	struct person **called, **keys; /* in the order of names, and of AORs */
	size_t count, cap;
	struct people_line *lines;
	size_t line_count, line_cap;
	struct buf saved; /* what the file has */
};

struct people_line *people_line(struct people *p); /* a new one, the last */
/* Without a place in either order: for people_sort. */
void people_append(struct people *p, struct person *who);
void people_sort(struct people *p);
/* NULL when uri is nobody's. */
struct person *person_new(struct span uri, struct err *e);
void person_free(struct person *who);
/* Whether it may be a name at all. */
bool people_name_fits(struct span name, struct err *e);

#endif
