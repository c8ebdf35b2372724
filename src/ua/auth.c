#include "src/ua/auth.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/app/secret.h"
#include "src/sip/sip_auth.h"

enum {
	AUTH_STALE = 3, /* new nonces for one request; more is a loop */
	AUTH_NONCE = 1024 /* bytes; a longer nonce is refused */
};

/* The last challenge of a registrar (401) or a proxy (407). */
struct challenge {
	char *realm, *nonce, *opaque, *algorithm; /* nonce NULL: none came */
	bool qop;
	uint32_t count;
};

static const struct {
	int status;
	const char *challenge, *credentials;
} sides[2] = {{401, "WWW-Authenticate", "Authorization"},
    {407, "Proxy-Authenticate", "Proxy-Authorization"}};

enum auth_state {
	AUTH_NONE, /* no password was read */
	AUTH_NEW, /* no server has taken it or refused it yet */
	AUTH_TAKEN, /* a server took it */
	AUTH_REFUSED, /* a server refused it, and that was told */
	AUTH_REREAD /* it was read again after that */
};

struct auth {
	const struct config *config;
	const struct aor *who;
	auth_refused_fn *refused;
	void *arg;
	struct span user; /* of who's text, or of the settings */
	enum auth_state state;
	bool quiet; /* the terminal is left alone */
	struct buf password; /* p NULL: none is held */
	unsigned number; /* of the password: how many there were */
	unsigned typed; /* how many were typed on the terminal */
	struct challenge challenges[2];
};

struct auth *
auth_new(const struct config *config, const struct aor *who,
    auth_refused_fn *refused, void *arg)
{
	struct auth *a = xcalloc(1, sizeof(*a));

	a->config = config;
	a->who = who;
	a->refused = refused;
	a->arg = arg;
	a->user = config->auth_user != NULL ? span_str(config->auth_user)
					    : aor_user(who);
	return a;
}

static void
auth_forget(struct challenge *k)
{
	free(k->realm);
	free(k->nonce);
	free(k->opaque);
	free(k->algorithm);
	*k = (struct challenge){0};
}

void
auth_free(struct auth *a)
{
	if (a == NULL)
		return;
	auth_forget(&a->challenges[0]);
	auth_forget(&a->challenges[1]);
	buf_wipe(&a->password);
	free(a);
}

/* --- the password --------------------------------------------------------- */

static enum secret_source
auth_source(const struct auth *a)
{
	return secret_source(
	    a->config->password_command, a->config->password_file);
}

static bool
auth_can_reread(const struct auth *a)
{
	enum secret_source source = auth_source(a);

	return source == SECRET_COMMAND || source == SECRET_FILE;
}

/* Moves to a state. A password that is held before it belongs to the new state,
 * unless that has none. */
static void
auth_move(struct auth *a, enum auth_state to)
{
	a->state = to;
	switch (to) {
	case AUTH_NEW:
	case AUTH_REREAD:
		a->number++;
		break;
	case AUTH_TAKEN:
		return;
	case AUTH_NONE:
		/* What was answered with it is not held against the next. */
		a->number++;
		buf_wipe(&a->password);
		break;
	case AUTH_REFUSED:
		if (auth_can_reread(a))
			buf_wipe(&a->password);
		break;
	}
	/* Nothing is answered unasked with a password that may be wrong. */
	auth_forget(&a->challenges[0]);
	auth_forget(&a->challenges[1]);
}

/* Notes a refusal, and tells it unless it was told. */
static void
auth_note_refusal(struct auth *a, const struct err *why)
{
	bool told = a->state == AUTH_REFUSED || a->state == AUTH_REREAD;

	auth_move(a, AUTH_REFUSED);
	if (!told && a->refused != NULL)
		a->refused(a->arg, a->who, why->text);
}

int
auth_password(struct auth *a, struct err *e)
{
	const struct config *c = a->config;
	bool typed = auth_source(a) == SECRET_TYPED;
	int rc;

	if (a->password.p != NULL)
		return 0;
	rc = a->quiet ? secret_password_quietly(c->password_command,
			    c->password_file, a->who->text, &a->password, e)
		      : secret_password(c->password_command, c->password_file,
			    a->who->text, &a->password, e);
	if (rc == -1) {
		buf_wipe(&a->password);
		if (a->quiet && typed)
			auth_note_refusal(a, e);
		return -1;
	}
	a->typed += typed;
	auth_move(a, a->state == AUTH_REFUSED ? AUTH_REREAD : AUTH_NEW);
	return 0;
}

void
auth_ask_nobody(struct auth *a)
{
	a->quiet = true;
}

void
auth_type(struct auth *a, struct span password)
{
	auth_move(a, AUTH_NONE);
	buf_reserve(&a->password, password.n + 1);
	buf_addspan(&a->password, password);
	auth_move(a, AUTH_NEW);
}

void
auth_forget_password(struct auth *a)
{
	auth_move(a, AUTH_NONE);
}

/* Asks for another password in the place of one that was refused. */
static bool
auth_ask_again(struct auth *a)
{
	struct buf typed = {0};
	struct err ignored;

	if (a->quiet || a->state != AUTH_NEW || a->typed >= SECRET_TRIES ||
	    auth_source(a) != SECRET_TYPED)
		return false;
	if (secret_password_again(a->who->text, &typed, &ignored) == -1) {
		buf_wipe(&typed);
		return false;
	}
	a->typed++;
	auth_type(a, span_buf(&typed));
	buf_wipe(&typed);
	return true;
}

void
auth_taken(struct auth *a, const struct auth_round *round)
{
	if (round->answered[0] + round->answered[1] > 0 &&
	    round->password == a->number && a->password.p != NULL)
		auth_move(a, AUTH_TAKEN);
}

/* --- challenges ----------------------------------------------------------- */

static bool
auth_is_our_realm(const struct auth *a, struct span realm)
{
	if (a->config->realm != NULL)
		return span_is(realm, a->config->realm);
	return host_equal(realm, span_str(a->who->host));
}

/* Ranks a challenge: SHA-256 before MD5, and nothing else. Returns 0 where it
 * cannot be answered, and e says why. */
static int
auth_rank(const struct auth *a, const struct sip_challenge *c, bool secure,
    struct err *e)
{
	char hex[DIGEST_HEX];

	if (!auth_is_our_realm(a, c->realm)) {
		(void)err_set(e, EX_NOPERM,
		    "it asks for the password of the realm \"%.*s\", which "
		    "is not ours; if it is, set realm",
		    (int)(c->realm.n > 100 ? 100 : c->realm.n),
		    (const char *)c->realm.p);
		(void)err_because(e, CAUSE_REALM, NULL);
	} else if (!digest_hex(c->algorithm, NULL, 0, hex) ||
	    (c->qop && !c->qop_auth) || c->nonce.n > AUTH_NONCE)
		(void)err_set(e, EX_NOPERM,
		    "it asks for a digest of a kind that is not known here "
		    "(%.*s%s)",
		    (int)(c->algorithm.n > 40 ? 40 : c->algorithm.n),
		    (const char *)c->algorithm.p,
		    c->qop && !c->qop_auth ? ", without qop auth" : "");
	else if (!span_is_nocase(c->algorithm, "MD5"))
		return 2;
	else if (secure || a->config->md5_in_clear)
		return 1;
	else {
		(void)err_set(e, EX_NOPERM,
		    "it asks for an MD5 digest without TLS, which gives the "
		    "password away; md5-in-clear = yes allows it");
		(void)err_because(e, CAUSE_MD5, NULL);
	}
	return 0;
}

static int
auth_choose(const struct auth *a, const struct sip_msg *response,
    const char *header, bool secure, struct sip_challenge *best, struct err *e)
{
	size_t count = sip_header_count(response, header);
	int best_rank = 0;

	(void)err_set(e, EX_NOPERM,
	    "it asks for a password without a "
	    "challenge that can be read");
	for (size_t i = 0; i < count; i++) {
		struct span value = sip_header(response, header, i);
		struct sip_challenge c;
		size_t at = 0;
		int r;

		while (sip_challenge_next(value, &at, &c)) {
			r = auth_rank(a, &c, secure, e);
			if (r > best_rank) {
				best_rank = r;
				*best = c;
			}
		}
	}
	return best_rank > 0 ? 0 : -1;
}

/* The password of this round is wrong. Returns 0 where another one is there,
 * with which the request goes on from its beginning: typing takes longer than
 * some nonces live. */
static int
auth_was_refused(struct auth *a, struct auth_round *round,
    const struct sip_challenge *c, struct err *e)
{
	(void)err_set(e, EX_NOPERM, "the password of %.*s for %.*s was refused",
	    (int)a->user.n, (const char *)a->user.p,
	    (int)(c->realm.n > 100 ? 100 : c->realm.n),
	    (const char *)c->realm.p);
	(void)err_because(e, CAUSE_PASSWORD, NULL);
	/* Of two requests with one password, the first that comes back
	 * decides. */
	if (round->password == a->number && !auth_ask_again(a)) {
		auth_note_refusal(a, e);
		return -1;
	}
	*round = (struct auth_round){0};
	return 0;
}

static void
auth_keep(struct challenge *k, const struct sip_challenge *c)
{
	auth_forget(k);
	k->realm = xstrndup(c->realm);
	k->nonce = xstrndup(c->nonce);
	k->opaque = c->opaque.p != NULL ? xstrndup(c->opaque) : NULL;
	k->algorithm = xstrndup(c->algorithm);
	k->qop = c->qop;
}

int
auth_challenged(struct auth *a, struct auth_round *round,
    const struct sip_msg *response, bool secure, struct err *e)
{
	int side = sip_status(response) == sides[1].status ? 1 : 0;
	struct sip_challenge c;

	if (auth_choose(a, response, sides[side].challenge, secure, &c, e) ==
	    -1)
		return -1;
	/* The first rejection may be of a cached nonce. The second one answered
	 * a nonce of this exchange, so the password is wrong. */
	if (round->answered[side] > 0 && !c.stale)
		return auth_was_refused(a, round, &c, e);
	if (round->answered[side] >= AUTH_STALE)
		return err_set(e, EX_NOPERM,
		    "the server calls every nonce stale; it is asked again "
		    "later");
	if (auth_password(a, e) == -1)
		return -1;
	round->answered[side]++;
	round->password = a->number;
	auth_keep(&a->challenges[side], &c);
	return 0;
}

/* --- credentials ---------------------------------------------------------- */

bool
auth_response(const struct auth_digest *d, char out[DIGEST_HEX])
{
	static const struct span colon = {(const unsigned char *)":", 1};
	char a1[DIGEST_HEX], a2[DIGEST_HEX], nc[9];
	struct span who[] = {d->user, colon, d->realm, colon, d->password};
	struct span what[] = {d->method, colon, d->uri};
	bool ok = digest_hex(d->algorithm, who, 5, a1) &&
	    digest_hex(d->algorithm, what, 3, a2);

	if (ok && d->qop) {
		struct span all[] = {span_str(a1), colon, d->nonce, colon,
		    {(const unsigned char *)nc, 8}, colon, d->cnonce, colon,
		    span_str("auth"), colon, span_str(a2)};

		(void)snprintf(
		    nc, sizeof(nc), "%08lx", (unsigned long)d->count);
		ok = digest_hex(d->algorithm, all, 11, out);
	} else if (ok) {
		struct span all[] = {
		    span_str(a1), colon, d->nonce, colon, span_str(a2)};

		ok = digest_hex(d->algorithm, all, 5, out);
	}
	wipe(a1, sizeof(a1));
	return ok;
}

int
auth_add(struct auth *a, const struct auth_round *round, bool measure,
    struct buf *b, const char *method, const char *uri, struct err *e)
{
	bool registers = strcmp(method, "REGISTER") == 0;

	for (int side = 0; side < 2; side++) {
		struct challenge *k = &a->challenges[side];
		struct sip_challenge c = {.realm = span_str(k->realm),
		    .nonce = span_str(k->nonce),
		    .opaque = span_str(k->opaque),
		    .algorithm = span_str(k->algorithm),
		    .qop = k->qop};
		char response[DIGEST_HEX], cnonce[17];
		struct auth_digest d = {c.algorithm, a->user, c.realm,
		    span_buf(&a->password), c.nonce, k->qop,
		    {(const unsigned char *)cnonce, 16}, k->count + 1,
		    span_str(method), span_str(uri)};
		struct sip_credentials cr = {
		    a->user, &c, span_str(uri), response, cnonce, k->count + 1};

		if (k->nonce == NULL ||
		    (sides[side].status == 401 && !registers &&
			round->answered[side] == 0))
			continue;
		random_hex(cnonce, 16);
		k->count += measure ? 0 : 1;
		(void)auth_response(&d, response);
		if (sip_add_credentials(b, sides[side].credentials, &cr, e) ==
		    -1)
			return -1;
	}
	return 0;
}
