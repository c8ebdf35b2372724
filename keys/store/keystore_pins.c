/*
 * The two line files of the key store: `pinned`, the certificates that the user
 * vouches for, and `peers`, the capabilities that senders of good messages
 * have shown.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "keys/store/keystore_priv.h"

static const struct {
	const char *name;
	unsigned bit;
	unsigned against; /* the capability that it replaces */
} peer_names[] = {
    {"signs", PEER_SIGNS, 0},
    {"gcm", PEER_GCM, PEER_CBC},
    {"cbc", PEER_CBC, PEER_GCM},
    {"inner", PEER_INNER, PEER_OUTER},
    {"outer", PEER_OUTER, PEER_INNER},
    {"cpim", PEER_CPIM, 0},
    {"receipts", PEER_RECEIPTS, 0},
    {"typing", PEER_TYPING, 0},
};

enum { PEER_NAMES = sizeof(peer_names) / sizeof(peer_names[0]) };

void
keystore_free_pins(struct keystore *ks)
{
	size_t i;

	for (i = 0; i < ks->pin_count; i++)
		free(ks->pins[i].key);
	free(ks->pins);
	ks->pins = NULL;
	ks->pin_count = 0;
}

void
keystore_free_peers(struct keystore *ks)
{
	size_t i;

	for (i = 0; i < ks->peer_count; i++)
		free(ks->peers[i].key);
	free(ks->peers);
	ks->peers = NULL;
	ks->peer_count = 0;
}

/* Takes the next word off *line. */
static struct span
keystore_next_word(struct span *line)
{
	size_t end = span_find(*line, ' ', 0);
	struct span word = span_cut(*line, 0, end);

	*line = span_trim(span_cut(*line, end, line->n));
	return word;
}

/* Reads a file of the store if it changed; out is empty when there is none.
 * False when it did not change. *lost is set if it cannot be read. */
static bool
keystore_read_changed(struct keystore *ks, const char *file,
    struct store_stamp *known, struct buf *out, bool *lost)
{
	struct buf path = {0};
	struct store_stamp now = {0};
	struct err ignored;
	struct stat st;
	bool changed = true;

	buf_addf(&path, "%s/%s", ks->dir, file);
	*lost = false;
	if (stat((char *)path.p, &st) == -1) {
		*lost = errno != ENOENT;
		*known = now;
	} else {
		keystore_stamp(&st, &now);
		if (keystore_stamp_same(known, &now))
			changed = false;
		else
			*lost = keystore_slurp((char *)path.p, STORE_FILE_MAX,
				    out, known, &ignored) == -1;
	}
	buf_free(&path);
	return changed;
}

static bool
keystore_parse_fingerprint(struct span s, unsigned char out[CERT_FINGERPRINT])
{
	static const char digits[] = "0123456789abcdef";
	size_t i;

	if (s.n != 2 * CERT_FINGERPRINT)
		return false;
	for (i = 0; i < s.n; i++) {
		const char *at = s.p[i] != '\0' ? strchr(digits, s.p[i]) : NULL;

		if (at == NULL)
			return false;
		out[i / 2] = (unsigned char)((i % 2 != 0 ? out[i / 2] << 4
							 : 0) |
		    (at - digits));
	}
	return true;
}

/* Takes the use off the end of the line of a pin: the word sign or encrypt.
 * Without one it is for both. */
static unsigned
keystore_parse_uses(struct span *line)
{
	size_t space = span_find(*line, ' ', 0);
	struct span word = span_trim(span_cut(*line, space, line->n));
	unsigned uses = span_is(word, "sign") ? STORE_SIGN
	    : span_is(word, "encrypt")        ? STORE_ENCRYPT
					      : 0;

	if (uses == 0)
		return STORE_SIGN | STORE_ENCRYPT;
	*line = span_cut(*line, 0, space);
	return uses;
}

void
keystore_read_pins(struct keystore *ks)
{
	struct buf text = {0};
	struct span rest, line;
	bool lost;

	if (!keystore_read_changed(
		ks, "pinned", &ks->pins_stamp, &text, &lost)) {
		buf_free(&text);
		return;
	}
	keystore_free_pins(ks);
	ks->pins_version++;
	ks->pins_lost = lost;
	for (rest = span_buf(&text); rest.n > 0;) {
		struct store_pin pin;

		line = span_trim(span_line(&rest));
		if (line.n == 0 || line.p[0] == '#')
			continue;
		pin.key = NULL;
		if (keystore_parse_fingerprint(
			keystore_next_word(&line), pin.fingerprint)) {
			pin.uses = keystore_parse_uses(&line);
			pin.key = keystore_key(STORE_USER_CERT, line);
		}
		if (pin.key == NULL) {
			/* An unreadable pin cannot protect its address, so
			 * every certificate is refused until it is mended. */
			ks->pins_lost = true;
			continue;
		}
		ks->pins = xrealloc(
		    ks->pins, (ks->pin_count + 1) * sizeof(*ks->pins));
		ks->pins[ks->pin_count++] = pin;
	}
	buf_free(&text);
}

void
keystore_read_peers(struct keystore *ks)
{
	struct buf text = {0};
	struct span rest, line, word;
	bool lost;

	if (!keystore_read_changed(
		ks, "peers", &ks->peers_stamp, &text, &lost)) {
		buf_free(&text);
		return;
	}
	keystore_free_peers(ks);
	for (rest = span_buf(&text); rest.n > 0;) {
		struct store_peer peer = {NULL, 0};
		size_t i;

		line = span_trim(span_line(&rest));
		if (line.n == 0 || line.p[0] == '#')
			continue;
		peer.key = keystore_key(
		    STORE_USER_CERT, keystore_next_word(&line));
		if (peer.key == NULL)
			continue;
		while (line.n > 0) {
			word = keystore_next_word(&line);
			for (i = 0; i < PEER_NAMES; i++)
				if (span_is(word, peer_names[i].name))
					peer.caps |= peer_names[i].bit;
		}
		ks->peers = xrealloc(
		    ks->peers, (ks->peer_count + 1) * sizeof(*ks->peers));
		ks->peers[ks->peer_count++] = peer;
	}
	buf_free(&text);
}

bool
keystore_has_pin(const struct keystore *ks, const char *key)
{
	size_t i;

	for (i = 0; i < ks->pin_count; i++)
		if (strcmp(ks->pins[i].key, key) == 0)
			return true;
	return false;
}

bool
keystore_pinned(const struct keystore *ks, const char *key,
    const struct cert *c, enum store_use use)
{
	size_t i;

	for (i = 0; i < ks->pin_count; i++)
		if ((ks->pins[i].uses & use) != 0 &&
		    strcmp(ks->pins[i].key, key) == 0 &&
		    memcmp(ks->pins[i].fingerprint, c->fingerprint,
			CERT_FINGERPRINT) == 0)
			return true;
	return false;
}

void
keystore_each_pin(struct keystore *ks, keystore_pin_fn *fn, void *arg)
{
	for (size_t i = 0; i < ks->pin_count; i++)
		fn(arg, ks->pins[i].key, ks->pins[i].fingerprint);
}

unsigned long
keystore_pins_version(const struct keystore *ks)
{
	return ks->pins_version + 1;
}

bool
keystore_pins_lost(const struct keystore *ks)
{
	return ks->pins_lost;
}

unsigned
keystore_peer_caps(const struct keystore *ks, const char *key)
{
	unsigned caps = 0;
	size_t i;

	for (i = 0; i < ks->peer_count; i++)
		if (strcmp(ks->peers[i].key, key) == 0)
			caps |= ks->peers[i].caps;
	return caps;
}

/* Writes `peers`. */
static void
keystore_write_peers(struct keystore *ks)
{
	struct buf text = {0};
	struct store_write w;
	struct err ignored;
	size_t i, j;

	for (i = 0; i < ks->peer_count; i++) {
		buf_adds(&text, ks->peers[i].key);
		for (j = 0; j < PEER_NAMES; j++)
			if (ks->peers[i].caps & peer_names[j].bit)
				buf_addf(&text, " %s", peer_names[j].name);
		buf_adds(&text, "\n");
	}
	w = (struct store_write){"peers", span_buf(&text), 0600};
	(void)keystore_write(ks, &w, 1, true, &ignored);
	buf_free(&text);
}

void
keystore_peer_update(struct keystore *ks, const char *key, unsigned caps)
{
	struct store_peer *peer = NULL;
	unsigned against = 0;
	size_t i;
	int lock;

	for (i = 0; i < PEER_NAMES; i++)
		if (caps & peer_names[i].bit)
			against |= peer_names[i].against;
	if ((keystore_peer_caps(ks, key) & (caps | against)) == caps)
		return;
	lock = keystore_lock(ks);
	keystore_read_peers(ks);
	for (i = 0; i < ks->peer_count; i++) {
		ks->peers[i].caps &= strcmp(ks->peers[i].key, key) == 0
		    ? ~against
		    : ~0U;
		if (strcmp(ks->peers[i].key, key) == 0)
			peer = &ks->peers[i];
	}
	if (peer == NULL) {
		ks->peers = xrealloc(
		    ks->peers, (ks->peer_count + 1) * sizeof(*ks->peers));
		peer = &ks->peers[ks->peer_count++];
		*peer = (struct store_peer){xstrdup(key), 0};
	}
	peer->caps |= caps;
	keystore_write_peers(ks);
	keystore_unlock(lock);
}

static void
keystore_put_pin(struct buf *text, const unsigned char *fingerprint,
    const char *key, unsigned uses)
{
	char hex[2 * CERT_FINGERPRINT + 1];

	cert_hex(fingerprint, hex);
	buf_addf(text, "%s %s%s\n", hex, key,
	    uses == STORE_SIGN          ? " sign"
		: uses == STORE_ENCRYPT ? " encrypt"
					: "");
}

/* Writes `pinned` with the pins sign and encrypt for key, or with none where
 * they are NULL. The use is written only where the certificates differ and the
 * keyUsage would permit the other use too. */
static int
keystore_write_pins(struct keystore *ks, const char *key,
    const struct cert *sign, const struct cert *encrypt, struct err *e)
{
	struct buf text = {0};
	struct store_write w;
	size_t i;
	int rc;

	for (i = 0; i < ks->pin_count; i++)
		if (strcmp(ks->pins[i].key, key) != 0)
			keystore_put_pin(&text, ks->pins[i].fingerprint,
			    ks->pins[i].key, ks->pins[i].uses);
	if (sign != NULL)
		keystore_put_pin(&text, sign->fingerprint, key,
		    sign != encrypt && cert_may_encrypt(sign) ? STORE_SIGN : 0);
	if (encrypt != NULL && encrypt != sign)
		keystore_put_pin(&text, encrypt->fingerprint, key,
		    cert_may_sign(encrypt) ? STORE_ENCRYPT : 0);
	w = (struct store_write){"pinned", span_buf(&text), 0600};
	rc = keystore_write(ks, &w, 1, true, e);
	buf_free(&text);
	return rc;
}

int
keystore_change_pins(struct keystore *ks, const char *key,
    const struct cert *sign, const struct cert *encrypt, struct err *e)
{
	int lock = keystore_lock(ks), rc;

	keystore_read_pins(ks);
	/* Writing would lose a line that cannot be read. */
	if (ks->pins_lost)
		rc = err_set(e, EX_CONFIG,
		    "%s/pinned has a line that is not a pin (64 hex digits, a "
		    "space, an address); correct it first",
		    ks->dir);
	else
		rc = keystore_write_pins(ks, key, sign, encrypt, e);
	keystore_unlock(lock);
	return rc;
}
