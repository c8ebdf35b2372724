/*
 * One input through framing, parser, answers and text filter, and what must
 * hold of any input. tests/unit/src/sip/sip_fuzz.c feeds it; libFuzzer can as well:
 *
 *   clang -fsanitize=fuzzer,address,undefined -std=c11 -D_GNU_SOURCE -I. \
 *       tests/fuzz/wire.c src/base/text*.c src/base/bytes.c src/base/err.c \
 *       src/net/stream.c src/sip/sip*.c keys/x509/uri.c \
 *       keys/x509/identity.c \
 *       -lcrypto && ./a.out tests/vectors/rfc4475
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/text.h"
#include "src/net/stream.h"
#include "src/sip/sip.h"
#include "src/sip/sip_auth.h"
#include "src/sip/sip_lists.h"
#include "src/sip/sip_msg_priv.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define MUST(what)                                                           \
	do {                                                                 \
		if (!(what)) {                                               \
			fprintf(stderr, "wire.c:%d: %s\n", __LINE__, #what); \
			abort();                                             \
		}                                                            \
	} while (0)

static const struct stream_limits wire_limits = {4096, 100, 8192};

static bool
wire_inside(struct span s, struct span of)
{
	return s.n <= of.n && (s.n == 0 || s.p != NULL);
}

/* What harmless text may hold. */
static void
wire_harmless(struct span s, bool lines)
{
	size_t at, length;
	uint32_t c;

	for (at = 0; at < s.n; at += length) {
		length = text_decode(s, at, &c);
		MUST(length != 0);
		MUST((c == '\n' && lines) || (c >= ' ' && c < 0x7f) ||
		    c >= 0xa0);
		MUST((c < 0x202a || c > 0x202e) && (c < 0x2066 || c > 0x2069));
		MUST(c != 0x200b && c != 0xfeff && c != 0x2028 && c != 0x2029);
		MUST(lines || (c != 0x200c && c != 0x200d));
	}
}

static void
wire_text(struct span in, size_t width)
{
	struct buf once = {0}, twice = {0}, rows = {0}, json = {0};
	char *line = text_escape_line(in);
	size_t from, to;

	wire_harmless(span_str(line), false);
	free(line);
	text_escape(&once, in, true);
	wire_harmless(span_buf(&once), true);
	text_escape(&twice, span_buf(&once), true);
	MUST(span_eq(span_buf(&once), span_buf(&twice)));
	text_rows(&rows, in, "> ", width);
	for (from = 0; from < rows.n; from = to + 1) {
		to = span_find(span_buf(&rows), '\n', from);
		MUST(span_starts_nocase(
		    span_cut(span_buf(&rows), from, to), "> "));
		MUST(text_width(span_cut(span_buf(&rows), from, to)) <= width);
	}
	text_json(&json, in);
	MUST(json.n >= 2 && json.p[0] == '"' && json.p[json.n - 1] == '"');
	for (from = 0; from < json.n; from++)
		MUST(json.p[from] >= ' ' && json.p[from] != 0x7f);
	buf_free(&once);
	buf_free(&twice);
	buf_free(&rows);
	buf_free(&json);
}

/* An answer to anything is a response that bears no control character. */
static void
wire_answer(const struct sip_msg *m, bool sound)
{
	struct sockaddr_storage source = {0};
	struct buf out = {0};
	struct sip_msg *answer;
	const char *why;
	size_t i;

	if (sip_answer(&out, m, 400, NULL, "tag", &source) == -1) {
		MUST(out.n == 0);
		return;
	}
	MUST(sip_is_request(m));
	sip_finish(&out, span_str(""));
	for (i = 0; i < out.n; i++)
		MUST(out.p[i] >= ' ' || out.p[i] == '\r' || out.p[i] == '\n');
	answer = sip_parse(span_buf(&out), span_str(""), true);
	MUST(sip_status(answer) == 400);
	if (sound) {
		MUST(sip_fault(answer, &why) == 0);
		MUST(span_eq(sip_branch(answer), sip_branch(m)));
		MUST(span_eq(sip_method(answer), sip_method(m)));
		MUST(span_eq(sip_from_tag(answer), sip_from_tag(m)));
		MUST(sip_to_tag(answer).n > 0);
	}
	sip_free(answer);
	buf_free(&out);
}

static void
wire_sound(const struct sip_msg *m)
{
	static const char *const once[] = {"From", "To", "Call-ID", "CSeq"};
	size_t i;

	for (i = 0; i < sizeof(once) / sizeof(once[0]); i++)
		MUST(sip_header_count(m, once[i]) == 1);
	MUST(sip_header_count(m, "Content-Length") <= 1);
	MUST(sip_header_count(m, "Content-Type") <= 1);
	MUST(sip_header_count(m, "Via") >= 1);
	MUST(sip_method(m).n > 0 && sip_call_id(m).n > 0);
	MUST(sip_from_uri(m).n > 0 && sip_to_uri(m).n > 0);
	MUST(sip_cseq(m) <= INT32_MAX);
	MUST(sip_via_host(m).n > 0 && m->via.transport.n > 0);
	if (sip_is_request(m))
		MUST(sip_request_uri(m).n > 0 && sip_status(m) == 0);
	else
		MUST(sip_status(m) >= 100 && sip_status(m) <= 699);
	if (sip_body(m).n > 0)
		MUST(sip_header_count(m, "Content-Type") == 1);
}

/* Contacts, routes and challenges: each walk ends, and what is made of them
 * bears no line end of theirs. */
static void
wire_lists(const struct sip_msg *m)
{
	struct sip_contacts walk = {0, 0};
	struct sip_contact contact;
	struct sip_challenge c;
	struct buf out = {0};
	struct err e;
	size_t i, count = 0;

	while (sip_contact_next(m, &walk, &contact)) {
		MUST(++count <= sip_head(m).n);
		MUST(contact.uri.n > 0 && contact.q <= 1000);
	}
	if (sip_routes(m, "Route", &out) && out.n > 0)
		MUST(sip_route_first(span_buf(&out)).n > 0);
	out.n = 0;
	for (i = 0; i < sip_header_count(m, "WWW-Authenticate"); i++) {
		struct sip_credentials cr = {
		    span_str("a\"b"), &c, span_str("sip:h"), "r", "c", 1};

		struct span value = sip_header(m, "WWW-Authenticate", i);
		size_t at = 0, before = 0;

		while (sip_challenge_next(value, &at, &c)) {
			MUST(c.nonce.n > 0 && at > before);
			before = at;
			if (sip_add_credentials(
				&out, "Authorization", &cr, &e) == 0)
				MUST(span_find(span_buf(&out), '\n', 0) ==
				    out.n - 1);
			out.n = 0;
		}
	}
	buf_free(&out);
}

static void
wire_message(struct span head, struct span body, bool on_stream)
{
	struct sip_msg *m = sip_parse(head, body, on_stream);
	const char *why;
	int fault = sip_fault(m, &why);

	MUST(fault == 0 || fault == -1 || (fault >= 400 && fault < 600));
	MUST((fault == 0) == (why == NULL));
	MUST(span_eq(sip_head(m), head));
	MUST(wire_inside(sip_body(m), body));
	if (fault == 0)
		wire_sound(m);
	wire_lists(m);
	wire_answer(m, fault == 0);
	sip_free(m);
}

/* The messages of a stream, each behind its length, as they come when input
 * arrives in steps. */
static void
wire_stream(struct span in, size_t step, struct buf *log, bool parse)
{
	struct stream_scan scan = {0};
	struct stream_frame f;
	size_t from = 0, have = 0;

	while (have < in.n) {
		have = in.n - have > step ? have + step : in.n;
		for (;;) {
			stream_next(
			    span_cut(in, from, have), &scan, &wire_limits, &f);
			if (f.found == STREAM_MORE)
				break;
			MUST(f.used > 0 && f.used <= have - from);
			from += f.used;
			if (f.found == STREAM_BROKEN) {
				MUST(f.status >= 400 && f.why != NULL);
				if (parse)
					wire_message(f.head, f.body, true);
				return;
			}
			if (f.found != STREAM_MESSAGE)
				continue;
			MUST(f.head.n <= wire_limits.head);
			MUST(f.body.n <= wire_limits.body);
			buf_addf(log, "%zu %zu ", f.head.n, f.body.n);
			buf_addspan(log, f.head);
			if (parse)
				wire_message(f.head, f.body, true);
		}
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span in = {data, size};
	struct buf whole = {0}, pieces = {0};
	struct stream_frame f;

	wire_stream(in, size > 0 ? size : 1, &whole, true);
	wire_stream(in, size % 13 + 1, &pieces, false);
	MUST(span_eq(span_buf(&whole), span_buf(&pieces)));
	buf_free(&whole);
	buf_free(&pieces);
	stream_datagram(in, &wire_limits, &f);
	MUST(f.found != STREAM_MORE && f.used == size);
	if (f.found == STREAM_MESSAGE || f.found == STREAM_BROKEN)
		wire_message(f.head, f.body, false);
	wire_text(in, size % 100 + 4);
	return 0;
}
