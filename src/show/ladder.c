#include "src/show/ladder.h"

#include <string.h>
#include <time.h>

#include "keys/smime/cms_look.h"
#include "keys/smime/mime.h"
#include "src/base/paint.h"
#include "src/base/text.h"
#include "src/base/time.h"
#include "src/sip/sip.h"
#include "src/sip/sip_kinds.h"

enum {
	LADDER_NAME = 40, /* columns of an address at most, */
	LADDER_WORD = 32, /* and of a method, reason or media type */
	LADDER_BYTES = 16, /* of one column at most, with its marks */
	LADDER_PARTS = 8 /* of a multipart that are looked at */
};

/* A part of a message: the values of two of its fields, and its body. */
struct ladder_part {
	struct span type, encoding, body;
};

/* Appends text from the wire: escaped, cut at some columns, with single blanks
 * and none at its ends; "?" for none. */
static void
ladder_put(struct buf *out, struct span wire, size_t columns)
{
	struct buf safe = {0};
	size_t taken = 0, next;
	bool blank = false; /* one is due before the next character */
	bool cut = wire.n > columns * LADDER_BYTES;

	text_escape(&safe, span_cut(wire, 0, columns * LADDER_BYTES), false);
	for (size_t at = 0; at < safe.n; at = next) {
		struct span one;

		next = text_next(span_buf(&safe), at);
		one = span_cut(span_buf(&safe), at, next);
		if (span_is(one, " ")) {
			blank = taken > 0;
			continue;
		}
		taken += text_width(one) + (blank ? 1 : 0);
		cut = cut || taken > columns;
		if (taken > columns)
			break;
		buf_adds(out, blank ? " " : "");
		buf_addspan(out, one);
		blank = false;
	}
	buf_adds(out, cut ? ".." : taken == 0 ? "?" : "");
	buf_free(&safe);
}

static void
ladder_put_person(struct buf *out, struct span uri)
{
	struct aor who;
	struct err e;

	if (aor_parse_uri(uri, &who, &e) == -1)
		ladder_put(out, uri, LADDER_NAME);
	else {
		ladder_put(out, span_str(who.text), LADDER_NAME);
		aor_free(&who);
	}
}

/* --- the body in a word --------------------------------------------------- */

/* Returns the word for CMS content. */
static const char *
ladder_cms(const struct ladder_part *part, const struct mime_type *type)
{
	const char *kind = mime_param(type, "smime-type");
	struct buf store = {0};
	struct cms_look look;
	struct span der;
	bool known = mime_decode(part->encoding, part->body, &store, &der) ==
		MIME_CODING_OK &&
	    cms_look(der, &look);

	buf_free(&store);
	if (kind != NULL && strcmp(kind, "certs-only") == 0)
		return "certificates";
	if (!known)
		return NULL;
	switch (look.kind) {
	case CMS_IS_SIGNED:
		return "signed";
	case CMS_IS_ENVELOPED:
	case CMS_IS_AUTH_ENVELOPED:
		return "encrypted";
	case CMS_IS_COMPRESSED:
	case CMS_IS_OTHER:
		break;
	}
	return NULL;
}

static const char *ladder_word(const struct ladder_part *part, bool within);

/* Returns the word for a multipart/signed: what its first part is tells whether
 * it is encrypted, too. */
static const char *
ladder_signed(const struct ladder_part *part, const struct mime_type *type)
{
	const char *boundary = mime_param(type, "boundary"), *word = NULL;
	struct span parts[LADDER_PARTS];
	struct mime_entity first;
	size_t count = 0;

	if (boundary != NULL && mime_boundary_ok(boundary) &&
	    mime_split(part->body, boundary, parts, LADDER_PARTS, &count) ==
		MIME_SPLIT_OK &&
	    count > 0 && mime_entity_parse(parts[0], &first) == 0)
		word = ladder_word(&(struct ladder_part){first.content_type,
				       first.transfer_encoding, first.body},
		    true);
	return word != NULL && strcmp(word, "encrypted") == 0
	    ? "signed+encrypted"
	    : "signed";
}

/* Returns the word for a part, or NULL: its media type tells more. within: it
 * stands in a multipart/signed. */
static const char *
ladder_word(const struct ladder_part *part, bool within)
{
	const char *word = NULL;
	struct mime_type type;

	if (mime_type_parse(part->type, &type) == -1)
		return NULL;
	if (!within && strcmp(type.name, "multipart/signed") == 0)
		word = ladder_signed(part, &type);
	else if (cms_type(type.name))
		word = ladder_cms(part, &type);
	mime_type_free(&type);
	return word;
}

static void
ladder_put_body(
    struct buf *out, const struct sip_msg *m, const struct ladder_step *step)
{
	struct ladder_part part = {.type = sip_header(m, "Content-Type", 0),
	    .encoding = sip_header(m, "Content-Transfer-Encoding", 0),
	    .body = step->body};
	const char *word;

	if (step->body.n == 0)
		return;
	buf_adds(out, "  ");
	word = ladder_word(&part, false);
	if (word != NULL)
		buf_adds(out, word);
	else if (part.type.n > 0)
		/* Its parameters are left out. */
		ladder_put(out,
		    span_trim(
			span_cut(part.type, 0, span_find(part.type, ';', 0))),
		    LADDER_WORD);
	else
		buf_adds(out, "a body");
	if (!step->hides_size)
		buf_addf(out, " %zu bytes", step->body.n);
}

/* --- the line ------------------------------------------------------------- */

static enum paint
ladder_kind(struct span head)
{
	return sip_start_kind(span_line(&head));
}

void
ladder_line(struct buf *out, const struct ladder_step *step)
{
	struct sip_msg *m = sip_parse(step->head, step->body, false);
	char clock[TIME_LOCAL];

	paint_mark(out, ladder_kind(step->head));
	if (step->when != 0) {
		time_local(
		    clock, TIME_CLOCK_SECOND, (time_t)(step->when / 1000));
		buf_addf(out, "%s.%03u ", clock, (unsigned)(step->when % 1000));
	}
	ladder_put_person(out, sip_from_uri(m));
	buf_adds(out, sip_is_request(m) ? " -> " : " <- ");
	ladder_put_person(out, sip_to_uri(m));
	buf_adds(out, "  ");
	if (sip_is_request(m))
		ladder_put(out, sip_method(m), LADDER_WORD);
	else {
		buf_addf(out, "%d", sip_status(m));
		buf_adds(out, span_trim(sip_reason(m)).n > 0 ? " " : "");
		ladder_put(out, sip_reason(m), LADDER_WORD);
	}
	ladder_put_body(out, m, step);
	if (step->has_request && step->when >= step->requested)
		buf_addf(out, "  %llu ms",
		    (unsigned long long)(step->when - step->requested));
	buf_adds(out, "\n");
	sip_free(m);
}
