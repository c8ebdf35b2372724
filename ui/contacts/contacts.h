/*
 * People: whom one talks with, what they are called, and how one writes to
 * them. Kept in a file of lines, read once and written whole.
 *
 * A line is the URI, then words: sign, no-sign, encrypt, no-encrypt, ignored,
 * seen=HEX (SHA-256 of the certificate of the last good signature), and last,
 * to the line's end, name=TEXT. '#' at its start: for people, and kept.
 */
#ifndef SIGNET_UI_CONTACTS_CONTACTS_H
#define SIGNET_UI_CONTACTS_CONTACTS_H

#include "keys/x509/identity.h"
#include "src/base/bytes.h"
#include "src/base/err.h"

enum contact_choice { CHOICE_DEFAULT, CHOICE_ON, CHOICE_OFF };

struct contact {
	char *uri; /* where messages go: "sips:bob@example.net" */
	struct aor aor; /* who it is */
	char *name; /* what I call them, or NULL */
	enum contact_choice sign, encrypt;
	bool ignored;
	char seen[65]; /* "" or a fingerprint */
};

struct contacts;

/* Reads path, which need not exist (then *fresh is set). A line that cannot be
 * understood is EX_CONFIG with its number: nothing is lost by writing over
 * it. */
int contacts_open(
    const char *path, struct contacts **out, bool *fresh, struct err *e);
void contacts_free(struct contacts *p);
/* Writes what changed: a temporary file (0600) beside it, fsync, rename; the
 * folder is made (0700) where it is missing. A symbolic link is followed, so
 * that it stays one. EX_IOERR. */
int contacts_save(struct contacts *p, struct err *e);

/* In the order in which they are shown: by what they are called, without case. */
size_t contacts_count(const struct contacts *p);
struct contact *contacts_at(struct contacts *p, size_t i);
/* By address, by URI, or by name (without case); NULL when nobody, or more than
 * one, is called that. */
struct contact *contacts_find(struct contacts *p, struct span word);
struct contact *contacts_by_aor(struct contacts *p, const struct aor *who);
/* Adds, or finds, the one with that address. uri may lack the scheme: sips.
 * EX_DATAERR when it is none. Pointers to persons stay valid. */
int contacts_add(
    struct contacts *p, struct span uri, struct contact **out, struct err *e);
void contacts_remove(struct contacts *p, struct contact *who);
/* NULL or empty: no name any more. EX_DATAERR for one that is not valid UTF-8,
 * has controls, or is an address or somebody else's name. */
int contacts_rename(
    struct contacts *p, struct contact *who, struct span name, struct err *e);
/* What was typed as a URI: with the scheme sips where it has none. For free. */
char *contacts_uri(struct span typed);
bool contacts_has_scheme(struct span uri);
/* What a person is called: the name, or the address without scheme. Not yet
 * made harmless. */
const char *contact_name(const struct contact *who);

#endif
