/*
 * The same CMS work as signet's, in a tight loop of bare OpenSSL calls: what
 * this machine can do at most, measured in the same run.
 *
 *     cmsloop seal|open CERT KEY COUNT RECIPIENT..
 *
 * All are PEM. CERT and KEY sign; the RECIPIENTs, certificates called
 * user_cert_* with their user_key_* beside them, are sealed to in turn, as
 * between friends of one kind: P-256 with GCM around the signature, RSA with
 * CBC inside it. Prints operations per second of CPU time.
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
	CMS_ContentInfo *cms = CMS_sign(
	    NULL, NULL, NULL, NULL, CMS_PARTIAL | CMS_BINARY | CMS_DETACHED);

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
	CMS_ContentInfo *cms = CMS_encrypt(NULL, NULL,
	    ec ? EVP_aes_128_gcm() : EVP_aes_128_cbc(),
	    CMS_PARTIAL | CMS_BINARY);
	CMS_RecipientInfo *ri = cms == NULL
	    ? NULL
	    : CMS_add1_recipient_cert(cms, cert, ec ? CMS_KEY_PARAM : 0);

	if (ri == NULL ||
	    (ec &&
		EVP_PKEY_CTX_set_ecdh_kdf_md(
		    CMS_RecipientInfo_get0_pkey_ctx(ri), EVP_sha256()) != 1) ||
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

/* The certificate or key in a file. */
static void *
load(const char *path, int key)
{
	FILE *f = fopen(path, "r");
	void *p = f == NULL ? NULL
	    : key           ? (void *)PEM_read_PrivateKey(f, NULL, NULL, NULL)
			    : (void *)PEM_read_X509(f, NULL, NULL, NULL);

	if (p == NULL)
		die(path);
	fclose(f);
	return p;
}

struct person {
	X509 *cert;
	EVP_PKEY *key;
	struct der inner, outer; /* a message for this one */
};

static struct person
person(const char *path)
{
	struct person p = {.cert = load(path, 0)};
	char name[4096];
	char *at;

	snprintf(name, sizeof(name), "%s", path);
	at = strstr(name, "user_cert_");
	if (at == NULL)
		die("a recipient is called user_cert_*");
	memcpy(at, "user_key_", 9);
	memmove(at + 9, at + 10, strlen(at + 10) + 1);
	p.key = load(name, 1);
	return p;
}

int
main(int argc, char **argv)
{
	STACK_OF(X509) *certs = sk_X509_new_null();
	int n = (int)strlen(entity), count, people = argc - 5, ec, sealing;
	struct person *all;
	EVP_PKEY *key;
	double start;
	X509 *cert;

	if (people < 1)
		die("usage: cmsloop seal|open CERT KEY COUNT RECIPIENT..");
	cert = load(argv[2], 0);
	key = load(argv[3], 1);
	sk_X509_push(certs, cert);
	count = atoi(argv[4]);
	sealing = strcmp(argv[1], "seal") == 0;
	ec = EVP_PKEY_is_a(key, "EC");
	all = calloc((size_t)people, sizeof(*all));
	for (int i = 0; i < people; i++) {
		struct person *p = &all[i];

		*p = person(argv[5 + i]);
		p->inner = ec ? sign(cert, key, entity, n)
			      : seal(p->cert, 0, entity, n);
		p->outer = ec ? seal(p->cert, 1, p->inner.p, p->inner.n)
			      : sign(cert, key, p->inner.p, p->inner.n);
	}
	start = cpu();
	for (int i = 0; i < count; i++) {
		const struct person *p = &all[i % people];

		if (sealing) {
			struct der a = ec ? sign(cert, key, entity, n)
					  : seal(p->cert, 0, entity, n);
			struct der b = ec ? seal(p->cert, 1, a.p, a.n)
					  : sign(cert, key, a.p, a.n);

			OPENSSL_free(a.p);
			OPENSSL_free(b.p);
		} else if (ec) {
			open_sealed(p->cert, p->key, p->outer);
			verify(certs, p->inner, entity, n);
		} else {
			verify(certs, p->outer, p->inner.p, p->inner.n);
			open_sealed(p->cert, p->key, p->inner);
		}
	}
	printf("%.1f\n", count / (cpu() - start));
	return 0;
}
