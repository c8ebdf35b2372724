/*
 * message/cpim, receipts and typing: what is signed inside can make a verdict
 * worse, never better; and hostile ones are answered as the table says.
 */
#include "tests/unit/keys/keys_make.h"

#include <zlib.h>

#include "keys/smime/cpim.h"
#include "src/base/time.h"

#define FROM "From: <sip:alice@example.com>\r\n"
#define TO "To: <im:bob@example.com>\r\n"
#define DATE "DateTime: 2026-03-01T12:00:00Z\r\n"
#define NS "NS: imdn <urn:ietf:params:imdn>\r\n"
#define ID "imdn.Message-ID: 0123456789abcdef\r\n"
#define TEXT "\r\nContent-Type: text/plain\r\n\r\nhello"
#define GOOD FROM TO DATE NS ID TEXT

static struct buf
cpim_entity(const char *cpim)
{
	struct buf b = {0};

	buf_addf(&b, "Content-Type: message/cpim\r\n\r\n%s", cpim);
	return b;
}

/* Opens a message/cpim signed as a whole by alice. */
static struct smime_result
open_signed(struct world *w, const char *cpim)
{
	struct buf entity = cpim_entity(cpim);
	struct buf der = sign_der(
	    span_buf(&entity), &w->alice, CMS_DETACHED | CMS_NOCERTS, NULL);
	struct buf body = multipart_signed(span_buf(&entity), span_buf(&der));
	struct smime_result out;

	w->from = "sip:alice@example.com";
	w->self = "bob@example.com";
	out = world_open(w, SIGNED_TYPE, span_buf(&body));
	buf_free(&entity);
	buf_free(&der);
	buf_free(&body);
	return out;
}

static struct smime_result
open_clear(struct world *w, const char *type, const char *body)
{
	w->from = "sip:alice@example.com";
	w->self = "bob@example.com";
	return world_open(w, type, span_str(body));
}

/* The same with a date that is now. */
static char *
dated(const char *cpim)
{
	struct buf b = {0};
	const char *at = strstr(cpim, "2026-03-01T12:00:00Z");

	if (at == NULL)
		return strdup(cpim);
	buf_add(&b, cpim, (size_t)(at - cpim));
	time_rfc3339(&b, time(NULL));
	buf_adds(&b, at + 20);
	return (char *)b.p;
}

struct one {
	const char *what, *cpim, *signature;
	int status;
	const char *text, *reason;
};

static const struct one under_a_signature[] = {
    {"as signet writes it", GOOD, "good", 200, "hello", NULL},
    {"names before the URIs",
	"From: \"a <b>\\\" c\" <im:alice@example.com>\r\n"
	"To: Bob the Great <pres:bob@example.com>\r\n" DATE NS ID TEXT,
	"good", 200, "hello", NULL},
    {"LF alone ends lines",
	"From: <sip:alice@example.com>\nTo: <sip:bob@example.com>\n"
	"DateTime: 2026-03-01T12:00:00Z\nNS: imdn <urn:ietf:params:imdn>\n"
	"imdn.Message-ID: x1\n\nContent-Type: text/plain\n\nhello",
	"good", 200, "hello", NULL},
    {"no To", FROM DATE NS ID TEXT, "good", 200, "hello", NULL},
    {"several To, one of them me",
	FROM "To: <sip:carol@example.com>\r\n" TO DATE NS ID TEXT, "good", 200,
	"hello", NULL},
    {"parameters with a blank in them",
	FROM TO DATE NS ID "Subject:;lang=fr;x=\"a b\" Objet\r\n" TEXT, "good",
	200, "hello", NULL},
    {"another prefix for IMDN",
	FROM TO DATE "NS: x <urn:ietf:params:imdn>\r\nx.Message-ID: 1\r\n" TEXT,
	"good", 200, "hello", NULL},
    {"a core field by a prefix of its own",
	"NS: c <urn:ietf:params:cpim-headers:>\r\nc.From: "
	"<sip:alice@example.com>\r\n" TO DATE NS ID TEXT,
	"good", 200, "hello", NULL},
    {"Require of what is known",
	FROM TO DATE NS ID "Require: imdn.Message-ID,From\r\n" TEXT, "good",
	200, "hello", NULL},
    {"no type: a text", FROM TO DATE NS ID "\r\n\r\nhello", "good", 200,
	"hello", NULL},
    {"another From inside",
	"From: <sip:carol@example.com>\r\n" TO DATE NS ID TEXT,
	"identity-mismatch", 437, NULL, "From inside the signature"},
    {"a From that is nobody's", "From: <im:alice>\r\n" TO DATE NS ID TEXT,
	"identity-mismatch", 437, NULL, "From inside the signature"},
    {"for somebody else",
	FROM "To: <sip:carol@example.com>\r\n" DATE NS ID TEXT,
	"identity-mismatch", 437, NULL, "signed for somebody else"},
    {"for several, none of them me",
	FROM "To: <sip:carol@example.com>\r\nTo: "
	     "<sip:dave@example.com>\r\n" DATE NS ID TEXT,
	"identity-mismatch", 437, NULL, "signed for somebody else"},
    {"sent long ago",
	FROM TO "DateTime: 2005-11-19T23:34:50+01:00\r\n" NS ID TEXT, "good",
	200, "hello", "sent long ago"},
    {"dated far ahead", FROM TO "DateTime: 2126-11-19T23:34:50Z\r\n" NS ID TEXT,
	"good", 200, "hello", "dated more than a day ahead"},
    {"two From", FROM FROM TO DATE NS ID TEXT, "malformed", 437, NULL, "twice"},
    {"two From by two names",
	FROM "NS: c <urn:ietf:params:cpim-headers:>\r\nc.From: "
	     "<sip:carol@example.com>\r\n" TO DATE NS ID TEXT,
	"malformed", 437, NULL, "twice"},
    {"no From", TO DATE NS ID TEXT, "malformed", 437, NULL, "no From"},
    {"another case is another field",
	"from: <sip:alice@example.com>\r\n" TO DATE NS ID TEXT, "malformed",
	437, NULL, "no From"},
    {"two DateTime", FROM TO DATE DATE NS ID TEXT, "malformed", 437, NULL,
	"twice"},
    {"no DateTime", FROM TO NS ID TEXT, "malformed", 437, NULL, "no DateTime"},
    {"a DateTime that is none", FROM TO "DateTime: yesterday\r\n" NS ID TEXT,
	"malformed", 437, NULL, "no time"},
    {"a date alone", FROM TO "DateTime: 2026-03-01\r\n" NS ID TEXT, "malformed",
	437, NULL, "no time"},
    {"two Message-IDs", FROM TO DATE NS ID ID TEXT, "malformed", 437, NULL,
	"twice"},
    {"no Message-ID", FROM TO DATE NS TEXT, "malformed", 437, NULL,
	"no Message-ID"},
    {"a Message-ID whose namespace nobody declared", FROM TO DATE ID TEXT,
	"malformed", 437, NULL, "no Message-ID"},
    {"a Message-ID of another namespace",
	FROM TO DATE "NS: imdn <urn:x>\r\n" ID TEXT, "malformed", 437, NULL,
	"no Message-ID"},
    {"a Message-ID before its NS", FROM TO DATE ID NS TEXT, "malformed", 437,
	NULL, "no Message-ID"},
    {"a prefix declared twice", FROM TO DATE NS "NS: imdn <urn:x>\r\n" ID TEXT,
	"malformed", 437, NULL, "declared twice"},
    {"no namespace for names without a prefix",
	"NS: <urn:x>\r\n" FROM TO DATE NS ID TEXT, "malformed", 437, NULL,
	"no From"},
    {"a Message-ID that would be XML",
	FROM TO DATE NS "imdn.Message-ID: <a/>\r\n" TEXT, "malformed", 437,
	NULL, "no token"},
    {"a folded field",
	"From: <sip:alice@example.com>\r\n  x\r\n" TO DATE NS ID TEXT,
	"malformed", 437, NULL, "header line"},
    {"a control character", FROM TO DATE NS ID "Subject: a\x1b[2J\r\n" TEXT,
	"malformed", 437, NULL, "control character"},
    {"a line without a colon", FROM TO DATE NS ID "hello\r\n" TEXT, "malformed",
	437, NULL, "malformed"},
    {"a value without a blank before it",
	"From:<sip:alice@example.com>\r\n" TO DATE NS ID TEXT, "malformed", 437,
	NULL, "malformed"},
    {"words behind the URI",
	"From: <sip:alice@example.com> x\r\n" TO DATE NS ID TEXT, "malformed",
	437, NULL, "From is malformed"},
    {"two URIs in one From",
	"From: <sip:alice@example.com><sip:bob@example.com>\r\n" TO DATE NS ID
	    TEXT,
	"malformed", 437, NULL, "From is malformed"},
    {"a name that does not end",
	"From: \"alice <sip:alice@example.com>\r\n" TO DATE NS ID TEXT,
	"malformed", 437, NULL, "From is malformed"},
    {"bytes that are no UTF-8", FROM TO DATE NS ID "Subject: \xff\xfe\r\n" TEXT,
	"malformed", 437, NULL, "malformed"},
    {"its header has no end", FROM TO DATE NS ID, "malformed", 437, NULL,
	"no end"},
    {"its content is no entity", FROM TO DATE NS ID "\r\nno header here",
	"malformed", 437, NULL, "no MIME entity"},
    {"Require of what nobody knows",
	FROM TO DATE NS ID "Require: x.Secret\r\n" TEXT, "good", 415, NULL,
	"requires"},
    {"a message/cpim inside",
	FROM TO DATE NS ID "\r\nContent-Type: message/cpim\r\n\r\n" GOOD,
	"good", 415, NULL, "neither"},
    {"a multipart inside",
	FROM TO DATE NS ID
	"\r\nContent-Type: multipart/mixed;boundary=X\r\n\r\n"
	"--X\r\n\r\nhello\r\n--X--",
	"good", 415, NULL, "neither"},
    {"HTML inside",
	FROM TO DATE NS ID "\r\nContent-Type: text/html\r\n\r\n<b>hello</b>",
	"good", 415, NULL, "neither"},
    {"a character set that nobody reads",
	FROM TO DATE NS ID
	"\r\nContent-Type: text/plain;charset=utf-7\r\n\r\nhello",
	"good", 415, NULL, "character set"},
    {"a deflated text",
	FROM TO DATE NS ID "\r\nContent-Type: text/plain\r\n"
			   "Content-Encoding: deflate\r\n\r\nhello",
	"good", 415, NULL, "Content-Encoding"},
};

static void
what_is_signed_can_make_it_worse(void **state)
{
	struct world *w = *state;
	size_t n = sizeof(under_a_signature) / sizeof(under_a_signature[0]);

	for (size_t i = 0; i < n; i++) {
		const struct one *o = &under_a_signature[i];
		char *cpim = dated(o->cpim);
		struct smime_result out = open_signed(w, cpim);
		bool shown = o->text != NULL;

		if ((out.text != NULL) != shown ||
		    (shown && strcmp(out.text, o->text) != 0) ||
		    (out.signed_at != 0) != shown ||
		    (out.message_id != NULL) != shown)
			fail_msg("%s: %s", o->what, out.verdict.reason);
		if (o->reason != NULL &&
		    strstr(out.verdict.reason, o->reason) == NULL)
			fail_msg("%s: %s", o->what, out.verdict.reason);
		if (o->reason == NULL && out.verdict.reason[0] != '\0')
			fail_msg("%s: %s", o->what, out.verdict.reason);
		print_message("# %s\n", o->what);
		expect(out, o->signature, "none", o->status, o->text);
		free(cpim);
	}
}

static void
what_is_signed_is_told(void **state)
{
	struct world *w = *state;
	struct smime_result out = open_signed(w,
	    FROM "To: <sip:carol@example.com>\r\n"
		 "To: Bob <im:bob@example.com>\r\n"
		 "DateTime: 2005-11-19T23:34:50+01:00\r\n" NS ID
		 "imdn.Disposition-Notification: display, positive-delivery, "
		 "x\r\n" TEXT);

	assert_string_equal(out.signed_to, "bob@example.com");
	assert_int_equal(out.signed_at, 1132439690);
	assert_string_equal(out.message_id, "0123456789abcdef");
	assert_int_equal(out.wants, CPIM_WANTS_DISPLAY | CPIM_WANTS_DELIVERY);
	smime_result_free(&out);
	out = open_signed(w, FROM DATE NS ID TEXT);
	assert_null(out.signed_to);
	assert_non_null(out.message_id);
	smime_result_free(&out);
}

static void
unsigned_it_tells_nothing(void **state)
{
	struct world *w = *state;
	struct smime_result out = open_clear(w, "message/cpim", GOOD);

	assert_null(out.signed_to);
	assert_null(out.message_id);
	assert_int_equal(out.signed_at, 0);
	assert_int_equal(out.wants, 0);
	expect(out, "none", "none", 200, "hello");
	/* From and To inside mean nothing then, and other fields may lack */
	expect(open_clear(w, "message/cpim",
		   "From: <sip:carol@example.com>\r\nTo: "
		   "<sip:dave@example.com>\r\n" TEXT),
	    "none", "none", 200, "hello");
	expect(open_clear(w, "message/cpim", "From: <im:alice>\r\n" TEXT),
	    "none", "none", 200, "hello");
	expect(open_clear(w, "message/cpim", FROM FROM TEXT), "none", "none",
	    400, NULL);
	expect(
	    open_clear(w, "message/cpim", "hello"), "none", "none", 400, NULL);
	expect(open_clear(w, "message/cpim", ""), "none", "none", 400, NULL);
	expect(open_clear(w, "message/cpim",
		   FROM "\r\nContent-Type: text/html\r\n\r\n<b>"),
	    "none", "none", 415, NULL);
	/* in a multipart it is an attachment */
	expect(
	    open_clear(w, "multipart/mixed;boundary=X",
		"--X\r\nContent-Type: message/cpim\r\n\r\n" GOOD "\r\n--X--"),
	    "none", "none", 415, NULL);
}

/* Signed by alice around what is encrypted to bob, so anybody could have
 * written it. */
static void
a_signature_around_ciphertext_tells_nothing(void **state)
{
	struct world *w = *state;
	char *good = dated(GOOD);
	struct buf inner = cpim_entity(good), sealed = {0}, der, body;
	struct smime_result out;

	w->from = "sip:alice@example.com";
	w->self = "bob@example.com";
	der = seal_der(span_buf(&inner), w->bob.cert, EVP_aes_128_gcm());
	buf_adds(&sealed, "Content-Type: " SEALED_TYPE "\r\n\r\n");
	buf_addspan(&sealed, span_buf(&der));
	buf_free(&der);
	der = sign_der(
	    span_buf(&sealed), &w->alice, CMS_DETACHED | CMS_NOCERTS, NULL);
	body = multipart_signed(span_buf(&sealed), span_buf(&der));
	out = world_open(w, SIGNED_TYPE, span_buf(&body));
	assert_null(out.message_id);
	assert_int_equal(out.signed_at, 0);
	assert_int_equal(out.wants, 0);
	expect(out, "good", "opened", 200, "hello");
	buf_free(&inner);
	buf_free(&sealed);
	buf_free(&der);
	buf_free(&body);
	free(good);
}

/* In CBC content nothing of it changes the answer. */
static void
inside_cbc_the_owner_alone_learns_it(void **state)
{
	struct world *w = *state;
	size_t n = sizeof(under_a_signature) / sizeof(under_a_signature[0]);

	for (size_t i = 0; i < n; i++) {
		char *cpim = dated(under_a_signature[i].cpim);
		struct buf entity = cpim_entity(cpim), inner = {0};
		struct buf der = sign_der(span_buf(&entity), &w->alice,
		    CMS_DETACHED | CMS_NOCERTS, NULL);
		struct buf body = multipart_signed(
		    span_buf(&entity), span_buf(&der));
		struct buf sealed;

		buf_adds(&inner, "Content-Type: " SIGNED_TYPE "\r\n\r\n");
		buf_addspan(&inner, span_buf(&body));
		sealed = seal_der(
		    span_buf(&inner), w->bob.cert, EVP_aes_128_cbc());
		w->from = "sip:alice@example.com";
		w->self = "bob@example.com";
		print_message("# %s\n", under_a_signature[i].what);
		expect(world_open(w, SEALED_TYPE, span_buf(&sealed)),
		    under_a_signature[i].signature, "opened", 200,
		    under_a_signature[i].text);
		free(cpim);
		buf_free(&entity);
		buf_free(&inner);
		buf_free(&der);
		buf_free(&body);
		buf_free(&sealed);
	}
}

/* --- receipts and typing -------------------------------------------------- */

#define IMDN "message/imdn+xml"
#define TYPING "application/im-iscomposing+xml"

static void
receipts_and_typing_are_no_text(void **state)
{
	struct world *w = *state;
	struct smime_result out = open_clear(w, IMDN, "<imdn/>");
	char *good;

	assert_int_equal(out.kind, KIND_RECEIPT);
	assert_string_equal(out.notice, "<imdn/>");
	expect(out, "none", "none", 200, NULL);
	out = open_clear(w, TYPING ";charset=utf-8", "<isComposing/>");
	assert_int_equal(out.kind, KIND_TYPING);
	assert_string_equal(out.notice, "<isComposing/>");
	expect(out, "none", "none", 200, NULL);
	out = open_clear(w, "message/cpim",
	    FROM "\r\nContent-Type: message/imdn+xml\r\n\r\n<imdn/>");
	assert_int_equal(out.kind, KIND_RECEIPT);
	assert_string_equal(out.notice, "<imdn/>");
	expect(out, "none", "none", 200, NULL);
	/* who signs, and does not now, is not believed */
	good = dated(GOOD);
	expect(open_signed(w, good), "good", "none", 200, "hello");
	free(good);
	out = open_clear(w, TYPING, "<isComposing/>");
	assert_true(out.verdict.alarm);
	expect(out, "none", "none", 200, NULL);
}

/* Deflated as Linphone does it. */
static void
a_receipt_may_be_deflated(void **state)
{
	struct world *w = *state;
	static unsigned char zeros[70000];
	unsigned char packed[2000];
	uLongf n = sizeof(packed);
	struct smime_result out;

	w->from = "sip:alice@example.com";
	assert_int_equal(
	    compress(packed, &n, (const unsigned char *)"<imdn/>", 7), Z_OK);
	out = world_open_coded(
	    w, IMDN, "", "deflate", (struct span){packed, n});
	assert_string_equal(out.notice, "<imdn/>");
	expect(out, "none", "none", 200, NULL);
	expect(world_open_coded(
		   w, TYPING, "", "deflate", (struct span){packed, n}),
	    "none", "none", 415, NULL);
	expect(world_open_coded(
		   w, "text/plain", "", "deflate", (struct span){packed, n}),
	    "none", "none", 415, NULL);
	expect(world_open_coded(
		   w, IMDN, "", "deflate", (struct span){packed, n - 1}),
	    "none", "none", 415, NULL);
	expect(world_open_coded(w, IMDN, "", "gzip", (struct span){packed, n}),
	    "none", "none", 415, NULL);
	n = sizeof(packed);
	assert_int_equal(compress(packed, &n, zeros, 65536), Z_OK);
	out = world_open_coded(
	    w, IMDN, "", "deflate", (struct span){packed, n});
	assert_int_equal(out.notice_len, 65536);
	expect(out, "none", "none", 200, NULL);
	n = sizeof(packed);
	assert_int_equal(compress(packed, &n, zeros, 65537), Z_OK);
	expect(
	    world_open_coded(w, IMDN, "", "deflate", (struct span){packed, n}),
	    "none", "none", 413, NULL);
	expect(world_open_coded(w, IMDN, "", "", (struct span){zeros, 65537}),
	    "none", "none", 413, NULL);
}

static void
what_they_take_is_learnt_of_good_messages(void **state)
{
	struct world *w = *state;
	char *good = dated(GOOD);

	w->caps = PEER_CPIM | PEER_TYPING;
	w->from = "sip:alice@example.com";
	expect(world_open(w, "text/plain", span_str("hello")), "none", "none",
	    200, "hello");
	assert_int_equal(
	    keystore_peer_caps(w->ks, "alice@example.com") & PEER_CPIM, 0);
	expect(open_signed(w, good), "good", "none", 200, "hello");
	assert_int_equal(keystore_peer_caps(w->ks, "alice@example.com"),
	    PEER_SIGNS | PEER_CPIM | PEER_TYPING);
	free(good);
}

#define T(f) cmocka_unit_test_setup_teardown(f, world_setup, world_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    T(what_is_signed_can_make_it_worse),
	    T(what_is_signed_is_told),
	    T(unsigned_it_tells_nothing),
	    T(a_signature_around_ciphertext_tells_nothing),
	    T(inside_cbc_the_owner_alone_learns_it),
	    T(receipts_and_typing_are_no_text),
	    T(a_receipt_may_be_deflated),
	    T(what_they_take_is_learnt_of_good_messages),
	};

	return cmocka_run_group_tests_name(
	    "keys_judging_cpim", tests, NULL, NULL);
}
