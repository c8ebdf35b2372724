#include "keys/smime/cpim.h"

#include <string.h>

#include "src/base/text.h"
#include "src/base/time.h"

enum { SPACES_MAX = 16, DATE_MAX = 40 };

/* Namespaces of header fields (RFC 3862, 3.4). */
enum space { SPACE_CORE, SPACE_IMDN, SPACE_OTHER };

static const char core_uri[] = "urn:ietf:params:cpim-headers:";
static const char imdn_uri[] = "urn:ietf:params:imdn";

/* A prefix that an NS field declared; the empty one is of names without a
 * prefix. */
struct declared {
	struct span prefix;
	enum space space;
};

enum field {
	FIELD_FROM,
	FIELD_TO,
	FIELD_DATE,
	FIELD_NS,
	FIELD_REQUIRE,
	FIELD_MESSAGE_ID,
	FIELD_DISPOSITION,
	FIELD_KNOWN, /* and not used */
	FIELD_UNKNOWN
};

static const struct {
	enum space space;
	const char *name;
	enum field field;
} fields[] = {
    {SPACE_CORE, "From", FIELD_FROM},
    {SPACE_CORE, "To", FIELD_TO},
    {SPACE_CORE, "DateTime", FIELD_DATE},
    {SPACE_CORE, "NS", FIELD_NS},
    {SPACE_CORE, "Require", FIELD_REQUIRE},
    {SPACE_CORE, "cc", FIELD_KNOWN},
    {SPACE_CORE, "Subject", FIELD_KNOWN},
    {SPACE_IMDN, "Message-ID", FIELD_MESSAGE_ID},
    {SPACE_IMDN, "Disposition-Notification", FIELD_DISPOSITION},
};

struct parsing {
	struct cpim *out;
	struct declared spaces[SPACES_MAX];
	size_t space_count;
	unsigned seen; /* bits of enum field */
	enum cpim_result result;
	const char *why;
};

static bool
cpim_malformed(struct parsing *p, const char *why)
{
	p->result = CPIM_MALFORMED;
	p->why = why;
	return false;
}

/* --- names ---------------------------------------------------------------- */

/* NAMECHAR of RFC 3862, 3.1. */
static bool
cpim_is_name_char(unsigned char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	    (c >= '0' && c <= '9') ||
	    (c != '\0' && strchr("!#$%&'*+-^_`|~", c) != NULL);
}

static bool
cpim_is_name(struct span s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!cpim_is_name_char(s.p[i]))
			return false;
	return s.n > 0;
}

/* The namespace of a prefix. Only one that no NS field declared is the standard
 * one without a prefix, and unknown with one. */
static enum space
cpim_space(const struct parsing *p, struct span prefix)
{
	for (size_t i = 0; i < p->space_count; i++)
		if (span_eq(p->spaces[i].prefix, prefix))
			return p->spaces[i].space;
	return prefix.n == 0 ? SPACE_CORE : SPACE_OTHER;
}

/* Finds the field of "[prefix.]name". FIELD_UNKNOWN where it is no name. */
static enum field
cpim_field(const struct parsing *p, struct span full)
{
	size_t dot = span_find(full, '.', 0);
	struct span prefix = {NULL, 0}, name = full;
	enum space space;

	if (dot < full.n) {
		prefix = span_cut(full, 0, dot);
		name = span_cut(full, dot + 1, full.n);
	}
	space = cpim_space(p, prefix);
	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
		if (fields[i].space == space && span_is(name, fields[i].name))
			return fields[i].field;
	return FIELD_UNKNOWN;
}

static bool
cpim_is_full_name(struct span full)
{
	size_t dot = span_find(full, '.', 0);

	if (dot == full.n)
		return cpim_is_name(full);
	return cpim_is_name(span_cut(full, 0, dot)) &&
	    cpim_is_name(span_cut(full, dot + 1, full.n));
}

/* --- values --------------------------------------------------------------- */

/* The index behind a quoted string that begins at `at`, or 0 where it does not
 * end. */
static size_t
cpim_skip_string(struct span s, size_t at)
{
	for (at++; at < s.n && s.p[at] != '"'; at++)
		if (s.p[at] == '\\')
			at++;
	return at < s.n ? at + 1 : 0;
}

/* Takes "<URI>", with a name before it, which is ignored: it may be a quoted
 * string, or words without '<'. */
static bool
cpim_uri(struct span value, struct span *name, struct span *uri)
{
	size_t open = 0;

	if (value.n > 0 && value.p[0] == '"')
		open = cpim_skip_string(value, 0);
	if (value.n > 0 && value.p[0] == '"' && open == 0)
		return false;
	open = span_find(value, '<', open);
	if (open == value.n || value.p[value.n - 1] != '>')
		return false;
	*name = span_trim(span_cut(value, 0, open));
	*uri = span_cut(value, open + 1, value.n - 1);
	for (size_t i = 0; i < uri->n; i++)
		if (uri->p[i] <= ' ' || uri->p[i] >= 0x7f ||
		    strchr("<>\"", uri->p[i]) != NULL)
			return false;
	return uri->n > 0;
}

/* An NS field. A prefix that is declared twice would make the meaning of a name
 * a matter of who reads it, so it is refused. */
static bool
cpim_take_ns(struct parsing *p, struct span value)
{
	struct span prefix, uri;

	if (!cpim_uri(value, &prefix, &uri) ||
	    (prefix.n > 0 && !cpim_is_name(prefix)))
		return cpim_malformed(p, "an NS field is malformed");
	if (p->space_count == SPACES_MAX)
		return cpim_malformed(p, "there are too many NS fields");
	for (size_t i = 0; i < p->space_count; i++)
		if (span_eq(p->spaces[i].prefix, prefix))
			return cpim_malformed(
			    p, "a prefix is declared twice by NS");
	p->spaces[p->space_count++] = (struct declared){prefix,
	    span_is(uri, core_uri)       ? SPACE_CORE
		: span_is(uri, imdn_uri) ? SPACE_IMDN
					 : SPACE_OTHER};
	return true;
}

static bool
cpim_take_date(struct parsing *p, struct span value)
{
	char text[DATE_MAX + 1];

	if (value.n > DATE_MAX || span_find(value, '\0', 0) < value.n)
		return cpim_malformed(p, "its DateTime is no time");
	memcpy(text, value.p, value.n);
	text[value.n] = '\0';
	/* A date alone, which time_read takes too, is none here. */
	if (value.n < 20 || (text[10] != 'T' && text[10] != 't') ||
	    !time_read(text, &p->out->date))
		return cpim_malformed(p, "its DateTime is no time");
	p->out->dated = true;
	return true;
}

static bool
cpim_take_id(struct parsing *p, struct span value)
{
	if (value.n == 0 || value.n > CPIM_ID_MAX)
		return cpim_malformed(p, "its Message-ID is empty or too long");
	for (size_t i = 0; i < value.n; i++)
		if (value.p[i] <= ' ' || value.p[i] >= 0x7f ||
		    strchr("<>\"&'\\", value.p[i]) != NULL)
			return cpim_malformed(p, "its Message-ID is no token");
	p->out->message_id = value;
	return true;
}

/* Takes the next of a list that commas separate off *list. */
static struct span
cpim_next(struct span *list)
{
	size_t comma = span_find(*list, ',', 0);
	struct span word = span_trim(span_cut(*list, 0, comma));

	*list = span_cut(*list, comma < list->n ? comma + 1 : comma, list->n);
	return word;
}

static void
cpim_take_wants(struct parsing *p, struct span list)
{
	while (list.n > 0) {
		struct span word = cpim_next(&list);

		if (span_is(word, "positive-delivery"))
			p->out->wants |= CPIM_WANTS_DELIVERY;
		else if (span_is(word, "negative-delivery"))
			p->out->wants |= CPIM_WANTS_FAILURE;
		else if (span_is(word, "display"))
			p->out->wants |= CPIM_WANTS_DISPLAY;
	}
}

static bool
cpim_take_require(struct parsing *p, struct span list)
{
	while (list.n > 0)
		if (cpim_field(p, cpim_next(&list)) == FIELD_UNKNOWN) {
			p->result = CPIM_REQUIRES;
			p->why = "it requires a field that is not known here";
			return false;
		}
	return true;
}

/* --- lines ---------------------------------------------------------------- */

static bool
cpim_take_field(struct parsing *p, enum field field, struct span value)
{
	struct span name;

	switch (field) {
	case FIELD_FROM:
		return cpim_uri(value, &name, &p->out->from) ||
		    cpim_malformed(p, "its From is malformed");
	case FIELD_TO:
		if (p->out->to_count == CPIM_TO_MAX)
			return cpim_malformed(p, "it has too many To fields");
		return cpim_uri(
			   value, &name, &p->out->to[p->out->to_count++]) ||
		    cpim_malformed(p, "a To field is malformed");
	case FIELD_DATE:
		return cpim_take_date(p, value);
	case FIELD_NS:
		return cpim_take_ns(p, value);
	case FIELD_REQUIRE:
		return cpim_take_require(p, value);
	case FIELD_MESSAGE_ID:
		return cpim_take_id(p, value);
	case FIELD_DISPOSITION:
		cpim_take_wants(p, value);
		return true;
	case FIELD_KNOWN:
	case FIELD_UNKNOWN:
		return true;
	}
	return true;
}

/* The value behind a name: parameters, whose strings may have blanks in them,
 * and one blank stand between the two. */
static bool
cpim_value(struct span line, size_t colon, struct span *value)
{
	size_t at = colon + 1;

	while (at < line.n && line.p[at] != ' ') {
		at = line.p[at] == '"' ? cpim_skip_string(line, at) : at + 1;
		if (at == 0)
			return false;
	}
	if (at == line.n || (at > colon + 1 && line.p[colon + 1] != ';'))
		return false;
	*value = span_trim(span_cut(line, at + 1, line.n));
	return true;
}

static bool
cpim_take_line(struct parsing *p, struct span line)
{
	enum {
		ONCE = 1 << FIELD_FROM | 1 << FIELD_DATE |
		    1 << FIELD_MESSAGE_ID | 1 << FIELD_DISPOSITION
	};
	size_t colon = span_find(line, ':', 0);
	struct span name = span_cut(line, 0, colon), value;
	enum field field;

	for (size_t i = 0; i < line.n; i++)
		if (line.p[i] < ' ' || line.p[i] == 0x7f)
			return cpim_malformed(
			    p, "a header line has a control character");
	if (colon == line.n || !cpim_is_full_name(name) ||
	    !cpim_value(line, colon, &value) || !text_is_utf8(value))
		return cpim_malformed(p, "a header line is malformed");
	field = cpim_field(p, name);
	if ((ONCE & p->seen & 1U << field) != 0)
		return cpim_malformed(p, "a header field is there twice");
	p->seen |= 1U << field;
	return cpim_take_field(p, field, value);
}

enum cpim_result
cpim_parse(struct span all, struct cpim *out, const char **why)
{
	struct parsing p = {.out = out, .result = CPIM_OK, .why = ""};
	size_t lines = 0;
	bool ended = false;

	*out = (struct cpim){.to_count = 0};
	while (all.n > 0 && !ended) {
		struct span line = span_line(&all);

		ended = line.n == 0;
		if (!ended && ++lines > CPIM_LINES_MAX)
			(void)cpim_malformed(&p, "it has too many fields");
		else if (!ended)
			(void)cpim_take_line(&p, line);
		if (p.result != CPIM_OK)
			break;
	}
	if (p.result == CPIM_OK && !ended)
		(void)cpim_malformed(&p, "its header has no end");
	else if (p.result == CPIM_OK && out->from.n == 0)
		(void)cpim_malformed(&p, "it has no From");
	out->content = all;
	*why = p.why;
	return p.result;
}

int
cpim_person(struct span uri, struct aor *out, struct err *e)
{
	struct buf sip = {0};
	size_t scheme = span_starts_nocase(uri, "im:") ? 3
	    : span_starts_nocase(uri, "pres:")         ? 5
						       : 0;
	int rc;

	if (scheme == 0)
		return aor_parse_uri(uri, out, e);
	buf_adds(&sip, "sip:");
	buf_addspan(&sip, span_cut(uri, scheme, uri.n));
	rc = aor_parse_uri(span_buf(&sip), out, e);
	buf_free(&sip);
	return rc;
}

void
cpim_write_header(struct buf *out, const char *from, const char *to,
    time_t date, const char *message_id, unsigned wants)
{
	static const char *const names[] = {
	    "positive-delivery", "negative-delivery", "display"};
	const char *before = "imdn.Disposition-Notification: ";

	buf_addf(out, "From: <sip:%s>\r\nTo: <sip:%s>\r\nDateTime: ", from, to);
	time_rfc3339(out, date);
	buf_addf(out, "\r\nNS: imdn <%s>\r\nimdn.Message-ID: %s\r\n", imdn_uri,
	    message_id);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if ((wants & 1U << i) != 0) {
			buf_addf(out, "%s%s", before, names[i]);
			before = ", ";
		}
	buf_adds(out, wants != 0 ? "\r\n\r\n" : "\r\n");
}
