/*
 * S/MIME: makes signed or encrypted bodies, and reads and judges those that
 * were received (RFC 8551, RFC 5652, RFC 5083).
 */
#ifndef SIGNET_KEYS_SMIME_SMIME_H
#define SIGNET_KEYS_SMIME_SMIME_H

#include <time.h>

#include "keys/trust/trust.h"
#include "keys/x509/identity.h"
#include "keys/x509/verdict.h"

enum smime_cipher { CIPHER_AUTO, CIPHER_AES_128_CBC, CIPHER_AES_128_GCM };
enum smime_nesting { NESTING_AUTO, NESTING_OUTER, NESTING_INNER };

/* Fixes the parts of a body that are otherwise signet's choice or random, so
 * that it comes out as another one did. All zero: signet's usual body. */
struct smime_form {
	bool draft; /* as SIPimp made the draft's messages: SHA-1, no signed
	             * attributes, its order of parameters and fields; "auto"
	             * is then CBC and outer */
	bool opaque; /* signed-data that holds the entity (RFC 8551, 3.5.2)
	              * instead of multipart/signed */
	const char *boundary; /* of the multipart/signed; NULL: random */
	time_t at; /* the signing time; 0: now */
	bool any_signer; /* sign also with a certificate of ours that every
	                  * receiver refuses: scenarios show the refusal */
};

/* A text to send. */
struct smime_input {
	const struct aor *from, *to;
	struct span text;
	const char *type; /* of the text; NULL: text/plain */
	/* The Message-ID (letters and digits) of a message/cpim around the text
	 * and inside the signature; NULL: there is none. Signed and encrypted,
	 * it is then always encrypted outside. */
	const char *message_id;
	time_t date; /* of the message/cpim */
	unsigned wants; /* CPIM_WANTS_*: the receipts that it asks for */
	bool sign, encrypt;
	bool attach_cert;
	enum smime_cipher cipher; /* auto: by the peer's certificate */
	enum smime_nesting nesting; /* auto: by that and by `peers` */
	const struct smime_form *form; /* NULL: ours */
};

/* A body as it goes out, with the header fields that describe it. */
struct smime_body {
	char *content_type;
	char *disposition; /* NULL when there is none */
	struct buf body;
	char recipient[65]; /* SHA-256, hex, of the certificate that it is
	                     * encrypted to; "": it is in clear */
};

/* Makes the body for input: text/plain where it is neither signed nor
 * encrypted. Fails with EX_CONFIG when a key or certificate is missing,
 * EX_NOPERM when the recipient's certificate is refused, EX_USAGE for the
 * draft's form without policy->legacy, EX_DATAERR for a boundary that the text
 * contains. out is untouched on failure, and otherwise for smime_body_free. */
int smime_make(struct keystore *ks, const struct policy *policy,
    const struct smime_input *input, struct smime_body *out, struct err *e);
void smime_body_free(struct smime_body *b);

/* A reason why a text can't be signed or encrypted. */
enum smime_problem {
	SMIME_READY, /* there is none */
	SMIME_STORE_UNREADABLE,
	/* signing: */
	SMIME_NO_SENDER, /* no address to sign as */
	SMIME_NO_OWN_CERT,
	SMIME_OWN_CERT_UNREADABLE,
	SMIME_OWN_KEY_UNUSABLE,
	SMIME_OWN_CERT_REFUSED, /* by every receiver: expired, revoked, .. */
	/* encrypting: */
	SMIME_NO_PEER_CERT,
	SMIME_PEER_CERT_UNREADABLE,
	SMIME_PEER_CERT_UNPINNED, /* refused, and a pin would mend it */
	SMIME_PEER_CERT_NO_CRL, /* refused for want of a CRL alone */
	SMIME_PEER_CERT_REFUSED /* refused for another reason */
};

/* The result that smime_make would have now, as far as it is known without
 * making a body or asking for a passphrase. */
struct smime_preflight {
	enum smime_problem sign, encrypt;
	char sign_why[320]; /* details of the problem, or "" */
	char encrypt_why[900];
	time_t own_not_after; /* of our certificate; 0: there is none */
	/* The recipient's certificate in the store. */
	bool has_cert, pinned;
	char fingerprint[65];
	time_t not_after;
};
/* Makes the checks of smime_make for a text from `from` (NULL: nobody) to
 * `to`. The two functions must be kept in step. */
void smime_preflight(struct keystore *ks, const struct policy *policy,
    const struct aor *from, const struct aor *to, struct smime_preflight *out);

/* The same checks of our own certificate alone; the members about the recipient
 * are zero. It may ask for no passphrase. */
void smime_preflight_own(struct keystore *ks, const struct policy *policy,
    const struct aor *from, struct smime_preflight *out);

/* A body as it was received. Header values are empty when absent. */
struct smime_raw {
	const struct aor *from; /* the SIP From; NULL: no sip or sips URI */
	struct span content_type;
	struct span transfer_encoding;
	struct span content_encoding;
	struct span body;
	bool details; /* fill in smime_result's details; this takes time */
	struct span disposition; /* Content-Disposition */
	const struct aor *self; /* our addresses, one of which a signed To has
	                         * to name; none: that is not asked */
	size_t self_count;
	unsigned caps; /* PEER_* bits of types that the request's Accept fields
	                * name; kept in `peers` where the message is good */
	bool keep_key; /* fill in smime_result's content_key */
	/* The content_key of a message that was read before: its encrypted part
	 * is opened with it and with no private key. Empty: there is none. */
	struct span content_key;
};

/* A reason to refuse a message. The SIP status and the Warning for each are in
 * src/ua/refusal.c. */
enum smime_refusal {
	REFUSAL_NONE,
	/* Its worst signature, in the order of enum verdict_signature: */
	REFUSAL_SIGNATURE_MALFORMED,
	REFUSAL_SIGNATURE_UNKNOWN_SIGNER,
	REFUSAL_SIGNATURE_TAMPERED,
	REFUSAL_SIGNATURE_REVOKED,
	REFUSAL_SIGNATURE_CHANGED,
	REFUSAL_SIGNATURE_UNTRUSTED,
	REFUSAL_SIGNATURE_EXPIRED,
	REFUSAL_SIGNATURE_NOT_YET_VALID,
	REFUSAL_SIGNATURE_WEAK,
	REFUSAL_SIGNATURE_IDENTITY_MISMATCH,
	REFUSAL_SIGNATURE_NO_CRL,
	REFUSAL_UNSIGNED, /* the sender signs otherwise, and unsigned = refuse */
	REFUSAL_ENCRYPTION_MALFORMED,
	REFUSAL_ENCRYPTION_NO_KEY,
	REFUSAL_ENCRYPTION_FAILED,
	/* Limits: */
	REFUSAL_LAYERS,
	REFUSAL_PARTS,
	/* Contents that are not supported: */
	REFUSAL_NO_CONTENT_TYPE,
	REFUSAL_CONTENT_ENCODING,
	REFUSAL_TRANSFER_ENCODING_UNKNOWN,
	REFUSAL_TRANSFER_ENCODING_BROKEN,
	REFUSAL_COMPRESSED,
	REFUSAL_MULTIPART_MALFORMED,
	REFUSAL_PART_MALFORMED,
	REFUSAL_NO_TEXT,
	REFUSAL_CHARSET,
	/* message/cpim, receipts: */
	REFUSAL_SIGNED_FROM_ANOTHER,
	REFUSAL_SIGNED_FOR_ANOTHER,
	REFUSAL_CPIM_MALFORMED, /* in clear; else the signature is */
	REFUSAL_CPIM_REQUIRES,
	REFUSAL_CPIM_CONTENT,
	REFUSAL_NOTICE_LARGE,
	/* Introductions: */
	REFUSAL_INTRODUCTION_MALFORMED,
	REFUSAL_INTRODUCTION_OTHER, /* not of the sender alone */
	REFUSAL_INTRODUCTION_INSIDE, /* of another layer */
	REFUSALS
};

/* What a message holds. */
enum smime_kind {
	KIND_TEXT,
	KIND_RECEIPT, /* message/imdn+xml (RFC 5438) */
	KIND_TYPING, /* application/im-iscomposing+xml (RFC 3994) */
	KIND_INTRODUCTION, /* certs-only (RFC 8551, 3.2.2) */
	KIND_CPIM /* one of these in a message/cpim; never a result's */
};

/* A message that was read and judged. */
struct smime_result {
	struct verdict verdict;
	enum smime_kind kind;
	char *text; /* the text to show, NULL when none may be shown */
	size_t text_len; /* text may hold NULs */
	char *type; /* the content type of the text, or else of the body */
	/* The reason to answer with. It is REFUSAL_NONE, and text is NULL, for
	 * a message that was refused for something inside CBC content: an
	 * answer that told this would be a padding oracle. */
	enum smime_refusal refusal;
	bool delay_answer; /* it has CBC content: the answer leaves 10 ms after
	                    * the request came, whatever it is */
	/* With smime_raw.details: lines about each signature and encryption,
	 * NULL when there is neither; and the signer's certificate that the
	 * verdict is about, "" where it is not known. */
	char *details;
	char fingerprint[65]; /* SHA-256, hex */
	bool pinned; /* it is the one pinned for From */
	/* What a message/cpim says, where a good signature covers it. */
	char *signed_to; /* user@host of ours; NULL: it names nobody */
	time_t signed_at; /* 0: there is no message/cpim */
	char *message_id; /* NULL: there is none */
	unsigned wants; /* CPIM_WANTS_*: receipts that are asked for */
	char *notice; /* the XML of a receipt or typing, which may hold NULs,
	               * or the certificates of an introduction in PEM, the
	               * sender's first; NULL where it is refused */
	size_t notice_len;
	/* With smime_raw.keep_key, where a signature is around the encrypted
	 * part, and the part has a cipher and a key of ours: a secret of always
	 * as many bytes, which opens that part again. Empty otherwise. */
	struct buf content_key;
};

/* Decrypts and judges a body. It never fails: any fault of the message is a
 * verdict. A private key that can't be read (a wrong passphrase) gives no-key
 * and its reason. out is for smime_result_free. */
void smime_read(struct keystore *ks, const struct policy *policy,
    const struct smime_raw *raw, struct smime_result *out);
void smime_result_free(struct smime_result *r);

#endif
