/*
 * A body on its way in, layer by layer: only one that is the whole body, or
 * the whole content of such a layer, counts.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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
smime_refuse(struct smime_ctx *ctx, int status, const char *warning)
{
	ctx->refused = true;
	if (ctx->hidden || ctx->out->status != 200)
		return;
	ctx->out->status = status;
	ctx->out->warning = warning;
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
	smime_refuse(ctx, 413, "Too many layers");
	return false;
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

bool
smime_parse_entity(struct span bytes, struct smime_part *part)
{
	struct mime_entity e;

	if (mime_entity_parse(bytes, &e) == -1)
		return false;
	*part = (struct smime_part){
	    e.content_type, e.transfer_encoding, e.content_encoding, e.body};
	return true;
}

static void
encryption_malformed(struct smime_ctx *ctx, const char *why)
{
	ctx->out->verdict.encryption = ENCRYPTION_MALFORMED;
	smime_add_reason(ctx, "the sealed part is malformed: %s", why);
	smime_refuse(ctx, 493, "The encrypted part is malformed");
}

/* CMS that cannot be read: what it would have been, its smime-type says. */
static void
cms_malformed(
    struct smime_ctx *ctx, const struct mime_type *type, const char *why)
{
	const char *kind = mime_param(type, "smime-type");
	struct span s = span_str(kind);

	if (strstr(type->name, "signature") != NULL ||
	    span_is_nocase(s, "signed-data") ||
	    span_is_nocase(s, "certs-only")) {
		smime_signature_malformed(ctx, why);
		return;
	}
	/* A signature that cannot be parsed is malformed, never none; this
	 * may have been one. */
	if (kind == NULL)
		smime_signature_malformed(ctx, why);
	encryption_malformed(ctx, why);
}

/* SignedData with its content inside. */
static void
read_opaque(struct smime_ctx *ctx, struct span der)
{
	CMS_ContentInfo *cms = smime_parse_cms(der);
	ASN1_OCTET_STRING **content;
	struct smime_part inner;
	struct span data = {NULL, 0};

	content = cms != NULL ? CMS_get0_content(cms) : NULL;
	if (content == NULL || *content == NULL) {
		smime_signature_malformed(
		    ctx, cms == NULL ? "it is no CMS" : "it covers nothing");
		CMS_ContentInfo_free(cms);
		ERR_clear_error();
		return;
	}
	buf_add(smime_new_buf(ctx), ASN1_STRING_get0_data(*content),
	    (size_t)ASN1_STRING_length(*content));
	data = span_buf(&ctx->bufs[ctx->buf_count - 1]);
	if (!smime_parse_entity(data, &inner))
		smime_signature_malformed(
		    ctx, "what it covers is no MIME entity");
	else if (smime_verify(ctx, cms, data))
		smime_read_part(ctx, &inner);
	CMS_ContentInfo_free(cms);
}

static void
read_decrypted(struct smime_ctx *ctx, struct span bytes)
{
	struct smime_part inner;

	ctx->out->verdict.encryption = ENCRYPTION_OPENED;
	ctx->decrypted = true;
	if (ctx->signed_inside)
		ctx->encrypted_in_signed = true;
	ctx->signed_inside = false;
	if (!smime_parse_entity(bytes, &inner))
		encryption_malformed(ctx, "what was inside is no MIME entity");
	else
		smime_read_part(ctx, &inner);
}

static void
read_encrypted(
    struct smime_ctx *ctx, const struct cms_look *look, struct span der)
{
	bool sound = true, silent = look->cbc && !ctx->hidden;
	struct cert *ours = NULL;
	struct buf *opened;
	struct span bytes;

	if (look->cbc)
		ctx->out->held = true;
	snprintf(ctx->out->verdict.cipher, sizeof(ctx->out->verdict.cipher),
	    "%s", look->cipher);
	if (look->why != NULL) {
		encryption_malformed(ctx, look->why);
		return;
	}
	opened = smime_decrypt(ctx, look, der, &sound, &ours);
	if (opened == NULL)
		return;
	/* More buffers may come to move this one. */
	bytes = span_buf(opened);
	if (silent)
		ctx->checked = 0;
	if (!sound)
		smime_decoy_read(ctx, bytes);
	else
		read_decrypted(ctx, bytes);
	if (silent)
		smime_decoy_verify(ctx, ours, bytes);
}

static void
read_cms(struct smime_ctx *ctx, const struct smime_part *part,
    const struct mime_type *type)
{
	struct cms_look look;
	struct span der;

	switch (mime_decode(
	    part->transfer_encoding, part->body, smime_new_buf(ctx), &der)) {
	case MIME_CODING_OK:
		break;
	case MIME_CODING_BROKEN:
		cms_malformed(ctx, type, "its transfer encoding is broken");
		return;
	case MIME_CODING_UNKNOWN:
		smime_add_reason(ctx, "its transfer encoding is unknown");
		smime_refuse(ctx, 415, "Unknown transfer encoding");
		return;
	}
	if (!cms_look(der, &look)) {
		cms_malformed(ctx, type, "it is no CMS, or not one alone");
		return;
	}
	switch (look.kind) {
	case CMS_IS_SIGNED:
		read_opaque(ctx, der);
		return;
	case CMS_IS_ENVELOPED:
	case CMS_IS_AUTH_ENVELOPED:
		read_encrypted(ctx, &look, der);
		return;
	case CMS_IS_COMPRESSED:
		smime_add_reason(ctx, "the content is compressed");
		smime_refuse(ctx, 415, "Compressed content is not taken");
		return;
	case CMS_IS_OTHER:
		cms_malformed(
		    ctx, type, "it is neither signed nor sealed content");
		return;
	}
}

/* What a part is that a bad signature covers: sealed content stays so, and
 * its answer waits like that of any. */
static void
note_unopened(struct smime_ctx *ctx, const struct smime_part *part)
{
	struct buf store = {0};
	struct cms_look look;
	struct mime_type type;
	struct span der;

	if (mime_type_parse(part->content_type, &type) == -1)
		return;
	if (cms_type(type.name) &&
	    mime_decode(part->transfer_encoding, part->body, &store, &der) ==
		MIME_CODING_OK &&
	    cms_look(der, &look) &&
	    (look.kind == CMS_IS_ENVELOPED ||
		look.kind == CMS_IS_AUTH_ENVELOPED)) {
		ctx->out->verdict.encryption = ENCRYPTION_UNOPENED;
		ctx->signed_inside = false;
		ctx->out->held = ctx->out->held || look.cbc;
		snprintf(ctx->out->verdict.cipher,
		    sizeof(ctx->out->verdict.cipher), "%s", look.cipher);
	}
	mime_type_free(&type);
	buf_free(&store);
}

static bool
is_protocol(const char *s)
{
	struct span p = span_str(s);

	return span_is_nocase(p, "application/pkcs7-signature") ||
	    span_is_nocase(p, "application/x-pkcs7-signature") ||
	    span_is_nocase(p, "application/pkcs7-mime") ||
	    span_is_nocase(p, "application/x-pkcs7-mime");
}

/* The second part of a multipart/signed as DER; words when it is none. */
static const char *
signature_bytes(struct smime_ctx *ctx, struct span bytes, struct span *der)
{
	struct smime_part part;
	struct mime_type type;
	bool ok;

	if (!smime_parse_entity(bytes, &part))
		return "its second part is no MIME entity";
	if (mime_type_parse(part.content_type, &type) == -1)
		return "its second part is no signature";
	ok = cms_type(type.name);
	mime_type_free(&type);
	if (!ok)
		return "its second part is no signature";
	if (part.content_encoding.n != 0 ||
	    mime_decode(part.transfer_encoding, part.body, smime_new_buf(ctx),
		der) != MIME_CODING_OK)
		return "the coding of its second part is broken or unknown";
	return NULL;
}

/* The two parts of a multipart/signed; words when they are not there. */
static const char *
signed_parts(const struct smime_part *part, const struct mime_type *type,
    struct span parts[2])
{
	const char *boundary = mime_param(type, "boundary");
	size_t count;

	if (type->bad)
		return "a parameter is there twice, in pieces, or broken";
	if (boundary == NULL || !mime_boundary_ok(boundary))
		return "it has no boundary";
	if (!is_protocol(mime_param(type, "protocol")))
		return "its protocol is none that we know";
	if (!mime_coding_is_identity(part->transfer_encoding))
		return "a transfer encoding is around it";
	if (mime_split(part->body, boundary, parts, 2, &count) !=
		MIME_SPLIT_OK ||
	    count != 2)
		return "it has not two parts and a closing delimiter";
	return NULL;
}

static void
read_signed(struct smime_ctx *ctx, const struct smime_part *part,
    const struct mime_type *type)
{
	struct span parts[2] = {{NULL, 0}, {NULL, 0}};
	struct span der = {NULL, 0};
	struct smime_part inner;
	CMS_ContentInfo *cms = NULL;
	struct cms_look look;
	bool shown;
	const char *why = signed_parts(part, type, parts);

	if (why != NULL) {
		smime_signature_malformed(ctx, why);
		return;
	}
	if (!smime_parse_entity(parts[0], &inner)) {
		smime_signature_malformed(ctx,
		    "what it covers is no MIME "
		    "entity");
		return;
	}
	why = signature_bytes(ctx, parts[1], &der);
	if (why == NULL &&
	    (!cms_look(der, &look) || look.kind != CMS_IS_SIGNED ||
		(cms = smime_parse_cms(der)) == NULL))
		why = "it is no CMS signature, or not one alone";
	if (why == NULL && CMS_is_detached(cms) != 1)
		why = "it has a content of its own beside the one it covers";
	shown = why == NULL && smime_verify(ctx, cms, parts[0]);
	if (why != NULL)
		smime_signature_malformed(ctx, why);
	CMS_ContentInfo_free(cms);
	ERR_clear_error();
	if (shown)
		smime_read_part(ctx, &inner);
	else
		note_unopened(ctx, &inner);
}

void
smime_read_part(struct smime_ctx *ctx, const struct smime_part *part)
{
	struct span encoding = span_trim(part->content_encoding);
	struct mime_type type;

	if (encoding.n != 0 && !span_is_nocase(encoding, "identity")) {
		smime_add_reason(ctx,
		    "it has a Content-Encoding, which we do "
		    "not undo");
		smime_refuse(ctx, 415, "Content-Encoding is not taken");
		return;
	}
	if (mime_type_parse(part->content_type, &type) == -1) {
		smime_read_text(ctx, part);
		return;
	}
	if (strcmp(type.name, "multipart/signed") == 0) {
		if (smime_count_layer(ctx))
			read_signed(ctx, part, &type);
	} else if (cms_type(type.name)) {
		if (smime_count_layer(ctx))
			read_cms(ctx, part, &type);
	} else {
		smime_read_text(ctx, part);
	}
	mime_type_free(&type);
}

/* What a good message shows of its sender is kept. */
static void
update_peer_caps(struct smime_ctx *ctx)
{
	const struct verdict *v = &ctx->out->verdict;
	unsigned words = PEER_SIGNS;

	if (v->signature != SIGNATURE_GOOD || ctx->refused ||
	    ctx->from == NULL || ctx->policy->at != 0)
		return;
	if (ctx->decrypted && strstr(v->cipher, "gcm") != NULL)
		words |= PEER_GCM;
	else if (ctx->decrypted)
		words |= PEER_CBC;
	if (ctx->decrypted && ctx->signed_inside && !ctx->encrypted_in_signed)
		words |= PEER_INNER;
	else if (ctx->encrypted_in_signed && !ctx->signed_inside)
		words |= PEER_OUTER;
	keystore_peer_update(ctx->ks, ctx->from->key, words);
}

static void
finish(struct smime_ctx *ctx)
{
	struct verdict *v = &ctx->out->verdict;

	if (ctx->refused) {
		free(ctx->out->text);
		ctx->out->text = NULL;
		ctx->out->text_len = 0;
	}
	if (v->signature == SIGNATURE_NONE && ctx->out->text != NULL &&
	    ctx->from != NULL &&
	    (keystore_peer_caps(ctx->ks, ctx->from->key) & PEER_SIGNS) != 0)
		smime_add_reason(ctx, "not signed, unlike before");
	if (v->signature != SIGNATURE_NONE && v->covers == COVERS_NOTHING &&
	    v->digest[0] != '\0')
		v->covers = ctx->signed_inside ? COVERS_TEXT
					       : COVERS_CIPHERTEXT;
	update_peer_caps(ctx);
	if (ctx->reason.p != NULL)
		snprintf(v->reason, sizeof(v->reason), "%s",
		    (const char *)ctx->reason.p);
}

void
smime_read(struct keystore *ks, const struct policy *policy,
    const struct smime_raw *raw, struct smime_result *out)
{
	struct smime_ctx ctx = {.ks = ks,
	    .policy = policy,
	    .from = raw->from,
	    .out = out,
	    .detailed = raw->details};
	struct smime_part part = {raw->content_type, raw->transfer_encoding,
	    raw->content_encoding, raw->body};
	struct err e;
	size_t i;

	*out = (struct smime_result){.status = 200};
	out->verdict.signature = SIGNATURE_NONE;
	if (keystore_refresh(ks, &e) == -1)
		smime_add_reason(&ctx, "%s", e.text);
	smime_read_part(&ctx, &part);
	finish(&ctx);
	if (out->type == NULL)
		out->type = xstrndup(span_trim(raw->content_type));
	for (i = 0; i < ctx.buf_count; i++)
		buf_wipe(&ctx.bufs[i]);
	free(ctx.bufs);
	buf_free(&ctx.reason);
	out->details = (char *)ctx.details.p;
	ERR_clear_error();
}

void
smime_result_free(struct smime_result *ctx)
{
	free(ctx->text);
	free(ctx->type);
	free(ctx->details);
	*ctx = (struct smime_result){.status = 0};
}
