/*
 * Pins and unpins certificates as the user decides.
 */
#include "keys/store/keystore_priv.h"

/* Returns the certificate that serves a use of who, or NULL. */
static struct cert *
keystore_cert_for(
    struct keystore *ks, const struct aor *who, enum store_use use)
{
	struct store_file *f = keystore_user(ks, who->key, use);

	return f != NULL && f->cert_count > 0 ? f->certs[0] : NULL;
}

int
keystore_shown(struct keystore *ks, const struct aor *who,
    char shown[KEYSTORE_SHOWN], struct err *e)
{
	struct cert *sign, *encrypt;

	if (keystore_refresh_force(ks, e) == -1)
		return -1;
	sign = keystore_cert_for(ks, who, STORE_SIGN);
	encrypt = keystore_cert_for(ks, who, STORE_ENCRYPT);
	if (sign == NULL || encrypt == NULL) {
		(void)err_set(e, EX_CONFIG,
		    "there is no certificate of %s in %s", who->text, ks->dir);
		return err_because(e, CAUSE_NO_PEER_CERT, who->text);
	}
	cert_hex(sign->fingerprint, shown);
	if (cert_same(sign, encrypt))
		return 0;
	shown[2 * CERT_FINGERPRINT] = ' ';
	cert_hex(encrypt->fingerprint, shown + 2 * CERT_FINGERPRINT + 1);
	return 0;
}

int
keystore_trust(struct keystore *ks, const struct aor *who, const char *shown,
    struct err *e)
{
	struct cert *sign, *encrypt;
	char now[KEYSTORE_SHOWN];

	if (keystore_shown(ks, who, now, e) == -1)
		return -1;
	if (!span_eq_nocase(span_str(shown), span_str(now)))
		return err_set(e, EX_TEMPFAIL,
		    "nothing was pinned: the certificate of %s has changed "
		    "since it was shown; compare again",
		    who->text);
	sign = keystore_cert_for(ks, who, STORE_SIGN);
	encrypt = keystore_cert_for(ks, who, STORE_ENCRYPT);
	return keystore_change_pins(
	    ks, who->key, sign, cert_same(sign, encrypt) ? sign : encrypt, e);
}

int
keystore_untrust(struct keystore *ks, const struct aor *who, struct err *e)
{
	if (keystore_refresh(ks, e) == -1)
		return -1;
	if (!keystore_has_pin(ks, who->key))
		return err_set(
		    e, EX_CONFIG, "no certificate is pinned for %s", who->text);
	return keystore_change_pins(ks, who->key, NULL, NULL, e);
}
