/*
 * Checks a saved folder, ours or another implementation's: its digests, its
 * messages, and whether the verdict on each agrees with its answer.
 */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "keys/asn1/asn1_print.h"
#include "src/app/verb.h"
#include "src/base/dirlist.h"
#include "src/base/text.h"
#include "src/flows/flows_priv.h"
#include "src/flows/replay_priv.h"
#include "src/show/report.h"

/* --- lines ---------------------------------------------------------------- */

void
flows_replay_line(
    struct replay *r, const char *mark, const char *file, const char *text)
{
	buf_addf(&r->out, "%-5s ", mark);
	text_escape(&r->out, span_str(file), false);
	buf_adds(&r->out, ": ");
	text_escape(&r->out, span_str(text), false);
	buf_adds(&r->out, "\n");
}

void
flows_replay_fault(
    struct replay *r, const char *file, int ends, const char *text)
{
	flows_replay_line(r, "WRONG", file, text);
	r->wrong++;
	if (r->ends == 0)
		r->ends = ends;
}

const struct flows_file *
flows_replay_find(const struct replay *r, const char *name)
{
	return flows_folder_find(&r->folder, name);
}

/* --- the manifest's files ------------------------------------------------- */

/* Reports broken DER, even if the digest matches. */
static void
replay_check_der(struct replay *r, const struct flows_file *file)
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
replay_check_digest(struct replay *r, const struct flows_file *file)
{
	if (!file->there)
		flows_replay_fault(r, file->name, EX_DATAERR,
		    "the manifest names it, but the file is missing");
	else if (!file->same)
		flows_replay_fault(r, file->name, EX_DATAERR,
		    "its SHA-256 is not the manifest's");
	else
		replay_check_der(r, file);
}

/* Returns whether the manifest names this file, or a file in a folder of this
 * name. */
static bool
replay_is_named(const struct replay *r, const char *name)
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

static void replay_report_unnamed(
    struct replay *r, const char *under, unsigned deep);

/* Reports a file if the manifest does not name it, or the files in a folder. */
static void
replay_report_file(struct replay *r, const char *name, unsigned deep)
{
	struct buf path = {0}, under = {0};
	struct stat st;

	buf_addf(&path, "%s/%s", r->folder.dir, name);
	if (deep > 0 && lstat((char *)path.p, &st) == 0 &&
	    S_ISDIR(st.st_mode)) {
		buf_addf(&under, "%s/", name);
		replay_report_unnamed(r, (char *)under.p, deep - 1);
	} else if (!replay_is_named(r, name)) {
		flows_replay_line(
		    r, "-", name, "the manifest does not name it");
		r->unnamed++;
	}
	buf_free(&under);
	buf_free(&path);
}

/* Reports files that the manifest does not name; it never names itself and the
 * archive. Searches the folder under (with its '/', or "") and deep levels of
 * folders below. */
static void
replay_report_unnamed(struct replay *r, const char *under, unsigned deep)
{
	struct buf path = {0};
	struct dirlist list;
	struct err e;

	buf_addf(&path, "%s/%s", r->folder.dir, under);
	(void)dirlist_read((char *)path.p, &list, &e);
	for (size_t i = 0; i < list.count; i++) {
		struct buf name = {0};

		buf_addf(&name, "%s%s", under, list.names[i]);
		if (list.names[i][0] != '.' &&
		    strcmp((char *)name.p, "manifest") != 0 &&
		    strcmp((char *)name.p, "flows.tgz.b64") != 0)
			replay_report_file(r, (char *)name.p, deep);
		buf_free(&name);
	}
	dirlist_free(&list);
	buf_free(&path);
}

/* --- the whole ------------------------------------------------------------ */

static void
replay_report_sums(struct replay *r)
{
	buf_addf(
	    &r->out, "%zu files, %u messages: ", r->folder.count, r->messages);
	if (r->wrong == 0 && r->unseen == 0)
		buf_adds(&r->out, "all as expected");
	else
		buf_addf(
		    &r->out, "%u wrong, %u not decrypted", r->wrong, r->unseen);
	if (r->unnamed > 0)
		buf_addf(&r->out, ", %u not named", r->unnamed);
	buf_adds(&r->out, "\n");
}

static int
replay_check_any(const struct replay *r, struct err *e)
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
	if (replay_check_any(r, e) == -1 ||
	    flows_judge_new(r->c, &r->folder, &r->judge, e) == -1)
		return -1;
	for (size_t i = 0; i < r->folder.count; i++)
		replay_check_digest(r, &r->folder.files[i]);
	for (size_t i = 0; i < r->folder.count; i++)
		if (r->folder.files[i].there &&
		    flows_replay_flow(r, &r->folder.files[i], e) == -1)
			return -1;
	replay_report_unnamed(r, "", 1);
	replay_report_sums(r);
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
