/*
 * What Unicode 14 says of single characters, as far as text needs it. Tables
 * of our own, since wcwidth(3) says nothing under LC_ALL=C.
 */
#ifndef SIGNET_SRC_BASE_TEXT_TABLE_H
#define SIGNET_SRC_BASE_TEXT_TABLE_H

#include <stdbool.h>
#include <stdint.h>

/* Never shown as it is: C0, DEL, C1, bidi controls, zero-width, tag and other
 * invisible characters, U+2028/9 and what is no character. */
bool text_table_hidden(uint32_t c);
/* Takes no column: drawn on the character before it. */
bool text_table_mark(uint32_t c);
/* Takes two columns. */
bool text_table_wide(uint32_t c);

#endif
