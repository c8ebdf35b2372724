/*
 * Makes the body of a text: signed, encrypted, or both.
 */
#include <stdlib.h>
#include <string.h>

#include "keys/smime/cms_make.h"
#include "keys/smime/cpim.h"
#include "keys/smime/smime_priv.h"
#include "src/base/digest.h"

/* The keys and choices for a body, found before any of it is made. */
struct making {
	const struct smime_input *input;
	struct smime_form form;
	struct algs *algs;
	struct cert *cert; /* ours, and its key */
	EVP_PKEY *key;
	struct cert *encrypts; /* ours that encrypts, if it is another one */
	struct cert *peer;
	bool gcm, inner;
};

/* An entity: its header fields and its body. */
struct entity {
	struct buf type;
	const char *disposition; /* static, or NULL */
	struct buf body;
};

static void
smime_entity_free(struct entity *e)
{
	buf_free(&e->type);
	buf_free(&e->body);
}

/* Appends the entity in the form in which it is signed or encrypted. */
static void
smime_entity_write(const struct entity *e, struct buf *out)
{
	buf_reserve(out, e->type.n + e->body.n + 200);
	buf_adds(out, "Content-Type: ");
	buf_addspan(out, span_buf(&e->type));
	if (e->disposition != NULL) {
		buf_adds(out, "\r\nContent-Disposition: ");
		buf_adds(out, e->disposition);
	}
	buf_adds(out, "\r\nContent-Transfer-Encoding: binary\r\n\r\n");
	buf_addspan(out, span_buf(&e->body));
}

/* Appends the media type of a text. */
static void
smime_add_type(const struct smime_input *in, struct buf *out)
{
	size_t i;

	buf_adds(out, in->type != NULL ? in->type : "text/plain");
	for (i = 0; in->type == NULL && i < in->text.n; i++)
		if (in->text.p[i] >= 0x80) {
			buf_adds(out, ";charset=utf-8");
			break;
		}
}

static void
smime_entity_text(const struct smime_input *in, struct entity *out)
{
	out->disposition = NULL;
	buf_reserve(&out->body, in->text.n + 600);
	if (in->message_id != NULL) {
		buf_adds(&out->type, "message/cpim");
		cpim_write_header(&out->body, in->from->text, in->to->text,
		    in->date, in->message_id, in->wants);
		buf_adds(&out->body, "Content-Type: ");
		smime_add_type(in, &out->body);
		/* RFC 5438, 7.2.1.2 */
		if (in->type != NULL && smime_kind_of(in->type) == KIND_RECEIPT)
			buf_adds(&out->body,
			    "\r\nContent-Disposition: notification");
		buf_adds(&out->body, "\r\n\r\n");
	} else {
		smime_add_type(in, &out->type);
	}
	buf_addspan(&out->body, in->text);
}

/* Sets the header fields of an application/pkcs7-mime entity. */
static void
smime_entity_cms(const struct making *s, struct entity *e, const char *kind)
{
	buf_addf(&e->type,
	    "application/pkcs7-mime;smime-type=%s;"
	    "name=smime.p7m",
	    kind);
	e->disposition = s->form.draft
	    ? "attachment;handling=required;filename=smime.p7"
	    : "attachment;handling=required;filename=smime.p7m";
}

/* Makes a multipart/signed of bytes and their signature. */
static void
smime_entity_multipart(const struct making *s, struct entity *e,
    const char *boundary, struct span bytes, struct span der)
{
	static const char protocol[] =
	    "protocol=\"application/pkcs7-signature\"";

	e->disposition = NULL;
	if (s->form.draft)
		buf_addf(&e->type,
		    "multipart/signed;boundary=%s;micalg=sha1;"
		    "%s",
		    boundary, protocol);
	else
		buf_addf(&e->type,
		    "multipart/signed;%s;micalg=sha-256;"
		    "boundary=%s",
		    protocol, boundary);
	buf_reserve(&e->body, bytes.n + der.n + 400);
	buf_adds(&e->body, "--");
	buf_adds(&e->body, boundary);
	buf_adds(&e->body, "\r\n");
	buf_addspan(&e->body, bytes);
	buf_adds(&e->body, "\r\n--");
	buf_adds(&e->body, boundary);
	buf_adds(&e->body,
	    "\r\n"
	    "Content-Type: application/pkcs7-signature;name=smime.p7s\r\n"
	    "Content-Disposition: attachment;handling=required;"
	    "filename=smime.p7s\r\n"
	    "Content-Transfer-Encoding: binary\r\n\r\n");
	buf_addspan(&e->body, der);
	buf_adds(&e->body, "\r\n--");
	buf_adds(&e->body, boundary);
	buf_adds(&e->body, "--");
}

/* Returns whether a line of s begins like a delimiter. */
static bool
smime_has_delimiter(struct span s, const char *boundary)
{
	size_t n = strlen(boundary), at;

	for (at = 0; at < s.n; at = span_find(s, '\n', at) + 1)
		if (s.n - at >= n + 2 && memcmp(s.p + at, "--", 2) == 0 &&
		    memcmp(s.p + at + 2, boundary, n) == 0)
			return true;
	return false;
}

/* Signs e. A random boundary needs no search for it in the text: 128 bits
 * cannot be guessed by whoever wrote it. */
static int
smime_entity_sign(const struct making *s, struct entity *e, struct err *err)
{
	const struct cms_signing how = {.cert = s->cert,
	    .key = s->key,
	    .encrypts = s->encrypts,
	    .attach_cert = s->input->attach_cert,
	    .opaque = s->form.opaque,
	    .draft = s->form.draft,
	    .at = s->form.at};
	struct buf bytes = {0}, der = {0};
	const char *boundary = s->form.boundary;
	char chosen[33];
	int rc = 0;

	smime_entity_write(e, &bytes);
	if (boundary == NULL) {
		random_hex(chosen, 32);
		boundary = chosen;
	} else if (!how.opaque &&
	    smime_has_delimiter(span_buf(&bytes), boundary)) {
		rc = err_set(err, EX_DATAERR,
		    "the boundary %s occurs in the text; choose another",
		    boundary);
	}
	if (rc == 0)
		rc = cms_make_signed(
		    s->algs, &how, span_buf(&bytes), &der, err);
	if (rc == 0) {
		smime_entity_free(e);
		if (how.opaque) {
			smime_entity_cms(s, e, "signed-data");
			e->body = der;
			der = (struct buf){0};
		} else {
			smime_entity_multipart(
			    s, e, boundary, span_buf(&bytes), span_buf(&der));
		}
	}
	buf_free(&bytes);
	buf_free(&der);
	return rc;
}

/* Encrypts e for the recipient. */
static int
smime_entity_encrypt(const struct making *s, struct entity *e, struct err *err)
{
	struct buf bytes = {0}, der = {0};
	int rc;

	smime_entity_write(e, &bytes);
	rc = cms_make_encrypted(
	    s->algs, s->peer, s->gcm, span_buf(&bytes), &der, err);
	if (rc == 0) {
		smime_entity_free(e);
		smime_entity_cms(
		    s, e, s->gcm ? "authEnveloped-data" : "enveloped-data");
		e->body = der;
	} else
		buf_free(&der);
	buf_wipe(&bytes);
	return rc;
}

/* Finds our certificate and private key. A certificate that every receiver
 * refuses is not used. */
static int
smime_find_own(struct keystore *ks, const struct policy *policy,
    struct making *s, struct err *e)
{
	const struct aor *from = s->input->from;
	struct store_file *f = keystore_user(ks, from->key, STORE_SIGN);
	const struct store_file *other;
	struct verify_params params = {
	    .ks = ks, .policy = policy, .who = from, .use = TRUST_SIGN};
	struct verify_errors found = {0};

	if (f == NULL) {
		(void)err_set(e, EX_CONFIG,
		    "there is no certificate of %s in %s to sign with",
		    from->text, keystore_dir(ks));
		return err_because(e, CAUSE_NO_OWN_CERT, from->text);
	}
	if (f->cert_count == 0) {
		err_recall(&f->why, e);
		e->exit = EX_CONFIG;
		return -1;
	}
	params.cert = f->certs[0];
	if (!s->form.any_signer)
		trust_own(&params, &found);
	if (found.set != 0) {
		(void)err_set(e, EX_NOPERM,
		    "nothing is signed with the certificate of %s, which every "
		    "receiver refuses: %s",
		    from->text, found.text);
		return err_because(e, CAUSE_OWN_CERT_REFUSED, from->text);
	}
	s->key = keystore_private(ks, f, e);
	if (s->key == NULL) {
		e->exit = EX_CONFIG;
		return -1;
	}
	s->cert = f->certs[0];
	other = keystore_user(ks, from->key, STORE_ENCRYPT);
	if (other != f && other->cert_count > 0 && keystore_is_mine(ks, other))
		s->encrypts = other->certs[0];
	return 0;
}

/* Finds the recipient's certificate and judges it as a signer's would be. */
static int
smime_find_peer(struct keystore *ks, const struct policy *policy,
    struct making *s, struct err *e)
{
	static const enum err_cause causes[] = {
	    [SMIME_PEER_CERT_UNPINNED] = CAUSE_PEER_CERT_UNPINNED,
	    [SMIME_PEER_CERT_NO_CRL] = CAUSE_PEER_CERT_NO_CRL,
	    [SMIME_PEER_CERT_REFUSED] = CAUSE_PEER_CERT_REFUSED};
	const struct aor *to = s->input->to;
	struct store_file *f = keystore_user(ks, to->key, STORE_ENCRYPT);
	struct verify_params params = {
	    .ks = ks, .policy = policy, .who = to, .use = TRUST_ENCRYPT};
	struct verify_errors found = {0};

	if (f == NULL) {
		(void)err_set(e, EX_CONFIG,
		    "there is no certificate of %s in %s to encrypt for",
		    to->text, keystore_dir(ks));
		return err_because(e, CAUSE_NO_PEER_CERT, to->text);
	}
	if (f->cert_count == 0) {
		err_recall(&f->why, e);
		e->exit = EX_CONFIG;
		return -1;
	}
	params.cert = f->certs[0];
	trust_judge(&params, &found);
	if (found.set != 0) {
		(void)err_set(e, EX_NOPERM,
		    "nothing is encrypted for %s, whose certificate is "
		    "refused: %s",
		    to->text, found.text);
		return err_because(
		    e, causes[smime_refused_for(&found)], to->text);
	}
	s->peer = params.cert;
	return 0;
}

/* Resolves cipher and nesting "auto". The draft's form has CBC and outer. Else
 * EC keys get GCM and inner, RSA keys CBC and outer, unless the peer's good
 * messages have shown that they use the other one. */
static void
smime_choose_auto(struct keystore *ks, struct making *s)
{
	const struct smime_input *in = s->input;
	EVP_PKEY *key = X509_get0_pubkey(s->peer->x509);
	unsigned caps = s->form.draft ? PEER_CBC | PEER_OUTER
				      : keystore_peer_caps(ks, in->to->key);
	bool modern = key != NULL && EVP_PKEY_is_a(key, "EC");

	s->gcm = in->cipher == CIPHER_AES_128_GCM;
	if (in->cipher == CIPHER_AUTO)
		s->gcm = (caps & PEER_GCM) != 0 ||
		    (modern && (caps & PEER_CBC) == 0);
	s->inner = in->nesting == NESTING_INNER || in->message_id != NULL;
	if (in->nesting == NESTING_AUTO && !s->inner)
		s->inner = (caps & PEER_INNER) != 0 ||
		    (modern && (caps & PEER_OUTER) == 0);
}

int
smime_make(struct keystore *ks, const struct policy *policy,
    const struct smime_input *input, struct smime_body *out, struct err *e)
{
	struct making s = {.input = input};
	struct entity entity = {.disposition = NULL};
	int rc = 0;

	if (input->form != NULL)
		s.form = *input->form;
	if (input->sign || input->encrypt) {
		if (s.form.draft && !policy->legacy)
			return err_set(e, EX_USAGE,
			    "the draft's form uses SHA-1 and RSA-1024, which "
			    "are weak; --legacy allows them");
		if (keystore_refresh(ks, e) == -1)
			return -1;
		s.algs = keystore_algs(ks, e);
		if (s.algs == NULL)
			return -1;
		if (input->sign && smime_find_own(ks, policy, &s, e) == -1)
			return -1;
		if (input->encrypt && smime_find_peer(ks, policy, &s, e) == -1)
			return -1;
		if (input->encrypt)
			smime_choose_auto(ks, &s);
	}
	smime_entity_text(input, &entity);
	if (input->sign && (s.inner || !input->encrypt))
		rc = smime_entity_sign(&s, &entity, e);
	if (rc == 0 && input->encrypt)
		rc = smime_entity_encrypt(&s, &entity, e);
	if (rc == 0 && input->sign && input->encrypt && !s.inner)
		rc = smime_entity_sign(&s, &entity, e);
	if (rc == -1) {
		smime_entity_free(&entity);
		return -1;
	}
	out->content_type = (char *)entity.type.p;
	out->disposition = entity.disposition != NULL
	    ? xstrdup(entity.disposition)
	    : NULL;
	out->body = entity.body;
	out->recipient[0] = '\0';
	if (s.peer != NULL)
		cert_hex(s.peer->fingerprint, out->recipient);
	return 0;
}

void
smime_body_free(struct smime_body *b)
{
	free(b->content_type);
	free(b->disposition);
	buf_free(&b->body);
	*b = (struct smime_body){.content_type = NULL};
}
