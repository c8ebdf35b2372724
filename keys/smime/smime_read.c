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
opening_reason(struct opening *o, const char *fmt, ...)
{
	char words[1024];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(words, sizeof(words), fmt, ap);
	va_end(ap);
	if (words[0] == '\0' || o->reason.n > sizeof(o->out->verdict.reason))
		return;
	buf_addf(&o->reason, "%s%s", o->reason.n > 0 ? "; " : "", words);
}

void
opening_refuse(struct opening *o, int status, const char *warning)
{
	o->refused = true;
	if (o->hidden || o->out->status != 200)
		return;
	o->out->status = status;
	o->out->warning = warning;
}

struct buf *
opening_buf(struct opening *o)
{

	o->kept = xrealloc(o->kept, (o->kept_count + 1) * sizeof(*o->kept));
	o->kept[o->kept_count] = (struct buf){NULL, 0, 0};
	return &o->kept[o->kept_count++];
}

bool
opening_layer(struct opening *o)
{
	if (++o->layers <= MIME_LAYERS_MAX)
		return true;
	opening_reason(o, "there are more than %d layers", MIME_LAYERS_MAX);
	opening_refuse(o, 413, "Too many layers");
	return false;
}

CMS_ContentInfo *
smime_parse(struct span der)
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
opening_entity(struct span bytes, struct smime_part *part)
{
	struct mime_entity e;

	if (mime_entity_parse(bytes, &e) == -1)
		return false;
	*part = (struct smime_part){
	    e.content_type, e.transfer_encoding, e.content_encoding, e.body};
	return true;
}

static void
encryption_malformed(struct opening *o, const char *why)
{
	o->out->verdict.encryption = ENCRYPTION_MALFORMED;
	opening_reason(o, "the sealed part is malformed: %s", why);
	opening_refuse(o, 493, "The encrypted part is malformed");
}

/* CMS that cannot be read: what it would have been, its smime-type says. */
static void
cms_malformed(struct opening *o, const struct mime_type *type, const char *why)
{
	const char *kind = mime_param(type, "smime-type");
	struct span s = span_str(kind);

	if (strstr(type->name, "signature") != NULL ||
	    span_is_nocase(s, "signed-data") ||
	    span_is_nocase(s, "certs-only")) {
		smime_signature_malformed(o, why);
		return;
	}
	/* A signature that cannot be parsed is malformed, never none; this
	 * may have been one. */
	if (kind == NULL)
		smime_signature_malformed(o, why);
	encryption_malformed(o, why);
}

/* SignedData with its content inside. */
static void
open_opaque(struct opening *o, struct span der)
{
	CMS_ContentInfo *cms = smime_parse(der);
	ASN1_OCTET_STRING **content;
	struct smime_part inner;
	struct span data = {NULL, 0};

	content = cms != NULL ? CMS_get0_content(cms) : NULL;
	if (content == NULL || *content == NULL) {
		smime_signature_malformed(
		    o, cms == NULL ? "it is no CMS" : "it covers nothing");
		CMS_ContentInfo_free(cms);
		ERR_clear_error();
		return;
	}
	buf_add(opening_buf(o), ASN1_STRING_get0_data(*content),
	    (size_t)ASN1_STRING_length(*content));
	data = span_buf(&o->kept[o->kept_count - 1]);
	if (!opening_entity(data, &inner))
		smime_signature_malformed(
		    o, "what it covers is no MIME entity");
	else if (smime_verify(o, cms, data))
		opening_part(o, &inner);
	CMS_ContentInfo_free(cms);
}

static void
open_opened(struct opening *o, struct span bytes)
{
	struct smime_part inner;

	o->out->verdict.encryption = ENCRYPTION_OPENED;
	o->sealed = true;
	if (o->signed_since_seal)
		o->sealed_in_signed = true;
	o->signed_since_seal = false;
	if (!opening_entity(bytes, &inner))
		encryption_malformed(o, "what was inside is no MIME entity");
	else
		opening_part(o, &inner);
}

static void
open_sealed(struct opening *o, const struct cms_look *look, struct span der)
{
	bool sound = true, silent = look->cbc && !o->hidden;
	struct cert *ours = NULL;
	struct buf *opened;
	struct span bytes;

	if (look->cbc)
		o->out->held = true;
	snprintf(o->out->verdict.cipher, sizeof(o->out->verdict.cipher), "%s",
	    look->cipher);
	if (look->why != NULL) {
		encryption_malformed(o, look->why);
		return;
	}
	opened = smime_unseal(o, look, der, &sound, &ours);
	if (opened == NULL)
		return;
	/* More buffers may come to move this one. */
	bytes = span_buf(opened);
	if (silent)
		o->checked = 0;
	if (!sound)
		smime_shadow(o, bytes);
	else
		open_opened(o, bytes);
	if (silent)
		smime_decoy(o, ours, bytes);
}

void
opening_cms(struct opening *o, const struct smime_part *part,
    const struct mime_type *type)
{
	struct cms_look look;
	struct span der;

	switch (mime_decode(
	    part->transfer_encoding, part->body, opening_buf(o), &der)) {
	case MIME_CODING_OK:
		break;
	case MIME_CODING_BROKEN:
		cms_malformed(o, type, "its transfer encoding is broken");
		return;
	case MIME_CODING_UNKNOWN:
		opening_reason(o, "its transfer encoding is unknown");
		opening_refuse(o, 415, "Unknown transfer encoding");
		return;
	}
	if (!cms_look(der, &look)) {
		cms_malformed(o, type, "it is no CMS, or not one alone");
		return;
	}
	switch (look.kind) {
	case CMS_IS_SIGNED:
		open_opaque(o, der);
		return;
	case CMS_IS_ENVELOPED:
	case CMS_IS_AUTH_ENVELOPED:
		open_sealed(o, &look, der);
		return;
	case CMS_IS_COMPRESSED:
		opening_reason(o, "the content is compressed");
		opening_refuse(o, 415, "Compressed content is not taken");
		return;
	case CMS_IS_OTHER:
		cms_malformed(
		    o, type, "it is neither signed nor sealed content");
		return;
	}
}

/* What a part is that a bad signature covers: sealed content stays so, and
 * its answer waits like that of any. */
static void
note_unopened(struct opening *o, const struct smime_part *part)
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
		o->out->verdict.encryption = ENCRYPTION_UNOPENED;
		o->signed_since_seal = false;
		o->out->held = o->out->held || look.cbc;
		snprintf(o->out->verdict.cipher, sizeof(o->out->verdict.cipher),
		    "%s", look.cipher);
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
signature_bytes(struct opening *o, struct span bytes, struct span *der)
{
	struct smime_part part;
	struct mime_type type;
	bool ok;

	if (!opening_entity(bytes, &part))
		return "its second part is no MIME entity";
	if (mime_type_parse(part.content_type, &type) == -1)
		return "its second part is no signature";
	ok = cms_type(type.name);
	mime_type_free(&type);
	if (!ok)
		return "its second part is no signature";
	if (part.content_encoding.n != 0 ||
	    mime_decode(part.transfer_encoding, part.body, opening_buf(o),
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

void
opening_signed(struct opening *o, const struct smime_part *part,
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
		smime_signature_malformed(o, why);
		return;
	}
	if (!opening_entity(parts[0], &inner)) {
		smime_signature_malformed(o,
		    "what it covers is no MIME "
		    "entity");
		return;
	}
	why = signature_bytes(o, parts[1], &der);
	if (why == NULL &&
	    (!cms_look(der, &look) || look.kind != CMS_IS_SIGNED ||
		(cms = smime_parse(der)) == NULL))
		why = "it is no CMS signature, or not one alone";
	if (why == NULL && CMS_is_detached(cms) != 1)
		why = "it has a content of its own beside the one it covers";
	shown = why == NULL && smime_verify(o, cms, parts[0]);
	if (why != NULL)
		smime_signature_malformed(o, why);
	CMS_ContentInfo_free(cms);
	ERR_clear_error();
	if (shown)
		opening_part(o, &inner);
	else
		note_unopened(o, &inner);
}

void
opening_part(struct opening *o, const struct smime_part *part)
{
	struct span encoding = span_trim(part->content_encoding);
	struct mime_type type;

	if (encoding.n != 0 && !span_is_nocase(encoding, "identity")) {
		opening_reason(o,
		    "it has a Content-Encoding, which we do "
		    "not undo");
		opening_refuse(o, 415, "Content-Encoding is not taken");
		return;
	}
	if (mime_type_parse(part->content_type, &type) == -1) {
		opening_text(o, part);
		return;
	}
	if (strcmp(type.name, "multipart/signed") == 0) {
		if (opening_layer(o))
			opening_signed(o, part, &type);
	} else if (cms_type(type.name)) {
		if (opening_layer(o))
			opening_cms(o, part, &type);
	} else {
		opening_text(o, part);
	}
	mime_type_free(&type);
}

/* What a good message shows of its sender is kept. */
static void
opening_learn(struct opening *o)
{
	const struct verdict *v = &o->out->verdict;
	unsigned words = PEER_SIGNS;

	if (v->signature != SIGNATURE_GOOD || o->refused || o->from == NULL ||
	    o->policy->at != 0)
		return;
	if (o->sealed && strstr(v->cipher, "gcm") != NULL)
		words |= PEER_GCM;
	else if (o->sealed)
		words |= PEER_CBC;
	if (o->sealed && o->signed_since_seal && !o->sealed_in_signed)
		words |= PEER_INNER;
	else if (o->sealed_in_signed && !o->signed_since_seal)
		words |= PEER_OUTER;
	keystore_learn(o->ks, o->from->key, words);
}

static void
opening_finish(struct opening *o)
{
	struct verdict *v = &o->out->verdict;

	if (o->refused) {
		free(o->out->text);
		o->out->text = NULL;
		o->out->text_len = 0;
	}
	if (v->signature == SIGNATURE_NONE && o->out->text != NULL &&
	    o->from != NULL &&
	    (keystore_peer(o->ks, o->from->key) & PEER_SIGNS) != 0)
		opening_reason(o, "not signed, unlike before");
	if (v->signature != SIGNATURE_NONE && v->covers == COVERS_NOTHING &&
	    v->digest[0] != '\0')
		v->covers = o->signed_since_seal ? COVERS_TEXT
						 : COVERS_CIPHERTEXT;
	opening_learn(o);
	if (o->reason.p != NULL)
		snprintf(v->reason, sizeof(v->reason), "%s",
		    (const char *)o->reason.p);
}

void
smime_open(struct keystore *ks, const struct policy *policy,
    const struct smime_mail *mail, struct smime_opened *out)
{
	struct opening o = {.ks = ks,
	    .policy = policy,
	    .from = mail->from,
	    .out = out,
	    .detailed = mail->details};
	struct smime_part part = {mail->content_type, mail->transfer_encoding,
	    mail->content_encoding, mail->body};
	struct err e;
	size_t i;

	*out = (struct smime_opened){.status = 200};
	out->verdict.signature = SIGNATURE_NONE;
	if (keystore_look(ks, &e) == -1)
		opening_reason(&o, "%s", e.text);
	opening_part(&o, &part);
	opening_finish(&o);
	if (out->type == NULL)
		out->type = xstrndup(span_trim(mail->content_type));
	for (i = 0; i < o.kept_count; i++)
		buf_wipe(&o.kept[i]);
	free(o.kept);
	buf_free(&o.reason);
	out->details = (char *)o.details.p;
	ERR_clear_error();
}

void
smime_opened_free(struct smime_opened *o)
{
	free(o->text);
	free(o->type);
	free(o->details);
	*o = (struct smime_opened){.status = 0};
}
