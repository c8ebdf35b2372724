#include "src/show/pretty_message.h"

#include <stdlib.h>
#include <string.h>

#include "keys/asn1/asn1_print.h"
#include "keys/smime/cms_look.h"
#include "keys/smime/mime.h"
#include "src/base/dump.h"
#include "src/base/paint.h"
#include "src/base/text.h"
#include "src/sip/sip.h"
#include "src/sip/sip_kinds.h"

enum { PRETTY_DUMP = 65536 }; /* bytes of one part in a hex dump */

struct pretty {
	struct buf *out;
	struct pretty_how how;
	pretty_blob_fn *fn; /* gets the CMS content; NULL: print */
	void *arg;
	unsigned blobs, layers;
	size_t parts;
};

/* A MIME part: the values of two of its fields, and its body. */
struct part {
	struct span type, encoding, body;
};

static void pretty_part(struct pretty *u, const struct part *part);

/* --- bytes ---------------------------------------------------------------- */

/* Marks the line that is appended next, where marks are wanted. */
static void
pretty_mark(struct pretty *u, enum paint kind)
{
	if (u->how.marks)
		paint_mark(u->out, kind);
}

/* Appends our own lines of one kind, and frees them. */
static void
pretty_put_own(struct pretty *u, struct buf *lines, enum paint kind)
{
	if (u->how.marks)
		paint_mark_lines(u->out, span_buf(lines), kind);
	else
		buf_addspan(u->out, span_buf(lines));
	buf_free(lines);
}

/* Appends text; adds a line end if it lacks one. */
static void
pretty_put_text(struct buf *out, struct span s)
{
	text_escape(out, s, true);
	if (s.n > 0 && out->p[out->n - 1] != '\n')
		buf_adds(out, "\n");
}

/* Returns whether s is UTF-8 without control characters, line ends and tabs
 * aside. */
static bool
pretty_is_text(struct span s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] == 0x7f ||
		    (s.p[i] < 0x20 &&
			(s.p[i] == 0 || strchr("\t\r\n", s.p[i]) == NULL)))
			return false;
	return text_is_utf8(s);
}

/* Appends bytes of another type: as text if they are text, else as a hex
 * dump. */
static void
pretty_put_bytes(struct pretty *u, struct span s)
{
	struct buf dump = {0};

	if (pretty_is_text(s)) {
		pretty_put_text(u->out, s);
		return;
	}
	dump_bytes(&dump, "", span_cut(s, 0, PRETTY_DUMP));
	if (s.n > PRETTY_DUMP)
		buf_addf(&dump, "and %zu more bytes\n", s.n - PRETTY_DUMP);
	pretty_put_own(u, &dump, PAINT_DUMP);
}

static void
pretty_put_odd(struct pretty *u, const char *reason, struct span s)
{
	pretty_mark(u, PAINT_NOTE);
	buf_addf(u->out, "(%s)\n", reason);
	pretty_put_bytes(u, s);
}

/* --- parts ---------------------------------------------------------------- */

/* Decodes the body of a part that is no multipart. If that fails it prints the
 * body as it is and returns false. */
static bool
pretty_decode(struct pretty *u, const struct part *part, struct buf *store,
    struct span *out)
{
	switch (mime_decode(part->encoding, part->body, store, out)) {
	case MIME_CODING_OK:
		return true;
	case MIME_CODING_BROKEN:
		pretty_put_odd(
		    u, "its transfer encoding is broken", part->body);
		return false;
	case MIME_CODING_UNKNOWN:
		pretty_put_odd(
		    u, "its transfer encoding is unknown", part->body);
		return false;
	}
	return false;
}

static void
pretty_put_blob(struct pretty *u, struct span der)
{
	struct buf lines = {0};
	struct err e;

	if (u->fn != NULL) {
		u->fn(u->arg, der);
		return;
	}
	u->blobs++;
	pretty_mark(u, PAINT_NOTE);
	buf_addf(u->out, "* binary blob %u, ", u->blobs);
	if ((u->how.hide & ASN1_HIDE_OFFSETS) != 0)
		buf_adds(u->out, "<random> bytes *\n\n");
	else
		buf_addf(u->out, "%zu bytes *\n\n", der.n);
	if (u->how.depth == PRETTY_PARTS)
		return;
	/* The printed lines show where malformed ASN.1 ends. */
	if (asn1_print(&lines, der, u->how.hide, &e) == -1 && der.n == 0)
		buf_addf(&lines, "(%s)\n", e.text);
	pretty_put_own(u, &lines, PAINT_ASN1);
	buf_adds(u->out, "\n");
}

/* Appends the fields of a part, up to the empty line. */
static void
pretty_put_fields(struct pretty *u, struct span fields)
{
	struct buf lines = {0};

	pretty_put_text(u->how.marks ? &lines : u->out, fields);
	sip_mark_head(u->out, span_buf(&lines), false);
	buf_free(&lines);
}

/* Appends one part of a multipart, with its fields. */
static void
pretty_entity(struct pretty *u, struct span bytes)
{
	struct mime_entity entity;
	struct part part;

	if (mime_entity_parse(bytes, &entity) == -1) {
		pretty_put_odd(u, "this is not a MIME part", bytes);
		return;
	}
	pretty_put_fields(u, span_cut(bytes, 0, bytes.n - entity.body.n));
	part = (struct part){
	    entity.content_type, entity.transfer_encoding, entity.body};
	pretty_part(u, &part);
}

/* Returns what precedes the first delimiter, in a body whose first part begins
 * at from. */
static struct span
pretty_preamble(struct span body, size_t from)
{
	if (from > 0)
		from--;
	while (from > 0 && body.p[from - 1] != '\n')
		from--;
	return span_cut(body, 0, from);
}

/* Returns what follows the closing delimiter, in a body whose last part ends at
 * to. */
static struct span
pretty_epilogue(struct span body, size_t to)
{
	size_t dashes = to;

	while (dashes < body.n && body.p[dashes] != '-')
		dashes++;
	return span_cut(body, span_find(body, '\n', dashes) + 1, body.n);
}

/* Appends the parts of a multipart. If it cannot be split it appends nothing
 * and returns false, with the reason in *why. */
static bool
pretty_multipart(struct pretty *u, const struct part *part,
    const struct mime_type *type, const char **why)
{
	const char *boundary = mime_param(type, "boundary");
	struct span parts[MIME_PARTS_MAX], body = part->body, around;
	size_t count = 0;

	*why = "this multipart is malformed";
	if (type->bad || boundary == NULL || !mime_boundary_ok(boundary) ||
	    !mime_coding_is_identity(span_trim(part->encoding)) ||
	    mime_split(body, boundary, parts, MIME_PARTS_MAX, &count) !=
		MIME_SPLIT_OK ||
	    count == 0)
		return false;
	*why = "there are too many parts";
	if (u->parts + count > MIME_PARTS_MAX)
		return false;
	u->parts += count;
	around = pretty_preamble(body, (size_t)(parts[0].p - body.p));
	if (around.n > 0)
		pretty_put_odd(u, "text before the first part", around);
	for (size_t i = 0; i < count; i++) {
		pretty_mark(u, PAINT_BOUNDARY);
		buf_addf(u->out, "--%s\n", boundary);
		pretty_entity(u, parts[i]);
	}
	pretty_mark(u, PAINT_BOUNDARY);
	buf_addf(u->out, "--%s--\n", boundary);
	around = pretty_epilogue(
	    body, (size_t)(parts[count - 1].p - body.p) + parts[count - 1].n);
	if (around.n > 0)
		pretty_put_odd(u, "text after the last part", around);
	return true;
}

static void
pretty_typed(
    struct pretty *u, const struct part *part, const struct mime_type *type)
{
	struct buf store = {0};
	struct span bytes;
	const char *why;

	if (strncmp(type->name, "multipart/", 10) == 0) {
		if (!pretty_multipart(u, part, type, &why))
			pretty_put_odd(u, why, part->body);
	} else if (pretty_decode(u, part, &store, &bytes)) {
		if (cms_type(type->name))
			pretty_put_blob(u, bytes);
		else if (strncmp(type->name, "text/", 5) == 0)
			pretty_put_text(u->out, bytes);
		else
			pretty_put_bytes(u, bytes);
	}
	buf_wipe(&store);
}

static void
pretty_part(struct pretty *u, const struct part *part)
{
	struct mime_type type;

	if (++u->layers > MIME_LAYERS_MAX)
		pretty_put_odd(u, "there are too many layers", part->body);
	else if (mime_type_parse(part->type, &type) == -1)
		pretty_put_bytes(u, part->body);
	else {
		pretty_typed(u, part, &type);
		mime_type_free(&type);
	}
	u->layers--;
}

/* --- heads ---------------------------------------------------------------- */

/* Returns where to break a line that is too long: after a ';' or a ',', so that
 * no line ends with a blank, but not in the first quarter. */
static size_t
pretty_break_at(struct span line, size_t width)
{
	for (size_t at = width; at > width / 4; at--)
		if (line.p[at - 1] == ';' || line.p[at - 1] == ',')
			return at;
	return width;
}

static void
pretty_put_one_line(struct buf *out, struct span line, size_t width)
{
	buf_adds(out, "<allOneLine>\n");
	while (line.n > 0) {
		size_t n = line.n > width ? pretty_break_at(line, width)
					  : line.n;

		buf_addspan(out, span_cut(line, 0, n));
		buf_adds(out, "\n");
		line = span_cut(line, n, line.n);
	}
	buf_adds(out, "</allOneLine>\n");
}

static void
pretty_put_head(struct pretty *u, struct span head, bool has_body)
{
	bool hidden = has_body && (u->how.hide & ASN1_HIDE_OFFSETS) != 0;
	struct buf text = {0}, lines = {0};
	size_t end;

	pretty_put_text(&text, head);
	sip_mark_head(&lines, span_buf(&text), true);
	for (size_t at = 0; at < lines.n; at = end + 1) {
		enum paint kind;
		struct span line;

		end = span_find(span_buf(&lines), '\n', at);
		line = span_cut(span_buf(&lines), at, end);
		kind = paint_take(&line);
		if (u->how.width > 0 && line.n > u->how.width) {
			pretty_put_one_line(u->out, line, u->how.width);
			continue;
		}
		pretty_mark(u, kind);
		if (hidden && span_starts_nocase(line, "Content-Length:"))
			line = span_str("Content-Length: <random>");
		buf_addspan(u->out, line);
		buf_adds(u->out, "\n");
	}
	buf_free(&lines);
	buf_free(&text);
}

static void
pretty_print(struct pretty *u, struct span head, struct span body)
{
	struct sip_msg *m = sip_parse(head, body, false);
	struct part part = {.type = sip_header(m, "Content-Type", 0),
	    .encoding = sip_header(m, "Content-Transfer-Encoding", 0),
	    .body = body};

	pretty_put_head(u, head, body.n > 0);
	if (body.n > 0 && u->how.depth != PRETTY_HEAD) {
		if (u->out->n > 1 && u->out->p[u->out->n - 2] != '\n')
			buf_adds(u->out, "\n");
		pretty_part(u, &part);
	}
	sip_free(m);
}

void
pretty_message(struct buf *out, struct span head, struct span body)
{
	static const struct pretty_how plain = {.width = 0};

	pretty_message_as(out, head, body, &plain);
}

void
pretty_message_as(struct buf *out, struct span head, struct span body,
    const struct pretty_how *how)
{
	struct pretty u = {.out = out, .how = *how};

	u.blobs = how->blobs > 0 ? how->blobs - 1 : 0;
	pretty_print(&u, head, body);
}

void
pretty_blobs(struct span head, struct span body, pretty_blob_fn *fn, void *arg)
{
	struct buf scratch = {0};
	struct pretty u = {.out = &scratch, .fn = fn, .arg = arg};

	pretty_print(&u, head, body);
	buf_free(&scratch);
}
