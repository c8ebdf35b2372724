/*
 * Finds the text of a message, the first text/plain, and names the parts
 * beside it.
 */
#include <stdlib.h>
#include <string.h>

#include "keys/smime/smime_priv.h"

struct picked {
	bool found;
	struct smime_part part;
	struct buf beside; /* types of the other parts */
};

static bool smime_text_pick(
    struct smime_ctx *ctx, const struct smime_part *part, struct picked *p);

static bool
smime_text_refuse_parts(struct smime_ctx *ctx)
{
	smime_add_reason(ctx, "there are more than %d parts", MIME_PARTS_MAX);
	smime_refuse(ctx, REFUSAL_PARTS);
	return false;
}

/* Goes through the parts of a multipart in order. False when refused. */
static bool
smime_text_pick_parts(struct smime_ctx *ctx, const struct smime_part *part,
    const struct mime_type *type, struct picked *p)
{
	const char *boundary = mime_param(type, "boundary");
	struct span parts[MIME_PARTS_MAX];
	size_t count = 0, i;
	bool ok = true;

	if (type->bad || boundary == NULL || !mime_boundary_ok(boundary) ||
	    !mime_coding_is_identity(span_trim(part->transfer_encoding)))
		return smime_refuse_because(ctx, REFUSAL_MULTIPART_MALFORMED,
		    "A multipart is malformed");
	switch (
	    mime_split(part->body, boundary, parts, MIME_PARTS_MAX, &count)) {
	case MIME_SPLIT_OK:
		break;
	case MIME_SPLIT_BROKEN:
		return smime_refuse_because(ctx, REFUSAL_MULTIPART_MALFORMED,
		    "A multipart is malformed");
	case MIME_SPLIT_MANY:
		return smime_text_refuse_parts(ctx);
	}
	ctx->parts += (unsigned)count;
	if (ctx->parts > MIME_PARTS_MAX)
		return smime_text_refuse_parts(ctx);
	for (i = 0; i < count && ok; i++) {
		struct smime_part inner;

		if (!smime_parse_entity(parts[i], &inner))
			return smime_refuse_because(ctx, REFUSAL_PART_MALFORMED,
			    "A part of a multipart is malformed");
		ok = smime_text_pick(ctx, &inner, p);
	}
	return ok;
}

/* Takes the first text/plain at or below part, and names every other part.
 * Signed and encrypted parts in here are attachments: they are only named. */
static bool
smime_text_pick(
    struct smime_ctx *ctx, const struct smime_part *part, struct picked *p)
{
	struct mime_type type;
	bool ok = true;
	bool typed = smime_part_type(part, &type) == 0;

	if (typed && strncmp(type.name, "multipart/", 10) == 0 &&
	    strcmp(type.name, "multipart/signed") != 0 &&
	    strcmp(type.name, "multipart/encrypted") != 0) {
		ok = smime_count_layer(ctx) &&
		    smime_text_pick_parts(ctx, part, &type, p);
		ctx->layers -= ok ? 1 : 0;
	} else if (!p->found &&
	    (typed ? strcmp(type.name, "text/plain") == 0
		   : part->content_type.n == 0)) {
		p->found = true;
		p->part = *part;
	} else {
		buf_addf(&p->beside, "%s%s", p->beside.n > 0 ? ", " : "",
		    typed ? type.name : "a part of no known type");
	}
	if (typed)
		mime_type_free(&type);
	return ok;
}

static bool
smime_charset_known(const struct mime_type *type)
{
	const char *charset = mime_param(type, "charset");
	struct span s = span_str(charset);

	return charset == NULL || span_is_nocase(s, "utf-8") ||
	    span_is_nocase(s, "utf8") || span_is_nocase(s, "us-ascii");
}

/* Takes the text out of a text/plain part. */
static void
smime_text_show(struct smime_ctx *ctx, const struct smime_part *part)
{
	struct mime_type type;
	struct span encoding = span_trim(part->content_encoding), text;
	bool ok = true;

	if (part->content_type.n != 0 && smime_part_type(part, &type) == 0) {
		ok = !type.bad && smime_charset_known(&type);
		mime_type_free(&type);
	}
	if (!ok) {
		smime_refuse_because(
		    ctx, REFUSAL_CHARSET, "The character set is unknown");
		return;
	}
	if (encoding.n != 0 && !span_is_nocase(encoding, "identity")) {
		smime_refuse_because(ctx, REFUSAL_CONTENT_ENCODING,
		    "Content-Encoding is not supported");
		return;
	}
	if (!smime_decode(ctx, part, &text))
		return;
	/* A byte order mark is no character of the text (RFC 3629, 6). */
	if (text.n >= 3 && memcmp(text.p, "\xef\xbb\xbf", 3) == 0)
		text = span_cut(text, 3, text.n);
	ctx->out->text = xstrndup(text);
	ctx->out->text_len = text.n;
	ctx->out->type = part->content_type.n != 0
	    ? xstrndup(span_trim(part->content_type))
	    : xstrdup("text/plain");
}

void
smime_read_text(struct smime_ctx *ctx, const struct smime_part *part)
{
	struct picked p = {.found = false};
	struct smime_part whole = *part;

	/* A body of no type and no bytes is an empty text (RFC 3428). */
	whole.content_type = span_trim(whole.content_type);
	if (whole.content_type.n == 0 && whole.body.n != 0 && ctx->layers == 0)
		smime_refuse_because(ctx, REFUSAL_NO_CONTENT_TYPE,
		    "The body has no Content-Type");
	else if (!smime_text_pick(ctx, &whole, &p))
		;
	else if (!p.found)
		smime_refuse_because(
		    ctx, REFUSAL_NO_TEXT, "There is no text/plain in it");
	else
		smime_text_show(ctx, &p.part);
	if (p.beside.n > 0)
		smime_add_reason(ctx, "%s%.400s",
		    p.found ? "beside the text, not shown: " : "it holds ",
		    (const char *)p.beside.p);
	buf_free(&p.beside);
}
