#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/app/keyring.h"
#include "src/app/verb.h"
#include "src/cmd/verbs.h"

enum { DAYS_DEFAULT = 1095 };

/* The options of all of them; each takes what it knows. */
struct keys_options {
	const char *as, *type, *name;
	unsigned days;
	bool force, yes, with_private;
	char **words;
	int count;
};

struct keys_action {
	const char *name, *usage;
	const char *options; /* letters of keys_options that it takes */
	int (*run)(const struct config *cfg, struct keystore *ks,
	    const struct keys_options *o, struct err *e);
	bool creates; /* the key store, where it is not there */
	int least, most;
};

/* Writes b to standard output and frees it. */
static int
put_out(struct buf *b, struct err *e)
{
	int rc = 0;

	if (b->n > 0 &&
	    (fwrite(b->p, 1, b->n, stdout) != b->n || fflush(stdout) != 0))
		rc = err_set(e, EX_IOERR,
		    "standard output cannot be "
		    "written: %s",
		    strerror(errno));
	buf_wipe(b);
	return rc;
}

/* --- the actions ----------------------------------------------------------- */

/* The NAME that was given, or who I am. */
static const char *
name_or_me(
    const struct config *cfg, const struct keys_options *o, struct err *e)
{
	if (o->count > 0)
		return o->words[0];
	if (cfg->aors.count == 0)
		err_set(e, EX_USAGE, "say whose: give a NAME, or --aor");
	return cfg->aors.count == 0 ? NULL : cfg->aors.items[0];
}

static int
keys_list(const struct config *cfg, struct keystore *ks,
    const struct keys_options *o, struct err *e)
{
	struct keystore_item *items;
	struct buf out = {0};
	size_t count, i;

	(void)o;
	if (!cfg->json)
		return keyring_list(ks, &out, e) == -1 ? -1 : put_out(&out, e);
	if (keystore_list(ks, NULL, &items, &count, e) == -1)
		return -1;
	for (i = 0; i < count; i++)
		keyring_json(&out, &items[i]);
	keystore_items_free(items, count);
	return put_out(&out, e);
}

/* Describes what is here of name in out. */
static int
describe(const struct config *cfg, struct keystore *ks, const char *name,
    struct buf *out, struct err *e)
{
	struct keystore_item *items;
	size_t count, i;

	if (!cfg->json)
		return keyring_show(ks, name, out, e);
	if (keyring_find(ks, name, &items, &count, e) == -1)
		return -1;
	for (i = 0; i < count; i++)
		keyring_json(out, &items[i]);
	keystore_items_free(items, count);
	return 0;
}

static int
keys_show(const struct config *cfg, struct keystore *ks,
    const struct keys_options *o, struct err *e)
{
	const char *name = name_or_me(cfg, o, e);
	struct buf out = {0};

	if (name == NULL)
		return -1;
	if (describe(cfg, ks, name, &out, e) == -1) {
		buf_free(&out);
		return -1;
	}
	return put_out(&out, e);
}

static int
keys_new(const struct config *cfg, struct keystore *ks,
    const struct keys_options *o, struct err *e)
{
	const struct keystore_new how = {o->type, o->days, o->force};
	const char *name = name_or_me(cfg, o, e);
	struct buf out = {0};

	if (name == NULL || keystore_make(ks, name, &how, e) == -1)
		return -1;
	if (cfg->quiet)
		return 0;
	if (describe(cfg, ks, name, &out, e) == -1) {
		buf_free(&out);
		return -1;
	}
	return put_out(&out, e);
}

static int
keys_csr(const struct config *cfg, struct keystore *ks,
    const struct keys_options *o, struct err *e)
{
	const struct keystore_new how = {o->type, o->days, false};
	const char *name = name_or_me(cfg, o, e);
	struct buf pem = {0};

	if (name == NULL || keystore_request(ks, name, &how, &pem, e) == -1) {
		buf_free(&pem);
		return -1;
	}
	return put_out(&pem, e);
}

static int
import_one(const struct config *cfg, struct keystore *ks,
    const struct keys_options *o, const char *path, struct err *e)
{
	const struct keystore_import_opts how = {
	    path, o->as != NULL, o->force, o->name};
	struct keystore_item *items = NULL;
	struct buf out = {0};
	size_t count = 0, i;
	int rc = keyring_take(ks, &how, &items, &count, e);

	for (i = 0; rc == 0 && i < count; i++)
		if (cfg->json)
			keyring_json(&out, &items[i]);
		else if (!cfg->quiet)
			keyring_row(&out, &items[i]);
	keystore_items_free(items, count);
	if (rc == 0)
		return put_out(&out, e);
	buf_free(&out);
	return rc;
}

static int
keys_import(const struct config *cfg, struct keystore *ks,
    const struct keys_options *o, struct err *e)
{
	int i;

	if (o->as != NULL && strcmp(o->as, "root") != 0)
		return err_set(
		    e, EX_USAGE, "--as takes root alone, not \"%s\"", o->as);
	for (i = 0; i < o->count; i++)
		if (import_one(cfg, ks, o, o->words[i], e) == -1)
			return -1;
	return 0;
}

static int
keys_export(const struct config *cfg, struct keystore *ks,
    const struct keys_options *o, struct err *e)
{
	const char *name = name_or_me(cfg, o, e);
	struct buf pem = {0};

	if (name == NULL ||
	    keystore_export(ks, name, o->with_private, &pem, e) == -1) {
		buf_wipe(&pem);
		return -1;
	}
	return put_out(&pem, e);
}

/* Asks on the terminal, whatever standard input is. */
static int
confirm(const char *question, struct err *e)
{
	FILE *tty = fopen("/dev/tty", "r+");
	char answer[16] = "";

	if (tty == NULL)
		return err_set(e, EX_USAGE,
		    "there is no terminal to ask on; "
		    "--yes answers for a script");
	fprintf(tty, "%s [y/n] ", question);
	fflush(tty);
	if (fgets(answer, sizeof(answer), tty) == NULL)
		answer[0] = '\0';
	fclose(tty);
	if (answer[0] == 'y' || answer[0] == 'Y')
		return 0;
	return err_set(e, EX_NOPERM, "not trusted: nobody said yes");
}

static int
keys_trust(const struct config *cfg, struct keystore *ks,
    const struct keys_options *o, struct err *e)
{
	struct buf out = {0};
	char hex[65];
	struct aor who;
	int rc;

	if (aor_parse(span_str(o->words[0]), &who, e) == -1)
		return -1;
	rc = keyring_fingerprint(ks, &who, hex, e);
	if (rc == 0 && !(o->yes && cfg->quiet))
		rc = keyring_show(ks, who.key, &out, e);
	if (rc == 0)
		rc = put_out(&out, e);
	else
		buf_free(&out);
	if (rc == 0 && !o->yes)
		rc = confirm("Does the other side see the same?", e);
	if (rc == 0)
		rc = keystore_trust(ks, &who, hex, e);
	aor_free(&who);
	return rc;
}

static int
keys_untrust(const struct config *cfg, struct keystore *ks,
    const struct keys_options *o, struct err *e)
{
	struct aor who;
	int rc;

	(void)cfg;
	if (aor_parse(span_str(o->words[0]), &who, e) == -1)
		return -1;
	rc = keystore_untrust(ks, &who, e);
	aor_free(&who);
	return rc;
}

static int
keys_remove(const struct config *cfg, struct keystore *ks,
    const struct keys_options *o, struct err *e)
{
	(void)cfg;
	return keystore_remove(ks, o->words[0], o->force, e);
}

static const struct keys_action actions[] = {
    {"list", "", "", keys_list, false, 0, 0},
    {"show", "[NAME]", "", keys_show, false, 0, 1},
    {"new", "[NAME] [--type p256|rsa:2048] [--days N] [--force]", "tdf",
	keys_new, true, 0, 1},
    {"csr", "[NAME] [--type p256|rsa:2048]", "t", keys_csr, true, 0, 1},
    {"import", "FILE... [--as root] [--name NAME] [--force]", "anf",
	keys_import, true, 1, 1000000},
    {"export", "[NAME] [--private]", "p", keys_export, false, 0, 1},
    {"trust", "AOR [--yes]", "y", keys_trust, false, 1, 1},
    {"untrust", "AOR", "", keys_untrust, false, 1, 1},
    {"remove", "NAME [--force]", "f", keys_remove, false, 1, 1},
};

enum { ACTIONS = sizeof(actions) / sizeof(actions[0]) };

/* --- arguments ------------------------------------------------------------- */

static int
parse_options(const struct keys_action *a, int argc, char **argv,
    struct keys_options *o, struct err *e)
{
	static const struct option known[] = {
	    {"as", required_argument, NULL, 'a'},
	    {"name", required_argument, NULL, 'n'},
	    {"aor", required_argument, NULL, 'n'},
	    {"type", required_argument, NULL, 't'},
	    {"days", required_argument, NULL, 'd'},
	    {"force", no_argument, NULL, 'f'},
	    {"yes", no_argument, NULL, 'y'},
	    {"private", no_argument, NULL, 'p'},
	    {NULL, 0, NULL, 0},
	};
	uint64_t days;
	int c;

	*o = (struct keys_options){.days = DAYS_DEFAULT};
	optind = 1;
	opterr = 0;
	while ((c = getopt_long(argc, argv, ":", known, NULL)) != -1) {
		if (c == '?' || c == ':' || strchr(a->options, c) == NULL)
			return err_set(e, EX_USAGE,
			    "usage: signet keys %s "
			    "%s",
			    a->name, a->usage);
		switch (c) {
		case 'a':
			o->as = optarg;
			break;
		case 'n':
			o->name = optarg;
			break;
		case 't':
			o->type = optarg;
			break;
		case 'd':
			if (!number_parse(span_str(optarg), 36500, &days))
				return err_set(e, EX_USAGE,
				    "--days takes a "
				    "number up to 36500, not \"%s\"",
				    optarg);
			o->days = (unsigned)days;
			break;
		case 'f':
			o->force = true;
			break;
		case 'y':
			o->yes = true;
			break;
		default:
			o->with_private = true;
			break;
		}
	}
	o->words = argv + optind;
	o->count = argc - optind;
	if (o->count < a->least || o->count > a->most)
		return err_set(
		    e, EX_USAGE, "usage: signet keys %s %s", a->name, a->usage);
	return 0;
}

static int
keys_run(const struct config *cfg, int argc, char **argv, struct err *e)
{
	const struct keys_action *a = NULL;
	struct keys_options o;
	struct keystore *ks;
	size_t i;
	int rc;

	for (i = 0; argc > 0 && i < ACTIONS; i++)
		if (strcmp(argv[0], actions[i].name) == 0)
			a = &actions[i];
	if (a == NULL)
		return err_set(e, EX_USAGE,
		    "usage: signet keys list|show|"
		    "new|csr|import|export|trust|untrust|remove");
	if (parse_options(a, argc, argv, &o, e) == -1 ||
	    verb_keystore(cfg, a->creates, &ks, e) == -1)
		return -1;
	rc = a->run(cfg, ks, &o, e);
	keystore_free(ks);
	return rc;
}

int
keys_cmd(const struct config *cfg, int argc, char **argv)
{
	struct err e = {0, ""};

	return keys_run(cfg, argc - 1, argv + 1, &e) == 0 ? 0 : verb_fail(&e);
}
