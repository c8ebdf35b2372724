#include "keys/asn1/asn1_print.h"

#include <stdlib.h>
#include <string.h>

#include "keys/asn1/asn1_names.h"

enum {
	PRINT_DEPTH_MAX = 64, /* values inside each other */
	PRINT_VALUES_MAX = 65536, /* a line each */
	PRINT_ROW = 16, /* bytes in a row of hex */
	PRINT_INLINE = 8, /* bytes of hex beside their value's name */
	PRINT_OID_MAX = 64, /* bytes of an OID that is decoded */
	PRINT_TEXT_MIN = 2, /* bytes under an implicit tag to be text */
	PRINT_PROSE_MIN = 33 /* bytes unlikely to be text by chance */
};

enum { /* universal tags */
	TAG_BOOLEAN = 1,
	TAG_INTEGER = 2,
	TAG_BIT_STRING = 3,
	TAG_OCTET_STRING = 4,
	TAG_NULL = 5,
	TAG_OID = 6,
	TAG_ENUMERATED = 10,
	TAG_UTF8 = 12,
	TAG_SEQUENCE = 16,
	TAG_SET = 17,
	TAG_UTC_TIME = 23,
	TAG_GENERALIZED_TIME = 24,
	TAG_BMP = 30
};

static const char *const tag_names[] = {"End-of-contents octets", "BOOLEAN",
    "INTEGER", "BIT STRING", "OCTET STRING", "NULL", "OBJECT IDENTIFIER",
    "ObjectDescriptor", "EXTERNAL", "REAL", "ENUMERATED", "EMBEDDED PDV",
    "UTF8String", "RELATIVE-OID", NULL, NULL, "SEQUENCE", "SET",
    "NumericString", "PrintableString", "TeletexString", "VideotexString",
    "IA5String", "UTCTime", "GeneralizedTime", "GraphicString", "VisibleString",
    "GeneralString", "UniversalString", NULL, "BMPString"};

struct printing {
	struct buf *out;
	struct span der;
	unsigned hide; /* of enum asn1_hide */
	struct err *e;
	bool broken; /* a fault was printed */
	size_t values;
};

/* A value's head, and where its contents lie. */
struct value {
	unsigned class; /* 0: universal .. 3: private */
	unsigned long tag;
	bool constructed, endless; /* of indefinite length */
	size_t at, body, end; /* end: by what it says; of an endless one, as
	                       * far as there is room */
};

/* --- reading -------------------------------------------------------------- */

/* Reads the head at at, of what ends at limit. NULL, or why it is none. The
 * value may say that it is longer than what there is. */
static const char *
read_head(struct span s, size_t at, size_t limit, struct value *v)
{
	size_t n, length = 0;
	unsigned char c;

	*v = (struct value){.at = at};
	c = s.p[at++];
	v->class = c >> 6;
	v->constructed = (c & 0x20) != 0;
	v->tag = c & 0x1fU;
	if (v->tag == 0x1f) {
		v->tag = 0;
		do {
			if (at == limit)
				return "the tag is cut off";
			c = s.p[at++];
			if (v->tag > 0xffffff)
				return "the tag is too large";
			v->tag = v->tag << 7 | (c & 0x7fU);
		} while ((c & 0x80) != 0);
	}
	if (at == limit)
		return "the length is cut off";
	c = s.p[at++];
	v->endless = c == 0x80;
	if ((c & 0x80) == 0) {
		length = c;
	} else if (!v->endless) {
		n = c & 0x7fU;
		if (n > limit - at)
			return "the length is cut off";
		for (; n > 0; n--) {
			if (length > SIZE_MAX >> 9)
				return "the length is too large";
			length = length << 8 | s.p[at++];
		}
	}
	if (v->endless && !v->constructed)
		return "a primitive value has no length";
	v->body = at;
	v->end = v->endless || length > SIZE_MAX / 2 - at ? limit : at + length;
	if (!v->endless && length > SIZE_MAX / 2 - at)
		return "the length is too large";
	return NULL;
}

static bool
is_end(struct span s, size_t at, size_t limit)
{
	return limit - at >= 2 && s.p[at] == 0 && s.p[at + 1] == 0;
}

/* Returns whether the bytes from at to limit are whole values with definite
 * lengths, also inside. */
static bool
is_sound(struct span s, size_t at, size_t limit, int depth)
{
	struct value v;

	while (at < limit) {
		if (depth == PRINT_DEPTH_MAX ||
		    read_head(s, at, limit, &v) != NULL || v.endless ||
		    v.end > limit ||
		    (v.class == 0 &&
			(v.tag == 0 || v.tag > TAG_BMP ||
			    tag_names[v.tag] == NULL)))
			return false;
		if (v.constructed && !is_sound(s, v.body, v.end, depth + 1))
			return false;
		at = v.end;
	}
	return true;
}

/* Returns whether an OCTET or BIT STRING, whose content is from at to limit,
 * wraps DER: a SEQUENCE or SET, or in an extension also a primitive value.
 * Elsewhere random bytes could look like one. */
static bool
is_capsule(struct span s, size_t at, size_t limit, bool extension)
{
	struct value v;

	if (at >= limit || read_head(s, at, limit, &v) != NULL || v.endless ||
	    v.end != limit || v.class != 0 || v.tag == 0 ||
	    (!v.constructed && !extension))
		return false;
	if (v.constructed && v.tag != TAG_SEQUENCE && v.tag != TAG_SET)
		return false;
	return is_sound(s, at, limit, 0);
}

/* --- writing ------------------------------------------------------------- */

static void
indent(struct buf *out, int level)
{
	buf_addf(out, "%*s", 2 * level, "");
}

static void
put_at(const struct printing *p, size_t at, int level)
{
	if ((p->hide & ASN1_HIDE_OFFSETS) != 0)
		buf_adds(p->out, "    :");
	else
		buf_addf(p->out, "%4zu:", at);
	indent(p->out, level);
}

/* Begins a line below a value. */
static void
put_below(const struct printing *p, int level)
{
	buf_adds(p->out, "    :");
	indent(p->out, level);
}

static void
put_broken(struct printing *p, size_t at, int level, const char *why)
{
	if (p->broken)
		return;
	p->broken = true;
	put_at(p, at, level);
	buf_addf(p->out, "broken here: %s\n", why);
	err_set(
	    p->e, EX_DATAERR, "the ASN.1 is broken at byte %zu: %s", at, why);
}

static void
put_hex_row(struct buf *out, struct span s)
{
	size_t i;

	for (i = 0; i < s.n; i++)
		buf_addf(out, "%s%02X", i > 0 ? " " : "", s.p[i]);
}

static void
put_rows(const struct printing *p, struct span s, int level)
{
	size_t at;

	for (at = 0; at < s.n; at += PRINT_ROW) {
		put_below(p, level);
		put_hex_row(p->out, span_cut(s, at, at + PRINT_ROW));
		buf_adds(p->out, "\n");
	}
}

/* Returns whether s is text of several lines, such as a signed entity. */
static bool
is_prose(struct span s)
{
	size_t i;

	for (i = 0; i < s.n; i++)
		if ((s.p[i] < 0x20 || s.p[i] >= 0x7f) && s.p[i] != '\r' &&
		    s.p[i] != '\n' && s.p[i] != '\t')
			return false;
	return s.n >= PRINT_PROSE_MIN;
}

/* Short values go on the same line, others in rows below. */
static void
put_hex(const struct printing *p, struct span s, int level)
{
	if (s.n > PRINT_INLINE && (p->hide & ASN1_HIDE_RANDOM) != 0 &&
	    !is_prose(s)) {
		buf_adds(p->out, " <random>\n");
		return;
	}
	if (s.n > PRINT_INLINE) {
		buf_adds(p->out, "\n");
		put_rows(p, s, level + 1);
		return;
	}
	buf_adds(p->out, s.n > 0 ? " " : "");
	put_hex_row(p->out, s);
	buf_adds(p->out, "\n");
}

static void
put_text(struct buf *out, struct span s)
{
	size_t i;

	buf_adds(out, " '");
	for (i = 0; i < s.n; i++)
		if (s.p[i] >= 0x20 && s.p[i] < 0x7f)
			buf_add(out, &s.p[i], 1);
		else
			buf_addf(out, "\\x%02X", s.p[i]);
	buf_adds(out, "'\n");
}

static void
put_bmp(struct buf *out, struct span s)
{
	size_t i;

	buf_adds(out, " '");
	for (i = 0; i + 1 < s.n; i += 2)
		if (s.p[i] == 0 && s.p[i + 1] >= 0x20 && s.p[i + 1] < 0x7f)
			buf_add(out, &s.p[i + 1], 1);
		else
			buf_addf(out, "\\u%02X%02X", s.p[i], s.p[i + 1]);
	buf_adds(out, s.n % 2 != 0 ? "' (and half a character)\n" : "'\n");
}

static void
put_integer(const struct printing *p, struct span s, int level)
{
	int64_t n = 0;
	size_t i;

	if (s.n == 0 || s.n > 4) {
		put_hex(p, s, level);
		return;
	}
	for (i = 0; i < s.n; i++)
		n = n * 256 + s.p[i];
	if ((s.p[0] & 0x80) != 0)
		n -= (int64_t)1 << (8 * s.n);
	buf_addf(p->out, " %lld\n", (long long)n);
}

/* Appends "1 2 840 113549"; false when the OID is malformed or too long. */
static bool
read_oid(struct span s, struct buf *out)
{
	uint64_t n = 0;
	size_t i;

	if (s.n == 0 || s.n > PRINT_OID_MAX || (s.p[s.n - 1] & 0x80) != 0)
		return false;
	for (i = 0; i < s.n; i++) {
		if (n > UINT64_MAX >> 8)
			return false;
		n = n << 7 | (s.p[i] & 0x7fU);
		if ((s.p[i] & 0x80) != 0)
			continue;
		if (out->n > 0)
			buf_addf(out, " %llu", (unsigned long long)n);
		else if (n < 80)
			buf_addf(out, "%u %u", (unsigned)(n / 40),
			    (unsigned)(n % 40));
		else
			buf_addf(out, "2 %llu", (unsigned long long)n - 80);
		n = 0;
	}
	return true;
}

static void
put_oid(const struct printing *p, struct span s, int level)
{
	struct buf number = {0};
	char name[128];

	if (!read_oid(s, &number))
		put_hex(p, s, level);
	else if (asn1_name((const char *)number.p, name, sizeof(name)))
		buf_addf(p->out, " %s (%s)\n", name, (const char *)number.p);
	else
		buf_addf(p->out, " '%s'\n", (const char *)number.p);
	buf_free(&number);
}

/* Appends a UTCTime or GeneralizedTime in UTC as "19/11/2005 23:34:50 GMT", any
 * other as it is. */
static void
put_time(struct buf *out, struct span s, bool utc)
{
	const char *d = (const char *)s.p;
	size_t year = utc ? 2 : 4, i;

	for (i = 0; i + 1 < s.n && s.p[i] >= '0' && s.p[i] <= '9'; i++)
		continue;
	if (s.n != year + 11 || i + 1 != s.n || s.p[i] != 'Z') {
		put_text(out, s);
		return;
	}
	buf_addf(out, " %.2s/%.2s/%s%.*s", d + year + 2, d + year,
	    !utc              ? ""
		: d[0] >= '5' ? "19"
			      : "20",
	    (int)year, d);
	d += year + 4;
	buf_addf(out, " %.2s:%.2s:%.2s GMT\n", d, d + 2, d + 4);
}

/* Appends a BIT STRING, as bits where these are few. */
static void
put_bits(struct printing *p, struct span s, size_t at, int level)
{
	unsigned unused = s.n > 0 ? s.p[0] : 8;
	size_t i;

	if (unused > 7 || (s.n == 1 && unused > 0)) {
		buf_adds(p->out, "\n");
		put_broken(p, at, level + 1,
		    "a bit string has more unused bits than bits");
		return;
	}
	s = span_cut(s, 1, s.n);
	if (unused > 0)
		buf_addf(
		    p->out, " %u unused bit%s", unused, unused > 1 ? "s" : "");
	if (unused == 0 || s.n > 4) {
		put_hex(p, s, level);
		return;
	}
	buf_adds(p->out, "\n");
	put_below(p, level + 1);
	buf_adds(p->out, "'");
	for (i = 0; i < 8 * s.n - unused; i++)
		buf_adds(
		    p->out, (s.p[i / 8] >> (7 - i % 8) & 1) != 0 ? "1" : "0");
	buf_adds(p->out, "'B\n");
}

/* --- values -------------------------------------------------------------- */

static size_t put_values(
    struct printing *p, size_t at, size_t limit, int level, bool until_end);

static bool
is_text(struct span s)
{
	size_t i;

	for (i = 0; i < s.n; i++)
		if (s.p[i] < 0x20 || s.p[i] >= 0x7f)
			return false;
	return s.n >= PRINT_TEXT_MIN;
}

static void
put_encapsulated(struct printing *p, size_t at, size_t limit, int level)
{
	buf_adds(p->out, ", encapsulates {\n");
	put_values(p, at, limit, level + 1, false);
	put_below(p, level + 1);
	buf_adds(p->out, "}\n");
}

/* Appends a primitive value of the universal class. */
static void
put_universal(struct printing *p, const struct value *v, struct span s,
    int level, bool extension)
{
	size_t end = v->body + s.n;

	switch (v->tag) {
	case TAG_BOOLEAN:
		if (s.n == 1)
			buf_adds(p->out, s.p[0] != 0 ? " TRUE\n" : " FALSE\n");
		else
			put_hex(p, s, level);
		break;
	case TAG_INTEGER:
	case TAG_ENUMERATED:
		put_integer(p, s, level);
		break;
	case TAG_OID:
		put_oid(p, s, level);
		break;
	case TAG_BIT_STRING:
		if (s.n > 0 && s.p[0] == 0 &&
		    is_capsule(p->der, v->body + 1, end, false))
			put_encapsulated(p, v->body + 1, end, level);
		else
			put_bits(p, s, v->at, level);
		break;
	case TAG_OCTET_STRING:
		if (is_capsule(p->der, v->body, end, extension))
			put_encapsulated(p, v->body, end, level);
		else
			put_hex(p, s, level);
		break;
	case TAG_UTC_TIME:
	case TAG_GENERALIZED_TIME:
		put_time(p->out, s, v->tag == TAG_UTC_TIME);
		break;
	case TAG_BMP:
		put_bmp(p->out, s);
		break;
	default:
		if (v->tag == TAG_UTF8 || (v->tag >= 18 && v->tag <= 27))
			put_text(p->out, s);
		else
			put_hex(p, s, level);
	}
}

static void
put_name(struct buf *out, const struct value *v)
{
	static const char *const classes[] = {
	    "UNIVERSAL ", "APPLICATION ", "", "PRIVATE "};

	if (v->class == 0 && v->tag <= TAG_BMP && tag_names[v->tag] != NULL)
		buf_adds(out, tag_names[v->tag]);
	else
		buf_addf(out, "[%s%lu]", classes[v->class], v->tag);
}

/* Returns whether v is the OID of a certificate extension. */
static bool
names_extension(struct span s, const struct value *v)
{
	struct span body = span_cut(s, v->body, v->end);

	return v->class == 0 && v->tag == TAG_OID &&
	    ((body.n > 2 && memcmp(body.p, "\x55\x1d", 2) == 0) ||
		(body.n > 7 &&
		    memcmp(body.p, "\x2b\x06\x01\x05\x05\x07\x01", 7) == 0));
}

/* Appends one value, whose header was read; returns its end. */
static size_t
put_value(struct printing *p, const struct value *v, size_t limit, int level,
    bool extension)
{
	size_t end = v->end < limit ? v->end : limit, stop;
	struct span s = span_cut(p->der, v->body, end);

	put_at(p, v->at, level);
	put_name(p->out, v);
	if (!v->constructed && v->class == 0) {
		put_universal(p, v, s, level, extension);
	} else if (!v->constructed && is_text(s)) {
		put_text(p->out, s);
	} else if (!v->constructed) {
		put_hex(p, s, level);
	} else if (s.n == 0 || (v->endless && is_end(p->der, v->body, end))) {
		buf_adds(p->out, " {}\n");
		end = v->endless && s.n > 0 ? v->body + 2 : end;
		if (v->endless && s.n == 0)
			put_broken(p, end, level + 1, "it has no end");
	} else {
		buf_adds(p->out, " {\n");
		stop = put_values(p, v->body, end, level + 1, v->endless);
		put_below(p, level + 1);
		buf_adds(p->out, "}\n");
		end = v->endless ? stop : end;
	}
	if (v->end > limit && !p->broken)
		put_broken(
		    p, limit, level, "it ends before the last value does");
	return end;
}

/* Appends the values from at to limit, or to the end-of-contents bytes; returns
 * the end of the last one. */
static size_t
put_values(
    struct printing *p, size_t at, size_t limit, int level, bool until_end)
{
	bool extension = false;
	struct value v;
	const char *why;

	while (at < limit && !p->broken) {
		if (until_end && is_end(p->der, at, limit))
			return at + 2;
		why = level >= PRINT_DEPTH_MAX
		    ? "it is nested too deep to go on"
		    : ++p->values > PRINT_VALUES_MAX
		    ? "there are too many values to go on"
		    : read_head(p->der, at, limit, &v);
		if (why != NULL) {
			put_broken(p, at, level, why);
			put_rows(p,
			    span_cut(p->der, at,
				at + PRINT_ROW < limit ? at + PRINT_ROW
						       : limit),
			    level);
			return limit;
		}
		at = put_value(p, &v, limit, level, extension);
		extension = extension || names_extension(p->der, &v);
	}
	if (until_end && !p->broken)
		put_broken(p, limit, level, "a value has no end");
	return at;
}

int
asn1_print(struct buf *out, struct span der, unsigned hide, struct err *e)
{
	struct printing p = {.out = out, .der = der, .hide = hide, .e = e};
	struct value v;
	const char *why;
	size_t at = 0;

	if (der.n == 0)
		return err_set(e, EX_DATAERR, "there is no ASN.1: no byte");
	why = read_head(der, 0, der.n, &v);
	if (why != NULL)
		put_broken(&p, 0, 0, why);
	else
		at = put_value(&p, &v, der.n, 0, false);
	if (at < der.n && !p.broken)
		put_broken(&p, at, 0, "there are more bytes behind its end");
	return p.broken ? -1 : 0;
}
