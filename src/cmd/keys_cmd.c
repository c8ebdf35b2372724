#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/app/keyring.h"
#include "src/app/verb.h"
#include "src/cmd/keys_compare.h"
#include "src/cmd/keys_meet.h"
#include "src/cmd/verbs.h"
#include "src/store/key_watch.h"

enum { DAYS_DEFAULT = 1095, DAYS_MAX = 36500 };

/* Writes b to standard output and frees it. */
static int
keys_put_out(struct buf *b, struct err *e)
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

/* --- the actions ---------------------------------------------------------- */

/* Returns the NAME argument, or our first address; NULL if there is neither. */
static const char *
keys_name_or_me(
    const struct config *cfg, const struct verb_args *a, struct err *e)
{
	if (a->count > 0)
		return a->words[0];
	if (cfg->aors.count == 0)
		err_set(e, EX_USAGE, "no name is given: give NAME, or --aor");
	return cfg->aors.count == 0 ? NULL : cfg->aors.items[0];
}

static const char *
keys_me(const struct config *cfg)
{
	return cfg->aors.count > 0 ? cfg->aors.items[0] : NULL;
}

static int
keys_list(const struct config *cfg, struct keystore *ks,
    const struct verb_args *a, struct err *e)
{
	struct keystore_item *items;
	struct buf out = {0};
	size_t count;

	(void)a;
	if (!cfg->json)
		return keyring_list(ks, &cfg->policy, &out, e) == -1
		    ? -1
		    : keys_put_out(&out, e);
	if (keystore_list(ks, NULL, &items, &count, e) == -1)
		return -1;
	keys_put_json(cfg, items, count, &out);
	keystore_items_free(items, count);
	return keys_put_out(&out, e);
}

/* Appends the items of name, as text or JSON. */
static int
keys_describe(const struct config *cfg, struct keystore *ks, const char *name,
    struct buf *out, struct err *e)
{
	struct keystore_item *items;
	size_t count;

	if (!cfg->json)
		return keyring_show(
		    ks, &cfg->policy, keys_me(cfg), name, out, e);
	if (keyring_find(ks, name, &items, &count, e) == -1)
		return -1;
	keys_put_json(cfg, items, count, out);
	keystore_items_free(items, count);
	return 0;
}

static int
keys_show(const struct config *cfg, struct keystore *ks,
    const struct verb_args *a, struct err *e)
{
	const char *name = keys_name_or_me(cfg, a, e);
	struct buf out = {0};

	if (name == NULL)
		return -1;
	if ((verb_has(a, "qr") ? keys_put_code(ks, name, &out, e)
			       : keys_describe(cfg, ks, name, &out, e)) == -1) {
		buf_free(&out);
		return -1;
	}
	return keys_put_out(&out, e);
}

static int
keys_check(const struct config *cfg, struct keystore *ks,
    const struct verb_args *a, struct err *e)
{
	struct buf out = {0};

	if (keys_check_scanned(ks, a->words[0], &out, e) == -1)
		return -1;
	if (cfg->quiet)
		out.n = 0;
	return keys_put_out(&out, e);
}

static int
keys_new_options(
    const struct verb_args *a, struct keystore_new *how, struct err *e)
{
	*how = (struct keystore_new){
	    verb_value(a, "type"), DAYS_DEFAULT, verb_has(a, "force")};
	return verb_number(a, "days", DAYS_MAX, &how->days, e);
}

static int
keys_new(const struct config *cfg, struct keystore *ks,
    const struct verb_args *a, struct err *e)
{
	const char *name = keys_name_or_me(cfg, a, e);
	struct keystore_new how;
	struct buf out = {0};

	if (name == NULL || keys_new_options(a, &how, e) == -1 ||
	    keystore_make(ks, name, &how, e) == -1)
		return -1;
	if (cfg->quiet)
		return 0;
	if (keys_describe(cfg, ks, name, &out, e) == -1) {
		buf_free(&out);
		return -1;
	}
	return keys_put_out(&out, e);
}

static int
keys_csr(const struct config *cfg, struct keystore *ks,
    const struct verb_args *a, struct err *e)
{
	const char *name = keys_name_or_me(cfg, a, e);
	struct keystore_new how;
	struct buf pem = {0};

	if (name == NULL || keys_new_options(a, &how, e) == -1 ||
	    keystore_request(ks, name, &how, &pem, e) == -1) {
		buf_free(&pem);
		return -1;
	}
	return keys_put_out(&pem, e);
}

/* A file to import. */
struct keys_file {
	const char *path;
	struct buf data;
	bool no_cert; /* it has a key whose certificate was not there yet */
};

static int
keys_import_one(const struct config *cfg, struct keystore *ks,
    const struct verb_args *a, struct keys_file *f, struct err *e)
{
	struct keystore_item *items = NULL;
	struct buf out = {0}, left = {0};
	struct keystore_import_opts how = {.path = f->path,
	    .as_root = verb_has(a, "as"),
	    .force = verb_has(a, "force"),
	    .name = verb_value(a, "name"),
	    .left = &left,
	    .no_cert = &f->no_cert};
	size_t count = 0, i;
	int rc;

	f->no_cert = false;
	rc = keystore_import(ks, span_buf(&f->data), &how, &items, &count, e);
	if (rc == 0 && cfg->json)
		keys_put_json(cfg, items, count, &out);
	for (i = 0; rc == 0 && i < count && !cfg->json && !cfg->quiet; i++)
		keyring_row(&out, &items[i]);
	keystore_items_free(items, count);
	if (rc == 0)
		rc = keys_put_out(&out, e);
	if (rc == 0 && left.n > 0)
		fwrite(left.p, 1, left.n, stderr);
	buf_free(&left);
	buf_free(&out);
	return rc;
}

/* Imports the files of one pass that are left. Keys alone come after the
 * certificates that they belong to, and so does, in the last pass, a file of
 * which a key had no certificate before. */
static int
keys_import_pass(const struct config *cfg, struct keystore *ks,
    const struct verb_args *a, struct keys_file *files, int pass, struct err *e)
{
	int i;

	for (i = 0; i < a->count; i++) {
		struct keys_file *f = &files[i];

		if (f->path == NULL ||
		    (pass == 0 &&
			keystore_import_only_keys(span_buf(&f->data))))
			continue;
		if (keys_import_one(cfg, ks, a, f, e) == 0)
			f->path = NULL;
		else if (!f->no_cert || pass == 2)
			return -1;
	}
	return 0;
}

static int
keys_import(const struct config *cfg, struct keystore *ks,
    const struct verb_args *a, struct err *e)
{
	const char *as = verb_value(a, "as");
	struct keys_file *files;
	int rc = 0, i, pass;

	if (as != NULL && strcmp(as, "root") != 0)
		return err_set(
		    e, EX_USAGE, "--as must be root, not \"%s\"", as);
	files = xcalloc((size_t)a->count, sizeof(*files));
	for (i = 0; i < a->count && rc == 0; i++) {
		files[i].path = a->words[i];
		rc = keyring_read_file(a->words[i], &files[i].data, e);
	}
	for (pass = 0; pass < 3 && rc == 0; pass++)
		rc = keys_import_pass(cfg, ks, a, files, pass, e);
	for (i = 0; i < a->count; i++)
		buf_wipe(&files[i].data);
	free(files);
	return rc;
}

static int
keys_export(const struct config *cfg, struct keystore *ks,
    const struct verb_args *a, struct err *e)
{
	const char *name = keys_name_or_me(cfg, a, e);
	struct buf pem = {0};

	if (name == NULL ||
	    keystore_export(ks, name, verb_has(a, "private"), &pem, e) == -1) {
		buf_wipe(&pem);
		return -1;
	}
	return keys_put_out(&pem, e);
}

/* Asks on the controlling terminal, even if standard input is redirected. */
static int
keys_ask(const char *question, char *answer, struct err *e)
{
	FILE *tty = fopen("/dev/tty", "r+");
	char line[16] = "";

	if (tty == NULL)
		return err_set(e, EX_USAGE,
		    "there is no terminal to ask on: scripts need --yes");
	fprintf(tty, "%s ", question);
	fflush(tty);
	if (fgets(line, sizeof(line), tty) == NULL)
		line[0] = '\0';
	fclose(tty);
	*answer = line[0];
	return 0;
}

static int
keys_confirm(const char *question, struct err *e)
{
	char answer;

	if (keys_ask(question, &answer, e) == -1)
		return -1;
	if (answer == 'y' || answer == 'Y')
		return 0;
	return err_set(e, EX_NOPERM, "not trusted: the answer was not yes");
}

static int
keys_trust(const struct config *cfg, struct keystore *ks,
    const struct verb_args *a, struct err *e)
{
	bool yes = verb_has(a, "yes");
	struct buf out = {0};
	char shown[KEYSTORE_SHOWN];
	struct aor who;
	int rc;

	if (aor_parse(span_str(a->words[0]), &who, e) == -1)
		return -1;
	rc = keystore_shown(ks, &who, shown, e);
	if (rc == 0 && !(yes && cfg->quiet))
		rc = keyring_show(
		    ks, &cfg->policy, keys_me(cfg), who.key, &out, e);
	if (rc == 0)
		rc = keys_put_out(&out, e);
	else
		buf_free(&out);
	if (rc == 0 && !yes)
		rc = keys_confirm("Does the other side see the same? [y/n]", e);
	if (rc == 0)
		rc = keystore_trust(ks, &who, shown, e);
	aor_free(&who);
	return rc;
}

/* Asks what the user says of an offer: that it was compared, that it was not, or
 * that it is not to be taken. */
static int
keys_ask_offer(enum keys_answer *answer, struct err *e)
{
	char c;

	if (keys_ask("Do the words agree? [y: yes / u: not compared / n: no]",
		&c, e) == -1)
		return -1;
	*answer = c == 'y' || c == 'Y' ? KEYS_COMPARED
	    : c == 'u' || c == 'U'     ? KEYS_NOT_COMPARED
				       : KEYS_NO;
	return 0;
}

static int
keys_take_offer(const struct config *cfg, struct keystore *ks,
    const struct verb_args *a, struct err *e)
{
	return keys_accept(cfg, ks, a, keys_ask_offer, e);
}

static int
keys_untrust(const struct config *cfg, struct keystore *ks,
    const struct verb_args *a, struct err *e)
{
	struct aor who;
	int rc;

	(void)cfg;
	if (aor_parse(span_str(a->words[0]), &who, e) == -1)
		return -1;
	rc = keystore_untrust(ks, &who, e);
	aor_free(&who);
	return rc;
}

static int
keys_remove(const struct config *cfg, struct keystore *ks,
    const struct verb_args *a, struct err *e)
{
	(void)cfg;
	return keystore_remove(ks, a->words[0], verb_has(a, "force"), e);
}

/* --- the rows ------------------------------------------------------------- */

typedef int keys_fn(const struct config *cfg, struct keystore *ks,
    const struct verb_args *a, struct err *e);

static void
keys_tell(void *arg, const char *line)
{
	verb_note(arg, line);
}

/* Runs fn with the key store, which is created if creates is set and it does
 * not exist. */
static int
keys_with_keystore(const struct config *cfg, const struct verb_args *a,
    bool creates, keys_fn *fn)
{
	struct keystore *ks;
	struct err e = {0};
	struct key_watch watch;
	int rc = verb_keystore(cfg, creates, &ks, &e);

	if (rc == 0) {
		key_watch_begin(&watch, cfg, ks);
		watch.removes = fn == keys_remove;
		watch.force = verb_has(a, "force");
		rc = fn(cfg, ks, a, &e);
		key_watch_end(&watch, rc == 0, keys_tell, (void *)cfg);
		keystore_free(ks);
	}
	config_advise(cfg, &e);
	return rc == 0 ? 0 : verb_fail(&e);
}

static int
keys_run_list(const struct config *c, const struct verb_args *a)
{
	return keys_with_keystore(c, a, false, keys_list);
}

static int
keys_run_show(const struct config *c, const struct verb_args *a)
{
	return keys_with_keystore(c, a, false, keys_show);
}

static int
keys_run_check(const struct config *c, const struct verb_args *a)
{
	return keys_with_keystore(c, a, false, keys_check);
}

static int
keys_run_new(const struct config *c, const struct verb_args *a)
{
	return keys_with_keystore(c, a, true, keys_new);
}

static int
keys_run_csr(const struct config *c, const struct verb_args *a)
{
	return keys_with_keystore(c, a, true, keys_csr);
}

static int
keys_run_import(const struct config *c, const struct verb_args *a)
{
	return keys_with_keystore(c, a, true, keys_import);
}

static int
keys_run_export(const struct config *c, const struct verb_args *a)
{
	return keys_with_keystore(c, a, false, keys_export);
}

static int
keys_run_trust(const struct config *c, const struct verb_args *a)
{
	return keys_with_keystore(c, a, false, keys_trust);
}

static int
keys_run_accept(const struct config *c, const struct verb_args *a)
{
	return keys_with_keystore(c, a, true, keys_take_offer);
}

static int
keys_run_untrust(const struct config *c, const struct verb_args *a)
{
	return keys_with_keystore(c, a, false, keys_untrust);
}

static int
keys_run_remove(const struct config *c, const struct verb_args *a)
{
	return keys_with_keystore(c, a, false, keys_remove);
}

#define OPTION_TYPE                                                  \
	{                                                            \
		"type", 0, "p256|rsa:2048", "the kind of key (p256)" \
	}
#define OPTION_DAYS                                                \
	{                                                          \
		"days", 0, "N", "how many days it is valid (1095)" \
	}
#define OPTION_FORCE                                                 \
	{                                                            \
		"force", 0, NULL, "replace or remove existing files" \
	}
#define OPTION_END                  \
	{                           \
		NULL, 0, NULL, NULL \
	}

static const struct verb_option show_own[] = {
    {"qr", 0, NULL, "as a QR code, which another person scans"}, OPTION_END};
static const struct verb_option new_own[] = {
    OPTION_TYPE, OPTION_DAYS, OPTION_FORCE, OPTION_END};
static const struct verb_option csr_own[] = {OPTION_TYPE, OPTION_END};
static const struct verb_option import_own[] = {
    {"as", 0, "root", "trust a self-signed CA certificate as a root"},
    {"name", 0, "NAME", "store it under this name"}, OPTION_FORCE, OPTION_END};
static const struct verb_option export_own[] = {
    {"private", 0, NULL, "print the private key too"}, OPTION_END};
static const struct verb_option trust_own[] = {
    {"yes", 0, NULL, "do not ask"}, OPTION_END};
static const struct verb_option accept_own[] = {{"yes", 0, NULL, "do not ask"},
    {"unverified", 0, NULL, "pin it without a comparison"}, OPTION_END};
static const struct verb_option remove_own[] = {OPTION_FORCE, OPTION_END};

static const struct verb keys_actions[] = {
    {.name = "keys list",
	.args = "",
	.help = "list all certificates",
	.run = keys_run_list},
    {.name = "keys show",
	.args = "[NAME] [--qr]",
	.help = "show the certificates of NAME with their fingerprints",
	.options = show_own,
	.most = 1,
	.run = keys_run_show},
    {.name = "keys check",
	.args = "TEXT|-",
	.help = "compare the text of a scanned QR code with what is here",
	.least = 1,
	.most = 1,
	.run = keys_run_check},
    {.name = "keys new",
	.args = "[NAME] [--type p256|rsa:2048] [--days N] [--force]",
	.help = "make a key and a self-signed certificate",
	.options = new_own,
	.most = 1,
	.run = keys_run_new},
    {.name = "keys csr",
	.args = "[NAME] [--type p256|rsa:2048]",
	.help = "make a certificate request for a CA",
	.options = csr_own,
	.most = 1,
	.run = keys_run_csr},
    {.name = "keys import",
	.args = "FILE... [--as root] [--name NAME] [--force]",
	.help = "import PEM, DER, PKCS#12 or .p7c files",
	.options = import_own,
	.least = 1,
	.most = 1000000,
	.run = keys_run_import},
    {.name = "keys export",
	.args = "[NAME] [--private]",
	.help = "print a certificate as PEM",
	.options = export_own,
	.most = 1,
	.run = keys_run_export},
    {.name = "keys trust",
	.args = "AOR [--yes]",
	.help = "pin the certificate of AOR",
	.options = trust_own,
	.least = 1,
	.most = 1,
	.run = keys_run_trust},
    {.name = "keys introduce",
	.args = "URI",
	.help = "send your certificate to somebody",
	.settings = "aor proxy keys password-command json trace verbose",
	.least = 1,
	.most = 1,
	.run = keys_introduce},
    {.name = "keys accept",
	.args = "AOR [DIGITS] [--yes] [--unverified]",
	.help = "pin the certificate that AOR introduced themself with",
	.options = accept_own,
	.least = 1,
	.most = 2,
	.run = keys_run_accept},
    {.name = "keys untrust",
	.args = "AOR",
	.help = "remove the pin",
	.least = 1,
	.most = 1,
	.run = keys_run_untrust},
    {.name = "keys remove",
	.args = "NAME [--force]",
	.help = "remove the files of NAME",
	.options = remove_own,
	.least = 1,
	.most = 1,
	.run = keys_run_remove},
    {.name = NULL},
};

const struct verb keys_verb = {.name = "keys",
    .args = "list|show|check|new|csr|import|export|introduce|accept|trust|"
	    "untrust|remove",
    .help = "manage the keys and certificates in the key store",
    .more = "NAME is an address, a host, or the name of a root; the default "
	    "is --aor.",
    .settings = "keys aor json",
    .actions = keys_actions};
