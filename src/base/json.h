/*
 * JSON written: the members of an object, one after the other.
 */
#ifndef SIGNET_SRC_BASE_JSON_H
#define SIGNET_SRC_BASE_JSON_H

#include "src/base/bytes.h"

/* Appends "NAME": and a comma before it, unless it is the first member after
 * a '{'. name is ours, and is not escaped. */
void json_name(struct buf *out, const char *name);
/* Appends a member with a string, escaped as text_json does it; null where
 * value.p is NULL. */
void json_span(struct buf *out, const char *name, struct span value);
/* The same for a string that ends with a NUL, or is NULL. */
void json_member(struct buf *out, const char *name, const char *value);

#endif
