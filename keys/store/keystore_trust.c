/*
 * Pins and unpins certificates as the user decides.
 */
#include "keys/store/keystore_priv.h"

int
keystore_trust(struct keystore *ks, const struct aor *who,
    const char *fingerprint, struct err *e)
{
	char hex[2 * CERT_FINGERPRINT + 1];
	struct cert *c;

	if (keystore_refresh_force(ks, e) == -1)
		return -1;
	c = keystore_cert(ks, who->key);
	if (c == NULL)
		return err_set(e, EX_CONFIG,
		    "there is no certificate of %s in %s to trust; import it "
		    "first",
		    who->text, ks->dir);
	cert_hex(c->fingerprint, hex);
	if (!span_eq_nocase(span_str(fingerprint), span_str(hex)))
		return err_set(e, EX_TEMPFAIL,
		    "nothing was pinned: the certificate of %s has changed "
		    "since it was shown; compare again",
		    who->text);
	return keystore_change_pins(ks, who->key, c->fingerprint, e);
}

int
keystore_untrust(struct keystore *ks, const struct aor *who, struct err *e)
{
	if (keystore_refresh(ks, e) == -1)
		return -1;
	if (!keystore_has_pin(ks, who->key))
		return err_set(
		    e, EX_CONFIG, "no certificate is pinned for %s", who->text);
	return keystore_change_pins(ks, who->key, NULL, e);
}
