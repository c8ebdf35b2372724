/*
 * Judges a SignedData by each of its signers; the worst one counts.
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/cms.h>
#include <openssl/err.h>

#include "keys/smime/smime_priv.h"

enum {
	SIGNERS_MAX = 8, /* in one layer: each costs a public-key check */
	UNTRUSTED_MAX = 32, /* certificates of a message that are used */
	CANDIDATES_MAX = 8, /* certificates tried for one signer */
	ATTRIBUTES_MAX = 32
};
_Static_assert(
    SIGNERS_MAX == 8 && ATTRIBUTES_MAX == 32, "reasons tell these numbers");

/* A SignedData while it is judged. */
struct layer {
	struct smime_ctx *ctx;
	CMS_ContentInfo *cms;
	BIO *digests; /* CMS_dataInit's chain, which hashed the content */
	struct cert *untrusted[UNTRUSTED_MAX];
	size_t untrusted_count;
	bool more_untrusted; /* than UNTRUSTED_MAX */
	bool more_candidates; /* than CANDIDATES_MAX, for a signer */
};

/* One signer's result. */
struct signer {
	struct verify_errors found;
	struct cert *cert; /* borrowed, or NULL */
	char name[512];
	char digest[16];
};

static void
smime_digest_name(int nid, char *out, size_t size)
{
	static const struct {
		int nid;
		const char *name;
	} names[] = {
	    {NID_md5, "md5"},
	    {NID_sha1, "sha-1"},
	    {NID_sha224, "sha-224"},
	    {NID_sha256, "sha-256"},
	    {NID_sha384, "sha-384"},
	    {NID_sha512, "sha-512"},
	    {NID_sha3_256, "sha3-256"},
	    {NID_sha3_384, "sha3-384"},
	    {NID_sha3_512, "sha3-512"},
	};
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (names[i].nid == nid) {
			snprintf(out, size, "%s", names[i].name);
			return;
		}
	snprintf(out, size, "%s", nid != NID_undef ? OBJ_nid2ln(nid) : "?");
	for (i = 0; out[i] != '\0'; i++)
		out[i] = (char)tolower((unsigned char)out[i]);
}

/* Adds a signer's result to the message's: its words to the reason, and its
 * verdict where that is worse than those before. */
static void
smime_lower_verdict(struct smime_ctx *ctx, enum verdict_signature s,
    const struct signer *signer)
{
	struct verdict *v = &ctx->out->verdict;

	if (signer != NULL)
		smime_add_reason(ctx, "%s", signer->found.text);
	if (s >= v->signature)
		return;
	v->signature = s;
	v->signer[0] = v->digest[0] = '\0';
	ctx->out->fingerprint[0] = '\0';
	ctx->out->pinned = false;
	if (signer == NULL)
		return;
	if (ctx->detailed && signer->cert != NULL) {
		cert_hex(signer->cert->fingerprint, ctx->out->fingerprint);
		ctx->out->pinned = ctx->from != NULL &&
		    keystore_pinned(
			ctx->ks, ctx->from->key, signer->cert, STORE_SIGN);
	}
	snprintf(v->signer, sizeof(v->signer), "%s", signer->name);
	snprintf(v->digest, sizeof(v->digest), "%s", signer->digest);
}

/* Returns whether a signature with this verdict refuses the message. */
static bool
smime_is_refused(const struct smime_ctx *ctx, enum verdict_signature s)
{
	if (s == SIGNATURE_UNKNOWN_SIGNER && ctx->policy->refuse_unknown)
		return true;
	if (ctx->policy->show_bad)
		return false;
	if (s != SIGNATURE_UNKNOWN_SIGNER)
		return verdict_signature_bad(s);
	/* Anyone can sign as bob with a key that nobody knows. */
	return ctx->from != NULL &&
	    keystore_file(ctx->ks, STORE_USER_CERT, ctx->from->key) != NULL;
}

static enum smime_refusal
smime_refusal_for(enum verdict_signature s)
{
	static const enum smime_refusal reasons[] = {
	    [SIGNATURE_MALFORMED] = REFUSAL_SIGNATURE_MALFORMED,
	    [SIGNATURE_UNKNOWN_SIGNER] = REFUSAL_SIGNATURE_UNKNOWN_SIGNER,
	    [SIGNATURE_TAMPERED] = REFUSAL_SIGNATURE_TAMPERED,
	    [SIGNATURE_REVOKED] = REFUSAL_SIGNATURE_REVOKED,
	    [SIGNATURE_CHANGED] = REFUSAL_SIGNATURE_CHANGED,
	    [SIGNATURE_UNTRUSTED] = REFUSAL_SIGNATURE_UNTRUSTED,
	    [SIGNATURE_EXPIRED] = REFUSAL_SIGNATURE_EXPIRED,
	    [SIGNATURE_NOT_YET_VALID] = REFUSAL_SIGNATURE_NOT_YET_VALID,
	    [SIGNATURE_WEAK] = REFUSAL_SIGNATURE_WEAK,
	    [SIGNATURE_IDENTITY_MISMATCH] = REFUSAL_SIGNATURE_IDENTITY_MISMATCH,
	    [SIGNATURE_NO_CRL] = REFUSAL_SIGNATURE_NO_CRL,
	    [SIGNATURE_GOOD] = REFUSAL_NONE,
	    [SIGNATURE_NONE] = REFUSAL_NONE,
	};

	return reasons[s];
}

void
smime_signature_malformed(struct smime_ctx *ctx, const char *why)
{
	struct signer s = {.digest = ""};

	verify_errors_add(&s.found, SIGNATURE_MALFORMED, "%s", why);
	smime_lower_verdict(ctx, SIGNATURE_MALFORMED, &s);
	smime_refuse(ctx, smime_refusal_for(SIGNATURE_MALFORMED));
}

void
smime_mismatch(
    struct smime_ctx *ctx, enum smime_refusal refusal, const char *why)
{
	struct verdict *v = &ctx->out->verdict;

	smime_add_reason(ctx, "%s", why);
	if (v->signature > SIGNATURE_IDENTITY_MISMATCH)
		v->signature = SIGNATURE_IDENTITY_MISMATCH;
	if (smime_is_refused(ctx, SIGNATURE_IDENTITY_MISMATCH))
		smime_refuse(ctx, refusal);
}

/* Returns the value of a signed attribute, or NULL when it is absent. */
static const ASN1_TYPE *
smime_attribute_value(CMS_SignerInfo *si, int nid)
{
	int at = CMS_signed_get_attr_by_NID(si, nid, -1);

	return at < 0
	    ? NULL
	    : X509_ATTRIBUTE_get0_type(CMS_signed_get_attr(si, at), 0);
}

/* Returns whether the first ESSCertID of a SigningCertificate(V2) has the hash
 * of x (RFC 5035). fallback is the digest where none is named. */
static bool
smime_ess_names(const ASN1_TYPE *value, const EVP_MD *fallback, X509 *x)
{
	unsigned char hash[EVP_MAX_MD_SIZE];
	struct der outer, ids, id, algorithm, oid, wanted;
	const EVP_MD *md = fallback;
	struct span s, inner;
	unsigned n = 0;

	if (value->type != V_ASN1_SEQUENCE)
		return false;
	s.p = ASN1_STRING_get0_data(value->value.sequence);
	s.n = (size_t)ASN1_STRING_length(value->value.sequence);
	if (!der_take(&s, DER_SEQUENCE, &outer) ||
	    !der_take(&outer.body, DER_SEQUENCE, &ids) ||
	    !der_take(&ids.body, DER_SEQUENCE, &id))
		return false;
	inner = id.body;
	if (der_take(&inner, DER_SEQUENCE, &algorithm)) {
		if (!der_take(&algorithm.body, DER_OID, &oid))
			return false;
		md = EVP_get_digestbynid(der_nid(oid.body, NULL, 0));
		id.body = inner;
	}
	return md != NULL && der_take(&id.body, DER_OCTET_STRING, &wanted) &&
	    X509_digest(x, md, hash, &n) == 1 && wanted.body.n == n &&
	    memcmp(wanted.body.p, hash, n) == 0;
}

/* Returns whether the signingCertificate attributes, where present, name x. */
static bool
smime_ess_allows(CMS_SignerInfo *si, X509 *x)
{
	const ASN1_TYPE *one = smime_attribute_value(
	    si, NID_id_smime_aa_signingCertificate);
	const ASN1_TYPE *two = smime_attribute_value(
	    si, NID_id_smime_aa_signingCertificateV2);

	return (one == NULL || smime_ess_names(one, EVP_sha1(), x)) &&
	    (two == NULL || smime_ess_names(two, EVP_sha256(), x));
}

/* Returns a fault of the signed attributes (RFC 5652, 5.3 and 11), or NULL. */
static const char *
smime_attributes_malformed(
    CMS_SignerInfo *si, const ASN1_OBJECT *content, int digest)
{
	int i, j, n = CMS_signed_get_attr_count(si);
	const ASN1_TYPE *type, *hash;

	if (n < 0)
		return NULL;
	if (n == 0)
		return "its attributes are empty";
	if (n > ATTRIBUTES_MAX)
		return "it has more than 32 attributes";
	for (i = 0; i < n; i++) {
		const X509_ATTRIBUTE *a = CMS_signed_get_attr(si, i);

		if (X509_ATTRIBUTE_count(a) != 1)
			return "an attribute has no value, or several";
		for (j = 0; j < i; j++)
			if (OBJ_cmp(
				X509_ATTRIBUTE_get0_object((X509_ATTRIBUTE *)a),
				X509_ATTRIBUTE_get0_object(
				    CMS_signed_get_attr(si, j))) == 0)
				return "an attribute is repeated";
	}
	type = smime_attribute_value(si, NID_pkcs9_contentType);
	if (type == NULL || type->type != V_ASN1_OBJECT ||
	    OBJ_cmp(type->value.object, content) != 0)
		return "its contentType differs from the content's type";
	hash = smime_attribute_value(si, NID_pkcs9_messageDigest);
	if (hash == NULL || hash->type != V_ASN1_OCTET_STRING ||
	    ASN1_STRING_length(hash->value.octet_string) !=
		EVP_MD_get_size(EVP_get_digestbynid(digest)))
		return "its messageDigest is not as long as its digest";
	return NULL;
}

/* Returns whether the key of x verifies the signature over the content. */
static bool
smime_signature_matches(struct layer *v, CMS_SignerInfo *si, X509 *x)
{
	bool content, attributes;

	v->ctx->checked++;
	CMS_SignerInfo_set1_signer_cert(si, x);
	/* Both are always done, so that the time does not tell whether the
	 * content's digest matched. */
	content = CMS_SignerInfo_verify_content(si, v->digests) > 0;
	attributes = CMS_signed_get_attr_count(si) < 0 ||
	    CMS_SignerInfo_verify(si) > 0;
	ERR_clear_error();
	return content && attributes;
}

/* Adds "weak" for a weak digest of the signature. */
static void
smime_check_algorithms(
    const struct smime_ctx *ctx, CMS_SignerInfo *si, struct verify_errors *f)
{
	X509_ALGOR *digest, *signature;
	const ASN1_OBJECT *oid;
	int hash = NID_undef, key = NID_undef;

	if (ctx->policy->legacy)
		return;
	CMS_SignerInfo_get0_algs(si, NULL, NULL, &digest, &signature);
	X509_ALGOR_get0(&oid, NULL, NULL, digest);
	if (trust_weak_digest(OBJ_obj2nid(oid)))
		verify_errors_add(f, SIGNATURE_WEAK, "the digest is weak");
	X509_ALGOR_get0(&oid, NULL, NULL, signature);
	if (OBJ_find_sigid_algs(OBJ_obj2nid(oid), &hash, &key) == 1 &&
	    hash != NID_undef && trust_weak_digest(hash))
		verify_errors_add(
		    f, SIGNATURE_WEAK, "the digest of the signature is weak");
	else if (trust_weak_algorithm(signature) != NULL)
		verify_errors_add(
		    f, SIGNATURE_WEAK, "%s", trust_weak_algorithm(signature));
}

/* Collects other certificates than own that match the signer's identifier:
 * those of the store, then those of the message. */
static size_t
smime_find_candidates(struct layer *v, CMS_SignerInfo *si,
    const struct cert *own, struct cert *out[CANDIDATES_MAX])
{
	struct smime_ctx *ctx = v->ctx;
	struct store_file *files;
	size_t count = 0, n, i, j;

	files = keystore_files(ctx->ks, STORE_USER_CERT, &n);
	for (i = 0; i < n && count < CANDIDATES_MAX; i++)
		if (files[i].cert_count > 0 && files[i].certs[0] != own &&
		    CMS_SignerInfo_cert_cmp(si, files[i].certs[0]->x509) == 0)
			out[count++] = files[i].certs[0];
	for (i = 0; i < v->untrusted_count && count < CANDIDATES_MAX; i++) {
		if (CMS_SignerInfo_cert_cmp(si, v->untrusted[i]->x509) != 0)
			continue;
		for (j = 0; j < count; j++)
			if (cert_same(out[j], v->untrusted[i]))
				break;
		if (j == count)
			out[count++] = v->untrusted[i];
	}
	v->more_candidates = v->more_candidates || count == CANDIDATES_MAX;
	return count;
}

static void
smime_judge_with(struct layer *v, CMS_SignerInfo *si, struct cert *c,
    bool matches, struct signer *out)
{
	struct smime_ctx *ctx = v->ctx;
	const struct aor *person = cert_person(c, ctx->from);
	struct verify_params params = {.ks = ctx->ks,
	    .policy = ctx->policy,
	    .cert = c,
	    .untrusted = v->untrusted,
	    .untrusted_count = v->untrusted_count,
	    .who = ctx->from,
	    .use = TRUST_SIGN};

	out->cert = c;
	if (!smime_ess_allows(si, c->x509))
		verify_errors_add(&out->found, SIGNATURE_MALFORMED,
		    "it names another certificate as the signer's");
	if (!matches)
		verify_errors_add(&out->found, SIGNATURE_TAMPERED,
		    "the signature does not match the content");
	trust_judge(&params, &out->found);
	smime_check_algorithms(ctx, si, &out->found);
	if (person == NULL && c->person_count > 0)
		person = &c->persons[0];
	snprintf(out->name, sizeof(out->name), "%s",
	    person != NULL ? person->text : "");
}

static void
smime_judge_unknown(struct layer *v, struct signer *out)
{
	struct smime_ctx *ctx = v->ctx;

	verify_errors_add(&out->found, SIGNATURE_UNKNOWN_SIGNER,
	    v->more_untrusted
		? "the signer's certificate is neither here nor among the "
		  "first of the message"
		: "the signer's certificate is neither here nor in the "
		  "message");
	if (ctx->from != NULL && keystore_has_pin(ctx->ks, ctx->from->key)) {
		/* Anyone can sign with a key that nobody knows: it is the
		 * pinned certificate that did not sign this. */
		out->found = (struct verify_errors){0};
		verify_errors_add(&out->found, SIGNATURE_CHANGED,
		    "it is signed "
		    "with an unknown certificate, not with the one pinned for "
		    "%s",
		    ctx->from->text);
	}
}

/* Judges the signer by certificate c if its key verifies the signature. Of
 * several such certificates the best result counts: out is replaced only by a
 * better one. True when out is good, so that no more need be tried. */
static bool
smime_judge_candidate(struct layer *v, CMS_SignerInfo *si, struct cert *c,
    const struct signer *unjudged, bool *any, struct signer *out)
{
	struct signer one = *unjudged;

	if (!smime_signature_matches(v, si, c->x509))
		return false;
	smime_judge_with(v, si, c, true, &one);
	if (!*any ||
	    verify_errors_worst(&one.found) > verify_errors_worst(&out->found))
		*out = one;
	*any = true;
	return verify_errors_worst(&out->found) == SIGNATURE_GOOD;
}

/* Judges the signer by each certificate that matches its identifier. */
static void
smime_judge_candidates(struct layer *v, CMS_SignerInfo *si, struct signer *out)
{
	const struct signer unjudged = *out;
	struct cert *candidates[CANDIDATES_MAX], *first;
	struct cert *own = v->ctx->from != NULL
	    ? keystore_cert(v->ctx->ks, v->ctx->from->key)
	    : NULL;
	bool any = false;
	size_t n, i;

	if (own != NULL && CMS_SignerInfo_cert_cmp(si, own->x509) != 0)
		own = NULL;
	/* Usually it is the one of From, and the others need not be read. */
	if (own != NULL &&
	    smime_judge_candidate(v, si, own, &unjudged, &any, out))
		return;
	n = smime_find_candidates(v, si, own, candidates);
	for (i = 0; i < n; i++)
		if (smime_judge_candidate(
			v, si, candidates[i], &unjudged, &any, out))
			return;
	first = own != NULL ? own : n > 0 ? candidates[0] : NULL;
	if (!any && first != NULL)
		smime_judge_with(v, si, first, false, out);
	else if (!any)
		smime_judge_unknown(v, out);
}

static void
smime_judge_signer(struct layer *v, CMS_SignerInfo *si, struct signer *out)
{
	const ASN1_OBJECT *content = CMS_get0_eContentType(v->cms), *oid;
	const char *why;
	X509_ALGOR *digest;

	CMS_SignerInfo_get0_algs(si, NULL, NULL, &digest, NULL);
	X509_ALGOR_get0(&oid, NULL, NULL, digest);
	smime_digest_name(OBJ_obj2nid(oid), out->digest, sizeof(out->digest));
	if (EVP_get_digestbynid(OBJ_obj2nid(oid)) == NULL) {
		verify_errors_add(
		    &out->found, SIGNATURE_MALFORMED, "its digest is unknown");
		return;
	}
	why = smime_attributes_malformed(si, content, OBJ_obj2nid(oid));
	if (why != NULL)
		verify_errors_add(&out->found, SIGNATURE_MALFORMED, "%s", why);
	smime_judge_candidates(v, si, out);
}

static void
smime_read_untrusted(struct layer *v)
{
	STACK_OF(X509) *certs = CMS_get1_certs(v->cms);
	int i;

	for (i = 0;
	     i < sk_X509_num(certs) && v->untrusted_count < UNTRUSTED_MAX;
	     i++) {
		X509 *x = sk_X509_value(certs, i);

		if (X509_up_ref(x) == 1)
			v->untrusted[v->untrusted_count++] = cert_new(x);
	}
	v->more_untrusted = sk_X509_num(certs) > UNTRUSTED_MAX;
	sk_X509_pop_free(certs, X509_free);
}

/* Hashes the content with the digests that the signature names. */
static bool
smime_hash_content(struct layer *v, struct span data)
{
	unsigned char chunk[4096];
	BIO *in = BIO_new_mem_buf(
	    data.n != 0 ? (const void *)data.p : "", (int)data.n);

	if (in == NULL)
		return false;
	v->digests = CMS_dataInit(v->cms, in);
	if (v->digests == NULL) {
		BIO_free(in);
		return false;
	}
	while (BIO_read(v->digests, chunk, sizeof(chunk)) > 0)
		continue;
	return true;
}

static void
smime_layer_free(struct layer *v)
{
	size_t i;

	BIO_free_all(v->digests);
	for (i = 0; i < v->untrusted_count; i++)
		cert_free(v->untrusted[i]);
}

/* Adds to the reason of a bad verdict that certificates were left out, which
 * might have made it a better one. */
static void
smime_tell_limits(const struct layer *v)
{
	if (v->more_untrusted)
		smime_add_reason(v->ctx,
		    "the message carries more than %d certificates, and only "
		    "the first %d are used",
		    UNTRUSTED_MAX, UNTRUSTED_MAX);
	if (v->more_candidates)
		smime_add_reason(v->ctx,
		    "%d certificates or more match a signer, and no others "
		    "are tried",
		    CANDIDATES_MAX);
}

/* Judges every signer and returns the worst verdict. */
static enum verdict_signature
smime_judge_layer(struct layer *v, STACK_OF(CMS_SignerInfo) *signers)
{
	enum verdict_signature worst = SIGNATURE_GOOD, s;
	int i;

	for (i = 0; i < sk_CMS_SignerInfo_num(signers); i++) {
		struct signer one = {.digest = ""};

		smime_judge_signer(
		    v, sk_CMS_SignerInfo_value(signers, i), &one);
		s = verify_errors_worst(&one.found);
		smime_lower_verdict(v->ctx, s, &one);
		if (v->ctx->detailed)
			smime_details_signature(v->ctx,
			    sk_CMS_SignerInfo_value(signers, i), one.cert,
			    v->untrusted, v->untrusted_count);
		if (s < worst)
			worst = s;
	}
	if (worst != SIGNATURE_GOOD)
		smime_tell_limits(v);
	return worst;
}

/* Returns a fault for which a SignedData cannot be judged at all, or NULL. */
static const char *
smime_layer_malformed(CMS_ContentInfo *cms)
{
	int signers = sk_CMS_SignerInfo_num(CMS_get0_SignerInfos(cms));

	if (signers <= 0)
		return "there is no signer";
	if (signers > SIGNERS_MAX)
		return "there are more than 8 signers";
	if (OBJ_obj2nid(CMS_get0_eContentType(cms)) != NID_pkcs7_data)
		return "its content type is not data";
	return NULL;
}

bool
smime_verify(struct smime_ctx *ctx, CMS_ContentInfo *cms, struct span data)
{
	struct layer v = {.ctx = ctx, .cms = cms};
	const char *why = smime_layer_malformed(cms);
	enum verdict_signature worst;

	if (why == NULL && !smime_hash_content(&v, data))
		why = "it uses an unknown digest";
	if (why != NULL) {
		smime_signature_malformed(ctx, why);
		smime_layer_free(&v);
		ERR_clear_error();
		return false;
	}
	smime_read_untrusted(&v);
	worst = smime_judge_layer(&v, CMS_get0_SignerInfos(cms));
	smime_layer_free(&v);
	ERR_clear_error();
	ctx->signed_inside = true;
	if (!smime_is_refused(ctx, worst))
		return true;
	smime_refuse(ctx, smime_refusal_for(worst));
	return false;
}
