/*
 * Reading a body: shared by the smime_* files.
 *
 * Calls run one way, each file calling those to its right: smime_read >
 * smime_cpim > smime_text > smime_verify; smime_read > smime_decoy >
 * smime_verify; smime_read > smime_decrypt > content_key; verify and decrypt >
 * smime_details; all > smime_ctx. smime_make > smime_preflight stand alone.
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
	struct span disposition;
	bool inner; /* of MIME, not of the SIP message: fields may have
	             * comments */
};

/* A message while its layers are read. */
struct smime_ctx {
	struct keystore *ks;
	const struct policy *policy;
	const struct aor *from;
	const struct aor *self; /* our addresses, for the To that is signed */
	size_t self_count;
	unsigned caps; /* see smime_raw */
	struct smime_result *out;

	bool hidden; /* inside CBC content: no fault found from here on may
	              * change the answer */
	bool refused; /* no text is shown */
	unsigned checked; /* public-key checks of signatures so far */
	unsigned layers, parts;
	bool decrypted; /* a layer was decrypted */
	bool signed_inside; /* a signature was verified since the last
	                     * decryption, so it covers the text itself */
	bool encrypted_in_signed;
	struct buf reason;
	bool keep_key; /* the outermost content key is wanted */
	struct span content_key; /* of the outermost encrypted part; empty: it
	                          * is not known */
	bool detailed; /* collect details */
	struct buf details; /* lines */
	struct buf *bufs; /* decoded and decrypted contents, wiped at the end */
	size_t buf_count;
};

/* --- smime_ctx ------------------------------------------------------------ */

/* Adds words to the reason that the owner is shown. */
void smime_add_reason(struct smime_ctx *ctx, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
/* Refuses the message: its text is not shown. The first refusal that is not
 * hidden is the one it is answered with. */
void smime_refuse(struct smime_ctx *ctx, enum smime_refusal why);
/* The same with a reason for the owner. Returns false. */
bool smime_refuse_because(
    struct smime_ctx *ctx, enum smime_refusal refusal, const char *why);
/* Undoes the transfer encoding of a part. False, and refused, where that fails.
 * *out is in the part's bytes, or lives as long as ctx. */
bool smime_decode(
    struct smime_ctx *ctx, const struct smime_part *part, struct span *out);
/* A new buffer that lives until smime_ctx_free. The next call may move it. */
struct buf *smime_new_buf(struct smime_ctx *ctx);
/* Counts a layer. False, and refused, when there are too many. */
bool smime_count_layer(struct smime_ctx *ctx);
/* Wipes and frees everything but ctx->out and ctx->details. */
void smime_ctx_free(struct smime_ctx *ctx);

/* A context that does the work of ctx's at this point with no effect on the
 * message: it is refused, hidden, and its result goes to ignored. */
struct smime_ctx smime_decoy_ctx(
    const struct smime_ctx *ctx, struct smime_result *ignored);
/* Frees it; its public-key checks are counted in ctx. */
void smime_decoy_ctx_end(struct smime_ctx *ctx, struct smime_ctx *decoy);

/* Parses a MIME entity. False when it is none. */
bool smime_parse_entity(struct span bytes, struct smime_part *part);
/* Parses the Content-Type of a part; as mime_type_parse. */
int smime_part_type(const struct smime_part *part, struct mime_type *out);
/* Returns whether a part of this type is CMS: by the type's name, or an
 * application/octet-stream by its file's name (RFC 8551, 3.10). */
bool smime_part_is_cms(
    const struct smime_part *part, const struct mime_type *type);
/* Parses der as CMS. NULL when it is none, or bytes follow it. */
CMS_ContentInfo *smime_parse_cms(struct span der);

/* --- smime_details -------------------------------------------------------- */

/* Adds a signature to the details. c is the signer's certificate, or NULL;
 * untrusted are the certificates that came in the message. */
void smime_details_signature(struct smime_ctx *ctx, CMS_SignerInfo *si,
    struct cert *c, struct cert *const *untrusted, size_t untrusted_count);
/* Adds an encryption. ours is our certificate that it is for, or NULL. */
void smime_details_encryption(struct smime_ctx *ctx, CMS_ContentInfo *cms,
    const char *cipher, const struct cert *ours);

/* --- smime_verify --------------------------------------------------------- */

/* Judges a SignedData over data (the exact bytes that it covers), and lowers
 * the verdict of ctx to the worst of its signers. False when it is refused;
 * then so is ctx. */
bool smime_verify(
    struct smime_ctx *ctx, CMS_ContentInfo *cms, struct span data);
/* Refuses a signature that cannot be judged at all, whatever the settings. */
void smime_signature_malformed(struct smime_ctx *ctx, const char *why);

/* What is inside a signature differs from the message around it: lowers the
 * verdict to identity-mismatch, and refuses the message where that is
 * refused. */
void smime_mismatch(
    struct smime_ctx *ctx, enum smime_refusal refusal, const char *why);

/* --- smime_decoy ---------------------------------------------------------- */

/* Makes CBC content take the same time with and without a signature inside:
 * unless ctx->checked counts one, verifies a made-up signature over bytes and
 * ignores the result. It names the From address's certificate in the store as
 * its signer, or else ours. */
void smime_decoy_verify(
    struct smime_ctx *ctx, struct cert *ours, struct span bytes);

/* --- smime_decrypt -------------------------------------------------------- */

/* Decrypts content with a private key of the store, or with the content key
 * that was kept, and keeps that key where it is wanted. NULL when that failed,
 * and then ctx is refused. For CBC content with a key of ours it always returns
 * a buffer; *sound is false, and ctx refused, if its bytes are not the content.
 * *ours is set to our certificate that it is for, if it was looked for. */
struct buf *smime_decrypt(struct smime_ctx *ctx, const struct cms_look *look,
    struct span der, bool *sound, struct cert **ours);

/* --- smime_text ----------------------------------------------------------- */

/* Takes the text out of a part that is neither signed nor encrypted. */
void smime_read_text(struct smime_ctx *ctx, const struct smime_part *part);

/* --- smime_cpim ----------------------------------------------------------- */

/* What a part of this media type holds. */
enum smime_kind smime_kind_of(const char *type);
/* Reads a part that is a message/cpim, or a receipt or typing itself. */
void smime_read_cpim(struct smime_ctx *ctx, const struct smime_part *part);
void smime_read_notice(
    struct smime_ctx *ctx, const struct smime_part *part, enum smime_kind kind);
/* Forgets what was signed: the message is not good. */
void smime_cpim_forget(struct smime_result *out);

/* --- introduction --------------------------------------------------------- */

/* Reads a certs-only message that is the whole body in clear. */
void smime_read_introduction(struct smime_ctx *ctx, struct span der);

/* Sorts the refusal of a peer's certificate by what would mend it:
 * SMIME_PEER_CERT_.. (smime_preflight.c). */
enum smime_problem smime_refused_for(const struct verify_errors *found);

#endif
