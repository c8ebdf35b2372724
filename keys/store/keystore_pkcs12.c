/*
 * Reads PKCS#12: every key, certificate and CRL in it. (PKCS12_parse takes one
 * key alone.)
 */
#include <string.h>

#include <openssl/err.h>
#include <openssl/pkcs12.h>

#include "keys/store/keystore_priv.h"
#include "src/base/shell.h"

enum { BAGS_DEPTH = 4 }; /* safes within safes */

/* The passphrase that opens a file. */
struct pkcs12_pass {
	const char *text; /* NULL: none, which is not the empty one */
	int n;
};

static bool pkcs12_bags(struct import_ctx *t,
    const STACK_OF(PKCS12_SAFEBAG) *bags, const struct pkcs12_pass *pass,
    int depth);

static bool
pkcs12_key(struct import_ctx *t, const PKCS8_PRIV_KEY_INFO *info)
{
	EVP_PKEY *key = info != NULL ? EVP_PKCS82PKEY(info) : NULL;

	if (key == NULL)
		keystore_import_leave(
		    t, NULL, "a private key that cannot be read");
	else
		keystore_import_key(t, key);
	return true;
}

static bool
pkcs12_bag(struct import_ctx *t, const PKCS12_SAFEBAG *bag,
    const struct pkcs12_pass *pass, int depth)
{
	PKCS8_PRIV_KEY_INFO *info;
	X509_CRL *crl;
	X509 *x;

	switch (PKCS12_SAFEBAG_get_nid(bag)) {
	case NID_keyBag:
		return pkcs12_key(t, PKCS12_SAFEBAG_get0_p8inf(bag));
	case NID_pkcs8ShroudedKeyBag:
		info = PKCS12_decrypt_skey(bag, pass->text, pass->n);
		if (info == NULL)
			return false;
		(void)pkcs12_key(t, info);
		PKCS8_PRIV_KEY_INFO_free(info);
		return true;
	case NID_certBag:
		x = PKCS12_SAFEBAG_get1_cert(bag);
		if (x != NULL)
			keystore_import_cert(t, x);
		else
			keystore_import_leave(
			    t, NULL, "a certificate that cannot be read");
		return true;
	case NID_crlBag:
		crl = PKCS12_SAFEBAG_get1_crl(bag);
		if (crl != NULL)
			keystore_import_crl(t, crl);
		else
			keystore_import_leave(
			    t, NULL, "a CRL that cannot be read");
		return true;
	case NID_safeContentsBag:
		if (depth < BAGS_DEPTH)
			return pkcs12_bags(
			    t, PKCS12_SAFEBAG_get0_safes(bag), pass, depth + 1);
		break;
	default:
		break;
	}
	keystore_import_leave(
	    t, NULL, "a part that is no key, certificate or CRL");
	return true;
}

static bool
pkcs12_bags(struct import_ctx *t, const STACK_OF(PKCS12_SAFEBAG) *bags,
    const struct pkcs12_pass *pass, int depth)
{
	int i;

	for (i = 0; i < sk_PKCS12_SAFEBAG_num(bags); i++)
		if (!pkcs12_bag(
			t, sk_PKCS12_SAFEBAG_value(bags, i), pass, depth))
			return false;
	return true;
}

/* Takes everything out of the file. On failure t is as it was. */
static bool
pkcs12_unpack(struct import_ctx *t, PKCS12 *p12, const struct pkcs12_pass *pass)
{
	STACK_OF(PKCS7) *safes = PKCS12_unpack_authsafes(p12);
	const size_t left = t->left.n;
	bool ok = safes != NULL;
	int i;

	for (i = 0; ok && i < sk_PKCS7_num(safes); i++) {
		STACK_OF(PKCS12_SAFEBAG) *bags = NULL;
		PKCS7 *p7 = sk_PKCS7_value(safes, i);

		if (PKCS7_type_is_data(p7))
			bags = PKCS12_unpack_p7data(p7);
		else if (PKCS7_type_is_encrypted(p7))
			bags = PKCS12_unpack_p7encdata(p7, pass->text, pass->n);
		ok = bags != NULL && pkcs12_bags(t, bags, pass, 0);
		sk_PKCS12_SAFEBAG_pop_free(bags, PKCS12_SAFEBAG_free);
	}
	sk_PKCS7_pop_free(safes, PKCS7_free);
	if (!ok) {
		keystore_import_drop(t);
		t->left.n = left;
	}
	return ok;
}

/* Returns whether the passphrase is right as far as the MAC tells. A file
 * without one is tried: nothing in it is trusted for having been in it. */
static bool
pkcs12_pass_fits(PKCS12 *p12, const struct pkcs12_pass *pass)
{
	return PKCS12_mac_present(p12) == 0 ||
	    PKCS12_verify_mac(p12, pass->text, pass->n) == 1;
}

/* right: a MAC says that the passphrase is. */
static int
pkcs12_unreadable(const struct import_ctx *t, bool right, struct err *e)
{
	const char *path = t->how->path;
	struct buf with = {0};

	buf_adds(&with, "openssl pkcs12 -legacy -in ");
	shell_path(&with, path);
	buf_adds(&with, " -out NEW.pem, and import that");
	if (right)
		(void)err_ssl(e, EX_DATAERR,
		    "%s cannot be read; if its ciphers are old, convert it "
		    "with %s",
		    path, (const char *)with.p);
	else
		(void)err_ssl(e, EX_DATAERR,
		    "the passphrase of %s is wrong, or it is damaged, or its "
		    "ciphers are old: then convert it with %s",
		    path, (const char *)with.p);
	buf_free(&with);
	return -1;
}

int
keystore_import_pkcs12(struct import_ctx *t, PKCS12 *p12, struct err *e)
{
	const struct pkcs12_pass empty = {"", 0}, none = {NULL, 0};
	struct pkcs12_pass asked;
	bool fits = false;

	if (pkcs12_pass_fits(p12, &empty)) {
		fits = true;
		if (pkcs12_unpack(t, p12, &empty))
			return 0;
	}
	if (pkcs12_pass_fits(p12, &none)) {
		fits = true;
		if (pkcs12_unpack(t, p12, &none))
			return 0;
	}
	if (!fits || PKCS12_mac_present(p12) == 0) {
		do {
			if (keystore_import_ask(t, e) == -1)
				return -1;
			asked.text = t->passphrase.p != NULL
			    ? (char *)t->passphrase.p
			    : "";
			asked.n = (int)t->passphrase.n;
			fits = pkcs12_pass_fits(p12, &asked);
			ERR_clear_error();
		} while (!fits && keystore_import_again(t));
		if (fits && pkcs12_unpack(t, p12, &asked))
			return 0;
		if (!fits)
			return err_set(e, EX_CONFIG,
			    "the passphrase of %s is wrong", t->how->path);
	}
	return pkcs12_unreadable(t, PKCS12_mac_present(p12) != 0, e);
}
