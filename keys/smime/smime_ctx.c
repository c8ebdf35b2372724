/*
 * The state of a message while it is read.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <openssl/err.h>

#include "keys/smime/smime_priv.h"

void
smime_add_reason(struct smime_ctx *ctx, const char *fmt, ...)
{
	char words[1024];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(words, sizeof(words), fmt, ap);
	va_end(ap);
	if (words[0] == '\0' ||
	    ctx->reason.n > sizeof(ctx->out->verdict.reason))
		return;
	buf_addf(&ctx->reason, "%s%s", ctx->reason.n > 0 ? "; " : "", words);
}

void
smime_refuse(struct smime_ctx *ctx, enum smime_refusal why)
{
	ctx->refused = true;
	if (!ctx->hidden && ctx->out->refusal == REFUSAL_NONE)
		ctx->out->refusal = why;
}

bool
smime_refuse_because(
    struct smime_ctx *ctx, enum smime_refusal refusal, const char *why)
{
	smime_add_reason(ctx, "%s", why);
	smime_refuse(ctx, refusal);
	return false;
}

bool
smime_decode(
    struct smime_ctx *ctx, const struct smime_part *part, struct span *out)
{
	switch (mime_decode(
	    part->transfer_encoding, part->body, smime_new_buf(ctx), out)) {
	case MIME_CODING_OK:
		return true;
	case MIME_CODING_BROKEN:
		return smime_refuse_because(ctx,
		    REFUSAL_TRANSFER_ENCODING_BROKEN,
		    "The transfer encoding is broken");
	case MIME_CODING_UNKNOWN:
		break;
	}
	return smime_refuse_because(ctx, REFUSAL_TRANSFER_ENCODING_UNKNOWN,
	    "Unknown transfer encoding");
}

struct buf *
smime_new_buf(struct smime_ctx *ctx)
{
	ctx->bufs = xrealloc(
	    ctx->bufs, (ctx->buf_count + 1) * sizeof(*ctx->bufs));
	ctx->bufs[ctx->buf_count] = (struct buf){NULL, 0, 0};
	return &ctx->bufs[ctx->buf_count++];
}

bool
smime_count_layer(struct smime_ctx *ctx)
{
	if (++ctx->layers <= MIME_LAYERS_MAX)
		return true;
	smime_add_reason(ctx, "there are more than %d layers", MIME_LAYERS_MAX);
	smime_refuse(ctx, REFUSAL_LAYERS);
	return false;
}

void
smime_ctx_free(struct smime_ctx *ctx)
{
	size_t i;

	for (i = 0; i < ctx->buf_count; i++)
		buf_wipe(&ctx->bufs[i]);
	free(ctx->bufs);
	buf_free(&ctx->reason);
}

struct smime_ctx
smime_decoy_ctx(const struct smime_ctx *ctx, struct smime_result *ignored)
{

	*ignored = (struct smime_result){.refusal = REFUSAL_NONE};
	ignored->verdict.signature = SIGNATURE_NONE;
	return (struct smime_ctx){.ks = ctx->ks,
	    .policy = ctx->policy,
	    .from = ctx->from,
	    .self = ctx->self,
	    .self_count = ctx->self_count,
	    .out = ignored,
	    .hidden = true,
	    .refused = true,
	    .layers = ctx->layers,
	    .detailed = ctx->detailed};
}

void
smime_decoy_ctx_end(struct smime_ctx *ctx, struct smime_ctx *decoy)
{
	ctx->checked += decoy->checked;
	smime_ctx_free(decoy);
	buf_free(&decoy->details);
	smime_result_free(decoy->out);
}

bool
smime_parse_entity(struct span bytes, struct smime_part *part)
{
	struct mime_entity e;

	if (mime_entity_parse(bytes, &e) == -1)
		return false;
	*part = (struct smime_part){e.content_type, e.transfer_encoding,
	    e.content_encoding, e.body, e.content_disposition, true};
	return true;
}

int
smime_part_type(const struct smime_part *part, struct mime_type *out)
{
	return part->inner ? mime_type_parse_part(part->content_type, out)
			   : mime_type_parse(part->content_type, out);
}

/* Returns whether a file's name is one of S/MIME. */
static bool
smime_is_file_name(const char *name)
{
	static const char *const ends[] = {".p7m", ".p7s", ".p7c", ".p7z"};
	size_t n = name != NULL ? strlen(name) : 0, i;

	for (i = 0; i < sizeof(ends) / sizeof(ends[0]); i++)
		if (n >= 4 && span_is_nocase(span_str(name + n - 4), ends[i]))
			return true;
	return false;
}

bool
smime_part_is_cms(const struct smime_part *part, const struct mime_type *type)
{
	struct mime_type disposition;
	bool is;

	if (strcmp(type->name, "application/octet-stream") != 0)
		return cms_type(type->name);
	if (!type->bad && smime_is_file_name(mime_param(type, "name")))
		return true;
	if (mime_disposition_parse(
		part->disposition, part->inner, &disposition) == -1)
		return false;
	is = !disposition.bad &&
	    smime_is_file_name(mime_param(&disposition, "filename"));
	mime_type_free(&disposition);
	return is;
}

CMS_ContentInfo *
smime_parse_cms(struct span der)
{
	const unsigned char *p = der.p;
	CMS_ContentInfo *cms = d2i_CMS_ContentInfo(NULL, &p, (long)der.n);

	if (cms != NULL && p != der.p + der.n) {
		CMS_ContentInfo_free(cms);
		cms = NULL;
	}
	ERR_clear_error();
	return cms;
}

void
smime_result_free(struct smime_result *r)
{
	free(r->text);
	free(r->type);
	free(r->details);
	free(r->notice);
	smime_cpim_forget(r);
	buf_wipe(&r->content_key);
	*r = (struct smime_result){.refusal = REFUSAL_NONE};
}
