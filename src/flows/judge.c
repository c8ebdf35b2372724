#include "src/flows/judge.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/savefile.h"
#include "src/base/scratch.h"
#include "src/flows/flows_priv.h"
#include "src/ua/refusal.h"

struct store {
	char *under; /* its files' names begin with this */
	struct keystore *ks;
};

struct flows_judge {
	const struct config *c;
	const struct flows_folder_read *folder;
	char dir[300]; /* scratch */
	struct scratch_guard guard;
	struct store *stores;
	size_t count;
	struct keystore *own; /* config's; NULL: not opened yet */
};

int
flows_judge_new(const struct config *c, const struct flows_folder_read *folder,
    struct flows_judge **out, struct err *e)
{
	struct flows_judge *j = xcalloc(1, sizeof(*j));

	j->c = c;
	j->folder = folder;
	*out = j;
	if (scratch_new("replay", j->dir, e) == -1)
		return -1;
	scratch_watch(j->dir, &j->guard);
	return 0;
}

void
flows_judge_free(struct flows_judge *j)
{
	if (j == NULL)
		return;
	for (size_t i = 0; i < j->count; i++) {
		free(j->stores[i].under);
		keystore_free(j->stores[i].ks);
	}
	free(j->stores);
	keystore_free(j->own);
	if (j->dir[0] != '\0')
		scratch_end(j->dir, &j->guard);
	free(j);
}

/* --- key stores ----------------------------------------------------------- */

/* Returns a file's name in the store under, or NULL if it is not in it or its
 * digest does not match the manifest. */
static const char *
judge_name_in_store(const struct flows_file *file, const char *under)
{
	size_t n = strlen(under), m = strlen(file->name);

	return file->there && file->same && m > n + 4 &&
		strncmp(file->name, under, n) == 0 &&
		strchr(file->name + n, '/') == NULL &&
		strcmp(file->name + m - 4, ".pem") == 0
	    ? file->name + n
	    : NULL;
}

static bool
judge_has_store(const struct flows_judge *j, const char *under)
{
	for (size_t i = 0; i < j->folder->count; i++)
		if (judge_name_in_store(&j->folder->files[i], under) != NULL)
			return true;
	return false;
}

static int
judge_write_store(const struct flows_judge *j, const char *under,
    const char *to, struct err *e)
{
	int rc = scratch_folder(to, e);

	for (size_t i = 0; rc == 0 && i < j->folder->count; i++) {
		const struct flows_file *file = &j->folder->files[i];
		const char *name = judge_name_in_store(file, under);
		char path[SCRATCH_PATH + 256];

		if (name == NULL)
			continue;
		(void)snprintf(path, sizeof(path), "%.390s/%.250s", to, name);
		rc = savefile_new(path, span_buf(&file->data), e);
	}
	return rc;
}

static int
judge_open_store(const struct flows_judge *j, const char *at,
    struct keystore **out, struct err *e)
{
	struct config c = *j->c;

	c.keys = (char *)(uintptr_t)at;
	return flows_keystore(&c, out, e);
}

/* Makes the store of the files under a name. Scratch folders are numbered,
 * since names in the saved folder are untrusted. */
static int
judge_make_store(struct flows_judge *j, const char *under,
    struct keystore **out, struct err *e)
{
	char to[SCRATCH_PATH];

	(void)snprintf(to, sizeof(to), "%s/%zu", j->dir, j->count);
	if (judge_write_store(j, under, to, e) == -1 ||
	    judge_open_store(j, to, out, e) == -1)
		return -1;
	j->stores = xrealloc(j->stores, (j->count + 1) * sizeof(*j->stores));
	j->stores[j->count++] = (struct store){
	    .under = xstrdup(under), .ks = *out};
	return 0;
}

static int
judge_find_store(struct flows_judge *j, const char *flow, struct keystore **out,
    struct err *e)
{
	char under[300];

	(void)snprintf(under, sizeof(under), "%.250s-keys/", flow);
	if (!judge_has_store(j, under))
		under[0] = '\0';
	for (size_t i = 0; i < j->count; i++)
		if (strcmp(j->stores[i].under, under) == 0) {
			*out = j->stores[i].ks;
			return 0;
		}
	return judge_make_store(j, under, out, e);
}

/* --- a message ------------------------------------------------------------ */

time_t
flows_judge_time(const struct sip_msg *m)
{
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	struct span date = sip_header(m, "Date", 0);
	char text[64], name[4], iso[64];
	int day, year, h, min, s;
	const char *month;
	struct err e;
	time_t at;

	(void)snprintf(text, sizeof(text), "%.*s", (int)span_cut(date, 0, 60).n,
	    (const char *)date.p);
	if (sscanf(text, "%*3s, %2d %3s %4d %2d:%2d:%2d GMT", &day, name, &year,
		&h, &min, &s) != 6)
		return time(NULL);
	month = strstr(months, name);
	if (month == NULL || strlen(name) != 3 || (month - months) % 3 != 0)
		return time(NULL);
	(void)snprintf(iso, sizeof(iso), "%04d-%02d-%02dT%02d:%02d:%02dZ", year,
	    (int)(month - months) / 3 + 1, day, h, min, s);
	return config_time(&at, iso, &e) == 0 ? at : time(NULL);
}

static void
judge_by(const struct flows_judge *j, struct keystore *ks,
    const struct sip_msg *m, struct message_in *in)
{
	struct policy policy = j->c->policy;

	if (policy.at == 0)
		policy.at = flows_judge_time(m);
	*in = (struct message_in){.judged = true};
	message_judge(ks, &policy, m, NULL, &in->opened);
	in->status = refusal_status(in->opened.refusal);
}

int
flows_judge(struct flows_judge *j, const char *flow, const struct sip_msg *m,
    struct message_in *in, struct err *e)
{
	struct keystore *ks;

	if (judge_find_store(j, flow, &ks, e) == -1)
		return -1;
	judge_by(j, ks, m, in);
	if (in->opened.verdict.encryption != ENCRYPTION_NO_KEY ||
	    j->c->keys == NULL)
		return 0;
	if (j->own == NULL && judge_open_store(j, j->c->keys, &j->own, e) == -1)
		return -1;
	message_in_free(in);
	judge_by(j, j->own, m, in);
	return 0;
}
