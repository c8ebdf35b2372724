/*
 * Offers: the certificates that people introduced themselves with (RFC 8551,
 * 3.2.2), kept as offered_cert_AOR.pem beside the key store's and used for
 * nothing until the user accepts them.
 */
#ifndef SIGNET_KEYS_STORE_OFFERS_H
#define SIGNET_KEYS_STORE_OFFERS_H

#include "keys/store/keystore.h"

enum { OFFERS_MAX = 100 }; /* addresses with offers at once */

enum offer_result {
	OFFER_NEW, /* it waits now */
	OFFER_WAITS, /* the same one waits already */
	OFFER_SECOND, /* another one waits: both do now */
	OFFER_THIRD, /* two others wait: this one was not kept */
	OFFER_KNOWN, /* its certificates are the stored ones; not kept */
	OFFER_CHANGED, /* others are pinned: it waits, and is alarming */
	OFFER_FULL /* OFFERS_MAX addresses wait, all of contacts; not kept */
};

/* Returns whether the offer of an address is kept when there are too many: it is
 * a contact's. */
typedef bool offers_spare_fn(void *arg, const char *address);

/* Keeps the introduction of who: PEM, whose certificates that name who are
 * theirs. shown gets their fingerprints, as keystore_shown has them. Where there
 * are too many, the oldest that is not spared goes; spare may be NULL. -1 where
 * it cannot be written, with EX_IOERR or EX_CANTCREAT. */
int offers_keep(struct keystore *ks, const struct aor *who, struct span pem,
    offers_spare_fn *spare, void *arg, enum offer_result *result,
    char shown[KEYSTORE_SHOWN], struct err *e);

/* What waits of one address. */
struct offer {
	char *address; /* user@host */
	char shown[KEYSTORE_SHOWN];
	char other[KEYSTORE_SHOWN]; /* of a second, different one, or "" */
};
/* Gives fn each address with an offer, the oldest first; fn returns false to
 * end. */
int offers_each(struct keystore *ks,
    bool (*fn)(void *arg, const struct offer *o), void *arg, struct err *e);
/* Finds what waits of who. address is not set. EX_CONFIG where nothing does. */
int offers_find(struct keystore *ks, const struct aor *who, struct offer *out,
    struct err *e);

/* Finds the offer of who that is meant: the one there is, or the one of two whose
 * fingerprint begins with digits, eight at least; NULL: none are given. shown
 * gets its fingerprints. EX_CONFIG. */
int offers_choose(struct keystore *ks, const struct aor *who,
    const char *digits, char shown[KEYSTORE_SHOWN], struct err *e);

/* Stores the certificates of who's offer with these fingerprints, pins them, and
 * drops all offers of who. The CAs that came with it are not stored. EX_CONFIG
 * where there is no such offer, EX_NOPERM where other certificates are
 * pinned. */
int offers_accept(struct keystore *ks, const struct aor *who, const char *shown,
    struct err *e);
/* Drops all offers of who. */
void offers_drop(struct keystore *ks, const struct aor *who);

#endif
