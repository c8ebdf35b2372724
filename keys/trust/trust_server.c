/*
 * Judges the certificates of TLS servers, by section 8 of the draft or by RFC
 * 5922 and RFC 5924, and those of TLS clients.
 */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/err.h>
#include <openssl/x509v3.h>

#include "keys/trust/trust_priv.h"
#include "keys/x509/uri.h"

/* The names in a certificate, compared with one host. */
struct names {
	bool person; /* a URI with a user part: not a server's */
	bool dns, uri, address, any; /* there are names of this kind */
	bool dns_match, uri_match, address_match;
};

static struct span
trust_asn1_span(const ASN1_STRING *s)
{
	return (struct span){
	    ASN1_STRING_get0_data(s), (size_t)ASN1_STRING_length(s)};
}

/* People also have im and pres URIs (RFC 3860, 3859). */
static bool
trust_of_person(struct span text)
{
	return (span_starts_nocase(text, "sip:") ||
		   span_starts_nocase(text, "sips:") ||
		   span_starts_nocase(text, "im:") ||
		   span_starts_nocase(text, "pres:")) &&
	    span_find(text, '@', 0) < text.n;
}

static void
trust_match_uri(struct span text, struct span host, struct names *out)
{
	struct err ignored;
	struct uri u;

	out->person = out->person || trust_of_person(text);
	if (uri_parse(text, &u, &ignored) == -1)
		return;
	if (u.has_user) {
		out->person = true;
	} else if (!u.sips) {
		/* RFC 5922, 7.1: the scheme is sip. */
		out->uri = true;
		out->uri_match = out->uri_match || host_equal(u.host, host);
	}
}

static bool
trust_address_equal(struct span octets, struct span host)
{
	unsigned char address[sizeof(struct in6_addr)];
	char *text = xstrndup(host);
	bool same = false;

	if (octets.n == 4)
		same = inet_pton(AF_INET, text, address) == 1;
	else if (octets.n == 16)
		same = inet_pton(AF_INET6, text, address) == 1;
	same = same && memcmp(octets.p, address, octets.n) == 0;
	free(text);
	return same;
}

static void
trust_match_names(const X509 *x, struct span host, struct names *out)
{
	GENERAL_NAMES *all = X509_get_ext_d2i(
	    x, NID_subject_alt_name, NULL, NULL);
	int i;

	*out = (struct names){.any = all != NULL};
	for (i = 0; all != NULL && i < sk_GENERAL_NAME_num(all); i++) {
		const GENERAL_NAME *g = sk_GENERAL_NAME_value(all, i);

		switch (g->type) {
		case GEN_URI:
			trust_match_uri(
			    trust_asn1_span(g->d.uniformResourceIdentifier),
			    host, out);
			break;
		case GEN_DNS:
			out->dns = true;
			out->dns_match = out->dns_match ||
			    host_equal(trust_asn1_span(g->d.dNSName), host);
			break;
		case GEN_IPADD:
			out->address = true;
			out->address_match = out->address_match ||
			    trust_address_equal(
				trust_asn1_span(g->d.iPAddress), host);
			break;
		default:
			break;
		}
	}
	GENERAL_NAMES_free(all);
}

/* Returns whether pattern is "*." and a domain with a dot in it, and host is
 * one label below that domain. */
static bool
trust_star_matches(struct span pattern, struct span host)
{
	struct span rest = span_cut(pattern, 2, pattern.n);
	size_t dot = span_find(host, '.', 0);

	return pattern.n > 2 && pattern.p[0] == '*' && pattern.p[1] == '.' &&
	    span_find(rest, '.', 0) < rest.n &&
	    span_find(rest, '*', 0) == rest.n && dot > 0 && dot < host.n &&
	    host_equal(rest, span_cut(host, dot + 1, host.n));
}

/* The most specific Common Name is the last in the subject. */
static bool
trust_common_name_matches(const X509 *x, struct span host, bool star)
{
	const X509_NAME *subject = X509_get_subject_name(x);
	int at = -1, next;
	unsigned char *utf8 = NULL;
	struct span cn;
	bool same;
	int n;

	while ((next = X509_NAME_get_index_by_NID(
		    (X509_NAME *)subject, NID_commonName, at)) >= 0)
		at = next;
	if (at < 0)
		return false;
	n = ASN1_STRING_to_UTF8(
	    &utf8, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, at)));
	if (n < 0)
		return false;
	cn = (struct span){utf8, (size_t)n};
	same = host_equal(cn, host) || (star && trust_star_matches(cn, host));
	OPENSSL_free(utf8);
	return same;
}

static bool
trust_name_fits(const struct policy *policy, const X509 *x, struct span host,
    enum uri_host_kind kind, const struct names *n)
{
	if (kind != HOST_NAME)
		return n->address_match;
	if (policy->rfc5922) {
		if (n->uri)
			return n->uri_match;
		if (n->dns)
			return n->dns_match;
		return !n->any && trust_common_name_matches(x, host, false);
	}
	return n->dns ? n->dns_match : trust_common_name_matches(x, host, true);
}

/* Returns whether extendedKeyUsage, where present, has the usage nid (not when
 * strict: RFC 5924), id-kp-sipDomain or any. */
static bool
trust_purpose_fits(const X509 *x, int nid, bool strict)
{
	EXTENDED_KEY_USAGE *eku = X509_get_ext_d2i(
	    x, NID_ext_key_usage, NULL, NULL);
	ASN1_OBJECT *sip = OBJ_txt2obj("1.3.6.1.5.5.7.3.20", 1);
	bool ok = X509_get_ext_by_NID(x, NID_ext_key_usage, -1) == -1;
	int i;

	for (i = 0; eku != NULL && i < sk_ASN1_OBJECT_num(eku); i++) {
		const ASN1_OBJECT *o = sk_ASN1_OBJECT_value(eku, i);
		int one = OBJ_obj2nid(o);

		ok = ok || one == NID_anyExtendedKeyUsage ||
		    OBJ_cmp(o, sip) == 0 || (one == nid && !strict);
	}
	EXTENDED_KEY_USAGE_free(eku);
	ASN1_OBJECT_free(sip);
	return ok;
}

bool
trust_for_client(struct span der)
{
	const unsigned char *p = der.p;
	X509 *x = d2i_X509(NULL, &p, (long)der.n);
	bool ok = x != NULL && trust_purpose_fits(x, NID_client_auth, false) &&
	    (X509_get_key_usage(x) & KU_DIGITAL_SIGNATURE) != 0;

	X509_free(x);
	ERR_clear_error();
	return ok;
}

static void
trust_check_usage(const struct verify_params *params, struct verify_errors *f)
{
	X509 *x = params->cert->x509;
	bool client = params->use == TRUST_TLS_CLIENT;

	if (!trust_purpose_fits(x, client ? NID_client_auth : NID_server_auth,
		params->policy->rfc5922))
		verify_errors_add(f, SIGNATURE_UNTRUSTED,
		    "the certificate is not for %s",
		    client ? "TLS clients" : "SIP servers");
	if ((X509_get_key_usage(x) &
		(KU_DIGITAL_SIGNATURE |
		    (client ? 0 : KU_KEY_ENCIPHERMENT | KU_KEY_AGREEMENT))) ==
	    0)
		verify_errors_add(f, SIGNATURE_UNTRUSTED,
		    "the certificate's key may not be used for TLS");
}

static void
trust_server_judge(const struct verify_params *params, struct span host,
    enum uri_host_kind kind, struct verify_errors *f)
{
	X509 *x = params->cert->x509;
	struct names names;

	trust_judge(params, f);
	trust_check_usage(params, f);
	trust_match_names(x, host, &names);
	if (names.person)
		verify_errors_add(f, SIGNATURE_IDENTITY_MISMATCH,
		    params->use == TRUST_TLS
			? "it is a person's certificate, not a server's"
			: "it is a person's certificate, which is not for TLS");
	else if (params->use == TRUST_TLS &&
	    !trust_name_fits(params->policy, x, host, kind, &names))
		verify_errors_add(f, SIGNATURE_IDENTITY_MISMATCH,
		    "the certificate does not name %.*s", (int)host.n,
		    (const char *)host.p);
}

/* A host without the brackets of an IPv6 address. */
static struct span
trust_bare_host(struct span host)
{
	if (host.n > 1 && host.p[0] == '[' && host.p[host.n - 1] == ']')
		return span_cut(host, 1, host.n - 1);
	return host;
}

int
trust_server(struct keystore *ks, const struct policy *policy,
    const struct span *chain, size_t count, struct span host, struct err *e)
{
	struct verify_params params = {
	    .ks = ks, .policy = policy, .use = TRUST_TLS};
	struct verify_errors f = {0};
	struct trust_shown shown;
	enum uri_host_kind kind;
	int rc = 0;

	host = trust_bare_host(host);
	if (!uri_host_kind(host, &kind))
		return err_set(e, EX_NOPERM,
		    "a certificate cannot name the host \"%.*s\"", (int)host.n,
		    (const char *)host.p);
	if (keystore_refresh(ks, e) == -1) {
		e->exit = EX_NOPERM;
		return -1;
	}
	trust_shown_read(&shown, chain, count);
	if (shown.count == 0) {
		(void)err_set(e, EX_NOPERM, "%.*s presents no certificate",
		    (int)host.n, (const char *)host.p);
		return err_because(e, CAUSE_CERTIFICATE, NULL);
	}
	trust_shown_params(&shown, &params);
	trust_server_judge(&params, host, kind, &f);
	if (f.set != 0) {
		rc = err_set(e, EX_NOPERM,
		    "the certificate of %.*s is "
		    "refused: %s",
		    (int)host.n, (const char *)host.p, f.text);
		/* A root would not mend any other fault. */
		(void)err_because(e,
		    f.no_root && f.set == 1U << SIGNATURE_UNTRUSTED
			? CAUSE_NO_ROOT
			: CAUSE_CERTIFICATE,
		    NULL);
	}
	trust_shown_free(&shown);
	return rc;
}

bool
trust_is_persons(const struct span *chain, size_t count)
{
	struct trust_shown shown;
	struct names names = {.person = false};

	trust_shown_read(&shown, chain, count);
	if (shown.count > 0)
		trust_match_names(
		    shown.certs[0]->x509, (struct span){NULL, 0}, &names);
	trust_shown_free(&shown);
	return names.person;
}

int
trust_client(struct keystore *ks, const struct policy *policy,
    const struct span *chain, size_t count, struct err *e)
{
	struct verify_params params = {
	    .ks = ks, .policy = policy, .use = TRUST_TLS_CLIENT};
	struct verify_errors f = {0};
	struct trust_shown shown;
	char *name;
	int rc = 0;

	if (keystore_refresh(ks, e) == -1) {
		e->exit = EX_NOPERM;
		return -1;
	}
	trust_shown_read(&shown, chain, count);
	if (shown.count == 0)
		return err_set(
		    e, EX_NOPERM, "the client's certificate cannot be read");
	trust_shown_params(&shown, &params);
	trust_server_judge(&params, (struct span){NULL, 0}, HOST_NAME, &f);
	if (f.set != 0) {
		name = cert_name(X509_get_subject_name(params.cert->x509));
		rc = err_set(e, EX_NOPERM,
		    "the client's certificate (%.200s) "
		    "is refused: %s",
		    name, f.text);
		free(name);
	}
	trust_shown_free(&shown);
	return rc;
}

bool
trust_client_names(
    const struct policy *policy, struct span der, struct span host)
{
	const unsigned char *p = der.p;
	X509 *x = d2i_X509(NULL, &p, (long)der.n);
	enum uri_host_kind kind;
	struct names names;
	bool fits = false;

	host = trust_bare_host(host);
	if (x != NULL && uri_host_kind(host, &kind)) {
		trust_match_names(x, host, &names);
		fits = !names.person &&
		    trust_name_fits(policy, x, host, kind, &names);
	}
	X509_free(x);
	ERR_clear_error();
	return fits;
}
