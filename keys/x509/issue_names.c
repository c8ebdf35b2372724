/*
 * The names in a certificate: its subject and its subjectAltName.
 */
#include <stdlib.h>
#include <string.h>

#include <openssl/x509v3.h>

#include "keys/x509/issue_priv.h"
#include "keys/x509/uri.h"

enum { CN_MAX = 64 };

static bool
issue_names_add(GENERAL_NAMES *names, int type, const char *text)
{
	GENERAL_NAME *g = GENERAL_NAME_new();
	ASN1_IA5STRING *s = ASN1_IA5STRING_new();

	if (g == NULL || s == NULL ||
	    ASN1_STRING_set(s, text, (int)strlen(text)) != 1) {
		ASN1_IA5STRING_free(s);
		GENERAL_NAME_free(g);
		return false;
	}
	GENERAL_NAME_set0_value(g, type, s);
	if (sk_GENERAL_NAME_push(names, g) > 0)
		return true;
	GENERAL_NAME_free(g);
	return false;
}

static bool
issue_names_add_address(GENERAL_NAMES *names, const char *text)
{
	GENERAL_NAME *g = GENERAL_NAME_new();
	ASN1_OCTET_STRING *s = a2i_IPADDRESS(text);

	if (g == NULL || s == NULL) {
		ASN1_OCTET_STRING_free(s);
		GENERAL_NAME_free(g);
		return false;
	}
	GENERAL_NAME_set0_value(g, GEN_IPADD, s);
	if (sk_GENERAL_NAME_push(names, g) > 0)
		return true;
	GENERAL_NAME_free(g);
	return false;
}

bool
issue_nameless(const struct issue *what)
{
	return what->cn != NULL && *what->cn == '\0';
}

GENERAL_NAMES *
issue_names(const struct issue *what)
{
	static const char *const schemes[] = {"sip", "im", "pres"};
	GENERAL_NAMES *names = GENERAL_NAMES_new();
	enum uri_host_kind kind;
	bool ok = names != NULL;
	size_t i;

	if (what->uri != NULL)
		ok = ok && issue_names_add(names, GEN_URI, what->uri);
	for (i = 0; what->uri == NULL && what->person != NULL && i < 3; i++) {
		struct buf uri = {0};

		buf_addf(&uri, "%s:%s", schemes[i], what->person->key);
		ok = ok && issue_names_add(names, GEN_URI, (char *)uri.p);
		buf_free(&uri);
	}
	if (what->uri == NULL && what->host != NULL &&
	    uri_host_kind(span_str(what->host), &kind))
		ok = ok &&
		    (kind == HOST_NAME
			    ? issue_names_add(names, GEN_DNS, what->host)
			    : issue_names_add_address(names, what->host));
	if (ok)
		return names;
	GENERAL_NAMES_free(names);
	return NULL;
}

/* The draft's types of strings. */
static bool
issue_legacy_entry(X509_NAME *name, int nid, const char *text)
{
	const unsigned char *p = (const unsigned char *)text;
	int type = ASN1_PRINTABLE_type(p, -1) == V_ASN1_PRINTABLESTRING
	    ? V_ASN1_PRINTABLESTRING
	    : V_ASN1_T61STRING;

	return X509_NAME_add_entry_by_NID(name, nid, type, p, -1, -1, 0) == 1;
}

static bool
issue_subject_fill(X509_NAME *name, const char *cn, bool legacy)
{
	if (!legacy)
		return X509_NAME_add_entry_by_NID(name, NID_commonName,
			   MBSTRING_UTF8, (const unsigned char *)cn, -1, -1,
			   0) == 1;
	return issue_legacy_entry(name, NID_countryName, "US") &&
	    issue_legacy_entry(name, NID_stateOrProvinceName, "California") &&
	    issue_legacy_entry(name, NID_localityName, "San Jose") &&
	    issue_legacy_entry(name, NID_organizationName, "sipit") &&
	    issue_legacy_entry(name, NID_commonName, cn);
}

/* Returns where to cut text so that it has at most 64 UTF-8 characters, the
 * limit of a Common Name (ub-common-name of RFC 5280). */
static struct span
issue_cn_cut(struct span s)
{
	size_t i, characters = 0;

	for (i = 0; i < s.n; i++)
		if ((s.p[i] & 0xc0) != 0x80 && ++characters > CN_MAX)
			break;
	return span_cut(s, 0, i);
}

X509_NAME *
issue_subject(const struct issue *what)
{
	const char *cn = what->cn != NULL ? what->cn
	    : what->uri != NULL           ? what->uri
	    : what->person != NULL        ? what->person->key
	    : what->host != NULL          ? what->host
					  : what->ca;
	X509_NAME *name = X509_NAME_new();
	char *cut = xstrndup(issue_cn_cut(span_str(cn)));
	bool ok = name != NULL &&
	    (issue_nameless(what) ||
		issue_subject_fill(name, cut, what->legacy));

	free(cut);
	if (ok)
		return name;
	X509_NAME_free(name);
	return NULL;
}
