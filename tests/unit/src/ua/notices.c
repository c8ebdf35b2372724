/*
 * The XML of receipts and of typing, friendly and hostile; and how a receipt
 * finds its message.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "src/ua/notice_xml.h"
#include "src/ua/receipts.h"

#define IMDN "<imdn xmlns=\"urn:ietf:params:xml:ns:imdn\">"
#define ID "<message-id>34jk324j</message-id>"
#define DELIVERED                                              \
	"<delivery-notification><status><delivered/></status>" \
	"</delivery-notification>"
#define DISPLAYED                                             \
	"<display-notification><status><displayed/></status>" \
	"</display-notification>"
#define TYPING "<isComposing xmlns=\"urn:ietf:params:xml:ns:im-iscomposing\">"

static void
receipts_are_read(void **state)
{
	static const struct {
		const char *xml;
		enum imdn_status status;
	} cases[] = {
	    {IMDN ID DELIVERED "</imdn>", IMDN_DELIVERED},
	    {IMDN ID DISPLAYED "</imdn>", IMDN_DISPLAYED},
	    /* as RFC 5438 and Linphone have them */
	    {"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n" IMDN
	     "\n <message-id>\n34jk324j </message-id>\n"
	     "<datetime>2008-04-04T12:16:49-05:00</datetime>\n"
	     "<recipient-uri>im:bob@example.com</recipient-uri>\n" DISPLAYED
	     "\n</imdn>\n",
		IMDN_DISPLAYED},
	    {"<i:imdn xmlns:i=\"urn:ietf:params:xml:ns:imdn\">"
	     "<i:message-id>34jk324j</i:message-id><i:display-notification>"
	     "<i:status><i:displayed/></i:status></i:display-notification>"
	     "</i:imdn>",
		IMDN_DISPLAYED},
	    {IMDN ID "<delivery-notification><status><failed/></status>"
		     "</delivery-notification></imdn>",
		IMDN_FAILED},
	    {IMDN ID "<delivery-notification><status><error/></status>"
		     "</delivery-notification></imdn>",
		IMDN_FAILED},
	    {IMDN ID "<processing-notification><status><processed/></status>"
		     "</processing-notification></imdn>",
		IMDN_OTHER},
	    {IMDN ID "<display-notification><status><forbidden/></status>"
		     "</display-notification></imdn>",
		IMDN_OTHER},
	    /* a status that is not one of the notification is none */
	    {IMDN ID "<delivered/><status><displayed/></status></imdn>",
		IMDN_OTHER},
	    {IMDN ID "<display-notification><status><delivered/></status>"
		     "</display-notification></imdn>",
		IMDN_OTHER},
	    {IMDN ID "<x><display-notification><status><displayed/></status>"
		     "</display-notification></x></imdn>",
		IMDN_OTHER},
	    {IMDN ID "<x xmlns=\"urn:x\"><displayed/></x></imdn>", IMDN_OTHER},
	};
	struct imdn got;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		print_message("# case %zu\n", i);
		assert_true(imdn_read(span_str(cases[i].xml), &got));
		assert_string_equal(got.message_id, "34jk324j");
		assert_int_equal(got.status, cases[i].status);
	}
}

#define LAUGH(a, b)                                                      \
	"<!ENTITY " a " \"&" b ";&" b ";&" b ";&" b ";&" b ";&" b ";&" b \
	";&" b ";&" b ";&" b ";\">"

static void
broken_and_hostile_receipts_are_none(void **state)
{
	static const char *const cases[] = {"", " ", "hello", "<imdn",
	    "<imdn/>", "<imdn xmlns=\"urn:x\">" ID DELIVERED "</imdn>",
	    IMDN DELIVERED "</imdn>", IMDN ID DELIVERED, IMDN ID ID "</imdn>",
	    IMDN "<message-id></message-id>" DELIVERED "</imdn>",
	    IMDN ID DELIVERED DELIVERED "</imdn>",
	    IMDN ID DELIVERED DISPLAYED "</imdn>", IMDN ID DELIVERED "</imdn>x",
	    IMDN ID "</imdn>" IMDN ID "</imdn>",
	    TYPING "<state>active</state></isComposing>",
	    "<imdn xmlns=\"urn:ietf:params:xml:ns:im-iscomposing\">" ID
	    "</imdn>",
	    "<x>" IMDN ID DELIVERED "</imdn></x>",
	    /* a document type, with and without entities */
	    "<!DOCTYPE imdn>" IMDN ID DELIVERED "</imdn>",
	    "<!DOCTYPE imdn SYSTEM \"file:///etc/passwd\">" IMDN ID "</imdn>",
	    "<!DOCTYPE imdn [<!ENTITY x SYSTEM \"file:///etc/passwd\">]>" IMDN
	    "<message-id>&x;</message-id></imdn>",
	    "<!DOCTYPE imdn [<!ENTITY a \"ha\">" LAUGH("b", "a") LAUGH("c", "b")
		LAUGH("d", "c") LAUGH("e", "d") LAUGH("f", "e") LAUGH("g", "f")
		    LAUGH("h", "g") LAUGH("i",
			"h") "]>" IMDN "<message-id>&i;</message-id></imdn>",
	    IMDN "<message-id>&unknown;</message-id></imdn>",
	    "<?xml version=\"1.0\" encoding=\"UTF-16\"?>\xff\xfe" IMDN,
	    IMDN "<message-id>\xff\xfe</message-id></imdn>",
	    IMDN ID "<a><b><c><d><e><f><g><h><i/></h></g></f></e></d></c></b>"
		    "</a></imdn>"};
	struct imdn got;
	struct buf b = {0};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		print_message("# case %zu\n", i);
		assert_false(imdn_read(span_str(cases[i]), &got));
	}
	/* a Message-ID of 129 bytes, and of 128 */
	buf_adds(&b, IMDN "<message-id>");
	for (int i = 0; i < 129; i++)
		buf_adds(&b, "x");
	buf_adds(&b, "</message-id></imdn>");
	assert_false(imdn_read(span_buf(&b), &got));
	buf_free(&b);
	buf_adds(&b, IMDN "<message-id>");
	for (int i = 0; i < 128; i++)
		buf_adds(&b, "x");
	buf_adds(&b, "</message-id></imdn>");
	assert_true(imdn_read(span_buf(&b), &got));
	assert_int_equal(strlen(got.message_id), 128);
	buf_free(&b);
	assert_false(imdn_read(
	    (struct span){(const unsigned char *)IMDN "\0" ID, 60}, &got));
}

static void
typing_is_read(void **state)
{
	static const struct {
		const char *xml;
		bool active;
		unsigned refresh;
	} cases[] = {
	    {TYPING "<state>active</state></isComposing>", true, 120},
	    {TYPING "<state> idle\n</state></isComposing>", false, 120},
	    {TYPING "<state>x</state></isComposing>", false, 120},
	    {TYPING "<state>active</state><contenttype>text/plain</contenttype>"
		    "<refresh>90</refresh></isComposing>",
		true, 90},
	    {TYPING "<state>active</state><refresh>1</refresh></isComposing>",
		true, 60},
	    {TYPING "<state>active</state><refresh>4294967295</refresh>"
		    "</isComposing>",
		true, 3600},
	    {TYPING "<lastactive>2003-01-27T10:43:00Z</lastactive>"
		    "<state>idle</state></isComposing>",
		false, 120},
	};
	static const char *const broken[] = {"", TYPING "</isComposing>",
	    TYPING "<state>active</state><state>idle</state></isComposing>",
	    TYPING "<state>active</state><refresh>soon</refresh></isComposing>",
	    TYPING "<state>active</state><refresh>-1</refresh></isComposing>",
	    TYPING
	    "<state>active</state><refresh>99999999999</refresh></isComposing>",
	    "<isComposing><state>active</state></isComposing>",
	    "<!DOCTYPE isComposing>" TYPING
	    "<state>active</state></isComposing>"};
	struct composing got;
	struct buf b = {0};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		print_message("# case %zu\n", i);
		assert_true(composing_read(span_str(cases[i].xml), &got));
		assert_int_equal(got.active, cases[i].active);
		assert_int_equal(got.refresh, cases[i].refresh);
	}
	for (size_t i = 0; i < sizeof(broken) / sizeof(broken[0]); i++) {
		print_message("# broken %zu\n", i);
		assert_false(composing_read(span_str(broken[i]), &got));
	}
	/* a refresh of 1 MB of digits */
	buf_adds(&b, TYPING "<state>active</state><refresh>");
	for (int i = 0; i < 1 << 20; i++)
		buf_adds(&b, "9");
	buf_adds(&b, "</refresh></isComposing>");
	assert_false(composing_read(span_buf(&b), &got));
	buf_free(&b);
}

static void
what_is_written_is_read(void **state)
{
	struct buf b = {0};
	struct imdn imdn;
	struct composing typing;

	(void)state;
	for (int displayed = 0; displayed < 2; displayed++) {
		imdn_write(&b, "a1b2", 1000000000, displayed);
		assert_true(imdn_read(span_buf(&b), &imdn));
		assert_string_equal(imdn.message_id, "a1b2");
		assert_int_equal(
		    imdn.status, displayed ? IMDN_DISPLAYED : IMDN_DELIVERED);
		buf_free(&b);
		composing_write(&b, displayed, 60);
		assert_true(composing_read(span_buf(&b), &typing));
		assert_int_equal(typing.active, displayed);
		buf_free(&b);
	}
}

static void
a_receipt_finds_its_message(void **state)
{
	struct receipts *r = receipts_new();
	struct receipts_msg m = {.message_id = "one",
	    .peer = "bob@example.com",
	    .id = 1,
	    .state = STORE_SENT};
	char id[16];

	(void)state;
	assert_null(receipts_find(r, "bob@example.com", "one"));
	receipts_add(r, &m);
	assert_int_equal(receipts_find(r, "bob@example.com", "one")->id, 1);
	/* of another conversation, or never sent */
	assert_null(receipts_find(r, "carol@example.com", "one"));
	assert_null(receipts_find(r, "bob@example.com", "two"));
	m.row = 7;
	receipts_add(r, &m);
	assert_int_equal(receipts_find(r, "bob@example.com", "one")->row, 7);
	/* the oldest goes */
	for (unsigned i = 0; i < 4096; i++) {
		(void)snprintf(id, sizeof(id), "n%u", i);
		m.message_id = id;
		m.id = i;
		receipts_add(r, &m);
	}
	assert_null(receipts_find(r, "bob@example.com", "one"));
	assert_int_equal(receipts_find(r, "bob@example.com", "n0")->id, 0);
	m.message_id = "last";
	receipts_add(r, &m);
	assert_null(receipts_find(r, "bob@example.com", "n0"));
	assert_non_null(receipts_find(r, "bob@example.com", "n1"));
	assert_non_null(receipts_find(r, "bob@example.com", "n4095"));
	assert_non_null(receipts_find(r, "bob@example.com", "last"));
	/* how it ended is not forgotten, nor what a receipt told before */
	receipts_ended(r, 4095, STORE_ACCEPTED);
	assert_int_equal(
	    receipts_find(r, "bob@example.com", "last")->state, STORE_ACCEPTED);
	receipts_ended(r, 4095, STORE_DELIVERED);
	assert_int_equal(
	    receipts_find(r, "bob@example.com", "last")->state, STORE_ACCEPTED);
	receipts_free(r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(receipts_are_read),
	    cmocka_unit_test(broken_and_hostile_receipts_are_none),
	    cmocka_unit_test(typing_is_read),
	    cmocka_unit_test(what_is_written_is_read),
	    cmocka_unit_test(a_receipt_finds_its_message),
	};

	return cmocka_run_group_tests_name("ua_notices", tests, NULL, NULL);
}
