#include <stdlib.h>
#include <string.h>

#include "issue.h"
#include "keystore_in.h"
#include "testca.h"
#include "uri.h"

/* Writes a certificate and its key under the names of the kinds. */
static int
testca_write(struct keystore *ks, enum store_kind cert_kind,
    enum store_kind key_kind, const char *name, X509 *x, EVP_PKEY *key,
    bool force, struct err *e)
{
	struct buf cert_file = { 0 }, key_file = { 0 };
	struct buf cert_pem = { 0 }, key_pem = { 0 };
	struct store_write w[2];
	int rc = -1;

	keystore_file_name(&cert_file, cert_kind, span_str(name));
	keystore_file_name(&key_file, key_kind, span_str(name));
	if (issue_cert_pem(x, &cert_pem, e) == 0 &&
	    issue_key_pem(key, span_str(NULL), &key_pem, e) == 0) {
		w[0] = (struct store_write) { (char *)key_file.p,
			span_buf(&key_pem), 0600 };
		w[1] = (struct store_write) { (char *)cert_file.p,
			span_buf(&cert_pem), 0644 };
		rc = keystore_write(ks, w, 2, force, e);
	}
	buf_free(&cert_file);
	buf_free(&key_file);
	buf_free(&cert_pem);
	buf_wipe(&key_pem);
	return rc;
}

int
testca_init(const struct testca *ca, const char *name, struct err *e)
{
	struct issue what = { .ca = name, .days = ca->days };
	struct keystore *ks;
	X509 *x = NULL;
	int rc = -1;

	if (*name == '\0')
		return err_set(e, EX_USAGE, "the CA has no name");
	what.key = issue_key(ca->type, e);
	if (what.key == NULL)
		return -1;
	x = issue_cert(&what, e);
	if (x != NULL && keystore_open(ca->dir, true, &ks, e) == 0) {
		rc = testca_write(ks, STORE_ROOT_CERT, STORE_ROOT_KEY, name,
		    x, what.key, ca->force, e);
		keystore_free(ks);
	}
	X509_free(x);
	EVP_PKEY_free(what.key);
	return rc;
}

/* The one root in the store whose key is there. */
static int
testca_root(struct keystore *ks, struct issue *what, struct err *e)
{
	size_t n, i;
	struct store_file *roots = keystore_files(ks, STORE_ROOT_CERT, &n);

	for (i = 0; i < n; i++) {
		if (!keystore_is_mine(ks, &roots[i]))
			continue;
		if (what->issuer != NULL)
			return err_set(e, EX_CONFIG, "%s holds the keys of "
			    "more than one root", ks->dir);
		what->issuer_key = keystore_private(ks, &roots[i], e);
		if (what->issuer_key == NULL)
			return -1;
		what->issuer = roots[i].certs[0]->x509;
	}
	if (what->issuer == NULL)
		return err_set(e, EX_CONFIG, "there is no root with its key "
		    "in %s; make one with signet ca init %s", ks->dir,
		    ks->dir);
	return 0;
}

static int
testca_issue_in(struct keystore *ks, const struct testca *ca,
    struct issue *what, const char *file, struct err *e)
{
	bool person = what->person != NULL;
	X509 *x;
	int rc = -1;

	if (testca_root(ks, what, e) == -1)
		return -1;
	what->key = issue_key(ca->type, e);
	if (what->key == NULL)
		return -1;
	x = issue_cert(what, e);
	if (x != NULL)
		rc = testca_write(ks,
		    person ? STORE_USER_CERT : STORE_DOMAIN_CERT,
		    person ? STORE_USER_KEY : STORE_DOMAIN_KEY, file, x,
		    what->key, ca->force, e);
	X509_free(x);
	EVP_PKEY_free(what->key);
	return rc;
}

int
testca_issue(const struct testca *ca, const char *name, struct err *e)
{
	struct issue what = { .days = ca->days };
	enum uri_host_kind kind;
	struct aor person = { NULL, NULL, NULL };
	char *host = NULL;
	struct keystore *ks;
	int rc;

	if (strchr(name, '@') != NULL) {
		if (aor_parse(span_str(name), &person, e) == -1)
			return -1;
		what.person = &person;
	} else if (uri_host_kind(span_str(name), &kind)) {
		host = keystore_key(STORE_DOMAIN_CERT, span_str(name));
		what.host = host;
	} else {
		return err_set(e, EX_DATAERR, "\"%s\" is neither an address "
		    "(user@host) nor a host", name);
	}
	rc = keystore_open(ca->dir, false, &ks, e);
	if (rc == 0) {
		rc = testca_issue_in(ks, ca, &what,
		    host != NULL ? host : person.key, e);
		keystore_free(ks);
	}
	aor_free(&person);
	free(host);
	return rc;
}
