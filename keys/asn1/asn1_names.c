#include "keys/asn1/asn1_names.h"

#include <stdio.h>
#include <string.h>

#include <openssl/err.h>
#include <openssl/objects.h>

static const struct {
	const char *number, *name;
} names[] = {
    /* PKCS #7 and CMS */
    {"1 2 840 113549 1 7 1", "data"},
    {"1 2 840 113549 1 7 2", "signedData"},
    {"1 2 840 113549 1 7 3", "envelopedData"},
    {"1 2 840 113549 1 7 5", "digestedData"},
    {"1 2 840 113549 1 7 6", "encryptedData"},
    {"1 2 840 113549 1 9 16 1 9", "compressedData"},
    {"1 2 840 113549 1 9 16 1 23", "authEnvelopedData"},
    /* attributes of signatures */
    {"1 2 840 113549 1 9 1", "emailAddress"},
    {"1 2 840 113549 1 9 3", "contentType"},
    {"1 2 840 113549 1 9 4", "messageDigest"},
    {"1 2 840 113549 1 9 5", "signingTime"},
    {"1 2 840 113549 1 9 6", "countersignature"},
    {"1 2 840 113549 1 9 14", "extensionRequest"},
    {"1 2 840 113549 1 9 15", "sMIMECapabilities"},
    {"1 2 840 113549 1 9 16 2 11", "sMIMEEncryptionKeyPreference"},
    {"1 2 840 113549 1 9 16 2 12", "signingCertificate"},
    {"1 2 840 113549 1 9 16 2 47", "signingCertificateV2"},
    {"1 2 840 113549 1 9 52", "cmsAlgorithmProtection"},
    /* digests */
    {"1 2 840 113549 2 5", "md5"},
    {"1 3 14 3 2 26", "sha1"},
    {"2 16 840 1 101 3 4 2 1", "sha-256"},
    {"2 16 840 1 101 3 4 2 2", "sha-384"},
    {"2 16 840 1 101 3 4 2 3", "sha-512"},
    {"2 16 840 1 101 3 4 2 4", "sha-224"},
    {"1 2 840 113549 2 7", "hmacWithSHA1"},
    {"1 2 840 113549 2 9", "hmacWithSHA256"},
    /* keys and signatures */
    {"1 2 840 113549 1 1 1", "rsaEncryption"},
    {"1 2 840 113549 1 1 4", "md5WithRSAEncryption"},
    {"1 2 840 113549 1 1 5", "sha1WithRSAEncryption"},
    {"1 2 840 113549 1 1 7", "rsaOAEP"},
    {"1 2 840 113549 1 1 8", "pkcs1-MGF"},
    {"1 2 840 113549 1 1 10", "rsaPSS"},
    {"1 2 840 113549 1 1 11", "sha256WithRSAEncryption"},
    {"1 2 840 113549 1 1 12", "sha384WithRSAEncryption"},
    {"1 2 840 113549 1 1 13", "sha512WithRSAEncryption"},
    {"1 2 840 10045 2 1", "ecPublicKey"},
    {"1 2 840 10045 3 1 7", "prime256v1"},
    {"1 3 132 0 34", "secp384r1"},
    {"1 3 132 0 35", "secp521r1"},
    {"1 2 840 10045 4 1", "ecdsaWithSHA1"},
    {"1 2 840 10045 4 3 2", "ecdsaWithSHA256"},
    {"1 2 840 10045 4 3 3", "ecdsaWithSHA384"},
    {"1 2 840 10045 4 3 4", "ecdsaWithSHA512"},
    {"1 3 132 1 11 1", "dhSinglePass-stdDH-sha256kdf-scheme"},
    {"1 3 133 16 840 63 0 2", "dhSinglePass-stdDH-sha1kdf-scheme"},
    /* ciphers */
    {"1 2 840 113549 3 7", "des-EDE3-CBC"},
    {"2 16 840 1 101 3 4 1 2", "aes128-CBC"},
    {"2 16 840 1 101 3 4 1 5", "aes128-wrap"},
    {"2 16 840 1 101 3 4 1 6", "aes128-GCM"},
    {"2 16 840 1 101 3 4 1 22", "aes192-CBC"},
    {"2 16 840 1 101 3 4 1 25", "aes192-wrap"},
    {"2 16 840 1 101 3 4 1 26", "aes192-GCM"},
    {"2 16 840 1 101 3 4 1 42", "aes256-CBC"},
    {"2 16 840 1 101 3 4 1 45", "aes256-wrap"},
    {"2 16 840 1 101 3 4 1 46", "aes256-GCM"},
    /* names */
    {"2 5 4 3", "commonName"},
    {"2 5 4 4", "surname"},
    {"2 5 4 5", "serialNumber"},
    {"2 5 4 6", "countryName"},
    {"2 5 4 7", "localityName"},
    {"2 5 4 8", "stateOrProvinceName"},
    {"2 5 4 9", "streetAddress"},
    {"2 5 4 10", "organizationName"},
    {"2 5 4 11", "organizationalUnitName"},
    {"2 5 4 12", "title"},
    {"2 5 4 42", "givenName"},
    {"0 9 2342 19200300 100 1 1", "userID"},
    {"0 9 2342 19200300 100 1 25", "domainComponent"},
    /* extensions and purposes */
    {"2 5 29 14", "subjectKeyIdentifier"},
    {"2 5 29 15", "keyUsage"},
    {"2 5 29 16", "privateKeyUsagePeriod"},
    {"2 5 29 17", "subjectAltName"},
    {"2 5 29 18", "issuerAltName"},
    {"2 5 29 19", "basicConstraints"},
    {"2 5 29 20", "cRLNumber"},
    {"2 5 29 21", "cRLReason"},
    {"2 5 29 30", "nameConstraints"},
    {"2 5 29 31", "cRLDistributionPoints"},
    {"2 5 29 32", "certificatePolicies"},
    {"2 5 29 35", "authorityKeyIdentifier"},
    {"2 5 29 37", "extKeyUsage"},
    {"1 3 6 1 5 5 7 1 1", "authorityInfoAccess"},
    {"1 3 6 1 5 5 7 3 1", "serverAuth"},
    {"1 3 6 1 5 5 7 3 2", "clientAuth"},
    {"1 3 6 1 5 5 7 3 4", "emailProtection"},
    {"1 3 6 1 5 5 7 3 9", "ocspSigning"},
    {"1 3 6 1 5 5 7 3 20", "sipDomain"},
    {"2 16 840 1 113730 1 1", "netscape-cert-type"},
    {"2 16 840 1 113730 1 13", "netscape-comment"},
};

bool
asn1_name(const char *number, char *name, size_t size)
{
	char dotted[128];
	ASN1_OBJECT *o;
	int nid;
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strcmp(names[i].number, number) == 0) {
			snprintf(name, size, "%s", names[i].name);
			return true;
		}
	if (strlen(number) >= sizeof(dotted))
		return false;
	for (i = 0; number[i] != '\0'; i++)
		dotted[i] = number[i];
	dotted[i] = '\0';
	for (i = 0; dotted[i] != '\0'; i++)
		if (dotted[i] == ' ')
			dotted[i] = '.';
	o = OBJ_txt2obj(dotted, 1);
	nid = o != NULL ? OBJ_obj2nid(o) : NID_undef;
	ASN1_OBJECT_free(o);
	ERR_clear_error();
	if (nid == NID_undef)
		return false;
	snprintf(name, size, "%s", OBJ_nid2ln(nid));
	return true;
}
