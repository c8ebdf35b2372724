/*
 * Text: UTF-8, widths, and the one filter that escapes text from the wire.
 *
 * The visible form of a character that is not shown is \u{202E}, its number
 * in hexadecimal; of a byte that is not part of valid UTF-8, \xFF. Widths,
 * marks and case are libunistring's and the same in every locale; which
 * characters are hidden is ours (text_hidden.c).
 */
#ifndef SIGNET_SRC_BASE_TEXT_H
#define SIGNET_SRC_BASE_TEXT_H

#include "src/base/bytes.h"

/* Appends s to out, escaped so that it can neither control a terminal nor
 * mislead the reader: TAB is four spaces; other C0, DEL, C1, bidi controls,
 * zero-width and tag characters, U+2028/9 and bad UTF-8 come in a visible form;
 * at most 8 combining marks stand on one character. CRLF and LF are one line
 * end (LF in out) with lines set, and shown like other controls without. ZWNJ
 * and ZWJ pass between two characters that are not ASCII with lines set. A
 * combining mark with nothing before it to be drawn on is shown too, so that it
 * does not change the text before s. */
void text_escape(struct buf *out, struct span s, bool lines);

/* The same for names and reasons in one line: a NUL-terminated
 * string for the caller to free. */
char *text_escape_line(struct span s);

/* Appends the rows of a message for people: s escaped, every row led by prefix
 * and no wider than width columns, the prefix counted; each row ends with LF.
 * Lines are broken at spaces where there are any. An empty s is one row with
 * the prefix alone. Where width leaves less than two columns beside prefix,
 * which a wide character takes, rows are as wide as these need. */
void text_rows(
    struct buf *out, struct span s, const char *prefix, size_t width);

enum { TEXT_ROOM = 2 }; /* the least columns of a row: a wide character's */

/* The end of the row that begins at the byte from of line, which has no line
 * ends in it and is escaped, and in *next where the one after it begins: the
 * space at which a line is broken belongs to neither. The row takes at most
 * room columns, or TEXT_ROOM where that is more. */
size_t text_row(struct span line, size_t from, size_t room, size_t *next);

/* Columns that escaped UTF-8 text takes. Characters that a terminal may draw
 * together (ZWJ sequences) count as if it did not. */
size_t text_width(struct span s);

/* Appends s as a JSON string with its quotes: each byte that is not part of
 * valid UTF-8 comes as U+FFFD; controls, bidi and zero-width characters are
 * \u-escaped, those above U+FFFF as a surrogate pair. */
void text_json(struct buf *out, struct span s);

/* The length in bytes (1 to 4) of the character at s.p[at], which is put in
 * *c; 0 when the byte there begins none (RFC 3629: no surrogates, no overlong
 * forms, nothing above U+10FFFF), or at the end of s. */
size_t text_decode(struct span s, size_t at, uint32_t *c);

/* Whether all of s is UTF-8. */
bool text_is_utf8(struct span s);

/* Columns of one character that text_escape passes: 0, 1 or 2. */
size_t text_columns(uint32_t c);

/* Whether c is never shown as it is: C0, DEL, C1, bidi controls, zero-width,
 * tag and other invisible characters, U+2028/9 and what is no character. */
bool text_hidden(uint32_t c);

/* One step over a character together with the combining marks on it, from the
 * byte at in s, which is UTF-8: where it ends, and where the one before at
 * begins. Marks with nothing before them to be drawn on are one character. */
size_t text_next(struct span s, size_t at);
size_t text_back(struct span s, size_t at);

/* --- without case (text_compare.c) ---------------------------------------- */

/* The other case of one character, where it is one character too, or the
 * character itself; the same in every locale. text_lower changes c only if
 * text_upper brings it back. */
uint32_t text_lower(uint32_t c);
uint32_t text_upper(uint32_t c);

/* Where word begins in s at or after from, compared without case, or s.n. */
size_t text_find(struct span s, struct span word, size_t from);
/* Below, 0 or above: the order of two texts without case. */
int text_order(struct span a, struct span b);
/* Whether s begins with word. */
bool text_begins(struct span s, struct span word);

/* --- the place (text_locale.c) -------------------------------------------- */

/* Returns whether a terminal takes UTF-8: by the locale that is set, or else by
 * the one that the environment names. */
bool text_locale_utf8(void);

/* Appends c as UTF-8. */
void text_encode(struct buf *out, uint32_t c);

#endif
