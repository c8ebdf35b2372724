/*
 * How a message is judged: the form of a multipart/signed, and limits. Each
 * test is a sentence, made of a message that is good and one change to it.
 */
#include "tests/unit/keys/keys_make.h"

#include "keys/smime/mime.h"

static const struct {
	const char *type;
	/* %E the entity, %S the signature's bytes */
	const char *body;
	const char *verdict;
} wholes[] = {
#define PARTS "--BB\r\n%E" SIGNATURE_HEAD "%S\r\n--BB--"
    {SIGNED_TYPE, PARTS, "good"},
    {SIGNED_TYPE, PARTS "\r\n", "good"},
    {SIGNED_TYPE, "preamble\r\n" PARTS "\r\nepilogue", "good"},
    {"multipart/signed;protocol=\"application/pkcs7-signature\""
     ";micalg=sha1;boundary=BB",
	PARTS, "good"},
    {"multipart/signed;protocol=\"application/pkcs7-signature\""
     ";boundary=BB",
	PARTS, "good"},
    {"MULTIPART/Signed; Protocol=\"application/x-pkcs7-"
     "signature\"; boundary=\"BB\"",
	PARTS, "good"},
    /* no closing delimiter */
    {SIGNED_TYPE, "--BB\r\n%E" SIGNATURE_HEAD "%S\r\n", "malformed"},
    {SIGNED_TYPE, "--BB\r\n%E" SIGNATURE_HEAD "%S\r\n--BB", "malformed"},
    /* one part, and three */
    {SIGNED_TYPE, "--BB\r\n%E\r\n--BB--", "malformed"},
    {SIGNED_TYPE,
	"--BB\r\n%E" SIGNATURE_HEAD "%S\r\n--BB\r\n"
	"\r\nthird\r\n--BB--",
	"malformed"},
    {SIGNED_TYPE, "--BB\r\n\r\nfirst\r\n" PARTS, "malformed"},
    {SIGNED_TYPE, "", "malformed"},
    /* the boundary of another */
    {"multipart/signed;boundary=CC;protocol=\"application/"
     "pkcs7-signature\"",
	PARTS, "malformed"},
    {"multipart/signed;protocol=\"application/pkcs7-"
     "signature\"",
	PARTS, "malformed"},
    {"multipart/signed;boundary=\"\";protocol=\"application/"
     "pkcs7-signature\"",
	PARTS, "malformed"},
    {"multipart/signed;boundary=\"BB \";protocol=\"application/"
     "pkcs7-signature\"",
	PARTS, "malformed"},
    /* the protocol named and known */
    {"multipart/signed;boundary=BB", PARTS, "malformed"},
    {"multipart/signed;boundary=BB;protocol=\"application/pgp-"
     "signature\"",
	PARTS, "malformed"},
    /* no parameter twice, none in pieces */
    {SIGNED_TYPE ";boundary=BB", PARTS, "malformed"},
    {SIGNED_TYPE ";micalg=sha-256", PARTS, "malformed"},
    {SIGNED_TYPE ";x=1;X=2", PARTS, "malformed"},
    {"multipart/signed;boundary*0=B;boundary*1=B;"
     "protocol=\"application/pkcs7-signature\"",
	PARTS, "malformed"},
    {SIGNED_TYPE ";boundary*=us-ascii''CC", PARTS, "malformed"},
    {SIGNED_TYPE ";", PARTS, "malformed"},
    /* the parts the other way round, a part of another type */
    {SIGNED_TYPE,
	"--BB\r\nContent-Type: application/pkcs7-"
	"signature\r\n\r\n%S\r\n--BB\r\n%E\r\n--BB--",
	"malformed"},
    {SIGNED_TYPE,
	"--BB\r\n%E\r\n--BB\r\nContent-Type: "
	"application/octet-stream\r\n\r\n%S\r\n--BB--",
	"malformed"},
    {SIGNED_TYPE,
	"--BB\r\n%E\r\n--BB\r\nContent-Type: "
	"application/pkcs7-mime;name=smime.p7s\r\n\r\n%S\r\n"
	"--BB--",
	"good"},
    {SIGNED_TYPE,
	"--BB\r\n%E\r\n--BB\r\nContent-Type: "
	"application/x-pkcs7-signature\r\n\r\n%S\r\n--BB--",
	"good"},
    /* bytes after the signature */
    {SIGNED_TYPE, "--BB\r\n%E" SIGNATURE_HEAD "%Sx\r\n--BB--", "malformed"},
    {SIGNED_TYPE,
	"--BB\r\n%E" SIGNATURE_HEAD "%S\r\n\r\n"
	"--BB--",
	"malformed"},
    {SIGNED_TYPE, "--BB\r\n%E" SIGNATURE_HEAD "\r\n--BB--", "malformed"},
    {SIGNED_TYPE,
	"--BB\r\n%E" SIGNATURE_HEAD "garbage\r\n"
	"--BB--",
	"malformed"},
    /* line ends are never converted */
    {SIGNED_TYPE,
	"--BB\n%E\n--BB\nContent-Type: application/"
	"pkcs7-signature\n\n%S\n--BB--\n",
	"malformed"},
    /* a line that begins like a delimiter */
    {SIGNED_TYPE, "--BBx\r\n" PARTS, "malformed"},
    {SIGNED_TYPE, "--BB\r\n%E" SIGNATURE_HEAD "%S\r\n--BB--x", "malformed"},
};

static void
a_multipart_signed_must_be_whole(void **state)
{
	struct world *w = *state;
	struct buf der = sign_der(
	    span_str(HELLO), &w->alice, CMS_DETACHED | CMS_NOCERTS, NULL);
	size_t i;

	for (i = 0; i < COUNT(wholes); i++) {
		bool good = strcmp(wholes[i].verdict, "good") == 0;
		struct buf body = {0};
		const char *p;

		for (p = wholes[i].body; *p != '\0'; p++) {
			if (strncmp(p, "%E", 2) == 0) {
				buf_adds(&body, HELLO);
				p++;
			} else if (strncmp(p, "%S", 2) == 0) {
				buf_addspan(&body, span_buf(&der));
				p++;
			} else {
				buf_add(&body, p, 1);
			}
		}
		print_message("# case %zu\n", i);
		expect(world_open(w, wholes[i].type, span_buf(&body)),
		    wholes[i].verdict, "none", good ? 200 : 437,
		    good ? "hello" : NULL);
		buf_free(&body);
	}
	buf_free(&der);
}

static void
base64_and_binary_are_both_read(void **state)
{
	struct world *w = *state;
	struct buf der = sign_der(span_str(HELLO), &w->alice,
		       CMS_DETACHED | CMS_NOCERTS, NULL),
		   body = {0};
	unsigned char *text = malloc(der.n * 2);

	EVP_EncodeBlock(text, der.p, (int)der.n);
	buf_adds(&body,
	    "--BB\r\n" HELLO "\r\n--BB\r\nContent-Type: "
	    "application/pkcs7-signature\r\nContent-Transfer-Encoding: "
	    "base64\r\n\r\n");
	buf_adds(&body, (char *)text);
	buf_adds(&body, "\r\n--BB--");
	expect(world_open(w, SIGNED_TYPE, span_buf(&body)), "good", "none", 200,
	    "hello");
	expect(world_open_coded(w, SIGNED_TYPE, "base64", "", span_buf(&body)),
	    "malformed", "none", 437, NULL);
	buf_free(&body);
	buf_free(&der);
	free(text);
	der = seal_der(span_str(HELLO), w->bob.cert, EVP_aes_128_gcm());
	text = malloc(der.n * 2);
	EVP_EncodeBlock(text, der.p, (int)der.n);
	expect(world_open_coded(w, "application/x-pkcs7-mime", "base64", "",
		   span_str((char *)text)),
	    "none", "opened", 200, "hello");
	text[5] = '*';
	expect(world_open_coded(
		   w, SEALED_TYPE, "base64", "", span_str((char *)text)),
	    "none", "malformed", 493, NULL);
	buf_free(&der);
	free(text);
}

static void
at_most_8_layers(void **state)
{
	struct world *w = *state;
	int depth, i;

	for (depth = 8; depth <= 9; depth++) {
		struct buf entity = {0}, der = {0};

		buf_adds(&entity, HELLO);
		for (i = 0; i < depth; i++) {
			buf_free(&der);
			der = sign_der(
			    span_buf(&entity), &w->alice, CMS_NOCERTS, NULL);
			buf_free(&entity);
			entity = entity_of(OPAQUE_TYPE, span_buf(&der));
		}
		expect(world_open(w, OPAQUE_TYPE, span_buf(&der)), "good",
		    "none", depth == 8 ? 200 : 413,
		    depth == 8 ? "hello" : NULL);
		buf_free(&entity);
		buf_free(&der);
	}
	for (depth = 8; depth <= 9; depth++) {
		struct buf body = {0};

		for (i = 1; i <= depth; i++)
			buf_addf(&body, "--b%d-\r\n%s", i,
			    i < depth ? "" : "\r\nhello");
		buf_free(&body);
		for (i = 1; i < depth; i++)
			buf_addf(&body,
			    "--b%dx\r\nContent-Type: multipart/"
			    "mixed;boundary=b%dx\r\n\r\n",
			    i, i + 1);
		buf_addf(&body, "--b%dx\r\n\r\nhello", depth);
		for (i = depth; i >= 1; i--)
			buf_addf(&body, "\r\n--b%dx--", i);
		expect(world_open(
			   w, "multipart/mixed;boundary=b1x", span_buf(&body)),
		    "none", "none", depth == 8 ? 200 : 413,
		    depth == 8 ? "hello" : NULL);
		buf_free(&body);
	}
}

static void
at_most_100_parts(void **state)
{
	struct world *w = *state;
	int count, i;

	for (count = 100; count <= 101; count++) {
		struct buf body = {0};

		for (i = 0; i < count; i++)
			buf_adds(&body, "--b\r\n\r\nx\r\n");
		buf_adds(&body, "--b--");
		expect(world_open(
			   w, "multipart/mixed;boundary=b", span_buf(&body)),
		    "none", "none", count == 100 ? 200 : 413,
		    count == 100 ? "x" : NULL);
		buf_free(&body);
	}
}

#define T(f) cmocka_unit_test_setup_teardown(f, world_setup, world_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    T(a_multipart_signed_must_be_whole),
	    T(base64_and_binary_are_both_read),
	    T(at_most_8_layers),
	    T(at_most_100_parts),
	};

	return cmocka_run_group_tests_name(
	    "keys_judging_multipart", tests, NULL, NULL);
}
