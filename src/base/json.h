/*
 * Writes the members of a JSON object.
 */
#ifndef SIGNET_SRC_BASE_JSON_H
#define SIGNET_SRC_BASE_JSON_H

#include "src/base/bytes.h"

/* Appends "NAME": and a comma before it, unless a '{' precedes it. name is a
 * constant of ours and is not escaped. */
void json_name(struct buf *out, const char *name);
/* Appends a member with a string, escaped by text_json; null if value.p is
 * NULL. */
void json_span(struct buf *out, const char *name, struct span value);
/* The same for a NUL-terminated string, or NULL. */
void json_member(struct buf *out, const char *name, const char *value);

#endif
