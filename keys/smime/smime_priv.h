/*
 * Opening a body: what its files share.
 */
#ifndef SIGNET_KEYS_SMIME_SMIME_PRIV_H
#define SIGNET_KEYS_SMIME_SMIME_PRIV_H

#include <openssl/cms.h>

#include "keys/smime/cms_look.h"
#include "keys/smime/mime.h"
#include "keys/smime/smime.h"
#include "keys/store/keystore_certs.h"
#include "keys/trust/trust_judge.h"

/* An entity: header values and body, as they came. */
struct smime_part {
	struct span content_type, transfer_encoding, content_encoding, body;
};

/* A message on its way through its layers. */
struct opening {
	struct keystore *ks;
	const struct policy *policy;
	const struct aor *from;
	struct smime_opened *out;

	/* Inside CBC content: nothing that is found from here on changes the
	 * answer. */
	bool hidden;
	bool refused; /* no text is shown */
	unsigned checked; /* signatures that a public key was asked about */
	unsigned layers, parts;
	bool sealed; /* some layer was opened */
	bool signed_since_seal; /* a signature covers the text itself */
	bool sealed_in_signed, signed_in_sealed;
	struct buf reason;
	bool detailed; /* details are wanted */
	struct buf details; /* lines */
	struct buf *kept; /* decoded and opened contents, until the end */
	size_t kept_count;
};

/* Says why, for the owner. */
void opening_reason(struct opening *o, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
/* Refuses the message: no text, and this answer unless it is hidden. */
void opening_refuse(struct opening *o, int status, const char *warning);
/* A buffer that lives until the message is done. */
struct buf *opening_buf(struct opening *o);
/* Counts a layer. False, and refused with 413, when it is one too many. */
bool opening_layer(struct opening *o);

/* One part: what it is decides. */
void opening_part(struct opening *o, const struct smime_part *part);
/* The bytes of an entity that a layer held. False when they are none. */
bool opening_entity(struct span bytes, struct smime_part *part);
void opening_signed(struct opening *o, const struct smime_part *part,
    const struct mime_type *type);
void opening_cms(struct opening *o, const struct smime_part *part,
    const struct mime_type *type);
/* The text of a part that is neither signed nor sealed. */
void opening_text(struct opening *o, const struct smime_part *part);

/* Judges a SignedData over data (the exact bytes) and takes the verdict down
 * in o. False when it is refused, and then o is too. */
bool smime_verify(struct opening *o, CMS_ContentInfo *cms, struct span data);
/* Refuses one that is none at all: there is nothing to judge, and nothing
 * that a setting could show. */
void smime_signature_malformed(struct opening *o, const char *why);
/* Opens sealed content. NULL when it could not be, and then o is refused and
 * knows why. From CBC content bytes come back whatever they are: where they
 * are none, *sound is false, and o is refused too. *ours is the certificate
 * that it was sealed for, if anything comes back. */
struct buf *smime_unseal(struct opening *o, const struct cms_look *look,
    struct span der, bool *sound, struct cert **ours);

/* Tells of a signature by c, which may be NULL, in the details; bag are the
 * certificates that came along. */
void smime_details_signer(struct opening *o, CMS_SignerInfo *si, struct cert *c,
    struct cert *const *bag, size_t bag_count);
/* Tells of a seal. ours is the certificate of ours that it is for, or
 * NULL. */
void smime_details_seal(struct opening *o, CMS_ContentInfo *cms,
    const char *cipher, const struct cert *ours);

/* Does with the bytes of CBC content that did not open what would have been
 * done if it had, for nothing. */
void smime_shadow(struct opening *o, struct span bytes);
/* Judges a signature that is none over the bytes of CBC content, for nothing,
 * where none inside it was: one that the From address might have made, else
 * the holder of ours. */
void smime_decoy(struct opening *o, struct cert *ours, struct span bytes);

/* Parses the whole of der, or gives NULL. */
CMS_ContentInfo *smime_parse(struct span der);

#endif
