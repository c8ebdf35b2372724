/*
 * The certificates that a TLS peer presented.
 */
#include <openssl/err.h>

#include "keys/trust/trust_priv.h"

void
trust_shown_read(
    struct trust_shown *out, const struct span *chain, size_t count)
{
	size_t i;

	*out = (struct trust_shown){.count = 0};
	for (i = 0; i < count && out->count < TRUST_SHOWN_MAX; i++) {
		const unsigned char *p = chain[i].p;
		X509 *x = d2i_X509(NULL, &p, (long)chain[i].n);

		if (x != NULL)
			out->certs[out->count++] = cert_new(x);
		else if (i == 0)
			break;
	}
	ERR_clear_error();
}

void
trust_shown_free(struct trust_shown *s)
{
	size_t i;

	for (i = 0; i < s->count; i++)
		cert_free(s->certs[i]);
}

void
trust_shown_params(const struct trust_shown *s, struct verify_params *params)
{
	params->cert = s->certs[0];
	params->untrusted = s->certs + 1;
	params->untrusted_count = s->count - 1;
}
