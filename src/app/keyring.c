#include "src/app/keyring.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "src/base/text.h"
#include "src/base/time.h"

enum {
	KEYRING_FILE_MAX = 1 << 20, /* bytes of a file that is taken in */
	KEYRING_GAP = 3 /* columns between two that are compared */
};

/* --- words and drawings -------------------------------------------------- */

static void
put_line(struct buf *out, const char *label, const char *text)
{
	char *line;

	if (text == NULL || *text == '\0')
		return;
	line = text_escape_line(span_str(text));
	buf_addf(out, "%-12s %s\n", label, line);
	free(line);
}

/* Groups of four digits, so many to a row: what two people read out. */
static void
put_groups(struct buf *out, const char *hex, size_t groups, const char *label,
    const char *indent)
{
	size_t i, row = groups * 4;

	for (i = 0; hex[i] != '\0'; i++) {
		if (i % row == 0)
			buf_adds(out, i == 0 ? label : indent);
		buf_add(out, &hex[i], 1);
		buf_adds(out,
		    i % row == row - 1 ? "\n"
			: i % 4 == 3   ? " "
				       : "");
	}
}

/*
 * The fingerprint drawn: a walker starts in the middle of a room, each two
 * bits send it one step on a diagonal, and every visit darkens a tile. One
 * bit's difference gives another picture.
 */
enum { ROOM_WIDTH = 19, ROOM_HEIGHT = 9 };

static void
put_drawing(struct buf *out, const unsigned char digest[32], const char *indent)
{
	static const char shades[] = " .:-+*oxOX%#@";
	unsigned visits[ROOM_HEIGHT][ROOM_WIDTH] = {{0}};
	int x = ROOM_WIDTH / 2, y = ROOM_HEIGHT / 2, step;
	const unsigned last = sizeof(shades) - 2;
	int row, column;

	for (step = 0; step < 32 * 4; step++) {
		unsigned bits = (unsigned)digest[step / 4] >> (step % 4 * 2) &
		    3U;

		x += (bits & 1U) != 0 ? 1 : -1;
		y += (bits & 2U) != 0 ? 1 : -1;
		x = x < 0 ? 0 : x >= ROOM_WIDTH ? ROOM_WIDTH - 1 : x;
		y = y < 0 ? 0 : y >= ROOM_HEIGHT ? ROOM_HEIGHT - 1 : y;
		visits[y][x]++;
	}
	buf_addf(out, "%s+-------------------+\n", indent);
	for (row = 0; row < ROOM_HEIGHT; row++) {
		buf_addf(out, "%s|", indent);
		for (column = 0; column < ROOM_WIDTH; column++) {
			unsigned n = visits[row][column];
			bool start = row == ROOM_HEIGHT / 2 &&
			    column == ROOM_WIDTH / 2;
			bool end = row == y && column == x;

			buf_addf(out, "%c",
			    end         ? 'E'
				: start ? 'S'
					: shades[n > last ? last : n]);
		}
		buf_adds(out, "|\n");
	}
	buf_addf(out, "%s+-------------------+\n", indent);
}

void
keyring_json(struct buf *out, const struct keystore_item *item)
{
	buf_addf(
	    out, "{\"kind\":\"%s\",\"name\":", keystore_kind_name(item->kind));
	text_json(out, span_str(item->name));
	if (item->problem != NULL) {
		buf_adds(out,
		    ",\"fingerprint\":null,\"not_before\":null,"
		    "\"not_after\":null");
	} else {
		buf_addf(out, ",\"fingerprint\":\"%s\",\"not_before\":\"",
		    item->fingerprint);
		time_rfc3339(out, item->not_before);
		buf_adds(out, "\",\"not_after\":\"");
		time_rfc3339(out, item->not_after);
		buf_adds(out, "\"");
	}
	buf_addf(out, ",\"private\":%s,\"pinned\":%s}\n",
	    item->has_private ? "true" : "false",
	    item->pinned ? "true" : "false");
}

void
keyring_row(struct buf *out, const struct keystore_item *item)
{
	char *name = text_escape_line(span_str(item->name));
	char *problem = item->problem != NULL
	    ? text_escape_line(span_str(item->problem))
	    : NULL;

	buf_addf(out, "%-7s %-32s ", keystore_kind_name(item->kind), name);
	if (problem != NULL) {
		buf_adds(out, problem);
	} else {
		buf_addf(out, "%.16s  until ", item->fingerprint);
		time_rfc3339(out, item->not_after);
		buf_adds(out, item->not_after < time(NULL) ? "  expired" : "");
		buf_adds(out, item->pinned ? "  pinned" : "");
	}
	buf_adds(out, "\n");
	free(name);
	free(problem);
}

static void
put_item(struct buf *out, const struct keystore_item *item)
{
	static const char indent[] = "             ";

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
	time_rfc3339(out, item->not_before);
	buf_adds(out, " to ");
	time_rfc3339(out, item->not_after);
	buf_adds(out, "\n");
	if (item->kind != KEYSTORE_CRL && item->kind != KEYSTORE_CA)
		put_line(out, "private key", item->has_private ? "here" : "no");
	put_line(out, "pinned", item->pinned ? "yes" : "no");
	put_groups(out, item->fingerprint, 8, "fingerprint  ", indent);
	put_drawing(out, item->digest, indent);
}

/* --- what is here ----------------------------------------------------------- */

int
keyring_list(struct keystore *ks, struct buf *out, struct err *e)
{
	struct keystore_item *items;
	size_t count, i;

	if (keystore_list(ks, NULL, &items, &count, e) == -1)
		return -1;
	for (i = 0; i < count; i++)
		keyring_row(out, &items[i]);
	keystore_items_free(items, count);
	return 0;
}

int
keyring_find(struct keystore *ks, const char *name,
    struct keystore_item **items, size_t *count, struct err *e)
{
	if (keystore_list(ks, name, items, count, e) == -1)
		return -1;
	if (*count > 0)
		return 0;
	keystore_items_free(*items, *count);
	return err_set(e, EX_CONFIG, "there is nothing of %s in %s", name,
	    keystore_dir(ks));
}

int
keyring_show(
    struct keystore *ks, const char *name, struct buf *out, struct err *e)
{
	struct keystore_item *items;
	size_t count, i;

	if (keyring_find(ks, name, &items, &count, e) == -1)
		return -1;
	for (i = 0; i < count; i++) {
		buf_adds(out, i > 0 ? "\n" : "");
		put_item(out, &items[i]);
	}
	keystore_items_free(items, count);
	return 0;
}

/* The certificate of a person among items, or NULL. */
static const struct keystore_item *
of_person(const struct keystore_item *items, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (items[i].kind == KEYSTORE_USER ||
		    items[i].kind == KEYSTORE_PEER)
			return &items[i];
	return NULL;
}

int
keyring_fingerprint(
    struct keystore *ks, const struct aor *who, char hex[65], struct err *e)
{
	const struct keystore_item *item;
	struct keystore_item *items;
	size_t count;
	int rc = 0;

	if (keystore_list(ks, who->key, &items, &count, e) == -1)
		return -1;
	item = of_person(items, count);
	if (item != NULL && item->problem == NULL)
		memcpy(hex, item->fingerprint, sizeof(item->fingerprint));
	else
		rc = err_set(e, EX_CONFIG,
		    "there is no certificate of %s in "
		    "%s to trust; import it first",
		    who->text, keystore_dir(ks));
	keystore_items_free(items, count);
	return rc;
}

/* --- two that are compared --------------------------------------------------- */

/* What is missing, and how it is come by. */
static int
nothing_of(const struct aor *who, bool mine, struct err *e)
{
	if (mine)
		return err_set(e, EX_CONFIG,
		    "there is no certificate of "
		    "yours (%s) here to compare; signet keys new %s makes "
		    "one",
		    who->text, who->text);
	return err_set(e, EX_CONFIG,
	    "there is no certificate of %s here to "
	    "compare; ask them for it and take it with /import FILE",
	    who->text);
}

/* A person's certificate as a column of lines. */
static int
put_column(struct keystore *ks, const char *address, bool mine, struct buf *out,
    struct err *e)
{
	const struct keystore_item *item;
	struct keystore_item *items = NULL;
	struct aor who;
	size_t count = 0;
	int rc;

	if (aor_parse(span_str(address), &who, e) == -1)
		return -1;
	rc = keystore_list(ks, who.key, &items, &count, e);
	item = of_person(items, count);
	if (rc == 0 && item == NULL)
		rc = nothing_of(&who, mine, e);
	else if (rc == 0 && item->problem != NULL)
		rc = err_set(e, EX_CONFIG,
		    "the certificate of %s cannot be "
		    "read: %s",
		    who.text, item->problem);
	if (rc == 0) {
		text_escape(out, span_str(who.text), false);
		buf_addf(out, "%s\n%s\nfrom  ", mine ? " (you)" : "",
		    item->pinned ? "pinned" : "not pinned");
		time_rfc3339(out, item->not_before);
		buf_adds(out, "\nuntil ");
		time_rfc3339(out, item->not_after);
		buf_addf(out, "%s\n\n",
		    item->not_after < time(NULL)        ? "  expired"
			: item->not_before > time(NULL) ? "  not yet valid"
							: "");
		put_groups(out, item->fingerprint, 4, "", "");
		buf_adds(out, "\n");
		put_drawing(out, item->digest, "");
	}
	keystore_items_free(items, count);
	aor_free(&who);
	return rc;
}

/* The line at *at, without its end; *at goes behind it. */
static struct span
next_line(struct span s, size_t *at)
{
	size_t end = span_find(s, '\n', *at);
	struct span line = span_cut(s, *at, end);

	*at = end < s.n ? end + 1 : end;
	return line;
}

static size_t
widest(struct span s)
{
	size_t most = 0, at = 0;

	while (at < s.n) {
		size_t n = text_width(next_line(s, &at));

		most = n > most ? n : most;
	}
	return most;
}

/* Both have as many lines. */
static void
put_beside(struct buf *out, struct span left, struct span right)
{
	size_t wide = widest(left) + KEYRING_GAP, l = 0, r = 0;

	while (l < left.n || r < right.n) {
		struct span a = next_line(left, &l);
		struct span b = next_line(right, &r);

		buf_addspan(out, a);
		if (b.n > 0)
			buf_addf(out, "%*s", (int)(wide - text_width(a)), "");
		buf_addspan(out, b);
		buf_adds(out, "\n");
	}
}

int
keyring_compare(struct keystore *ks, const char *me, const char *them,
    size_t width, struct buf *out, struct err *e)
{
	struct buf mine = {0}, theirs = {0};
	int rc = put_column(ks, me, true, &mine, e);

	if (rc == 0)
		rc = put_column(ks, them, false, &theirs, e);
	if (rc == 0 &&
	    widest(span_buf(&mine)) + KEYRING_GAP + widest(span_buf(&theirs)) <=
		width) {
		put_beside(out, span_buf(&mine), span_buf(&theirs));
	} else if (rc == 0) {
		buf_addspan(out, span_buf(&mine));
		buf_adds(out, "\n");
		buf_addspan(out, span_buf(&theirs));
	}
	buf_free(&mine);
	buf_free(&theirs);
	return rc;
}

/* --- what is brought ---------------------------------------------------------- */

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
	buf_reserve(out, KEYRING_FILE_MAX + sizeof(chunk));
	while (out->n <= KEYRING_FILE_MAX &&
	    (n = fread(chunk, 1, sizeof(chunk), f)) > 0)
		buf_add(out, chunk, n);
	if (ferror(f))
		rc = err_set(e, EX_NOINPUT, "%s cannot be read: %s", path,
		    strerror(errno));
	else if (out->n > KEYRING_FILE_MAX)
		rc = err_set(e, EX_DATAERR, "%s is larger than %d bytes", path,
		    KEYRING_FILE_MAX);
	if (!standard)
		fclose(f);
	return rc;
}

int
keyring_take(struct keystore *ks, const struct keystore_import_opts *how,
    struct keystore_item **items, size_t *count, struct err *e)
{
	struct buf data = {0};
	int rc = read_file(how->path, &data, e);

	if (rc == 0)
		rc = keystore_import(ks, span_buf(&data), how, items, count, e);
	buf_wipe(&data);
	return rc;
}

int
keyring_import(struct keystore *ks, const struct keystore_import_opts *how,
    keyring_who_fn *who, void *arg, struct buf *out, struct err *e)
{
	struct keystore_item *items = NULL;
	size_t count = 0, i;
	int rc = keyring_take(ks, how, &items, &count, e);

	for (i = 0; rc == 0 && i < count; i++) {
		keyring_row(out, &items[i]);
		if (who != NULL &&
		    (items[i].kind == KEYSTORE_USER ||
			items[i].kind == KEYSTORE_PEER))
			who(arg, items[i].name);
	}
	keystore_items_free(items, count);
	return rc;
}
