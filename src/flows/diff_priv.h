/*
 * What the parts of flows --diff share: where two files differ, said in lines
 * of "FILE: WHERE: A | B". Private to src/flows_diff*.c.
 */
#ifndef SIGNET_SRC_FLOWS_DIFF_PRIV_H
#define SIGNET_SRC_FLOWS_DIFF_PRIV_H

#include "src/base/bytes.h"
#include "src/base/err.h"

struct differ {
	struct buf out;
	const char *dirs[2];
	char *file; /* that is looked at, harmless */
	size_t said; /* lines of this file */
	bool differ; /* something does, in any file */
	int exit; /* of the first file that could not be read */
	size_t faults; /* such files, and what is broken in others */
};

/* A line: FILE, where unless it is NULL, words. Both are made harmless. */
void differ_say(struct differ *d, const char *where, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
/* A line with two texts, cut around where they differ; a span whose p is NULL
 * is none at all. */
void differ_texts(
    struct differ *d, const char *where, struct span a, struct span b);
/* A line of any bytes: as texts where both are, else how many and where they
 * begin to differ. */
void differ_bytes(
    struct differ *d, const char *where, struct span a, struct span b);
/* Whether a file has had its lines: one that is hostile could have millions. */
bool differ_enough(const struct differ *d);
/* The file of folder 0 or 1 is not what it should be: EX_DATAERR. */
void differ_broken(
    struct differ *d, int folder, const char *where, const char *why);
/* Whether there are only bytes that text has. */
bool differ_is_text(struct span s);

/* --- named items: header fields, parameters, lines (flows_diff_items.c) --- */

struct differ_item {
	struct span name, value, raw;
	size_t nth; /* of those of the same name, from 1 */
	size_t partner; /* its index in the other list, or SIZE_MAX */
};

struct differ_items {
	struct differ_item *all;
	size_t count;
	bool rest; /* there are more, which are left out */
	struct buf unfolded;
};

/* Frees the list; names and values are borrowed, but for those unfolded. */
void differ_items_free(struct differ_items *l);
/* A field each line, folded or not; what is none has no name. */
void differ_items_fields(struct differ_items *l, struct span head);
/* A value's own part, without a name, and its parameters. False where it has
 * more than one value, or quotes that do not end; free it all the same. */
bool differ_items_params(struct differ_items *l, struct span value);
/* Lines of "name: value". */
void differ_items_words(struct differ_items *l, struct span words);

/* Says where two lists differ: what is in one alone, what has another value,
 * another form or another place. */
typedef void differ_item_fn(struct differ *d, const char *where,
    const struct differ_item *a, const struct differ_item *b);
void differ_items_compare(struct differ *d, const char *where,
    struct differ_items *a, struct differ_items *b, const char *what,
    differ_item_fn *fn);

/* --- kinds of files ------------------------------------------------------- */

/* A SIP message (flows_diff_sip.c). blob is the number of its first CMS
 * content. */
void differ_message(
    struct differ *d, unsigned blob, struct span a, struct span b);
/* DER or BER, value by value (flows_diff_asn1.c). */
void differ_asn1(
    struct differ *d, const char *where, struct span a, struct span b);
/* The extensions of two certificates alone. */
void differ_extensions(
    struct differ *d, const char *where, struct span a, struct span b);
/* Certificates and the like (flows_diff_pem.c). */
void differ_pem(struct differ *d, struct span a, struct span b);

#endif
