/*
 * Introductions: certs-only messages, ours and hostile ones; and the offers
 * that are kept of them.
 */
#include <fcntl.h>
#include <sys/stat.h>

#include "tests/unit/keys/keys_make.h"

#include "keys/smime/introduction.h"
#include "keys/store/offers.h"

#define TYPE "application/pkcs7-mime;smime-type=certs-only;name=smime.p7c"

/* certs-only with these certificates, NULL at the end. */
static struct buf
certs_only(X509 *const *certs)
{
	CMS_ContentInfo *cms = CMS_sign(
	    NULL, NULL, NULL, NULL, CMS_PARTIAL | CMS_DETACHED);
	struct buf der;

	for (; *certs != NULL; certs++)
		assert_int_equal(CMS_add1_cert(cms, *certs), 1);
	der = cms_der(cms);
	return der;
}

static struct smime_result
open_certs(struct world *w, X509 *const *certs)
{
	struct buf der = certs_only(certs);
	struct smime_result out = world_open(w, TYPE, span_buf(&der));

	buf_free(&der);
	return out;
}

/* What a stranger's store holds: a certificate of carol's. */
static struct ident
person(const char *cn, const char *san, const char *usage)
{
	return make_cert(
	    NULL, &(struct say){.cn = cn, .san = san, .usage = usage});
}

static void
one_that_is_right_is_taken(void **state)
{
	struct world *w = *state;
	struct ident carol = person("carol", "URI:sip:carol@example.com", NULL);
	struct smime_result out;

	w->from = "sip:carol@example.com";
	out = open_certs(w, (X509 *[]){w->ca.cert, carol.cert, NULL});
	assert_int_equal(out.kind, KIND_INTRODUCTION);
	/* theirs comes first, whatever the order was */
	assert_non_null(strstr(out.notice, "BEGIN CERTIFICATE"));
	assert_non_null(strstr(out.verdict.reason, "proves nothing"));
	assert_false(out.delay_answer);
	expect(out, "none", "none", 200, NULL);
	drop_ident(&carol);
}

static void
hostile_ones_are_refused(void **state)
{
	struct world *w = *state;
	struct ident carol = person("carol", "URI:sip:carol@example.com", NULL);
	struct ident other = person("carol", "URI:sip:carol@example.com", NULL);
	struct ident third = person("carol", "URI:sip:carol@example.com", NULL);
	struct ident mail = person("carol", "email:carol@example.com", NULL);
	struct ident agree = person(
	    "carol", "URI:sip:carol@example.com", "critical,keyAgreement");
	struct ident signs = person(
	    "carol", "URI:sip:carol@example.com", "critical,digitalSignature");
	X509 *many[] = {carol.cert, w->ca.cert, w->alice.cert, w->bob.cert,
	    mail.cert, NULL};
	struct smime_result out;

	w->from = "sip:carol@example.com";
	/* it does not name the sender, or somebody else */
	expect(open_certs(w, (X509 *[]){mail.cert, NULL}), "none", "none", 437,
	    NULL);
	expect(open_certs(w, (X509 *[]){w->alice.cert, NULL}), "none", "none",
	    437, NULL);
	/* it may not sign */
	expect(open_certs(w, (X509 *[]){agree.cert, NULL}), "none", "none", 437,
	    NULL);
	/* one for each use */
	out = open_certs(w, (X509 *[]){signs.cert, agree.cert, NULL});
	assert_non_null(out.notice);
	expect(out, "none", "none", 200, NULL);
	expect(open_certs(w, (X509 *[]){agree.cert, signs.cert, NULL}), "none",
	    "none", 200, NULL);
	expect(
	    open_certs(w, (X509 *[]){carol.cert, other.cert, third.cert, NULL}),
	    "none", "none", 437, NULL);
	/* none, and more than four */
	expect(open_certs(w, (X509 *[]){NULL}), "none", "none", 400, NULL);
	expect(open_certs(w, many), "none", "none", 400, NULL);
	drop_ident(&carol);
	drop_ident(&other);
	drop_ident(&third);
	drop_ident(&mail);
	drop_ident(&agree);
	drop_ident(&signs);
}

static void
broken_ones_are_refused(void **state)
{
	struct world *w = *state;
	struct ident carol = person("carol", "URI:sip:carol@example.com", NULL);
	struct buf der = certs_only((X509 *[]){carol.cert, NULL}), b = {0};
	struct smime_result out;

	w->from = "sip:carol@example.com";
	expect(world_open(w, TYPE, span_str("")), "none", "none", 400, NULL);
	expect(
	    world_open(w, TYPE, span_str("hello")), "none", "none", 400, NULL);
	expect(world_open(w, TYPE, span_cut(span_buf(&der), 0, der.n - 1)),
	    "none", "none", 400, NULL);
	buf_addspan(&b, span_buf(&der));
	buf_adds(&b, "x");
	expect(world_open(w, TYPE, span_buf(&b)), "none", "none", 400, NULL);
	buf_free(&b);
	expect(world_open_coded(w, TYPE, "base64", "", span_str("no base64!")),
	    "none", "none", 400, NULL);
	expect(world_open_coded(w, TYPE, "x-odd", "", span_buf(&der)), "none",
	    "none", 415, NULL);
	expect(world_open_coded(w, TYPE, "", "gzip", span_buf(&der)), "none",
	    "none", 415, NULL);
	/* encrypted content that says that it is certificates */
	b = seal_der(span_str(HELLO), w->bob.cert, EVP_aes_128_cbc());
	out = world_open(w, TYPE, span_buf(&b));
	assert_int_equal(out.verdict.encryption, ENCRYPTION_NONE);
	expect(out, "none", "none", 400, NULL);
	buf_free(&b);
	/* a signature that says so */
	b = sign_der(span_str(HELLO), &w->alice, CMS_DETACHED, NULL);
	expect(world_open(w, TYPE, span_buf(&b)), "none", "none", 400, NULL);
	buf_free(&b);
	/* more than 16 kB */
	buf_reserve(&b, 20000);
	memset(b.p, 'x', 20000);
	b.n = 20000;
	expect(world_open(w, TYPE, span_buf(&b)), "none", "none", 400, NULL);
	buf_free(&b);
	/* nobody's From */
	w->from = NULL;
	expect(world_open(w, TYPE, span_buf(&der)), "none", "none", 437, NULL);
	buf_free(&der);
	drop_ident(&carol);
}

/* Inside anything signed or encrypted it is not taken, and CBC tells nothing. */
static void
inside_a_layer_it_is_not_taken(void **state)
{
	struct world *w = *state;
	struct buf der = certs_only((X509 *[]){w->alice.cert, NULL});
	struct buf entity = entity_of(TYPE, span_buf(&der)), body, sealed;

	buf_free(&der);
	der = sign_der(
	    span_buf(&entity), &w->alice, CMS_DETACHED | CMS_NOCERTS, NULL);
	body = multipart_signed(span_buf(&entity), span_buf(&der));
	expect(world_open(w, SIGNED_TYPE, span_buf(&body)), "good", "none", 415,
	    NULL);
	sealed = seal_der(span_buf(&entity), w->bob.cert, EVP_aes_128_gcm());
	expect(world_open(w, SEALED_TYPE, span_buf(&sealed)), "none", "opened",
	    415, NULL);
	buf_free(&sealed);
	sealed = seal_der(span_buf(&entity), w->bob.cert, EVP_aes_128_cbc());
	expect(world_open(w, SEALED_TYPE, span_buf(&sealed)), "none", "opened",
	    200, NULL);
	buf_free(&sealed);
	buf_free(&der);
	buf_free(&entity);
	buf_free(&body);
}

static void
ours_is_taken_by_others(void **state)
{
	struct world *w = *state;
	struct smime_body body;
	struct smime_result out;
	struct aor bob;
	struct err e;

	assert_int_equal(aor_parse(span_str("bob@example.com"), &bob, &e), 0);
	assert_int_equal(
	    introduction_make(w->ks, &w->policy, &bob, &body, &e), 0);
	assert_string_equal(body.content_type, TYPE);
	w->from = "sip:bob@example.com";
	out = world_open(w, body.content_type, span_buf(&body.body));
	assert_int_equal(out.kind, KIND_INTRODUCTION);
	expect(out, "none", "none", 200, NULL);
	smime_body_free(&body);
	aor_free(&bob);
	/* without a key of ours there is nothing to introduce */
	assert_int_equal(aor_parse(span_str("carol@example.com"), &bob, &e), 0);
	assert_int_equal(
	    introduction_make(w->ks, &w->policy, &bob, &body, &e), -1);
	assert_int_equal(e.exit, EX_CONFIG);
	aor_free(&bob);
}

/* --- offers ----------------------------------------------------------------- */

static struct buf
pem_of(X509 *x)
{
	BIO *bio = BIO_new(BIO_s_mem());
	struct buf b = {0};
	char *p;
	long n;

	PEM_write_bio_X509(bio, x);
	n = BIO_get_mem_data(bio, &p);
	buf_add(&b, p, (size_t)n);
	BIO_free(bio);
	return b;
}

static enum offer_result
offer(struct world *w, const char *address, X509 *x, offers_spare_fn *spare)
{
	struct buf pem = pem_of(x);
	char shown[KEYSTORE_SHOWN];
	enum offer_result result;
	struct aor who;
	struct err e;

	assert_int_equal(aor_parse(span_str(address), &who, &e), 0);
	if (offers_keep(w->ks, &who, span_buf(&pem), spare, NULL, &result,
		shown, &e) != 0)
		fail_msg("%s", e.text);
	aor_free(&who);
	buf_free(&pem);
	return result;
}

static void
an_offer_waits_until_it_is_accepted(void **state)
{
	struct world *w = *state;
	struct ident carol = person("carol", "URI:sip:carol@example.com", NULL);
	struct ident mallory = person(
	    "carol", "URI:sip:carol@example.com", NULL);
	struct keystore_item *items;
	size_t count;
	struct offer o;
	struct aor who;
	struct err e;

	assert_int_equal(aor_parse(span_str("carol@example.com"), &who, &e), 0);
	assert_int_equal(offers_find(w->ks, &who, &o, &e), -1);
	assert_int_equal(
	    offer(w, "carol@example.com", carol.cert, NULL), OFFER_NEW);
	assert_int_equal(
	    offer(w, "carol@example.com", carol.cert, NULL), OFFER_WAITS);
	/* it is used for nothing */
	assert_int_equal(keystore_list(w->ks, NULL, &items, &count, &e), 0);
	for (size_t i = 0; i < count; i++)
		assert_null(strstr(items[i].name, "carol"));
	keystore_items_free(items, count);
	/* another one does not replace it, and a third is not kept */
	assert_int_equal(
	    offer(w, "carol@example.com", mallory.cert, NULL), OFFER_SECOND);
	assert_int_equal(
	    offer(w, "carol@example.com", mallory.cert, NULL), OFFER_WAITS);
	assert_int_equal(offers_find(w->ks, &who, &o, &e), 0);
	assert_string_not_equal(o.shown, o.other);
	assert_int_equal(strlen(o.shown), 64);
	/* only what was shown is accepted */
	assert_int_equal(offers_accept(w->ks, &who,
			     "0000000000000000000000000000000000000000000000000"
			     "000000000000000",
			     &e),
	    -1);
	assert_int_equal(e.exit, EX_CONFIG);
	assert_int_equal(offers_accept(w->ks, &who, o.shown, &e), 0);
	assert_int_equal(offers_find(w->ks, &who, &o, &e), -1);
	assert_int_equal(
	    offer(w, "carol@example.com", carol.cert, NULL), OFFER_KNOWN);
	/* from now on another one is alarming, and cannot be accepted */
	assert_int_equal(
	    offer(w, "carol@example.com", mallory.cert, NULL), OFFER_CHANGED);
	assert_int_equal(offers_find(w->ks, &who, &o, &e), 0);
	assert_int_equal(offers_accept(w->ks, &who, o.shown, &e), -1);
	assert_int_equal(e.exit, EX_NOPERM);
	offers_drop(w->ks, &who);
	assert_int_equal(offers_find(w->ks, &who, &o, &e), -1);
	aor_free(&who);
	drop_ident(&carol);
	drop_ident(&mallory);
}

static void
nobody_is_offered_our_own_place(void **state)
{
	struct world *w = *state;
	struct ident mallory = person("bob", "URI:sip:bob@example.com", NULL);
	struct offer o;
	struct aor who;
	struct err e;

	assert_int_equal(aor_parse(span_str("bob@example.com"), &who, &e), 0);
	assert_int_equal(
	    offer(w, "bob@example.com", mallory.cert, NULL), OFFER_CHANGED);
	assert_int_equal(offers_find(w->ks, &who, &o, &e), -1);
	assert_int_equal(
	    offer(w, "bob@example.com", w->bob.cert, NULL), OFFER_KNOWN);
	aor_free(&who);
	drop_ident(&mallory);
}

static bool
spare_all(void *arg, const char *address)
{
	(void)arg;
	(void)address;
	return true;
}

static bool
spare_first(void *arg, const char *address)
{
	(void)arg;
	return strcmp(address, "p0@example.com") == 0;
}

static bool
count_one(void *arg, const struct offer *o)
{
	size_t *n = arg;

	assert_non_null(o->address);
	(*n)++;
	return true;
}

static void
there_are_a_hundred_at_most(void **state)
{
	struct world *w = *state;
	size_t n = 0;
	struct offer o;
	struct aor who;
	struct err e;
	char address[40], san[60];

	for (int i = 0; i <= 101; i++) {
		struct ident p;

		(void)snprintf(address, sizeof(address), "p%d@example.com", i);
		(void)snprintf(san, sizeof(san), "URI:sip:%s", address);
		p = person("p", san, NULL);
		if (i < 100) {
			char path[256];

			assert_int_equal(
			    offer(w, address, p.cert, spare_all), OFFER_NEW);
			/* each a second later than the one before */
			(void)snprintf(path, sizeof(path),
			    "%s/offered_cert_%s.pem", w->dir, address);
			assert_int_equal(
			    utimensat(AT_FDCWD, path,
				(const struct timespec[]){
				    {1000000 + i, 0}, {1000000 + i, 0}},
				0),
			    0);
		} else if (i == 100) {
			assert_int_equal(
			    offer(w, address, p.cert, spare_all), OFFER_FULL);
		} else {
			assert_int_equal(
			    offer(w, address, p.cert, spare_first), OFFER_NEW);
		}
		drop_ident(&p);
	}
	assert_int_equal(offers_each(w->ks, count_one, &n, &e), 0);
	assert_int_equal(n, 100);
	/* the oldest that was not spared is gone */
	assert_int_equal(aor_parse(span_str("p0@example.com"), &who, &e), 0);
	assert_int_equal(offers_find(w->ks, &who, &o, &e), 0);
	aor_free(&who);
	assert_int_equal(aor_parse(span_str("p1@example.com"), &who, &e), 0);
	assert_int_equal(offers_find(w->ks, &who, &o, &e), -1);
	aor_free(&who);
}

/* While an offer waits, messages are judged as if there were none. */
static void
an_offer_makes_no_verdict_better(void **state)
{
	struct world *w = *state;
	struct ident carol = person("carol", "URI:sip:carol@example.com", NULL);
	struct buf der, body;

	w->from = "sip:carol@example.com";
	for (int i = 0; i < 2; i++) {
		der = sign_der(
		    span_str(HELLO), &carol, CMS_DETACHED | CMS_NOCERTS, NULL);
		body = multipart_signed(span_str(HELLO), span_buf(&der));
		expect(world_open(w, SIGNED_TYPE, span_buf(&body)),
		    "unknown-signer", "none", 200, "hello");
		buf_free(&der);
		buf_free(&body);
		der = sign_der(span_str(HELLO), &carol, CMS_DETACHED, NULL);
		body = multipart_signed(span_str(HELLO), span_buf(&der));
		expect(world_open(w, SIGNED_TYPE, span_buf(&body)), "untrusted",
		    "none", 437, NULL);
		buf_free(&der);
		buf_free(&body);
		assert_int_equal(
		    offer(w, "carol@example.com", carol.cert, NULL),
		    i == 0 ? OFFER_NEW : OFFER_WAITS);
	}
	drop_ident(&carol);
}

#define T(f) cmocka_unit_test_setup_teardown(f, world_setup, world_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    T(one_that_is_right_is_taken),
	    T(hostile_ones_are_refused),
	    T(broken_ones_are_refused),
	    T(inside_a_layer_it_is_not_taken),
	    T(ours_is_taken_by_others),
	    T(an_offer_waits_until_it_is_accepted),
	    T(nobody_is_offered_our_own_place),
	    T(there_are_a_hundred_at_most),
	    T(an_offer_makes_no_verdict_better),
	};

	return cmocka_run_group_tests_name(
	    "keys_introduction", tests, NULL, NULL);
}
