/*
 * Boxes: records encrypted for one row of one table. Private to src/store/.
 *
 * A box is a byte that numbers its key, and what aead_seal makes. What stands in
 * clear in its row, the table and the database are authenticated with it: a box
 * that is moved to another place does not open.
 */
#ifndef SIGNET_SRC_STORE_BOX_H
#define SIGNET_SRC_STORE_BOX_H

#include "src/base/aead.h"
#include "src/store/db.h"

enum {
	BOX_ID = 16, /* bytes of a database's random name */
	BOX_KEYS = 256, /* record keys of a database, one after the other */
	BOX_WRITES = 30 /* a key serves for 2^30 writes */
};

struct box_keys; /* of one database, for one thread */

struct box_keys *box_keys_new(
    const unsigned char key[AEAD_KEY], const unsigned char id[BOX_ID]);
/* Wipes them. k may be NULL. */
void box_keys_free(struct box_keys *k);

/* What stands for a conversation with peer (user@host), and for a message whose
 * copies are known by key. */
void box_talk(
    const struct box_keys *k, const char *peer, unsigned char talk[DB_MAC]);
void box_seen(const struct box_keys *k, const unsigned char key[32],
    unsigned char seen[DB_MAC]);

/* The name of a message by its Message-ID; inwards: it came from who, the signer;
 * else it went to who. */
void box_said(const struct box_keys *k, bool inwards, const char *who,
    const char *message_id, unsigned char said[DB_MAC]);

/* The number of the one row that a person has. */
uint64_t box_person_row(const unsigned char talk[DB_MAC]);

/* Appends the box of a record for a row, whose box is not looked at. writes is
 * how many boxes were written to the database before. */
void box_seal(struct box_keys *k, enum db_table t, const struct db_row *row,
    uint64_t writes, struct span record, struct buf *out);
/* Appends the record of a row's box, for the caller to wipe. False where it is
 * damaged, or was another row's. */
bool box_open(struct box_keys *k, enum db_table t, const struct db_row *row,
    struct buf *out);

#endif
