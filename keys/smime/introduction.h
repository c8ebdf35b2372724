/*
 * Introductions: one's own certificates with those of the CAs behind them, as
 * S/MIME's certs-only message (RFC 8551, 3.2.2). It is signed by nobody and
 * proves nothing: it spares two people the files that they would mail.
 */
#ifndef SIGNET_KEYS_SMIME_INTRODUCTION_H
#define SIGNET_KEYS_SMIME_INTRODUCTION_H

#include "keys/smime/smime.h"

enum {
	INTRODUCTION_CERTS = 4, /* certificates of one */
	INTRODUCTION_BYTES = 16384 /* of its body */
};

/* Makes who's introduction of the key store: the certificate that signs and the
 * one that encrypts, and the CAs behind them as far as they are here. Fails as
 * smime_make does where nothing could be signed with it. out is untouched on
 * failure, and otherwise for smime_body_free. */
int introduction_make(struct keystore *ks, const struct policy *policy,
    const struct aor *who, struct smime_body *out, struct err *e);

#endif
