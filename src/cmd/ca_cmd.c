#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "keys/ca/testca.h"
#include "keys/ca/wellknown.h"
#include "src/app/secret.h"
#include "src/app/verb.h"
#include "src/cmd/verbs.h"

enum { CA_DAYS = 3650, ISSUE_DAYS = 1095, CRL_DAYS = 30, DAYS_MAX = 36500 };
enum { PATHLEN_MAX = 16 };

/* The arguments of an action. */
struct ca_args {
	const struct verb_args *a;
	struct testca ca;
};

/* --- the actions ---------------------------------------------------------- */

/* Prints a warning about the well-known root, even with --quiet: anyone can
 * forge certificates below it. */
static void
ca_warn_well_known(const char *text)
{
	fprintf(stderr, "signet: %s\n", text);
}

static int
ca_init(const struct config *c, const struct ca_args *o, struct err *e)
{
	const char *name = verb_value(o->a, "name");

	(void)c;
	if (!verb_has(o->a, "well-known"))
		return testca_init(&o->ca, name != NULL ? name : "testCA", e);
	if (name != NULL || o->ca.type != NULL)
		return err_set(e, EX_USAGE,
		    "the well-known root has a fixed name and key: leave out "
		    "--name and --type");
	ca_warn_well_known(
	    "warning: the private key of this root is public, so it proves "
	    "nothing; it is RSA-1024 with SHA-1 and expired in 2013, so it "
	    "needs --legacy and --at");
	return testca_well_known(&o->ca, e);
}

static int
ca_issue(const struct config *c, const struct ca_args *o, struct err *e)
{
	(void)c;
	return testca_issue(&o->ca, o->a->words[1], e);
}

static int
ca_revoke(const struct config *c, const struct ca_args *o, struct err *e)
{
	struct testca_revoked done;
	struct buf text = {0};
	int rc = testca_revoke(&o->ca, o->a->words[1], &done, e);

	if (rc == 0 && done.known > 0) {
		buf_addf(&text, "the certificate of %s was already revoked",
		    o->a->words[1]);
		verb_note(c, (char *)text.p);
	}
	buf_free(&text);
	return rc;
}

static int
ca_crl(const struct config *c, const struct ca_args *o, struct err *e)
{
	(void)c;
	return testca_crl(&o->ca, e);
}

/* --- the rows ------------------------------------------------------------- */

typedef int ca_fn(
    const struct config *c, const struct ca_args *o, struct err *e);

/* Fills *o from the options. days is the default of --days. */
static int
ca_options(const struct config *c, const struct verb_args *a, unsigned days,
    struct ca_args *o, struct err *e)
{
	*o = (struct ca_args){.a = a,
	    .ca = {.dir = a->words[0],
		.legacy = c->policy.legacy,
		.at = c->policy.at,
		.ask = secret_passphrase,
		.ask_arg = c->passphrase_command,
		.days = days,
		.type = verb_value(a, "type"),
		.by = verb_value(a, "by"),
		.ca = verb_has(a, "ca"),
		.p12 = verb_has(a, "p12"),
		.force = verb_has(a, "force")}};
	if (verb_has(a, "pathlen") && !o->ca.ca)
		return verb_usage(a, e);
	if (verb_number(a, "pathlen", PATHLEN_MAX, &o->ca.pathlen, e) == -1)
		return -1;
	return verb_number(a, "days", DAYS_MAX, &o->ca.days, e);
}

static int
ca_run(
    const struct config *c, const struct verb_args *a, unsigned days, ca_fn *fn)
{
	struct ca_args o;
	struct keystore *ks;
	struct err e = {0};
	int rc = ca_options(c, a, days, &o, &e);

	if (rc == 0 && !verb_has(a, "well-known") &&
	    keystore_open(o.ca.dir, false, &ks, &e) == 0) {
		if (wellknown_trusted(ks))
			ca_warn_well_known(wellknown_warning);
		keystore_free(ks);
	}
	if (rc == 0)
		rc = fn(c, &o, &e);
	config_advise(c, &e);
	return rc == 0 ? 0 : verb_fail(&e);
}

static int
ca_run_init(const struct config *c, const struct verb_args *a)
{
	return ca_run(c, a, CA_DAYS, ca_init);
}

static int
ca_run_issue(const struct config *c, const struct verb_args *a)
{
	return ca_run(c, a, ISSUE_DAYS, ca_issue);
}

static int
ca_run_revoke(const struct config *c, const struct verb_args *a)
{
	return ca_run(c, a, CRL_DAYS, ca_revoke);
}

static int
ca_run_crl(const struct config *c, const struct verb_args *a)
{
	return ca_run(c, a, CRL_DAYS, ca_crl);
}

#define OPTION_TYPE                                                  \
	{                                                            \
		"type", 0, "p256|rsa:2048", "the kind of key (p256)" \
	}
#define OPTION_DAYS                                         \
	{                                                   \
		"days", 0, "N", "how many days it is valid" \
	}
#define OPTION_BY                                       \
	{                                               \
		"by", 0, "NAME", "the CA that signs it" \
	}
#define OPTION_FORCE                                       \
	{                                                  \
		"force", 0, NULL, "replace existing files" \
	}
#define OPTION_END                  \
	{                           \
		NULL, 0, NULL, NULL \
	}

static const struct verb_option init_own[] = {
    {"name", 0, "NAME", "name of the root (testCA)"},
    {"well-known", 0, NULL, "the draft's root, whose key is public"},
    OPTION_TYPE, OPTION_DAYS, OPTION_FORCE, OPTION_END};
static const struct verb_option issue_own[] = {
    {"ca", 0, NULL, "make an intermediate CA"},
    {"pathlen", 0, "N", "with --ca: how many CAs may be below it"}, OPTION_BY,
    OPTION_TYPE, OPTION_DAYS, {"p12", 0, NULL, "write a PKCS#12 file too"},
    OPTION_FORCE, OPTION_END};
static const struct verb_option revoke_own[] = {OPTION_DAYS, OPTION_END};
static const struct verb_option crl_own[] = {
    OPTION_BY, OPTION_DAYS, OPTION_END};

static const struct verb ca_actions[] = {
    {.name = "ca init",
	.args = "DIR [--name NAME | --well-known] [--type p256|rsa:2048] "
		"[--days N] [--force]",
	.help = "make a root",
	.options = init_own,
	.least = 1,
	.most = 1,
	.run = ca_run_init},
    {.name = "ca issue",
	.args = "DIR NAME [--ca [--pathlen N]] [--by NAME] "
		"[--type p256|rsa:2048] [--days N] [--p12] [--force]",
	.help = "make a key and a certificate for an address or a host",
	.options = issue_own,
	.least = 2,
	.most = 2,
	.run = ca_run_issue},
    {.name = "ca revoke",
	.args = "DIR NAME|FILE [--days N]",
	.help = "revoke a certificate and sign the CRL",
	.options = revoke_own,
	.least = 2,
	.most = 2,
	.run = ca_run_revoke},
    {.name = "ca crl",
	.args = "DIR [--by NAME] [--days N]",
	.help = "sign the CRL again",
	.options = crl_own,
	.least = 1,
	.most = 1,
	.run = ca_run_crl},
    {.name = NULL},
};

const struct verb ca_verb = {.name = "ca",
    .args = "init|issue|revoke|crl DIR ...",
    .help = "a test CA, not for real use",
    .more = "All files are in DIR, named as in the key store.",
    .settings = "passphrase-command at legacy",
    .actions = ca_actions};
