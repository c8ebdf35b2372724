#include "ui/advice.h"

/* Written as config_recipe takes it, about an address: a way in each line.
 * --force replaces what is there. */
static const char *const advices[] = {
    [SMIME_READY] = "",
    [SMIME_STORE_UNREADABLE] = "",
    [SMIME_NO_SENDER] =
	"Say who you are: start signet with --aor sips:you@example.com",
    [SMIME_NO_OWN_CERT] = "Take it: /import FILE\n"
			  "Or make one, in another terminal: $ keys new #\n"
			  "Or send it unsigned: /sign off",
    [SMIME_OWN_CERT_UNREADABLE] = "Take it anew: /import --force FILE\n"
				  "Or send it unsigned: /sign off",
    [SMIME_OWN_KEY_UNUSABLE] = "Take it: /import --force FILE\n"
			       "Or send it unsigned: /sign off",
    [SMIME_OWN_CERT_REFUSED] =
	"Take a new one: /import --force FILE\n"
	"Or make one, in another terminal: $ keys new --force #\n"
	"Or send it unsigned: /sign off",
    [SMIME_NO_PEER_CERT] =
	"Send them yours, and ask for theirs: /introduce\n"
	"Or take theirs: /import FILE\n"
	"Or write in clear, so that servers can read it: /encrypt off",
    [SMIME_PEER_CERT_UNREADABLE] =
	"Take theirs anew: /import --force FILE\n"
	"Or write in clear, so that servers can read it: /encrypt off",
    [SMIME_PEER_CERT_UNPINNED] =
	"Compare it: /verify %\n"
	"If it is theirs, pin it: /trust %\n"
	"Or write in clear, so that servers can read it: /encrypt off",
    [SMIME_PEER_CERT_NO_CRL] =
	"Take a new CRL of its issuer: /import --force FILE\n"
	"Or write in clear, so that servers can read it: /encrypt off",
    [SMIME_PEER_CERT_REFUSED] =
	"Take a new one of theirs: /import --force FILE\n"
	"Or write in clear, so that servers can read it: /encrypt off",
};

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
	config_recipe(c, advices[p->sign], own, out);
	aor_free(&aor);
}

void
advice_encrypt(struct buf *out, const struct smime_preflight *p,
    const char *peer, const struct config *c)
{
	config_recipe(c, advices[p->encrypt], peer, out);
}
