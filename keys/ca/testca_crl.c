/*
 * Revocation by the test CA: each root and intermediate has a CRL, and a new
 * one keeps the entries of the old one.
 */
#include <string.h>

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include "keys/ca/testca_priv.h"

enum { REVOKED_MAX = 4 }; /* certificates of one NAME */

/* --- a CRL, signed anew --------------------------------------------------- */

/* As makeCert does: days 0 makes one of the year 1999. */
static bool
testca_crl_times(X509_CRL *crl, time_t now, unsigned days)
{
	ASN1_TIME *from = ASN1_TIME_new(), *until = ASN1_TIME_new();
	bool ok = from != NULL && until != NULL;

	if (ok && days == 0)
		ok = ASN1_TIME_set_string_X509(from, "990101000000Z") == 1 &&
		    ASN1_TIME_set_string_X509(until, "000101000000Z") == 1;
	else if (ok)
		ok = X509_time_adj_ex(from, 0, 0, &now) != NULL &&
		    X509_time_adj_ex(until, (int)days, 0, &now) != NULL;
	ok = ok && X509_CRL_set1_lastUpdate(crl, from) == 1 &&
	    X509_CRL_set1_nextUpdate(crl, until) == 1;
	ASN1_TIME_free(from);
	ASN1_TIME_free(until);
	return ok;
}

/* Raises number to the CRL number of old, if that is higher. */
static bool
testca_crl_number_max(const X509_CRL *old, BIGNUM *number)
{
	ASN1_INTEGER *i = X509_CRL_get_ext_d2i(old, NID_crl_number, NULL, NULL);
	BIGNUM *bn = i != NULL ? ASN1_INTEGER_to_BN(i, NULL) : NULL;
	bool ok = bn == NULL || BN_cmp(bn, number) <= 0 ||
	    BN_copy(number, bn) != NULL;

	BN_free(bn);
	ASN1_INTEGER_free(i);
	return ok;
}

static bool
testca_crl_has(X509_CRL *crl, const ASN1_INTEGER *serial)
{
	X509_REVOKED *r;

	return X509_CRL_get0_by_serial(crl, &r, (ASN1_INTEGER *)serial) != 0;
}

static bool
testca_crl_keep_entries(X509_CRL *crl, X509_CRL *old)
{
	STACK_OF(X509_REVOKED) *all = X509_CRL_get_REVOKED(old);
	int i;

	for (i = 0; i < sk_X509_REVOKED_num(all); i++) {
		X509_REVOKED *r = sk_X509_REVOKED_value(all, i);

		if (testca_crl_has(crl, X509_REVOKED_get0_serialNumber(r)))
			continue;
		r = X509_REVOKED_dup(r);
		if (r == NULL || X509_CRL_add0_revoked(crl, r) != 1) {
			X509_REVOKED_free(r);
			return false;
		}
	}
	return true;
}

/* Copies the entries of the CRL's file into the new one. */
static int
testca_crl_keep(struct keystore *ks, const struct testca_signer *by,
    X509_CRL *crl, BIGNUM *number, struct err *e)
{
	const struct store_file *f = keystore_file(ks, STORE_CRL, by->name);
	size_t i;

	if (f == NULL)
		return 0;
	if (f->why.exit != 0) {
		err_recall(&f->why, e);
		return err_in(e, "what was revoked would be lost");
	}
	for (i = 0; i < f->crl_count; i++) {
		if (X509_CRL_verify(f->crls[i], by->key) != 1) {
			ERR_clear_error();
			return err_set(e, EX_DATAERR,
			    "%s/%s is not signed "
			    "by \"%s\"; move it away to begin a new one",
			    keystore_dir(ks), f->file, by->name);
		}
		if (!testca_crl_keep_entries(crl, f->crls[i]) ||
		    !testca_crl_number_max(f->crls[i], number))
			return err_ssl(e, EX_SOFTWARE, "no CRL can be made");
	}
	return 0;
}

static bool
testca_crl_revoke(X509_CRL *crl, X509 *x, time_t now)
{
	X509_REVOKED *r = X509_REVOKED_new();
	ASN1_TIME *when = ASN1_TIME_set(NULL, now);
	bool ok = r != NULL && when != NULL &&
	    X509_REVOKED_set_serialNumber(r, X509_get_serialNumber(x)) == 1 &&
	    X509_REVOKED_set_revocationDate(r, when) == 1 &&
	    X509_CRL_add0_revoked(crl, r) == 1;

	if (!ok)
		X509_REVOKED_free(r);
	ASN1_TIME_free(when);
	return ok;
}

static bool
testca_crl_extend(X509_CRL *crl, const struct testca_signer *by, BIGNUM *number)
{
	ASN1_INTEGER *n = BN_add_word(number, 1) == 1
	    ? BN_to_ASN1_INTEGER(number, NULL)
	    : NULL;
	X509_EXTENSION *key;
	X509V3_CTX ctx;
	bool ok;

	X509V3_set_ctx(&ctx, by->cert->x509, NULL, NULL, crl, 0);
	key = X509V3_EXT_conf_nid(
	    NULL, &ctx, NID_authority_key_identifier, "keyid");
	ok = n != NULL && key != NULL && X509_CRL_add_ext(crl, key, -1) == 1 &&
	    X509_CRL_add1_ext_i2d(
		crl, NID_crl_number, n, 0, X509V3_ADD_DEFAULT) == 1;
	X509_EXTENSION_free(key);
	ASN1_INTEGER_free(n);
	return ok;
}

static int
testca_crl_write(struct keystore *ks, const struct testca_signer *by,
    X509_CRL *crl, struct err *e)
{
	struct buf file = {0};
	BIO *b = BIO_new(BIO_s_mem());
	struct store_write w;
	char *data;
	long n;
	int rc;

	keystore_file_name(&file, STORE_CRL, span_str(by->name));
	if (b != NULL && PEM_write_bio_X509_CRL(b, crl) == 1 &&
	    (n = BIO_get_mem_data(b, &data)) > 0) {
		w = (struct store_write){
		    (char *)file.p, {(unsigned char *)data, (size_t)n}, 0644};
		rc = keystore_write(ks, &w, 1, true, e);
	} else {
		rc = err_ssl(e, EX_SOFTWARE, "the CRL cannot be written");
	}
	BIO_free(b);
	buf_free(&file);
	return rc;
}

/* Signs the CRL of by again, with the certificates of x added. */
static int
testca_crl_sign(struct keystore *ks, const struct testca *ca,
    const struct testca_signer *by, X509 *x, struct testca_revoked *out,
    struct err *e)
{
	time_t now = ca->at != 0 ? ca->at : time(NULL);
	X509_CRL *crl = X509_CRL_new();
	BIGNUM *number = BN_new();
	bool ok = crl != NULL && number != NULL, add = x != NULL;
	int rc = ok ? testca_crl_keep(ks, by, crl, number, e)
		    : err_ssl(e, EX_SOFTWARE, "no CRL can be made");

	if (rc == 0 && add && testca_crl_has(crl, X509_get0_serialNumber(x))) {
		add = false;
		out->known++;
	}
	if (rc == 0 && (x == NULL || add)) {
		ok = X509_CRL_set_version(crl, 1) == 1 &&
		    X509_CRL_set_issuer_name(
			crl, X509_get_subject_name(by->cert->x509)) == 1 &&
		    testca_crl_times(crl, now, ca->days) &&
		    (!add || testca_crl_revoke(crl, x, now)) &&
		    testca_crl_extend(crl, by, number) &&
		    X509_CRL_sort(crl) == 1 &&
		    X509_CRL_sign(crl, by->key, EVP_sha256()) > 0;
		rc = ok ? testca_crl_write(ks, by, crl, e)
			: err_ssl(e, EX_SOFTWARE, "no CRL can be made");
		if (rc == 0 && add)
			out->added++;
	}
	X509_CRL_free(crl);
	BN_free(number);
	return rc;
}

/* --- certificates --------------------------------------------------------- */

/* Finds the CA in the directory that signed x and has its key there. */
static int
testca_signer_for(struct keystore *ks, const struct testca *ca, X509 *x,
    struct testca_signer *out, struct err *e)
{
	static const enum store_kind kinds[] = {STORE_ROOT_CERT, STORE_CA_CERT};
	size_t k, i, n;

	for (k = 0; k < 2; k++) {
		struct store_file *f = keystore_files(ks, kinds[k], &n);

		for (i = 0; i < n; i++)
			if (f[i].cert_count > 0 &&
			    keystore_is_mine(ks, &f[i]) &&
			    X509_check_issued(f[i].certs[0]->x509, x) ==
				X509_V_OK &&
			    X509_verify(
				x, X509_get0_pubkey(f[i].certs[0]->x509)) == 1)
				return testca_signer_of(ks, ca, &f[i], out, e);
	}
	ERR_clear_error();
	return err_set(e, EX_DATAERR, "no CA whose key is in %s signed it",
	    keystore_dir(ks));
}

/* Reads the first certificate of a file, PEM or DER; for cert_free. */
static struct cert *
testca_file_cert(const char *path, struct err *e)
{
	struct store_stamp stamp;
	struct buf data = {0};
	const unsigned char *p;
	X509 *x = NULL;
	BIO *b;

	if (keystore_slurp(path, STORE_FILE_MAX, &data, &stamp, e) == -1) {
		buf_free(&data);
		return NULL;
	}
	p = data.p;
	b = BIO_new_mem_buf(data.p, (int)data.n);
	if (b != NULL && data.n > 0)
		x = PEM_read_bio_X509(b, NULL, NULL, NULL);
	if (x == NULL && data.n > 0)
		x = d2i_X509(NULL, &p, (long)data.n);
	BIO_free(b);
	buf_free(&data);
	ERR_clear_error();
	if (x == NULL)
		err_set(e, EX_DATAERR, "%s holds no certificate", path);
	return x != NULL ? cert_new(x) : NULL;
}

/* Collects the stored certificates of NAME. */
static size_t
testca_store_certs(struct keystore *ks, const char *name, struct cert **out)
{
	struct store_file *files[2] = {NULL};
	struct testca_name n;
	struct err ignored;
	size_t count = 0, i;

	if (testca_name(name, false, &n, &ignored) == 0)
		files[0] = keystore_file(ks, n.cert_kind, n.file);
	testca_name_free(&n);
	files[1] = keystore_file(ks, STORE_CA_CERT, name);
	for (i = 0; i < 2; i++)
		if (files[i] != NULL && files[i]->cert_count > 0)
			out[count++] = files[i]->certs[0];
	return count;
}

static int
testca_revoke_one(struct keystore *ks, const struct testca *ca, struct cert *c,
    struct testca_revoked *out, struct err *e)
{
	struct testca_signer by;

	if (cert_self_signed(c))
		return err_set(e, EX_DATAERR,
		    "it is self-signed, and nobody "
		    "can revoke it: take it out of the key stores");
	if (testca_signer_for(ks, ca, c->x509, &by, e) == -1)
		return -1;
	return testca_crl_sign(ks, ca, &by, c->x509, out, e);
}

static int
testca_revoke_in(struct keystore *ks, const struct testca *ca, const char *name,
    struct testca_revoked *out, struct err *e)
{
	struct cert *certs[REVOKED_MAX], *brought = NULL;
	size_t count = testca_store_certs(ks, name, certs), i;
	int rc = 0;

	if (count == 0) {
		brought = testca_file_cert(name, e);
		if (brought == NULL && e->exit == EX_NOINPUT)
			return err_set(e, EX_NOINPUT,
			    "nobody named \"%s\" "
			    "has a certificate in %s, and there is no such "
			    "file",
			    name, keystore_dir(ks));
		if (brought == NULL)
			return -1;
		certs[count++] = brought;
	}
	for (i = 0; i < count && rc == 0; i++)
		rc = testca_revoke_one(ks, ca, certs[i], out, e);
	if (brought != NULL)
		cert_free(brought);
	return rc == 0 ? 0 : err_in(e, "%s", name);
}

/* --- the two verbs -------------------------------------------------------- */

/* Opens the directory for one change; *lock is for testca_crl_close. */
static int
testca_crl_open(
    const struct testca *ca, struct keystore **ks, int *lock, struct err *e)
{
	if (keystore_open(ca->dir, false, ks, e) == -1)
		return -1;
	keystore_on_passphrase(*ks, ca->ask, ca->ask_arg);
	*lock = keystore_lock(*ks);
	/* Another process may have written while we waited. */
	if (keystore_refresh_force(*ks, e) == 0)
		return 0;
	keystore_unlock(*lock);
	keystore_free(*ks);
	return -1;
}

static void
testca_crl_close(struct keystore *ks, int lock)
{
	keystore_unlock(lock);
	keystore_free(ks);
}

int
testca_revoke(const struct testca *ca, const char *name,
    struct testca_revoked *out, struct err *e)
{
	struct keystore *ks;
	int lock, rc;

	*out = (struct testca_revoked){0, 0};
	if (testca_crl_open(ca, &ks, &lock, e) == -1)
		return -1;
	rc = testca_revoke_in(ks, ca, name, out, e);
	testca_crl_close(ks, lock);
	return rc;
}

int
testca_crl(const struct testca *ca, struct err *e)
{
	struct testca_signer by;
	struct keystore *ks;
	int lock, rc;

	if (testca_crl_open(ca, &ks, &lock, e) == -1)
		return -1;
	rc = testca_signer(ks, ca, &by, e);
	if (rc == 0)
		rc = testca_crl_sign(ks, ca, &by, NULL, NULL, e);
	testca_crl_close(ks, lock);
	return rc;
}
