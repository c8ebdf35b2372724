#include "keys/x509/cert_words.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <openssl/bn.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/x509v3.h>

#include "keys/x509/cert.h"

enum { NAMES_MAX = 32 }; /* of a subjectAltName that are told */

void
cert_words_text(struct buf *out, struct span s)
{
	size_t i;

	for (i = 0; i < s.n; i++)
		if (s.p[i] < 0x20 || s.p[i] == 0x7f)
			buf_addf(out, "\\x%02X", s.p[i]);
		else
			buf_add(out, &s.p[i], 1);
}

static void
cert_put_name(struct buf *out, const X509_NAME *name)
{
	char *text = cert_name(name);

	cert_words_text(out, span_str(text));
	free(text);
}

void
cert_words_hex(struct buf *out, struct span s)
{
	size_t i;

	for (i = 0; i < s.n; i++)
		buf_addf(out, "%02x", s.p[i]);
}

void
cert_words_time(struct buf *out, const ASN1_TIME *t)
{
	char text[64] = "?";
	struct tm tm;

	if (t != NULL && ASN1_TIME_to_tm(t, &tm) == 1)
		strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", &tm);
	buf_adds(out, text);
}

void
cert_words_oid(struct buf *out, const ASN1_OBJECT *oid)
{
	char text[128];

	if (OBJ_obj2txt(text, sizeof(text), oid, 0) <= 0)
		buf_adds(out, "?");
	else
		buf_adds(out, text);
	ERR_clear_error();
}

void
cert_words_key(struct buf *out, EVP_PKEY *key)
{
	char group[64];

	if (key == NULL)
		buf_adds(out, "unknown");
	else if (EVP_PKEY_get_group_name(key, group, sizeof(group), NULL) == 1)
		buf_adds(
		    out, strcmp(group, "prime256v1") == 0 ? "P-256" : group);
	else
		buf_addf(out, "%s %d", EVP_PKEY_get0_type_name(key),
		    EVP_PKEY_get_bits(key));
	ERR_clear_error();
}

void
cert_words_names(
    struct buf *out, const X509_NAME *issuer, const ASN1_INTEGER *serial)
{
	buf_adds(out, "issuer ");
	cert_put_name(out, issuer);
	buf_adds(out, ", serial ");
	cert_words_hex(out,
	    (struct span){ASN1_STRING_get0_data(serial),
		(size_t)ASN1_STRING_length(serial)});
}

static void
cert_put_address(struct buf *out, const ASN1_OCTET_STRING *s)
{
	const unsigned char *p = ASN1_STRING_get0_data(s);
	int n = ASN1_STRING_length(s), i;

	if (n == 4)
		buf_addf(out, "%u.%u.%u.%u", p[0], p[1], p[2], p[3]);
	else if (n == 16)
		for (i = 0; i < n; i += 2)
			buf_addf(out, "%s%x", i > 0 ? ":" : "",
			    (unsigned)p[i] << 8 | p[i + 1]);
	else
		buf_adds(out, "?");
}

static void
cert_put_general_name(struct buf *out, const GENERAL_NAME *g)
{
	const char *kind = g->type == GEN_DNS ? "DNS "
	    : g->type == GEN_URI              ? "URI "
	    : g->type == GEN_EMAIL            ? "email "
					      : NULL;

	if (g->type == GEN_IPADD) {
		buf_adds(out, "IP ");
		cert_put_address(out, g->d.iPAddress);
	} else if (kind != NULL) {
		buf_adds(out, kind);
		cert_words_text(out,
		    (struct span){ASN1_STRING_get0_data(g->d.ia5),
			(size_t)ASN1_STRING_length(g->d.ia5)});
	} else {
		buf_adds(out, "one of another kind");
	}
}

static void
cert_put_names(struct buf *out, const X509 *x, const char *indent)
{
	GENERAL_NAMES *names = X509_get_ext_d2i(
	    x, NID_subject_alt_name, NULL, NULL);
	int n = names != NULL ? sk_GENERAL_NAME_num(names) : 0, i;

	for (i = 0; i < n && i < NAMES_MAX; i++) {
		buf_addf(out, "%sname: ", indent);
		cert_put_general_name(out, sk_GENERAL_NAME_value(names, i));
		buf_adds(out, "\n");
	}
	if (n > NAMES_MAX)
		buf_addf(out, "%sname: and %d more\n", indent, n - NAMES_MAX);
	GENERAL_NAMES_free(names);
	ERR_clear_error();
}

void
cert_words(struct buf *out, X509 *x, const char *indent)
{
	const ASN1_INTEGER *serial = X509_get0_serialNumber(x);
	unsigned char digest[CERT_FINGERPRINT];
	const X509_ALGOR *algorithm;
	const ASN1_OBJECT *oid;
	unsigned n = 0;

	buf_addf(out, "%ssubject: ", indent);
	cert_put_name(out, X509_get_subject_name(x));
	buf_adds(out, "\n");
	cert_put_names(out, x, indent);
	buf_addf(out, "%sissuer: ", indent);
	cert_put_name(out, X509_get_issuer_name(x));
	buf_addf(out, "\n%sserial: ", indent);
	cert_words_hex(out,
	    (struct span){ASN1_STRING_get0_data(serial),
		(size_t)ASN1_STRING_length(serial)});
	buf_addf(out, "\n%skey: ", indent);
	cert_words_key(out, X509_get0_pubkey(x));
	buf_addf(out, "\n%svalid: ", indent);
	cert_words_time(out, X509_get0_notBefore(x));
	buf_adds(out, " to ");
	cert_words_time(out, X509_get0_notAfter(x));
	X509_get0_signature(NULL, &algorithm, x);
	X509_ALGOR_get0(&oid, NULL, NULL, algorithm);
	buf_addf(out, "\n%ssigned with: ", indent);
	cert_words_oid(out, oid);
	buf_addf(out, "\n%sSHA-256: ", indent);
	if (X509_digest(x, EVP_sha256(), digest, &n) == 1)
		cert_words_hex(out, (struct span){digest, n});
	buf_adds(out, "\n");
}

bool
cert_words_der(struct buf *out, struct span der)
{
	const unsigned char *p = der.p;
	bool whole;
	X509 *x;

	(void)ERR_set_mark();
	x = der.n > 0 ? d2i_X509(NULL, &p, (long)der.n) : NULL;
	(void)ERR_pop_to_mark();
	whole = x != NULL && p == der.p + der.n;
	if (whole)
		cert_words(out, x, "");
	X509_free(x);
	return whole;
}
