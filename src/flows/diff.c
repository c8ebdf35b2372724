/*
 * Compares two saved folders: the files, and their contents.
 *
 * The folders are untrusted: only regular files are read, symbolic links are
 * not followed, and output is escaped and bounded.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "src/app/verb.h"
#include "src/base/dirlist.h"
#include "src/base/savefile.h"
#include "src/base/text.h"
#include "src/flows/diff_priv.h"
#include "src/flows/flows_priv.h"
#include "src/show/report.h"

enum {
	DIFF_FILES = 4096, /* of a folder */
	DIFF_LINES = 1000, /* of a file */
	DIFF_WORDS = 400, /* bytes of a line's place, and of its text */
	DIFF_TEXT = 60, /* bytes of a value */
	DIFF_BEFORE = 20 /* of these, before the first difference */
};

/* --- lines ---------------------------------------------------------------- */

static void
diff_put_harmless(struct buf *out, const char *s)
{
	text_escape(out, span_cut(span_str(s), 0, DIFF_WORDS), false);
}

bool
differ_enough(const struct differ *d)
{
	return d->said > DIFF_LINES;
}

void
differ_say(struct differ *d, const char *where, const char *fmt, ...)
{
	struct buf text = {0};
	va_list ap;

	d->differ = true;
	if (differ_enough(d))
		return;
	va_start(ap, fmt);
	buf_vaddf(&text, fmt, ap);
	va_end(ap);
	buf_addf(&d->out, "%s: ", d->file);
	if (d->said++ == DIFF_LINES) {
		buf_adds(&d->out, "and more\n");
	} else {
		if (where != NULL && where[0] != '\0') {
			diff_put_harmless(&d->out, where);
			buf_adds(&d->out, ": ");
		}
		diff_put_harmless(&d->out, (char *)text.p);
		buf_adds(&d->out, "\n");
	}
	buf_free(&text);
}

/* Appends text in quotes from byte from on, cut to DIFF_TEXT bytes. */
static void
diff_put_text(struct buf *out, struct span s, size_t from)
{
	size_t to;

	if (s.p == NULL) {
		buf_adds(out, "none");
		return;
	}
	/* Cut only between UTF-8 characters. */
	from = from < s.n ? from : s.n;
	while (from > 0 && from < s.n && (s.p[from] & 0xc0) == 0x80)
		from--;
	to = s.n - from > DIFF_TEXT ? from + DIFF_TEXT : s.n;
	while (to > from && to < s.n && (s.p[to] & 0xc0) == 0x80)
		to--;
	buf_adds(out, from > 0 ? "\"..." : "\"");
	text_escape(out, span_cut(s, from, to), false);
	buf_adds(out, to < s.n ? "...\"" : "\"");
}

static size_t
diff_first_difference(struct span a, struct span b)
{
	size_t at = 0;

	while (at < a.n && at < b.n && a.p[at] == b.p[at])
		at++;
	return at;
}

void
differ_texts(struct differ *d, const char *where, struct span a, struct span b)
{
	size_t at = diff_first_difference(a, b);
	struct buf text = {0};

	at = (a.n > DIFF_TEXT || b.n > DIFF_TEXT) && at > DIFF_TEXT / 2
	    ? at - DIFF_BEFORE
	    : 0;
	diff_put_text(&text, a, at);
	buf_adds(&text, " | ");
	diff_put_text(&text, b, at);
	differ_say(d, where, "%s", (char *)text.p);
	buf_free(&text);
}

bool
differ_is_text(struct span s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] == 0x7f ||
		    (s.p[i] < 0x20 && s.p[i] != '\t' && s.p[i] != '\r' &&
			s.p[i] != '\n'))
			return false;
	return text_is_utf8(s);
}

void
differ_bytes(struct differ *d, const char *where, struct span a, struct span b)
{
	if (differ_is_text(a) && differ_is_text(b))
		differ_texts(d, where, a, b);
	else
		differ_say(d, where, "%zu bytes | %zu bytes, from byte %zu on",
		    a.n, b.n, diff_first_difference(a, b));
}

static void
diff_fail(struct differ *d, const struct err *e)
{
	int exit = verb_fail(e);

	d->faults++;
	if (d->exit == 0)
		d->exit = exit;
}

void
differ_broken(struct differ *d, int folder, const char *where, const char *why)
{
	struct err e;

	d->differ = true;
	(void)err_set(&e, EX_DATAERR, "%.300s/%.300s: %s%s%s", d->dirs[folder],
	    d->file, where != NULL ? where : "", where != NULL ? ": " : "",
	    why);
	diff_fail(d, &e);
}

/* --- folders -------------------------------------------------------------- */

struct names {
	char **all;
	size_t count;
};

static void
diff_names_free(struct names *n)
{
	for (size_t i = 0; i < n->count; i++)
		free(n->all[i]);
	free(n->all);
}

static int
diff_by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static bool
diff_ends_with(const char *s, const char *end)
{
	size_t n = strlen(s), m = strlen(end);

	return n > m && strcmp(s + n - m, end) == 0;
}

/* Returns whether a file is not compared: manifest and archive follow from the
 * other files, and a key store has its own lock and peers file. */
static bool
diff_is_left_out(const char *name)
{
	static const char *const names[] = {
	    "manifest", "flows.tgz.b64", ".lock", "peers"};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strcmp(name, names[i]) == 0)
			return true;
	return false;
}

static int diff_list_folder(struct differ *d, int folder, const char *under,
    struct names *out, struct err *e);

static int
diff_list_one(struct differ *d, int folder, const char *name, struct names *out,
    struct err *e)
{
	struct buf path = {0};
	struct stat st;
	int rc = 0;

	buf_addf(&path, "%s/%s", d->dirs[folder], name);
	if (lstat((char *)path.p, &st) == -1) {
		rc = err_set(
		    e, EX_NOINPUT, "%s: %s", (char *)path.p, strerror(errno));
	} else if (S_ISDIR(st.st_mode) && strchr(name, '/') == NULL &&
	    diff_ends_with(name, "-keys")) {
		rc = diff_list_folder(d, folder, name, out, e);
	} else if (!S_ISREG(st.st_mode)) {
		struct err odd;

		(void)err_set(&odd, EX_NOINPUT,
		    "%s is neither a regular file nor a folder NAME-keys; it "
		    "is not compared",
		    (char *)path.p);
		diff_fail(d, &odd);
	} else if (out->count == DIFF_FILES) {
		rc = err_set(e, EX_DATAERR, "%s has more than %d files",
		    d->dirs[folder], DIFF_FILES);
	} else {
		out->all = xrealloc(
		    out->all, (out->count + 1) * sizeof(*out->all));
		out->all[out->count++] = xstrdup(name);
	}
	buf_free(&path);
	return rc;
}

/* Adds the files of a folder, or of the folder under in it. */
static int
diff_list_folder(struct differ *d, int folder, const char *under,
    struct names *out, struct err *e)
{
	struct buf path = {0};
	struct dirlist list;
	int rc;

	buf_addf(&path, "%s%s%s", d->dirs[folder], under != NULL ? "/" : "",
	    under != NULL ? under : "");
	rc = dirlist_read((char *)path.p, &list, e);
	for (size_t i = 0; rc == 0 && i < list.count; i++) {
		struct buf name = {0};

		if (diff_is_left_out(list.names[i]))
			continue;
		buf_addf(&name, "%s%s%s", under != NULL ? under : "",
		    under != NULL ? "/" : "", list.names[i]);
		rc = diff_list_one(d, folder, (char *)name.p, out, e);
		buf_free(&name);
	}
	dirlist_free(&list);
	buf_free(&path);
	return rc;
}

/* --- files ---------------------------------------------------------------- */

static bool
diff_read_one(struct differ *d, int folder, const char *name, struct buf *out)
{
	struct buf path = {0};
	struct err e = {0};
	bool there = false;

	buf_addf(&path, "%s/%s", d->dirs[folder], name);
	if (savefile_read((char *)path.p, out, &there, &e) == 0 && !there)
		(void)err_set(&e, EX_NOINPUT, "%s is gone", (char *)path.p);
	if (e.exit != 0) {
		e.exit = EX_NOINPUT;
		diff_fail(d, &e);
	}
	buf_free(&path);
	return e.exit == 0;
}

/* Returns the number of the first CMS content in the message file name. */
static unsigned
diff_first_blob(const char *name)
{
	const char *end = strstr(name, "-request");
	const struct flows_plan *p = NULL;

	if (end != NULL) {
		char *flow = xstrndup(
		    span_cut(span_str(name), 0, (size_t)(end - name)));

		p = flows_find(flow);
		free(flow);
	}
	return p != NULL ? flows_first_blob(p) : 1;
}

static void
diff_compare(struct differ *d, const char *name, struct span a, struct span b)
{
	size_t said = d->said;
	size_t faults = d->faults;

	if (diff_ends_with(name, ".sip"))
		differ_message(d, diff_first_blob(name), a, b);
	else if (diff_ends_with(name, ".der"))
		differ_asn1(d, NULL, a, b);
	else if (diff_ends_with(name, ".pem"))
		differ_pem(d, a, b);
	else
		differ_bytes(d, NULL, a, b);
	/* The bytes differ, but no comparison above has said how. */
	if (d->said == said && d->faults == faults)
		differ_say(d, NULL, "%zu bytes | %zu bytes, from byte %zu on",
		    a.n, b.n, diff_first_difference(a, b));
}

static void
diff_compare_files(struct differ *d, const char *name)
{
	struct buf a = {0}, b = {0};
	bool read = diff_read_one(d, 0, name, &a);

	if (diff_read_one(d, 1, name, &b) && read &&
	    !span_eq(span_buf(&a), span_buf(&b)))
		diff_compare(d, name, span_buf(&a), span_buf(&b));
	buf_wipe(&a);
	buf_wipe(&b);
}

static int
diff_compare_name(struct differ *d, const char *name, int which, struct err *e)
{
	d->file = text_escape_line(span_cut(span_str(name), 0, DIFF_WORDS));
	d->said = 0;
	if (which == 0)
		diff_compare_files(d, name);
	else
		differ_say(d, NULL, "only in %s", d->dirs[which > 0 ? 1 : 0]);
	free(d->file);
	d->file = NULL;
	return report_write(&d->out, e);
}

static int
diff_compare_folders(struct differ *d, const struct names *a,
    const struct names *b, struct err *e)
{
	size_t i = 0, j = 0;
	int rc = 0;

	while (rc == 0 && (i < a->count || j < b->count)) {
		int which = i == a->count ? 1
		    : j == b->count       ? -1
					  : strcmp(a->all[i], b->all[j]);

		rc = diff_compare_name(
		    d, which > 0 ? b->all[j] : a->all[i], which, e);
		i += which <= 0;
		j += which >= 0;
	}
	return rc;
}

int
flows_diff(const char *a, const char *b)
{
	struct differ d = {.dirs = {a, b}};
	struct names x = {0}, y = {0};
	struct err e = {0};
	int rc = diff_list_folder(&d, 0, NULL, &x, &e);

	if (rc == 0)
		rc = diff_list_folder(&d, 1, NULL, &y, &e);
	if (rc == 0) {
		if (x.count > 0)
			qsort(x.all, x.count, sizeof(*x.all), diff_by_name);
		if (y.count > 0)
			qsort(y.all, y.count, sizeof(*y.all), diff_by_name);
		rc = diff_compare_folders(&d, &x, &y, &e);
	}
	if (rc == -1)
		diff_fail(&d, &e);
	diff_names_free(&x);
	diff_names_free(&y);
	buf_free(&d.out);
	return d.exit != 0 ? d.exit : d.differ;
}
