#include "ui/advice.h"

/* Written as config_recipe takes it, about an address. --force replaces what is
 * there. */
static const char *const advices[] = {
    [SMIME_READY] = "",
    [SMIME_STORE_UNREADABLE] = "",
    [SMIME_NO_SENDER] = "; say who you are with --aor sips:you@example.com",
    [SMIME_NO_OWN_CERT] =
	"; take it with /import FILE, make one in another terminal with $ keys "
	"new #, or go on with /sign off",
    [SMIME_OWN_CERT_UNREADABLE] =
	"; take it anew with /import --force FILE, or go on with /sign off",
    [SMIME_OWN_KEY_UNUSABLE] =
	"; take it with /import --force FILE, or go on with /sign off",
    [SMIME_OWN_CERT_REFUSED] =
	"; take a new one with /import --force FILE, or make one in another "
	"terminal with $ keys new --force #, or go on with /sign off",
    [SMIME_NO_PEER_CERT] =
	"; /introduce sends them yours, and asks for theirs; take theirs with "
	"/import FILE, or write in clear with /encrypt off",
    [SMIME_PEER_CERT_UNREADABLE] =
	"; take theirs anew with /import --force FILE, or write in clear with "
	"/encrypt off",
    [SMIME_PEER_CERT_UNPINNED] =
	"; compare it with /verify %, and if it is theirs, /trust %, or write "
	"in clear with /encrypt off",
    [SMIME_PEER_CERT_NO_CRL] =
	"; take a new CRL of its issuer with /import --force FILE, or write in "
	"clear with /encrypt off",
    [SMIME_PEER_CERT_REFUSED] =
	"; take a new one of theirs with /import --force FILE, or write in "
	"clear with /encrypt off",
};

static void
advice_on_problem(struct buf *out, const char *why, enum smime_problem problem,
    const char *address, const struct config *c)
{
	buf_adds(out, why);
	config_recipe(c, advices[problem], address, out);
}

void
advice_sign(
    struct buf *out, const struct smime_preflight *p, const struct config *c)
{
	const char *own = c->aors.count > 0 ? c->aors.items[0] : "NAME";
	struct aor aor = {NULL, NULL, NULL};
	struct err ignored;

	/* A setting may have it as a URI. */
	if (aor_parse(span_str(own), &aor, &ignored) == 0)
		own = aor.text;
	advice_on_problem(out, p->sign_why, p->sign, own, c);
	aor_free(&aor);
}

void
advice_encrypt(struct buf *out, const struct smime_preflight *p,
    const char *peer, const struct config *c)
{
	advice_on_problem(out, p->encrypt_why, p->encrypt, peer, c);
}
