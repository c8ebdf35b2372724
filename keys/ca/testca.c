#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <openssl/x509v3.h>

#include "keys/ca/testca_priv.h"
#include "keys/ca/wellknown.h"
#include "keys/trust/trust_judge.h"

enum { CHAIN_MAX = 16 };

/* --- writing -------------------------------------------------------------- */

enum { WRITES = 3 };

/* Files to write together, with their contents. */
struct writing {
	struct store_write w[WRITES];
	struct buf names[WRITES], data[WRITES];
	size_t count;
};

/* Adds a file, whose name may get a suffix. The caller fills the buffer that is
 * returned, then calls testca_writing_done. */
static struct buf *
testca_writing_add(struct writing *t, enum store_kind kind, const char *name,
    const char *end, mode_t mode)
{
	struct buf *file = &t->names[t->count];

	keystore_file_name(file, kind, span_str(name));
	if (end != NULL) {
		file->n -= strlen(".pem");
		buf_adds(file, end);
	}
	t->w[t->count].mode = mode;
	return &t->data[t->count++];
}

static int
testca_writing_done(
    struct writing *t, struct keystore *ks, bool force, struct err *e)
{
	size_t i;

	for (i = 0; i < t->count; i++) {
		t->w[i].file = (char *)t->names[i].p;
		t->w[i].data = span_buf(&t->data[i]);
	}
	return keystore_write(ks, t->w, t->count, force, e);
}

static void
testca_writing_free(struct writing *t)
{
	size_t i;

	for (i = 0; i < t->count; i++) {
		buf_free(&t->names[i]);
		buf_wipe(&t->data[i]);
	}
}

static int
testca_writing_pair(struct writing *t, enum store_kind cert_kind,
    enum store_kind key_kind, const char *name, X509 *x, EVP_PKEY *key,
    struct err *e)
{
	struct buf *pem = testca_writing_add(t, key_kind, name, NULL, 0600);

	if (issue_key_pem(key, span_str(NULL), pem, e) == -1)
		return -1;
	pem = testca_writing_add(t, cert_kind, name, NULL, 0644);
	return issue_cert_pem(x, pem, e);
}

/* --- roots ---------------------------------------------------------------- */

static int
testca_root(const struct testca *ca, const char *name, X509 *x, EVP_PKEY *key,
    struct err *e)
{
	struct writing t = {.count = 0};
	struct keystore *ks;
	int rc;

	if (keystore_open(ca->dir, true, &ks, e) == -1)
		return -1;
	rc = testca_writing_pair(
	    &t, STORE_ROOT_CERT, STORE_ROOT_KEY, name, x, key, e);
	if (rc == 0)
		rc = issue_p7c(x,
		    testca_writing_add(&t, STORE_ROOT_CERT, name, ".p7c", 0644),
		    e);
	if (rc == 0)
		rc = testca_writing_done(&t, ks, ca->force, e);
	testca_writing_free(&t);
	keystore_free(ks);
	return rc;
}

static EVP_PKEY *
testca_key(const struct testca *ca, struct err *e)
{
	return ca->legacy ? issue_key_legacy(ca->type, e)
			  : issue_key(ca->type, e);
}

int
testca_init(const struct testca *ca, const char *name, struct err *e)
{
	struct issue what = {
	    .ca = name, .days = ca->days, .at = ca->at, .legacy = ca->legacy};
	X509 *x;
	int rc = -1;

	if (*name == '\0')
		return err_set(e, EX_USAGE, "the CA has no name");
	what.key = testca_key(ca, e);
	if (what.key == NULL)
		return -1;
	x = issue_cert(&what, e);
	if (x != NULL)
		rc = testca_root(ca, name, x, what.key, e);
	X509_free(x);
	EVP_PKEY_free(what.key);
	return rc;
}

int
testca_well_known(const struct testca *ca, struct err *e)
{
	EVP_PKEY *key;
	X509 *x;
	int rc;

	if (wellknown_load(&x, &key, e) == -1)
		return -1;
	rc = testca_root(ca, wellknown_name, x, key, e);
	X509_free(x);
	EVP_PKEY_free(key);
	return rc;
}

/* --- signers -------------------------------------------------------------- */

int
testca_signer_of(struct keystore *ks, const struct testca *ca,
    struct store_file *f, struct testca_signer *out, struct err *e)
{
	const char *weak;

	out->key = keystore_private(ks, f, e);
	if (out->key == NULL)
		return -1;
	out->name = f->key;
	out->cert = f->certs[0];
	weak = trust_weak_key(out->key);
	if (weak != NULL && !ca->legacy)
		return err_set(e, EX_USAGE,
		    "%s is weak: %s; --legacy signs "
		    "with it all the same",
		    f->file, weak);
	return 0;
}

static struct store_file *
testca_signer_by(struct keystore *ks, const struct testca *ca, struct err *e)
{
	struct store_file *f = keystore_file(ks, STORE_CA_CERT, ca->by);

	if (f == NULL)
		f = keystore_file(ks, STORE_ROOT_CERT, ca->by);
	if (f == NULL)
		err_set(e, EX_CONFIG, "there is no root or CA \"%s\" in %s",
		    ca->by, keystore_dir(ks));
	return f;
}

static struct store_file *
testca_signer_root(struct keystore *ks, struct err *e)
{
	struct store_file *found = NULL;
	size_t n, i;
	struct store_file *roots = keystore_files(ks, STORE_ROOT_CERT, &n);

	for (i = 0; i < n; i++) {
		if (!keystore_is_mine(ks, &roots[i]))
			continue;
		if (found != NULL) {
			err_set(e, EX_CONFIG,
			    "%s holds the keys of more "
			    "than one root; --by NAME says which signs",
			    keystore_dir(ks));
			return NULL;
		}
		found = &roots[i];
	}
	if (found == NULL) {
		err_set(e, EX_CONFIG, "there is no root with its key in %s",
		    keystore_dir(ks));
		err_because(e, CAUSE_NO_CA, keystore_dir(ks));
	}
	return found;
}

int
testca_signer(struct keystore *ks, const struct testca *ca,
    struct testca_signer *out, struct err *e)
{
	struct store_file *f = ca->by != NULL ? testca_signer_by(ks, ca, e)
					      : testca_signer_root(ks, e);

	return f != NULL ? testca_signer_of(ks, ca, f, out, e) : -1;
}

/* --- issuing -------------------------------------------------------------- */

/* Finds the issuer of c in the store, by its signature. */
static struct cert *
testca_issuer_of(struct keystore *ks, struct cert *c)
{
	const struct store_issuers *known = keystore_issuers(ks);
	struct cert **lists[] = {known->cas, known->roots};
	size_t counts[] = {known->ca_count, known->root_count}, i, j;

	for (i = 0; i < 2; i++)
		for (j = 0; j < counts[i]; j++)
			if (X509_check_issued(lists[i][j]->x509, c->x509) ==
				X509_V_OK &&
			    X509_verify(c->x509,
				X509_get0_pubkey(lists[i][j]->x509)) == 1)
				return lists[i][j];
	return NULL;
}

static int
testca_pack(struct keystore *ks, const struct testca_signer *by, X509 *x,
    EVP_PKEY *key, const char *name, struct span passphrase, struct buf *out,
    struct err *e)
{
	STACK_OF(X509) *chain = sk_X509_new_null();
	struct cert *c = by->cert;
	bool ok = chain != NULL;
	int rc, i;

	for (i = 0; ok && c != NULL && i < CHAIN_MAX; i++) {
		ok = sk_X509_push(chain, c->x509) > 0;
		c = cert_self_signed(c) ? NULL : testca_issuer_of(ks, c);
	}
	rc = ok ? issue_p12(x, key, chain, name, passphrase, out, e)
		: err_ssl(e, EX_SOFTWARE, "no chain can be made");
	sk_X509_free(chain);
	return rc;
}

/* Appends the draft's file name: NAME.p12, without a prefix for its kind. */
static void
testca_p12_name(const struct testca_name *n, struct buf *out)
{
	struct buf file = {0};
	const char *name;

	keystore_file_name(&file, n->cert_kind, span_str(n->file));
	name = strstr((char *)file.p, "_cert_") + strlen("_cert_");
	buf_addf(out, "%.*s.p12", (int)(strlen(name) - strlen(".pem")), name);
	buf_free(&file);
}

/* Removes the .p12 of a key that was replaced, which would be used by
 * mistake. */
static int
testca_p12_remove(
    const struct keystore *ks, const struct testca_name *n, struct err *e)
{
	struct buf path = {0};
	int rc = 0;

	buf_addf(&path, "%s/", keystore_dir(ks));
	testca_p12_name(n, &path);
	if (unlink((char *)path.p) == -1 && errno != ENOENT)
		rc = err_set(e, EX_IOERR,
		    "%s holds the old key, but cannot "
		    "be removed: %s",
		    (char *)path.p, strerror(errno));
	buf_free(&path);
	return rc;
}

static int
testca_issue_write(struct keystore *ks, const struct testca *ca,
    const struct testca_signer *by, const struct testca_name *n, X509 *x,
    EVP_PKEY *key, struct err *e)
{
	struct buf passphrase = {0};
	struct writing t = {.count = 0};
	bool pack,
	    replaced = ca->force &&
	    keystore_file(ks, n->cert_kind, n->file) != NULL;
	int rc = 0;

	if (ca->p12 && ca->ask != NULL)
		rc = ca->ask(ca->ask_arg, n->file, true, &passphrase, e);
	pack = ca->p12 && passphrase.n > 0;
	if (rc == 0)
		rc = testca_writing_pair(
		    &t, n->cert_kind, n->key_kind, n->file, x, key, e);
	if (rc == 0 && pack)
		rc = testca_pack(ks, by, x, key, n->file, span_buf(&passphrase),
		    testca_writing_add(&t, n->cert_kind, n->file, ".p12", 0600),
		    e);
	if (rc == 0 && pack) {
		buf_free(&t.names[2]);
		testca_p12_name(n, &t.names[2]);
	}
	if (rc == 0)
		rc = testca_writing_done(&t, ks, ca->force, e);
	if (rc == 0 && replaced && !pack)
		rc = testca_p12_remove(ks, n, e);
	if (rc == 0 && ca->p12 && !pack)
		rc = err_set(e, EX_CONFIG,
		    "%s and its key are made, but no "
		    ".p12, which takes a passphrase: give "
		    "--passphrase-command with --force, or use openssl "
		    "pkcs12 -export",
		    (char *)t.names[1].p);
	testca_writing_free(&t);
	buf_wipe(&passphrase);
	return rc;
}

/* Refuses an intermediate CA with a root's name, or below a CA whose pathlen is
 * 0. */
static int
testca_issue_allowed(struct keystore *ks, const struct testca *ca,
    const struct testca_signer *by, const struct testca_name *n, struct err *e)
{
	if (n->ca == NULL)
		return 0;
	if (keystore_file(ks, STORE_ROOT_CERT, n->file) != NULL)
		return err_set(e, EX_DATAERR,
		    "\"%s\" is a root's name in %s; choose another one, since "
		    "CRLs are named by their issuers",
		    n->ca, ca->dir);
	if (X509_get_pathlen(by->cert->x509) == 0)
		return err_set(e, EX_DATAERR,
		    "no CA may stand below \"%s\" "
		    "(its pathlen is 0); make it with --pathlen",
		    by->name);
	return 0;
}

/* Issues into ks, signed by a CA of the store from. files has the NAME for the
 * file names, n the subject. */
static int
testca_issue_in(struct keystore *ks, struct keystore *from,
    const struct testca *ca, const struct testca_name *files,
    struct testca_name *n, struct err *e)
{
	struct issue what = {.days = ca->days,
	    .at = ca->at,
	    .legacy = ca->legacy,
	    .pathlen = ca->pathlen,
	    .uri = n->uri,
	    .host = n->host,
	    .ca = n->ca};
	struct testca_signer by;
	X509 *x = NULL;
	int rc = -1;

	if (testca_signer(from, ca, &by, e) == -1 ||
	    testca_issue_allowed(ks, ca, &by, files, e) == -1)
		return -1;
	if (n->person.key != NULL)
		what.person = &n->person;
	what.issuer = by.cert->x509;
	what.issuer_key = by.key;
	what.key = testca_key(ca, e);
	if (what.key == NULL)
		return -1;
	if (testca_odd(ca->odd, n, &what, e) == 0)
		x = issue_cert(&what, e);
	if (x != NULL)
		rc = testca_issue_write(ks, ca, &by, files, x, what.key, e);
	X509_free(x);
	EVP_PKEY_free(what.key);
	return rc;
}

/* Opens the key store in dir, to make something there. */
static int
testca_issue_open(const struct testca *ca, const char *dir,
    struct keystore **out, struct err *e)
{
	if (keystore_open(dir, false, out, e) == -1)
		return -1;
	keystore_on_passphrase(*out, ca->ask, ca->ask_arg);
	return 0;
}

int
testca_issue(const struct testca *ca, const char *name, struct err *e)
{
	struct testca_name n, says = {.file = NULL};
	struct keystore *ks = NULL, *from = NULL;
	int rc;

	rc = testca_name(name, ca->ca, &n, e);
	if (rc == 0)
		rc = testca_name(
		    ca->says != NULL ? ca->says : name, ca->ca, &says, e);
	if (rc == 0)
		rc = testca_issue_open(ca, ca->dir, &ks, e);
	if (rc == 0 && ca->from != NULL)
		rc = testca_issue_open(ca, ca->from, &from, e);
	if (rc == 0)
		rc = testca_issue_in(
		    ks, from != NULL ? from : ks, ca, &n, &says, e);
	keystore_free(from);
	keystore_free(ks);
	testca_name_free(&n);
	testca_name_free(&says);
	return rc;
}
