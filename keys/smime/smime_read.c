/*
 * Reads a received body layer by layer. Only a layer that is the whole body,
 * or the whole content of such a layer, is verified or decrypted; signed or
 * encrypted parts elsewhere are attachments.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/err.h>

#include "keys/smime/smime_priv.h"

static void smime_read_part(
    struct smime_ctx *ctx, const struct smime_part *part);

static void
smime_encryption_malformed(struct smime_ctx *ctx, const char *why)
{
	ctx->out->verdict.encryption = ENCRYPTION_MALFORMED;
	smime_add_reason(ctx, "the encrypted part is malformed: %s", why);
	smime_refuse(ctx, REFUSAL_ENCRYPTION_MALFORMED);
}

/* Refuses CMS that cannot be read, as a signature or as an encrypted part: its
 * media type and smime-type tell which of the two it is. */
static void
smime_cms_malformed(
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
	/* It may have been a signature. One that cannot be parsed must be
	 * malformed, never none. */
	if (kind == NULL)
		smime_signature_malformed(ctx, why);
	smime_encryption_malformed(ctx, why);
}

/* Reads SignedData that holds its content (RFC 8551, 3.5.2). */
static void
smime_read_opaque(struct smime_ctx *ctx, struct span der)
{
	CMS_ContentInfo *cms = smime_parse_cms(der);
	ASN1_OCTET_STRING **content;
	struct smime_part inner;
	struct span data = {NULL, 0};

	content = cms != NULL ? CMS_get0_content(cms) : NULL;
	if (content == NULL || *content == NULL) {
		smime_signature_malformed(
		    ctx, cms == NULL ? "it is not CMS" : "it covers nothing");
		CMS_ContentInfo_free(cms);
		ERR_clear_error();
		return;
	}
	buf_add(smime_new_buf(ctx), ASN1_STRING_get0_data(*content),
	    (size_t)ASN1_STRING_length(*content));
	data = span_buf(&ctx->bufs[ctx->buf_count - 1]);
	if (!smime_parse_entity(data, &inner))
		smime_signature_malformed(
		    ctx, "its content is not a MIME entity");
	else if (smime_verify(ctx, cms, data))
		smime_read_part(ctx, &inner);
	CMS_ContentInfo_free(cms);
}

/* Reads decrypted content. */
static void
smime_read_decrypted(struct smime_ctx *ctx, struct span bytes)
{
	struct smime_part inner;

	ctx->out->verdict.encryption = ENCRYPTION_OPENED;
	ctx->decrypted = true;
	if (ctx->signed_inside)
		ctx->encrypted_in_signed = true;
	ctx->signed_inside = false;
	if (!smime_parse_entity(bytes, &inner))
		smime_encryption_malformed(
		    ctx, "its content is not a MIME entity");
	else
		smime_read_part(ctx, &inner);
}

/* Reads bytes of CBC content that did not decrypt, with no effect on the
 * message, so that it takes as long as if they had. */
static void
smime_rehearse(struct smime_ctx *ctx, struct span bytes)
{
	struct smime_result ignored;
	struct smime_ctx decoy = smime_decoy_ctx(ctx, &ignored);
	struct smime_part inner;

	if (smime_parse_entity(bytes, &inner))
		smime_read_part(&decoy, &inner);
	smime_decoy_ctx_end(ctx, &decoy);
}

/* Decrypts a layer and reads its content. The outermost CBC content gets the
 * same work whether or not it decrypts and holds a signature. */
static void
smime_read_encrypted(
    struct smime_ctx *ctx, const struct cms_look *look, struct span der)
{
	bool sound = true, outermost_cbc = look->cbc && !ctx->hidden;
	struct cert *ours = NULL;
	struct buf *content;
	struct span bytes;

	if (look->cbc)
		ctx->out->delay_answer = true;
	snprintf(ctx->out->verdict.cipher, sizeof(ctx->out->verdict.cipher),
	    "%s", look->cipher);
	if (look->why != NULL) {
		smime_encryption_malformed(ctx, look->why);
		return;
	}
	content = smime_decrypt(ctx, look, der, &sound, &ours);
	if (content == NULL)
		return;
	/* Reading on allocates buffers, which moves this one. */
	bytes = span_buf(content);
	if (outermost_cbc)
		ctx->checked = 0;
	if (!sound)
		smime_rehearse(ctx, bytes);
	else
		smime_read_decrypted(ctx, bytes);
	if (outermost_cbc)
		smime_decoy_verify(ctx, ours, bytes);
}

/* Whether a part says that it is certificates alone. */
static bool
smime_is_introduction(const struct mime_type *type)
{
	struct span kind = span_str(mime_param(type, "smime-type"));

	return !type->bad && span_is_nocase(kind, "certs-only");
}

/* Takes an introduction that is the whole body in clear. */
static void
smime_take_introduction(struct smime_ctx *ctx, struct span der)
{
	if (ctx->layers == 1 && !ctx->decrypted) {
		smime_read_introduction(ctx, der);
		return;
	}
	smime_add_reason(ctx,
	    "an introduction inside something signed or encrypted is not "
	    "taken");
	smime_refuse(ctx, REFUSAL_INTRODUCTION_INSIDE);
}

static void
smime_read_cms(struct smime_ctx *ctx, const struct smime_part *part,
    const struct mime_type *type)
{
	bool introduction = smime_is_introduction(type);
	struct cms_look look;
	struct span der;

	switch (mime_decode(
	    part->transfer_encoding, part->body, smime_new_buf(ctx), &der)) {
	case MIME_CODING_OK:
		break;
	case MIME_CODING_BROKEN:
		if (introduction) {
			smime_take_introduction(ctx, (struct span){NULL, 0});
			return;
		}
		smime_cms_malformed(
		    ctx, type, "its transfer encoding is broken");
		return;
	case MIME_CODING_UNKNOWN:
		smime_add_reason(ctx, "its transfer encoding is unknown");
		smime_refuse(ctx, REFUSAL_TRANSFER_ENCODING_UNKNOWN);
		return;
	}
	if (introduction) {
		smime_take_introduction(ctx, der);
		return;
	}
	if (!cms_look(der, &look)) {
		smime_cms_malformed(
		    ctx, type, "it is not exactly one CMS object");
		return;
	}
	switch (look.kind) {
	case CMS_IS_SIGNED:
		smime_read_opaque(ctx, der);
		return;
	case CMS_IS_ENVELOPED:
	case CMS_IS_AUTH_ENVELOPED:
		smime_read_encrypted(ctx, &look, der);
		return;
	case CMS_IS_COMPRESSED:
		smime_add_reason(ctx, "the content is compressed");
		smime_refuse(ctx, REFUSAL_COMPRESSED);
		return;
	case CMS_IS_OTHER:
		smime_cms_malformed(
		    ctx, type, "it is neither signed nor encrypted content");
		return;
	}
}

/* Notes an encrypted part below a bad signature: it is not decrypted, and its
 * answer is delayed like any other for CBC content. */
static void
smime_note_unopened(struct smime_ctx *ctx, const struct smime_part *part)
{
	struct buf store = {0};
	struct cms_look look;
	struct mime_type type;
	struct span der;

	if (smime_part_type(part, &type) == -1)
		return;
	if (smime_part_is_cms(part, &type) &&
	    mime_decode(part->transfer_encoding, part->body, &store, &der) ==
		MIME_CODING_OK &&
	    cms_look(der, &look) &&
	    (look.kind == CMS_IS_ENVELOPED ||
		look.kind == CMS_IS_AUTH_ENVELOPED)) {
		ctx->out->verdict.encryption = ENCRYPTION_UNOPENED;
		ctx->signed_inside = false;
		ctx->out->delay_answer = ctx->out->delay_answer || look.cbc;
		snprintf(ctx->out->verdict.cipher,
		    sizeof(ctx->out->verdict.cipher), "%s", look.cipher);
	}
	mime_type_free(&type);
	buf_free(&store);
}

static bool
smime_is_protocol(const char *s)
{
	struct span p = span_str(s);

	return span_is_nocase(p, "application/pkcs7-signature") ||
	    span_is_nocase(p, "application/x-pkcs7-signature") ||
	    span_is_nocase(p, "application/pkcs7-mime") ||
	    span_is_nocase(p, "application/x-pkcs7-mime");
}

/* Decodes the second part of a multipart/signed to DER. NULL, or a reason why
 * it is malformed. */
static const char *
smime_signature_bytes(
    struct smime_ctx *ctx, struct span bytes, struct span *der)
{
	struct smime_part part;
	struct mime_type type;
	bool ok;

	if (!smime_parse_entity(bytes, &part))
		return "its second part is not a MIME entity";
	if (smime_part_type(&part, &type) == -1)
		return "its second part is not a signature";
	ok = smime_part_is_cms(&part, &type);
	mime_type_free(&type);
	if (!ok)
		return "its second part is not a signature";
	if (part.content_encoding.n != 0 ||
	    mime_decode(part.transfer_encoding, part.body, smime_new_buf(ctx),
		der) != MIME_CODING_OK)
		return "the coding of its second part is broken or unknown";
	return NULL;
}

_Static_assert(MIME_PARAMS_MAX == 32, "the reason tells the number");

/* Splits a multipart/signed into its two parts. NULL, or a reason why it is
 * malformed. */
static const char *
smime_signed_parts(const struct smime_part *part, const struct mime_type *type,
    struct span parts[2])
{
	const char *boundary = mime_param(type, "boundary");
	size_t count;

	if (type->many)
		return "its type has more than 32 parameters";
	if (type->bad)
		return "a parameter is repeated, in pieces, or broken";
	if (boundary == NULL || !mime_boundary_ok(boundary))
		return "it has no boundary";
	if (!smime_is_protocol(mime_param(type, "protocol")))
		return "its protocol is unknown";
	if (!mime_coding_is_identity(part->transfer_encoding))
		return "it has a transfer encoding";
	if (mime_split(part->body, boundary, parts, 2, &count) !=
		MIME_SPLIT_OK ||
	    count != 2)
		return "it lacks two parts and a closing delimiter";
	return NULL;
}

static void
smime_read_signed(struct smime_ctx *ctx, const struct smime_part *part,
    const struct mime_type *type)
{
	struct span parts[2] = {{NULL, 0}, {NULL, 0}};
	struct span der = {NULL, 0};
	struct smime_part inner;
	CMS_ContentInfo *cms = NULL;
	struct cms_look look;
	bool shown;
	const char *why = smime_signed_parts(part, type, parts);

	if (why != NULL) {
		smime_signature_malformed(ctx, why);
		return;
	}
	if (!smime_parse_entity(parts[0], &inner)) {
		smime_signature_malformed(
		    ctx, "its content is not a MIME entity");
		return;
	}
	why = smime_signature_bytes(ctx, parts[1], &der);
	if (why == NULL &&
	    (!cms_look(der, &look) || look.kind != CMS_IS_SIGNED ||
		(cms = smime_parse_cms(der)) == NULL))
		why = "it is not exactly one CMS signature";
	if (why == NULL && CMS_is_detached(cms) != 1)
		why = "it is detached and has a content as well";
	shown = why == NULL && smime_verify(ctx, cms, parts[0]);
	if (why != NULL)
		smime_signature_malformed(ctx, why);
	CMS_ContentInfo_free(cms);
	ERR_clear_error();
	if (shown)
		smime_read_part(ctx, &inner);
	else
		smime_note_unopened(ctx, &inner);
}

static void
smime_read_part(struct smime_ctx *ctx, const struct smime_part *part)
{
	struct span encoding = span_trim(part->content_encoding);
	struct mime_type type;
	bool typed = smime_part_type(part, &type) == 0;
	enum smime_kind kind = typed ? smime_kind_of(type.name) : KIND_TEXT;

	/* Receipts may be compressed (Linphone's are), nothing else. */
	if (kind == KIND_TEXT && encoding.n != 0 &&
	    !span_is_nocase(encoding, "identity")) {
		smime_add_reason(ctx, "its Content-Encoding is not supported");
		smime_refuse(ctx, REFUSAL_CONTENT_ENCODING);
	} else if (!typed) {
		smime_read_text(ctx, part);
	} else if (kind == KIND_CPIM) {
		smime_read_cpim(ctx, part);
	} else if (kind != KIND_TEXT) {
		smime_read_notice(ctx, part, kind);
	} else if (strcmp(type.name, "multipart/signed") == 0) {
		if (smime_count_layer(ctx))
			smime_read_signed(ctx, part, &type);
	} else if (smime_part_is_cms(part, &type)) {
		if (smime_count_layer(ctx))
			smime_read_cms(ctx, part, &type);
	} else {
		smime_read_text(ctx, part);
	}
	if (typed)
		mime_type_free(&type);
}

/* Keeps the capabilities that a good message shows of its sender in `peers`. */
static void
smime_update_peer_caps(struct smime_ctx *ctx)
{
	const struct verdict *v = &ctx->out->verdict;
	unsigned caps = PEER_SIGNS | ctx->caps;

	if (v->signature != SIGNATURE_GOOD || ctx->refused ||
	    ctx->from == NULL || ctx->policy->at != 0)
		return;
	if (ctx->decrypted && strstr(v->cipher, "gcm") != NULL)
		caps |= PEER_GCM;
	else if (ctx->decrypted)
		caps |= PEER_CBC;
	if (ctx->decrypted && ctx->signed_inside && !ctx->encrypted_in_signed)
		caps |= PEER_INNER;
	else if (ctx->encrypted_in_signed && !ctx->signed_inside)
		caps |= PEER_OUTER;
	keystore_peer_update(ctx->ks, ctx->from->key, caps);
}

/* Returns whether the sender's messages are expected to be signed: one was, with
 * the verdict good, or the sender's certificate is pinned. */
static bool
smime_sender_signs(const struct smime_ctx *ctx)
{
	return ctx->from != NULL &&
	    ((keystore_peer_caps(ctx->ks, ctx->from->key) & PEER_SIGNS) != 0 ||
		keystore_has_pin(ctx->ks, ctx->from->key));
}

/* Warns of a text without a signature whose sender signs, or refuses it, as
 * policy->unsigned_texts says. That CBC content has no signature inside is
 * known after decryption alone, so the answer does not tell it. */
static void
smime_check_unsigned(struct smime_ctx *ctx)
{
	struct smime_result *out = ctx->out;

	if (out->verdict.signature != SIGNATURE_NONE || ctx->refused ||
	    (out->text == NULL && out->kind == KIND_TEXT) ||
	    !smime_sender_signs(ctx))
		return;
	/* Nobody is alarmed by a receipt: it counts for nothing. */
	if (out->kind != KIND_TEXT) {
		out->verdict.alarm = true;
		return;
	}
	smime_add_reason(ctx, "not signed, unlike before");
	out->verdict.alarm = ctx->policy->unsigned_texts == UNSIGNED_WARN;
	if (ctx->policy->unsigned_texts != UNSIGNED_REFUSE)
		return;
	ctx->hidden = ctx->hidden || out->delay_answer;
	smime_refuse(ctx, REFUSAL_UNSIGNED);
}

static void
smime_finish(struct smime_ctx *ctx)
{
	struct verdict *v = &ctx->out->verdict;

	smime_check_unsigned(ctx);
	if (ctx->refused) {
		free(ctx->out->text);
		ctx->out->text = NULL;
		ctx->out->text_len = 0;
	}
	if (v->signature != SIGNATURE_NONE && v->covers == COVERS_NOTHING &&
	    v->digest[0] != '\0')
		v->covers = ctx->signed_inside ? COVERS_TEXT
					       : COVERS_CIPHERTEXT;
	smime_update_peer_caps(ctx);
	if (ctx->refused || v->signature != SIGNATURE_GOOD ||
	    !ctx->signed_inside)
		smime_cpim_forget(ctx->out);
	if (ctx->refused) {
		free(ctx->out->notice);
		ctx->out->notice = NULL;
		ctx->out->notice_len = 0;
	}
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
	    .self = raw->self,
	    .self_count = raw->self_count,
	    .caps = raw->caps,
	    .out = out,
	    .keep_key = raw->keep_key,
	    .content_key = raw->content_key,
	    .detailed = raw->details};
	struct smime_part part = {raw->content_type, raw->transfer_encoding,
	    raw->content_encoding, raw->body, raw->disposition, false};
	struct err e;

	*out = (struct smime_result){.refusal = REFUSAL_NONE};
	out->verdict.signature = SIGNATURE_NONE;
	if (keystore_refresh(ks, &e) == -1)
		smime_add_reason(&ctx, "%s", e.text);
	smime_read_part(&ctx, &part);
	smime_finish(&ctx);
	if (out->type == NULL)
		out->type = xstrndup(span_trim(raw->content_type));
	smime_ctx_free(&ctx);
	out->details = (char *)ctx.details.p;
	ERR_clear_error();
}
