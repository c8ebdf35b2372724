/*
 * The same CMS work as signet's, in a tight loop of bare OpenSSL calls: what
 * this machine can do at most, measured in the same run.
 *
 *     cmsloop seal|open CERT KEY COUNT
 *
 * CERT and KEY are PEM; they sign, and are sealed to, as between friends of
 * one kind: P-256 with GCM around the signature, RSA with CBC inside it.
 * Prints operations per second of CPU time.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <openssl/cms.h>
#include <openssl/err.h>
#include <openssl/pem.h>

static const char entity[] =
    "Content-Type: text/plain\r\nContent-Transfer-Encoding: binary\r\n\r\n"
    "The quick brown fox jumps over the lazy dog, and then once more.";

static void
die(const char *what)
{
	fprintf(stderr, "cmsloop: %s\n", what);
	ERR_print_errors_fp(stderr);
	exit(1);
}

struct der {
	unsigned char *p;
	int n;
};

static struct der
encode(CMS_ContentInfo *cms)
{
	struct der d = {NULL, 0};

	d.n = i2d_CMS_ContentInfo(cms, &d.p);
	if (d.n < 0)
		die("i2d");
	CMS_ContentInfo_free(cms);
	return d;
}

static CMS_ContentInfo *
decode(struct der d)
{
	const unsigned char *p = d.p;
	CMS_ContentInfo *cms = d2i_CMS_ContentInfo(NULL, &p, d.n);

	if (cms == NULL)
		die("d2i");
	return cms;
}

static struct der
sign(X509 *cert, EVP_PKEY *key, const void *p, int n)
{
	BIO *in = BIO_new_mem_buf(p, n);
	CMS_ContentInfo *cms = CMS_sign(NULL, NULL, NULL, NULL,
	    CMS_PARTIAL | CMS_BINARY | CMS_DETACHED);

	if (cms == NULL ||
	    CMS_add1_signer(cms, cert, key, EVP_sha256(),
		CMS_BINARY | CMS_NOCERTS | CMS_NOSMIMECAP) == NULL ||
	    CMS_final(cms, in, NULL, CMS_BINARY) != 1)
		die("sign");
	BIO_free(in);
	return encode(cms);
}

static struct der
seal(X509 *cert, int ec, const void *p, int n)
{
	BIO *in = BIO_new_mem_buf(p, n);
	CMS_ContentInfo *cms =
	    CMS_encrypt(NULL, NULL, ec ? EVP_aes_128_gcm() : EVP_aes_128_cbc(),
		CMS_PARTIAL | CMS_BINARY);
	CMS_RecipientInfo *ri = cms == NULL
	    ? NULL
	    : CMS_add1_recipient_cert(cms, cert, ec ? CMS_KEY_PARAM : 0);

	if (ri == NULL ||
	    (ec && EVP_PKEY_CTX_set_ecdh_kdf_md(CMS_RecipientInfo_get0_pkey_ctx(
						    ri),
		       EVP_sha256()) != 1) ||
	    CMS_final(cms, in, NULL, CMS_BINARY) != 1)
		die("seal");
	BIO_free(in);
	return encode(cms);
}

static void
open_sealed(X509 *cert, EVP_PKEY *key, struct der d)
{
	CMS_ContentInfo *cms = decode(d);
	BIO *out = BIO_new(BIO_s_mem());

	if (CMS_decrypt(cms, key, cert, NULL, out, CMS_BINARY) != 1)
		die("decrypt");
	BIO_free(out);
	CMS_ContentInfo_free(cms);
}

static void
verify(STACK_OF(X509) *certs, struct der d, const void *p, int n)
{
	CMS_ContentInfo *cms = decode(d);
	BIO *in = BIO_new_mem_buf(p, n);

	/* signet has judged the chain before, too. */
	if (CMS_verify(cms, certs, NULL, in, NULL,
		CMS_BINARY | CMS_NO_SIGNER_CERT_VERIFY) != 1)
		die("verify");
	BIO_free(in);
	CMS_ContentInfo_free(cms);
}

static double
cpu(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

int
main(int argc, char **argv)
{
	STACK_OF(X509) *certs = sk_X509_new_null();
	FILE *cf = argc == 5 ? fopen(argv[2], "r") : NULL;
	FILE *kf = argc == 5 ? fopen(argv[3], "r") : NULL;
	X509 *cert = cf == NULL ? NULL : PEM_read_X509(cf, NULL, NULL, NULL);
	EVP_PKEY *key =
	    kf == NULL ? NULL : PEM_read_PrivateKey(kf, NULL, NULL, NULL);
	int n = (int)strlen(entity), count, ec, sealing;
	struct der inner, outer;
	double start;

	if (cert == NULL || key == NULL)
		die("usage: cmsloop seal|open CERT KEY COUNT");
	sk_X509_push(certs, cert);
	count = atoi(argv[4]);
	sealing = strcmp(argv[1], "seal") == 0;
	ec = EVP_PKEY_is_a(key, "EC");
	inner = ec ? sign(cert, key, entity, n) : seal(cert, 0, entity, n);
	outer = ec ? seal(cert, 1, inner.p, inner.n)
		   : sign(cert, key, inner.p, inner.n);
	start = cpu();
	for (int i = 0; i < count; i++) {
		if (sealing) {
			struct der a = ec ? sign(cert, key, entity, n)
					  : seal(cert, 0, entity, n);
			struct der b = ec ? seal(cert, 1, a.p, a.n)
					  : sign(cert, key, a.p, a.n);

			OPENSSL_free(a.p);
			OPENSSL_free(b.p);
		} else if (ec) {
			open_sealed(cert, key, outer);
			verify(certs, inner, entity, n);
		} else {
			verify(certs, outer, inner.p, inner.n);
			open_sealed(cert, key, inner);
		}
	}
	printf("%.1f\n", count / (cpu() - start));
	return 0;
}
