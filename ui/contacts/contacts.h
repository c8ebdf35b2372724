/*
 * Contacts: addresses with a name and choices for signing and encrypting. They
 * are kept in a file that is read once and written as a whole.
 *
 * A line is the URI, then words: sign, no-sign, encrypt, no-encrypt, ignored,
 * seen=HEX (SHA-256 of the certificate of the last good signature),
 * verified=HEX (of the certificate that the user has compared, or HEX/HEX of
 * two), introduced, knows-us, and last, to the line's end, name=TEXT. Lines that
 * begin with '#' are comments, and kept.
 */
#ifndef SIGNET_UI_CONTACTS_CONTACTS_H
#define SIGNET_UI_CONTACTS_CONTACTS_H

#include "keys/x509/fingerprints.h"
#include "keys/x509/identity.h"
#include "src/base/bytes.h"
#include "src/base/err.h"

enum contact_choice { CHOICE_DEFAULT, CHOICE_ON, CHOICE_OFF };

/* Whether a contact's certificates are pinned, and all of these verified: that
 * the user has compared them with the contact. */
enum contact_pin { CONTACT_NOT_PINNED, CONTACT_UNVERIFIED, CONTACT_VERIFIED };

struct contact {
	char *uri; /* where messages go: "sips:bob@example.net" */
	struct aor aor;
	char *name; /* given by the user, or NULL */
	enum contact_choice sign, encrypt;
	bool ignored;
	char seen[65]; /* "" or a fingerprint */
	struct fingerprints verified; /* compared with them; empty: none */
	bool
	    introduced; /* our certificate was sent to them, and answered 2xx */
	bool knows_us; /* a signed message of ours was answered 2xx */
	enum contact_pin pin; /* by contacts_pinned; not in the file */
};

struct contacts;

/* Reads path, which need not exist (then *fresh is set). A line that cannot be
 * read is EX_CONFIG with its number, so that writing the file later never loses
 * it. */
int contacts_open(
    const char *path, struct contacts **out, bool *fresh, struct err *e);
/* The same of the file `people` in the key store's folder keys: contacts belong
 * to their certificates. */
int contacts_open_in(
    const char *keys, struct contacts **out, bool *fresh, struct err *e);
void contacts_free(struct contacts *p);
/* Writes the file if it changed: a temporary file (0600) beside it, fsync,
 * rename; a missing folder is made (0700). A symbolic link is followed, and
 * stays one. EX_IOERR. */
int contacts_save(struct contacts *p, struct err *e);

/* Sets the pins of all contacts: first that there are none, then each. key is
 * the address's in struct aor. One that is no contact's is ignored. */
void contacts_no_pins(struct contacts *p);
void contacts_pinned(struct contacts *p, const char *key,
    const unsigned char fingerprint[FINGERPRINT_SIZE]);

/* In the order of names, compared without case. */
size_t contacts_count(const struct contacts *p);
struct contact *contacts_at(struct contacts *p, size_t i);
/* Finds a contact by address, URI or name (without case). NULL when there is
 * none, or more than one of that name. */
struct contact *contacts_find(struct contacts *p, struct span word);
struct contact *contacts_by_aor(struct contacts *p, const struct aor *who);
/* Adds the contact with that address, or finds it. Without a scheme uri is a
 * sips one. EX_DATAERR when it is no URI. Pointers to contacts stay valid. */
int contacts_add(
    struct contacts *p, struct span uri, struct contact **out, struct err *e);
/* Keeps that the user has compared the contact's certificates: their
 * fingerprints in hex, with a blank between two. */
void contacts_verify(struct contact *p, const char *fingerprints);
void contacts_remove(struct contacts *p, struct contact *who);
/* Sets the name; an empty one removes it. EX_DATAERR for a name that is not
 * UTF-8, has controls, looks like an address or is another contact's. */
int contacts_rename(
    struct contacts *p, struct contact *who, struct span name, struct err *e);
/* typed as a URI, with the scheme sips where it has none. For free(). */
char *contacts_uri(struct span typed);
bool contacts_has_scheme(struct span uri);
/* The name, or the address without scheme. Not escaped. */
const char *contact_name(const struct contact *who);

#endif
