/*
 * Certificates of hosts. Theirs are the only private keys that leave keys/, for
 * use by TLS.
 */
#include <stdlib.h>
#include <string.h>

#include <openssl/err.h>
#include <openssl/x509.h>

#include "keys/store/keystore_certs.h"
#include "keys/trust/trust_judge.h"

enum { ABOVE_MAX = 8 };

static struct store_file *
trust_domain_file(struct keystore *ks, const char *host)
{
	char *key = keystore_key(STORE_DOMAIN_CERT, span_str(host));
	struct store_file *f = keystore_file(ks, STORE_DOMAIN_CERT, key);
	size_t n, i;

	/* An IPv6 address may be written in many ways. */
	if (f == NULL) {
		struct store_file *all = keystore_files(
		    ks, STORE_DOMAIN_CERT, &n);

		for (i = 0; i < n && f == NULL; i++)
			if (host_equal(span_str(all[i].name), span_str(host)))
				f = &all[i];
	}
	free(key);
	return f;
}

static void
trust_add_der(struct trust_domain *d, X509 *x)
{
	unsigned char *der = NULL;
	int n = i2d_X509(x, &der);

	if (n <= 0)
		return;
	d->above = xrealloc(d->above, (d->above_count + 1) * sizeof(*d->above));
	d->above[d->above_count] = (struct buf){NULL, 0, 0};
	buf_add(&d->above[d->above_count++], der, (size_t)n);
	OPENSSL_free(der);
}

/* The certificates between this one and a root, nearest first. */
static void
trust_collect_above(
    struct keystore *ks, struct cert *leaf, struct trust_domain *out)
{
	const struct store_issuers *known = keystore_issuers(ks);
	struct cert *at = leaf;
	size_t i;

	while (!cert_self_signed(at) && out->above_count < ABOVE_MAX) {
		for (i = 0; i < known->ca_count; i++)
			if (!cert_same(known->cas[i], at) &&
			    !cert_self_signed(known->cas[i]) &&
			    trust_issued(known->cas[i], at))
				break;
		if (i == known->ca_count)
			return;
		at = known->cas[i];
		trust_add_der(out, at->x509);
	}
}

int
trust_domain_get(struct keystore *ks, const char *host,
    struct trust_domain *out, struct err *e)
{
	struct store_file *f;
	unsigned char *der = NULL;
	EVP_PKEY *key;
	int n;

	if (keystore_refresh(ks, e) == -1)
		return -1;
	f = trust_domain_file(ks, host);
	if (f == NULL) {
		(void)err_set(e, EX_CONFIG,
		    "there is no certificate of the host %s in %s", host,
		    keystore_dir(ks));
		return err_because(e, CAUSE_NO_DOMAIN_CERT, host);
	}
	if (f->cert_count == 0) {
		err_recall(&f->why, e);
		e->exit = EX_CONFIG;
		return -1;
	}
	key = keystore_private(ks, f, e);
	if (key == NULL) {
		e->exit = EX_CONFIG;
		return -1;
	}
	*out = (struct trust_domain){.above = NULL};
	n = i2d_X509(f->certs[0]->x509, &der);
	if (n > 0)
		buf_add(&out->cert, der, (size_t)n);
	OPENSSL_free(der);
	der = NULL;
	n = i2d_PrivateKey(key, &der);
	if (n > 0) {
		buf_reserve(&out->key, (size_t)n);
		buf_add(&out->key, der, (size_t)n);
		OPENSSL_clear_free(der, (size_t)n);
	}
	if (out->cert.n == 0 || out->key.n == 0) {
		trust_domain_free(out);
		return err_ssl(e, EX_SOFTWARE,
		    "the certificate of %s cannot be used", host);
	}
	trust_collect_above(ks, f->certs[0], out);
	return 0;
}

bool
trust_has_domain(struct keystore *ks, const char *host)
{
	struct store_file *f;
	struct err ignored;

	if (keystore_refresh(ks, &ignored) == -1)
		return false;
	f = trust_domain_file(ks, host);
	return f != NULL && f->cert_count > 0 && keystore_is_mine(ks, f);
}

void
trust_domain_free(struct trust_domain *d)
{
	size_t i;

	buf_free(&d->cert);
	for (i = 0; i < d->above_count; i++)
		buf_free(&d->above[i]);
	free(d->above);
	buf_wipe(&d->key);
	*d = (struct trust_domain){.above = NULL};
}
