/*
 * The kinds of NAME of the test CA, and the deviations of certificates.
 */
#include <stdlib.h>
#include <string.h>

#include "keys/ca/testca_priv.h"
#include "keys/x509/uri.h"

/* Returns whether s is a URI: a scheme and more characters of URIs (RFC
 * 3986). */
static bool
testca_uri_is_any(const char *s)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz"
				      "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
	static const char more[] = "abcdefghijklmnopqrstuvwxyz"
				   "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+-.";
	size_t n = strspn(s, more);

	if (strspn(s, letters) == 0 || s[n] != ':' || s[n + 1] == '\0')
		return false;
	for (s += n + 1; *s != '\0'; s++)
		if (*s <= ' ' || *s > '~' || strchr("<>\"{}|\\^`", *s) != NULL)
			return false;
	return true;
}

static int
testca_name_uri(const char *name, struct testca_name *out, struct err *e)
{
	struct span s = span_str(name), rest;
	struct err ignored;
	struct uri u;
	bool sip = span_starts_nocase(s, "sip:") ||
	    span_starts_nocase(s, "sips:");

	if (!testca_uri_is_any(name))
		return err_set(e, EX_DATAERR,
		    "\"%s\" is no URI, no address "
		    "(user@host) and no host",
		    name);
	if (sip && uri_parse(s, &u, e) == -1)
		return err_in(e, "%s", name);
	out->uri = name;
	rest = span_cut(s, span_find(s, ':', 0) + 1, s.n);
	if (aor_parse(sip ? s : rest, &out->person, &ignored) == 0) {
		out->cert_kind = STORE_USER_CERT;
		out->file = xstrdup(out->person.key);
	} else {
		out->cert_kind = STORE_DOMAIN_CERT;
		out->file = sip ? keystore_key(STORE_DOMAIN_CERT, u.host)
				: xstrdup(name);
	}
	return 0;
}

int
testca_name(
    const char *name, bool is_ca, struct testca_name *out, struct err *e)
{
	enum uri_host_kind kind;
	int rc = 0;

	*out = (struct testca_name){.cert_kind = STORE_DOMAIN_CERT};
	if (*name == '\0')
		return err_set(e, EX_USAGE, "the name is empty");
	if (is_ca) {
		out->cert_kind = STORE_CA_CERT;
		out->ca = name;
		out->file = xstrdup(name);
	} else if (uri_host_kind(span_str(name), &kind)) {
		out->file = keystore_key(STORE_DOMAIN_CERT, span_str(name));
		out->host = out->file;
	} else if (strchr(name, ':') != NULL) {
		rc = testca_name_uri(name, out, e);
	} else if (strchr(name, '@') != NULL) {
		rc = aor_parse(span_str(name), &out->person, e);
		out->cert_kind = STORE_USER_CERT;
		out->file = rc == 0 ? xstrdup(out->person.key) : NULL;
	} else {
		rc = err_set(e, EX_DATAERR,
		    "\"%s\" is neither an address "
		    "(user@host) nor a host nor a URI",
		    name);
	}
	out->key_kind = out->cert_kind == STORE_CA_CERT ? STORE_CA_KEY
	    : out->cert_kind == STORE_USER_CERT         ? STORE_USER_KEY
							: STORE_DOMAIN_KEY;
	return rc;
}

void
testca_name_free(struct testca_name *n)
{
	if (n->person.key != NULL)
		aor_free(&n->person);
	free(n->file);
	free(n->star);
}

/* --- deviations ----------------------------------------------------------- */

/* Returns NULL if odd can be applied to n, or else the kind of NAME that it is
 * for. */
static const char *
testca_odd_unfit(enum testca_odd odd, const struct testca_name *n)
{
	enum uri_host_kind kind = HOST_NAME;
	bool host = n->host != NULL && uri_host_kind(span_str(n->host), &kind);

	switch (odd) {
	case TESTCA_CN_ONLY:
		return host && kind == HOST_NAME ? NULL : "a host";
	case TESTCA_CN_WILDCARD:
		return host && kind == HOST_NAME && strchr(n->host, '.') != NULL
		    ? NULL
		    : "a host with a domain";
	case TESTCA_NO_CN:
		return n->ca == NULL ? NULL : "a host or a person";
	case TESTCA_NO_SIGNING:
		return n->person.key != NULL ? NULL : "a person";
	case TESTCA_NO_SERVER:
	case TESTCA_SERVER_ONLY:
		return host ? NULL : "a host";
	default:
		return NULL;
	}
}

int
testca_odd(enum testca_odd odd, struct testca_name *n, struct issue *what,
    struct err *e)
{
	const char *whose = testca_odd_unfit(odd, n);

	if (whose != NULL)
		return err_set(e, EX_USAGE,
		    "%s cannot be made wrong in that "
		    "way, only the certificate of %s",
		    n->file, whose);
	what->no_names = odd == TESTCA_CN_ONLY || odd == TESTCA_CN_WILDCARD;
	if (odd == TESTCA_CN_WILDCARD) {
		struct buf star = {0};

		buf_addf(&star, "*%s", strchr(n->host, '.'));
		what->cn = n->star = (char *)star.p;
	} else if (odd == TESTCA_NO_CN) {
		what->cn = "";
	} else if (odd == TESTCA_NO_SIGNING) {
		what->usage = EVP_PKEY_is_a(what->key, "RSA")
		    ? "critical,keyEncipherment"
		    : "critical,keyAgreement";
	} else if (odd == TESTCA_NO_SERVER) {
		what->purposes = "clientAuth";
	} else if (odd == TESTCA_SERVER_ONLY) {
		what->purposes = "serverAuth";
	}
	return 0;
}
