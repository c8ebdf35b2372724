/*
 * Records: what is encrypted in a row, as a list of values, each behind its tag
 * and its length.
 */
#ifndef SIGNET_SRC_STORE_RECORD_H
#define SIGNET_SRC_STORE_RECORD_H

#include "src/store/store.h"

/* The text of each record is filled up to a multiple of this many bytes. */
enum { RECORD_BLOCK = 256 };

/* Append a record, filled up. */
void record_write_message(const struct store_message *m, struct buf *out);
void record_write_request(const struct store_request *r, struct buf *out);
void record_write_person(const struct store_person *p, struct buf *out);
/* A line of the input line's history, as the line and whom it was typed for. */
void record_write_input(const char *peer, struct span line, struct buf *out);
/* Bytes as one value, and those of a message with its content key (or none). */
void record_write_bytes(struct span bytes, struct buf *out);
void record_write_signed(
    struct span bytes, struct span content_key, struct buf *out);

/* Read a record whose bytes out borrows; strings in it end with a NUL. Return
 * false where it is none: out is then to be ignored. */
bool record_read_message(struct span record, struct store_message *out);
bool record_read_request(struct span record, struct store_request *out);
bool record_read_person(struct span record, struct store_person *out);
bool record_read_input(
    struct span record, const char **peer, struct span *line);
bool record_read_bytes(struct span record, struct span *out);
bool record_read_signed(
    struct span record, struct span *bytes, struct span *content_key);

#endif
