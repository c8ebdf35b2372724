#include "keys/store/offers.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <openssl/err.h>
#include <openssl/pem.h>

#include "keys/store/keystore_priv.h"

static const char prefix[] = "offered_cert_";
static const char *const ends[] = {".pem", "+2.pem"};

enum {
	OFFER_CERTS = 4,
	OFFER_BYTES = 65536,
	OFFER_DIGITS = 8 /* of a fingerprint that choose one of two */
};

/* The name of the first or second file of an address's key. */
static void
offers_name(struct buf *out, const char *key, int which)
{
	buf_adds(out, prefix);
	keystore_escape(out, span_str(key));
	buf_adds(out, ends[which]);
}

static void
offers_path(
    const struct keystore *ks, struct buf *out, const char *key, int which)
{
	buf_addf(out, "%s/", ks->dir);
	offers_name(out, key, which);
}

/* --- the certificates of one ------------------------------------------------ */

/* The certificates of a person in an offer. */
struct offered {
	struct cert *certs[2]; /* that signs, that encrypts; the second may be
	                        * NULL */
};

static void
offers_certs_free(struct offered *o)
{
	cert_free(o->certs[0]);
	cert_free(o->certs[1]);
	*o = (struct offered){{NULL, NULL}};
}

/* Takes who's certificates out of PEM. False where there are none, or more than
 * two. */
static bool
offers_certs(struct span pem, const struct aor *who, struct offered *out)
{
	BIO *b = BIO_new_mem_buf(pem.p, (int)pem.n);
	int found = 0;
	X509 *x;

	*out = (struct offered){{NULL, NULL}};
	for (int i = 0; b != NULL && i < OFFER_CERTS &&
	     (x = PEM_read_bio_X509(b, NULL, NULL, NULL)) != NULL;
	     i++) {
		struct cert *c = cert_new(x);

		if (cert_person(c, who) != NULL && found < 2)
			out->certs[found++] = c;
		else {
			found += cert_person(c, who) != NULL;
			cert_free(c);
		}
	}
	BIO_free(b);
	ERR_clear_error();
	if (found == 2 &&
	    (!cert_may_sign(out->certs[0]) ||
		!cert_may_encrypt(out->certs[1]))) {
		struct cert *first = out->certs[0];

		out->certs[0] = out->certs[1];
		out->certs[1] = first;
	}
	if (found == 1 || found == 2)
		return true;
	offers_certs_free(out);
	return false;
}

/* Their fingerprints, as keystore_shown has them. */
static void
offers_shown(const struct offered *o, char shown[KEYSTORE_SHOWN])
{
	cert_hex(o->certs[0]->fingerprint, shown);
	if (o->certs[1] == NULL || cert_same(o->certs[0], o->certs[1]))
		return;
	shown[2 * CERT_FINGERPRINT] = ' ';
	cert_hex(o->certs[1]->fingerprint, shown + 2 * CERT_FINGERPRINT + 1);
}

/* Reads one of the two files of who. False where it is not there, or not of
 * who. */
static bool
offers_read(
    struct keystore *ks, const struct aor *who, int which, struct offered *out)
{
	struct buf path = {0}, data = {0};
	struct store_stamp stamp;
	struct err e;
	bool ok;

	offers_path(ks, &path, who->key, which);
	ok = keystore_slurp(
		 (const char *)path.p, OFFER_BYTES, &data, &stamp, &e) == 0 &&
	    offers_certs(span_buf(&data), who, out);
	buf_free(&path);
	buf_free(&data);
	return ok;
}

/* --- what waits --------------------------------------------------------------- */

int
offers_find(struct keystore *ks, const struct aor *who, struct offer *out,
    struct err *e)
{
	struct offered o;
	bool first = offers_read(ks, who, 0, &o);

	*out = (struct offer){.address = NULL};
	if (first) {
		offers_shown(&o, out->shown);
		offers_certs_free(&o);
	}
	if (offers_read(ks, who, 1, &o)) {
		offers_shown(&o, first ? out->other : out->shown);
		offers_certs_free(&o);
	}
	return out->shown[0] != '\0'
	    ? 0
	    : err_set(
		  e, EX_CONFIG, "%s has not introduced themself", who->text);
}

/* Whether the fingerprints of an offer begin with these digits. */
static bool
offers_begins(const char *shown, const char *digits)
{
	return strlen(digits) >= OFFER_DIGITS &&
	    span_starts_nocase(span_str(shown), digits);
}

int
offers_choose(struct keystore *ks, const struct aor *who, const char *digits,
    char shown[KEYSTORE_SHOWN], struct err *e)
{
	const char *found = NULL;
	struct offer o;

	if (offers_find(ks, who, &o, e) == -1)
		return -1;
	if (digits == NULL)
		found = o.other[0] == '\0' ? o.shown : NULL;
	else if (offers_begins(o.shown, digits))
		found = o.shown;
	else if (offers_begins(o.other, digits))
		found = o.other;
	if (found != NULL)
		memcpy(shown, found, KEYSTORE_SHOWN);
	else if (o.other[0] == '\0')
		return err_set(e, EX_CONFIG,
		    "%s did not introduce themself with a certificate that "
		    "begins with %.64s, but with %.8s..",
		    who->text, digits, o.shown);
	else
		return err_set(e, EX_CONFIG,
		    "%s introduced themself with two different certificates, "
		    "%.8s.. and %.8s..: give the first eight digits of the "
		    "right one behind the address",
		    who->text, o.shown, o.other);
	return 0;
}

/* An address with an offer, while they are listed. */
struct listed {
	char *address;
	struct timespec when;
};

static int
offers_order(const void *a, const void *b)
{
	const struct listed *one = a, *two = b;

	if (one->when.tv_sec != two->when.tv_sec)
		return one->when.tv_sec < two->when.tv_sec ? -1 : 1;
	if (one->when.tv_nsec != two->when.tv_nsec)
		return one->when.tv_nsec < two->when.tv_nsec ? -1 : 1;
	return strcmp(one->address, two->address);
}

/* Undoes keystore_escape; the result is for free. NULL: it is no first file of
 * an offer. */
static char *
offers_address(const char *file)
{
	struct buf plain = {0};
	enum store_kind kind;
	char *name = NULL;
	bool second;

	if (strncmp(file, prefix, sizeof(prefix) - 1) != 0 ||
	    strstr(file, ends[1]) != NULL)
		return NULL;
	buf_addf(&plain, "user_cert_%s", file + sizeof(prefix) - 1);
	if (!keystore_file_kind((const char *)plain.p, &kind, &name, &second))
		name = NULL;
	buf_free(&plain);
	return name;
}

/* Lists the addresses, the oldest first; for offers_list_free. */
static int
offers_list(const struct keystore *ks, struct listed **out, size_t *count,
    struct err *e)
{
	DIR *d = opendir(ks->dir);
	struct dirent *entry;
	size_t room = 0;

	*out = NULL;
	*count = 0;
	if (d == NULL)
		return errno == ENOENT
		    ? 0
		    : err_set(e, EX_CONFIG,
			  "the key store %s cannot be read: %s", ks->dir,
			  strerror(errno));
	while ((entry = readdir(d)) != NULL) {
		char *address = offers_address(entry->d_name);
		struct buf path = {0};
		struct stat st;

		buf_addf(&path, "%s/%s", ks->dir, entry->d_name);
		if (address == NULL || stat((const char *)path.p, &st) != 0) {
			free(address);
		} else {
			*out = vec_grow(*out, *count, &room, sizeof(**out));
			(*out)[(*count)++] = (struct listed){
			    address, st.st_mtim};
		}
		buf_free(&path);
	}
	closedir(d);
	if (*count > 0)
		qsort(*out, *count, sizeof(**out), offers_order);
	return 0;
}

static void
offers_list_free(struct listed *all, size_t count)
{
	for (size_t i = 0; i < count; i++)
		free(all[i].address);
	free(all);
}

int
offers_each(struct keystore *ks, bool (*fn)(void *arg, const struct offer *o),
    void *arg, struct err *e)
{
	struct listed *all;
	size_t count;
	bool more = true;

	if (offers_list(ks, &all, &count, e) == -1)
		return -1;
	for (size_t i = 0; i < count && more; i++) {
		struct offer o;
		struct aor who;
		struct err ignored;

		if (aor_parse(span_str(all[i].address), &who, &ignored) == -1)
			continue;
		if (offers_find(ks, &who, &o, &ignored) == 0) {
			o.address = who.text;
			more = fn(arg, &o);
		}
		aor_free(&who);
	}
	offers_list_free(all, count);
	return 0;
}

void
offers_drop(struct keystore *ks, const struct aor *who)
{
	for (int i = 0; i < 2; i++) {
		struct buf path = {0};

		offers_path(ks, &path, who->key, i);
		(void)unlink((const char *)path.p);
		buf_free(&path);
	}
}

/* --- a new one -------------------------------------------------------------- */

/* Makes room for one more address. False where nothing may go. */
static bool
offers_make_room(
    struct keystore *ks, offers_spare_fn *spare, void *arg, struct err *e)
{
	struct listed *all;
	size_t count;
	bool room;

	if (offers_list(ks, &all, &count, e) == -1)
		return false;
	room = count < OFFERS_MAX;
	for (size_t i = 0; i < count && !room; i++) {
		struct aor who;

		if ((spare != NULL && spare(arg, all[i].address)) ||
		    aor_parse(span_str(all[i].address), &who, e) == -1)
			continue;
		offers_drop(ks, &who);
		aor_free(&who);
		room = true;
	}
	offers_list_free(all, count);
	return room;
}

static int
offers_write(struct keystore *ks, const struct aor *who, int which,
    struct span pem, struct err *e)
{
	struct buf name = {0};
	struct store_write w;
	int rc;

	offers_name(&name, who->key, which);
	w = (struct store_write){(const char *)name.p, pem, 0600};
	rc = keystore_write(ks, &w, 1, true, e);
	buf_free(&name);
	return rc;
}

/* Whether all that is offered is stored for who. */
static bool
offers_is_stored(
    struct keystore *ks, const struct aor *who, const struct offered *o)
{
	struct store_file *sign = keystore_user(ks, who->key, STORE_SIGN);
	struct store_file *encrypt = keystore_user(ks, who->key, STORE_ENCRYPT);
	const struct cert *second = o->certs[1] != NULL ? o->certs[1]
							: o->certs[0];

	return sign != NULL && sign->cert_count > 0 && encrypt != NULL &&
	    encrypt->cert_count > 0 && cert_same(sign->certs[0], o->certs[0]) &&
	    cert_same(encrypt->certs[0], second);
}

/* Whether a private key of who is here: it is one of us. */
static bool
offers_is_us(struct keystore *ks, const struct aor *who)
{
	struct store_file *f = keystore_file(ks, STORE_USER_CERT, who->key);

	return f != NULL && keystore_is_mine(ks, f);
}

/* Finds out what is to become of an offer: *which is the file that it goes
 * into. */
static enum offer_result
offers_place(struct keystore *ks, const struct aor *who,
    const struct offered *o, const char *shown, int *which)
{
	struct offer waits;
	struct err e;

	*which = -1;
	if (offers_is_stored(ks, who, o))
		return OFFER_KNOWN;
	if (offers_is_us(ks, who))
		return OFFER_CHANGED;
	if (offers_find(ks, who, &waits, &e) == -1)
		*which = 0;
	else if (strcmp(waits.shown, shown) == 0 ||
	    strcmp(waits.other, shown) == 0)
		return keystore_has_pin(ks, who->key) ? OFFER_CHANGED
						      : OFFER_WAITS;
	else if (waits.other[0] != '\0')
		return OFFER_THIRD;
	else
		*which = 1;
	if (keystore_has_pin(ks, who->key))
		return OFFER_CHANGED;
	return *which == 0 ? OFFER_NEW : OFFER_SECOND;
}

int
offers_keep(struct keystore *ks, const struct aor *who, struct span pem,
    offers_spare_fn *spare, void *arg, enum offer_result *result,
    char shown[KEYSTORE_SHOWN], struct err *e)
{
	struct offered o;
	int which, rc = 0;

	if (keystore_refresh(ks, e) == -1)
		return -1;
	if (!offers_certs(pem, who, &o))
		return err_set(e, EX_DATAERR,
		    "the introduction has no certificate of %s", who->text);
	offers_shown(&o, shown);
	*result = offers_place(ks, who, &o, shown, &which);
	offers_certs_free(&o);
	*e = (struct err){0};
	if (which == 0 && !offers_make_room(ks, spare, arg, e)) {
		*result = OFFER_FULL;
		return e->exit != 0 ? -1 : 0;
	}
	if (which >= 0)
		rc = offers_write(ks, who, which, pem, e);
	return rc;
}

/* --- accepted --------------------------------------------------------------- */

/* Appends who's own certificates of the offer with these fingerprints. */
static bool
offers_pem(struct keystore *ks, const struct aor *who, const char *shown,
    struct buf *out)
{
	char have[KEYSTORE_SHOWN];
	struct offered o;
	bool found = false;

	for (int which = 0; which < 2 && !found; which++) {
		BIO *b;
		char *p;
		long n;

		if (!offers_read(ks, who, which, &o))
			continue;
		offers_shown(&o, have);
		found = strcmp(have, shown) == 0;
		b = found ? BIO_new(BIO_s_mem()) : NULL;
		for (int i = 0; i < 2 && b != NULL; i++)
			if (o.certs[i] != NULL)
				(void)PEM_write_bio_X509(b, o.certs[i]->x509);
		n = b != NULL ? BIO_get_mem_data(b, &p) : 0;
		if (n > 0)
			buf_add(out, p, (size_t)n);
		BIO_free(b);
		offers_certs_free(&o);
	}
	return found && out->n > 0;
}

/* Puts the certificates in the place of those that are stored. */
static int
offers_store(
    struct keystore *ks, const struct aor *who, struct span pem, struct err *e)
{
	struct keystore_import_opts how = {
	    .path = "the introduction", .name = who->text, .force = true};
	struct keystore_item *items = NULL;
	size_t count = 0;
	int rc = 0;

	if (keystore_file(ks, STORE_USER_CERT, who->key) != NULL)
		rc = keystore_remove(ks, who->text, false, e);
	if (rc == 0)
		rc = keystore_import(ks, pem, &how, &items, &count, e);
	keystore_items_free(items, count);
	return rc;
}

int
offers_accept(struct keystore *ks, const struct aor *who, const char *shown,
    struct err *e)
{
	struct buf pem = {0};
	int rc;

	if (keystore_refresh_force(ks, e) == -1)
		return -1;
	if (!offers_pem(ks, who, shown, &pem))
		return err_set(e, EX_CONFIG,
		    "the introduction of %s that was shown is not here any "
		    "more",
		    who->text);
	if (keystore_has_pin(ks, who->key) || offers_is_us(ks, who))
		rc = err_set(e, EX_NOPERM,
		    "another certificate of %s is pinned: an introduction "
		    "alone does not replace it",
		    who->text);
	else
		rc = offers_store(ks, who, span_buf(&pem), e);
	if (rc == 0)
		rc = keystore_trust(ks, who, shown, e);
	if (rc == 0)
		offers_drop(ks, who);
	buf_free(&pem);
	return rc;
}
