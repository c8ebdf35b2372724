/*
 * Checks ahead whether a text could be signed and encrypted, for the client's
 * header.
 */
#include <stdio.h>

#include "keys/smime/smime_priv.h"

static void
smime_check_own(struct keystore *ks, const struct policy *policy,
    const struct aor *from, struct smime_preflight *out)
{
	const size_t size = sizeof(out->sign_why);
	struct verify_params params = {
	    .ks = ks, .policy = policy, .who = from, .use = TRUST_SIGN};
	struct verify_errors found = {0};
	struct store_file *f;
	struct err e;

	if (from == NULL) {
		out->sign = SMIME_NO_SENDER;
		snprintf(out->sign_why, size, "there is no address to sign as");
		return;
	}
	f = keystore_user(ks, from->key, STORE_SIGN);
	if (f == NULL) {
		out->sign = SMIME_NO_OWN_CERT;
		snprintf(out->sign_why, size,
		    "there is no certificate of yours (%s) here", from->text);
	} else if (f->cert_count == 0) {
		out->sign = SMIME_OWN_CERT_UNREADABLE;
		snprintf(out->sign_why, size,
		    "your certificate cannot be read (%.200s)", f->why.text);
	} else if (!keystore_private_unread(ks, f) &&
	    keystore_private(ks, f, &e) == NULL) {
		out->sign = SMIME_OWN_KEY_UNUSABLE;
		snprintf(out->sign_why, size, "%.300s", e.text);
	} else {
		params.cert = f->certs[0];
		(void)cert_time(
		    X509_get0_notAfter(params.cert->x509), &out->own_not_after);
		trust_own(&params, &found);
		if (found.set == 0)
			return;
		out->sign = SMIME_OWN_CERT_REFUSED;
		snprintf(out->sign_why, size,
		    "every receiver refuses your certificate: %.240s",
		    found.text);
	}
}

enum smime_problem
smime_refused_for(const struct verify_errors *found)
{
	const unsigned pinning = 1U << SIGNATURE_UNTRUSTED |
	    1U << SIGNATURE_CHANGED;

	if ((found->set & ~pinning) == 0)
		return SMIME_PEER_CERT_UNPINNED;
	if (found->set == 1U << SIGNATURE_NO_CRL)
		return SMIME_PEER_CERT_NO_CRL;
	return SMIME_PEER_CERT_REFUSED;
}

static void
smime_check_peer(struct keystore *ks, const struct policy *policy,
    const struct aor *to, struct smime_preflight *out)
{
	const size_t size = sizeof(out->encrypt_why);
	struct store_file *f = keystore_user(ks, to->key, STORE_ENCRYPT);
	struct verify_params params = {
	    .ks = ks, .policy = policy, .who = to, .use = TRUST_ENCRYPT};
	struct verify_errors found = {0};

	if (f == NULL) {
		out->encrypt = SMIME_NO_PEER_CERT;
		snprintf(out->encrypt_why, size,
		    "there is no certificate of %s here", to->text);
		return;
	}
	if (f->cert_count == 0) {
		out->encrypt = SMIME_PEER_CERT_UNREADABLE;
		snprintf(out->encrypt_why, size,
		    "the certificate of %s cannot be read (%.400s)", to->text,
		    f->why.text);
		return;
	}
	params.cert = f->certs[0];
	out->has_cert = true;
	out->pinned = keystore_pinned(ks, to->key, params.cert, STORE_ENCRYPT);
	cert_hex(params.cert->fingerprint, out->fingerprint);
	(void)cert_time(X509_get0_notAfter(params.cert->x509), &out->not_after);
	trust_judge(&params, &found);
	if (found.set == 0)
		return;
	out->encrypt = smime_refused_for(&found);
	snprintf(out->encrypt_why, size,
	    "the certificate of %s is refused (%.400s)", to->text, found.text);
}

void
smime_preflight_own(struct keystore *ks, const struct policy *policy,
    const struct aor *from, struct smime_preflight *out)
{
	struct err e;

	*out = (struct smime_preflight){.sign = SMIME_READY};
	if (keystore_refresh_dir(ks, &e) == 0) {
		smime_check_own(ks, policy, from, out);
		return;
	}
	out->sign = SMIME_STORE_UNREADABLE;
	snprintf(out->sign_why, sizeof(out->sign_why), "%.300s", e.text);
}

void
smime_preflight(struct keystore *ks, const struct policy *policy,
    const struct aor *from, const struct aor *to, struct smime_preflight *out)
{
	/* This runs for each line typed, so it looks at the directory alone;
	 * smime_make looks at each file. */
	smime_preflight_own(ks, policy, from, out);
	if (out->sign == SMIME_STORE_UNREADABLE) {
		out->encrypt = SMIME_STORE_UNREADABLE;
		snprintf(out->encrypt_why, sizeof(out->encrypt_why), "%s",
		    out->sign_why);
		return;
	}
	smime_check_peer(ks, policy, to, out);
}
