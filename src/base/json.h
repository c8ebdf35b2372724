/*
 * Writes JSON: objects, lists and their values. Each function puts a comma
 * before what it appends unless it is the first in its object or list.
 */
#ifndef SIGNET_SRC_BASE_JSON_H
#define SIGNET_SRC_BASE_JSON_H

#include <time.h>

#include "src/base/bytes.h"

/* Begins an object: on a line of its own, or as an element of a list. */
void json_open(struct buf *out);
void json_close(struct buf *out);
/* Ends an object that is a line of its own. */
void json_close_line(struct buf *out);

/* Begins a member that is a list; its elements are objects or strings. */
void json_list(struct buf *out, const char *name);
void json_string(struct buf *out, const char *value);
void json_list_end(struct buf *out);

/* The following append a member. Names are ours, and are not escaped. */

/* A string, escaped as text_json does it; null if value.p is NULL. */
void json_span(struct buf *out, const char *name, struct span value);
/* The same for a NUL-terminated string, or NULL. */
void json_member(struct buf *out, const char *name, const char *value);
void json_null(struct buf *out, const char *name);
void json_number(struct buf *out, const char *name, uint64_t value);
void json_bool(struct buf *out, const char *name, bool value);
/* A string with the time in RFC 3339's form. */
void json_time(struct buf *out, const char *name, time_t value);

#endif
