/*
 * Plans the import of people's certificates. A person may have one that signs
 * and one that encrypts, told apart by their keyUsage (RFC 8551, 2.5.3).
 */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "keys/store/keystore_priv.h"

/* The certificates of a file that name one person, and those chosen. */
struct person_plan {
	const char *key; /* of the AOR */
	struct cert *certs[IMPORT_MAX];
	size_t count;
	struct cert *first; /* for user_cert_AOR.pem, which signs */
	struct cert *second; /* for user_cert_AOR+encrypt.pem */
};

static bool
plan_is_valid(const struct cert *c)
{
	time_t from, until, now = time(NULL);

	return cert_time(X509_get0_notBefore(c->x509), &from) &&
	    cert_time(X509_get0_notAfter(c->x509), &until) && from <= now &&
	    now <= until;
}

/* Returns the first certificate that is not chosen and permits the two uses or
 * not; one with a private key in the file is preferred. valid: it must be valid
 * now. */
static struct cert *
plan_find(const struct import_ctx *t, const struct person_plan *p, bool sign,
    bool encrypt, bool valid)
{
	struct cert *found = NULL;
	size_t i;

	for (i = 0; i < p->count; i++) {
		struct cert *c = p->certs[i];

		if (c == p->first || c == p->second ||
		    cert_may_sign(c) != sign ||
		    cert_may_encrypt(c) != encrypt ||
		    (valid && !plan_is_valid(c)))
			continue;
		if (keystore_key_of(t, c) != NULL)
			return c;
		found = found != NULL ? found : c;
	}
	return found;
}

static void
plan_choose(const struct import_ctx *t, struct person_plan *p, bool valid)
{
	if (p->first == NULL)
		p->first = plan_find(t, p, true, false, valid);
	if (p->first == NULL)
		p->first = plan_find(t, p, true, true, valid);
	if (p->second == NULL)
		p->second = plan_find(t, p, false, true, valid);
	if (p->second == NULL && p->first != NULL &&
	    !cert_may_encrypt(p->first))
		p->second = plan_find(t, p, true, true, valid);
}

/* Fails where the encrypting certificate would silently take the place of
 * another one. One of our own, with its key, takes nothing from anybody. */
static int
plan_check_second(
    struct import_ctx *t, const struct person_plan *p, struct err *e)
{
	const struct store_file *f = keystore_user(
	    t->ks, p->key, STORE_ENCRYPT);

	if (p->second == NULL || p->first != NULL || t->how->force ||
	    f == NULL || f->second || f->cert_count == 0 ||
	    !cert_may_encrypt(f->certs[0]) ||
	    keystore_key_of(t, p->second) != NULL)
		return 0;
	return err_set(e, EX_CANTCREAT,
	    "%s has a certificate in %s that encrypts; --force encrypts with "
	    "that of %s from now on",
	    p->key, t->ks->dir, t->how->path);
}

static int
plan_put(struct import_ctx *t, const struct person_plan *p, struct cert *c,
    bool second, struct err *e)
{
	EVP_PKEY *key;

	if (c == NULL)
		return 0;
	key = keystore_key_of(t, c);
	keystore_plan_change(t,
	    &(struct store_change){
		.key = p->key, .second = second, .cert = c, .pkey = key});
	if (key != NULL &&
	    keystore_plan_key(t, STORE_USER_KEY, p->key, second, key, e) == -1)
		return -1;
	return keystore_plan_cert(t, STORE_USER_CERT, p->key, second, c, e);
}

/* Returns whether the store has c as the only certificate of a person, under
 * the name that earlier versions gave every one. */
static bool
plan_is_known(const struct import_ctx *t, const char *key, const struct cert *c)
{
	const struct store_file *f = keystore_file_exact(
	    t->ks, STORE_USER_CERT, key, false);

	return f != NULL && f->cert_count > 0 && cert_same(f->certs[0], c);
}

static int
plan_person(struct import_ctx *t, struct person_plan *p, struct err *e)
{
	size_t i;

	plan_choose(t, p, true);
	plan_choose(t, p, false);
	if (p->first == NULL && p->second == NULL)
		p->first = p->certs[0]; /* it may neither sign nor encrypt */
	for (i = 0; i < p->count; i++)
		if (p->certs[i] != p->first && p->certs[i] != p->second)
			keystore_import_leave(t, p->certs[i],
			    "another one in the file serves %s for the same",
			    p->key);
	if (p->first == NULL && keystore_key_of(t, p->second) == NULL &&
	    plan_is_known(t, p->key, p->second)) {
		t->known = true;
		return 0;
	}
	if (plan_check_second(t, p, e) == -1 ||
	    plan_put(t, p, p->first, false, e) == -1)
		return -1;
	return plan_put(t, p, p->second, true, e);
}

/* Collects the certificates that name the person. */
static void
plan_collect(
    const struct import_ctx *t, const struct aor *who, struct person_plan *p)
{
	size_t i, j;

	*p = (struct person_plan){.key = who->key};
	for (i = 0; i < t->cert_count; i++) {
		struct cert *c = t->certs[i];

		if (cert_person(c, who) == NULL)
			continue;
		for (j = 0; j < p->count && !cert_same(p->certs[j], c); j++)
			continue;
		if (j == p->count)
			p->certs[p->count++] = c;
	}
}

/* Plans the people that a certificate names and no earlier one does. */
static int
plan_people_of(
    struct import_ctx *t, size_t at, const struct aor *only, struct err *e)
{
	const struct cert *c = t->certs[at];
	struct person_plan p;
	bool any = false;
	size_t i, j;
	int rc = 0;

	for (i = 0; i < c->person_count && rc == 0; i++) {
		const struct aor *who = &c->persons[i];

		if (only != NULL && !aor_equal(only, who))
			continue;
		any = true;
		for (j = 0; j < at && cert_person(t->certs[j], who) == NULL;
		     j++)
			continue;
		for (; j == at && cert_person(c, who) != who; j++)
			continue; /* it names them twice */
		if (j != at)
			continue;
		plan_collect(t, who, &p);
		rc = plan_person(t, &p, e);
	}
	if (rc == 0 && !any && c->person_count > 0)
		rc = err_set(e, EX_DATAERR,
		    "the certificate in %s does not name %s", t->how->path,
		    t->how->name);
	return rc;
}

int
keystore_plan_people(struct import_ctx *t, struct err *e)
{
	struct aor only;
	size_t i;
	int rc = 0;

	for (i = 0; i < t->cert_count && t->certs[i]->person_count == 0; i++)
		continue;
	if (i == t->cert_count)
		return 0;
	if (t->how->name != NULL &&
	    aor_parse(span_str(t->how->name), &only, e) == -1)
		return -1;
	for (; i < t->cert_count && rc == 0; i++)
		rc = plan_people_of(
		    t, i, t->how->name != NULL ? &only : NULL, e);
	if (t->how->name != NULL)
		aor_free(&only);
	return rc;
}
