#include "src/app/verb.h"
#include "src/cmd/verbs.h"

#include <inttypes.h>
#include <regex.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "src/base/json.h"
#include "src/base/loop.h"
#include "src/cmd/log_verify.h"
#include "src/cmd/log_when.h"
#include "src/show/report.h"
#include "src/store/store.h"
#include "src/store/store_move.h"

enum {
	LOG_PAGE = 500, /* rows that are read before they are printed: a reader
	                 * that is slow does not hold the database */
	LOG_FOLLOW = 250 /* ms between looks at the file's times */
};

/* What the files of a database looked like. */
struct log_seen {
	struct stat db, wal;
};

struct logging {
	const struct config *c;
	struct keystore *ks;
	struct store *store;
	struct buf path;
	/* Which messages: */
	struct aor who; /* text NULL: everybody */
	struct aor me;
	time_t since, until; /* 0: no bound */
	regex_t re;
	bool filters; /* re is set */
	unsigned limit; /* the last so many; 0: all */

	uint64_t last; /* the row that was read last */
	uint64_t rows; /* of this reading */
	unsigned matched; /* of a count from the end */
	struct buf out;
	bool damaged;
	bool verifies;
	struct log_verify verify;

	struct loop *loop; /* while it follows */
	struct loop_timer timer;
	struct log_seen seen;
	struct err failed;
};

/* --- which messages ------------------------------------------------------- */

/* Returns whether the text has a match. A NUL in it ends what a match may
 * span. */
static bool
log_text_matches(const struct logging *l, const struct store_message *m)
{
	size_t at = 0;

	if (m->text == NULL)
		return false;
	while (at <= m->text_len) {
		struct span rest = {
		    (const unsigned char *)m->text + at, m->text_len - at};
		size_t n = span_find(rest, '\0', 0);
		char *part = xstrndup(span_cut(rest, 0, n));
		bool found = regexec(&l->re, part, 0, NULL, 0) == 0;

		wipe(part, n);
		free(part);
		if (found)
			return true;
		at += n + 1;
	}
	return false;
}

static bool
log_matches(const struct logging *l, const struct store_message *m)
{
	time_t when = m->direction == STORE_OUT ? m->sent : m->arrived;

	return (l->since == 0 || when >= l->since) &&
	    (l->until == 0 || when <= l->until) &&
	    (!l->filters || log_text_matches(l, m));
}

static struct store_query
log_query(const struct logging *l)
{
	return (struct store_query){.peer = l->who.key,
	    .after = l->last,
	    .since = l->since,
	    .until = l->until};
}

/* --- printing ------------------------------------------------------------- */

static void
log_on_damaged(struct logging *l, uint64_t id)
{
	struct err e;

	l->damaged = true;
	(void)err_set(&e, EX_DATAERR,
	    "message %" PRIu64 " of the history is damaged", id);
	if (l->c->json) {
		json_open(&l->out);
		json_number(&l->out, "id", id);
		json_member(&l->out, "error", e.text);
		json_close_line(&l->out);
	}
	(void)verb_fail(&e);
}

static bool
log_on_message(void *arg, const struct store_message *m, bool damaged)
{
	struct logging *l = arg;

	l->last = m->id;
	l->rows++;
	if (damaged) {
		log_on_damaged(l, m->id);
	} else if (!log_matches(l, m)) {
		;
	} else if (l->verifies) {
		log_verify_message(&l->verify, m, &l->out);
	} else if (l->c->json) {
		report_stored_json(&l->out, m);
	} else {
		if (l->c->verbose)
			buf_addf(&l->out, "#%" PRIu64 " ", m->id);
		report_stored(&l->out, m, report_width());
	}
	return l->rows < LOG_PAGE;
}

/* Prints what comes behind the last row. */
static int
log_print(struct logging *l, struct err *e)
{
	int rc = 0, wrote;

	do {
		struct store_query q = log_query(l);

		l->rows = 0;
		rc = store_read(l->store, &q, log_on_message, l, e);
		/* What could be read is printed. */
		if (rc == 0)
			wrote = report_write(&l->out, e);
		else
			wrote = report_write(&l->out, &l->failed);
		if (wrote == -1)
			rc = -1;
	} while (rc == 0 && l->rows == LOG_PAGE);
	return rc;
}

static bool
log_count_back(void *arg, const struct store_message *m, bool damaged)
{
	struct logging *l = arg;

	if (damaged || !log_matches(l, m) || ++l->matched < l->limit)
		return true;
	l->last = m->id - 1;
	return false;
}

/* Skips all but the last messages. */
static int
log_skip(struct logging *l, struct err *e)
{
	struct store_query q = log_query(l);

	q.backward = true;
	return store_read(l->store, &q, log_count_back, l, e);
}

/* --- following ------------------------------------------------------------ */

static void
log_look(const struct logging *l, struct log_seen *out)
{
	struct buf wal = {0};

	memset(out, 0, sizeof(*out));
	buf_addf(&wal, "%s-wal", (const char *)l->path.p);
	(void)stat((const char *)l->path.p, &out->db);
	(void)stat((const char *)wal.p, &out->wal);
	buf_free(&wal);
}

static bool
log_same_file(const struct stat *a, const struct stat *b)
{
	return a->st_ino == b->st_ino && a->st_size == b->st_size &&
	    a->st_mtim.tv_sec == b->st_mtim.tv_sec &&
	    a->st_mtim.tv_nsec == b->st_mtim.tv_nsec;
}

static void
log_on_timer(void *arg)
{
	struct logging *l = arg;
	struct log_seen now;

	log_look(l, &now);
	if (!log_same_file(&now.db, &l->seen.db) ||
	    !log_same_file(&now.wal, &l->seen.wal)) {
		l->seen = now;
		if (log_print(l, &l->failed) == -1) {
			loop_stop(l->loop);
			return;
		}
	}
	loop_timer_set(l->loop, &l->timer, LOG_FOLLOW);
}

static void
log_on_signal(void *arg, int signo)
{
	struct logging *l = arg;

	(void)signo;
	loop_stop(l->loop);
}

/* Prints what comes until a signal ends it. */
static int
log_follow(struct logging *l, struct err *e)
{
	static const int ends[] = {SIGTERM, SIGINT, SIGHUP};
	int rc = loop_new(&l->loop, e);

	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]) && rc == 0; i++)
		rc = loop_signal(l->loop, ends[i], log_on_signal, l, e);
	if (rc == 0) {
		l->timer = (struct loop_timer){.fn = log_on_timer, .arg = l};
		loop_timer_set(l->loop, &l->timer, 0);
		rc = loop_run(l->loop, e);
	}
	if (rc == 0 && l->failed.exit != 0) {
		*e = l->failed;
		rc = -1;
	}
	loop_free(l->loop);
	return rc;
}

/* --- options -------------------------------------------------------------- */

static int
log_time_option(
    const struct verb_args *a, const char *name, time_t *out, struct err *e)
{
	const char *value = verb_value(a, name);

	if (value == NULL || log_when(value, time(NULL), out))
		return 0;
	return err_set(e, EX_USAGE,
	    "--%s needs a time such as 2026-01-31T12:00:00Z, a date, or \"2 "
	    "days\", not \"%s\"",
	    name, value);
}

static int
log_grep_option(struct logging *l, const char *re, struct err *e)
{
	char why[128];
	int rc;

	if (re == NULL)
		return 0;
	rc = regcomp(&l->re, re, REG_EXTENDED | REG_NOSUB | REG_NEWLINE);
	l->filters = rc == 0;
	if (rc == 0)
		return 0;
	(void)regerror(rc, &l->re, why, sizeof(why));
	return err_set(
	    e, EX_USAGE, "--grep \"%s\" is no regular expression: %s", re, why);
}

static int
log_count_option(const struct verb_args *a, unsigned *out, struct err *e)
{
	const char *value = verb_value(a, "n");
	uint64_t n;

	if (value == NULL)
		return 0;
	if (!number_parse(span_str(value), UINT32_MAX, &n) || n == 0)
		return err_set(e, EX_USAGE,
		    "log -n COUNT: COUNT must be a number above 0");
	*out = (unsigned)n;
	return 0;
}

static int
log_options(struct logging *l, const struct verb_args *a, struct err *e)
{
	l->verifies = verb_has(a, "verify");
	if (l->c->aors.count == 0)
		return config_no_aor(e);
	if (verb_has(a, "raw") + l->verifies + verb_has(a, "f") +
		verb_has(a, "export") + verb_has(a, "import") >
	    1)
		return err_set(e, EX_USAGE,
		    "only one of --raw, --verify, --export, --import and -f "
		    "can be given");
	if (a->count > 0 && aor_parse(span_str(a->words[0]), &l->who, e) == -1)
		return -1;
	if (log_time_option(a, "since", &l->since, e) == -1 ||
	    log_time_option(a, "until", &l->until, e) == -1 ||
	    log_count_option(a, &l->limit, e) == -1)
		return -1;
	return log_grep_option(l, verb_value(a, "grep"), e);
}

/* --- the verb ------------------------------------------------------------- */

static int
log_open(struct logging *l, struct err *e)
{
	int rc = verb_keystore(l->c, false, &l->ks, e);

	if (rc == -1 ||
	    aor_parse(span_str(l->c->aors.items[0]), &l->me, e) == -1)
		return -1;
	store_path(l->c, &l->me, &l->path);
	rc = store_open(
	    NULL, l->ks, &l->me, (const char *)l->path.p, &l->store, e);
	l->verify = (struct log_verify){
	    .c = l->c, .ks = l->ks, .store = l->store, .me = &l->me};
	return rc;
}

/* Moves the whole history out of its database, or into it. */
static int
log_move(const struct config *c, const char *file,
    int (*fn)(struct keystore *ks, const struct aor *who, const char *path,
	const char *file, uint64_t *count, struct err *e),
    struct err *e)
{
	struct keystore *ks = NULL;
	struct buf path = {0};
	uint64_t count = 0;
	struct err told;
	struct aor me;
	int rc = verb_keystore(c, false, &ks, e);

	if (rc == 0)
		rc = aor_parse(span_str(c->aors.items[0]), &me, e);
	if (rc == 0) {
		store_path(c, &me, &path);
		rc = fn(ks, &me, (const char *)path.p, file, &count, e);
		aor_free(&me);
	}
	if (rc == 0) {
		(void)err_set(&told, 0, "%llu messages: %s",
		    (unsigned long long)count, file);
		verb_note(c, told.text);
	}
	buf_free(&path);
	keystore_free(ks);
	return rc;
}

static int
log_raw(struct logging *l, const char *number, struct err *e)
{
	struct buf bytes = {0}, content_key = {0};
	uint64_t id;
	int rc;

	if (!number_parse(span_str(number), INT64_MAX, &id))
		return err_set(e, EX_USAGE,
		    "--raw needs the number of a message, not \"%s\"", number);
	rc = store_raw(l->store, id, &bytes, &content_key, e);
	if (rc == 0)
		rc = report_write(&bytes, e);
	buf_wipe(&content_key);
	buf_wipe(&bytes);
	return rc;
}

static int
log_run(struct logging *l, const struct verb_args *a, struct err *e)
{
	const char *raw = verb_value(a, "raw");
	int rc = 0;

	if (raw != NULL)
		return log_raw(l, raw, e);
	if (l->limit > 0)
		rc = log_skip(l, e);
	log_look(l, &l->seen);
	if (rc == 0)
		rc = log_print(l, e);
	if (rc == 0 && l->verifies) {
		log_verify_end(&l->verify, &l->out);
		rc = report_write(&l->out, e);
		l->damaged = l->damaged || l->verify.damaged;
	}
	if (rc == 0 && verb_has(a, "f"))
		rc = log_follow(l, e);
	return rc;
}

static int
log_verb_run(const struct config *c, const struct verb_args *a)
{
	struct logging l = {.c = c};
	struct err e = {0};
	int rc = log_options(&l, a, &e);

	if (rc == 0 && verb_has(a, "export"))
		rc = log_move(c, verb_value(a, "export"), store_export, &e);
	else if (rc == 0 && verb_has(a, "import"))
		rc = log_move(c, verb_value(a, "import"), store_import, &e);
	else if (rc == 0) {
		rc = log_open(&l, &e);
		if (rc == 0)
			rc = log_run(&l, a, &e);
	}
	store_close(l.store);
	keystore_free(l.ks);
	if (l.filters)
		regfree(&l.re);
	aor_free(&l.who);
	aor_free(&l.me);
	buf_free(&l.path);
	buf_wipe(&l.out);
	config_advise(c, &e);
	if (rc == -1)
		return verb_fail(&e);
	return l.damaged ? EX_DATAERR : 0;
}

static const struct verb_option log_own[] = {
    {"since", 0, "TIME", "messages of that time and later"},
    {"until", 0, "TIME", "messages of that time and earlier"},
    {"grep", 0, "RE", "those whose text matches (extended expression)"},
    {NULL, 'n', "COUNT", "the last COUNT of them"},
    {NULL, 'f', NULL, "go on with what comes"},
    {"raw", 0, "ID", "the bytes of a signed message, as they came"},
    {"verify", 0, NULL, "judge the signatures again"},
    {"export", 0, "FILE", "write all of it into a new file, encrypted"},
    {"import", 0, "FILE", "add what such a file has to the history"},
    {NULL, 0, NULL, NULL}};

const struct verb log_verb = {.name = "log",
    .args = "[AOR] [-n COUNT] [-f] | --verify | --raw ID",
    .help = "print the history, of everybody or with AOR",
    .more = "TIME is a date, a time of RFC 3339, or \"2 days\" (before now). "
	    "IDs are in --json,\nand with -v.",
    .settings = "aor keys history-file passphrase-command json at crl legacy "
		"verbose quiet",
    .options = log_own,
    .most = 1,
    .run = log_verb_run};
