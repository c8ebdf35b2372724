/*
 * Tells what a person will sign and decrypt with, before their keys change.
 */
#include <string.h>

#include "keys/store/keystore_priv.h"

/* A person's two files as they will be. */
struct future {
	struct store_file certs[2]; /* as far as keystore_choose looks */
	struct cert *cert[2];
	EVP_PKEY *pkey[2]; /* the new one, or NULL: it stays */
	bool removed[2];
};

static void
change_foresee(struct keystore *ks, const struct store_change *all,
    size_t count, const char *key, struct future *out)
{
	*out = (struct future){.cert = {NULL, NULL}};
	for (int i = 0; i < 2; i++) {
		struct store_file *f = keystore_file_exact(
		    ks, STORE_USER_CERT, key, i == 1);

		if (f != NULL && f->cert_count > 0)
			out->cert[i] = f->certs[0];
	}
	for (size_t n = 0; n < count; n++) {
		int i = all[n].second ? 1 : 0;

		if (strcmp(all[n].key, key) != 0)
			continue;
		if (all[n].removed) {
			out->removed[i] = true;
			out->cert[i] = NULL;
		}
		if (all[n].cert != NULL)
			out->cert[i] = all[n].cert;
		if (all[n].pkey != NULL)
			out->pkey[i] = all[n].pkey;
	}
	for (int i = 0; i < 2; i++) {
		out->certs[i].certs = &out->cert[i];
		out->certs[i].cert_count = 1;
	}
}

/* Returns the private key of one of the certificates: the new one, or the stored
 * one where it is still that certificate's. NULL where there is none. */
static EVP_PKEY *
change_private(struct keystore *ks, const char *key, struct future *u, int i)
{
	struct store_file *k = keystore_file_exact(
	    ks, STORE_USER_KEY, key, i == 1);
	EVP_PKEY *pkey = u->pkey[i];

	if (pkey == NULL && k != NULL && !u->removed[i])
		pkey = keystore_load(ks, k);
	if (pkey == NULL ||
	    EVP_PKEY_eq(X509_get0_pubkey(u->cert[i]->x509), pkey) != 1)
		return NULL;
	return pkey;
}

/* Returns which certificate serves a use, 0 or 1; -1: none. */
static int
change_serves(struct future *u, enum store_use use)
{
	struct store_file *f = keystore_choose(
	    u->cert[0] != NULL ? &u->certs[0] : NULL,
	    u->cert[1] != NULL ? &u->certs[1] : NULL, use);

	return f == NULL ? -1 : f == &u->certs[1] ? 1 : 0;
}

static struct cert *
change_copy(const struct cert *c)
{
	return X509_up_ref(c->x509) == 1 ? cert_new(c->x509) : NULL;
}

/* Gets what a person will have. Its members are the caller's, since the store
 * may be read anew meanwhile. */
static bool
change_owner(struct keystore *ks, const char *key, struct future *u,
    struct keystore_owner *out)
{
	int sign = change_serves(u, STORE_SIGN);
	int encrypt = change_serves(u, STORE_ENCRYPT);
	EVP_PKEY *pkey;

	if (sign == -1 || encrypt == -1 ||
	    change_private(ks, key, u, encrypt) == NULL)
		return false;
	pkey = change_private(ks, key, u, sign);
	if (pkey == NULL || EVP_PKEY_up_ref(pkey) != 1)
		return false;
	out->sign_key = pkey;
	out->sign = change_copy(u->cert[sign]);
	out->encrypt = change_copy(u->cert[encrypt]);
	return true;
}

static int
change_tell(struct keystore *ks, const struct store_change *all, size_t count,
    const char *key, struct err *e)
{
	struct keystore_owner next = {.sign = NULL};
	struct future u;
	struct aor who;
	bool any;
	int rc;

	if (aor_parse(span_str(key), &who, e) == -1)
		return -1;
	change_foresee(ks, all, count, key, &u);
	any = change_owner(ks, key, &u, &next);
	rc = ks->change(ks->change_arg, &who, any ? &next : NULL, e);
	cert_free(next.sign);
	cert_free(next.encrypt);
	EVP_PKEY_free(next.sign_key);
	aor_free(&who);
	return rc;
}

/* Returns whether an earlier change is of the same person. */
static bool
change_is_told(const struct store_change *all, size_t at)
{
	for (size_t i = 0; i < at; i++)
		if (strcmp(all[i].key, all[at].key) == 0)
			return true;
	return false;
}

int
keystore_tell(struct keystore *ks, const struct store_change *all, size_t count,
    struct err *e)
{
	int rc = 0;

	for (size_t i = 0; i < count && ks->change != NULL && rc == 0; i++)
		if (!change_is_told(all, i) &&
		    keystore_file(ks, STORE_USER_KEY, all[i].key) != NULL)
			rc = change_tell(ks, all, count, all[i].key, e);
	return rc;
}
