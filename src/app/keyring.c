#include "src/app/keyring.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "src/app/comparison.h"
#include "src/app/config.h"
#include "src/app/own_cert.h"
#include "src/base/json.h"
#include "src/base/text.h"
#include "src/base/time.h"

enum {
	KEYRING_FILE_MAX = 1 << 20, /* bytes of a file that is imported */
	KEYRING_GAP = 3 /* columns between two compared certificates */
};

/* --- text and pictures ---------------------------------------------------- */

static void
keyring_put_line(struct buf *out, const char *label, const char *text)
{
	char *line;

	if (text == NULL || *text == '\0')
		return;
	line = text_escape_line(span_str(text));
	buf_addf(out, "%-12s %s\n", label, line);
	free(line);
}

/* Appends hex in groups of four digits, to be read out; groups is the number of
 * groups in a row. */
static void
keyring_put_groups(struct buf *out, const char *hex, size_t groups,
    const char *label, const char *indent)
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
 * Draws the fingerprint, as OpenSSH does: a walk starts in the middle, each two
 * bits move it one step on a diagonal, and each visit darkens a cell. Another
 * bit gives another walk.
 */
enum { ROOM_WIDTH = 19, ROOM_HEIGHT = 9 };

static void
keyring_put_drawing(
    struct buf *out, const unsigned char digest[32], const char *indent)
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

static size_t
keyring_widest(struct span s)
{
	size_t most = 0;

	while (s.n > 0) {
		size_t n = text_width(span_line(&s));

		most = n > most ? n : most;
	}
	return most;
}

/* Puts the lines of left and right side by side. */
static void
keyring_put_beside(struct buf *out, struct span left, struct span right)
{
	size_t wide = keyring_widest(left) + KEYRING_GAP;

	while (left.n > 0 || right.n > 0) {
		struct span a = span_line(&left);
		struct span b = span_line(&right);

		buf_addspan(out, a);
		if (b.n > 0)
			buf_addf(out, "%*s", (int)(wide - text_width(a)), "");
		buf_addspan(out, b);
		buf_adds(out, "\n");
	}
}

void
keyring_json(struct buf *out, const struct keystore_item *item, bool verified)
{
	json_open(out);
	json_member(out, "kind", keystore_kind_name(item->kind));
	json_member(out, "name", item->name);
	if (item->problem != NULL) {
		json_null(out, "fingerprint");
		json_null(out, "not_before");
		json_null(out, "not_after");
	} else {
		json_member(out, "fingerprint", item->fingerprint);
		json_time(out, "not_before", item->not_before);
		json_time(out, "not_after", item->not_after);
	}
	json_bool(out, "private", item->has_private);
	json_bool(out, "pinned", item->pinned);
	if (item->kind == KEYSTORE_PEER)
		json_bool(out, "verified", verified);
	else
		json_null(out, "verified");
	if (item->use != NULL)
		json_member(out, "use", item->use);
	json_close_line(out);
}

/* Appends an item as a line. remark (NULL: none) is said of it; it is shown
 * instead of "expired". */
static void
keyring_put_row(
    struct buf *out, const struct keystore_item *item, const char *remark)
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
		if (remark != NULL)
			buf_addf(out, "  %s", remark);
		else if (item->not_after < time(NULL))
			buf_adds(out, "  expired");
		buf_adds(out, item->pinned ? "  pinned" : "");
		if (item->use != NULL)
			buf_addf(out, "  to %s", item->use);
	}
	buf_adds(out, "\n");
	free(name);
	free(problem);
}

void
keyring_row(struct buf *out, const struct keystore_item *item)
{
	keyring_put_row(out, item, NULL);
}

/* Appends lines beside a label. */
static void
keyring_put_lines(struct buf *out, const char *label, struct span lines)
{
	while (lines.n > 0) {
		struct span line = span_line(&lines);

		buf_addf(out, "%-12s ", label);
		text_escape(out, line, false);
		buf_adds(out, "\n");
		label = "";
	}
}

/* Appends an item with its chain (empty: none); words (empty: none) stand beside
 * its picture. */
static void
keyring_put_item(struct buf *out, const struct keystore_item *item,
    struct span chain, struct span words)
{
	static const char indent[] = "             ";
	struct buf drawing = {0};

	keyring_put_line(out, "kind", keystore_kind_name(item->kind));
	keyring_put_line(out, "name", item->name);
	if (item->problem != NULL) {
		keyring_put_line(out, "problem", item->problem);
		return;
	}
	keyring_put_line(out, "subject", item->subject);
	keyring_put_line(out, "issuer", item->issuer);
	keyring_put_line(out, "addresses", item->addresses);
	keyring_put_line(out, "used to", item->use);
	keyring_put_line(out, "key", item->key);
	buf_addf(out, "%-12s ", "valid");
	time_rfc3339(out, item->not_before);
	buf_adds(out, " to ");
	time_rfc3339(out, item->not_after);
	buf_adds(out, "\n");
	if (item->kind != KEYSTORE_CRL && item->kind != KEYSTORE_CA)
		keyring_put_line(
		    out, "private key", item->has_private ? "here" : "no");
	keyring_put_line(out, "pinned", item->pinned ? "yes" : "no");
	keyring_put_lines(out, "chain", chain);
	keyring_put_groups(out, item->fingerprint, 8, "fingerprint  ", indent);
	keyring_put_drawing(&drawing, item->digest, indent);
	keyring_put_beside(out, span_buf(&drawing), words);
	buf_free(&drawing);
}

/* --- listing -------------------------------------------------------------- */

/* Appends the row of a certificate of ours that we would sign with, and that it
 * is refused everywhere, or ends soon. */
static void
keyring_put_own(struct keystore *ks, const struct policy *policy,
    const struct keystore_item *item, struct buf *out)
{
	struct buf remark = {0};
	struct aor who = {NULL, NULL, NULL};
	struct err e;
	char *line = NULL;

	if (aor_parse(span_str(item->name), &who, &e) == 0)
		(void)own_cert_look(ks, policy, &who, &remark);
	if (remark.n > 0)
		line = text_escape_line(span_buf(&remark));
	keyring_put_row(out, item, line);
	free(line);
	buf_free(&remark);
	aor_free(&who);
}

int
keyring_list(struct keystore *ks, const struct policy *policy, struct buf *out,
    struct err *e)
{
	struct keystore_item *items;
	size_t count, i;

	if (keystore_list(ks, NULL, &items, &count, e) == -1)
		return -1;
	for (i = 0; i < count; i++)
		if (items[i].kind == KEYSTORE_USER &&
		    items[i].problem == NULL &&
		    (items[i].use == NULL || strcmp(items[i].use, "sign") == 0))
			keyring_put_own(ks, policy, &items[i], out);
		else
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
	return err_set(e, EX_CONFIG,
	    "there is no key or certificate of %s in %s", name,
	    keystore_dir(ks));
}

/* Appends the comparison words of me and another person, or nothing where one
 * of us has no certificate here. */
static void
keyring_put_words(struct keystore *ks, const char *me,
    const struct keystore_item *item, struct buf *out)
{
	struct buf words = {0};
	struct err ignored;

	if (me != NULL && item->kind == KEYSTORE_PEER &&
	    item->problem == NULL &&
	    comparison_words(ks, me, item->name, "", &words, &ignored) == 0) {
		buf_adds(out, "\nyour words: both of you have the same\n\n");
		buf_addspan(out, span_buf(&words));
	}
	buf_free(&words);
}

int
keyring_show(struct keystore *ks, const struct policy *policy, const char *me,
    const char *name, struct buf *out, struct err *e)
{
	struct keystore_item *items;
	size_t count, i;

	if (keyring_find(ks, name, &items, &count, e) == -1)
		return -1;
	for (i = 0; i < count; i++) {
		struct buf words = {0}, chain = {0};

		(void)trust_item_chain(ks, policy, &items[i], &chain);
		/* They are of all certificates, so they are told once. */
		if (i == 0)
			keyring_put_words(ks, me, &items[i], &words);
		buf_adds(out, i > 0 ? "\n" : "");
		keyring_put_item(
		    out, &items[i], span_buf(&chain), span_buf(&words));
		buf_free(&chain);
		buf_free(&words);
	}
	keystore_items_free(items, count);
	return 0;
}

/* --- comparison ----------------------------------------------------------- */

/* Sets e: which certificate is missing, and how to get it. */
static int
keyring_nothing_of(const struct aor *who, bool mine, struct err *e)
{
	if (mine) {
		(void)err_set(e, EX_CONFIG,
		    "you have no certificate (%s) to compare", who->text);
		return err_because(e, CAUSE_NO_OWN_CERT, who->text);
	}
	return err_set(e, EX_CONFIG,
	    "there is no certificate of %s to compare; ask them for it and "
	    "import it with /import FILE",
	    who->text);
}

static bool
keyring_is_person(const struct keystore_item *item)
{
	return item->kind == KEYSTORE_USER || item->kind == KEYSTORE_PEER;
}

/* Appends a certificate of a person as a column of lines. */
static void
keyring_put_part(struct buf *out, const struct keystore_item *item)
{
	if (item->use != NULL)
		buf_addf(out, "to %s, ", item->use);
	buf_addf(out, "%s\nfrom  ", item->pinned ? "pinned" : "not pinned");
	time_rfc3339(out, item->not_before);
	buf_adds(out, "\nuntil ");
	time_rfc3339(out, item->not_after);
	buf_addf(out, "%s\n\n",
	    item->not_after < time(NULL)        ? "  expired"
		: item->not_before > time(NULL) ? "  not yet valid"
						: "");
	keyring_put_groups(out, item->fingerprint, 4, "", "");
	buf_adds(out, "\n");
	keyring_put_drawing(out, item->digest, "");
}

/* Appends a person's certificates as a column of lines. */
static int
keyring_put_column(struct keystore *ks, const char *address, bool mine,
    struct buf *out, struct err *e)
{
	struct keystore_item *items = NULL;
	struct aor who;
	size_t count = 0, i;
	bool any = false;
	int rc;

	if (aor_parse(span_str(address), &who, e) == -1)
		return -1;
	rc = keystore_list(ks, who.key, &items, &count, e);
	for (i = 0; rc == 0 && i < count; i++) {
		if (!keyring_is_person(&items[i]))
			continue;
		if (items[i].problem != NULL) {
			rc = err_set(e, EX_CONFIG,
			    "the certificate of %s cannot be read: %s",
			    who.text, items[i].problem);
			break;
		}
		if (!any) {
			text_escape(out, span_str(who.text), false);
			buf_adds(out, mine ? " (you)" : "");
		}
		buf_adds(out, "\n");
		keyring_put_part(out, &items[i]);
		any = true;
	}
	if (rc == 0 && !any)
		rc = keyring_nothing_of(&who, mine, e);
	keystore_items_free(items, count);
	aor_free(&who);
	return rc;
}

/* Appends the words of two people and, below, what is shown of both. */
static void
keyring_put_pair(struct buf *out, const struct fingerprints *both,
    struct span mine, struct span theirs, size_t width)
{
	buf_adds(out, "Both of you must have these words:\n\n");
	fingerprints_put_words(out, both, "    ");
	buf_adds(out, "\n");
	if (keyring_widest(mine) + KEYRING_GAP + keyring_widest(theirs) <=
	    width) {
		keyring_put_beside(out, mine, theirs);
		return;
	}
	buf_addspan(out, mine);
	buf_adds(out, "\n");
	buf_addspan(out, theirs);
}

int
keyring_compare(struct keystore *ks, const char *me, const char *them,
    size_t width, struct buf *out, struct err *e)
{
	struct fingerprints both = {.count = 0};
	struct buf mine = {0}, theirs = {0};
	int rc = keyring_put_column(ks, me, true, &mine, e);

	if (rc == 0)
		rc = keyring_put_column(ks, them, false, &theirs, e);
	if (rc == 0)
		rc = comparison_add(ks, me, &both, e);
	if (rc == 0)
		rc = comparison_add(ks, them, &both, e);
	if (rc == 0)
		keyring_put_pair(
		    out, &both, span_buf(&mine), span_buf(&theirs), width);
	buf_free(&mine);
	buf_free(&theirs);
	return rc;
}

/* Appends fingerprints that somebody offers as a column of lines. */
static void
keyring_put_offered(const struct aor *them, const char *shown, struct buf *out)
{
	unsigned char digest[32];

	text_escape(out, span_str(them->text), false);
	buf_adds(out, " (offered)");
	for (; strlen(shown) >= 64; shown += shown[64] == ' ' ? 65 : 64) {
		char hex[65];

		memcpy(hex, shown, 64);
		hex[64] = '\0';
		for (size_t i = 0; i < sizeof(digest); i++)
			digest[i] = (unsigned char)(hex_value((unsigned char)
							    hex[2 * i]) *
				16 +
			    hex_value((unsigned char)hex[2 * i + 1]));
		buf_adds(out, "\n\n\n\n");
		keyring_put_groups(out, hex, 4, "", "");
		buf_adds(out, "\n");
		keyring_put_drawing(out, digest, "");
	}
}

int
keyring_compare_offered(struct keystore *ks, const char *me,
    const struct aor *them, const char *shown, size_t width, struct buf *out,
    struct err *e)
{
	struct fingerprints both = {.count = 0};
	struct buf mine = {0}, theirs = {0};
	int rc = me != NULL ? 0 : config_no_aor(e);

	if (rc == 0)
		rc = keyring_put_column(ks, me, true, &mine, e);
	if (rc == 0)
		rc = comparison_add(ks, me, &both, e);
	if (rc == 0) {
		(void)fingerprints_add_hex(&both, span_str(shown), ' ');
		keyring_put_offered(them, shown, &theirs);
		keyring_put_pair(
		    out, &both, span_buf(&mine), span_buf(&theirs), width);
	}
	buf_free(&mine);
	buf_free(&theirs);
	return rc;
}

/* --- import --------------------------------------------------------------- */

int
keyring_read_file(const char *path, struct buf *out, struct err *e)
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
keyring_import(struct keystore *ks, const struct keystore_import_opts *how,
    keyring_who_fn *who, void *arg, struct buf *out, struct err *e)
{
	struct keystore_import_opts told = *how;
	struct keystore_item *items = NULL;
	struct buf left = {0}, data = {0};
	size_t count = 0, i;
	int rc;

	told.left = &left;
	rc = keyring_read_file(how->path, &data, e);
	if (rc == 0)
		rc = keystore_import(
		    ks, span_buf(&data), &told, &items, &count, e);
	buf_wipe(&data);
	for (i = 0; rc == 0 && i < count; i++) {
		keyring_row(out, &items[i]);
		if (who != NULL && keyring_is_person(&items[i]))
			who(arg, items[i].name);
	}
	if (rc == 0)
		buf_addspan(out, span_buf(&left));
	buf_free(&left);
	keystore_items_free(items, count);
	return rc;
}
