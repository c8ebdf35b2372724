#include <string.h>

#include "src/sip/sip_grammar_priv.h"

/* Returns whether s is a word: token characters, and some more. */
static bool
sip_is_word(struct span s)
{
	size_t i;

	for (i = 0; i < s.n; i++)
		if (!sip_is_token(span_cut(s, i, i + 1)) &&
		    (s.p[i] == '\0' ||
			strchr("()<>:\\\"/[]?{}", s.p[i]) == NULL))
			return false;
	return s.n > 0;
}

const char *
sip_call_id_fault(struct span v)
{
	size_t at = span_find(v, '@', 0);

	if (!sip_is_word(span_cut(v, 0, at)) ||
	    (at < v.n && !sip_is_word(span_cut(v, at + 1, v.n))))
		return "Call-ID is malformed";
	return NULL;
}

const char *
sip_call_ids_fault(struct span v)
{
	struct sip_scan sc = {v, 0};
	const char *why;

	do {
		why = sip_call_id_fault(sip_scan_until(&sc, ","));
		if (why != NULL)
			return why;
	} while (sip_scan_sign(&sc, ','));
	return sip_scan_end(&sc) ? NULL : "Call-ID is malformed";
}

const char *
sip_forwards_fault(struct span v)
{
	uint64_t n;

	return number_parse(v, 255, &n)
	    ? NULL
	    : "Max-Forwards is not a number from 0 to 255";
}

const char *
sip_number_fault(struct span v)
{
	return sip_is_digits(v)
	    ? NULL
	    : "a header field that must be a number is not one";
}

/* Takes a media type. A parameter that is given twice is no fault here: it
 * makes the body malformed, which is for the verdict to say. */
static const char *
sip_media_read(struct sip_scan *sc)
{
	struct sip_params params;
	struct span word;

	if (!sip_scan_token(sc, &word) || !sip_scan_sign(sc, '/') ||
	    !sip_scan_token(sc, &word))
		return "a media type is malformed";
	return sip_scan_params(sc, false, &params);
}

const char *
sip_media_fault(struct span v)
{
	struct sip_scan sc = {v, 0};
	const char *why = sip_media_read(&sc);

	if (why != NULL)
		return why;
	return sip_scan_end(&sc) ? NULL : "there is text after a media type";
}

const char *
sip_medias_fault(struct span v)
{
	struct sip_scan sc = {v, 0};
	const char *why;

	if (v.n == 0)
		return NULL;
	do {
		why = sip_media_read(&sc);
		if (why != NULL)
			return why;
	} while (sip_scan_sign(&sc, ','));
	return sip_scan_end(&sc) ? NULL : "there is text after a media type";
}

const char *
sip_token_fault(struct span v)
{
	return sip_is_token(v)
	    ? NULL
	    : "a header field that must be a token is not one";
}

static const char *
sip_tokens(struct span v, bool with_params)
{
	struct sip_scan sc = {v, 0};
	struct sip_params params = {.count = 0};
	struct span word;
	const char *why = NULL;

	do {
		if (!sip_scan_token(&sc, &word))
			return "a list has an item that is not a token";
		if (with_params)
			why = sip_scan_params(&sc, true, &params);
		if (why != NULL)
			return why;
	} while (sip_scan_sign(&sc, ','));
	return sip_scan_end(&sc) ? NULL
				 : "a list has an item that is not a token";
}

const char *
sip_tokens_fault(struct span v)
{
	return sip_tokens(v, false);
}

const char *
sip_options_fault(struct span v)
{
	return v.n == 0 ? NULL : sip_tokens(v, false);
}

const char *
sip_list_fault(struct span v)
{
	return v.n == 0 ? NULL : sip_tokens(v, true);
}

const char *
sip_disposition_fault(struct span v)
{
	struct sip_scan sc = {v, 0};
	struct sip_params params;
	struct span word;
	const char *why;

	if (!sip_scan_token(&sc, &word))
		return "Content-Disposition does not begin with a token";
	why = sip_scan_params(&sc, true, &params);
	if (why != NULL)
		return why;
	return sip_scan_end(&sc) ? NULL
				 : "there is text after Content-Disposition";
}

const char *
sip_version_fault(struct span v)
{
	size_t dot = span_find(v, '.', 0);

	if (!sip_is_digits(span_cut(v, 0, dot)) ||
	    !sip_is_digits(span_cut(v, dot + 1, v.n)))
		return "MIME-Version is malformed";
	return NULL;
}

/* Returns whether the three letters at at are one of words, in any case. */
static bool
sip_date_word(struct span v, size_t at, const char *words)
{
	struct span word = span_cut(v, at, at + 3), one;

	for (; *words != '\0'; words += 3) {
		one = (struct span){(const unsigned char *)words, 3};
		if (span_eq_nocase(word, one))
			return true;
	}
	return false;
}

static bool
sip_date_number(
    struct span v, size_t at, size_t digits, uint64_t least, uint64_t most)
{
	uint64_t n;

	return number_parse(span_cut(v, at, at + digits), most, &n) &&
	    n >= least;
}

/* Only the form "Sat, 13 Nov 2010 23:29:00 GMT" is allowed (20.17). */
const char *
sip_date_fault(struct span v)
{
	static const char form[] = "www, 00 mmm 0000 00:00:00 zzz";
	size_t i;

	if (v.n != sizeof(form) - 1)
		return "Date does not have the form of RFC 3261";
	for (i = 0; i < v.n; i++)
		if (strchr(", :", form[i]) != NULL && v.p[i] != form[i])
			return "Date does not have the form of RFC 3261";
	if (!sip_date_word(v, 0, "MonTueWedThuFriSatSun") ||
	    !sip_date_word(v, 8, "JanFebMarAprMayJunJulAugSepOctNovDec") ||
	    !sip_date_number(v, 5, 2, 1, 31) ||
	    !sip_date_number(v, 12, 4, 0, 9999) ||
	    !sip_date_number(v, 17, 2, 0, 23) ||
	    !sip_date_number(v, 20, 2, 0, 59) ||
	    !sip_date_number(v, 23, 2, 0, 60))
		return "Date is not a date";
	return sip_date_word(v, 26, "GMT") ? NULL : "Date is not in GMT";
}

const char *
sip_cseq_read(struct span v, uint32_t *number, struct span *method)
{
	struct sip_scan sc = {v, 0};
	uint64_t n;

	if (!number_parse(sip_scan_until(&sc, ""), INT32_MAX, &n))
		return "CSeq is not a number below 2^31";
	sip_scan_lws(&sc);
	if (!sip_scan_token(&sc, method) || !sip_scan_end(&sc))
		return "CSeq has no method";
	*number = (uint32_t)n;
	return NULL;
}
