/*
 * A saved folder checked again, ours or another implementation's: its digests,
 * its messages, and what each is found to be, against what it was answered.
 */
#include <dirent.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "keys/asn1/asn1_print.h"
#include "src/app/verb.h"
#include "src/base/text.h"
#include "src/flows/flows_priv.h"
#include "src/flows/replay_priv.h"
#include "src/show/report.h"

enum { REPLAY_PATH = 4096 };

/* --- what is found ----------------------------------------------------------- */

void
flows_replay_line(
    struct replay *r, const char *mark, const char *file, const char *words)
{
	buf_addf(&r->out, "%-5s ", mark);
	text_escape(&r->out, span_str(file), false);
	buf_adds(&r->out, ": ");
	text_escape(&r->out, span_str(words), false);
	buf_adds(&r->out, "\n");
}

void
flows_replay_fault(
    struct replay *r, const char *file, int ends, const char *words)
{
	flows_replay_line(r, "WRONG", file, words);
	r->wrong++;
	if (r->ends == 0)
		r->ends = ends;
}

const struct flows_file *
flows_replay_find(const struct replay *r, const char *name)
{
	return flows_folder_find(&r->folder, name);
}

/* --- the manifest's files ---------------------------------------------------- */

/* DER that was cut or added to is told of, whatever the digests say. */
static void
check_der(struct replay *r, const struct flows_file *file)
{
	size_t n = strlen(file->name);
	struct buf shown = {0};
	struct err e;

	if (n > 4 && strcmp(file->name + n - 4, ".der") == 0 &&
	    asn1_print(&shown, span_buf(&file->data), 0, &e) == -1)
		flows_replay_fault(r, file->name, EX_DATAERR, e.text);
	buf_free(&shown);
}

static void
check_digest(struct replay *r, const struct flows_file *file)
{
	if (!file->there)
		flows_replay_fault(r, file->name, EX_DATAERR,
		    "the manifest names it, and it is not there");
	else if (!file->same)
		flows_replay_fault(r, file->name, EX_DATAERR,
		    "it is not what the manifest's SHA-256 is of");
	else
		check_der(r, file);
}

/* Whether the manifest names a file, there or not, or one in a folder of that
 * name. */
static bool
is_named(const struct replay *r, const char *name)
{
	size_t n = strlen(name);

	for (size_t i = 0; i < r->folder.count; i++) {
		const char *file = r->folder.files[i].name;

		if (strncmp(file, name, n) == 0 &&
		    (file[n] == '\0' || file[n] == '/'))
			return true;
	}
	return false;
}

/* What the manifest does not name was not vouched for; the archive of it all
 * is not in it. */
static void
tell_unnamed(struct replay *r, const char *under, unsigned deep)
{
	char path[REPLAY_PATH + 256], name[512];
	DIR *dir;
	struct dirent *entry;

	(void)snprintf(
	    path, sizeof(path), "%.4000s/%.200s", r->folder.dir, under);
	dir = opendir(path);
	while (dir != NULL && (entry = readdir(dir)) != NULL) {
		struct stat st;

		(void)snprintf(
		    name, sizeof(name), "%.200s%.300s", under, entry->d_name);
		(void)snprintf(
		    path, sizeof(path), "%.3700s/%.500s", r->folder.dir, name);
		if (entry->d_name[0] == '.' || strcmp(name, "manifest") == 0 ||
		    strcmp(name, "flows.tgz.b64") == 0)
			continue;
		if (deep > 0 && lstat(path, &st) == 0 && S_ISDIR(st.st_mode)) {
			(void)snprintf(
			    name, sizeof(name), "%.200s/", entry->d_name);
			tell_unnamed(r, name, deep - 1);
		} else if (!is_named(r, name)) {
			flows_replay_line(
			    r, "-", name, "the manifest does not name it");
			r->unnamed++;
		}
	}
	if (dir != NULL)
		(void)closedir(dir);
}

/* --- the whole --------------------------------------------------------------- */

static void
tell_sums(struct replay *r)
{
	buf_addf(
	    &r->out, "%zu files, %u messages: ", r->folder.count, r->messages);
	if (r->wrong == 0 && r->unseen == 0)
		buf_adds(&r->out, "all as it should be");
	else
		buf_addf(
		    &r->out, "%u wrong, %u not opened", r->wrong, r->unseen);
	if (r->unnamed > 0)
		buf_addf(&r->out, ", %u not named", r->unnamed);
	buf_adds(&r->out, "\n");
}

static int
check_any(const struct replay *r, struct err *e)
{
	for (size_t i = 0; i < r->folder.count; i++)
		if (flows_replay_is_request(r->folder.files[i].name))
			return 0;
	return err_set(e, EX_NOINPUT,
	    "%s holds no flow: its manifest names no NAME-request.sip",
	    r->folder.dir);
}

static int
replay(struct replay *r, struct err *e)
{
	if (check_any(r, e) == -1 ||
	    flows_judge_new(r->c, &r->folder, &r->judge, e) == -1)
		return -1;
	for (size_t i = 0; i < r->folder.count; i++)
		check_digest(r, &r->folder.files[i]);
	for (size_t i = 0; i < r->folder.count; i++)
		if (r->folder.files[i].there &&
		    flows_replay_flow(r, &r->folder.files[i], e) == -1)
			return -1;
	tell_unnamed(r, "", 1);
	tell_sums(r);
	return 0;
}

int
flows_replay(const struct config *c, const char *dir)
{
	struct replay r = {.c = c};
	struct err e = {0};
	int rc = flows_folder_read(dir, &r.folder, &e);

	if (rc == 0)
		rc = replay(&r, &e);
	flows_judge_free(r.judge);
	if (rc == 0)
		rc = report_write(&r.out, &e);
	buf_free(&r.out);
	flows_folder_read_free(&r.folder);
	return rc == -1 ? verb_fail(&e) : r.ends;
}
