/*
 * S/MIME: an entity in, a signed or sealed body out; a body in, a judged
 * text out (RFC 8551, RFC 5652, RFC 5083).
 */
#ifndef SIGNET_KEYS_SMIME_SMIME_H
#define SIGNET_KEYS_SMIME_SMIME_H

#include <time.h>

#include "keys/trust/trust.h"
#include "keys/x509/identity.h"
#include "keys/x509/verdict.h"

enum smime_cipher { CIPHER_AUTO, CIPHER_AES_128_CBC, CIPHER_AES_128_GCM };
enum smime_nesting { NESTING_AUTO, NESTING_OUTER, NESTING_INNER };

/* How a body is made that is to come out as another did. All zero: ours. */
struct smime_form {
	bool draft; /* as SIPimp made the draft's: SHA-1, no signed
	              * attributes, parameters and fields in its order; auto is
	              * CBC and outer */
	bool opaque; /* signed-data that holds the entity (RFC 8551, 3.5.2)
	              * instead of multipart/signed */
	const char *boundary; /* of the multipart/signed; NULL: random */
	time_t at; /* the signing time; 0: now */
};

/* What is to be sent. */
struct smime_input {
	const struct aor *from, *to;
	struct span text;
	bool sign, encrypt;
	bool attach_cert;
	enum smime_cipher cipher; /* auto: by the peer's certificate */
	enum smime_nesting nesting; /* and by what `peers` says */
	const struct smime_form *form; /* NULL: ours */
};

/* A body as it goes out, with the header fields that describe it. */
struct smime_body {
	char *content_type;
	char *disposition; /* NULL when there is none */
	struct buf body;
};

/* Makes the body for letter: plain text/plain when neither signed nor
 * encrypted. EX_CONFIG when a key or certificate is missing, EX_NOPERM when
 * the recipient's certificate does not pass, EX_USAGE for the draft's form
 * without policy->legacy, EX_DATAERR for a boundary that the text has. out is
 * untouched on failure and otherwise for smime_body_free. */
int smime_make(struct keystore *ks, const struct policy *policy,
    const struct smime_input *input, struct smime_body *out, struct err *e);
void smime_body_free(struct smime_body *b);

/* What smime_make would come to for a letter, as far as it can be known
 * without making one or asking for a passphrase. */
struct smime_preflight {
	char sign_problem[400]; /* why not, and what to do; or "" */
	char seal_problem[900];
	/* The certificate that lies here for whom it is to. */
	bool has_cert, pinned;
	char fingerprint[65];
	time_t not_after;
};
/* from NULL: nobody. */
void smime_preflight(struct keystore *ks, const struct policy *policy,
    const struct aor *from, const struct aor *to, struct smime_preflight *out);

/* A body as it came. The three header values are empty when absent. */
struct smime_raw {
	const struct aor *from; /* the SIP From; NULL: no sip or sips URI */
	struct span content_type;
	struct span transfer_encoding;
	struct span content_encoding;
	struct span body;
	bool details; /* are wanted below, which costs */
};

/* What came of it. */
struct smime_result {
	struct verdict verdict;
	char *text; /* what may be shown, NULL when nothing may */
	size_t text_len; /* text may hold NULs */
	char *type; /* the content type of what is shown, or of the body */
	int status; /* the answer: 200, 413, 415, 437 or 493 */
	const char *warning; /* static words for the Warning header, or NULL */
	/* Where they are wanted: lines about each signature and seal, NULL
	 * when there is neither; and of the certificate of the signature that
	 * the verdict is about, which is "" where it is not known. */
	char *details;
	char fingerprint[65]; /* SHA-256, hex */
	bool pinned; /* it is the one pinned for From */
	bool held; /* CBC content: the answer leaves 10 ms after the request
	            * came, whatever it is */
};

/* Opens and judges mail as JUDGING says; never fails, since whatever is wrong
 * with a message is a verdict. A key that cannot be read (a passphrase that
 * is wrong) gives no-key with its reason. For smime_result_free. */
void smime_read(struct keystore *ks, const struct policy *policy,
    const struct smime_raw *raw, struct smime_result *out);
void smime_result_free(struct smime_result *o);

#endif
