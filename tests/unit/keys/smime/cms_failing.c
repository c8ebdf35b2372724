/* When OpenSSL fails in the midst of writing a CMS object, an error comes of it,
 * and never an object.
 *
 * The files that write are compiled in here, with functions of ours in the place
 * of OpenSSL's: the n-th call fails. (A call of OpenSSL's own that fails inside
 * its generator is another matter: RSA signatures of 3.0 are then wrong, and
 * nothing tells.) WRITES in the environment is how many objects are written;
 * make check writes few of them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <openssl/cms.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/rand.h>
#include <openssl/rsa.h>
#include <openssl/x509v3.h>

#include "keys/smime/cms_make.h"
#include "keys/smime/cms_write.h"
#include "keys/x509/cert_ready.h"

enum { WRITES = 4000 };

static unsigned long fails_at; /* 0: none fails */
static unsigned long calls;

static int
fails(void)
{
	return ++calls == fails_at;
}

/* Defines failing_NAME, which fails when its turn has come, and else calls
 * OpenSSL's. */
#define FAILING(type, failure, name, parameters, arguments)  \
	static type failing_##name parameters                \
	{                                                    \
		return fails() ? (failure) : name arguments; \
	}

FAILING(EVP_MD *, NULL, EVP_MD_fetch,
    (OSSL_LIB_CTX * c, const char *name, const char *p), (c, name, p))
FAILING(EVP_CIPHER *, NULL, EVP_CIPHER_fetch,
    (OSSL_LIB_CTX * c, const char *name, const char *p), (c, name, p))
FAILING(EVP_MD_CTX *, NULL, EVP_MD_CTX_new, (void), ())
FAILING(EVP_CIPHER_CTX *, NULL, EVP_CIPHER_CTX_new, (void), ())
FAILING(int, 0, EVP_DigestInit_ex2,
    (EVP_MD_CTX * c, const EVP_MD *md, const OSSL_PARAM p[]), (c, md, p))
FAILING(int, 0, EVP_DigestUpdate, (EVP_MD_CTX * c, const void *d, size_t n),
    (c, d, n))
FAILING(int, 0, EVP_DigestFinal_ex,
    (EVP_MD_CTX * c, unsigned char *md, unsigned *n), (c, md, n))
FAILING(int, 0, EVP_EncryptInit_ex2,
    (EVP_CIPHER_CTX * c, const EVP_CIPHER *ciph, const unsigned char *key,
	const unsigned char *iv, const OSSL_PARAM p[]),
    (c, ciph, key, iv, p))
FAILING(int, 0, EVP_EncryptUpdate,
    (EVP_CIPHER_CTX * c, unsigned char *out, int *n, const unsigned char *in,
	int m),
    (c, out, n, in, m))
FAILING(int, 0, EVP_EncryptFinal_ex,
    (EVP_CIPHER_CTX * c, unsigned char *out, int *n), (c, out, n))
FAILING(int, 0, EVP_CIPHER_CTX_ctrl,
    (EVP_CIPHER_CTX * c, int type, int n, void *p), (c, type, n, p))
FAILING(EVP_PKEY_CTX *, NULL, EVP_PKEY_CTX_new_from_pkey,
    (OSSL_LIB_CTX * c, EVP_PKEY *key, const char *p), (c, key, p))
FAILING(int, 0, EVP_PKEY_sign_init, (EVP_PKEY_CTX * c), (c))
FAILING(int, 0, EVP_PKEY_CTX_set_signature_md,
    (EVP_PKEY_CTX * c, const EVP_MD *md), (c, md))
FAILING(int, 0, EVP_PKEY_sign,
    (EVP_PKEY_CTX * c, unsigned char *s, size_t *n, const unsigned char *d,
	size_t m),
    (c, s, n, d, m))
FAILING(int, 0, EVP_PKEY_encrypt_init, (EVP_PKEY_CTX * c), (c))
FAILING(
    int, 0, EVP_PKEY_CTX_set_rsa_padding, (EVP_PKEY_CTX * c, int pad), (c, pad))
FAILING(int, 0, EVP_PKEY_encrypt,
    (EVP_PKEY_CTX * c, unsigned char *out, size_t *n, const unsigned char *in,
	size_t m),
    (c, out, n, in, m))
FAILING(int, 0, EVP_PKEY_keygen_init, (EVP_PKEY_CTX * c), (c))
FAILING(int, 0, EVP_PKEY_keygen, (EVP_PKEY_CTX * c, EVP_PKEY **k), (c, k))
FAILING(int, 0, EVP_PKEY_get_octet_string_param,
    (const EVP_PKEY *k, const char *name, unsigned char *b, size_t room,
	size_t *n),
    (k, name, b, room, n))
FAILING(int, 0, EVP_PKEY_derive_init, (EVP_PKEY_CTX * c), (c))
FAILING(int, 0, EVP_PKEY_derive_set_peer_ex,
    (EVP_PKEY_CTX * c, EVP_PKEY *peer, int validate), (c, peer, validate))
FAILING(int, 0, EVP_PKEY_derive,
    (EVP_PKEY_CTX * c, unsigned char *s, size_t *n), (c, s, n))
FAILING(int, 0, EVP_PKEY_public_check, (EVP_PKEY_CTX * c), (c))
FAILING(int, 0, EVP_PKEY_public_check_quick, (EVP_PKEY_CTX * c), (c))
FAILING(int, 0, RAND_bytes, (unsigned char *b, int n), (b, n))
FAILING(int, -1, i2d_X509, (const X509 *x, unsigned char **out), (x, out))
FAILING(
    int, -1, i2d_X509_NAME, (const X509_NAME *x, unsigned char **out), (x, out))
FAILING(int, -1, i2d_ASN1_INTEGER, (const ASN1_INTEGER *x, unsigned char **out),
    (x, out))

#define EVP_MD_fetch failing_EVP_MD_fetch
#define EVP_CIPHER_fetch failing_EVP_CIPHER_fetch
#define EVP_MD_CTX_new failing_EVP_MD_CTX_new
#define EVP_CIPHER_CTX_new failing_EVP_CIPHER_CTX_new
#define EVP_DigestInit_ex2 failing_EVP_DigestInit_ex2
#define EVP_DigestUpdate failing_EVP_DigestUpdate
#define EVP_DigestFinal_ex failing_EVP_DigestFinal_ex
#define EVP_EncryptInit_ex2 failing_EVP_EncryptInit_ex2
#define EVP_EncryptUpdate failing_EVP_EncryptUpdate
#define EVP_EncryptFinal_ex failing_EVP_EncryptFinal_ex
#define EVP_CIPHER_CTX_ctrl failing_EVP_CIPHER_CTX_ctrl
#define EVP_PKEY_CTX_new_from_pkey failing_EVP_PKEY_CTX_new_from_pkey
#define EVP_PKEY_sign_init failing_EVP_PKEY_sign_init
#define EVP_PKEY_CTX_set_signature_md failing_EVP_PKEY_CTX_set_signature_md
#define EVP_PKEY_sign failing_EVP_PKEY_sign
#define EVP_PKEY_encrypt_init failing_EVP_PKEY_encrypt_init
#define EVP_PKEY_CTX_set_rsa_padding failing_EVP_PKEY_CTX_set_rsa_padding
#define EVP_PKEY_encrypt failing_EVP_PKEY_encrypt
#define EVP_PKEY_keygen_init failing_EVP_PKEY_keygen_init
#define EVP_PKEY_keygen failing_EVP_PKEY_keygen
#define EVP_PKEY_get_octet_string_param failing_EVP_PKEY_get_octet_string_param
#define EVP_PKEY_derive_init failing_EVP_PKEY_derive_init
#define EVP_PKEY_derive_set_peer_ex failing_EVP_PKEY_derive_set_peer_ex
#define EVP_PKEY_derive failing_EVP_PKEY_derive
#define EVP_PKEY_public_check failing_EVP_PKEY_public_check
#define EVP_PKEY_public_check_quick failing_EVP_PKEY_public_check_quick
#define RAND_bytes failing_RAND_bytes
#define i2d_X509 failing_i2d_X509
#define i2d_X509_NAME failing_i2d_X509_NAME
#define i2d_ASN1_INTEGER failing_i2d_ASN1_INTEGER

#include "keys/smime/cms_encrypt.c"
#include "keys/smime/cms_sign.c"
#include "keys/smime/cms_write.c"
#include "keys/x509/algs.c"
#include "keys/x509/cert_ready.c"

#undef EVP_MD_fetch
#undef EVP_CIPHER_fetch
#undef EVP_MD_CTX_new
#undef EVP_CIPHER_CTX_new
#undef EVP_DigestInit_ex2
#undef EVP_DigestUpdate
#undef EVP_DigestFinal_ex
#undef EVP_EncryptInit_ex2
#undef EVP_EncryptUpdate
#undef EVP_EncryptFinal_ex
#undef EVP_CIPHER_CTX_ctrl
#undef EVP_PKEY_CTX_new_from_pkey
#undef EVP_PKEY_sign_init
#undef EVP_PKEY_CTX_set_signature_md
#undef EVP_PKEY_sign
#undef EVP_PKEY_encrypt_init
#undef EVP_PKEY_CTX_set_rsa_padding
#undef EVP_PKEY_encrypt
#undef EVP_PKEY_keygen_init
#undef EVP_PKEY_keygen
#undef EVP_PKEY_get_octet_string_param
#undef EVP_PKEY_derive_init
#undef EVP_PKEY_derive_set_peer_ex
#undef EVP_PKEY_derive
#undef EVP_PKEY_public_check
#undef EVP_PKEY_public_check_quick
#undef RAND_bytes
#undef i2d_X509
#undef i2d_X509_NAME
#undef i2d_ASN1_INTEGER

/* --- who signs and receives ------------------------------------------------ */

static EVP_PKEY *keys[3]; /* RSA, RSA, EC */
static X509 *certificates[3];

static int
set_up(void **state)
{
	(void)state;
	keys[0] = EVP_RSA_gen(2048);
	keys[1] = EVP_RSA_gen(2048);
	keys[2] = EVP_EC_gen("P-256");
	for (int i = 0; i < 3; i++) {
		X509 *x = certificates[i] = X509_new();

		ASN1_INTEGER_set(X509_get_serialNumber(x), i + 1);
		X509_gmtime_adj(X509_getm_notBefore(x), 0);
		X509_gmtime_adj(X509_getm_notAfter(x), 3600);
		X509_NAME_add_entry_by_txt(X509_get_subject_name(x), "CN",
		    MBSTRING_ASC, (const unsigned char *)"x", -1, -1, 0);
		X509_set_issuer_name(x, X509_get_subject_name(x));
		X509_set_pubkey(x, keys[i]);
		if (X509_sign(x, keys[i], EVP_sha256()) <= 0)
			return -1;
	}
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	for (int i = 0; i < 3; i++) {
		X509_free(certificates[i]);
		EVP_PKEY_free(keys[i]);
	}
	return 0;
}

static struct cert *
fresh(int i)
{
	X509_up_ref(certificates[i]);
	return cert_new(certificates[i]);
}

/* --- whole objects --------------------------------------------------------- */

static CMS_ContentInfo *
whole(const struct buf *der)
{
	const unsigned char *p = der->p;
	CMS_ContentInfo *cms = d2i_CMS_ContentInfo(NULL, &p, (long)der->n);

	assert_non_null(cms);
	assert_ptr_equal(p, der->p + der->n);
	return cms;
}

static void
opens(const struct buf *der, int who)
{
	CMS_ContentInfo *cms = whole(der);
	BIO *out = BIO_new(BIO_s_mem());

	assert_int_equal(CMS_decrypt(cms, keys[who], certificates[who], NULL,
			     out, CMS_BINARY),
	    1);
	CMS_ContentInfo_free(cms);
	BIO_free(out);
}

static void
verifies(const struct buf *der, int who, bool opaque, struct span text)
{
	CMS_ContentInfo *cms = whole(der);
	STACK_OF(X509) *certs = sk_X509_new_null();
	BIO *in = BIO_new_mem_buf(text.p, (int)text.n);

	sk_X509_push(certs, certificates[who]);
	assert_int_equal(CMS_verify(cms, certs, NULL, opaque ? NULL : in, NULL,
			     CMS_BINARY | CMS_NO_SIGNER_CERT_VERIFY),
	    1);
	sk_X509_free(certs);
	BIO_free(in);
	CMS_ContentInfo_free(cms);
}

/* One object of a form (its bits say which), of which the n-th call fails. The
 * algorithms and certificates are new each time, unless they are `warm`.
 * Returns whether no call failed. */
static bool
write_one(unsigned form, unsigned long n, struct algs **warm, struct cert **w)
{
	int who = form & 1 ? 2 : 0;
	struct span text = span_str("the text of the message");
	struct cms_signing how = {.key = keys[who],
	    .attach_cert = form & 2,
	    .opaque = form & 4,
	    .draft = form & 8};
	struct buf der = {0};
	struct err e = {0};
	struct algs *algs;
	struct cert *mine, *other;
	int rc = -1;

	calls = 0;
	fails_at = n;
	algs = warm != NULL ? *warm : algs_new(&e);
	mine = warm != NULL ? w[who] : fresh(who);
	other = warm != NULL ? w[1] : fresh(1);
	how.cert = mine;
	how.encrypts = form & 16 ? other : NULL;
	if (algs != NULL && form & 32)
		rc = cms_make_encrypted(algs, mine, form & 2, text, &der, &e);
	else if (algs != NULL)
		rc = cms_make_signed(algs, &how, text, &der, &e);
	fails_at = 0;
	/* What failed is an error with a sentence; what did not is whole. */
	if (rc == -1) {
		if (calls < n || n == 0)
			fail_msg("form %u, call %lu of %lu: %s", form, n, calls,
			    e.text);
		assert_true(e.exit != 0 && e.text[0] != '\0');
	} else if (form & 32)
		opens(&der, who);
	else
		verifies(&der, who, how.opaque, text);
	buf_free(&der);
	if (warm == NULL) {
		algs_free(algs);
		cert_free(mine);
		cert_free(other);
	}
	ERR_clear_error();
	return rc == 0 && calls < n;
}

static unsigned long
writes(void)
{
	const char *s = getenv("WRITES");

	return s != NULL ? strtoul(s, NULL, 10) : WRITES;
}

/* Each call of each form fails once, with everything new. */
static void
each_call_may_fail(void **state)
{
	(void)state;
	for (unsigned form = 0; form < 64; form++) {
		unsigned long n = 1;

		while (!write_one(form, n, NULL, NULL))
			n++;
		assert_true(n > 10);
	}
}

/* What has failed leaves nothing behind that spoils the next object. */
static void
many_writes_with_failures_among_them(void **state)
{
	struct err e;
	struct algs *algs = algs_new(&e);
	struct cert *all[3] = {fresh(0), fresh(1), fresh(2)};
	unsigned long count = writes();

	(void)state;
	for (unsigned long i = 0; i < count; i++) {
		unsigned char r[2];

		assert_int_equal(RAND_bytes(r, 2), 1);
		(void)write_one(r[0] % 64, r[1] % 32, &algs, all);
	}
	algs_free(algs);
	for (int i = 0; i < 3; i++)
		cert_free(all[i]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(each_call_may_fail),
	    cmocka_unit_test(many_writes_with_failures_among_them),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
