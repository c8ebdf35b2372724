/*
 * What sealing a text would come to, for a person who still types it.
 */
#include <stdio.h>

#include "keys/smime/smime_priv.h"

static void
outlook_sign(
    struct keystore *ks, const struct aor *from, struct smime_preflight *out)
{
	char *words = out->sign_problem;
	const size_t size = sizeof(out->sign_problem);
	struct store_file *f;
	struct err e;

	if (from == NULL) {
		snprintf(words, size,
		    "nobody is here to sign; say who you "
		    "are with --aor sips:you@example.com");
		return;
	}
	f = keystore_file(ks, STORE_USER_CERT, from->key);
	if (f == NULL)
		snprintf(words, size,
		    "there is no certificate of yours (%s) "
		    "here; take it with /import FILE, make one with signet "
		    "keys new %s, or go on with /sign off",
		    from->text, from->text);
	else if (f->cert_count == 0)
		snprintf(words, size,
		    "your certificate cannot be read (%.200s); "
		    "take it anew with /import FILE, or go on with /sign off",
		    f->why.text);
	else if (!keystore_private_unread(ks, f) &&
	    keystore_private(ks, f, &e) == NULL)
		snprintf(words, size,
		    "%.300s; take it with /import FILE, or go "
		    "on with /sign off",
		    e.text);
}

/* What helps against what was found wrong with a certificate. */
static void
outlook_advice(const struct verify_errors *found, const struct aor *to,
    char *words, size_t size)
{
	const unsigned pinning = 1U << SIGNATURE_UNTRUSTED |
	    1U << SIGNATURE_CHANGED;

	if ((found->set & ~pinning) == 0)
		snprintf(words, size,
		    "compare it with /verify %s, and if it "
		    "is theirs, /trust %s",
		    to->text, to->text);
	else if (found->set == 1U << SIGNATURE_NO_CRL)
		snprintf(words, size,
		    "take a new CRL of its issuer with "
		    "/import FILE");
	else
		snprintf(words, size,
		    "take a new one of theirs with /import "
		    "FILE");
}

static void
outlook_seal(struct keystore *ks, const struct policy *policy,
    const struct aor *to, struct smime_preflight *out)
{
	char *words = out->seal_problem, advice[300];
	const size_t size = sizeof(out->seal_problem);
	struct store_file *f = keystore_file(ks, STORE_USER_CERT, to->key);
	struct verify_params params = {
	    .ks = ks, .policy = policy, .who = to, .use = TRUST_ENCRYPT};
	struct verify_errors found = {0};

	if (f == NULL) {
		snprintf(words, size,
		    "there is no certificate of %s here; "
		    "take theirs with /import FILE, or write in clear with "
		    "/encrypt off",
		    to->text);
		return;
	}
	if (f->cert_count == 0) {
		snprintf(words, size,
		    "the certificate of %s cannot be read "
		    "(%.400s); take theirs anew with /import FILE, or write in "
		    "clear with /encrypt off",
		    to->text, f->why.text);
		return;
	}
	params.cert = f->certs[0];
	out->has_cert = true;
	out->pinned = keystore_pinned(ks, to->key, params.cert);
	cert_hex(params.cert->fingerprint, out->fingerprint);
	(void)cert_time(X509_get0_notAfter(params.cert->x509), &out->not_after);
	trust_judge(&params, &found);
	if (found.set == 0)
		return;
	outlook_advice(&found, to, advice, sizeof(advice));
	snprintf(words, size,
	    "the certificate of %s is refused (%.400s); "
	    "%s, or write in clear with /encrypt off",
	    to->text, found.text, advice);
}

void
smime_preflight(struct keystore *ks, const struct policy *policy,
    const struct aor *from, const struct aor *to, struct smime_preflight *out)
{
	struct err e;

	*out = (struct smime_preflight){.has_cert = false};
	/* It is asked at each line that is typed; smime_make looks closer. */
	if (keystore_refresh_dir(ks, &e) == -1) {
		snprintf(out->sign_problem, sizeof(out->sign_problem), "%.300s",
		    e.text);
		snprintf(out->seal_problem, sizeof(out->seal_problem), "%.300s",
		    e.text);
		return;
	}
	outlook_sign(ks, from, out);
	outlook_seal(ks, policy, to, out);
}
