/*
 * Text: UTF-8, widths, and the one filter that makes wire text harmless.
 */
#ifndef SIGNET_SRC_TEXT_H
#define SIGNET_SRC_TEXT_H

#include "../keys/bytes.h"

/* Appends s to out in a form that cannot touch a terminal or mislead an eye:
 * TAB is spaces; other C0, DEL, C1, bidi controls, zero-width and tag
 * characters, U+2028/9 and bad UTF-8 come in a visible form; at most 8
 * combining marks on one character. CRLF and LF are one line end when
 * lines is set, and shown like other controls when it is not. ZWNJ and ZWJ
 * pass between two characters that are not ASCII when lines is set. */
void text_harmless(struct buf *out, struct span s, bool lines);

/* The same for names and reasons in one line: a NUL-terminated
 * string for the caller to free. */
char *text_line(struct span s);

/* The rows of a message for people: s made harmless, every row led by prefix
 * and no wider than width columns, the prefix counted. */
void text_rows(struct buf *out, struct span s, const char *prefix,
    size_t width);

/* Columns that harmless UTF-8 text takes. */
size_t text_width(struct span s);

/* Appends s as a JSON string with its quotes: what is not valid UTF-8 comes
 * as U+FFFD; controls, bidi and zero-width characters are \u-escaped. */
void text_json(struct buf *out, struct span s);

#endif
