#include "src/show/qr.h"

#include <errno.h>
#include <string.h>

#include <qrencode.h>

enum { QR_QUIET = 4 }; /* light modules around a code */

static const char qr_colour[] = "\033[1;37;40m", qr_plain[] = "\033[0m";

/* Returns whether the module is light; x and y count from the quiet zone. */
static bool
qr_is_light(const QRcode *code, int x, int y)
{
	x -= QR_QUIET;
	y -= QR_QUIET;
	return x < 0 || y < 0 || x >= code->width || y >= code->width ||
	    (code->data[y * code->width + x] & 1) == 0;
}

static const char *
qr_module(const QRcode *code, int x, int y, bool blocks)
{
	bool upper = qr_is_light(code, x, y), lower;

	if (!blocks)
		return upper ? "##" : "  ";
	lower = qr_is_light(code, x, y + 1);
	if (upper && lower)
		return "\u2588";
	return upper ? "\u2580" : lower ? "\u2584" : " ";
}

static void
qr_put(struct buf *out, const QRcode *code, const struct qr_look *look)
{
	int all = code->width + 2 * QR_QUIET;

	for (int y = 0; y < all; y += look->blocks ? 2 : 1) {
		buf_adds(out, look->colour ? qr_colour : "");
		for (int x = 0; x < all; x++)
			buf_adds(out, qr_module(code, x, y, look->blocks));
		buf_adds(out, look->colour ? qr_plain : "");
		buf_adds(out, "\n");
	}
}

int
qr_draw(struct buf *out, const char *text, const struct qr_look *look,
    struct err *e)
{
	QRcode *code = QRcode_encodeString(text, 0, QR_ECLEVEL_L, QR_MODE_8, 1);
	size_t wide;
	int rc = 0;

	if (code == NULL && errno == ENOMEM)
		return err_set(e, EX_OSERR, "there is no memory for a QR code");
	if (code == NULL)
		return err_set(e, EX_DATAERR,
		    "%zu bytes are too many for a QR code", strlen(text));
	wide = (size_t)(code->width + 2 * QR_QUIET) * (look->blocks ? 1 : 2);
	if (look->columns != 0 && wide > look->columns)
		rc = err_set(e, EX_DATAERR,
		    "the QR code needs %zu columns, and there are %zu", wide,
		    look->columns);
	else
		qr_put(out, code, look);
	QRcode_free(code);
	return rc;
}
