/*
 * The two line files of the key store: `pinned`, which certificate a person
 * vouches for, and `peers`, what good messages showed of their senders.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "keys/store/keystore_certs.h"

static const struct {
	const char *word;
	unsigned bit, against;
} peer_words[] = {
    {"signs", PEER_SIGNS, 0},
    {"gcm", PEER_GCM, PEER_CBC},
    {"cbc", PEER_CBC, PEER_GCM},
    {"inner", PEER_INNER, PEER_OUTER},
    {"outer", PEER_OUTER, PEER_INNER},
};

enum { PEER_WORDS = sizeof(peer_words) / sizeof(peer_words[0]) };

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

/* Cuts the next line off *text, without its end. */
static struct span
next_line(struct span *text)
{
	size_t end = span_find(*text, '\n', 0);
	struct span line = span_cut(*text, 0, end);

	*text = span_cut(*text, end + 1, text->n);
	if (line.n > 0 && line.p[line.n - 1] == '\r')
		line.n--;
	return span_trim(line);
}

/* Cuts the next word off *line. */
static struct span
next_word(struct span *line)
{
	size_t end = span_find(*line, ' ', 0);
	struct span word = span_cut(*line, 0, end);

	*line = span_trim(span_cut(*line, end, line->n));
	return word;
}

/* Reads dir/file anew when it changed. False when what is known still
 * stands; out is empty when there is no such file. */
static bool
read_changed(struct keystore *ks, const char *file, struct store_stamp *known,
    struct buf *out, bool *lost)
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
parse_fingerprint(struct span s, unsigned char out[CERT_FINGERPRINT])
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

void
keystore_read_pins(struct keystore *ks)
{
	struct buf text = {0};
	struct span rest, line;
	bool lost;

	if (!read_changed(ks, "pinned", &ks->pins_stamp, &text, &lost)) {
		buf_free(&text);
		return;
	}
	keystore_free_pins(ks);
	ks->pins_lost = lost;
	for (rest = span_buf(&text); rest.n > 0;) {
		struct store_pin pin;

		line = next_line(&rest);
		if (line.n == 0 || line.p[0] == '#')
			continue;
		pin.key = NULL;
		if (parse_fingerprint(next_word(&line), pin.fingerprint))
			pin.key = keystore_key(STORE_USER_CERT, line);
		if (pin.key == NULL) {
			/* A pin that cannot be read protects nobody: better
			 * that everything is refused than that one is lost
			 * without a word. */
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

	if (!read_changed(ks, "peers", &ks->peers_stamp, &text, &lost)) {
		buf_free(&text);
		return;
	}
	keystore_free_peers(ks);
	for (rest = span_buf(&text); rest.n > 0;) {
		struct store_peer peer = {NULL, 0};
		size_t i;

		line = next_line(&rest);
		if (line.n == 0 || line.p[0] == '#')
			continue;
		peer.key = keystore_key(STORE_USER_CERT, next_word(&line));
		if (peer.key == NULL)
			continue;
		while (line.n > 0) {
			word = next_word(&line);
			for (i = 0; i < PEER_WORDS; i++)
				if (span_is(word, peer_words[i].word))
					peer.words |= peer_words[i].bit;
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
keystore_pinned(
    const struct keystore *ks, const char *key, const struct cert *c)
{
	size_t i;

	for (i = 0; i < ks->pin_count; i++)
		if (strcmp(ks->pins[i].key, key) == 0 &&
		    memcmp(ks->pins[i].fingerprint, c->fingerprint,
			CERT_FINGERPRINT) == 0)
			return true;
	return false;
}

unsigned
keystore_peer_caps(const struct keystore *ks, const char *key)
{
	unsigned words = 0;
	size_t i;

	for (i = 0; i < ks->peer_count; i++)
		if (strcmp(ks->peers[i].key, key) == 0)
			words |= ks->peers[i].words;
	return words;
}

/* Writes `peers` from what is known. */
static void
write_peers(struct keystore *ks)
{
	struct buf text = {0};
	struct store_write w;
	struct err ignored;
	size_t i, j;

	for (i = 0; i < ks->peer_count; i++) {
		buf_adds(&text, ks->peers[i].key);
		for (j = 0; j < PEER_WORDS; j++)
			if (ks->peers[i].words & peer_words[j].bit)
				buf_addf(&text, " %s", peer_words[j].word);
		buf_adds(&text, "\n");
	}
	w = (struct store_write){"peers", span_buf(&text), 0600};
	(void)keystore_write(ks, &w, 1, true, &ignored);
	buf_free(&text);
}

void
keystore_peer_update(struct keystore *ks, const char *key, unsigned words)
{
	struct store_peer *peer = NULL;
	unsigned against = 0;
	size_t i;
	int lock;

	for (i = 0; i < PEER_WORDS; i++)
		if (words & peer_words[i].bit)
			against |= peer_words[i].against;
	if ((keystore_peer_caps(ks, key) & (words | against)) == words)
		return;
	lock = keystore_lock(ks);
	keystore_read_peers(ks);
	for (i = 0; i < ks->peer_count; i++) {
		ks->peers[i].words &= strcmp(ks->peers[i].key, key) == 0
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
	peer->words |= words;
	write_peers(ks);
	keystore_unlock(lock);
}

/* Writes `pinned` without the pins of key, and with fingerprint for it when
 * that is not NULL. */
static int
write_pins(struct keystore *ks, const char *key,
    const unsigned char *fingerprint, struct err *e)
{
	char hex[2 * CERT_FINGERPRINT + 1];
	struct buf text = {0};
	struct store_write w;
	size_t i;
	int rc;

	for (i = 0; i < ks->pin_count; i++) {
		if (strcmp(ks->pins[i].key, key) == 0)
			continue;
		cert_hex(ks->pins[i].fingerprint, hex);
		buf_addf(&text, "%s %s\n", hex, ks->pins[i].key);
	}
	if (fingerprint != NULL) {
		cert_hex(fingerprint, hex);
		buf_addf(&text, "%s %s\n", hex, key);
	}
	w = (struct store_write){"pinned", span_buf(&text), 0600};
	rc = keystore_write(ks, &w, 1, true, e);
	buf_free(&text);
	return rc;
}

/* Reads the pins under the lock and refuses to write over what it could not
 * read. */
static int
change_pins(struct keystore *ks, const char *key,
    const unsigned char *fingerprint, struct err *e)
{
	int lock = keystore_lock(ks), rc;

	keystore_read_pins(ks);
	if (ks->pins_lost)
		rc = err_set(e, EX_CONFIG,
		    "%s/pinned has a line that is no "
		    "pin (64 hex digits, a space, an address); mend it first",
		    ks->dir);
	else
		rc = write_pins(ks, key, fingerprint, e);
	keystore_unlock(lock);
	return rc;
}

static int
trust(struct keystore *ks, const struct aor *who, const char *shown,
    struct err *e)
{
	char hex[2 * CERT_FINGERPRINT + 1];
	struct cert *c;

	if (keystore_refresh_force(ks, e) == -1)
		return -1;
	c = keystore_cert(ks, who->key);
	if (c == NULL)
		return err_set(e, EX_CONFIG,
		    "there is no certificate of %s "
		    "in %s to trust; import it first",
		    who->text, ks->dir);
	cert_hex(c->fingerprint, hex);
	if (shown != NULL && !span_eq_nocase(span_str(shown), span_str(hex)))
		return err_set(e, EX_TEMPFAIL,
		    "nothing was pinned: the "
		    "certificate of %s is another one since it was shown; "
		    "compare again",
		    who->text);
	return change_pins(ks, who->key, c->fingerprint, e);
}

int
keystore_trust(struct keystore *ks, const struct aor *who, struct err *e)
{
	return trust(ks, who, NULL, e);
}

int
keystore_trust_shown(struct keystore *ks, const struct aor *who,
    const char *fingerprint, struct err *e)
{
	return trust(ks, who, fingerprint, e);
}

int
keystore_untrust(struct keystore *ks, const struct aor *who, struct err *e)
{
	if (keystore_refresh(ks, e) == -1)
		return -1;
	if (!keystore_has_pin(ks, who->key))
		return err_set(
		    e, EX_CONFIG, "no certificate is pinned for %s", who->text);
	return change_pins(ks, who->key, NULL, e);
}
