/*
 * The store's inside: private to src/store/.
 *
 * Calls go down this list: store.c, store_read.c; thread.c; write.c; box.c,
 * record.c; db.c.
 */
#ifndef SIGNET_SRC_STORE_STORE_PRIV_H
#define SIGNET_SRC_STORE_STORE_PRIV_H

#include "src/store/thread.h"

struct store {
	struct db *db; /* for reading, by the loop's thread */
	struct box_keys *keys; /* for that */
	struct thread *thread; /* NULL: for reading alone */
};

#endif
