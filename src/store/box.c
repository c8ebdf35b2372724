#include "src/store/box.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct box_keys {
	unsigned char key[AEAD_KEY], id[BOX_ID];
	unsigned char talks[AEAD_KEY], seens[AEAD_KEY], saids[AEAD_KEY];
	struct aead *records[BOX_KEYS]; /* NULL until it is needed */
};

struct box_keys *
box_keys_new(const unsigned char key[AEAD_KEY], const unsigned char id[BOX_ID])
{
	struct box_keys *k = xcalloc(1, sizeof(*k));

	memcpy(k->key, key, AEAD_KEY);
	memcpy(k->id, id, BOX_ID);
	aead_derive(key, "signet history conversation", k->talks);
	aead_derive(key, "signet history seen", k->seens);
	aead_derive(key, "signet history message-id", k->saids);
	return k;
}

void
box_keys_free(struct box_keys *k)
{
	if (k == NULL)
		return;
	for (size_t i = 0; i < BOX_KEYS; i++)
		aead_free(k->records[i]);
	wipe(k, sizeof(*k));
	free(k);
}

static struct aead *
box_records(struct box_keys *k, unsigned number)
{
	unsigned char key[AEAD_KEY];
	char label[64];

	if (k->records[number] != NULL)
		return k->records[number];
	(void)snprintf(
	    label, sizeof(label), "signet history record %u", number);
	aead_derive(k->key, label, key);
	k->records[number] = aead_new(key);
	wipe(key, sizeof(key));
	return k->records[number];
}

/* --- what stands in clear ------------------------------------------------- */

void
box_talk(const struct box_keys *k, const char *peer, unsigned char talk[DB_MAC])
{
	unsigned char mac[AEAD_KEY];

	aead_mac(k->talks, span_str(peer), mac);
	memcpy(talk, mac, DB_MAC);
}

void
box_seen(const struct box_keys *k, const unsigned char key[32],
    unsigned char seen[DB_MAC])
{
	unsigned char mac[AEAD_KEY];

	aead_mac(k->seens, (struct span){key, 32}, mac);
	memcpy(seen, mac, DB_MAC);
}

void
box_said(const struct box_keys *k, bool inwards, const char *who,
    const char *message_id, unsigned char said[DB_MAC])
{
	unsigned char mac[AEAD_KEY];
	struct buf name = {0};

	/* No address has a NUL. */
	buf_adds(&name, inwards ? "<" : ">");
	buf_add(&name, who, strlen(who) + 1);
	buf_adds(&name, message_id);
	aead_mac(k->saids, span_buf(&name), mac);
	memcpy(said, mac, DB_MAC);
	buf_free(&name);
}

uint64_t
box_person_row(const unsigned char talk[DB_MAC])
{
	return number_read(talk, 8) >> 2 | 1;
}

/* --- boxes ---------------------------------------------------------------- */

enum { BOX_WITH = 96 };

/* Writes what is authenticated beside the record. */
static struct span
box_with(const struct box_keys *k, enum db_table t, const struct db_row *row,
    unsigned char out[BOX_WITH])
{
	unsigned char *p = out;
	const char *name = db_table_name(t);

	memset(out, 0, BOX_WITH);
	memcpy(p, k->id, BOX_ID);
	p += BOX_ID;
	*p++ = DB_SCHEMA;
	memcpy(p, name, strlen(name));
	p += 16; /* no table's name is longer */
	number_write(p, 8, row->id);
	p += 8;
	memcpy(p, row->talk, DB_MAC);
	p += DB_MAC;
	number_write(p, 8, row->minute);
	p += 8;
	memcpy(p, row->seen, DB_MAC);
	p += DB_MAC;
	return (struct span){out, (size_t)(p - out)};
}

void
box_seal(struct box_keys *k, enum db_table t, const struct db_row *row,
    uint64_t writes, struct span record, struct buf *out)
{
	unsigned char with[BOX_WITH];
	unsigned number = (unsigned)(writes >> BOX_WRITES) % BOX_KEYS;
	unsigned char head = (unsigned char)number;

	buf_reserve(out, out->n + 1 + record.n + AEAD_MORE);
	buf_add(out, &head, 1);
	aead_seal(
	    box_records(k, number), box_with(k, t, row, with), record, out);
}

bool
box_open(struct box_keys *k, enum db_table t, const struct db_row *row,
    struct buf *out)
{
	unsigned char with[BOX_WITH];

	return row->box.n > 1 &&
	    aead_open(box_records(k, row->box.p[0]), box_with(k, t, row, with),
		span_cut(row->box, 1, row->box.n), out);
}
