/* The torture tests of RFC 4475 at the parser's layer: sound messages are
 * parsed, others get the fault that leads to the response in
 * tests/vectors/rfc4475/answers. */
#include <dirent.h>

#include "tests/unit/src/sip/sip_helper.h"
#include "tests/unit/src/sip/sip_test.h"

#include "src/net/stream.h"
#include "src/sip/sip.h"

static const struct stream_limits limits = {65536, 256, 1 << 20};

static struct buf
torture_file(const char *name)
{
	char path[256];

	snprintf(path, sizeof(path), "tests/vectors/rfc4475/%s", name);
	return test_file(path);
}

/* Parses the message of a file as a datagram. bytes is for buf_free. */
static struct sip_msg *
torture_message(const char *name, struct buf *bytes)
{
	struct stream_frame f;

	*bytes = torture_file(name);
	stream_datagram(span_buf(bytes), &limits, &f);
	return sip_parse(f.head, f.body, false);
}

static const struct {
	const char *name;
	int fault; /* sip_fault's */
} messages[] = {
    /* 3.1.1 and 3.4.1: well formed. */
    {"wsinv", 0},
    {"intmeth", 0},
    {"esc01", 0},
    {"escnull", 0},
    {"esc02", 0},
    {"lwsdisp", 0},
    {"longreq", 0},
    {"dblreq", 0},
    {"semiuri", 0},
    {"transports", 0},
    {"mpart01", 0},
    {"unreason", 0},
    {"noreason", 0},
    {"inv2543", 0},
    /* 3.1.2, 3.2: malformed. */
    {"badinv01", 400},
    {"clerr", 400},
    {"ncl", 400},
    {"scalar02", 400},
    {"scalarlg", -1},
    {"quotbal", 400},
    {"ltgtruri", 400},
    {"lwsruri", 400},
    {"lwsstart", 400},
    {"trws", 400},
    {"escruri", 400},
    {"baddate", 0}, /* no decision rests on a Date (RFC 3261, 8.2.2) */
    {"regbadct", 400},
    {"badaspec", 400},
    {"baddn", 400},
    {"badvers", 505},
    {"mismatch01", 400},
    {"mismatch02", 501},
    {"bigcode", -1},
    {"badbranch", 400},
    /* 3.3: sound for the parser, unless a field is missing or given twice,
	 * or the scheme is another. */
    {"insuf", 400},
    {"unkscm", 416},
    {"novelsc", 416},
    {"unksm2", 0},
    {"bext01", 0},
    {"invut", 0},
    {"regaut01", 0},
    {"multi01", 400},
    {"mcl01", 400},
    {"bcast", 0},
    {"zeromf", 0},
    {"cparam01", 0},
    {"cparam02", 0},
    {"regescrt", 0},
    {"sdp01", 0},
};

static void
test_faults(void **state)
{
	const char *why;
	char name[64];
	size_t i;
	int fault;

	(void)state;
	assert_int_equal(COUNT(messages), 49);
	for (i = 0; i < COUNT(messages); i++) {
		struct buf bytes;
		struct sip_msg *m;

		snprintf(name, sizeof(name), "%s.dat", messages[i].name);
		m = torture_message(name, &bytes);
		fault = sip_fault(m, &why);
		if (fault != messages[i].fault || (fault != 0) != (why != NULL))
			fail_msg("%s: %d, %s", name, fault,
			    why != NULL ? why : "sound");
		sip_free(m);
		buf_free(&bytes);
	}
}

/* Writes the responses over TCP at the layer of frames and parser: the status
 * for each refused frame, "-" for each that is passed on. */
static void
torture_stream(struct span in, char *out, size_t size)
{
	struct stream_scan scan = {0};
	struct stream_frame f;
	struct sip_msg *m;
	const char *why;
	size_t at = 0;
	int fault;

	out[0] = '\0';
	for (;;) {
		stream_next(in, &scan, &limits, &f);
		if (f.found == STREAM_MORE)
			return;
		in = span_cut(in, f.used, in.n);
		if (f.found == STREAM_PING || f.found == STREAM_PONG)
			continue;
		m = sip_parse(f.head, f.body, true);
		fault = f.found == STREAM_BROKEN ? f.status
						 : sip_fault(m, &why);
		/* Without a Via there is no response. */
		if (!sip_is_request(m) || sip_header_count(m, "Via") == 0)
			fault = -1;
		if (fault >= 0)
			at += (size_t)snprintf(out + at, size - at,
			    fault == 0 ? "%s-" : "%s%d", at > 0 ? "," : "",
			    fault);
		sip_free(m);
	}
}

/* Returns whether the final responses match those of this layer. Any one
 * matches a request that is passed on. */
static bool
torture_agrees(const char *final, const char *here)
{
	if (strcmp(final, "none") == 0)
		return here[0] == '\0';
	while (*here != '\0') {
		if (*here == '-' && strlen(final) >= 3) {
			final += 3;
			here++;
		} else if (*here++ != *final++) {
			return false;
		}
	}
	return *final == '\0';
}

/* Checks one line of the file of responses. */
static void
torture_line(char *line)
{
	char here[256], *column[5], *p = line, name[64];
	struct sip_msg *m;
	struct buf bytes;
	struct aor aor;
	struct err e;
	const char *why;
	int fault;
	size_t i;

	for (i = 0; i < 5; i++) {
		column[i] = p;
		p += strcspn(p, "\t");
		if (i < 4 && *p == '\0')
			fail_msg("%s: there are too few columns", line);
		if (*p != '\0')
			*p++ = '\0';
	}
	assert_int_equal(aor_parse_uri(span_str(column[1]), &aor, &e), 0);
	aor_free(&aor);
	snprintf(name, sizeof(name), "%s.dat", column[0]);
	m = torture_message(name, &bytes);
	fault = sip_fault(m, &why);
	snprintf(here, sizeof(here), fault == 0 ? "-" : "%d", fault);
	if (fault == -1 || !sip_is_request(m))
		here[0] = '\0';
	if (!torture_agrees(column[2], here))
		fail_msg("%s by UDP: %s, here %s", name, column[2], here);
	sip_free(m);
	torture_stream(span_buf(&bytes), here, sizeof(here));
	if (!torture_agrees(column[3], here))
		fail_msg("%s by TCP: %s, here %s", name, column[3], here);
	buf_free(&bytes);
}

static void
test_answers(void **state)
{
	struct buf file = torture_file("answers");
	char *line, *rest = (char *)file.p;
	size_t count = 0;

	(void)state;
	while ((line = strtok_r(rest, "\n", &rest)) != NULL) {
		if (line[0] == '#')
			continue;
		torture_line(line);
		count++;
	}
	assert_int_equal(count, 49);
	buf_free(&file);
}

/* The values of well-formed messages are read. */
static void
test_wsinv(void **state)
{
	struct buf bytes;
	struct sip_msg *m = torture_message("wsinv.dat", &bytes);

	(void)state;
	assert_true(span_is(sip_method(m), "INVITE"));
	assert_true(span_is(sip_from_uri(m), "sip:jdrosen@example.com"));
	assert_true(span_is(sip_from_tag(m), "98asjd8"));
	assert_true(
	    span_is(sip_to_uri(m), "sip:vivekg@chair-dnrc.example.com"));
	assert_true(span_is(sip_to_tag(m), "1918181833n"));
	assert_int_equal(sip_cseq(m), 9);
	assert_true(span_is(sip_branch(m), "390skdjuw"));
	assert_true(span_is(m->via.transport, "UDP"));
	assert_true(span_is(sip_via_host(m), "192.0.2.2"));
	assert_int_equal(sip_header_count(m, "Via"), 2);
	assert_int_equal(sip_header_count(m, "v"), 2);
	assert_int_equal(sip_header_count(m, "SUBJECT"), 1);
	assert_int_equal(sip_header(m, "Subject", 0).n, 0);
	assert_true(span_is(sip_header(m, "NewFangledHeader", 0),
	    "newfangled value continued newfangled value"));
	assert_true(span_is(sip_header(m, "m", 0),
	    "\"Quoted string \\\"\\\"\" <sip:jdrosen@example.com> ; "
	    "newparam = newvalue ; secondparam ; q = 0.33"));
	assert_int_equal(sip_body(m).n, 150);
	sip_free(m);
	buf_free(&bytes);
}

static void
test_understood(void **state)
{
	struct buf bytes;
	struct sip_msg *m;

	(void)state;
	m = torture_message("intmeth.dat", &bytes);
	assert_false(sip_method_known(sip_method(m)));
	assert_true(span_is(sip_from_tag(m), "_token~1'+`*%!-."));
	assert_true(span_is(sip_to_uri(m),
	    "sip:1_unusual.URI~(to-be!sure)&"
	    "isn't+it$/crazy?,/;;*@example.com"));
	assert_true(span_is(
	    sip_call_id(m), "intmeth.word%ZK-!.*_+'@word`~)(><:\\/\"][?}{"));
	sip_free(m);
	buf_free(&bytes);

	m = torture_message("esc02.dat", &bytes);
	assert_false(sip_method_known(sip_method(m)));
	assert_int_equal(sip_header_count(m, "Contact"), 2);
	assert_int_equal(sip_header_count(m, "C%6Fntact"), 1);
	sip_free(m);
	buf_free(&bytes);

	m = torture_message("dblreq.dat", &bytes);
	assert_true(span_is(sip_method(m), "REGISTER"));
	assert_true(sip_method_known(sip_method(m)));
	assert_int_equal(sip_body(m).n, 0);
	sip_free(m);
	buf_free(&bytes);

	m = torture_message("mpart01.dat", &bytes);
	assert_int_equal(sip_body(m).n, 553);
	assert_true(sip_via_rport(m));
	assert_int_equal(sip_via_port(m), 5070);
	sip_free(m);
	buf_free(&bytes);

	m = torture_message("unreason.dat", &bytes);
	assert_false(sip_is_request(m));
	assert_int_equal(sip_status(m), 200);
	assert_true(span_starts_nocase(sip_reason(m), "= 2**3 * 5**2 \xd0"));
	assert_true(span_is(sip_method(m), "INVITE"));
	sip_free(m);
	buf_free(&bytes);

	m = torture_message("noreason.dat", &bytes);
	assert_int_equal(sip_status(m), 100);
	assert_int_equal(sip_reason(m).n, 0);
	sip_free(m);
	buf_free(&bytes);

	m = torture_message("bext01.dat", &bytes);
	assert_true(header_has(m, "Require", "NothingSupportsThisEither"));
	assert_false(header_has(m, "Require", "noProxiesSupportThis"));
	sip_free(m);
	buf_free(&bytes);
}

/* baddn's file ends before its empty line; with one it is still malformed. */
static void
test_baddn_whole(void **state)
{
	struct buf bytes = torture_file("baddn.dat");
	struct stream_frame f;
	struct sip_msg *m;
	const char *why;

	(void)state;
	buf_adds(&bytes, "\r\n");
	stream_datagram(span_buf(&bytes), &limits, &f);
	assert_int_equal(f.found, STREAM_MESSAGE);
	m = sip_parse(f.head, f.body, false);
	assert_int_equal(sip_fault(m, &why), 400);
	sip_free(m);
	buf_free(&bytes);
}

/* No message of the folder is left out. */
static void
test_all_there(void **state)
{
	const char *top = getenv("SRCDIR");
	char path[4096];
	struct dirent *entry;
	size_t count = 0, i;
	DIR *dir;

	(void)state;
	snprintf(path, sizeof(path), "%s/tests/vectors/rfc4475",
	    top != NULL ? top : ".");
	dir = opendir(path);
	assert_non_null(dir);
	while ((entry = readdir(dir)) != NULL) {
		size_t n = strlen(entry->d_name);

		if (n < 4 || strcmp(entry->d_name + n - 4, ".dat") != 0)
			continue;
		count++;
		for (i = 0; i < COUNT(messages); i++)
			if (strlen(messages[i].name) == n - 4 &&
			    memcmp(messages[i].name, entry->d_name, n - 4) == 0)
				break;
		if (i == COUNT(messages))
			fail_msg("%s is in no table", entry->d_name);
	}
	closedir(dir);
	assert_int_equal(count, COUNT(messages));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_all_there),
	    cmocka_unit_test(test_faults),
	    cmocka_unit_test(test_answers),
	    cmocka_unit_test(test_wsinv),
	    cmocka_unit_test(test_understood),
	    cmocka_unit_test(test_baddn_whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
