/* TLS servers: whose name a certificate bears, and what vouches for it. */
#include "tests/unit/keys/keys_make.h"

static int
judge(struct world *w, const struct ident *by, const struct say *s,
    const char *host, struct err *e)
{
	struct ident server = make_cert(by, s);
	unsigned char *der = NULL;
	int n = i2d_X509(server.cert, &der), rc;
	struct span chain = {der, (size_t)n};

	rc = trust_server(w->ks, &w->policy, &chain, 1, span_str(host), e);
	OPENSSL_free(der);
	drop_ident(&server);
	return rc;
}

static const struct {
	struct say say;
	const char *host;
	bool ok, ok_rfc5922;
} names[] = {
    {{.cn = "x", .san = "DNS:example.com"}, "example.com", 1, 1},
    {{.cn = "x", .san = "DNS:EXAMPLE.com"}, "example.COM.", 1, 1},
    {{.cn = "x", .san = "DNS:example.com"}, "a.example.com", 0, 0},
    {{.cn = "x", .san = "DNS:*.example.com"}, "a.example.com", 0, 0},
    {{.cn = "x", .san = "DNS:a.example,DNS:b.example"}, "b.example", 1, 1},
    /* a Common Name counts only where there is no dNSName at all */
    {{.cn = "example.com"}, "example.com", 1, 1},
    {{.cn = "example.com", .san = "DNS:other.example"}, "example.com", 0, 0},
    {{.cn = "example.com", .san = "email:a@b"}, "example.com", 1, 0},
    {{.cn = "*.example.com"}, "a.example.com", 1, 0},
    {{.cn = "*.example.com"}, "example.com", 0, 0},
    {{.cn = "*.example.com"}, "a.b.example.com", 0, 0},
    {{.cn = "a.*.com"}, "a.example.com", 0, 0},
    {{.cn = "*"}, "example", 0, 0},
    {{.cn = "*.com"}, "example.com", 0, 0},
    {{.cn = "f*.example.com"}, "foo.example.com", 0, 0},
    /* a Common Name's wildcard is nothing beside a dNSName */
    {{.cn = "*.example.com", .san = "DNS:other.example"}, "a.example.com", 0,
	0},
    {{.cn = "*.example.com", .san = "DNS:*.example.com"}, "a.example.com", 0,
	0},
    {{.cn = "*.example.com", .san = "DNS:a.example.com"}, "a.example.com", 1,
	1},
    {{.cn = "*.example.com", .san = "DNS:b.example.com"}, "a.example.com", 0,
	0},
    /* numeric hosts have an iPAddress */
    {{.cn = "127.0.0.1"}, "127.0.0.1", 0, 0},
    {{.cn = "x", .san = "DNS:127.0.0.1"}, "127.0.0.1", 0, 0},
    {{.cn = "x", .san = "IP:127.0.0.1"}, "127.0.0.1", 1, 1},
    {{.cn = "x", .san = "IP:127.0.0.2"}, "127.0.0.1", 0, 0},
    {{.cn = "x", .san = "IP:::1"}, "::1", 1, 1},
    {{.cn = "x", .san = "IP:::1"}, "[::1]", 1, 1},
    /* a person is nobody's server */
    {{.cn = "x", .san = "DNS:example.com,URI:sip:a@example.com"}, "example.com",
	0, 0},
    /* RFC 5922: a sip URI without a user part comes first */
    {{.cn = "x", .san = "URI:sip:example.com"}, "example.com", 0, 1},
    {{.cn = "x", .san = "URI:sip:other.example,DNS:example.com"}, "example.com",
	1, 0},
    /* purposes */
    {{.cn = "x", .san = "DNS:a.b", .purposes = "serverAuth"}, "a.b", 1, 0},
    {{.cn = "x", .san = "DNS:a.b", .purposes = "1.3.6.1.5.5.7.3.20"}, "a.b", 1,
	1},
    {{.cn = "x", .san = "DNS:a.b", .purposes = "anyExtendedKeyUsage"}, "a.b", 1,
	1},
    {{.cn = "x", .san = "DNS:a.b", .purposes = "emailProtection"}, "a.b", 0, 0},
    {{.cn = "x", .san = "DNS:a.b", .purposes = "clientAuth"}, "a.b", 0, 0},
    /* time and strength */
    {{.cn = "x", .san = "DNS:a.b", .from = -7200, .until = -60}, "a.b", 0, 0},
    {{.cn = "x", .san = "DNS:a.b", .from = 60}, "a.b", 0, 0},
    {{.cn = "x", .san = "DNS:a.b", .key_type = "rsa:1024"}, "a.b", 0, 0},
    {{.cn = "x", .san = "DNS:a.b"}, "a b", 0, 0},
};

static void
test_names(void **state)
{
	struct world *w = *state;
	struct err e;
	size_t i;
	int strict;

	for (i = 0; i < COUNT(names); i++)
		for (strict = 0; strict < 2; strict++) {
			bool ok;

			w->policy.rfc5922 = strict != 0;
			e.exit = 0;
			ok = judge(w, &w->ca, &names[i].say, names[i].host,
				 &e) == 0;
			if (ok != (strict ? names[i].ok_rfc5922 : names[i].ok))
				fail_msg("case %zu, strict %d: %s", i, strict,
				    ok ? "taken" : e.text);
			assert_int_equal(e.exit, ok ? 0 : EX_NOPERM);
		}
}

static void
test_most_specific_common_name(void **state)
{
	static const struct {
		const char *first, *last;
		bool ok;
	} subjects[] = {
	    {"other.example", "a.example.com", 1},
	    {"a.example.com", "other.example", 0},
	    {"other.example", "*.example.com", 1},
	    {"*.example.com", "other.example", 0},
	    {"a.example.com", "a.example.com", 1},
	};
	struct world *w = *state;
	size_t i;

	for (i = 0; i < COUNT(subjects); i++) {
		struct ident server = make_cert(
		    &w->ca, &(struct say){.cn = subjects[i].first});
		X509_NAME *name = X509_NAME_dup(
		    X509_get_subject_name(server.cert));
		unsigned char *der = NULL;
		struct span chain;
		struct err e;
		bool ok;

		X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8,
		    (const unsigned char *)subjects[i].last, -1, -1, 0);
		X509_set_subject_name(server.cert, name);
		X509_sign(server.cert, w->ca.key, EVP_sha256());
		chain.n = (size_t)i2d_X509(server.cert, &der);
		chain.p = der;
		ok = trust_server(w->ks, &w->policy, &chain, 1,
			 span_str("a.example.com"), &e) == 0;
		if (ok != subjects[i].ok)
			fail_msg("case %zu: %s", i, ok ? "taken" : e.text);
		OPENSSL_free(der);
		X509_NAME_free(name);
		drop_ident(&server);
	}
}

/* What stands before a NUL is the host, what stands after it is not. */
static void
test_nul_in_common_name(void **state)
{
	static const unsigned char evil[] = "a.example.com\0.evil.test";
	struct world *w = *state;
	size_t cut;

	for (cut = 13; cut < sizeof(evil); cut += sizeof(evil) - 14) {
		struct ident server = make_cert(
		    &w->ca, &(struct say){.cn = "x"});
		X509_NAME *name = X509_NAME_new();
		unsigned char *der = NULL;
		struct span chain;
		struct err e;

		X509_NAME_add_entry_by_NID(name, NID_commonName,
		    V_ASN1_UTF8STRING, evil, (int)cut, -1, 0);
		X509_set_subject_name(server.cert, name);
		X509_sign(server.cert, w->ca.key, EVP_sha256());
		chain.n = (size_t)i2d_X509(server.cert, &der);
		chain.p = der;
		assert_int_equal(trust_server(w->ks, &w->policy, &chain, 1,
				     span_str("a.example.com"), &e),
		    cut == 13 ? 0 : -1);
		OPENSSL_free(der);
		X509_NAME_free(name);
		drop_ident(&server);
	}
}

static void
test_chain(void **state)
{
	const struct say s = {.cn = "x", .san = "DNS:a.b"};
	struct world *w = *state;
	struct ident other = make_cert(
	    NULL, &(struct say){.cn = "CA", .ca = true});
	X509_CRL *crl;
	struct err e;

	assert_int_equal(judge(w, &w->ca, &s, "a.b", &e), 0);
	assert_int_equal(judge(w, &other, &s, "a.b", &e), -1);
	assert_non_null(strstr(e.text, "untrusted"));
	assert_int_equal(judge(w, NULL, &s, "a.b", &e), -1);
	crl = make_crl(&w->ca, &(struct crl_say){.from = -7200, .until = -60});
	put_crl(w->dir, "crl_ca.pem", crl);
	assert_int_equal(judge(w, &w->ca, &s, "a.b", &e), -1);
	assert_non_null(strstr(e.text, "no-crl"));
	X509_CRL_free(crl);
	drop_ident(&other);
}

static void
test_self_signed_as_a_root(void **state)
{
	struct world *w = *state;
	struct ident own = make_cert(
	    NULL, &(struct say){.cn = "a.b", .san = "DNS:a.b"});
	unsigned char *der = NULL;
	int n = i2d_X509(own.cert, &der);
	struct span chain = {der, (size_t)n};
	struct err e;

	assert_int_equal(
	    trust_server(w->ks, &w->policy, &chain, 1, span_str("a.b"), &e),
	    -1);
	put_cert(w->dir, "root_cert_own.pem", own.cert);
	if (trust_server(w->ks, &w->policy, &chain, 1, span_str("a.b"), &e) !=
	    0)
		fail_msg("%s", e.text);
	assert_int_equal(
	    trust_server(w->ks, &w->policy, NULL, 0, span_str("a.b"), &e), -1);
	chain.n--;
	assert_int_equal(
	    trust_server(w->ks, &w->policy, &chain, 1, span_str("a.b"), &e),
	    -1);
	OPENSSL_free(der);
	drop_ident(&own);
}

#define T(f) cmocka_unit_test_setup_teardown(f, world_setup, world_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    T(test_names),
	    T(test_most_specific_common_name),
	    T(test_nul_in_common_name),
	    T(test_chain),
	    T(test_self_signed_as_a_root),
	};

	return cmocka_run_group_tests_name("keys_server", tests, NULL, NULL);
}
