#include <string.h>

#include "ui/advice.h"

/* "%" stands for the address that the advice is about. */
static const char *const advices[] = {
    [SMIME_READY] = "",
    [SMIME_STORE_UNREADABLE] = "",
    [SMIME_NO_SENDER] = "; say who you are with --aor sips:you@example.com",
    [SMIME_NO_OWN_CERT] =
	"; take it with /import FILE, make one with signet keys new %, or go "
	"on with /sign off",
    [SMIME_OWN_CERT_UNREADABLE] =
	"; take it anew with /import FILE, or go on with /sign off",
    [SMIME_OWN_KEY_UNUSABLE] =
	"; take it with /import FILE, or go on with /sign off",
    [SMIME_OWN_CERT_REFUSED] =
	"; take a new one with /import FILE, or make one with signet keys new "
	"--force %, or go on with /sign off",
    [SMIME_NO_PEER_CERT] =
	"; take theirs with /import FILE, or write in clear with /encrypt off",
    [SMIME_PEER_CERT_UNREADABLE] =
	"; take theirs anew with /import FILE, or write in clear with "
	"/encrypt off",
    [SMIME_PEER_CERT_UNPINNED] =
	"; compare it with /verify %, and if it is theirs, /trust %, or write "
	"in clear with /encrypt off",
    [SMIME_PEER_CERT_NO_CRL] =
	"; take a new CRL of its issuer with /import FILE, or write in clear "
	"with /encrypt off",
    [SMIME_PEER_CERT_REFUSED] =
	"; take a new one of theirs with /import FILE, or write in clear with "
	"/encrypt off",
};

static void
advise(struct buf *out, const char *why, enum smime_problem problem,
    const char *address)
{
	const char *s = advices[problem], *at;

	buf_adds(out, why);
	for (; (at = strchr(s, '%')) != NULL; s = at + 1) {
		buf_add(out, s, (size_t)(at - s));
		buf_adds(out, address);
	}
	buf_adds(out, s);
}

void
advice_sign(struct buf *out, const struct smime_preflight *p, const char *own)
{
	struct aor aor = {NULL, NULL, NULL};
	struct err ignored;

	/* A setting may have it as a URI. */
	if (own != NULL && aor_parse(span_str(own), &aor, &ignored) == 0)
		own = aor.text;
	advise(out, p->sign_why, p->sign, own != NULL ? own : "NAME");
	aor_free(&aor);
}

void
advice_encrypt(
    struct buf *out, const struct smime_preflight *p, const char *peer)
{
	advise(out, p->encrypt_why, p->encrypt, peer);
}
