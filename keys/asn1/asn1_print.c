#include "keys/asn1/asn1_print.h"

#include <stdlib.h>
#include <string.h>

#include "keys/asn1/asn1_names.h"
#include "src/base/der.h"

enum {
	PRINT_DEPTH_MAX = 64, /* values inside each other */
	PRINT_VALUES_MAX = 65536, /* a line each */
	PRINT_ROW = 16, /* bytes in a row of hex */
	PRINT_INLINE = 8, /* bytes of hex beside their value's name */
	PRINT_OID_MAX = 64, /* bytes of an OID that is decoded */
	PRINT_TEXT_MIN = 2, /* bytes under an implicit tag to be text */
	PRINT_PROSE_MIN = 33 /* bytes unlikely to be text by chance */
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

/* --- reading -------------------------------------------------------------- */

/* Returns whether the bytes from at to limit are whole values with definite
 * lengths, also inside. */
static bool
asn1_is_sound(struct span s, size_t at, size_t limit, int depth)
{
	struct der_head v;

	while (at < limit) {
		if (depth == PRINT_DEPTH_MAX ||
		    der_head(s, at, limit, &v) != NULL || v.indefinite ||
		    v.end > limit ||
		    (v.class == DER_UNIVERSAL &&
			(v.tag == 0 || v.tag > DER_BMP ||
			    tag_names[v.tag] == NULL)))
			return false;
		if (v.constructed &&
		    !asn1_is_sound(s, v.body, v.end, depth + 1))
			return false;
		at = v.end;
	}
	return true;
}

/* Returns whether an OCTET or BIT STRING, whose content is from at to limit,
 * wraps DER: a SEQUENCE or SET, or in an extension also a primitive value.
 * Elsewhere random bytes could look like one. */
static bool
asn1_is_capsule(struct span s, size_t at, size_t limit, bool extension)
{
	struct der_head v;

	if (at >= limit || der_head(s, at, limit, &v) != NULL || v.indefinite ||
	    v.end != limit || v.class != DER_UNIVERSAL || v.tag == 0 ||
	    (!v.constructed && !extension))
		return false;
	if (v.constructed && v.tag != DER_SEQUENCE && v.tag != DER_SET)
		return false;
	return asn1_is_sound(s, at, limit, 0);
}

/* --- writing -------------------------------------------------------------- */

static void
asn1_indent(struct buf *out, int level)
{
	buf_addf(out, "%*s", 2 * level, "");
}

static void
asn1_put_at(const struct printing *p, size_t at, int level)
{
	if ((p->hide & ASN1_HIDE_OFFSETS) != 0)
		buf_adds(p->out, "    :");
	else
		buf_addf(p->out, "%4zu:", at);
	asn1_indent(p->out, level);
}

/* Begins a line below a value. */
static void
asn1_put_below(const struct printing *p, int level)
{
	buf_adds(p->out, "    :");
	asn1_indent(p->out, level);
}

static void
asn1_put_broken(struct printing *p, size_t at, int level, const char *why)
{
	if (p->broken)
		return;
	p->broken = true;
	asn1_put_at(p, at, level);
	buf_addf(p->out, "broken here: %s\n", why);
	err_set(
	    p->e, EX_DATAERR, "the ASN.1 is broken at byte %zu: %s", at, why);
}

static void
asn1_put_hex_row(struct buf *out, struct span s)
{
	size_t i;

	for (i = 0; i < s.n; i++)
		buf_addf(out, "%s%02X", i > 0 ? " " : "", s.p[i]);
}

static void
asn1_put_rows(const struct printing *p, struct span s, int level)
{
	size_t at;

	for (at = 0; at < s.n; at += PRINT_ROW) {
		asn1_put_below(p, level);
		asn1_put_hex_row(p->out, span_cut(s, at, at + PRINT_ROW));
		buf_adds(p->out, "\n");
	}
}

/* Returns whether s is text of several lines, such as a signed entity. */
static bool
asn1_is_prose(struct span s)
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
asn1_put_hex(const struct printing *p, struct span s, int level)
{
	if (s.n > PRINT_INLINE && (p->hide & ASN1_HIDE_RANDOM) != 0 &&
	    !asn1_is_prose(s)) {
		buf_adds(p->out, " <random>\n");
		return;
	}
	if (s.n > PRINT_INLINE) {
		buf_adds(p->out, "\n");
		asn1_put_rows(p, s, level + 1);
		return;
	}
	buf_adds(p->out, s.n > 0 ? " " : "");
	asn1_put_hex_row(p->out, s);
	buf_adds(p->out, "\n");
}

static void
asn1_put_text(struct buf *out, struct span s)
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
asn1_put_bmp(struct buf *out, struct span s)
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
asn1_put_integer(const struct printing *p, struct span s, int level)
{
	int64_t n = 0;
	size_t i;

	if (s.n == 0 || s.n > 4) {
		asn1_put_hex(p, s, level);
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
asn1_read_oid(struct span s, struct buf *out)
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
asn1_put_oid(const struct printing *p, struct span s, int level)
{
	struct buf number = {0};
	char name[128];

	if (!asn1_read_oid(s, &number))
		asn1_put_hex(p, s, level);
	else if (asn1_name((const char *)number.p, name, sizeof(name)))
		buf_addf(p->out, " %s (%s)\n", name, (const char *)number.p);
	else
		buf_addf(p->out, " '%s'\n", (const char *)number.p);
	buf_free(&number);
}

/* Appends a UTCTime or GeneralizedTime in UTC as "19/11/2005 23:34:50 GMT", any
 * other as it is. */
static void
asn1_put_time(struct buf *out, struct span s, bool utc)
{
	const char *d = (const char *)s.p;
	size_t year = utc ? 2 : 4, i;

	for (i = 0; i + 1 < s.n && s.p[i] >= '0' && s.p[i] <= '9'; i++)
		continue;
	if (s.n != year + 11 || i + 1 != s.n || s.p[i] != 'Z') {
		asn1_put_text(out, s);
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
asn1_put_bits(struct printing *p, struct span s, size_t at, int level)
{
	unsigned unused = s.n > 0 ? s.p[0] : 8;
	size_t i;

	if (unused > 7 || (s.n == 1 && unused > 0)) {
		buf_adds(p->out, "\n");
		asn1_put_broken(p, at, level + 1,
		    "a bit string has more unused bits than bits");
		return;
	}
	s = span_cut(s, 1, s.n);
	if (unused > 0)
		buf_addf(
		    p->out, " %u unused bit%s", unused, unused > 1 ? "s" : "");
	if (unused == 0 || s.n > 4) {
		asn1_put_hex(p, s, level);
		return;
	}
	buf_adds(p->out, "\n");
	asn1_put_below(p, level + 1);
	buf_adds(p->out, "'");
	for (i = 0; i < 8 * s.n - unused; i++)
		buf_adds(
		    p->out, (s.p[i / 8] >> (7 - i % 8) & 1) != 0 ? "1" : "0");
	buf_adds(p->out, "'B\n");
}

/* --- values --------------------------------------------------------------- */

static size_t asn1_put_values(
    struct printing *p, size_t at, size_t limit, int level, bool until_end);

static bool
asn1_is_text(struct span s)
{
	size_t i;

	for (i = 0; i < s.n; i++)
		if (s.p[i] < 0x20 || s.p[i] >= 0x7f)
			return false;
	return s.n >= PRINT_TEXT_MIN;
}

static void
asn1_put_encapsulated(struct printing *p, size_t at, size_t limit, int level)
{
	buf_adds(p->out, ", encapsulates {\n");
	asn1_put_values(p, at, limit, level + 1, false);
	asn1_put_below(p, level + 1);
	buf_adds(p->out, "}\n");
}

/* Appends a primitive value of the universal class. */
static void
asn1_put_universal(struct printing *p, const struct der_head *v, struct span s,
    int level, bool extension)
{
	size_t end = v->body + s.n;

	switch (v->tag) {
	case DER_BOOLEAN:
		if (s.n == 1)
			buf_adds(p->out, s.p[0] != 0 ? " TRUE\n" : " FALSE\n");
		else
			asn1_put_hex(p, s, level);
		break;
	case DER_INTEGER:
	case DER_ENUMERATED:
		asn1_put_integer(p, s, level);
		break;
	case DER_OID:
		asn1_put_oid(p, s, level);
		break;
	case DER_BIT_STRING:
		if (s.n > 0 && s.p[0] == 0 &&
		    asn1_is_capsule(p->der, v->body + 1, end, false))
			asn1_put_encapsulated(p, v->body + 1, end, level);
		else
			asn1_put_bits(p, s, v->at, level);
		break;
	case DER_OCTET_STRING:
		if (asn1_is_capsule(p->der, v->body, end, extension))
			asn1_put_encapsulated(p, v->body, end, level);
		else
			asn1_put_hex(p, s, level);
		break;
	case DER_UTC_TIME:
	case DER_GENERALIZED_TIME:
		asn1_put_time(p->out, s, v->tag == DER_UTC_TIME);
		break;
	case DER_BMP:
		asn1_put_bmp(p->out, s);
		break;
	default:
		if (v->tag == DER_UTF8 || (v->tag >= 18 && v->tag <= 27))
			asn1_put_text(p->out, s);
		else
			asn1_put_hex(p, s, level);
	}
}

static void
asn1_put_name(struct buf *out, const struct der_head *v)
{
	static const char *const classes[] = {
	    "UNIVERSAL ", "APPLICATION ", "", "PRIVATE "};

	if (v->class == DER_UNIVERSAL && v->tag <= DER_BMP &&
	    tag_names[v->tag] != NULL)
		buf_adds(out, tag_names[v->tag]);
	else
		buf_addf(out, "[%s%lu]", classes[v->class], v->tag);
}

/* Returns whether v is the OID of a certificate extension. */
static bool
asn1_names_extension(struct span s, const struct der_head *v)
{
	struct span body = span_cut(s, v->body, v->end);

	return v->class == DER_UNIVERSAL && v->tag == DER_OID &&
	    ((body.n > 2 && memcmp(body.p, "\x55\x1d", 2) == 0) ||
		(body.n > 7 &&
		    memcmp(body.p, "\x2b\x06\x01\x05\x05\x07\x01", 7) == 0));
}

/* Appends one value, whose header was read; returns its end. */
static size_t
asn1_put_value(struct printing *p, const struct der_head *v, size_t limit,
    int level, bool extension)
{
	size_t end = v->end < limit ? v->end : limit, stop;
	struct span s = span_cut(p->der, v->body, end);

	asn1_put_at(p, v->at, level);
	asn1_put_name(p->out, v);
	if (!v->constructed && v->class == DER_UNIVERSAL) {
		asn1_put_universal(p, v, s, level, extension);
	} else if (!v->constructed && asn1_is_text(s)) {
		asn1_put_text(p->out, s);
	} else if (!v->constructed) {
		asn1_put_hex(p, s, level);
	} else if (s.n == 0 ||
	    (v->indefinite && der_is_end(p->der, v->body, end))) {
		buf_adds(p->out, " {}\n");
		end = v->indefinite && s.n > 0 ? v->body + 2 : end;
		if (v->indefinite && s.n == 0)
			asn1_put_broken(p, end, level + 1, "it has no end");
	} else {
		buf_adds(p->out, " {\n");
		stop = asn1_put_values(
		    p, v->body, end, level + 1, v->indefinite);
		asn1_put_below(p, level + 1);
		buf_adds(p->out, "}\n");
		end = v->indefinite ? stop : end;
	}
	if (v->end > limit && !p->broken)
		asn1_put_broken(
		    p, limit, level, "it ends before the last value does");
	return end;
}

/* Appends the values from at to limit, or to the end-of-contents bytes; returns
 * the end of the last one. */
static size_t
asn1_put_values(
    struct printing *p, size_t at, size_t limit, int level, bool until_end)
{
	bool extension = false;
	struct der_head v;
	const char *why;

	while (at < limit && !p->broken) {
		if (until_end && der_is_end(p->der, at, limit))
			return at + 2;
		why = level >= PRINT_DEPTH_MAX
		    ? "it is nested too deep to go on"
		    : ++p->values > PRINT_VALUES_MAX
		    ? "there are too many values to go on"
		    : der_head(p->der, at, limit, &v);
		if (why != NULL) {
			asn1_put_broken(p, at, level, why);
			asn1_put_rows(p,
			    span_cut(p->der, at,
				at + PRINT_ROW < limit ? at + PRINT_ROW
						       : limit),
			    level);
			return limit;
		}
		at = asn1_put_value(p, &v, limit, level, extension);
		extension = extension || asn1_names_extension(p->der, &v);
	}
	if (until_end && !p->broken)
		asn1_put_broken(p, limit, level, "a value has no end");
	return at;
}

int
asn1_print(struct buf *out, struct span der, unsigned hide, struct err *e)
{
	struct printing p = {.out = out, .der = der, .hide = hide, .e = e};
	struct der_head v;
	const char *why;
	size_t at = 0;

	if (der.n == 0)
		return err_set(e, EX_DATAERR, "there is no ASN.1: no byte");
	why = der_head(der, 0, der.n, &v);
	if (why != NULL)
		asn1_put_broken(&p, 0, 0, why);
	else
		at = asn1_put_value(&p, &v, der.n, 0, false);
	if (at < der.n && !p.broken)
		asn1_put_broken(
		    &p, at, 0, "there are more bytes behind its end");
	return p.broken ? -1 : 0;
}
