#include "src/cmd/keys_compare.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "src/app/comparison.h"
#include "src/app/keyring.h"
#include "src/app/verb.h"
#include "src/base/paint.h"
#include "src/base/text.h"
#include "src/show/qr.h"
#include "ui/contacts/contacts.h"

void
keys_put_json(const struct config *cfg, const struct keystore_item *items,
    size_t count, struct buf *out)
{
	struct contacts *known = NULL;
	struct err e;
	bool fresh;

	if (contacts_open_in(cfg->keys, &known, &fresh, &e) == -1)
		verb_note(cfg, e.text);
	for (size_t i = 0; i < count; i++) {
		struct contact *who = known != NULL
		    ? contacts_find(known, span_str(items[i].name))
		    : NULL;

		keyring_json(out, &items[i],
		    who != NULL && items[i].pinned &&
			fingerprints_has(&who->verified, items[i].digest));
	}
	contacts_free(known);
}

int
keys_put_code(
    struct keystore *ks, const char *name, struct buf *out, struct err *e)
{
	const struct qr_look look = {.blocks = text_locale_utf8(),
	    .colour = paint_wanted(STDOUT_FILENO)};
	struct buf text = {0};
	int rc = comparison_code(ks, name, &text, e);

	if (rc == 0)
		rc = qr_draw(out, (const char *)text.p, &look, e);
	if (rc == 0)
		buf_addf(out, "%s\n", (const char *)text.p);
	buf_free(&text);
	return rc;
}

/* Appends what a scanner read: the argument, or standard input for "-". */
static int
keys_read_scanned(const char *word, struct buf *text, struct err *e)
{
	if (strcmp(word, "-") == 0)
		return keyring_read_file(word, text, e);
	buf_adds(text, word);
	return 0;
}

int
keys_check_scanned(
    struct keystore *ks, const char *word, struct buf *out, struct err *e)
{
	struct buf text = {0};
	struct aor who;
	int rc = keys_read_scanned(word, &text, e);

	if (rc == 0)
		rc = comparison_check(ks, span_buf(&text), &who, e);
	buf_free(&text);
	if (rc == -1)
		return -1;
	text_escape(out, span_str(who.text), false);
	buf_adds(out, ": the same certificate as here\n");
	aor_free(&who);
	return 0;
}
