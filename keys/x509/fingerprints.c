#include "keys/x509/fingerprints.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/evp.h>

#include "keys/x509/pgp_words.h"

enum {
	FINGERPRINTS_ROUNDS = 65536,
	FINGERPRINTS_TEXT = 4096 /* bytes of a scanned text at most */
};

static const char fingerprints_mark[] = ";cert-sha256=";

/* --- sets ----------------------------------------------------------------- */

bool
fingerprints_add(
    struct fingerprints *f, const unsigned char one[FINGERPRINT_SIZE])
{
	size_t i = 0;

	while (i < f->count && memcmp(f->list[i], one, FINGERPRINT_SIZE) < 0)
		i++;
	if (i < f->count && memcmp(f->list[i], one, FINGERPRINT_SIZE) == 0)
		return true;
	if (f->count == FINGERPRINTS_MAX)
		return false;
	memmove(f->list[i + 1], f->list[i], (f->count - i) * sizeof(*f->list));
	memcpy(f->list[i], one, FINGERPRINT_SIZE);
	f->count++;
	return true;
}

static bool
fingerprints_read_one(struct span hex, unsigned char out[FINGERPRINT_SIZE])
{
	if (hex.n != 2 * FINGERPRINT_SIZE)
		return false;
	for (size_t i = 0; i < FINGERPRINT_SIZE; i++) {
		int high = hex_value(hex.p[2 * i]);
		int low = hex_value(hex.p[2 * i + 1]);

		if (high < 0 || low < 0)
			return false;
		out[i] = (unsigned char)(high << 4 | low);
	}
	return true;
}

bool
fingerprints_add_hex(
    struct fingerprints *f, struct span text, unsigned char between)
{
	struct fingerprints all = *f;
	unsigned char one[FINGERPRINT_SIZE];

	for (;;) {
		size_t end = span_find(text, between, 0);

		if (!fingerprints_read_one(span_cut(text, 0, end), one) ||
		    !fingerprints_add(&all, one))
			return false;
		if (end == text.n)
			break;
		text = span_cut(text, end + 1, text.n);
	}
	*f = all;
	return true;
}

bool
fingerprints_has(
    const struct fingerprints *f, const unsigned char one[FINGERPRINT_SIZE])
{
	for (size_t i = 0; i < f->count; i++)
		if (memcmp(f->list[i], one, FINGERPRINT_SIZE) == 0)
			return true;
	return false;
}

bool
fingerprints_equal(const struct fingerprints *a, const struct fingerprints *b)
{
	return a->count == b->count &&
	    memcmp(a->list, b->list, a->count * sizeof(*a->list)) == 0;
}

void
fingerprints_put_hex(struct buf *out, const struct fingerprints *f)
{
	char hex[2 * FINGERPRINT_SIZE + 1];

	for (size_t i = 0; i < f->count; i++) {
		hex_write(hex, f->list[i], 2 * FINGERPRINT_SIZE);
		buf_addf(out, "%s%s", i > 0 ? "/" : "", hex);
	}
}

/* --- words ---------------------------------------------------------------- */

/* Writes SHA-256 of the two spans. OpenSSL's default provider has SHA-256, so
 * this fails where memory ends, and then nothing may be shown. */
static void
fingerprints_hash(EVP_MD_CTX *ctx, const EVP_MD *sha256, struct span a,
    struct span b, unsigned char out[EVP_MAX_MD_SIZE])
{
	if (EVP_DigestInit_ex2(ctx, sha256, NULL) == 1 &&
	    EVP_DigestUpdate(ctx, a.p, a.n) == 1 &&
	    EVP_DigestUpdate(ctx, b.p, b.n) == 1 &&
	    EVP_DigestFinal_ex(ctx, out, NULL) == 1)
		return;
	(void)fputs("signet: SHA-256 cannot be computed\n", stderr);
	exit(EX_OSERR);
}

void
fingerprints_words(
    const struct fingerprints *f, const char *words[FINGERPRINTS_WORDS])
{
	static const char label[] = "signet words 1"; /* and its NUL */
	unsigned char hash[EVP_MAX_MD_SIZE];
	EVP_MD *sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	struct buf all = {0};

	buf_add(&all, label, sizeof(label));
	buf_add(&all, f->list, f->count * sizeof(*f->list));
	fingerprints_hash(
	    ctx, sha256, span_buf(&all), (struct span){NULL, 0}, hash);
	for (int i = 1; i < FINGERPRINTS_ROUNDS; i++)
		fingerprints_hash(ctx, sha256,
		    (struct span){hash, FINGERPRINT_SIZE}, span_buf(&all),
		    hash);
	for (size_t i = 0; i < FINGERPRINTS_WORDS; i++)
		words[i] = pgp_word(i, hash[i]);
	buf_free(&all);
	EVP_MD_CTX_free(ctx);
	EVP_MD_free(sha256);
}

void
fingerprints_put_words(
    struct buf *out, const struct fingerprints *f, const char *indent)
{
	const char *words[FINGERPRINTS_WORDS];

	fingerprints_words(f, words);
	for (size_t i = 0; i < FINGERPRINTS_WORDS; i++) {
		bool last = i % FINGERPRINTS_ROW == FINGERPRINTS_ROW - 1;
		int width = i % 2 == 0 ? PGP_WORD_EVEN : PGP_WORD_ODD;

		buf_addf(out, "%s%-*s%s",
		    i % FINGERPRINTS_ROW == 0 ? indent : " ", last ? 0 : width,
		    words[i], last ? "\n" : "");
	}
}

/* --- the text of a QR code ------------------------------------------------ */

void
fingerprints_put_text(
    struct buf *out, const char *aor, const struct fingerprints *f)
{
	size_t begin;

	buf_addf(out, "sip:%s%s", aor, fingerprints_mark);
	begin = out->n;
	fingerprints_put_hex(out, f);
	for (size_t i = begin; i < out->n; i++)
		if (out->p[i] >= 'a' && out->p[i] <= 'f')
			out->p[i] = (unsigned char)(out->p[i] - 'a' + 'A');
}

static struct span
fingerprints_trim(struct span text)
{
	static const char white[] = " \t\r\n\v\f";

	while (text.n > 0 && memchr(white, text.p[0], sizeof(white) - 1))
		text = span_cut(text, 1, text.n);
	while (
	    text.n > 0 && memchr(white, text.p[text.n - 1], sizeof(white) - 1))
		text.n--;
	return text;
}

/* Returns where the mark begins in text, or text.n. */
static size_t
fingerprints_find_mark(struct span text)
{
	size_t i = 0;

	while (i < text.n &&
	    !span_starts_nocase(span_cut(text, i, text.n), fingerprints_mark))
		i++;
	return i;
}

int
fingerprints_read_text(
    struct span text, struct aor *who, struct fingerprints *f, struct err *e)
{
	struct fingerprints all = {0};
	struct err why;
	size_t at;

	text = fingerprints_trim(text);
	at = text.n <= FINGERPRINTS_TEXT ? fingerprints_find_mark(text)
					 : text.n;
	if (at == text.n ||
	    !fingerprints_add_hex(&all,
		span_cut(text, at + sizeof(fingerprints_mark) - 1, text.n),
		'/'))
		return err_set(e, EX_DATAERR,
		    "that is not the text of a code of signet, "
		    "sip:AOR;cert-sha256=FINGERPRINT: scan it again");
	if (aor_parse_uri(span_cut(text, 0, at), who, &why) == -1)
		return err_set(e, EX_DATAERR,
		    "the text of the code has no address: %s", why.text);
	*f = all;
	return 0;
}
