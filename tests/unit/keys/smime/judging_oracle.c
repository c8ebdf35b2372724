/*
 * How a message is judged: the answer is no oracle. What only the private key
 * could tell about CBC content changes neither the status nor the warning.
 */
#include "tests/unit/keys/keys_make.h"

/* Opens der and expects the answer that an opened message gets. */
static struct smime_result
same_answer(struct world *w, const char *type, struct span der)
{
	struct smime_result out = world_open(w, type, der);

	assert_int_equal(refusal_status(out.refusal), 200);
	assert_null(refusal_warning(out.refusal));
	assert_true(out.delay_answer);
	return out;
}

static void
altered(struct world *w, int *refused)
{
	struct buf der = seal_der(
	    span_str(
		"Content-Type: text/plain\r\n\r\n"
		"a text that is long enough to take some blocks of the cipher"),
	    w->bob.cert, EVP_aes_128_cbc());
	struct smime_result out;
	size_t i, content = der.n - 96;
	int bit;

	*refused = 0;
	/* each byte of the content, and all values of the last two */
	for (i = content; i < der.n; i++) {
		for (bit = 1; bit < 256;
		     bit = i + 2 < der.n ? bit * 2 : bit + 1) {
			der.p[i] ^= (unsigned char)bit;
			out = same_answer(w, SEALED_TYPE, span_buf(&der));
			der.p[i] ^= (unsigned char)bit;
			if (out.verdict.encryption != ENCRYPTION_OPENED) {
				assert_null(out.text);
				assert_string_not_equal(out.verdict.reason, "");
				++*refused;
			}
			smime_result_free(&out);
		}
	}
	buf_free(&der);
}

static void
bad_padding_is_answered_as_if_it_opened(void **state)
{
	int refused;

	altered(*state, &refused);
	/* the owner saw that most of them were nothing */
	assert_true(refused > 200);
}

static void
a_bad_key_is_answered_as_if_it_opened(void **state)
{
	struct world *w = *state;
	struct buf der;
	struct smime_result out;
	CMS_ContentInfo *cms;
	const unsigned char *p;
	int kind;

	/* ECDH, then RSA key transport: the wrapped key changed */
	for (kind = 0; kind < 2; kind++) {
		ASN1_OCTET_STRING *key = NULL;
		size_t i, at = 0;

		if (kind == 1) {
			drop_ident(&w->bob);
			w->bob = make_cert(&w->ca,
			    &(struct say){.cn = "bob",
				.san = "URI:sip:bob@example.com",
				.key_type = "rsa:2048"});
			put_cert(w->dir, "user_cert_bob@example.com.pem",
			    w->bob.cert);
			put_key(
			    w->dir, "user_key_bob@example.com.pem", w->bob.key);
		}
		der = seal_der(span_str(HELLO), w->bob.cert, EVP_aes_128_cbc());
		p = der.p;
		cms = d2i_CMS_ContentInfo(NULL, &p, (long)der.n);
		assert_non_null(cms);
		(void)key;
		CMS_ContentInfo_free(cms);
		/* the key lies right before the content: an OCTET STRING of
		 * 24 bytes (wrapped) or 256 (transported) */
		for (i = 0; i + 4 < der.n; i++)
			if (kind == 0 ? der.p[i] == 4 && der.p[i + 1] == 24
				      : der.p[i] == 4 && der.p[i + 1] == 0x82 &&
				    der.p[i + 2] == 1 && der.p[i + 3] == 0)
				at = i + (kind == 0 ? 2 : 4);
		assert_true(at != 0);
		der.p[at + 10] ^= 1;
		out = same_answer(w, SEALED_TYPE, span_buf(&der));
		assert_int_not_equal(out.verdict.encryption, ENCRYPTION_OPENED);
		assert_null(out.text);
		smime_result_free(&out);
		buf_free(&der);
	}
}

static void
what_is_inside_never_changes_the_answer(void **state)
{
	static const char *const inside[] = {
	    HELLO,
	    "garbage that is no entity",
	    "Content-Type: text/html\r\n\r\n<p>",
	    "Content-Type: text/plain;charset=utf-7\r\n\r\nx",
	    "Content-Type: text/plain\r\nContent-Encoding: gzip\r\n"
	    "\r\nx",
	    "Content-Type: text/plain\r\nContent-Transfer-Encoding: "
	    "x-none\r\n\r\nx",
	    "Content-Type: " SIGNED_TYPE "\r\n\r\n--BB--",
	    "Content-Type: " OPAQUE_TYPE "\r\n\r\ngarbage",
	    "Content-Type: " SEALED_TYPE "\r\n\r\ngarbage",
	    "Content-Type: multipart/mixed;boundary=b\r\n\r\n--b--",
	};
	struct world *w = *state;
	struct smime_result out;
	size_t i;

	for (i = 0; i < COUNT(inside); i++) {
		struct buf der = seal_der(
		    span_str(inside[i]), w->bob.cert, EVP_aes_128_cbc());

		out = same_answer(w, SEALED_TYPE, span_buf(&der));
		if (i > 0) {
			assert_null(out.text);
			assert_string_not_equal(out.verdict.reason, "");
		}
		smime_result_free(&out);
		buf_free(&der);
		/* the same in GCM is told */
		der = seal_der(
		    span_str(inside[i]), w->bob.cert, EVP_aes_128_gcm());
		out = world_open(w, SEALED_TYPE, span_buf(&der));
		assert_int_equal(refusal_status(out.refusal) == 200, i == 0);
		assert_false(out.delay_answer);
		smime_result_free(&out);
		buf_free(&der);
	}
}

static void
a_bad_signature_inside_is_the_owners_to_see(void **state)
{
	struct world *w = *state;
	struct buf sig = sign_der(
	    span_str(HELLO), &w->bob, CMS_DETACHED | CMS_NOCERTS, NULL);
	struct buf body = multipart_signed(span_str(HELLO), span_buf(&sig));
	struct buf entity = entity_of(SIGNED_TYPE, span_buf(&body));
	struct buf der = seal_der(
	    span_buf(&entity), w->bob.cert, EVP_aes_128_cbc());
	struct smime_result out = same_answer(w, SEALED_TYPE, span_buf(&der));

	expect(out, "identity-mismatch", "opened", 200, NULL);
	buf_free(&sig);
	buf_free(&body);
	buf_free(&entity);
	buf_free(&der);
}

static void
nor_do_layers_or_parts_inside(void **state)
{
	struct world *w = *state;
	struct buf entity = {0}, der = {0};
	int i;

	buf_adds(&entity, HELLO);
	for (i = 0; i < 8; i++) {
		buf_free(&der);
		der = sign_der(span_buf(&entity), &w->alice, CMS_NOCERTS, NULL);
		buf_free(&entity);
		entity = entity_of(OPAQUE_TYPE, span_buf(&der));
	}
	buf_free(&der);
	der = seal_der(span_buf(&entity), w->bob.cert, EVP_aes_128_cbc());
	expect(same_answer(w, SEALED_TYPE, span_buf(&der)), "good", "opened",
	    200, NULL);
	buf_free(&der);
	buf_free(&entity);
	buf_adds(&entity, "Content-Type: multipart/mixed;boundary=b\r\n\r\n");
	for (i = 0; i < 101; i++)
		buf_adds(&entity, "--b\r\n\r\nx\r\n");
	buf_adds(&entity, "--b--");
	der = seal_der(span_buf(&entity), w->bob.cert, EVP_aes_128_cbc());
	expect(same_answer(w, SEALED_TYPE, span_buf(&der)), "none", "opened",
	    200, NULL);
	buf_free(&der);
	buf_free(&entity);
}

static void
cbc_inside_gcm_is_as_silent(void **state)
{
	struct world *w = *state;
	struct buf inner = seal_der(
	    span_str("no entity"), w->bob.cert, EVP_aes_128_cbc());
	struct buf entity = entity_of(SEALED_TYPE, span_buf(&inner));
	struct buf der = seal_der(
	    span_buf(&entity), w->bob.cert, EVP_aes_128_gcm());
	struct smime_result out = same_answer(w, SEALED_TYPE, span_buf(&der));

	assert_null(out.text);
	smime_result_free(&out);
	buf_free(&inner);
	buf_free(&entity);
	buf_free(&der);
}

static void
what_needs_no_private_key_is_told(void **state)
{
	struct world *w = *state;
	struct buf der = seal_der(
	    span_str(HELLO), w->alice.cert, EVP_aes_128_cbc());
	struct smime_result out = world_open(w, SEALED_TYPE, span_buf(&der));

	assert_true(out.delay_answer);
	expect(out, "none", "no-key", 493, NULL);
	buf_free(&der);
	/* a key that cannot be read */
	der = seal_der(span_str(HELLO), w->bob.cert, EVP_aes_128_cbc());
	put_file(w->dir, "user_key_bob@example.com.pem", "nonsense", 8);
	out = world_open(w, SEALED_TYPE, span_buf(&der));
	assert_non_null(strstr(out.verdict.reason, "bob@example.com"));
	expect(out, "none", "no-key", 493, NULL);
	buf_free(&der);
}

static void
a_gcm_tag_that_fails_is_told(void **state)
{
	struct world *w = *state;
	struct buf der = seal_der(
	    span_str(HELLO), w->bob.cert, EVP_aes_128_gcm());
	struct smime_result out;

	der.p[der.n - 1] ^= 1;
	out = world_open(w, SEALED_TYPE, span_buf(&der));
	assert_false(out.delay_answer);
	expect(out, "none", "failed", 493, NULL);
	buf_free(&der);
}

/* What OpenSSL asks memory for counts its work, and unlike time it is the
 * same at each run. */
static unsigned long asked;

static void *
count_malloc(size_t n, const char *file, int line)
{
	(void)file;
	(void)line;
	asked++;
	return malloc(n);
}

static void *
count_realloc(void *p, size_t n, const char *file, int line)
{
	(void)file;
	(void)line;
	asked++;
	return realloc(p, n);
}

static void
count_free(void *p, const char *file, int line)
{
	(void)file;
	(void)line;
	free(p);
}

/* The work of opening der, once what is cached is. */
static unsigned long
work(struct world *w, struct buf *der)
{
	unsigned long before = 0;
	int i;

	for (i = 0; i < 3; i++) {
		struct smime_result out = same_answer(
		    w, SEALED_TYPE, span_buf(der));

		smime_result_free(&out);
		if (i == 1)
			before = asked;
	}
	buf_free(der);
	return asked - before;
}

static void
assert_alike(unsigned long one, unsigned long other)
{
	unsigned long apart = one > other ? one - other : other - one;

	if (apart * 20 > one)
		fail_msg("%lu and %lu steps of work", one, other);
}

/* Waits until the store takes what was just written for settled (50 ms after
 * it was): before that it reads it again each time, which is work too. */
static void
settle(void)
{
	struct timespec from, now, step = {0, 5000000};

	clock_gettime(CLOCK_REALTIME, &from);
	do {
		nanosleep(&step, NULL);
		clock_gettime(CLOCK_REALTIME, &now);
	} while ((now.tv_sec - from.tv_sec) * 1000 +
		(now.tv_nsec - from.tv_nsec) / 1000000 <
	    60);
}

/* Of kind ("P-256", "rsa:2048"): a good signature inside, bad padding, no
 * entity, a text alone, a transported key that is none. */
static void
work_of(struct world *w, const char *kind)
{
	static const char san[] = "URI:sip:bob@example.com";
	struct buf sig, body, entity, der;
	const EVP_CIPHER *cbc = EVP_aes_128_cbc();
	unsigned long good;

	drop_ident(&w->bob);
	w->bob = make_cert(
	    &w->ca, &(struct say){.cn = "bob", .san = san, .key_type = kind});
	put_cert(w->dir, "user_cert_bob@example.com.pem", w->bob.cert);
	put_key(w->dir, "user_key_bob@example.com.pem", w->bob.key);
	world_alice(w, &w->ca,
	    &(struct say){.cn = "alice",
		.san = "URI:sip:alice@example.com",
		.key_type = kind});
	settle();
	sig = sign_der(
	    span_str(HELLO), &w->alice, CMS_DETACHED | CMS_NOCERTS, NULL);
	body = multipart_signed(span_str(HELLO), span_buf(&sig));
	entity = entity_of(SIGNED_TYPE, span_buf(&body));

	der = seal_der(span_buf(&entity), w->bob.cert, cbc);
	good = work(w, &der);
	der = seal_der(span_buf(&entity), w->bob.cert, cbc);
	der.p[der.n - 1] ^= 1;
	assert_alike(good, work(w, &der));
	entity.p[0] = 1;
	der = seal_der(span_buf(&entity), w->bob.cert, cbc);
	assert_alike(good, work(w, &der));
	der = seal_der(span_str(HELLO), w->bob.cert, cbc);
	assert_alike(good, work(w, &der));
	if (EVP_PKEY_is_a(w->bob.key, "RSA")) {
		der = seal_der(span_buf(&entity), w->bob.cert, cbc);
		/* in the midst of the 256 bytes before the content */
		der.p[der.n - entity.n - 200] ^= 1;
		assert_alike(good, work(w, &der));
	}
	buf_free(&sig);
	buf_free(&body);
	buf_free(&entity);
}

static void
what_does_not_open_is_as_much_work_as_what_does(void **state)
{

	work_of(*state, "P-256");
	work_of(*state, "rsa:2048");
}

#define T(f) cmocka_unit_test_setup_teardown(f, world_setup, world_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    T(bad_padding_is_answered_as_if_it_opened),
	    T(a_bad_key_is_answered_as_if_it_opened),
	    T(what_is_inside_never_changes_the_answer),
	    T(a_bad_signature_inside_is_the_owners_to_see),
	    T(nor_do_layers_or_parts_inside),
	    T(cbc_inside_gcm_is_as_silent),
	    T(what_needs_no_private_key_is_told),
	    T(a_gcm_tag_that_fails_is_told),
	    T(what_does_not_open_is_as_much_work_as_what_does),
	};

	if (CRYPTO_set_mem_functions(count_malloc, count_realloc, count_free) !=
	    1)
		return 1;

	return cmocka_run_group_tests_name(
	    "keys_judging_oracle", tests, NULL, NULL);
}
