/*
 * The key of a history, wrapped for its owner: signed by them, then encrypted
 * to them. Whoever has their private key opens it, and nobody else; and nobody
 * else can put in a key, though the certificate that it is encrypted to is
 * public.
 *
 * What is signed is `signet history key 1`, NUL, the owner's address in the form
 * in which addresses are compared, NUL, the database's id, the key. What is
 * encrypted is a SignedData of it, in an AuthEnvelopedData. Signer and recipient
 * are named by the SHA-1 of their public key (RFC 5280, 4.2.1.2, (1)), whatever
 * their certificates have as an identifier: a new certificate for the same key
 * opens it too.
 */
#ifndef SIGNET_KEYS_SMIME_HISTORY_KEY_H
#define SIGNET_KEYS_SMIME_HISTORY_KEY_H

#include "keys/store/keystore.h"

enum {
	HISTORY_ID = 16, /* random bytes that name a database */
	HISTORY_KEY = 32,
	HISTORY_RECIPIENT = 32
};

/* Appends the wrapped key of database id: who's certificate that signs signs
 * it, the one that encrypts is the recipient's. Both private keys must be here
 * and may ask for a passphrase. EX_CONFIG without a certificate or a private
 * key, EX_NOPERM for a key that is neither RSA nor EC, EX_SOFTWARE; nothing is
 * appended then. */
int history_key_wrap(struct keystore *ks, const struct aor *who,
    const unsigned char id[HISTORY_ID], const unsigned char key[HISTORY_KEY],
    struct buf *out, struct err *e);

/* The same for the keys that who will have, as a keystore_change_fn is told.
 * recipient gets what history_key_recipient gives then. */
int history_key_wrap_next(struct keystore *ks,
    const struct keystore_owner *next, const struct aor *who,
    const unsigned char id[HISTORY_ID], const unsigned char key[HISTORY_KEY],
    struct buf *out, unsigned char recipient[HISTORY_RECIPIENT], struct err *e);

/* Returns whether wrapped is for a private key of who that is here. It asks for
 * no passphrase, and history_key_open may still fail. */
bool history_key_is_mine(
    struct keystore *ks, const struct aor *who, struct span wrapped);

/* Unwraps the key of who's database id: with whichever of who's private keys is
 * here and fits, which may ask for a passphrase. Dates, CRLs and usages of
 * certificates are not asked. key is for the caller to wipe; on failure it is
 * wiped. EX_CONFIG where no private key here opens it; EX_NOPERM where what is
 * inside is not signed by a private key of who that is here, or is not the key
 * of that database of who; EX_DATAERR where it is damaged: bytes that differ
 * from the form that history_key_wrap writes. */
int history_key_open(struct keystore *ks, const struct aor *who,
    const unsigned char id[HISTORY_ID], struct span wrapped,
    unsigned char key[HISTORY_KEY], struct err *e);

/* Gives what tells whom a wrap made now would be by and for: SHA-256 over the
 * public keys of who's certificate that encrypts and of the one that signs. It
 * asks for no passphrase. Another one than at the last wrap: make a new one.
 * EX_CONFIG without certificates that can be read. */
int history_key_recipient(struct keystore *ks, const struct aor *who,
    unsigned char out[HISTORY_RECIPIENT], struct err *e);

#endif
