/*
 * Saves flows in a folder: each message's bytes, its CMS contents, the
 * certificates, a manifest of digests, and an archive of all of them.
 *
 * Certificates are in the folder itself, which then is a key store, or in
 * NAME-keys if a flow has its own.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "src/base/digest.h"
#include "src/base/dirlist.h"
#include "src/base/savefile.h"
#include "src/flows/archive.h"
#include "src/flows/pair.h"
#include "src/show/pretty_message.h"

/* A file, written only at the end, so that a run that fails leaves nothing. */
struct saved {
	char *name;
	struct buf data;
	bool written, secret;
};

struct flows_folder {
	char *dir;
	bool made; /* we created dir */
	struct saved *files;
	size_t count;
};

static struct saved *
save_folder_find(const struct flows_folder *d, const char *name)
{
	for (size_t i = 0; i < d->count; i++)
		if (strcmp(d->files[i].name, name) == 0)
			return &d->files[i];
	return NULL;
}

/* Adds a file. Two flows may add the same file; a file with the same name and
 * other contents is an error. */
static int
save_folder_put(struct flows_folder *d, const char *name, struct span data,
    bool secret, struct err *e)
{
	struct saved *s = save_folder_find(d, name);

	if (s != NULL)
		return span_eq(span_buf(&s->data), data)
		    ? 0
		    : err_set(e, EX_SOFTWARE,
			  "%s/%s exists already with other contents", d->dir,
			  name);
	d->files = xrealloc(d->files, (d->count + 1) * sizeof(*d->files));
	s = &d->files[d->count++];
	*s = (struct saved){.name = xstrdup(name), .secret = secret};
	buf_reserve(&s->data, data.n);
	buf_addspan(&s->data, data);
	return 0;
}

static bool
save_is_empty(const char *dir)
{
	struct dirlist list;
	struct err e;
	bool empty = dirlist_read(dir, &list, &e) == 0 && list.count == 0;

	dirlist_free(&list);
	return empty;
}

int
flows_folder_new(const char *dir, struct flows_folder **out, struct err *e)
{
	struct flows_folder *d;
	bool made = mkdir(dir, 0755) == 0;

	if (!made && errno != EEXIST)
		return err_set(e, EX_CANTCREAT, "%s cannot be made: %s", dir,
		    strerror(errno));
	if (!made && !save_is_empty(dir))
		return err_set(e, EX_CANTCREAT,
		    "%s exists and is not an empty folder; --save needs a new "
		    "one",
		    dir);
	d = xcalloc(1, sizeof(*d));
	d->dir = xstrdup(dir);
	d->made = made;
	*out = d;
	return 0;
}

/* --- messages ------------------------------------------------------------- */

struct blobs {
	struct flows_folder *folder;
	const char *name;
	unsigned next; /* number of the next */
	int rc;
	struct err *e;
};

static void
save_add_blob(void *arg, struct span der)
{
	struct blobs *b = arg;
	char name[80];

	(void)snprintf(
	    name, sizeof(name), "%.40s-blob%u.der", b->name, b->next++);
	if (b->rc == 0)
		b->rc = save_folder_put(b->folder, name, der, false, b->e);
}

static int
save_add_message(struct blobs *blobs, const struct flows_event *ev,
    const char *name, struct err *e)
{
	struct buf whole = {0};
	int rc;

	buf_addspan(&whole, span_buf(&ev->head));
	buf_addspan(&whole, span_buf(&ev->body));
	rc = save_folder_put(blobs->folder, name, span_buf(&whole), false, e);
	buf_free(&whole);
	if (rc == 0 && ev->kind == FLOWS_REQUEST && ev->out)
		pretty_blobs(span_buf(&ev->head), span_buf(&ev->body),
		    save_add_blob, blobs);
	return rc == 0 ? blobs->rc : rc;
}

static int
save_add_messages(
    struct flows_folder *d, const struct flows_run *r, struct err *e)
{
	struct blobs blobs = {.folder = d,
	    .name = r->plan->name,
	    .next = flows_first_blob(r->plan),
	    .e = e};
	struct flows_pair *pair = flows_pair_new(r->plan->name);
	char name[FLOWS_PAIR_NAME];
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < r->count; i++)
		if (r->events[i].kind != FLOWS_TLS &&
		    flows_pair_next(pair, &r->events[i], name))
			rc = save_add_message(&blobs, &r->events[i], name, e);
	flows_pair_free(pair);
	return rc;
}

/* --- certificates --------------------------------------------------------- */

static bool
save_is_file_of(const char *file, const char *kind, const char *who)
{
	size_t n = strlen(kind), m = strlen(who);

	return strncmp(file, kind, n) == 0 && strncmp(file + n, who, m) == 0 &&
	    strcmp(file + n + m, ".pem") == 0;
}

/* Returns whether a key store's file is saved with a flow: CAs, CRLs, and the
 * certificates of both sides; the recipient's private key only if it was made
 * for the run (thrown_away). */
static bool
save_belongs(const struct flows *f, const char *file, bool thrown_away)
{
	static const char *const above[] = {"root_cert_", "ca_cert_", "crl_"};
	const struct aor *who[] = {&f->us, &f->them};

	for (size_t i = 0; i < sizeof(above) / sizeof(above[0]); i++)
		if (strncmp(file, above[i], strlen(above[i])) == 0)
			return true;
	for (size_t i = 0; i < 2; i++)
		if (save_is_file_of(file, "user_cert_", who[i]->key) ||
		    save_is_file_of(file, "domain_cert_", who[i]->host))
			return true;
	return save_is_file_of(file, "domain_cert_", f->address) ||
	    (thrown_away && save_is_file_of(file, "user_key_", f->them.key));
}

/* Adds a file of a key store under its name after under. */
static int
save_add_store_file(struct flows_folder *d, const char *store, const char *file,
    const char *under, struct err *e)
{
	struct buf path = {0}, name = {0}, data = {0};
	bool there = false;
	int rc;

	buf_addf(&path, "%s/%s", store, file);
	buf_addf(&name, "%s%s", under, file);
	rc = savefile_read((char *)path.p, &data, &there, e);
	if (rc == 0 && there)
		rc = save_folder_put(d, (char *)name.p, span_buf(&data),
		    strncmp(file, "user_key_", 9) == 0, e);
	buf_wipe(&data);
	buf_free(&name);
	buf_free(&path);
	return rc;
}

static int
save_add_store(struct flows_folder *d, const struct flows *f, const char *store,
    const char *under, struct err *e)
{
	bool thrown_away = strncmp(store, f->dir, strlen(f->dir)) == 0;
	struct dirlist list;
	int rc = dirlist_read(store, &list, e);

	for (size_t i = 0; rc == 0 && i < list.count; i++)
		if (save_belongs(f, list.names[i], thrown_away))
			rc = save_add_store_file(
			    d, store, list.names[i], under, e);
	dirlist_free(&list);
	return rc;
}

int
flows_folder_add(struct flows_folder *d, const struct flows *f,
    const struct flows_run *r, struct err *e)
{
	char under[80] = "";

	if (save_add_messages(d, r, e) == -1)
		return -1;
	if (flows_is_ec(r->plan) || r->plan->odd != ODD_NOTHING)
		(void)snprintf(
		    under, sizeof(under), "%.60s-keys/", r->plan->name);
	if (save_add_store(d, f, r->keys.recipient, under, e) == -1)
		return -1;
	return save_add_store(d, f, r->keys.sender, under, e);
}

/* --- the end -------------------------------------------------------------- */

static int
save_by_name(const void *a, const void *b)
{
	const struct saved *x = a, *y = b;

	return strcmp(x->name, y->name);
}

static int
save_add_manifest(struct flows_folder *d, struct err *e)
{
	struct buf b = {0};
	int rc;

	qsort(d->files, d->count, sizeof(*d->files), save_by_name);
	for (size_t i = 0; i < d->count; i++) {
		struct span data = span_buf(&d->files[i].data);
		char hex[DIGEST_HEX];

		(void)digest_hex(span_str("SHA-256"), &data, 1, hex);
		buf_addf(&b, "%s  %s\n", hex, d->files[i].name);
	}
	rc = save_folder_put(d, "manifest", span_buf(&b), false, e);
	buf_free(&b);
	return rc;
}

static int
save_add_archive(struct flows_folder *d, time_t at, struct err *e)
{
	struct archive a = {.at = at != 0 ? at : time(NULL)};
	struct buf base64 = {0};
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < d->count; i++)
		rc = archive_add(&a, d->files[i].name,
		    span_buf(&d->files[i].data),
		    d->files[i].secret ? 0600 : 0644, e);
	if (rc == 0)
		rc = archive_base64(&a, &base64, e);
	if (rc == 0)
		rc = save_folder_put(
		    d, "flows.tgz.b64", span_buf(&base64), false, e);
	archive_free(&a);
	buf_free(&base64);
	return rc;
}

static int
save_write_one(struct flows_folder *d, struct saved *s, struct err *e)
{
	char path[2 * SCRATCH_PATH];

	if (snprintf(path, sizeof(path), "%s/%s", d->dir, s->name) >=
	    (int)sizeof(path))
		return err_set(
		    e, EX_CANTCREAT, "%s: the name is too long", d->dir);
	savefile_folders(path);
	if (savefile_new(path, span_buf(&s->data), e) == -1)
		return -1;
	s->written = true;
	if (!s->secret)
		(void)chmod(path, 0644);
	return 0;
}

/* Removes the files that were written. */
static void
save_unwrite(const struct flows_folder *d)
{
	char path[2 * SCRATCH_PATH];

	for (size_t i = 0; i < d->count; i++) {
		char *slash;

		(void)snprintf(path, sizeof(path), "%.400s/%.390s", d->dir,
		    d->files[i].name);
		if (d->files[i].written)
			(void)unlink(path);
		slash = strrchr(path, '/');
		if (slash != NULL && strchr(d->files[i].name, '/') != NULL) {
			*slash = '\0';
			(void)rmdir(path);
		}
	}
	if (d->made)
		(void)rmdir(d->dir);
}

static void
save_folder_free(struct flows_folder *d)
{
	if (d == NULL)
		return;
	for (size_t i = 0; i < d->count; i++) {
		free(d->files[i].name);
		buf_wipe(&d->files[i].data);
	}
	free(d->files);
	free(d->dir);
	free(d);
}

void
flows_folder_abandon(struct flows_folder *d)
{
	if (d != NULL)
		save_unwrite(d);
	save_folder_free(d);
}

int
flows_folder_close(struct flows_folder *d, time_t at, struct err *e)
{
	int rc = save_add_manifest(d, e);

	if (rc == 0)
		rc = save_add_archive(d, at, e);
	for (size_t i = 0; rc == 0 && i < d->count; i++)
		rc = save_write_one(d, &d->files[i], e);
	if (rc == -1)
		save_unwrite(d);
	save_folder_free(d);
	return rc;
}
