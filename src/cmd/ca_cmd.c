#include <getopt.h>
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

/* The options of all of them; each takes what it knows. */
struct ca_options {
	struct testca ca;
	const char *name;
	bool well_known;
	char **words;
};

struct ca_action {
	const char *name, *usage;
	const char *options; /* letters that it takes */
	int (*run)(
	    const struct config *c, const struct ca_options *o, struct err *e);
	int words; /* with DIR */
	unsigned days;
};

/* --- the actions ----------------------------------------------------------- */

/* Said whoever wants quiet: who overlooks it can be fooled by anybody. */
static void
warn_well_known(const char *words)
{
	fprintf(stderr, "signet: %s\n", words);
}

static int
ca_init(const struct config *c, const struct ca_options *o, struct err *e)
{
	(void)c;
	if (!o->well_known)
		return testca_init(
		    &o->ca, o->name != NULL ? o->name : "testCA", e);
	if (o->name != NULL || o->ca.type != NULL)
		return err_set(e, EX_USAGE,
		    "the well-known root has its "
		    "name and its key already");
	warn_well_known(
	    "warning: everybody has the private key of this "
	    "root, so it vouches for nothing; it is RSA-1024 with SHA-1 and "
	    "expired in 2013, so it serves with --legacy and --at alone");
	return testca_well_known(&o->ca, e);
}

static int
ca_issue(const struct config *c, const struct ca_options *o, struct err *e)
{
	(void)c;
	return testca_issue(&o->ca, o->words[1], e);
}

static int
ca_revoke(const struct config *c, const struct ca_options *o, struct err *e)
{
	struct testca_revoked done;
	struct buf words = {0};
	int rc = testca_revoke(&o->ca, o->words[1], &done, e);

	if (rc == 0 && done.known > 0) {
		buf_addf(&words, "the certificate of %s was revoked before",
		    o->words[1]);
		verb_note(c, (char *)words.p);
	}
	buf_free(&words);
	return rc;
}

static int
ca_crl(const struct config *c, const struct ca_options *o, struct err *e)
{
	(void)c;
	return testca_crl(&o->ca, e);
}

static const struct ca_action actions[] = {
    {"init",
	"DIR [--name NAME | --well-known] [--type p256|rsa:2048] "
	"[--days N] [--force]",
	"nwtdf", ca_init, 1, CA_DAYS},
    {"issue",
	"DIR NAME [--ca [--pathlen N]] [--by NAME] "
	"[--type p256|rsa:2048] [--days N] [--p12] [--force]",
	"clbtdpf", ca_issue, 2, ISSUE_DAYS},
    {"revoke", "DIR NAME|FILE [--days N]", "d", ca_revoke, 2, CRL_DAYS},
    {"crl", "DIR [--by NAME] [--days N]", "bd", ca_crl, 1, CRL_DAYS},
};

enum { ACTIONS = sizeof(actions) / sizeof(actions[0]) };

/* --- arguments ------------------------------------------------------------- */

static int
parse_number(const char *name, const char *text, unsigned max, unsigned *out,
    struct err *e)
{
	uint64_t n;

	if (!number_parse(span_str(text), max, &n))
		return err_set(e, EX_USAGE,
		    "--%s takes a number up to %u, "
		    "not \"%s\"",
		    name, max, text);
	*out = (unsigned)n;
	return 0;
}

static int
take_option(int c, struct ca_options *o, struct err *e)
{
	switch (c) {
	case 'n':
		o->name = optarg;
		break;
	case 'w':
		o->well_known = true;
		break;
	case 't':
		o->ca.type = optarg;
		break;
	case 'b':
		o->ca.by = optarg;
		break;
	case 'c':
		o->ca.ca = true;
		break;
	case 'p':
		o->ca.p12 = true;
		break;
	case 'l':
		return parse_number(
		    "pathlen", optarg, PATHLEN_MAX, &o->ca.pathlen, e);
	case 'd':
		return parse_number("days", optarg, DAYS_MAX, &o->ca.days, e);
	default:
		o->ca.force = true;
		break;
	}
	return 0;
}

static int
parse_options(const struct ca_action *a, int argc, char **argv,
    struct ca_options *o, struct err *e)
{
	static const struct option known[] = {
	    {"name", required_argument, NULL, 'n'},
	    {"well-known", no_argument, NULL, 'w'},
	    {"type", required_argument, NULL, 't'},
	    {"days", required_argument, NULL, 'd'},
	    {"by", required_argument, NULL, 'b'},
	    {"ca", no_argument, NULL, 'c'},
	    {"pathlen", required_argument, NULL, 'l'},
	    {"p12", no_argument, NULL, 'p'},
	    {"force", no_argument, NULL, 'f'},
	    {NULL, 0, NULL, 0},
	};
	bool below = false;
	int c;

	optind = 1;
	opterr = 0;
	while ((c = getopt_long(argc, argv, ":", known, NULL)) != -1) {
		if (c == '?' || c == ':' || strchr(a->options, c) == NULL)
			return err_set(e, EX_USAGE, "usage: signet ca %s %s",
			    a->name, a->usage);
		if (take_option(c, o, e) == -1)
			return -1;
		below = below || c == 'l';
	}
	o->words = argv + optind;
	if (argc - optind != a->words || (below && !o->ca.ca))
		return err_set(
		    e, EX_USAGE, "usage: signet ca %s %s", a->name, a->usage);
	o->ca.dir = o->words[0];
	return 0;
}

static int
ca_run(const struct config *c, int argc, char **argv, struct err *e)
{
	const struct ca_action *a = NULL;
	struct ca_options o = {.ca = {.legacy = c->policy.legacy,
				   .at = c->policy.at,
				   .ask = secret_ask,
				   .ask_arg = c->passphrase_command}};
	struct keystore *ks;
	size_t i;

	for (i = 0; argc > 0 && i < ACTIONS; i++)
		if (strcmp(argv[0], actions[i].name) == 0)
			a = &actions[i];
	if (a == NULL)
		return err_set(e, EX_USAGE,
		    "usage: signet ca init|issue|revoke|crl DIR ...");
	o.ca.days = a->days;
	if (parse_options(a, argc, argv, &o, e) == -1)
		return -1;
	if (!o.well_known && keystore_open(o.ca.dir, false, &ks, e) == 0) {
		if (wellknown_trusted(ks))
			warn_well_known(wellknown_warning);
		keystore_free(ks);
	}
	return a->run(c, &o, e);
}

int
ca_cmd(const struct config *c, int argc, char **argv)
{
	struct err e = {0, ""};

	return ca_run(c, argc - 1, argv + 1, &e) == 0 ? 0 : verb_fail(&e);
}
