/*
 * Reads message/cpim, receipts and typing: what is signed says for whom and
 * when, and that can make a verdict worse, never better.
 */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "keys/smime/cpim.h"
#include "keys/smime/smime_priv.h"
#include "src/base/deflate.h"

enum {
	NOTICE_MAX = 65536, /* bytes of a receipt, inflated */
	DATE_OFF = 86400 /* s that a date may be off without a remark */
};

enum smime_kind
smime_kind_of(const char *type)
{
	return strcmp(type, "message/cpim") == 0                  ? KIND_CPIM
	    : strcmp(type, "message/imdn+xml") == 0               ? KIND_RECEIPT
	    : strcmp(type, "application/im-iscomposing+xml") == 0 ? KIND_TYPING
								  : KIND_TEXT;
}

/* Undoes the codings of a part. False, and refused, where that fails.
 * *deflated is whether it was compressed. */
static bool
smime_decode_part(struct smime_ctx *ctx, const struct smime_part *part,
    struct span *out, bool *deflated)
{
	struct span encoding = span_trim(part->content_encoding);

	*deflated = span_is_nocase(encoding, "deflate");
	if (encoding.n != 0 && !*deflated &&
	    !span_is_nocase(encoding, "identity"))
		return smime_refuse_because(ctx, REFUSAL_CONTENT_ENCODING,
		    "its Content-Encoding is not supported");
	if (!smime_decode(ctx, part, out))
		return false;
	if (!*deflated)
		return true;
	switch (inflate_zlib(*out, NOTICE_MAX, smime_new_buf(ctx))) {
	case INFLATE_OK:
		*out = span_buf(&ctx->bufs[ctx->buf_count - 1]);
		return true;
	case INFLATE_BROKEN:
		return smime_refuse_because(ctx, REFUSAL_CONTENT_ENCODING,
		    "its Content-Encoding is broken");
	case INFLATE_LARGE:
		break;
	}
	return smime_refuse_because(
	    ctx, REFUSAL_NOTICE_LARGE, "it inflates to more than 64 kB");
}

/* --- receipts and typing -------------------------------------------------- */

void
smime_read_notice(
    struct smime_ctx *ctx, const struct smime_part *part, enum smime_kind kind)
{
	struct span xml;
	bool deflated;

	ctx->out->kind = kind;
	if (!smime_decode_part(ctx, part, &xml, &deflated))
		return;
	if (deflated && kind != KIND_RECEIPT)
		smime_refuse_because(ctx, REFUSAL_CONTENT_ENCODING,
		    "its Content-Encoding is not supported");
	else if (xml.n > NOTICE_MAX)
		smime_refuse_because(ctx, REFUSAL_NOTICE_LARGE,
		    "it is a receipt of more than 64 kB");
	else {
		ctx->out->notice = xstrndup(xml);
		ctx->out->notice_len = xml.n;
	}
}

/* --- message/cpim --------------------------------------------------------- */

/* Under a signature it is the signature that says too little; in clear, the
 * body is broken. */
static void
smime_cpim_malformed(struct smime_ctx *ctx, const char *why)
{
	if (ctx->out->verdict.signature != SIGNATURE_NONE)
		smime_signature_malformed(ctx, why);
	else
		smime_refuse_because(ctx, REFUSAL_CPIM_MALFORMED, why);
}

/* Whether uri is the person who: with NULL, any person. */
static bool
smime_cpim_is(struct span uri, const struct aor *who)
{
	struct aor person;
	struct err e;
	bool same;

	if (cpim_person(uri, &person, &e) == -1)
		return false;
	same = who == NULL || aor_equal(&person, who);
	aor_free(&person);
	return same;
}

/* Finds the To that is one of our addresses; without any of them (a stored
 * message is read), the first that is a person's. NULL: there is none. */
static const struct span *
smime_cpim_to_us(const struct smime_ctx *ctx, const struct cpim *m)
{
	for (size_t i = 0; i < m->to_count; i++) {
		if (ctx->self_count == 0 && smime_cpim_is(m->to[i], NULL))
			return &m->to[i];
		for (size_t j = 0; j < ctx->self_count; j++)
			if (smime_cpim_is(m->to[i], &ctx->self[j]))
				return &m->to[i];
	}
	return NULL;
}

/* Compares what is signed with the message around it. to is the To that is one
 * of our addresses, or NULL. */
static void
smime_cpim_check(
    struct smime_ctx *ctx, const struct cpim *m, const struct span *to)
{
	time_t now = ctx->policy->at != 0 ? ctx->policy->at : time(NULL);

	if (ctx->from == NULL || !smime_cpim_is(m->from, ctx->from))
		smime_mismatch(ctx, REFUSAL_SIGNED_FROM_ANOTHER,
		    "the From inside the signature is not the sender's");
	if (m->to_count > 0 && to == NULL)
		smime_mismatch(ctx, REFUSAL_SIGNED_FOR_ANOTHER,
		    "signed for somebody else");
	if (m->date < now - DATE_OFF)
		smime_add_reason(ctx, "sent long ago");
	else if (m->date > now + DATE_OFF)
		smime_add_reason(ctx, "dated more than a day ahead");
}

/* Keeps what is signed, until smime_finish knows whether it is good. */
static void
smime_cpim_keep(
    struct smime_ctx *ctx, const struct cpim *m, const struct span *to)
{
	struct smime_result *out = ctx->out;
	struct aor person;
	struct err e;

	out->signed_at = m->date;
	out->message_id = xstrndup(m->message_id);
	out->wants = m->wants;
	if (to != NULL && cpim_person(*to, &person, &e) == 0) {
		out->signed_to = xstrdup(person.text);
		aor_free(&person);
	}
}

/* Reads the content, which may be a text, a receipt or typing alone. */
static void
smime_cpim_content(
    struct smime_ctx *ctx, const struct smime_part *inner, bool deflated)
{
	struct mime_type type;
	enum smime_kind kind = KIND_TEXT;
	bool text = span_trim(inner->content_type).n == 0;

	if (smime_part_type(inner, &type) == 0) {
		kind = smime_kind_of(type.name);
		text = strcmp(type.name, "text/plain") == 0;
		mime_type_free(&type);
	}
	if (kind == KIND_RECEIPT || (kind == KIND_TYPING && !deflated))
		smime_read_notice(ctx, inner, kind);
	else if (text && !deflated)
		smime_read_text(ctx, inner);
	else
		smime_refuse_because(ctx, REFUSAL_CPIM_CONTENT,
		    "the message/cpim holds neither a text nor a receipt");
}

void
smime_read_cpim(struct smime_ctx *ctx, const struct smime_part *part)
{
	bool deflated, is_signed;
	struct smime_part inner;
	struct span bytes;
	struct cpim m;
	const char *why;

	if (!smime_decode_part(ctx, part, &bytes, &deflated))
		return;
	is_signed = ctx->out->verdict.signature != SIGNATURE_NONE;
	switch (cpim_parse(bytes, &m, &why)) {
	case CPIM_OK:
		break;
	case CPIM_REQUIRES:
		smime_refuse_because(ctx, REFUSAL_CPIM_REQUIRES, why);
		return;
	case CPIM_MALFORMED:
		smime_cpim_malformed(ctx, why);
		return;
	}
	if (is_signed && (!m.dated || m.message_id.n == 0)) {
		smime_cpim_malformed(ctx,
		    m.dated ? "the message/cpim in it has no Message-ID"
			    : "the message/cpim in it has no DateTime");
		return;
	}
	if (!smime_parse_entity(m.content, &inner)) {
		smime_cpim_malformed(
		    ctx, "the content of the message/cpim is no MIME entity");
		return;
	}
	if (is_signed) {
		const struct span *to = smime_cpim_to_us(ctx, &m);

		smime_cpim_check(ctx, &m, to);
		smime_cpim_keep(ctx, &m, to);
	}
	smime_cpim_content(ctx, &inner, deflated);
}

void
smime_cpim_forget(struct smime_result *out)
{
	free(out->signed_to);
	free(out->message_id);
	out->signed_to = out->message_id = NULL;
	out->signed_at = 0;
	out->wants = 0;
}
