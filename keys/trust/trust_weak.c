/*
 * Strength: requires 112 bits of security of keys and digests.
 */
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/rsa.h>

#include "keys/trust/trust_priv.h"

enum { BITS_MIN = 112 };

bool
trust_weak_digest(int nid)
{
	switch (nid) {
	case NID_sha224:
	case NID_sha256:
	case NID_sha384:
	case NID_sha512:
	case NID_sha512_224:
	case NID_sha512_256:
	case NID_sha3_224:
	case NID_sha3_256:
	case NID_sha3_384:
	case NID_sha3_512:
		return false;
	default:
		return true;
	}
}

bool
trust_weak_signed(const X509_ALGOR *a)
{
	const ASN1_OBJECT *oid;
	int digest, key;

	X509_ALGOR_get0(&oid, NULL, NULL, a);
	return OBJ_find_sigid_algs(OBJ_obj2nid(oid), &digest, &key) == 1 &&
	    digest != NID_undef && trust_weak_digest(digest);
}

const char *
trust_weak_key(EVP_PKEY *key)
{
	const char *why = NULL;
	BIGNUM *e = NULL;

	if (key == NULL)
		return "its key is of an unknown kind";
	if (EVP_PKEY_get_security_bits(key) < BITS_MIN)
		return "its key gives less than 112 bits of security";
	if ((EVP_PKEY_is_a(key, "RSA") || EVP_PKEY_is_a(key, "RSA-PSS")) &&
	    (EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_RSA_E, &e) != 1 ||
		BN_num_bits(e) < 2 || BN_is_word(e, 2)))
		why = "its RSA exponent is below 3";
	BN_free(e);
	return why;
}

const char *
trust_weak_algorithm(const X509_ALGOR *a)
{
	const ASN1_OBJECT *oid, *hash;
	RSA_PSS_PARAMS *pss;
	const char *why = NULL;
	const void *param;
	X509_ALGOR *mgf;
	int type;

	X509_ALGOR_get0(&oid, &type, &param, a);
	if (OBJ_obj2nid(oid) != NID_rsassaPss)
		return NULL;
	pss = type == V_ASN1_SEQUENCE
	    ? ASN1_item_unpack(param, ASN1_ITEM_rptr(RSA_PSS_PARAMS))
	    : NULL;
	/* An absent field means SHA-1 (RFC 8017, A.2.3). */
	if (pss == NULL || pss->hashAlgorithm == NULL ||
	    pss->maskGenAlgorithm == NULL) {
		why = "its PSS signature uses SHA-1";
	} else {
		X509_ALGOR_get0(&hash, NULL, NULL, pss->hashAlgorithm);
		if (trust_weak_digest(OBJ_obj2nid(hash)))
			why = "its PSS signature uses a weak digest";
		X509_ALGOR_get0(&oid, &type, &param, pss->maskGenAlgorithm);
		mgf = type == V_ASN1_SEQUENCE
		    ? ASN1_item_unpack(param, ASN1_ITEM_rptr(X509_ALGOR))
		    : NULL;
		if (mgf != NULL)
			X509_ALGOR_get0(&hash, NULL, NULL, mgf);
		if (mgf == NULL || trust_weak_digest(OBJ_obj2nid(hash)))
			why = "its PSS signature uses a weak digest";
		X509_ALGOR_free(mgf);
	}
	RSA_PSS_PARAMS_free(pss);
	ERR_clear_error();
	return why;
}

const char *
trust_weak_signature(const X509 *x)
{
	int digest = NID_undef, key = NID_undef, bits = 0;
	const X509_ALGOR *algorithm = NULL;

	if (X509_get_signature_info((X509 *)x, &digest, &key, &bits, NULL) != 1)
		return "it is signed by an unknown algorithm";
	/* Ed25519 and Ed448 have no digest of their own to name. */
	if (digest != NID_undef && trust_weak_digest(digest))
		return "it is signed with a weak digest";
	if (bits < BITS_MIN)
		return "its signature gives less than 112 bits of security";
	X509_get0_signature(NULL, &algorithm, x);
	return trust_weak_algorithm(algorithm);
}
