/* OCSP responses that a TLS server staples: what each must say, how fresh it
 * must be, and who may sign it. */
#include "tests/unit/keys/keys_make.h"

#include <openssl/ocsp.h>

/* One response; 0 is the usual: good, from an hour ago until in an hour. */
struct answer {
	int status; /* V_OCSP_CERTSTATUS_.. */
	long from, until; /* s from now; until 1: says none */
	bool other; /* about another certificate */
	bool stranger; /* signed by one who is not of this CA */
	const struct say *delegate;
	const EVP_MD *md; /* that signs */
	bool bare; /* the signer's certificate is left out */
	int cut; /* bytes taken from the end, or put there (< 0) */
};

static struct span
make_answer(const struct world *w, const struct ident *server,
    const struct answer *a, unsigned char **der)
{
	OCSP_BASICRESP *basic = OCSP_BASICRESP_new();
	struct ident other = make_cert(&w->ca, &(struct say){.cn = "o"});
	struct ident signer = a->delegate != NULL
	    ? make_cert(&w->ca, a->delegate)
	    : a->stranger
	    ? make_cert(NULL, &(struct say){.cn = "CA", .ca = true})
	    : (struct ident){NULL, NULL};
	X509 *cert = signer.cert != NULL ? signer.cert : w->ca.cert;
	OCSP_CERTID *id = OCSP_cert_to_id(
	    EVP_sha1(), a->other ? other.cert : server->cert, w->ca.cert);
	ASN1_TIME *from = X509_gmtime_adj(NULL, a->from != 0 ? a->from : -3600);
	ASN1_TIME *until = X509_gmtime_adj(
	    NULL, a->until != 0 ? a->until : 3600);
	ASN1_TIME *when = X509_gmtime_adj(NULL, -7200);
	OCSP_RESPONSE *r;
	int n;

	OCSP_basic_add1_status(basic, id, a->status,
	    OCSP_REVOKED_STATUS_KEYCOMPROMISE,
	    a->status == V_OCSP_CERTSTATUS_REVOKED ? when : NULL, from,
	    a->until == 1 ? NULL : until);
	if (OCSP_basic_sign(basic, cert,
		signer.key != NULL ? signer.key : w->ca.key,
		a->md != NULL ? a->md : EVP_sha256(), NULL,
		a->bare ? OCSP_NOCERTS : 0) != 1)
		fail_msg("no response can be made");
	r = OCSP_response_create(OCSP_RESPONSE_STATUS_SUCCESSFUL, basic);
	*der = NULL;
	n = i2d_OCSP_RESPONSE(r, der);
	if (a->cut < 0) {
		*der = OPENSSL_realloc(*der, (size_t)(n - a->cut));
		memset(*der + n, 0, (size_t)-a->cut);
	}
	OCSP_RESPONSE_free(r);
	OCSP_BASICRESP_free(basic);
	OCSP_CERTID_free(id);
	ASN1_TIME_free(from);
	ASN1_TIME_free(until);
	ASN1_TIME_free(when);
	if (signer.cert != NULL)
		drop_ident(&signer);
	drop_ident(&other);
	return (struct span){*der, (size_t)(n - a->cut)};
}

static const struct say may_answer = {.cn = "ocsp", .purposes = "OCSPSigning"};
static const struct say no_purpose = {.cn = "ocsp"};
static const struct say any_purpose = {
    .cn = "ocsp", .purposes = "anyExtendedKeyUsage"};
static const struct say may_not_sign = {
    .cn = "ocsp", .purposes = "OCSPSigning", .usage = "keyAgreement"};
static const struct say old = {
    .cn = "ocsp", .purposes = "OCSPSigning", .from = -7200, .until = -60};
static const struct say weak = {
    .cn = "ocsp", .purposes = "OCSPSigning", .key_type = "rsa:1024"};

static const struct {
	const char *name;
	struct answer answer;
	const char *words; /* NULL: good */
} cases[] = {
    {"good", {0}, NULL},
    {"without the issuer's certificate", {.bare = true}, NULL},
    {"revoked", {.status = V_OCSP_CERTSTATUS_REVOKED}, "revoked"},
    {"revoked, long ago",
	{.status = V_OCSP_CERTSTATUS_REVOKED, .from = -90000, .until = -80000},
	"revoked"},
    {"unknown", {.status = V_OCSP_CERTSTATUS_UNKNOWN}, "does not know it"},
    {"stale", {.from = -90000, .until = -3600}, "stale"},
    {"from later", {.from = 3600, .until = 7200}, "stale"},
    {"a clock that is a minute off", {.from = 60, .until = 7200}, NULL},
    {"no end, an hour old", {.until = 1}, NULL},
    {"no end, two days old", {.from = -172800, .until = 1}, "stale"},
    {"another certificate", {.other = true}, "another certificate"},
    {"a delegate", {.delegate = &may_answer}, NULL},
    {"a delegate that is not there", {.delegate = &may_answer, .bare = true},
	"has no valid signature"},
    {"a certificate without purposes", {.delegate = &no_purpose},
	"may not answer"},
    {"a certificate for any purpose", {.delegate = &any_purpose},
	"may not answer"},
    {"a delegate whose key may not sign", {.delegate = &may_not_sign},
	"may not answer"},
    {"a delegate that has expired", {.delegate = &old}, "may not answer"},
    {"a delegate with RSA-1024", {.delegate = &weak}, "may not answer"},
    {"another CA of the same name", {.stranger = true},
	"has no valid signature"},
    {"SHA-1", {.status = 0}, NULL},
    {"cut off", {.cut = 1}, "malformed"},
    {"with a byte after it", {.cut = -1}, "malformed"},
};

static void
test_answers(void **state)
{
	struct world *w = *state;
	struct ident server = make_cert(
	    &w->ca, &(struct say){.cn = "x", .san = "DNS:a.b"});
	unsigned char *cert = NULL, *der;
	struct span chain = {NULL, (size_t)i2d_X509(server.cert, &cert)};
	struct span r;
	struct err e = {0};
	size_t i;

	chain.p = cert;
	for (i = 0; i < COUNT(cases); i++) {
		struct answer a = cases[i].answer;
		const char *words = cases[i].words;
		int rc;

		if (strcmp(cases[i].name, "SHA-1") == 0) {
			a.md = EVP_sha1();
			words = "weak digest";
		}
		r = make_answer(w, &server, &a, &der);
		rc = trust_stapled(
		    w->ks, &w->policy, &chain, 1, r, span_str("a.b"), &e);
		if (rc != (words == NULL ? 0 : -1))
			fail_msg("%s: %s", cases[i].name,
			    rc == 0 ? "taken" : e.text);
		if (words != NULL &&
		    (strstr(e.text, words) == NULL || e.exit != EX_NOPERM))
			fail_msg("%s: \"%s\"", cases[i].name, e.text);
		OPENSSL_free(der);
	}
	OPENSSL_free(cert);
	drop_ident(&server);
}

/* Every byte of a good response, each bit of it flipped: nothing crashes, and
 * what is signed cannot be changed. */
static void
test_flipped(void **state)
{
	struct world *w = *state;
	struct ident server = make_cert(
	    &w->ca, &(struct say){.cn = "x", .san = "DNS:a.b"});
	unsigned char *cert = NULL, *der;
	struct span chain = {NULL, (size_t)i2d_X509(server.cert, &cert)};
	struct span r = make_answer(
	    w, &server, &(struct answer){.bare = true}, &der);
	size_t i, taken = 0;
	struct err e;

	chain.p = cert;
	for (i = 0; i < r.n; i++) {
		der[i] ^= (unsigned char)(1 << i % 8);
		taken += trust_stapled(w->ks, &w->policy, &chain, 1, r,
			     span_str("a.b"), &e) == 0;
		der[i] ^= (unsigned char)(1 << i % 8);
	}
	/* The bit string's count of unused bits is not signed. */
	assert_true(taken <= 3);
	OPENSSL_free(der);
	OPENSSL_free(cert);
	drop_ident(&server);
}

static void
test_none(void **state)
{
	static const struct {
		struct say say;
		int rc;
	} certs[] = {
	    {{.cn = "x", .san = "DNS:a.b"}, 0},
	    {{.cn = "x",
		 .san = "DNS:a.b",
		 .other = {"tlsfeature", "status_request"}},
		-1},
	    {{.cn = "x", .san = "DNS:a.b", .other = {"tlsfeature", "17"}}, 0},
	};
	struct world *w = *state;
	size_t i;

	for (i = 0; i < COUNT(certs); i++) {
		struct ident server = make_cert(&w->ca, &certs[i].say);
		unsigned char *cert = NULL;
		struct span chain = {
		    NULL, (size_t)i2d_X509(server.cert, &cert)};
		struct err e;

		chain.p = cert;
		assert_int_equal(
		    trust_stapled(w->ks, &w->policy, &chain, 1,
			(struct span){NULL, 0}, span_str("a.b"), &e),
		    certs[i].rc);
		OPENSSL_free(cert);
		drop_ident(&server);
	}
}

/* A delegate (a certificate of its serial number) whom the issuer revoked. */
static void
test_revoked_delegate(void **state)
{
	struct world *w = *state;
	struct ident server = make_cert(
	    &w->ca, &(struct say){.cn = "x", .san = "DNS:a.b"});
	struct say say = may_answer;
	unsigned char *cert = NULL, *der;
	struct span chain = {NULL, (size_t)i2d_X509(server.cert, &cert)};
	struct span r;
	struct ident twin;
	struct err e;
	X509_CRL *crl;

	chain.p = cert;
	say.serial = 4711;
	r = make_answer(w, &server, &(struct answer){.delegate = &say}, &der);
	assert_int_equal(
	    trust_stapled(w->ks, &w->policy, &chain, 1, r, span_str("a.b"), &e),
	    0);
	twin = make_cert(&w->ca, &say);
	crl = make_crl(&w->ca, &(struct crl_say){.revoked = twin.cert});
	drop_ident(&twin);
	put_crl(w->dir, "crl_ca.pem", crl);
	assert_int_equal(
	    trust_server(w->ks, &w->policy, &chain, 1, span_str("a.b"), &e), 0);
	assert_int_equal(
	    trust_stapled(w->ks, &w->policy, &chain, 1, r, span_str("a.b"), &e),
	    -1);
	assert_non_null(strstr(e.text, "may not answer"));
	X509_CRL_free(crl);
	OPENSSL_free(der);
	OPENSSL_free(cert);
	drop_ident(&server);
}

#define T(f) cmocka_unit_test_setup_teardown(f, world_setup, world_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    T(test_answers),
	    T(test_flipped),
	    T(test_none),
	    T(test_revoked_delegate),
	};

	return cmocka_run_group_tests_name("keys_stapled", tests, NULL, NULL);
}
