/*
 * OpenSSL gives no content key away, but it wraps it for one recipient more
 * (CMS_RecipientInfo_encrypt), and opens what it has wrapped. So what is kept
 * is a KEKRecipientInfo (RFC 5652, 6.2.3) and the key that it is for, which is
 * drawn for it alone.
 */
#include "keys/smime/content_key.h"

#include <string.h>

#include <openssl/crypto.h>
#include <openssl/err.h>

#include "keys/smime/smime_priv.h"
#include "src/base/der_write.h"
#include "src/base/digest.h"

enum {
	CONTENT_KEK = 32,
	CONTENT_NAME = 16, /* bytes that the recipient is known by */
	CONTENT_KEKRI = 2, /* the tag of a KEKRecipientInfo */
	/* What is kept: the key, a length, so many bytes of DER, and zeros. */
	CONTENT_HEAD = CONTENT_KEK + 1
};

/* EnvelopedData or AuthEnvelopedData around its recipients. */
struct content_parts {
	struct span oid; /* its type, whole */
	struct span before, recipients, after; /* of the content of its
	                                        * SEQUENCE */
};

/* Returns the whole encoding of what was taken off s, of which rest is left. */
static struct span
content_taken(struct span s, struct span rest)
{
	return span_cut(s, 0, s.n - rest.n);
}

static bool
content_split(struct span der, struct content_parts *out)
{
	struct der info, oid, content, object, part;
	struct span s;

	if (!der_take(&der, DER_SEQUENCE, &info))
		return false;
	s = info.body;
	if (!der_take(&info.body, DER_OID, &oid))
		return false;
	out->oid = content_taken(s, info.body);
	if (!der_take_context(&info.body, 0, &content) ||
	    !der_take(&content.body, DER_SEQUENCE, &object))
		return false;
	s = object.body;
	if (!der_take(&object.body, DER_INTEGER, &part))
		return false;
	der_take_context(&object.body, 0, &part);
	out->before = content_taken(s, object.body);
	if (!der_take(&object.body, DER_SET, &part))
		return false;
	out->recipients = part.body;
	out->after = object.body;
	return true;
}

/* Finds the recipient that is known by name. */
static struct span
content_find(struct span recipients, struct span name)
{
	struct span rest = recipients, found = {NULL, 0};
	struct der r, part, id;

	while (rest.n > 0) {
		struct span s = rest;

		if (!der_next(&rest, &r))
			break;
		if (r.class == DER_CONTEXT && r.tag == CONTENT_KEKRI &&
		    der_take(&r.body, DER_INTEGER, &part) &&
		    der_take(&r.body, DER_SEQUENCE, &part) &&
		    der_take(&part.body, DER_OCTET_STRING, &id) &&
		    span_eq(id.body, name))
			found = content_taken(s, rest);
	}
	return found;
}

/* Wraps the content key for kek, as a recipient with this name. */
static bool
content_wrap(CMS_ContentInfo *cms, const unsigned char kek[CONTENT_KEK],
    const unsigned char name[CONTENT_NAME])
{
	unsigned char *key = OPENSSL_memdup(kek, CONTENT_KEK);
	unsigned char *id = OPENSSL_memdup(name, CONTENT_NAME);
	CMS_RecipientInfo *ri = NULL;

	if (key != NULL && id != NULL)
		ri = CMS_add0_recipient_key(cms, NID_id_aes256_wrap, key,
		    CONTENT_KEK, id, CONTENT_NAME, NULL, NULL, NULL);
	if (ri != NULL) /* it has taken them over */
		return CMS_RecipientInfo_encrypt(cms, ri) == 1;
	OPENSSL_clear_free(key, CONTENT_KEK);
	OPENSSL_free(id);
	return false;
}

void
content_key_take(CMS_ContentInfo *cms, struct buf *out)
{
	unsigned char kept[CONTENT_KEY] = {0}, name[CONTENT_NAME];
	unsigned char *der = NULL;
	struct content_parts parts;
	struct span found = {NULL, 0};
	int n = -1;

	random_bytes(kept, CONTENT_KEK);
	random_bytes(name, sizeof(name));
	if (content_wrap(cms, kept, name))
		n = i2d_CMS_ContentInfo(cms, &der);
	if (n > 0 && content_split((struct span){der, (size_t)n}, &parts))
		found = content_find(
		    parts.recipients, (struct span){name, sizeof(name)});
	if (found.n > 0 && found.n <= CONTENT_KEY - CONTENT_HEAD) {
		kept[CONTENT_KEK] = (unsigned char)found.n;
		memcpy(kept + CONTENT_HEAD, found.p, found.n);
	}
	buf_add(out, kept, sizeof(kept));
	wipe(kept, sizeof(kept));
	OPENSSL_free(der);
	ERR_clear_error();
}

/* Writes der with the one recipient instead of those that it has. */
static void
content_write(
    const struct content_parts *parts, struct span recipient, struct buf *out)
{
	size_t info = der_begin(out, DER_ID_SEQUENCE), content, object;

	buf_addspan(out, parts->oid);
	content = der_begin(out, DER_ID_CONTEXT_OF);
	object = der_begin(out, DER_ID_SEQUENCE);
	buf_addspan(out, parts->before);
	der_add(out, DER_ID_SET, recipient);
	buf_addspan(out, parts->after);
	der_end(out, object);
	der_end(out, content);
	der_end(out, info);
}

CMS_ContentInfo *
content_key_open(struct span der, struct span key)
{
	struct content_parts parts;
	CMS_ContentInfo *cms = NULL;
	struct buf b = {0};
	size_t n;

	if (key.n != CONTENT_KEY || !content_split(der, &parts))
		return NULL;
	n = key.p[CONTENT_KEK];
	if (n == 0 || n > CONTENT_KEY - CONTENT_HEAD)
		return NULL;
	content_write(
	    &parts, span_cut(key, CONTENT_HEAD, CONTENT_HEAD + n), &b);
	cms = smime_parse_cms(span_buf(&b));
	/* The key is borrowed for the call. */
	if (cms != NULL &&
	    CMS_decrypt_set1_key(
		cms, (unsigned char *)key.p, CONTENT_KEK, NULL, 0) != 1) {
		CMS_ContentInfo_free(cms);
		cms = NULL;
	}
	buf_free(&b);
	ERR_clear_error();
	return cms;
}
