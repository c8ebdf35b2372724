#include <stdio.h>
#include <string.h>

#include <openssl/asn1.h>
#include <openssl/err.h>
#include <openssl/objects.h>

#include "keys/smime/cms_look.h"

/* RFC 5084: GCM tags of 12 to 16 bytes, and its recommended nonce of 12. */
enum { TAG_MIN = 12, TAG_MAX = 16, NONCE = 12 };

bool
cms_type(const char *name)
{
	return strcmp(name, "application/pkcs7-mime") == 0 ||
	    strcmp(name, "application/x-pkcs7-mime") == 0 ||
	    strcmp(name, "application/pkcs7-signature") == 0 ||
	    strcmp(name, "application/x-pkcs7-signature") == 0;
}

int
der_nid(struct span body, char *name, size_t size)
{
	unsigned char der[64];
	const unsigned char *p = der;
	ASN1_OBJECT *o;
	int nid = NID_undef;
	size_t i;

	if (size > 0)
		name[0] = '\0';
	if (body.n == 0 || body.n > sizeof(der) - 2)
		return NID_undef;
	der[0] = V_ASN1_OBJECT;
	der[1] = (unsigned char)body.n;
	memcpy(der + 2, body.p, body.n);
	o = d2i_ASN1_OBJECT(NULL, &p, (long)body.n + 2);
	if (o == NULL) {
		ERR_clear_error();
		return NID_undef;
	}
	nid = OBJ_obj2nid(o);
	if (size > 0 && nid != NID_undef)
		snprintf(name, size, "%s", OBJ_nid2ln(nid));
	else if (size > 0)
		OBJ_obj2txt(name, (int)size, o, 1);
	for (i = 0; i < size && name[i] != '\0'; i++)
		if (name[i] >= 'A' && name[i] <= 'Z')
			name[i] = (char)(name[i] + 32);
	ASN1_OBJECT_free(o);
	return nid;
}

/* Bytes of a string that BER may have cut into pieces. */
static bool
cms_der_string_length(const struct der *d, size_t *total, int depth)
{
	struct span s = d->body;
	struct der piece;

	if (!d->constructed) {
		*total += d->body.n;
		return true;
	}
	while (s.n > 0)
		if (depth == DER_DEPTH_MAX ||
		    !der_take(&s, DER_OCTET_STRING, &piece) ||
		    !cms_der_string_length(&piece, total, depth + 1))
			return false;
	return true;
}

static size_t
cms_cbc_block(int nid)
{
	switch (nid) {
	case NID_aes_128_cbc:
	case NID_aes_192_cbc:
	case NID_aes_256_cbc:
	case NID_camellia_128_cbc:
	case NID_camellia_192_cbc:
	case NID_camellia_256_cbc:
	case NID_seed_cbc:
		return 16;
	case NID_des_ede3_cbc:
	case NID_des_cbc:
	case NID_cast5_cbc:
	case NID_idea_cbc:
		return 8;
	default:
		return 0;
	}
}

static bool
cms_is_supported(int nid)
{
	return nid == NID_aes_128_cbc || nid == NID_aes_192_cbc ||
	    nid == NID_aes_256_cbc || nid == NID_des_ede3_cbc ||
	    nid == NID_aes_128_gcm || nid == NID_aes_192_gcm ||
	    nid == NID_aes_256_gcm;
}

static const char *
cms_check_cbc(int nid, struct span params, size_t content)
{
	size_t block = cms_cbc_block(nid);
	struct der iv;

	if (nid == NID_rc2_cbc)
		return NULL; /* not supported; it has parameters of its own */
	if (block == 0)
		return "its cipher is not a CBC cipher";
	if (!der_take(&params, DER_OCTET_STRING, &iv) || params.n != 0 ||
	    iv.constructed || iv.body.n != block)
		return "its IV is not one block long";
	if (content == 0 || content % block != 0)
		return "its content is not whole blocks";
	return NULL;
}

static const char *
cms_check_gcm(int nid, struct span params, size_t tag)
{
	struct der sequence, nonce, icv;
	size_t length = TAG_MIN; /* the default of RFC 5084 */
	struct span s;

	if (nid != NID_aes_128_gcm && nid != NID_aes_192_gcm &&
	    nid != NID_aes_256_gcm)
		return "its cipher is not a GCM cipher";
	if (!der_take(&params, DER_SEQUENCE, &sequence) || params.n != 0)
		return "its GCM parameters are broken";
	s = sequence.body;
	if (!der_take(&s, DER_OCTET_STRING, &nonce) || nonce.constructed ||
	    nonce.body.n != NONCE)
		return "its nonce is not 12 bytes long";
	if (s.n > 0) {
		if (!der_take(&s, DER_INTEGER, &icv) || s.n != 0 ||
		    icv.body.n != 1)
			return "its GCM parameters are broken";
		length = icv.body.p[0];
	}
	if (tag < TAG_MIN || tag > TAG_MAX || tag != length)
		return "its tag has the wrong length";
	return NULL;
}

/* Checks an EncryptedContentInfo, and the tag that follows it in
 * AuthEnvelopedData. Returns a fault or NULL, as the functions above do. */
static const char *
cms_check_content(struct span s, struct cms_look *out)
{
	struct der eci, type, algorithm, oid, content, skipped, mac;
	size_t length = 0, tag = 0;
	struct span a;
	int nid;

	if (!der_take(&s, DER_SEQUENCE, &eci) ||
	    !der_take(&eci.body, DER_OID, &type) ||
	    !der_take(&eci.body, DER_SEQUENCE, &algorithm))
		return "its content has no cipher";
	a = algorithm.body;
	if (!der_take(&a, DER_OID, &oid))
		return "its content has no cipher";
	nid = der_nid(oid.body, out->cipher, sizeof(out->cipher));
	out->supported = cms_is_supported(nid);
	if (!der_take_context(&eci.body, 0, &content) || eci.body.n != 0 ||
	    !cms_der_string_length(&content, &length, 0))
		return "its content is missing";
	if (der_nid(type.body, NULL, 0) != NID_pkcs7_data)
		return "its content type is not data";
	if (out->kind == CMS_IS_ENVELOPED) {
		out->cbc = true;
		return cms_check_cbc(nid, a, length);
	}
	der_take_context(&s, 1, &skipped);
	if (!der_take(&s, DER_OCTET_STRING, &mac) ||
	    !cms_der_string_length(&mac, &tag, 0))
		return "its tag is missing";
	return cms_check_gcm(nid, a, tag);
}

/* Checks EnvelopedData or AuthEnvelopedData, which begin alike. */
static const char *
cms_check_encrypted(struct span s, struct cms_look *out)
{
	struct der sequence, part;

	if (!der_take(&s, DER_SEQUENCE, &sequence) || s.n != 0)
		return "it is broken";
	s = sequence.body;
	if (!der_take(&s, DER_INTEGER, &part))
		return "it has no version";
	der_take_context(&s, 0, &part);
	if (!der_take(&s, DER_SET, &part) || part.body.n == 0)
		return "it has no recipient";
	return cms_check_content(s, out);
}

bool
cms_look(struct span der, struct cms_look *out)
{
	struct der info, oid, content;

	*out = (struct cms_look){.kind = CMS_IS_OTHER};
	if (!der_take(&der, DER_SEQUENCE, &info) || der.n != 0 ||
	    !der_take(&info.body, DER_OID, &oid) ||
	    !der_take_context(&info.body, 0, &content) || info.body.n != 0)
		return false;
	switch (der_nid(oid.body, NULL, 0)) {
	case NID_pkcs7_signed:
		out->kind = CMS_IS_SIGNED;
		break;
	case NID_pkcs7_enveloped:
		out->kind = CMS_IS_ENVELOPED;
		out->why = cms_check_encrypted(content.body, out);
		break;
	case NID_id_smime_ct_authEnvelopedData:
		out->kind = CMS_IS_AUTH_ENVELOPED;
		out->why = cms_check_encrypted(content.body, out);
		break;
	case NID_id_smime_ct_compressedData:
		out->kind = CMS_IS_COMPRESSED;
		break;
	default:
		break;
	}
	return true;
}
