#include "src/base/digest.h"

#include <stdio.h>
#include <stdlib.h>

#include <openssl/evp.h>
#include <openssl/rand.h>

#include "src/base/err.h"

static void
digest_give_up(const char *what)
{
	fprintf(stderr, "signet: OpenSSL cannot provide %s\n", what);
	exit(EX_OSERR);
}

struct digest {
	EVP_MD *md;
	EVP_MD_CTX *ctx;
};

struct digest *
digest_new(void)
{
	struct digest *d = xcalloc(1, sizeof(*d));

	d->md = EVP_MD_fetch(NULL, "SHA2-256", NULL);
	d->ctx = EVP_MD_CTX_new();
	if (d->md == NULL || d->ctx == NULL)
		digest_give_up("SHA-256");
	return d;
}

void
digest_free(struct digest *d)
{
	if (d == NULL)
		return;
	EVP_MD_CTX_free(d->ctx);
	EVP_MD_free(d->md);
	free(d);
}

void
digest_spans(struct digest *d, const struct span *spans, size_t count,
    unsigned char out[DIGEST_SIZE])
{
	struct digest *once = d == NULL ? digest_new() : NULL;
	EVP_MD_CTX *ctx = d == NULL ? once->ctx : d->ctx;
	int ok = EVP_DigestInit_ex2(ctx, d == NULL ? once->md : d->md, NULL);

	for (size_t i = 0; ok && i < count; i++) {
		uint64_t n = spans[i].n;

		ok = EVP_DigestUpdate(ctx, &n, sizeof(n)) &&
		    EVP_DigestUpdate(ctx, spans[i].p, spans[i].n);
	}
	if (!ok || !EVP_DigestFinal_ex(ctx, out, NULL))
		digest_give_up("SHA-256");
	digest_free(once);
}

bool
digest_hex(struct span algorithm, const struct span *spans, size_t count,
    char out[DIGEST_HEX])
{
	static const struct {
		const char *name, *openssl;
	} known[] = {{"SHA-256", "SHA256"}, {"SHA-512-256", "SHA512-256"},
	    {"MD5", "MD5"}};
	unsigned char digest[EVP_MAX_MD_SIZE];
	const char *name = NULL;
	unsigned n = 0;
	EVP_MD_CTX *ctx;
	EVP_MD *md;
	int ok;

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (span_is_nocase(algorithm, known[i].name))
			name = known[i].openssl;
	if (name == NULL)
		return false;
	md = EVP_MD_fetch(NULL, name, NULL);
	ctx = EVP_MD_CTX_new();
	ok = md != NULL && ctx != NULL && EVP_DigestInit_ex(ctx, md, NULL);
	for (size_t i = 0; ok && i < count; i++)
		ok = EVP_DigestUpdate(ctx, spans[i].p, spans[i].n);
	ok = ok && EVP_DigestFinal_ex(ctx, digest, &n) && n * 2 < DIGEST_HEX;
	if (ok)
		hex_write(out, digest, n * 2);
	EVP_MD_CTX_free(ctx);
	EVP_MD_free(md);
	return ok;
}

void
random_bytes(void *p, size_t n)
{
	if (RAND_bytes(p, (int)n) != 1)
		digest_give_up("random bytes");
}

void
random_hex(char *out, size_t digits)
{
	/* The random bytes stand in the second half of out: hex_write reads
	 * each before it overwrites it. */
	unsigned char *bytes = (unsigned char *)out + digits / 2;

	random_bytes(bytes, digits - digits / 2);
	hex_write(out, bytes, digits);
}
