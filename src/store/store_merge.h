/*
 * The messages of another history, put among those that are there. Private to
 * src/store/.
 *
 * The order of messages is that of their numbers. So where older ones come in,
 * what is newer than they are gets new numbers, and keeps its order.
 */
#ifndef SIGNET_SRC_STORE_STORE_MERGE_H
#define SIGNET_SRC_STORE_STORE_MERGE_H

#include "src/store/write.h"

struct merge;

/* Learns what is in the history of `to`, which is borrowed and in a transaction
 * up to merge_end. Out is for merge_free. */
int merge_begin(struct writer *to, struct merge **out, struct err *e);
void merge_free(struct merge *m);

/* Takes a row of the other history: id is its number there, row has what stands
 * in clear here. Messages come first, and each table in the order of its ids. A
 * message that is there already is not taken, nor what belongs to it; nor are a
 * person or lines where there are some of theirs. EX_DATAERR for another
 * order. */
int merge_row(struct merge *m, enum db_table t, uint64_t id,
    const struct db_row *row, struct span record, struct err *e);
/* Ends it, and counts the messages that were taken. */
int merge_end(struct merge *m, uint64_t *count, struct err *e);

#endif
