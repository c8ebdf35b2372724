/*
 * The kinds of printed lines, and the colour of each kind on a terminal.
 *
 * Who prints a line knows its kind, and marks it by one control character at
 * the line's start. Escaped text has none, so nothing from the wire can pass
 * for a mark. Who writes the lines takes the marks off.
 */
#ifndef SIGNET_SRC_BASE_PAINT_H
#define SIGNET_SRC_BASE_PAINT_H

#include "src/base/bytes.h"

enum paint {
	PAINT_TEXT, /* it has no mark and no colour */
	PAINT_REQUEST, /* a request line */
	PAINT_PROVISIONAL, /* a status line, by its class: 1xx, */
	PAINT_SUCCESS, /* 2xx, */
	PAINT_REDIRECTION, /* 3xx, */
	PAINT_FAILURE, /* and others */
	PAINT_FIELD, /* a header field: its name has the colour */
	PAINT_NOTE, /* what signet says */
	PAINT_BOUNDARY, /* of MIME parts */
	PAINT_ASN1,
	PAINT_DUMP, /* bytes in hex */
	PAINTS
};

/* Marks the line that is appended next. */
void paint_mark(struct buf *out, enum paint kind);
/* Appends lines of one kind, without marks, and marks each. The last one gets a
 * line end if it has none. */
void paint_mark_lines(struct buf *out, struct span lines, enum paint kind);
/* Takes the mark off the line, and returns its kind. */
enum paint paint_take(struct span *line);
/* Returns how many bytes of a line, whose mark was taken off, have the colour of
 * its kind: all, but of a field only the name with its colon. */
size_t paint_extent(enum paint kind, struct span line);
/* Appends marked lines with indent between mark and text. Empty lines stay
 * empty; the last line gets a line end. */
void paint_indent(struct buf *out, struct span lines, const char *indent);

/* Returns whether what is written to fd has colours: it is a terminal, TERM is
 * not "dumb", and NO_COLOR is not set (https://no-color.org). */
bool paint_wanted(int fd);
/* Appends marked lines without their marks; with colours, each in its own (SGR),
 * which ends with the line. */
void paint_lines(struct buf *out, struct span lines, bool colours);

#endif
