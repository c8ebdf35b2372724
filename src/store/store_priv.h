/*
 * The store's inside: private to src/store/.
 *
 * Calls go down this list: store.c, store_read.c, store_move.c, key_watch.c;
 * store_keys.c, store_merge.c, thread.c, wake.c;
 * write.c; box.c, record.c; db.c.
 */
#ifndef SIGNET_SRC_STORE_STORE_PRIV_H
#define SIGNET_SRC_STORE_STORE_PRIV_H

#include "keys/smime/history_key.h"
#include "src/store/thread.h"
#include "src/store/wake.h"

struct store {
	struct db *db; /* for reading, by the loop's thread */
	struct box_keys *keys; /* for that */
	struct thread *thread; /* NULL: for reading alone */
	struct loop *loop; /* likewise */
	struct wake *wake; /* we send what waits; NULL: we do not */
	bool wakes; /* others, when it is closed */
	char *path;
	char **off; /* keys of people of whom nothing is kept */
	size_t off_count;
};

/* The key of a database, on its way from its wraps to those who use it. Wiped
 * by them. */
struct opening {
	struct keystore *ks;
	const struct aor *who;
	unsigned char id[BOX_ID], key[AEAD_KEY];
	unsigned char recipient[HISTORY_RECIPIENT]; /* of a wrap that is made
	                                             * now */
	bool opened, wrapped; /* by some key of ours; for that recipient */
	struct err why;
};
/* Gets id and key for ks, who and recipient, which the caller has filled in.
 * `writes`: makes them in a new database, and wraps them for a key of ours that
 * is new. */
int store_get_key(struct db *d, struct opening *o, bool writes, struct err *e);

#endif
