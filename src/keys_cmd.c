#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "text.h"
#include "verbs.h"

enum { DAYS_DEFAULT = 1095, IMPORT_MAX = 1 << 20 };

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

/* --- words and drawings -------------------------------------------------- */

static void
put_time(struct buf *out, time_t t)
{
	char text[64] = "?";
	struct tm tm;

	if (gmtime_r(&t, &tm) != NULL)
		strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", &tm);
	buf_adds(out, text);
}

static void
put_line(struct buf *out, const char *label, const char *text)
{
	char *line;

	if (text == NULL || *text == '\0')
		return;
	line = text_line(span_str(text));
	buf_addf(out, "%-12s %s\n", label, line);
	free(line);
}

/* Groups of four digits, eight to a row: what two people read out. */
static void
put_fingerprint(struct buf *out, const char *hex)
{
	size_t i;

	for (i = 0; hex[i] != '\0'; i++) {
		if (i % 32 == 0)
			buf_addf(out, "%-12s ", i == 0 ? "fingerprint" : "");
		buf_add(out, &hex[i], 1);
		buf_adds(out, i % 32 == 31 ? "\n" : i % 4 == 3 ? " " : "");
	}
}

/*
 * The fingerprint drawn: a walker starts in the middle of a room, each two
 * bits send it one step on a diagonal, and every visit darkens a tile. One
 * bit's difference gives another picture.
 */
enum { ROOM_WIDTH = 19, ROOM_HEIGHT = 9 };

static void
put_drawing(struct buf *out, const unsigned char digest[32])
{
	static const char shades[] = " .:-+*oxOX%#@";
	unsigned visits[ROOM_HEIGHT][ROOM_WIDTH] = { { 0 } };
	int x = ROOM_WIDTH / 2, y = ROOM_HEIGHT / 2, step;
	const unsigned last = sizeof(shades) - 2;
	int row, column;

	for (step = 0; step < 32 * 4; step++) {
		unsigned bits = (unsigned)digest[step / 4] >>
		    (step % 4 * 2) & 3U;

		x += (bits & 1U) != 0 ? 1 : -1;
		y += (bits & 2U) != 0 ? 1 : -1;
		x = x < 0 ? 0 : x >= ROOM_WIDTH ? ROOM_WIDTH - 1 : x;
		y = y < 0 ? 0 : y >= ROOM_HEIGHT ? ROOM_HEIGHT - 1 : y;
		visits[y][x]++;
	}
	buf_adds(out, "             +-------------------+\n");
	for (row = 0; row < ROOM_HEIGHT; row++) {
		buf_adds(out, "             |");
		for (column = 0; column < ROOM_WIDTH; column++) {
			unsigned n = visits[row][column];
			bool start = row == ROOM_HEIGHT / 2 &&
			    column == ROOM_WIDTH / 2;
			bool end = row == y && column == x;

			buf_addf(out, "%c", end ? 'E' : start ? 'S' :
			    shades[n > last ? last : n]);
		}
		buf_adds(out, "|\n");
	}
	buf_adds(out, "             +-------------------+\n");
}

static void
put_json(struct buf *out, const struct keystore_item *item)
{
	buf_addf(out, "{\"kind\":\"%s\",\"name\":",
	    keystore_kind_name(item->kind));
	text_json(out, span_str(item->name));
	if (item->problem != NULL) {
		buf_adds(out, ",\"fingerprint\":null,\"not_before\":null,"
			      "\"not_after\":null");
	} else {
		buf_addf(out, ",\"fingerprint\":\"%s\",\"not_before\":\"",
		    item->fingerprint);
		put_time(out, item->not_before);
		buf_adds(out, "\",\"not_after\":\"");
		put_time(out, item->not_after);
		buf_adds(out, "\"");
	}
	buf_addf(out, ",\"private\":%s,\"pinned\":%s}\n",
	    item->has_private ? "true" : "false",
	    item->pinned ? "true" : "false");
}

static void
put_row(struct buf *out, const struct keystore_item *item)
{
	char *name = text_line(span_str(item->name));
	char *problem = item->problem != NULL ?
	    text_line(span_str(item->problem)) : NULL;

	buf_addf(out, "%-7s %-32s ", keystore_kind_name(item->kind), name);
	if (problem != NULL) {
		buf_adds(out, problem);
	} else {
		buf_addf(out, "%.16s  until ", item->fingerprint);
		put_time(out, item->not_after);
		buf_adds(out, item->not_after < time(NULL) ? "  expired" :
		                                             "");
		buf_adds(out, item->pinned ? "  pinned" : "");
	}
	buf_adds(out, "\n");
	free(name);
	free(problem);
}

static void
put_item(struct buf *out, const struct keystore_item *item)
{
	put_line(out, "kind", keystore_kind_name(item->kind));
	put_line(out, "name", item->name);
	if (item->problem != NULL) {
		put_line(out, "problem", item->problem);
		return;
	}
	put_line(out, "subject", item->subject);
	put_line(out, "issuer", item->issuer);
	put_line(out, "addresses", item->addresses);
	put_line(out, "key", item->key);
	buf_addf(out, "%-12s ", "valid");
	put_time(out, item->not_before);
	buf_adds(out, " to ");
	put_time(out, item->not_after);
	buf_adds(out, "\n");
	if (item->kind != KEYSTORE_CRL && item->kind != KEYSTORE_CA)
		put_line(out, "private key", item->has_private ? "here" :
		                                                 "no");
	put_line(out, "pinned", item->pinned ? "yes" : "no");
	put_fingerprint(out, item->fingerprint);
	put_drawing(out, item->digest);
}

/* Writes b to standard output and frees it. */
static int
put_out(struct buf *b, struct err *e)
{
	int rc = 0;

	if (b->n > 0 && (fwrite(b->p, 1, b->n, stdout) != b->n ||
	    fflush(stdout) != 0))
		rc = err_set(e, EX_IOERR, "standard output cannot be "
		    "written: %s", strerror(errno));
	buf_wipe(b);
	return rc;
}

/* --- the actions ----------------------------------------------------------- */

/* The NAME that was given, or who I am. */
static const char *
name_or_me(const struct config *cfg, const struct keys_options *o,
    struct err *e)
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
	struct buf out = { 0 };
	size_t count, i;

	(void)o;
	if (keystore_list(ks, NULL, &items, &count, e) == -1)
		return -1;
	for (i = 0; i < count; i++)
		if (cfg->json)
			put_json(&out, &items[i]);
		else
			put_row(&out, &items[i]);
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

	if (keystore_list(ks, name, &items, &count, e) == -1)
		return -1;
	for (i = 0; i < count; i++) {
		if (cfg->json) {
			put_json(out, &items[i]);
			continue;
		}
		buf_adds(out, i > 0 ? "\n" : "");
		put_item(out, &items[i]);
	}
	keystore_items_free(items, count);
	if (count == 0)
		return err_set(e, EX_CONFIG, "there is nothing of %s in %s",
		    name, cfg->keys);
	return 0;
}

static int
keys_show(const struct config *cfg, struct keystore *ks,
    const struct keys_options *o, struct err *e)
{
	const char *name = name_or_me(cfg, o, e);
	struct buf out = { 0 };

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
	const struct keystore_new how = { o->type, o->days, o->force };
	const char *name = name_or_me(cfg, o, e);
	struct buf out = { 0 };

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
	const struct keystore_new how = { o->type, o->days, false };
	const char *name = name_or_me(cfg, o, e);
	struct buf pem = { 0 };

	if (name == NULL || keystore_request(ks, name, &how, &pem, e) == -1) {
		buf_free(&pem);
		return -1;
	}
	return put_out(&pem, e);
}

/* Reads a whole file, or standard input for "-". */
static int
read_file(const char *path, struct buf *out, struct err *e)
{
	bool standard = strcmp(path, "-") == 0;
	FILE *f = standard ? stdin : fopen(path, "rb");
	unsigned char chunk[8192];
	size_t n;
	int rc = 0;

	if (f == NULL)
		return err_set(e, EX_NOINPUT, "%s cannot be read: %s", path,
		    strerror(errno));
	buf_reserve(out, IMPORT_MAX + sizeof(chunk));
	while (out->n <= IMPORT_MAX &&
	    (n = fread(chunk, 1, sizeof(chunk), f)) > 0)
		buf_add(out, chunk, n);
	if (ferror(f))
		rc = err_set(e, EX_NOINPUT, "%s cannot be read: %s", path,
		    strerror(errno));
	else if (out->n > IMPORT_MAX)
		rc = err_set(e, EX_DATAERR, "%s is larger than %d bytes",
		    path, IMPORT_MAX);
	if (!standard)
		fclose(f);
	return rc;
}

static int
import_one(const struct config *cfg, struct keystore *ks,
    const struct keys_options *o, const char *path, struct err *e)
{
	const struct keystore_import how = { path, o->as != NULL, o->force,
		o->name };
	struct keystore_item *items = NULL;
	struct buf data = { 0 }, out = { 0 };
	size_t count = 0, i;
	int rc = read_file(path, &data, e);

	if (rc == 0)
		rc = keystore_take(ks, span_buf(&data), &how, &items, &count,
		    e);
	for (i = 0; rc == 0 && i < count; i++)
		if (cfg->json)
			put_json(&out, &items[i]);
		else if (!cfg->quiet)
			put_row(&out, &items[i]);
	keystore_items_free(items, count);
	buf_wipe(&data);
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
		return err_set(e, EX_USAGE,
		    "--as takes root alone, not \"%s\"", o->as);
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
	struct buf pem = { 0 };

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
		return err_set(e, EX_USAGE, "there is no terminal to ask on; "
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
	struct config people = *cfg;
	struct keystore_item *items;
	struct buf out = { 0 };
	struct aor who;
	size_t count;
	int rc;

	if (aor_parse(span_str(o->words[0]), &who, e) == -1)
		return -1;
	people.json = false;
	rc = keystore_list(ks, who.key, &items, &count, e);
	if (rc == 0)
		keystore_items_free(items, count);
	if (rc == 0 && count == 0)
		rc = err_set(e, EX_CONFIG, "there is no certificate of %s in "
		    "%s to trust; import it first", who.text, cfg->keys);
	if (rc == 0 && !(o->yes && cfg->quiet))
		rc = describe(&people, ks, who.key, &out, e);
	if (rc == 0)
		rc = put_out(&out, e);
	else
		buf_free(&out);
	if (rc == 0 && !o->yes)
		rc = confirm("Does the other side see the same?", e);
	if (rc == 0)
		rc = keystore_trust(ks, &who, e);
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
	{ "list", "", "", keys_list, false, 0, 0 },
	{ "show", "[NAME]", "", keys_show, false, 0, 1 },
	{ "new", "[NAME] [--type p256|rsa:2048] [--days N] [--force]",
	    "tdf", keys_new, true, 0, 1 },
	{ "csr", "[NAME] [--type p256|rsa:2048]", "t", keys_csr, true, 0,
	    1 },
	{ "import", "FILE... [--as root] [--name NAME] [--force]", "anf",
	    keys_import, true, 1, 1000000 },
	{ "export", "[NAME] [--private]", "p", keys_export, false, 0, 1 },
	{ "trust", "AOR [--yes]", "y", keys_trust, false, 1, 1 },
	{ "untrust", "AOR", "", keys_untrust, false, 1, 1 },
	{ "remove", "NAME [--force]", "f", keys_remove, false, 1, 1 },
};

enum { ACTIONS = sizeof(actions) / sizeof(actions[0]) };

/* --- arguments ------------------------------------------------------------- */

static int
parse_options(const struct keys_action *a, int argc, char **argv,
    struct keys_options *o, struct err *e)
{
	static const struct option known[] = {
		{ "as", required_argument, NULL, 'a' },
		{ "name", required_argument, NULL, 'n' },
		{ "aor", required_argument, NULL, 'n' },
		{ "type", required_argument, NULL, 't' },
		{ "days", required_argument, NULL, 'd' },
		{ "force", no_argument, NULL, 'f' },
		{ "yes", no_argument, NULL, 'y' },
		{ "private", no_argument, NULL, 'p' },
		{ NULL, 0, NULL, 0 },
	};
	uint64_t days;
	int c;

	*o = (struct keys_options) { .days = DAYS_DEFAULT };
	optind = 1;
	opterr = 0;
	while ((c = getopt_long(argc, argv, ":", known, NULL)) != -1) {
		if (c == '?' || c == ':' || strchr(a->options, c) == NULL)
			return err_set(e, EX_USAGE, "usage: signet keys %s "
			    "%s", a->name, a->usage);
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
				return err_set(e, EX_USAGE, "--days takes a "
				    "number up to 36500, not \"%s\"", optarg);
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
		return err_set(e, EX_USAGE, "usage: signet keys %s %s",
		    a->name, a->usage);
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
		return err_set(e, EX_USAGE, "usage: signet keys list|show|"
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
	struct err e = { 0, "" };

	return keys_run(cfg, argc - 1, argv + 1, &e) == 0 ? 0 : verb_fail(&e);
}
