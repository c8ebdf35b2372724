/*
 * Makes new keys with a self-signed certificate or a request for one.
 */
#include <stdlib.h>
#include <string.h>

#include "keys/store/keystore_priv.h"
#include "keys/x509/issue.h"
#include "keys/x509/uri.h"

/* A NAME: a person or a host. */
struct subject {
	struct aor person;
	char *host;
	struct issue what;
	enum store_kind cert_kind, key_kind;
	const char *key; /* under which it is stored: borrowed */
};

static int
keystore_subject_parse(const char *name, const struct keystore_new *how,
    struct subject *out, struct err *e)
{
	enum uri_host_kind kind;

	*out = (struct subject){.what = {.days = how->days}};
	if (strchr(name, '@') != NULL) {
		if (aor_parse(span_str(name), &out->person, e) == -1)
			return -1;
		out->what.person = &out->person;
		out->cert_kind = STORE_USER_CERT;
		out->key_kind = STORE_USER_KEY;
		out->key = out->person.key;
		return 0;
	}
	if (!uri_host_kind(span_str(name), &kind))
		return err_set(e, EX_DATAERR,
		    "\"%s\" is neither an address (user@host) nor a host",
		    name);
	out->host = keystore_key(STORE_DOMAIN_CERT, span_str(name));
	out->what.host = out->host;
	out->cert_kind = STORE_DOMAIN_CERT;
	out->key_kind = STORE_DOMAIN_KEY;
	out->key = out->host;
	return 0;
}

static void
keystore_subject_free(struct subject *s)
{
	aor_free(&s->person);
	free(s->host);
}

/* Appends the key as PEM, encrypted if the user gives a passphrase. */
static int
keystore_key_pem(struct keystore *ks, const struct subject *s, EVP_PKEY *key,
    struct buf *out, struct err *e)
{
	struct buf passphrase = {0};
	int rc = 0;

	if (ks->ask != NULL)
		rc = ks->ask(ks->ask_arg, s->key, true, &passphrase, e);
	if (rc == 0)
		rc = issue_key_pem(key, span_buf(&passphrase), out, e);
	buf_wipe(&passphrase);
	return rc;
}

static int
keystore_make_tell(struct keystore *ks, const struct subject *s, EVP_PKEY *key,
    X509 *x, struct err *e)
{
	struct store_change change = {.key = s->key, .pkey = key};
	int rc;

	if (s->cert_kind != STORE_USER_CERT)
		return 0;
	if (x != NULL && X509_up_ref(x) == 1)
		change.cert = cert_new(x);
	rc = keystore_tell(ks, &change, 1, e);
	cert_free(change.cert);
	return rc;
}

/* Writes the key, and the certificate when x is not NULL. */
static int
keystore_make_write(struct keystore *ks, const struct subject *s, EVP_PKEY *key,
    X509 *x, bool force, struct err *e)
{
	struct buf cert_file = {0}, key_file = {0};
	struct buf cert = {0}, pem = {0};
	struct store_write w[2];
	int rc = 0;

	keystore_file_name(&key_file, s->key_kind, span_str(s->key));
	keystore_file_name(&cert_file, s->cert_kind, span_str(s->key));
	if (x != NULL)
		rc = issue_cert_pem(x, &cert, e);
	if (rc == 0)
		rc = keystore_key_pem(ks, s, key, &pem, e);
	w[0] = (struct store_write){(char *)key_file.p, span_buf(&pem), 0600};
	w[1] = (struct store_write){(char *)cert_file.p, span_buf(&cert), 0644};
	if (rc == 0)
		rc = keystore_make_tell(ks, s, key, x, e);
	if (rc == 0)
		rc = keystore_write(ks, w, x != NULL ? 2 : 1, force, e);
	buf_free(&cert_file);
	buf_free(&key_file);
	buf_free(&cert);
	buf_wipe(&pem);
	return rc;
}

int
keystore_make(struct keystore *ks, const char *name,
    const struct keystore_new *how, struct err *e)
{
	struct subject s;
	X509 *x = NULL;
	int rc = -1;

	if (keystore_subject_parse(name, how, &s, e) == -1)
		return -1;
	/* Checked before a passphrase is asked for. */
	if (keystore_refresh(ks, e) == 0) {
		if (!how->force &&
		    (keystore_file(ks, s.cert_kind, s.key) ||
			keystore_file(ks, s.key_kind, s.key)))
			err_set(e, EX_CANTCREAT,
			    "%s has a certificate or key in %s already; "
			    "--force "
			    "replaces it",
			    name, ks->dir);
		else
			s.what.key = issue_key(how->type, e);
	}
	if (s.what.key != NULL)
		x = issue_cert(&s.what, e);
	if (x != NULL)
		rc = keystore_make_write(ks, &s, s.what.key, x, how->force, e);
	X509_free(x);
	EVP_PKEY_free(s.what.key);
	keystore_subject_free(&s);
	return rc;
}

/* Reads the stored key of s, for the caller to free. */
static EVP_PKEY *
keystore_stored_key(struct keystore *ks, const struct subject *s,
    const struct store_file *f, struct err *e)
{
	struct buf path = {0}, pem = {0};
	struct store_stamp stamp;
	EVP_PKEY *key = NULL;

	buf_addf(&path, "%s/%s", ks->dir, f->file);
	if (keystore_slurp((char *)path.p, STORE_FILE_MAX, &pem, &stamp, e) ==
	    0)
		key = keystore_read_key(ks, span_buf(&pem), s->key, e);
	buf_wipe(&pem);
	buf_free(&path);
	return key;
}

int
keystore_request(struct keystore *ks, const char *name,
    const struct keystore_new *how, struct buf *pem, struct err *e)
{
	const struct store_file *f;
	struct subject s;
	int rc = -1;

	if (keystore_subject_parse(name, how, &s, e) == -1)
		return -1;
	if (keystore_refresh(ks, e) == 0) {
		f = keystore_file(ks, s.key_kind, s.key);
		if (f != NULL) {
			s.what.key = keystore_stored_key(ks, &s, f, e);
			rc = s.what.key != NULL ? 0 : -1;
		} else {
			s.what.key = issue_key(how->type, e);
			if (s.what.key != NULL)
				rc = keystore_make_write(
				    ks, &s, s.what.key, NULL, false, e);
		}
	}
	if (rc == 0)
		rc = issue_request(&s.what, pem, e);
	EVP_PKEY_free(s.what.key);
	keystore_subject_free(&s);
	return rc;
}
