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
struct smime_ctx {
	struct keystore *ks;
	const struct policy *policy;
	const struct aor *from;
	struct smime_result *out;

	/* Inside CBC content: nothing that is found from here on changes the
	 * answer. */
	bool hidden;
	bool refused; /* no text is shown */
	unsigned checked; /* signatures that a public key was asked about */
	unsigned layers, parts;
	bool decrypted; /* some layer was opened */
	bool signed_inside; /* a signature covers the text itself */
	bool encrypted_in_signed;
	struct buf reason;
	bool detailed; /* details are wanted */
	struct buf details; /* lines */
	struct buf *bufs; /* decoded and opened contents, until the end */
	size_t buf_count;
};

/* Says why, for the owner. */
void smime_add_reason(struct smime_ctx *ctx, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
/* Refuses the message: no text, and this answer unless it is hidden. */
void smime_refuse(struct smime_ctx *ctx, int status, const char *warning);
/* A buffer that lives until the message is done. */
struct buf *smime_new_buf(struct smime_ctx *ctx);
/* Counts a layer. False, and refused with 413, when it is one too many. */
bool smime_count_layer(struct smime_ctx *ctx);

/* One part: what it is decides. */
void smime_read_part(struct smime_ctx *ctx, const struct smime_part *part);
/* The bytes of an entity that a layer held. False when they are none. */
bool smime_parse_entity(struct span bytes, struct smime_part *part);
/* The text of a part that is neither signed nor sealed. */
void smime_read_text(struct smime_ctx *ctx, const struct smime_part *part);

/* Judges a SignedData over data (the exact bytes) and takes the verdict down
 * in ctx. False when it is refused, and then o is too. */
bool smime_verify(
    struct smime_ctx *ctx, CMS_ContentInfo *cms, struct span data);
/* Refuses one that is none at all: there is nothing to judge, and nothing
 * that a setting could show. */
void smime_signature_malformed(struct smime_ctx *ctx, const char *why);
/* Opens sealed content. NULL when it could not be, and then o is refused and
 * knows why. From CBC content bytes come back whatever they are: where they
 * are none, *sound is false, and o is refused too. *ours is the certificate
 * that it was sealed for, if anything comes back. */
struct buf *smime_decrypt(struct smime_ctx *ctx, const struct cms_look *look,
    struct span der, bool *sound, struct cert **ours);

/* Tells of a signature by c, which may be NULL, in the details; untrusted are the
 * certificates that came along. */
void smime_details_signature(struct smime_ctx *ctx, CMS_SignerInfo *si,
    struct cert *c, struct cert *const *untrusted, size_t untrusted_count);
/* Tells of a seal. ours is the certificate of ours that it is for, or
 * NULL. */
void smime_details_encryption(struct smime_ctx *ctx, CMS_ContentInfo *cms,
    const char *cipher, const struct cert *ours);

/* Does with the bytes of CBC content that did not open what would have been
 * done if it had, for nothing. */
void smime_decoy_read(struct smime_ctx *ctx, struct span bytes);
/* Judges a signature that is none over the bytes of CBC content, for nothing,
 * where none inside it was: one that the From address might have made, else
 * the holder of ours. */
void smime_decoy_verify(
    struct smime_ctx *ctx, struct cert *ours, struct span bytes);

/* Parses the whole of der, or gives NULL. */
CMS_ContentInfo *smime_parse_cms(struct span der);

#endif
