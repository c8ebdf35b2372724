#include <stdlib.h>
#include <string.h>

#include <openssl/evp.h>

#include "keys/smime/mime.h"

/* RFC 2045's token: printable ASCII without space and tspecials. */
static bool
mime_is_token(unsigned char c)
{
	return c > ' ' && c < 0x7f && strchr("()<>@,;:\\\"/[]?=", c) == NULL;
}

/* Returns the length of a fold at at, a line end before a blank, or 0. */
static size_t
mime_fold(struct span s, size_t at)
{
	size_t next = at;

	if (next < s.n && s.p[next] == '\r')
		next++;
	if (next + 1 < s.n && s.p[next] == '\n' &&
	    (s.p[next + 1] == ' ' || s.p[next + 1] == '\t'))
		return next + 1 - at;
	return 0;
}

/* Skips the comment at at (RFC 822, 3.4.3), which may hold others. Returns at
 * itself when it does not end. */
static size_t
mime_skip_comment(struct span s, size_t at)
{
	size_t i, depth = 0;

	for (i = at; i < s.n; i++) {
		if (s.p[i] == '\\')
			i++;
		else if (s.p[i] == '(')
			depth++;
		else if (s.p[i] == ')' && --depth == 0)
			return i + 1;
	}
	return at;
}

/* A header value while it is read. */
struct reader {
	struct span s;
	size_t at;
	bool comments; /* they are allowed */
};

/* Skips the space between tokens: SP, HTAB, folds, and comments. */
static void
mime_skip_space(struct reader *r)
{
	size_t before;

	do {
		before = r->at;
		if (r->at < r->s.n &&
		    (r->s.p[r->at] == ' ' || r->s.p[r->at] == '\t'))
			r->at++;
		else if (r->comments && r->at < r->s.n && r->s.p[r->at] == '(')
			r->at = mime_skip_comment(r->s, r->at);
		else
			r->at += mime_fold(r->s, r->at);
	} while (r->at > before);
}

/* Returns whether c is next. */
static bool
mime_next_is(const struct reader *r, char c)
{
	return r->at < r->s.n && r->s.p[r->at] == (unsigned char)c;
}

/* Reads a token, in lower case if so asked, for the caller to free; NULL when
 * there is none. */
static char *
mime_token(struct reader *r, bool lower)
{
	size_t from = r->at, i;
	char *out;

	while (r->at < r->s.n && mime_is_token(r->s.p[r->at]))
		r->at++;
	if (r->at == from)
		return NULL;
	out = xstrndup(span_cut(r->s, from, r->at));
	for (i = 0; lower && out[i] != '\0'; i++)
		if (out[i] >= 'A' && out[i] <= 'Z')
			out[i] = (char)(out[i] + 32);
	return out;
}

/* Reads a quoted-string without quotes, backslashes and the line ends of
 * folds. */
static char *
mime_quoted(struct reader *r)
{
	const struct span s = r->s;
	struct buf out = {0};
	size_t i;

	buf_reserve(&out, 16);
	for (i = r->at + 1; i < s.n; i++) {
		if (s.p[i] == '"') {
			r->at = i + 1;
			return (char *)out.p;
		}
		if (s.p[i] == '\\' && ++i == s.n)
			break;
		i += mime_fold(s, i);
		if ((s.p[i] < ' ' && s.p[i] != '\t') || s.p[i] == 0x7f)
			break;
		buf_add(&out, &s.p[i], 1);
	}
	buf_free(&out);
	return NULL;
}

/* Reads one ";name=value". False when it is malformed. */
static bool
mime_type_param(struct reader *r, struct mime_type *t)
{
	struct mime_param *p = &t->params[t->count];

	t->many = t->count == MIME_PARAMS_MAX;
	if (t->many || !mime_next_is(r, ';'))
		return false;
	r->at++;
	mime_skip_space(r);
	p->name = mime_token(r, true);
	if (p->name == NULL)
		return false;
	t->count++;
	mime_skip_space(r);
	if (!mime_next_is(r, '='))
		return false;
	r->at++;
	mime_skip_space(r);
	p->value = mime_next_is(r, '"') ? mime_quoted(r) : mime_token(r, false);
	if (p->value == NULL || strchr(p->name, '*') != NULL)
		return false;
	mime_skip_space(r);
	return true;
}

static bool
mime_type_twice(const struct mime_type *t)
{
	size_t i, j;

	for (i = 0; i < t->count; i++)
		for (j = 0; j < i; j++)
			if (strcmp(t->params[i].name, t->params[j].name) == 0)
				return true;
	return false;
}

/* Reads the parameters up to the end. */
static void
mime_type_params(struct reader *r, struct mime_type *t)
{
	mime_skip_space(r);
	while (r->at < r->s.n && !t->bad)
		t->bad = !mime_type_param(r, t);
	t->bad = t->bad || mime_type_twice(t);
}

static int
mime_type_read(struct reader *r, struct mime_type *out)
{
	struct buf name = {0};
	char *type, *subtype = NULL;

	*out = (struct mime_type){0};
	mime_skip_space(r);
	type = mime_token(r, true);
	mime_skip_space(r);
	if (type != NULL && mime_next_is(r, '/')) {
		r->at++;
		mime_skip_space(r);
		subtype = mime_token(r, true);
	}
	if (subtype == NULL) {
		free(type);
		return -1;
	}
	buf_adds(&name, type);
	buf_add(&name, "/", 1);
	buf_adds(&name, subtype);
	free(type);
	free(subtype);
	out->name = (char *)name.p;
	mime_type_params(r, out);
	return 0;
}

int
mime_type_parse(struct span value, struct mime_type *out)
{
	return mime_type_read(&(struct reader){.s = value}, out);
}

int
mime_type_parse_part(struct span value, struct mime_type *out)
{
	return mime_type_read(
	    &(struct reader){.s = value, .comments = true}, out);
}

int
mime_disposition_parse(struct span value, bool comments, struct mime_type *out)
{
	struct reader r = {.s = value, .comments = comments};

	*out = (struct mime_type){0};
	mime_skip_space(&r);
	out->name = mime_token(&r, true);
	if (out->name == NULL)
		return -1;
	mime_type_params(&r, out);
	return 0;
}

void
mime_type_free(struct mime_type *t)
{
	size_t i;

	for (i = 0; i < t->count; i++) {
		free(t->params[i].name);
		free(t->params[i].value);
	}
	free(t->name);
	*t = (struct mime_type){0};
}

const char *
mime_param(const struct mime_type *t, const char *name)
{
	size_t i;

	for (i = 0; i < t->count; i++)
		if (strcmp(t->params[i].name, name) == 0)
			return t->params[i].value;
	return NULL;
}

/* Takes the header line at *at without its line end. False when it has no line
 * end, or a byte that is not allowed in one. */
static bool
mime_line(struct span s, size_t *at, struct span *line)
{
	size_t end = span_find(s, '\n', *at), i;

	if (end == s.n)
		return false;
	*line = span_cut(s, *at, end);
	*at = end + 1;
	if (line->n > 0 && line->p[line->n - 1] == '\r')
		line->n--;
	for (i = 0; i < line->n; i++)
		if ((line->p[i] < ' ' && line->p[i] != '\t') ||
		    line->p[i] == 0x7f)
			return false;
	return true;
}

/* Returns where the value of this field goes; NULL when it is not used. */
static struct span *
mime_field(struct mime_entity *e, struct span name)
{
	if (span_is_nocase(name, "Content-Type"))
		return &e->content_type;
	if (span_is_nocase(name, "Content-Transfer-Encoding"))
		return &e->transfer_encoding;
	if (span_is_nocase(name, "Content-Encoding"))
		return &e->content_encoding;
	if (span_is_nocase(name, "Content-Disposition"))
		return &e->content_disposition;
	return NULL;
}

/* Takes folds and comments off a value of one word; one that has more stays. */
static struct span
mime_word(struct span value)
{
	struct reader r = {.s = span_trim(value), .comments = true};
	size_t from, to;

	mime_skip_space(&r);
	from = r.at;
	while (r.at < r.s.n && mime_is_token(r.s.p[r.at]))
		r.at++;
	to = r.at;
	mime_skip_space(&r);
	return r.at == r.s.n ? span_cut(r.s, from, to) : r.s;
}

/* Splits "Name: value". False when the line is malformed. */
static bool
mime_header_line(struct span line, struct span *name, struct span *value)
{
	size_t colon = span_find(line, ':', 0), i;

	*name = span_trim(span_cut(line, 0, colon));
	*value = span_cut(line, colon + 1, line.n);
	if (colon == line.n || name->n == 0 || name->p != line.p)
		return false;
	for (i = 0; i < name->n; i++)
		if (name->p[i] <= ' ' || name->p[i] >= 0x7f)
			return false;
	return true;
}

int
mime_entity_parse(struct span all, struct mime_entity *out)
{
	struct span line, name, value, *field = NULL;
	struct mime_entity e = {0};
	bool any = false, twice = false;
	size_t at = 0;

	if (all.n == 0)
		return -1;
	while (at < all.n) {
		if (!mime_line(all, &at, &line))
			return -1;
		if (line.n == 0)
			break;
		if (line.p[0] == ' ' || line.p[0] == '\t') {
			if (!any)
				return -1;
			if (field != NULL)
				field->n = (size_t)(line.p + line.n - field->p);
			continue;
		}
		if (!mime_header_line(line, &name, &value))
			return -1;
		any = true;
		field = mime_field(&e, name);
		if (field != NULL && field->p != NULL) {
			if (field != &e.content_disposition)
				return -1;
			twice = true;
		}
		if (field != NULL)
			*field = value;
	}
	e.content_type = span_trim(e.content_type);
	e.transfer_encoding = mime_word(e.transfer_encoding);
	e.content_encoding = mime_word(e.content_encoding);
	if (twice)
		e.content_disposition = (struct span){NULL, 0};
	e.body = span_cut(all, at, all.n);
	*out = e;
	return 0;
}

bool
mime_boundary_ok(const char *boundary)
{
	size_t i, n = strlen(boundary);

	if (n == 0 || n > MIME_BOUNDARY_MAX || boundary[n - 1] == ' ')
		return false;
	for (i = 0; i < n; i++) {
		char c = boundary[i];

		if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
			(c >= 'A' && c <= 'Z') ||
			strchr("'()+_,-./:=? ", c) != NULL))
			return false;
	}
	return true;
}

/* Returns whether "--boundary" stands at at. */
static bool
mime_delimiter_at(struct span s, size_t at, struct span boundary)
{
	return s.n - at >= boundary.n + 2 && s.p[at] == '-' &&
	    s.p[at + 1] == '-' &&
	    memcmp(s.p + at + 2, boundary.p, boundary.n) == 0;
}

/* Reads the rest of a delimiter line behind "--boundary": whether it is the
 * closing one. Moves *at behind the line. False for any other text on the line:
 * clients differ about such lines, so nothing may depend on them. */
static bool
mime_delimiter_end(struct span s, size_t *at, bool *closes)
{
	*closes = s.n - *at >= 2 && s.p[*at] == '-' && s.p[*at + 1] == '-';
	if (*closes)
		*at += 2;
	while (*at < s.n && (s.p[*at] == ' ' || s.p[*at] == '\t'))
		*at += 1;
	if (*closes && *at == s.n)
		return true;
	if (s.n - *at < 2 || s.p[*at] != '\r' || s.p[*at + 1] != '\n')
		return false;
	*at += 2;
	return true;
}

/* Returns the start of the next line at or after at that follows a CRLF, or
 * s.n. */
static size_t
mime_next_line(struct span s, size_t at)
{
	for (;;) {
		at = span_find(s, '\n', at);
		if (at == s.n)
			return s.n;
		at++;
		if (at >= 2 && s.p[at - 2] == '\r')
			return at;
	}
}

enum mime_split
mime_split(struct span body, const char *boundary, struct span *parts,
    size_t max, size_t *count)
{
	struct span b = span_str(boundary);
	size_t at = 0, begin = 0;
	bool open = false, closes;

	*count = 0;
	while (at < body.n) {
		size_t here = at;

		if (!mime_delimiter_at(body, at, b)) {
			at = mime_next_line(body, at);
			continue;
		}
		at += 2 + b.n;
		if (!mime_delimiter_end(body, &at, &closes))
			return MIME_SPLIT_BROKEN;
		if (open) {
			/* The CRLF before a delimiter belongs to it. */
			if (here < begin + 2)
				return MIME_SPLIT_BROKEN;
			if (*count == max)
				return MIME_SPLIT_MANY;
			parts[(*count)++] = span_cut(body, begin, here - 2);
		}
		if (closes)
			return open ? MIME_SPLIT_OK : MIME_SPLIT_BROKEN;
		open = true;
		begin = at;
	}
	return MIME_SPLIT_BROKEN;
}

static int
mime_base64_value(unsigned char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	if (c == '+')
		return 62;
	return c == '/' ? 63 : -1;
}

/* Decodes base64 (RFC 4648, section 4), which may have white space in between.
 * Refuses text after the padding and nonzero bits in it. */
static bool
mime_base64(struct span s, struct buf *out)
{
	unsigned long bits = 0;
	size_t i, have = 0, pad = 0;

	buf_reserve(out, s.n / 4 * 3 + 3);
	for (i = 0; i < s.n; i++) {
		int v = mime_base64_value(s.p[i]);
		unsigned char three[3];

		if (strchr(" \t\r\n", s.p[i]) != NULL && s.p[i] != '\0')
			continue;
		if (s.p[i] == '=')
			pad++;
		else if (v < 0 || pad > 0)
			return false;
		bits = bits << 6 | (unsigned)(v < 0 ? 0 : v);
		if (++have % 4 != 0)
			continue;
		three[0] = (unsigned char)(bits >> 16 & 0xff);
		three[1] = (unsigned char)(bits >> 8 & 0xff);
		three[2] = (unsigned char)(bits & 0xff);
		if (pad > 2 || (pad == 2 && three[1] != 0) ||
		    (pad >= 1 && three[2] != 0))
			return false;
		buf_add(out, three, 3 - pad);
		bits = 0;
	}
	return have % 4 == 0 && (pad == 0 || have > 0);
}

static int
mime_qp_hex(unsigned char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Decodes quoted-printable (RFC 2045, 6.7). */
static bool
mime_quoted_printable(struct span s, struct buf *out)
{
	size_t i, end;

	buf_reserve(out, s.n);
	for (i = 0; i < s.n; i++) {
		unsigned char c;

		if (s.p[i] != '=') {
			buf_add(out, &s.p[i], 1);
			continue;
		}
		if (s.n - i >= 3 && mime_qp_hex(s.p[i + 1]) >= 0 &&
		    mime_qp_hex(s.p[i + 2]) >= 0) {
			c = (unsigned char)(mime_qp_hex(s.p[i + 1]) * 16 +
			    mime_qp_hex(s.p[i + 2]));
			buf_add(out, &c, 1);
			i += 2;
			continue;
		}
		for (end = i + 1; end < s.n; end++)
			if (s.p[end] != ' ' && s.p[end] != '\t')
				break;
		if (s.n - end < 2 || s.p[end] != '\r' || s.p[end + 1] != '\n')
			return false;
		i = end + 1;
	}
	return true;
}

void
mime_encode_base64(struct buf *out, struct span s)
{
	enum { LINE = 48 }; /* bytes in 64 characters */
	unsigned char line[65];

	for (size_t at = 0; at < s.n; at += LINE) {
		struct span part = span_cut(s, at, at + LINE);

		buf_add(out, line,
		    (size_t)EVP_EncodeBlock(line, part.p, (int)part.n));
		buf_adds(out, "\n");
	}
}

bool
mime_coding_is_identity(struct span encoding)
{
	return encoding.n == 0 || span_is_nocase(encoding, "binary") ||
	    span_is_nocase(encoding, "8bit") ||
	    span_is_nocase(encoding, "7bit");
}

enum mime_coding
mime_decode(
    struct span encoding, struct span body, struct buf *store, struct span *out)
{
	bool ok;

	encoding = span_trim(encoding);
	*out = body;
	if (mime_coding_is_identity(encoding))
		return MIME_CODING_OK;
	if (span_is_nocase(encoding, "base64"))
		ok = mime_base64(body, store);
	else if (span_is_nocase(encoding, "quoted-printable"))
		ok = mime_quoted_printable(body, store);
	else
		return MIME_CODING_UNKNOWN;
	*out = span_buf(store);
	return ok ? MIME_CODING_OK : MIME_CODING_BROKEN;
}
