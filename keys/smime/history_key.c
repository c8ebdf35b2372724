#include "keys/smime/history_key.h"

#include <string.h>

#include <openssl/cms.h>
#include <openssl/err.h>
#include <openssl/sha.h>

#include "keys/smime/cms_make.h"
#include "keys/smime/smime_priv.h"
#include "src/base/der.h"

enum {
	HISTORY_NAME = 20, /* bytes of a key identifier: SHA-1 */
	/* Bytes of a SignedData or AuthEnvelopedData, at most: a buffer that
	 * has them does not grow, and leaves no copy behind. */
	HISTORY_ROOM = 16384
};

static const char history_label[] = "signet history key 1";

/* --- certificates --------------------------------------------------------- */

static bool
history_name(const struct cert *c, unsigned char name[HISTORY_NAME])
{
	unsigned char digest[EVP_MAX_MD_SIZE];
	unsigned n = 0;

	if (X509_pubkey_digest(c->x509, EVP_sha1(), digest, &n) != 1 ||
	    n != HISTORY_NAME)
		return false;
	memcpy(name, digest, HISTORY_NAME);
	return true;
}

/* Returns the file of who's certificate for a use. NULL and e with EX_CONFIG
 * where there is none that can be read. */
static struct store_file *
history_cert(struct keystore *ks, const struct aor *who, enum store_use use,
    struct err *e)
{
	struct store_file *f = keystore_user(ks, who->key, use);

	if (f == NULL) {
		(void)err_set(e, EX_CONFIG,
		    "there is no certificate of %s in %s, and a history needs "
		    "one",
		    who->text, keystore_dir(ks));
		(void)err_because(e, CAUSE_NO_OWN_CERT, who->text);
	} else if (f->cert_count == 0) {
		(void)err_set(e, EX_CONFIG,
		    "the certificate of %s cannot be read: %s", who->text,
		    f->why.text != NULL ? f->why.text : "it is none");
		f = NULL;
	}
	return f;
}

/* Returns the private key of a certificate's file. NULL and e with EX_CONFIG,
 * whatever the reason. */
static EVP_PKEY *
history_private(struct keystore *ks, const struct store_file *f, struct err *e)
{
	EVP_PKEY *key = keystore_private(ks, f, e);

	if (key == NULL)
		e->exit = EX_CONFIG;
	return key;
}

/* Returns the file of who's certificate whose key is called name, if there is
 * a private key with it; else NULL. */
static struct store_file *
history_find(struct keystore *ks, const struct aor *who, struct span name)
{
	unsigned char own[HISTORY_NAME];
	size_t count;
	struct store_file *keys = keystore_files(ks, STORE_USER_KEY, &count);

	for (size_t i = 0; i < count; i++) {
		struct store_file *f;

		if (strcmp(keys[i].key, who->key) != 0)
			continue;
		f = keystore_partner(ks, &keys[i]);
		if (f != NULL && f->cert_count > 0 &&
		    history_name(f->certs[0], own) &&
		    span_eq(name, (struct span){own, sizeof(own)}))
			return f;
	}
	return NULL;
}

/* --- the content ---------------------------------------------------------- */

/* Appends what stands before the key. */
static void
history_begin(
    const struct aor *who, const unsigned char id[HISTORY_ID], struct buf *out)
{
	buf_add(out, history_label, sizeof(history_label));
	buf_add(out, who->key, strlen(who->key) + 1);
	buf_add(out, id, HISTORY_ID);
}

/* Takes the key out of the content. */
static bool
history_take(const struct aor *who, const unsigned char id[HISTORY_ID],
    struct span content, unsigned char key[HISTORY_KEY])
{
	struct buf begin = {0};
	bool ok;

	history_begin(who, id, &begin);
	ok = content.n == begin.n + HISTORY_KEY &&
	    memcmp(content.p, begin.p, begin.n) == 0;
	if (ok)
		memcpy(key, content.p + begin.n, HISTORY_KEY);
	buf_free(&begin);
	return ok;
}

/* --- wrapping ------------------------------------------------------------- */

/* Signs bytes. out is wiped by the caller. */
static int
history_sign(struct algs *algs, const struct keystore_owner *owner,
    struct span bytes, struct buf *out, struct err *e)
{
	unsigned char name[HISTORY_NAME];
	const struct cms_signing how = {.cert = owner->sign,
	    .key = owner->sign_key,
	    .opaque = true,
	    .key_id = {name, sizeof(name)}};

	if (!history_name(how.cert, name))
		return err_ssl(
		    e, EX_CONFIG, "the certificate's key has no name");
	return cms_make_signed(algs, &how, bytes, out, e);
}

/* Appends bytes, encrypted to c, in the one form that is opened. */
static int
history_encrypt(struct keystore *ks, struct cert *c, struct span bytes,
    struct buf *out, struct err *e)
{
	struct algs *algs = keystore_algs(ks, e);
	unsigned char name[HISTORY_NAME];

	if (algs == NULL)
		return -1;
	if (!history_name(c, name))
		return err_ssl(
		    e, EX_CONFIG, "the certificate's key has no name");
	return cms_make_encrypted_by_id(
	    algs, c, (struct span){name, sizeof(name)}, bytes, out, e);
}

static int
history_wrap(struct keystore *ks, const struct keystore_owner *owner,
    const struct aor *who, const unsigned char id[HISTORY_ID],
    const unsigned char key[HISTORY_KEY], struct buf *out, struct err *e)
{
	struct algs *algs = keystore_algs(ks, e);
	struct buf content = {0}, inner = {0};
	size_t before = out->n;
	int rc;

	if (algs == NULL)
		return -1;
	buf_reserve(&content, HISTORY_ROOM);
	buf_reserve(&inner, HISTORY_ROOM);
	history_begin(who, id, &content);
	buf_add(&content, key, HISTORY_KEY);
	rc = history_sign(algs, owner, span_buf(&content), &inner, e);
	if (rc == 0)
		rc = history_encrypt(
		    ks, owner->encrypt, span_buf(&inner), out, e);
	if (rc == -1)
		out->n = before;
	buf_wipe(&content);
	buf_wipe(&inner);
	return rc;
}

int
history_key_wrap(struct keystore *ks, const struct aor *who,
    const unsigned char id[HISTORY_ID], const unsigned char key[HISTORY_KEY],
    struct buf *out, struct err *e)
{
	struct keystore_owner owner;
	struct store_file *signs, *opens;

	if (keystore_refresh(ks, e) == -1 ||
	    (signs = history_cert(ks, who, STORE_SIGN, e)) == NULL ||
	    (opens = history_cert(ks, who, STORE_ENCRYPT, e)) == NULL)
		return -1;
	/* Both private keys must be readable: one signs the wrap, the other has
	 * to open it. */
	owner = (struct keystore_owner){
	    signs->certs[0], opens->certs[0], history_private(ks, signs, e)};
	if (owner.sign_key == NULL || history_private(ks, opens, e) == NULL)
		return -1;
	return history_wrap(ks, &owner, who, id, key, out, e);
}

static int
history_recipient(struct cert *encrypt, struct cert *sign,
    unsigned char out[HISTORY_RECIPIENT], struct err *e)
{
	struct cert *const certs[] = {encrypt, sign};
	struct buf both = {0};
	int rc = 0;

	for (size_t i = 0; i < 2 && rc == 0; i++) {
		unsigned char *der = NULL;
		int n = i2d_X509_PUBKEY(
		    X509_get_X509_PUBKEY(certs[i]->x509), &der);

		if (n > 0)
			buf_add(&both, der, (size_t)n);
		else
			rc = err_ssl(e, EX_CONFIG,
			    "the key of the certificate cannot be read");
		OPENSSL_free(der);
	}
	if (rc == 0)
		SHA256(both.p, both.n, out);
	buf_free(&both);
	return rc;
}

int
history_key_recipient(struct keystore *ks, const struct aor *who,
    unsigned char out[HISTORY_RECIPIENT], struct err *e)
{
	struct store_file *signs, *opens;

	if (keystore_refresh(ks, e) == -1 ||
	    (signs = history_cert(ks, who, STORE_SIGN, e)) == NULL ||
	    (opens = history_cert(ks, who, STORE_ENCRYPT, e)) == NULL)
		return -1;
	return history_recipient(opens->certs[0], signs->certs[0], out, e);
}

int
history_key_wrap_next(struct keystore *ks, const struct keystore_owner *next,
    const struct aor *who, const unsigned char id[HISTORY_ID],
    const unsigned char key[HISTORY_KEY], struct buf *out,
    unsigned char recipient[HISTORY_RECIPIENT], struct err *e)
{
	if (history_recipient(next->encrypt, next->sign, recipient, e) == -1)
		return -1;
	return history_wrap(ks, next, who, id, key, out, e);
}

/* --- the form of a wrapped key -------------------------------------------- */

/* Finds whom wrapped is for, and how much is encrypted. */
static bool
history_look(struct span wrapped, struct span *name, size_t *n)
{
	struct der d, info, recipients, content, r, id;

	if (!der_take(&wrapped, DER_SEQUENCE, &info) ||
	    !der_take(&info.body, DER_OID, &d) ||
	    !der_take_context(&info.body, 0, &d) ||
	    !der_take(&d.body, DER_SEQUENCE, &info) ||
	    !der_take(&info.body, DER_INTEGER, &d) ||
	    !der_take(&info.body, DER_SET, &recipients) ||
	    !der_take(&info.body, DER_SEQUENCE, &content) ||
	    !der_take(&content.body, DER_OID, &d) ||
	    !der_take(&content.body, DER_SEQUENCE, &d) ||
	    !der_take_context(&content.body, 0, &d))
		return false;
	*n = d.body.n;
	if (der_take_context(&recipients.body, 1, &r)) { /* EC */
		if (!der_take(&r.body, DER_INTEGER, &d) ||
		    !der_take_context(&r.body, 0, &d) ||
		    !der_take(&r.body, DER_SEQUENCE, &d) ||
		    !der_take(&r.body, DER_SEQUENCE, &d) ||
		    !der_take(&d.body, DER_SEQUENCE, &r) ||
		    !der_take_context(&r.body, 0, &id) ||
		    !der_take(&id.body, DER_OCTET_STRING, &d))
			return false;
	} else if (!der_take(&recipients.body, DER_SEQUENCE, &r) || /* RSA */
	    !der_take(&r.body, DER_INTEGER, &d) ||
	    !der_take_context(&r.body, 0, &d)) {
		return false;
	}
	*name = d.body;
	return true;
}

/* Returns whether a value of the form may have another content: it depends on
 * what was drawn. A point begins with its unused bits and its format. */
static bool
history_may_differ(const struct der *form, struct span name, struct span other)
{
	if (form->class == DER_UNIVERSAL && form->tag == DER_BIT_STRING)
		return form->body.n > 2 &&
		    memcmp(form->body.p, other.p, 2) == 0;
	return !span_eq(form->body, name) &&
	    ((form->class == DER_UNIVERSAL && form->tag == DER_OCTET_STRING) ||
		form->class == DER_CONTEXT);
}

/* Returns whether s is written as form is: all but what was drawn is the same,
 * byte for byte, so that no bit of a wrapped key can be changed without notice.
 * The form's depth is an end to the recursion. */
static bool
history_has_form(struct span s, struct span form, struct span name)
{
	struct der a, b;
	const unsigned char *at, *at_form;

	while (form.n > 0 || s.n > 0) {
		at = s.p;
		at_form = form.p;
		if (!der_next(&s, &a) || !der_next(&form, &b) ||
		    a.body.n != b.body.n ||
		    a.body.p - at != b.body.p - at_form ||
		    memcmp(at, at_form, (size_t)(a.body.p - at)) != 0)
			return false;
		if (b.constructed ? !history_has_form(a.body, b.body, name)
				  : memcmp(a.body.p, b.body.p, b.body.n) != 0 &&
			    !history_may_differ(&b, name, a.body))
			return false;
	}
	return true;
}

/* Returns whether wrapped has the form of n bytes encrypted to c. */
static int
history_check_form(struct keystore *ks, struct cert *c, struct span wrapped,
    struct span name, size_t n, struct err *e)
{
	struct buf zeros = {0}, form = {0};
	int rc;

	if (n > HISTORY_ROOM)
		return err_set(e, EX_DATAERR, "it is too large");
	buf_reserve(&zeros, n);
	memset(zeros.p, 0, n);
	zeros.n = n;
	rc = history_encrypt(ks, c, span_buf(&zeros), &form, e);
	if (rc == 0 && !history_has_form(wrapped, span_buf(&form), name))
		rc = err_set(e, EX_DATAERR, "it was changed");
	buf_free(&zeros);
	buf_free(&form);
	return rc;
}

/* --- opening -------------------------------------------------------------- */

/* Decrypts wrapped; out is wiped by the caller. */
static bool
history_decrypt(EVP_PKEY *key, struct span wrapped, struct buf *out)
{
	CMS_ContentInfo *cms = smime_parse_cms(wrapped);
	BIO *b = cms != NULL ? BIO_new(BIO_s_mem()) : NULL;
	char *data = NULL;
	bool ok = false;
	long n;

	if (b != NULL &&
	    CMS_decrypt(cms, key, NULL, NULL, b, CMS_BINARY) == 1 &&
	    (n = BIO_get_mem_data(b, &data)) > 0) {
		buf_reserve(out, (size_t)n);
		buf_add(out, data, (size_t)n);
		ok = true;
	}
	BIO_free(b); /* which wipes it */
	CMS_ContentInfo_free(cms);
	ERR_clear_error();
	return ok;
}

/* Returns the one signer of cms, who has to use SHA-256, and their name. */
static CMS_SignerInfo *
history_signer(CMS_ContentInfo *cms, struct span *name)
{
	STACK_OF(CMS_SignerInfo) *all = CMS_get0_SignerInfos(cms);
	ASN1_OCTET_STRING *id = NULL;
	const ASN1_OBJECT *oid;
	X509_ALGOR *digest;
	CMS_SignerInfo *si;

	if (sk_CMS_SignerInfo_num(all) != 1)
		return NULL;
	si = sk_CMS_SignerInfo_value(all, 0);
	CMS_SignerInfo_get0_algs(si, NULL, NULL, &digest, NULL);
	X509_ALGOR_get0(&oid, NULL, NULL, digest);
	if (CMS_SignerInfo_get0_signer_id(si, &id, NULL, NULL) != 1 ||
	    id == NULL || OBJ_obj2nid(oid) != NID_sha256 ||
	    CMS_signed_get_attr_count(si) < 1)
		return NULL;
	*name = (struct span){
	    ASN1_STRING_get0_data(id), (size_t)ASN1_STRING_length(id)};
	return si;
}

/* Returns whether the key of x made the signature over the content, which out
 * gets. */
static bool
history_verify(
    CMS_ContentInfo *cms, CMS_SignerInfo *si, X509 *x, struct buf *out)
{
	BIO *b = CMS_dataInit(cms, NULL);
	int n = 1;
	bool ok;

	buf_reserve(out, HISTORY_ROOM);
	while (b != NULL && n > 0 && out->n < out->cap) {
		n = BIO_read(b, out->p + out->n, (int)(out->cap - out->n));
		out->n += n > 0 ? (size_t)n : 0;
	}
	CMS_SignerInfo_set1_signer_cert(si, x);
	ok = b != NULL && n <= 0 && CMS_SignerInfo_verify(si) == 1 &&
	    CMS_SignerInfo_verify_content(si, b) == 1;
	BIO_free_all(b);
	ERR_clear_error();
	return ok;
}

/* Checks the SignedData in bytes, and gives its content in out, which is wiped
 * by the caller. 1: it is no signature of who's, 0, or -1 and e where their
 * private key cannot be read. */
static int
history_check(struct keystore *ks, const struct aor *who, struct span bytes,
    struct buf *out, struct err *e)
{
	CMS_ContentInfo *cms = smime_parse_cms(bytes);
	CMS_SignerInfo *si = NULL;
	ASN1_OCTET_STRING **content;
	struct store_file *f = NULL;
	struct span name;
	int rc = 1;

	if (cms != NULL && OBJ_obj2nid(CMS_get0_type(cms)) == NID_pkcs7_signed)
		si = history_signer(cms, &name);
	if (si != NULL)
		f = history_find(ks, who, name);
	if (f != NULL && history_private(ks, f, e) == NULL)
		rc = -1;
	else if (f != NULL && history_verify(cms, si, f->certs[0]->x509, out))
		rc = 0;
	content = cms != NULL ? CMS_get0_content(cms) : NULL;
	if (content != NULL && *content != NULL)
		OPENSSL_cleanse((*content)->data, (size_t)(*content)->length);
	CMS_ContentInfo_free(cms);
	ERR_clear_error();
	return rc;
}

/* Unwraps with the private key of f. */
static int
history_unwrap(struct keystore *ks, const struct aor *who, struct store_file *f,
    const unsigned char id[HISTORY_ID], struct span wrapped,
    unsigned char key[HISTORY_KEY], struct err *e)
{
	struct buf inner = {0}, content = {0};
	EVP_PKEY *private = history_private(ks, f, e);
	int rc;

	if (private == NULL)
		return -1;
	if (!history_decrypt(private, wrapped, &inner)) {
		buf_wipe(&inner);
		return err_set(e, EX_DATAERR,
		    "the key of the history of %s is damaged: it does not "
		    "decrypt",
		    who->text);
	}
	rc = history_check(ks, who, span_buf(&inner), &content, e);
	if (rc == 0 && !history_take(who, id, span_buf(&content), key))
		rc = err_set(e, EX_NOPERM,
		    "the key of the history of %s is one of another history: "
		    "somebody may have put it in",
		    who->text);
	if (rc == 1)
		rc = err_set(e, EX_NOPERM,
		    "the key of the history of %s is not signed by its owner: "
		    "somebody may have put another one in",
		    who->text);
	buf_wipe(&inner);
	buf_wipe(&content);
	return rc;
}

bool
history_key_is_mine(
    struct keystore *ks, const struct aor *who, struct span wrapped)
{
	struct span name;
	struct err e;
	size_t n;

	return keystore_refresh(ks, &e) == 0 &&
	    history_look(wrapped, &name, &n) &&
	    history_find(ks, who, name) != NULL;
}

int
history_key_open(struct keystore *ks, const struct aor *who,
    const unsigned char id[HISTORY_ID], struct span wrapped,
    unsigned char key[HISTORY_KEY], struct err *e)
{
	struct store_file *f;
	struct span name;
	size_t n;
	int rc;

	memset(key, 0, HISTORY_KEY);
	if (keystore_refresh(ks, e) == -1)
		return -1;
	if (!history_look(wrapped, &name, &n))
		return err_set(e, EX_DATAERR,
		    "the key of the history of %s is damaged", who->text);
	f = history_find(ks, who, name);
	if (f == NULL)
		return err_set(e, EX_CONFIG,
		    "the history of %s opens with none of the private keys in "
		    "%s",
		    who->text, keystore_dir(ks));
	if (history_check_form(ks, f->certs[0], wrapped, name, n, e) == -1)
		return err_in(
		    e, "the key of the history of %s is damaged", who->text);
	rc = history_unwrap(ks, who, f, id, wrapped, key, e);
	if (rc == -1)
		wipe(key, HISTORY_KEY);
	return rc;
}
