/*
 * Makes the keys and certificates of a run of flows: the good ones once, and
 * for each flow with an odd certificate that one.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "keys/ca/testca.h"
#include "keys/store/keystore.h"
#include "src/flows/flows_priv.h"

enum {
	FLOWS_DAYS = 1095, /* makeCert's */
	FLOWS_CRL_DAYS = 30
};

static const char flows_root[] = "sipit", flows_between[] = "between";

bool
flows_is_ec(const struct flows_plan *p)
{
	return p->p256 || flows_is_scenario(p);
}

/* --- names ---------------------------------------------------------------- */

static void
make_join(char out[SCRATCH_PATH], const char *dir, const char *name)
{
	(void)snprintf(out, SCRATCH_PATH, "%.200s/%.190s", dir, name);
}

/* Puts the path of a file of a kind ("user_cert") and name in out. */
static void
make_file_of(
    char out[SCRATCH_PATH], const char *dir, const char *kind, const char *name)
{
	char file[SCRATCH_PATH];

	(void)snprintf(file, sizeof(file), "%.16s_%.160s.pem", kind, name);
	make_join(out, dir, file);
}

static int
make_give(const char *from, const char *kind, const char *name, const char *to,
    struct err *e)
{
	char path[SCRATCH_PATH];

	make_file_of(path, from, kind, name);
	return scratch_give(path, to, e);
}

static int
make_give_pair(const char *from, const char *who, const char *name,
    const char *to, struct err *e)
{
	char cert[16], key[16];

	(void)snprintf(cert, sizeof(cert), "%s_cert", who);
	(void)snprintf(key, sizeof(key), "%s_key", who);
	return make_give(from, cert, name, to, e) == -1 ||
		make_give(from, key, name, to, e) == -1
	    ? -1
	    : 0;
}

/* --- good certificates ---------------------------------------------------- */

/* Returns whether we make the keys of the sender, or else of the recipient. */
static bool
make_is_ours(const struct flows *f, bool sender)
{
	return sender ? f->await == NULL : f->peer == NULL;
}

/* Makes the run's CA in dir. For the user's CA (f->ca) only the certificate is
 * copied; its key stays in its folder. */
static int
make_root(struct flows *f, const char *dir, struct testca *ca, struct err *e)
{
	if (f->ca == NULL)
		return testca_init(ca, flows_root, e);
	ca->from = f->ca;
	return make_give(f->ca, "root_cert", f->root, dir, e);
}

/* Makes two key stores in base, for sender and recipient. The store of a side
 * that is not ours has only the root. */
static int
make_share_out(
    const struct flows *f, const char *ca, const char *base, struct err *e)
{
	const struct aor *who[] = {&f->us, &f->them};
	static const char *const stores[] = {"sender", "recipient"};
	char to[SCRATCH_PATH];

	for (size_t i = 0; i < 2; i++) {
		make_join(to, base, stores[i]);
		if (scratch_folder(to, e) == -1 ||
		    make_give(ca, "root_cert", f->root, to, e) == -1)
			return -1;
		if (make_is_ours(f, i == 0) &&
		    (make_give_pair(ca, "user", who[i]->key, to, e) == -1 ||
			make_give_pair(ca, "domain", who[i]->host, to, e) ==
			    -1))
			return -1;
		if (make_is_ours(f, i != 0) &&
		    make_give(ca, "user_cert", who[1 - i]->key, to, e) == -1)
			return -1;
	}
	return 0;
}

static const char *
make_base_name(bool ec)
{
	return ec ? "p256" : "rsa";
}

static int
make_base(struct flows *f, bool ec, struct err *e)
{
	char base[SCRATCH_PATH], dir[SCRATCH_PATH];
	const struct aor *who[] = {&f->us, &f->them};
	bool legacy = f->config->policy.legacy && !ec;
	struct testca ca = {.dir = dir,
	    .type = ec   ? "p256"
		: legacy ? "rsa:1024"
			 : "rsa:2048",
	    .days = FLOWS_DAYS,
	    .force = true, /* both sides may have the same host */
	    .legacy = legacy,
	    .at = f->at};

	make_join(base, f->dir, make_base_name(ec));
	make_join(dir, base, "ca");
	if (scratch_folder(base, e) == -1 || scratch_folder(dir, e) == -1 ||
	    make_root(f, dir, &ca, e) == -1)
		return -1;
	for (size_t i = 0; i < 2; i++)
		if (make_is_ours(f, i == 0) &&
		    (testca_issue(&ca, who[i]->key, e) == -1 ||
			testca_issue(&ca, who[i]->host, e) == -1))
			return -1;
	f->made[ec] = true;
	return make_share_out(f, dir, base, e);
}

/* --- odd certificates ----------------------------------------------------- */

/* An odd certificate, with the key stores of its owner and its judge. */
struct odd {
	const struct flows_plan *plan;
	bool tls;
	char name[256]; /* of its files */
	char ca[SCRATCH_PATH], owner[SCRATCH_PATH], judge[SCRATCH_PATH];
};

static const char *
make_odd_says(const struct flows *f, const struct odd *o)
{
	static const char nobody[] = "evil.example.org";
	static const char mallory[] = "mallory@example.org";

	if (o->plan->odd == ODD_ADDRESS)
		return f->address;
	if (o->plan->odd != ODD_NAME)
		return NULL;
	/* A TLS client's certificate may name any host, but no person. */
	return !o->tls ? mallory : o->plan->turned ? f->us.key : nobody;
}

static enum testca_odd
make_odd_kind(enum flows_odd odd)
{
	switch (odd) {
	case ODD_CN_ONLY:
		return TESTCA_CN_ONLY;
	case ODD_ADDRESS:
		return TESTCA_NO_CN;
	case ODD_NO_SIGNING:
		return TESTCA_NO_SIGNING;
	case ODD_NO_SERVER:
		return TESTCA_NO_SERVER;
	case ODD_NO_SIP:
		return TESTCA_SERVER_ONLY;
	default:
		return TESTCA_SOUND;
	}
}

static bool
make_odd_is_below(const struct odd *o)
{
	return o->plan->odd == ODD_CA_REVOKED || o->plan->odd == ODD_INCOMPLETE;
}

static int
make_odd_issue(const struct flows *f, const struct odd *o, struct testca *ca,
    struct err *e)
{
	struct testca between = *ca;

	if (make_odd_is_below(o)) {
		between.ca = true;
		ca->by = flows_between;
		ca->from = NULL;
		if (testca_issue(&between, flows_between, e) == -1)
			return -1;
	}
	if (o->plan->odd == ODD_EXPIRED)
		ca->days = TESTCA_EXPIRED;
	ca->says = make_odd_says(f, o);
	ca->odd = make_odd_kind(o->plan->odd);
	return testca_issue(ca, o->name, e);
}

static int
make_odd_revoke(const struct flows *f, const struct odd *o,
    const struct testca *ca, struct err *e)
{
	struct testca by = *ca;
	struct testca_revoked done;
	bool above = o->plan->odd == ODD_CA_REVOKED;

	by.by = NULL;
	by.days = FLOWS_CRL_DAYS;
	if (!above && o->plan->odd != ODD_REVOKED)
		return 0;
	if (testca_revoke(&by, above ? flows_between : o->name, &done, e) ==
		-1 ||
	    make_give(o->ca, "crl", f->root, o->judge, e) == -1)
		return -1;
	return !above ? 0
		      : make_give(o->ca, "ca_cert", flows_between, o->judge, e);
}

/* Issues the odd certificate in a CA folder of its own, and copies it to both
 * sides. */
static int
make_odd_make(
    struct flows *f, const struct odd *o, const char *base, struct err *e)
{
	struct testca ca = {.dir = o->ca, .days = FLOWS_DAYS, .at = f->at};
	char above[SCRATCH_PATH];

	make_join(above, base, "ca");
	if (o->plan->odd == ODD_UNTRUSTED) {
		if (testca_init(&ca, "other", e) == -1)
			return -1;
	} else if (f->ca != NULL)
		ca.from = f->ca;
	else if (make_give_pair(above, "root", f->root, o->ca, e) == -1)
		return -1;
	if (make_odd_issue(f, o, &ca, e) == -1 ||
	    make_odd_revoke(f, o, &ca, e) == -1)
		return -1;
	if (make_give_pair(
		o->ca, o->tls ? "domain" : "user", o->name, o->owner, e) == -1)
		return -1;
	return o->tls ? 0 : make_give(o->ca, "user_cert", o->name, o->judge, e);
}

/* Makes key stores of its own with the good certificates of base. */
static int
make_odd_stores(struct flows *f, const struct odd *o, const char *base,
    const char *dir, struct err *e)
{
	char ca[SCRATCH_PATH];

	make_join(ca, base, "ca");
	if (scratch_folder(dir, e) == -1 || scratch_folder(o->ca, e) == -1 ||
	    make_share_out(f, ca, dir, e) == -1)
		return -1;
	return 0;
}

static void
make_odd_set_up(const struct flows *f, const struct flows_plan *p,
    const char *dir, struct odd *o, struct flows_keys *keys)
{
	bool sender; /* the odd certificate is the sender's */

	*o = (struct odd){.plan = p, .tls = flows_is_tls(p)};
	sender = o->tls == p->turned;
	make_join(keys->sender, dir, "sender");
	make_join(keys->recipient, dir, "recipient");
	make_join(o->ca, dir, "ca");
	(void)snprintf(o->owner, sizeof(o->owner), "%s",
	    sender ? keys->sender : keys->recipient);
	(void)snprintf(o->judge, sizeof(o->judge), "%s",
	    sender ? keys->recipient : keys->sender);
	(void)snprintf(o->name, sizeof(o->name), "%.255s",
	    !o->tls                     ? (sender ? f->us.key : f->them.key)
		: sender                ? f->us.host
		: p->odd == ODD_ADDRESS ? f->address
					: f->them.host);
}

/* Returns whether the flow uses the key store of --keys: with a peer all but
 * scenarios do, else all flows with RSA keys; never with an odd certificate. */
static bool
make_uses_own(const struct flows *f, const struct flows_plan *p)
{
	return f->config->keys != NULL &&
	    (f->peer != NULL ? !flows_is_scenario(p) : !flows_is_ec(p)) &&
	    p->odd == ODD_NOTHING;
}

static int
make_own_keys(const char *dir, struct flows_keys *out, struct err *e)
{
	if (strlen(dir) >= sizeof(out->sender))
		return err_set(e, EX_USAGE,
		    "the name of the key store is too long for flows: %s", dir);
	(void)snprintf(out->sender, sizeof(out->sender), "%s", dir);
	(void)snprintf(out->recipient, sizeof(out->recipient), "%s", dir);
	return 0;
}

int
flows_make(struct flows *f, const struct flows_plan *p, struct flows_keys *out,
    struct err *e)
{
	bool ec = flows_is_ec(p);
	char base[SCRATCH_PATH], dir[SCRATCH_PATH], name[64];
	struct odd odd;

	if (make_uses_own(f, p))
		return make_own_keys(f->config->keys, out, e);
	make_join(base, f->dir, make_base_name(ec));
	if (!f->made[ec] && make_base(f, ec, e) == -1)
		return -1;
	if (p->odd == ODD_NOTHING) {
		make_join(out->sender, base, "sender");
		make_join(out->recipient, base, "recipient");
		return 0;
	}
	(void)snprintf(
	    name, sizeof(name), "%s%s", p->name, p->turned ? "-turned" : "");
	make_join(dir, f->dir, name);
	make_odd_set_up(f, p, dir, &odd, out);
	if (make_odd_stores(f, &odd, base, dir, e) == -1 ||
	    make_odd_make(f, &odd, base, e) == -1)
		return -1;
	return 0;
}

/* --- a run ---------------------------------------------------------------- */

/* Finds the root in the folder f->ca: the only one that has its key there. */
static int
make_find_root(struct flows *f, struct err *e)
{
	struct keystore_item *items;
	struct keystore *ks;
	size_t count, found = 0;

	if (f->ca == NULL) {
		f->root = xstrdup(flows_root);
		return 0;
	}
	if (keystore_open(f->ca, false, &ks, e) == -1)
		return -1;
	if (keystore_list(ks, NULL, &items, &count, e) == -1) {
		keystore_free(ks);
		return -1;
	}
	for (size_t i = 0; i < count; i++)
		if (items[i].kind == KEYSTORE_ROOT && items[i].has_private) {
			free(f->root);
			f->root = xstrdup(items[i].name);
			found++;
		}
	keystore_items_free(items, count);
	keystore_free(ks);
	if (found == 1)
		return 0;
	if (found > 1)
		return err_set(e, EX_CONFIG,
		    "%s holds more than one root with its key; name a folder "
		    "with one",
		    f->ca);
	(void)err_set(
	    e, EX_CONFIG, "there is no root with its key in %s", f->ca);
	return err_because(e, CAUSE_NO_CA, f->ca);
}

int
flows_begin(struct flows *f, struct err *e)
{
	f->dir[0] = '\0';
	if (make_find_root(f, e) == -1)
		return -1;
	if (scratch_new("flows", f->dir, e) == -1)
		return -1;
	scratch_watch(f->dir, &f->guard);
	return 0;
}

void
flows_end(struct flows *f)
{
	if (f->dir[0] != '\0')
		scratch_end(f->dir, &f->guard);
	f->dir[0] = '\0';
	free(f->root);
	f->root = NULL;
}
