#include "digest.h"

#include <stdio.h>
#include <stdlib.h>

#include <openssl/evp.h>
#include <openssl/rand.h>

#include "err.h"

static void
give_up(const char *what)
{
	fprintf(stderr, "signet: OpenSSL gives no %s\n", what);
	exit(EX_OSERR);
}

void
digest_spans(const struct span *spans, size_t count,
    unsigned char out[DIGEST_SIZE])
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	int ok = ctx != NULL && EVP_DigestInit_ex(ctx, EVP_sha256(), NULL);

	for (size_t i = 0; ok && i < count; i++) {
		uint64_t n = spans[i].n;

		ok = EVP_DigestUpdate(ctx, &n, sizeof(n)) &&
		    EVP_DigestUpdate(ctx, spans[i].p, spans[i].n);
	}
	if (!ok || !EVP_DigestFinal_ex(ctx, out, NULL))
		give_up("SHA-256");
	EVP_MD_CTX_free(ctx);
}

void
random_bytes(void *p, size_t n)
{
	if (RAND_bytes(p, (int)n) != 1)
		give_up("random bytes");
}

void
random_hex(char *out, size_t digits)
{
	static const char hex[] = "0123456789abcdef";

	/* Half as many bytes as digits, in the place of the second half. */
	unsigned char *bytes = (unsigned char *)out + digits / 2;

	random_bytes(bytes, digits - digits / 2);
	for (size_t i = 0; i < digits; i++) {
		unsigned char byte = bytes[i / 2];

		out[i] = hex[i % 2 == 0 ? byte >> 4 : byte & 15];
	}
	out[digits] = '\0';
}
