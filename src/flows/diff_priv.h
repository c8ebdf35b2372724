/*
 * Shared by the parts of flows --diff, which report differences in lines "FILE:
 * WHERE: A | B". Private to src/flows/diff*.c.
 */
#ifndef SIGNET_SRC_FLOWS_DIFF_PRIV_H
#define SIGNET_SRC_FLOWS_DIFF_PRIV_H

#include "src/base/bytes.h"
#include "src/base/err.h"

struct differ {
	struct buf out;
	const char *dirs[2];
	char *file; /* that is compared, escaped */
	size_t said; /* lines about this file */
	bool differ; /* a difference was found in any file */
	int exit; /* of the first error */
	size_t faults; /* number of errors: unreadable or broken files */
};

/* Appends a line "FILE: WHERE: TEXT", escaped; where may be NULL. */
void differ_say(struct differ *d, const char *where, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
/* Appends a line with two texts, cut around their first difference. A span
 * whose p is NULL prints as "none". */
void differ_texts(
    struct differ *d, const char *where, struct span a, struct span b);
/* Appends a line about any bytes: as texts if both are text, else the lengths
 * and the first difference. */
void differ_bytes(
    struct differ *d, const char *where, struct span a, struct span b);
/* Returns whether the limit of lines about a file is reached: a hostile file
 * could make millions. */
bool differ_enough(const struct differ *d);
/* Reports that the file of folder 0 or 1 is broken: EX_DATAERR. */
void differ_broken(
    struct differ *d, int folder, const char *where, const char *why);
/* Returns whether s is UTF-8 without control characters other than tabs and
 * line ends. */
bool differ_is_text(struct span s);

/* --- named items: header fields, parameters, lines (diff_items.c) --------- */

struct differ_item {
	struct span name, value, raw;
	size_t nth; /* of those of the same name, from 1 */
	size_t partner; /* its index in the other list, or SIZE_MAX */
};

struct differ_items {
	struct differ_item *all;
	size_t count;
	bool rest; /* the limit was reached, and items were left out */
	struct buf unfolded;
};

/* Frees the list and the unfolded fields; other names and values are
 * borrowed. */
void differ_items_free(struct differ_items *l);
/* Adds each header field, unfolded. A line that is not a field has no name. */
void differ_items_fields(struct differ_items *l, struct span head);
/* Adds a field's value, without a name, and its parameters. Returns false if
 * there is more than one value or a quote is not closed; the list must be freed
 * all the same. */
bool differ_items_params(struct differ_items *l, struct span value);
/* Adds lines of "name: value". */
void differ_items_lines(struct differ_items *l, struct span text);

/* Reports items that only one list has, and items with another value, another
 * form or another place. what names the items ("fields"); fn reports two
 * different values. */
typedef void differ_item_fn(struct differ *d, const char *where,
    const struct differ_item *a, const struct differ_item *b);
void differ_items_compare(struct differ *d, const char *where,
    struct differ_items *a, struct differ_items *b, const char *what,
    differ_item_fn *fn);

/* --- kinds of files ------------------------------------------------------- */

/* Compares SIP messages (diff_sip.c). blob is the number of the first CMS
 * content. */
void differ_message(
    struct differ *d, unsigned blob, struct span a, struct span b);
/* Compares DER or BER, value by value (diff_asn1.c). */
void differ_asn1(
    struct differ *d, const char *where, struct span a, struct span b);
/* Compares only the extensions of two certificates. */
void differ_extensions(
    struct differ *d, const char *where, struct span a, struct span b);
/* Compares PEM files (diff_pem.c). */
void differ_pem(struct differ *d, struct span a, struct span b);

#endif
