#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/asn1.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>

#include "keys/x509/cert_ready.h"
#include "src/base/time.h"

static void
cert_read_persons(struct cert *c)
{
	GENERAL_NAMES *names = X509_get_ext_d2i(
	    c->x509, NID_subject_alt_name, NULL, NULL);
	struct err ignored;
	int i, n = names != NULL ? sk_GENERAL_NAME_num(names) : 0;

	c->persons = xcalloc((size_t)n, sizeof(*c->persons));
	for (i = 0; i < n; i++) {
		const GENERAL_NAME *g = sk_GENERAL_NAME_value(names, i);
		struct span uri;

		if (g->type != GEN_URI)
			continue;
		uri.p = ASN1_STRING_get0_data(g->d.uniformResourceIdentifier);
		uri.n = (size_t)ASN1_STRING_length(
		    g->d.uniformResourceIdentifier);
		/* im: and pres: URIs and malformed ones (a NUL inside) are
		 * skipped. */
		if (aor_parse_uri(
			uri, &c->persons[c->person_count], &ignored) == -1)
			continue;
		if (c->person_count < CERT_PERSONS_MAX) {
			c->person_count++;
			continue;
		}
		aor_free(&c->persons[c->person_count]);
		c->more_persons = true;
		break;
	}
	GENERAL_NAMES_free(names);
}

struct cert *
cert_new(X509 *x)
{
	struct cert *c = xcalloc(1, sizeof(*c));
	unsigned n = 0;

	c->x509 = x;
	X509_digest(x, EVP_sha256(), c->fingerprint, &n);
	c->self_signed = -1;
	cert_read_persons(c);
	ERR_clear_error();
	return c;
}

void
cert_free(struct cert *c)
{
	size_t i;

	if (c == NULL)
		return;
	for (i = 0; i < c->person_count; i++)
		aor_free(&c->persons[i]);
	free(c->persons);
	buf_free(&c->decoy);
	cert_ready_free(c->ready);
	X509_free(c->x509);
	free(c);
}

const struct aor *
cert_person(const struct cert *c, const struct aor *who)
{
	size_t i;

	for (i = 0; who != NULL && i < c->person_count; i++)
		if (aor_equal(&c->persons[i], who))
			return &c->persons[i];
	return NULL;
}

bool
cert_self_signed(struct cert *c)
{
	if (c->self_signed == -1) {
		c->self_signed = X509_self_signed(c->x509, 1) == 1;
		ERR_clear_error();
	}
	return c->self_signed == 1;
}

bool
cert_may_sign(const struct cert *c)
{
	return (X509_get_key_usage(c->x509) &
		   (KU_DIGITAL_SIGNATURE | KU_NON_REPUDIATION)) != 0;
}

bool
cert_may_encrypt(const struct cert *c)
{
	EVP_PKEY *key = X509_get0_pubkey(c->x509);
	bool rsa = key != NULL && EVP_PKEY_is_a(key, "RSA");

	return (X509_get_key_usage(c->x509) &
		   (rsa ? KU_KEY_ENCIPHERMENT : KU_KEY_AGREEMENT)) != 0;
}

bool
cert_same(const struct cert *a, const struct cert *b)
{
	return memcmp(a->fingerprint, b->fingerprint, CERT_FINGERPRINT) == 0;
}

void
cert_hex(const unsigned char fingerprint[CERT_FINGERPRINT],
    char out[2 * CERT_FINGERPRINT + 1])
{
	hex_write(out, fingerprint, 2 * CERT_FINGERPRINT);
}

bool
cert_time(const ASN1_TIME *t, time_t *out)
{
	struct tm tm;

	if (t == NULL || ASN1_TIME_to_tm(t, &tm) != 1)
		return false;
	*out = time_utc(&tm);
	return true;
}

char *
cert_name(const X509_NAME *name)
{
	BIO *b = BIO_new(BIO_s_mem());
	char *text = NULL, *out;
	long n = 0;

	if (b != NULL &&
	    X509_NAME_print_ex(
		b, name, 0, XN_FLAG_ONELINE & ~ASN1_STRFLGS_ESC_MSB) >= 0)
		n = BIO_get_mem_data(b, &text);
	out = xstrndup(
	    (struct span){(const unsigned char *)text, n > 0 ? (size_t)n : 0});
	BIO_free(b);
	return out;
}

void
verify_errors_add(
    struct verify_errors *f, enum verdict_signature what, const char *fmt, ...)
{
	size_t n = strlen(f->text);
	unsigned bit = 1U << what;
	va_list ap;
	int used;

	if (f->set & bit)
		return;
	f->set |= bit;
	used = snprintf(f->text + n, sizeof(f->text) - n,
	    "%s%s: ", n > 0 ? "; " : "", verdict_signature_name(what));
	if (used < 0 || (size_t)used >= sizeof(f->text) - n)
		return;
	n += (size_t)used;
	va_start(ap, fmt);
	vsnprintf(f->text + n, sizeof(f->text) - n, fmt, ap);
	va_end(ap);
}

void
verify_errors_join(struct verify_errors *f, const struct verify_errors *other)
{
	size_t n = strlen(f->text);

	f->set |= other->set;
	f->no_root = f->no_root || other->no_root;
	if (other->text[0] != '\0')
		snprintf(f->text + n, sizeof(f->text) - n, "%s%s",
		    n > 0 ? "; " : "", other->text);
}

enum verdict_signature
verify_errors_worst(const struct verify_errors *f)
{
	int s;

	for (s = SIGNATURE_MALFORMED; s < SIGNATURE_GOOD; s++)
		if (f->set & 1U << s)
			return (enum verdict_signature)s;
	return SIGNATURE_GOOD;
}
