/*
 * The primitives inside a signed and encrypted message, without CMS around
 * them: what signing and encrypting cost at the least, in the same run as
 * cmsloop.
 *
 *     primloop seal|open CERT KEY COUNT RECIPIENT..
 *
 * The arguments are cmsloop's. A message costs one signature with SHA-256; an
 * ephemeral key and ECDH (P-256) or an RSA encryption of the content key; and
 * AES-128, GCM or CBC, over the text. Prints operations per second of CPU time.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/rsa.h>

static const unsigned char text[] =
    "Content-Type: text/plain\r\nContent-Transfer-Encoding: binary\r\n\r\n"
    "The quick brown fox jumps over the lazy dog, and then once more.";

enum { TEXT = sizeof(text) - 1 };

static void
die(const char *what)
{
	fprintf(stderr, "primloop: %s\n", what);
	ERR_print_errors_fp(stderr);
	exit(1);
}

static void
must(int ok, const char *what)
{
	if (ok != 1)
		die(what);
}

/* What all messages share. */
static struct {
	EVP_MD *sha256;
	EVP_CIPHER *cipher; /* GCM for EC keys, else CBC */
	EVP_MD_CTX *digest;
	EVP_CIPHER_CTX *aes;
	int ec;
} all;

/* A key, and what one message to it consists of. */
struct person {
	EVP_PKEY *key, *once; /* once: an ephemeral key on its curve */
	EVP_PKEY_CTX *work; /* RSA: encrypts; EC: makes ephemeral keys */
	unsigned char wrapped[1024];
	size_t wrapped_len;
};

static double
cpu(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

static EVP_PKEY *
load(const char *path)
{
	FILE *f = fopen(path, "r");
	EVP_PKEY *key = f == NULL ? NULL
				  : PEM_read_PrivateKey(f, NULL, NULL, NULL);

	if (key == NULL)
		die(path);
	fclose(f);
	return key;
}

static size_t
sign(EVP_PKEY *key, unsigned char *out, size_t n)
{
	must(EVP_DigestSignInit_ex(
		 all.digest, NULL, "SHA256", NULL, NULL, key, NULL),
	    "sign");
	must(EVP_DigestSign(all.digest, out, &n, text, TEXT), "sign");
	return n;
}

static void
verify(EVP_PKEY *key, const unsigned char *sig, size_t n)
{
	must(EVP_DigestVerifyInit_ex(
		 all.digest, NULL, "SHA256", NULL, NULL, key, NULL),
	    "verify");
	must(EVP_DigestVerify(all.digest, sig, n, text, TEXT), "verify");
}

/* AES-128 over the text, one way or the other; the keys are any. */
static void
aes(int encrypt)
{
	static const unsigned char key[32] = {1};
	unsigned char out[TEXT + 32];
	int n, last;

	must(EVP_CipherInit_ex2(
		 all.aes, all.cipher, key, key + 16, encrypt, NULL),
	    "aes");
	must(EVP_CIPHER_CTX_set_padding(all.aes, 0), "aes");
	must(EVP_CipherUpdate(all.aes, out, &n, text, TEXT & ~15), "aes");
	if (encrypt || !all.ec)
		must(EVP_CipherFinal_ex(all.aes, out + n, &last), "aes");
}

/* The secret of two EC keys. */
static void
agree(EVP_PKEY *mine, EVP_PKEY *theirs)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_pkey(NULL, mine, NULL);
	unsigned char secret[66];
	size_t n = sizeof(secret);

	must(ctx != NULL && EVP_PKEY_derive_init(ctx) == 1, "derive");
	must(EVP_PKEY_derive_set_peer_ex(ctx, theirs, 0), "derive");
	must(EVP_PKEY_derive(ctx, secret, &n), "derive");
	EVP_PKEY_CTX_free(ctx);
}

/* Gets a content key to somebody. */
static void
hand_over(struct person *p)
{
	unsigned char key[16];

	must(RAND_bytes(key, sizeof(key)), "random");
	if (all.ec) {
		EVP_PKEY *once = NULL;

		must(EVP_PKEY_keygen(p->work, &once), "keygen");
		agree(once, p->key);
		EVP_PKEY_free(once);
		return;
	}
	p->wrapped_len = sizeof(p->wrapped);
	must(EVP_PKEY_encrypt(
		 p->work, p->wrapped, &p->wrapped_len, key, sizeof(key)),
	    "encrypt");
}

static void
take_over(struct person *p)
{
	unsigned char key[1024];
	size_t n = sizeof(key);
	EVP_PKEY_CTX *ctx;

	if (all.ec) {
		agree(p->key, p->once);
		return;
	}
	ctx = EVP_PKEY_CTX_new_from_pkey(NULL, p->key, NULL);
	must(ctx != NULL && EVP_PKEY_decrypt_init(ctx) == 1, "decrypt");
	must(EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PADDING), "decrypt");
	must(EVP_PKEY_decrypt(ctx, key, &n, p->wrapped, p->wrapped_len),
	    "decrypt");
	EVP_PKEY_CTX_free(ctx);
}

static void
person(struct person *p, const char *cert)
{
	char name[4096];
	char *at;

	snprintf(name, sizeof(name), "%s", cert);
	at = strstr(name, "user_cert_");
	if (at == NULL)
		die("a recipient is called user_cert_*");
	memcpy(at, "user_key_", 9);
	memmove(at + 9, at + 10, strlen(at + 10) + 1);
	p->key = load(name);
	p->work = EVP_PKEY_CTX_new_from_pkey(NULL, p->key, NULL);
	if (all.ec) {
		must(EVP_PKEY_keygen_init(p->work), "keygen");
		must(EVP_PKEY_keygen(p->work, &p->once), "keygen");
	} else {
		must(EVP_PKEY_encrypt_init(p->work), "encrypt");
		must(EVP_PKEY_CTX_set_rsa_padding(p->work, RSA_PKCS1_PADDING),
		    "encrypt");
		hand_over(p);
	}
}

int
main(int argc, char **argv)
{
	int count, people = argc - 5, sealing;
	unsigned char sig[1024];
	struct person *everybody;
	EVP_PKEY *key;
	double start;
	size_t n;

	if (people < 1)
		die("usage: primloop seal|open CERT KEY COUNT RECIPIENT..");
	key = load(argv[3]);
	count = atoi(argv[4]);
	sealing = strcmp(argv[1], "seal") == 0;
	all.ec = EVP_PKEY_is_a(key, "EC");
	all.sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);
	all.cipher = EVP_CIPHER_fetch(
	    NULL, all.ec ? "AES-128-GCM" : "AES-128-CBC", NULL);
	all.digest = EVP_MD_CTX_new();
	all.aes = EVP_CIPHER_CTX_new();
	everybody = calloc((size_t)people, sizeof(*everybody));
	for (int i = 0; i < people; i++)
		person(&everybody[i], argv[5 + i]);
	n = sign(key, sig, sizeof(sig));
	start = cpu();
	for (int i = 0; i < count; i++) {
		struct person *p = &everybody[i % people];

		if (sealing) {
			(void)sign(key, sig, sizeof(sig));
			hand_over(p);
			aes(1);
		} else {
			verify(key, sig, n);
			take_over(p);
			aes(0);
		}
	}
	printf("%.1f\n", count / (cpu() - start));
	return 0;
}
