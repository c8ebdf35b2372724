/*
 * Certificates packed for programs that want one file: PKCS#12 and .p7c.
 */
#include <openssl/pkcs12.h>
#include <openssl/pkcs7.h>

#include "keys/x509/issue.h"

/* As for the keys of issue.c. */
enum { PACK_ROUNDS = 210000 };

int
issue_p12(X509 *x, EVP_PKEY *key, STACK_OF(X509) *chain, const char *name,
    struct span passphrase, struct buf *out, struct err *e)
{
	/* OpenSSL needs strings. */
	struct buf pass = {0};
	unsigned char *der = NULL;
	PKCS12 *p12;
	bool ok;
	int n = 0;

	buf_reserve(&pass, passphrase.n + 1);
	buf_addspan(&pass, passphrase);
	/* -1: the MAC comes after, since its digest cannot be chosen here. */
	p12 = PKCS12_create((char *)pass.p, name, key, x, chain,
	    NID_aes_256_cbc, NID_aes_256_cbc, PACK_ROUNDS, -1, 0);
	ok = p12 != NULL &&
	    PKCS12_set_mac(p12, (char *)pass.p, -1, NULL, 0, PACK_ROUNDS,
		EVP_sha256()) == 1 &&
	    (n = i2d_PKCS12(p12, &der)) > 0;
	if (ok)
		buf_add(out, der, (size_t)n);
	OPENSSL_free(der);
	PKCS12_free(p12);
	buf_wipe(&pass);
	return ok ? 0 : err_ssl(e, EX_SOFTWARE, "no PKCS#12 can be made");
}

int
issue_p7c(X509 *x, struct buf *out, struct err *e)
{
	PKCS7 *p7 = PKCS7_new();
	unsigned char *der = NULL;
	int n = 0;
	bool ok = p7 != NULL && PKCS7_set_type(p7, NID_pkcs7_signed) == 1 &&
	    PKCS7_content_new(p7, NID_pkcs7_data) == 1 &&
	    PKCS7_set_detached(p7, 1) == 1 &&
	    PKCS7_add_certificate(p7, x) == 1 && (n = i2d_PKCS7(p7, &der)) > 0;

	if (ok)
		buf_add(out, der, (size_t)n);
	OPENSSL_free(der);
	PKCS7_free(p7);
	return ok ? 0 : err_ssl(e, EX_SOFTWARE, "no PKCS#7 can be made");
}
