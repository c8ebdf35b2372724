/*
 * How a message is judged whose content key was agreed with an ephemeral key
 * of the sender (RFC 5753): each case is a good message with another
 * ephemeral key, or the same one written in another way.
 */
#include "src/base/der.h"

#include "tests/unit/keys/keys_make.h"
#include "tests/unit/keys/smime/judging_der.h"

/* Copies values and puts others in the place of those n bytes that begin at
 * at. The lengths of what is around them fit again. */
static void
replace(struct buf *out, struct span in, const unsigned char *at, size_t n,
    struct span by)
{
	struct der d;
	const unsigned char *from;
	struct buf body = {0};

	while (in.n > 0) {
		from = in.p;
		if (from == at) {
			buf_addspan(out, by);
			in = span_cut(in, n, in.n);
			continue;
		}
		assert_true(der_next(&in, &d));
		if (!d.constructed || at < d.body.p ||
		    at >= d.body.p + d.body.n) {
			buf_add(out, from, (size_t)(in.p - from));
			continue;
		}
		replace(&body, d.body, at, n, by);
		put_tlv(out, from[0], span_buf(&body));
		buf_free(&body);
	}
}

/* Returns the OriginatorPublicKey in der: an algorithm without parameters and
 * the bits of a point. */
static struct span
originator(struct span der)
{
	static const unsigned char begin[] = {
	    0x30, 0x09, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01};
	const size_t n = sizeof(begin) + 4 + 64;

	for (size_t at = 0; at + n <= der.n; at++)
		if (memcmp(der.p + at, begin, sizeof(begin)) == 0)
			return span_cut(der, at, at + n);
	fail_msg("there is no ephemeral key");
	return der;
}

/* The algorithm, with these bytes as its parameters; the OID ends with last. */
static void
put_algorithm(struct buf *out, int last, const char *parameters, size_t n)
{
	const unsigned char end = (unsigned char)last;
	struct buf b = {0};

	buf_add(&b, "\x06\x07\x2a\x86\x48\xce\x3d\x02", 8);
	buf_add(&b, &end, 1);
	buf_add(&b, parameters, n);
	put_tlv(out, 0x30, span_buf(&b));
	buf_free(&b);
}

/* An ephemeral key as it arrives. */
struct key_say {
	const char *what;
	const char *parameters; /* of the algorithm */
	size_t n;
	int last; /* byte of the algorithm's OID; 0: id-ecPublicKey's */
	void (*change)(unsigned char *point, size_t *n); /* NULL: none */
	bool opened;
};

static void
off_the_curve(unsigned char *point, size_t *n)
{
	point[*n - 1] ^= 1;
}

/* y is 0: of order 2 on a curve that differs in b alone. */
static void
of_order_two(unsigned char *point, size_t *n)
{
	memset(point + 33, 0, *n - 33);
}

static void
beyond_the_field(unsigned char *point, size_t *n)
{
	(void)n;
	memset(point + 1, 0xff, 32);
}

static void
infinity(unsigned char *point, size_t *n)
{
	point[0] = 0;
	*n = 1;
}

static void
shorter(unsigned char *point, size_t *n)
{
	(void)point;
	*n -= 1;
}

static void
empty(unsigned char *point, size_t *n)
{
	(void)point;
	*n = 0;
}

/* The same point: its x and the parity of y. */
static void
compressed(unsigned char *point, size_t *n)
{
	point[0] = 2 | (point[*n - 1] & 1);
	*n = 33;
}

/* der with the ephemeral key that s says. */
static struct buf
with_key(struct span der, const struct key_say *s)
{
	struct span old = originator(der);
	unsigned char bits[66];
	size_t n = 65;
	struct buf key = {0}, out = {0};

	bits[0] = 0; /* unused bits */
	memcpy(bits + 1, old.p + old.n - n, n);
	if (s->change != NULL)
		s->change(bits + 1, &n);
	put_algorithm(&key, s->last != 0 ? s->last : 1, s->parameters, s->n);
	put_tlv(&key, 0x03, (struct span){bits, n + 1});
	replace(&out, der, old.p, old.n, span_buf(&key));
	buf_free(&key);
	return out;
}

#define P256 "\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07"
#define P384 "\x06\x05\x2b\x81\x04\x00\x22"

static void
an_ephemeral_key_is_a_point_on_our_curve(void **state)
{
	static const struct key_say cases[] = {
	    {.what = "as it was", .opened = true},
	    {.what = "NULL", .parameters = "\x05", .n = 2, .opened = true},
	    {.what = "P-256", .parameters = P256, .n = 10, .opened = true},
	    {.what = "P-384", .parameters = P384, .n = 7},
	    {.what = "an integer", .parameters = "\x02\x01\x01", .n = 3},
	    {.what = "another algorithm", .last = 2},
	    {.what = "another one, NULL",
		.last = 2,
		.parameters = "\x05",
		.n = 2},
	    {.what = "compressed", .change = compressed, .opened = true},
	    {.what = "off the curve", .change = off_the_curve},
	    {.what = "of order 2", .change = of_order_two},
	    {.what = "beyond the field", .change = beyond_the_field},
	    {.what = "infinity", .change = infinity},
	    {.what = "shorter", .change = shorter},
	    {.what = "empty", .change = empty},
	};
	struct world *w = *state;
	struct buf der = seal_der(
	    span_str(HELLO), w->bob.cert, EVP_aes_128_gcm());
	struct buf other;

	for (size_t i = 0; i < COUNT(cases); i++) {
		bool ok = cases[i].opened;

		print_message("# %s\n", cases[i].what);
		other = with_key(span_buf(&der), &cases[i]);
		expect(world_open(w, SEALED_TYPE, span_buf(&other)), "none",
		    ok ? "opened" : "failed", ok ? 200 : 493,
		    ok ? "hello" : NULL);
		buf_free(&other);
	}
	buf_free(&der);
}

static void
other_curves_are_opened(void **state)
{
	static const char *const curves[] = {
	    "P-384", "P-521", "secp256k1", "brainpoolP256r1", "sect233k1"};
	struct world *w = *state;
	struct buf der;

	for (size_t i = 0; i < COUNT(curves); i++) {
		print_message("# %s\n", curves[i]);
		drop_ident(&w->bob);
		w->bob = make_cert(&w->ca,
		    &(struct say){.cn = "bob",
			.san = "URI:sip:bob@example.com",
			.key_type = curves[i]});
		put_cert(w->dir, "user_cert_bob@example.com.pem", w->bob.cert);
		put_key(w->dir, "user_key_bob@example.com.pem", w->bob.key);
		der = seal_der(span_str(HELLO), w->bob.cert, EVP_aes_128_gcm());
		expect(world_open(w, SEALED_TYPE, span_buf(&der)), "none",
		    "opened", 200, "hello");
		buf_free(&der);
	}
}

#define T(f) cmocka_unit_test_setup_teardown(f, world_setup, world_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    T(an_ephemeral_key_is_a_point_on_our_curve),
	    T(other_curves_are_opened),
	};

	return cmocka_run_group_tests_name(
	    "keys_judging_agreed", tests, NULL, NULL);
}
