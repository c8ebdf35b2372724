/*
 * QR codes (ISO/IEC 18004) as text for a terminal. Only qr.c knows libqrencode.
 */
#ifndef SIGNET_SRC_SHOW_QR_H
#define SIGNET_SRC_SHOW_QR_H

#include "src/base/bytes.h"
#include "src/base/err.h"

struct qr_look {
	bool blocks; /* two modules in a half block of UTF-8; else a module is
	              * "##" or two blanks */
	bool colour; /* with the escapes for white on black */
	size_t columns; /* that there are; 0: any number */
};

/* Appends text as a code of the least correction (L), in as few rows as it
 * takes, with its quiet zone of four modules. Light modules are drawn and dark
 * ones left blank, since most terminals are dark. With blocks each row begins
 * with a full block. EX_DATAERR where text is too long for a code, or the code
 * too wide for the columns. */
int qr_draw(struct buf *out, const char *text, const struct qr_look *look,
    struct err *e);

#endif
