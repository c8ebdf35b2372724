/*
 * A text on its way out: signed, sealed, or both.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/cms.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>

#include "digest.h"
#include "smime_in.h"

/* What it takes, looked up before anything is made. */
struct sealing {
	const struct smime_letter *letter;
	X509 *cert; /* ours, and its key */
	EVP_PKEY *key;
	X509 *peer;
	bool gcm, inner;
};

/* An entity on its way: its header fields and its body. */
struct entity {
	struct buf type;
	const char *disposition; /* static, or NULL */
	struct buf body;
};

static void
entity_free(struct entity *e)
{
	buf_free(&e->type);
	buf_free(&e->body);
}

/* The entity as the bytes that are signed or sealed. */
static void
entity_write(const struct entity *e, struct buf *out)
{
	buf_reserve(out, e->type.n + e->body.n + 200);
	buf_addf(out, "Content-Type: %s\r\n", (const char *)e->type.p);
	if (e->disposition != NULL)
		buf_addf(out, "Content-Disposition: %s\r\n", e->disposition);
	buf_adds(out, "Content-Transfer-Encoding: binary\r\n\r\n");
	buf_addspan(out, span_buf(&e->body));
}

static void
entity_text(struct span text, struct entity *out)
{
	size_t i;

	buf_adds(&out->type, "text/plain");
	for (i = 0; i < text.n; i++)
		if (text.p[i] >= 0x80)
			break;
	if (i < text.n)
		buf_adds(&out->type, ";charset=utf-8");
	out->disposition = NULL;
	buf_reserve(&out->body, text.n);
	buf_addspan(&out->body, text);
}

/* Appends what OpenSSL makes of cms. */
static int
cms_write(CMS_ContentInfo *cms, struct buf *out)
{
	int n = i2d_CMS_ContentInfo(cms, NULL);
	unsigned char *p;

	if (n <= 0)
		return -1;
	buf_reserve(out, out->n + (size_t)n);
	p = out->p + out->n;
	if (i2d_CMS_ContentInfo(cms, &p) != n)
		return -1;
	out->n += (size_t)n;
	out->p[out->n] = '\0';
	return 0;
}

static int
sign_bytes(const struct sealing *s, struct span bytes, struct buf *der)
{
	unsigned flags = CMS_BINARY | CMS_NOSMIMECAP |
	    (s->letter->attach_cert ? 0 : CMS_NOCERTS);
	CMS_ContentInfo *cms = CMS_sign(NULL, NULL, NULL, NULL,
	    CMS_PARTIAL | CMS_BINARY | CMS_DETACHED);
	BIO *in = BIO_new_mem_buf(bytes.p, (int)bytes.n);
	int rc = -1;

	if (cms != NULL && in != NULL &&
	    CMS_add1_signer(cms, s->cert, s->key, EVP_sha256(), flags) !=
		NULL &&
	    CMS_final(cms, in, NULL, CMS_BINARY | CMS_DETACHED) == 1)
		rc = cms_write(cms, der);
	BIO_free(in);
	CMS_ContentInfo_free(cms);
	return rc;
}

/* Puts a multipart/signed around e. A boundary of 128 random bits is in no
 * text that was written before it was chosen. */
static int
entity_sign(const struct sealing *s, struct entity *e, struct err *err)
{
	struct buf bytes = { 0 }, der = { 0 };
	char boundary[33];
	int rc = 0;

	entity_write(e, &bytes);
	random_hex(boundary, 32);
	if (sign_bytes(s, span_buf(&bytes), &der) == -1) {
		rc = err_ssl(err, EX_SOFTWARE, "the message cannot be signed");
	} else {
		entity_free(e);
		e->disposition = NULL;
		buf_addf(&e->type, "multipart/signed;"
		    "protocol=\"application/pkcs7-signature\";"
		    "micalg=sha-256;boundary=%s", boundary);
		buf_reserve(&e->body, bytes.n + der.n + 400);
		buf_addf(&e->body, "--%s\r\n", boundary);
		buf_addspan(&e->body, span_buf(&bytes));
		buf_addf(&e->body, "\r\n--%s\r\n"
		    "Content-Type: application/pkcs7-signature;"
		    "name=smime.p7s\r\n"
		    "Content-Disposition: attachment;handling=required;"
		    "filename=smime.p7s\r\n"
		    "Content-Transfer-Encoding: binary\r\n\r\n", boundary);
		buf_addspan(&e->body, span_buf(&der));
		buf_addf(&e->body, "\r\n--%s--", boundary);
	}
	buf_free(&bytes);
	buf_free(&der);
	return rc;
}

/* OpenSSL derives with SHA-1 for elliptic curves when it is not told. */
static bool
recipient_add(CMS_ContentInfo *cms, X509 *peer)
{
	CMS_RecipientInfo *ri = CMS_add1_recipient_cert(cms, peer,
	    CMS_KEY_PARAM);
	EVP_PKEY_CTX *ctx;

	if (ri == NULL)
		return false;
	if (CMS_RecipientInfo_type(ri) != CMS_RECIPINFO_AGREE)
		return true;
	ctx = CMS_RecipientInfo_get0_pkey_ctx(ri);
	return ctx != NULL &&
	    EVP_PKEY_CTX_set_ecdh_kdf_md(ctx, EVP_sha256()) > 0;
}

static int
seal_bytes(const struct sealing *s, struct span bytes, struct buf *der)
{
	const EVP_CIPHER *cipher = s->gcm ? EVP_aes_128_gcm() :
	                                    EVP_aes_128_cbc();
	CMS_ContentInfo *cms = CMS_encrypt(NULL, NULL, cipher,
	    CMS_BINARY | CMS_PARTIAL);
	BIO *in = BIO_new_mem_buf(bytes.p, (int)bytes.n);
	int rc = -1;

	if (cms != NULL && in != NULL && recipient_add(cms, s->peer) &&
	    CMS_final(cms, in, NULL, CMS_BINARY) == 1)
		rc = cms_write(cms, der);
	BIO_free(in);
	CMS_ContentInfo_free(cms);
	return rc;
}

static int
entity_seal(const struct sealing *s, struct entity *e, struct err *err)
{
	struct buf bytes = { 0 }, der = { 0 };
	int rc = 0;

	entity_write(e, &bytes);
	if (seal_bytes(s, span_buf(&bytes), &der) == -1) {
		buf_free(&der);
		rc = err_ssl(err, EX_SOFTWARE,
		    "the message cannot be encrypted");
	} else {
		entity_free(e);
		buf_addf(&e->type, "application/pkcs7-mime;smime-type=%s;"
		    "name=smime.p7m", s->gcm ? "authEnveloped-data" :
		                               "enveloped-data");
		e->disposition = "attachment;handling=required;"
		    "filename=smime.p7m";
		e->body = der;
	}
	buf_wipe(&bytes);
	return rc;
}

/* Our certificate and key. */
static int
find_own(struct keystore *ks, struct sealing *s, struct err *e)
{
	const struct aor *from = s->letter->from;
	struct store_file *f = keystore_file(ks, STORE_USER_CERT, from->key);

	if (f == NULL)
		return err_set(e, EX_CONFIG, "there is no certificate of %s "
		    "in %s to sign with; make one with signet keys new %s",
		    from->text, ks->dir, from->text);
	if (f->cert_count == 0) {
		*e = f->why;
		e->exit = EX_CONFIG;
		return -1;
	}
	s->key = keystore_private(ks, f, e);
	if (s->key == NULL) {
		e->exit = EX_CONFIG;
		return -1;
	}
	s->cert = f->certs[0]->x509;
	return 0;
}

/* The recipient's certificate, judged as a signer's would be. */
static int
find_peer(struct keystore *ks, const struct policy *policy,
    struct sealing *s, struct err *e)
{
	const struct aor *to = s->letter->to;
	struct store_file *f = keystore_file(ks, STORE_USER_CERT, to->key);
	struct trust_ask ask = { .ks = ks, .policy = policy, .who = to,
		.use = TRUST_SEAL };
	struct findings found = { 0 };

	if (f == NULL)
		return err_set(e, EX_CONFIG, "there is no certificate of %s "
		    "in %s to encrypt for; import it with signet keys import",
		    to->text, ks->dir);
	if (f->cert_count == 0) {
		*e = f->why;
		e->exit = EX_CONFIG;
		return -1;
	}
	ask.cert = f->certs[0];
	trust_judge(&ask, &found);
	if (found.set != 0)
		return err_set(e, EX_NOPERM, "nothing is encrypted for %s, "
		    "whose certificate is refused: %s", to->text, found.words);
	s->peer = ask.cert->x509;
	return 0;
}

/* What is not said is chosen by the kind of the peer's key, unless a good
 * message of theirs showed otherwise. */
static void
choose(struct keystore *ks, struct sealing *s)
{
	const struct smime_letter *l = s->letter;
	EVP_PKEY *key = X509_get0_pubkey(s->peer);
	unsigned words = keystore_peer(ks, l->to->key);
	bool modern = key != NULL && EVP_PKEY_is_a(key, "EC");

	s->gcm = l->cipher == CIPHER_AES_128_GCM;
	if (l->cipher == CIPHER_AUTO)
		s->gcm = (words & PEER_GCM) != 0 ||
		    (modern && (words & PEER_CBC) == 0);
	s->inner = l->nesting == NESTING_INNER;
	if (l->nesting == NESTING_AUTO)
		s->inner = (words & PEER_INNER) != 0 ||
		    (modern && (words & PEER_OUTER) == 0);
}

int
smime_seal(struct keystore *ks, const struct policy *policy,
    const struct smime_letter *letter, struct smime_body *out,
    struct err *e)
{
	struct sealing s = { .letter = letter };
	struct entity entity = { .disposition = NULL };
	int rc = 0;

	if (letter->sign || letter->encrypt) {
		if (keystore_look(ks, e) == -1)
			return -1;
		if (letter->sign && find_own(ks, &s, e) == -1)
			return -1;
		if (letter->encrypt && find_peer(ks, policy, &s, e) == -1)
			return -1;
		if (letter->encrypt)
			choose(ks, &s);
	}
	entity_text(letter->text, &entity);
	if (letter->sign && (s.inner || !letter->encrypt))
		rc = entity_sign(&s, &entity, e);
	if (rc == 0 && letter->encrypt)
		rc = entity_seal(&s, &entity, e);
	if (rc == 0 && letter->sign && letter->encrypt && !s.inner)
		rc = entity_sign(&s, &entity, e);
	if (rc == -1) {
		entity_free(&entity);
		return -1;
	}
	out->content_type = (char *)entity.type.p;
	out->disposition = entity.disposition != NULL ?
	    xstrdup(entity.disposition) : NULL;
	out->body = entity.body;
	return 0;
}

void
smime_body_free(struct smime_body *b)
{
	free(b->content_type);
	free(b->disposition);
	buf_free(&b->body);
	*b = (struct smime_body) { .content_type = NULL };
}

/* --- what it would come to ----------------------------------------------------- */

static void
outlook_sign(struct keystore *ks, const struct aor *from,
    struct smime_outlook *out)
{
	char *words = out->sign_problem;
	const size_t size = sizeof(out->sign_problem);
	struct store_file *f;
	struct err e;

	if (from == NULL) {
		snprintf(words, size, "nobody is here to sign; say who you "
		    "are with --aor sips:you@example.com");
		return;
	}
	f = keystore_file(ks, STORE_USER_CERT, from->key);
	if (f == NULL)
		snprintf(words, size, "there is no certificate of yours (%s) "
		    "here; take it with /import FILE, make one with signet "
		    "keys new %s, or go on with /sign off", from->text,
		    from->text);
	else if (f->cert_count == 0)
		snprintf(words, size, "your certificate cannot be read (%.200s); "
		    "take it anew with /import FILE, or go on with /sign off",
		    f->why.text);
	else if (!keystore_private_unread(ks, f) &&
	    keystore_private(ks, f, &e) == NULL)
		snprintf(words, size, "%.300s; take it with /import FILE, or go "
		    "on with /sign off", e.text);
}

/* What helps against what was found wrong with a certificate. */
static void
outlook_advice(const struct findings *found, const struct aor *to,
    char *words, size_t size)
{
	const unsigned pinning = 1U << SIGNATURE_UNTRUSTED |
	    1U << SIGNATURE_CHANGED;

	if ((found->set & ~pinning) == 0)
		snprintf(words, size, "compare it with /verify %s, and if it "
		    "is theirs, /trust %s", to->text, to->text);
	else if (found->set == 1U << SIGNATURE_NO_CRL)
		snprintf(words, size, "take a new CRL of its issuer with "
		    "/import FILE");
	else
		snprintf(words, size, "take a new one of theirs with /import "
		    "FILE");
}

static void
outlook_seal(struct keystore *ks, const struct policy *policy,
    const struct aor *to, struct smime_outlook *out)
{
	char *words = out->seal_problem, advice[300];
	const size_t size = sizeof(out->seal_problem);
	struct store_file *f = keystore_file(ks, STORE_USER_CERT, to->key);
	struct trust_ask ask = { .ks = ks, .policy = policy, .who = to,
		.use = TRUST_SEAL };
	struct findings found = { 0 };

	if (f == NULL) {
		snprintf(words, size, "there is no certificate of %s here; "
		    "take theirs with /import FILE, or write in clear with "
		    "/encrypt off", to->text);
		return;
	}
	if (f->cert_count == 0) {
		snprintf(words, size, "the certificate of %s cannot be read "
		    "(%.400s); take theirs anew with /import FILE, or write in "
		    "clear with /encrypt off", to->text, f->why.text);
		return;
	}
	ask.cert = f->certs[0];
	out->has_cert = true;
	out->pinned = keystore_pinned(ks, to->key, ask.cert);
	cert_hex(ask.cert->fingerprint, out->fingerprint);
	(void)cert_time(X509_get0_notAfter(ask.cert->x509), &out->not_after);
	trust_judge(&ask, &found);
	if (found.set == 0)
		return;
	outlook_advice(&found, to, advice, sizeof(advice));
	snprintf(words, size, "the certificate of %s is refused (%.400s); "
	    "%s, or write in clear with /encrypt off", to->text, found.words,
	    advice);
}

void
smime_outlook(struct keystore *ks, const struct policy *policy,
    const struct aor *from, const struct aor *to, struct smime_outlook *out)
{
	struct err e;

	*out = (struct smime_outlook) { .has_cert = false };
	/* It is asked at each line that is typed; smime_seal looks closer. */
	if (keystore_glance(ks, &e) == -1) {
		snprintf(out->sign_problem, sizeof(out->sign_problem),
		    "%.300s", e.text);
		snprintf(out->seal_problem, sizeof(out->seal_problem),
		    "%.300s", e.text);
		return;
	}
	outlook_sign(ks, from, out);
	outlook_seal(ks, policy, to, out);
}
