#include "src/cmd/inspect_asn1.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "keys/asn1/asn1_print.h"
#include "keys/smime/cms_look.h"
#include "keys/smime/mime.h"
#include "src/app/verb.h"
#include "src/base/dirlist.h"
#include "src/base/text.h"
#include "src/show/hexdump.h"
#include "src/show/pem.h"
#include "src/show/report.h"
#include "src/show/stored.h"
#include "src/show/pretty_message.h"

enum shown {
	SHOWN_NOTHING, /* the format is unknown */
	SHOWN_BROKEN, /* up to an error, which a line names */
	SHOWN_WHOLE
};

struct showing {
	struct buf out;
	int exit; /* the first fault's */
	bool begun; /* a heading was printed before */
};

static const char no_such_thing[] =
    "this is not a SIP message, CMS content or certificate, nor a hex dump of "
    "one";

/* --- formats -------------------------------------------------------------- */

/* Returns whether the first line is that of a SIP message. */
static bool
inspect_is_sip(struct span s)
{
	struct span line;

	while (s.n > 0 && (s.p[0] == '\r' || s.p[0] == '\n'))
		s = span_cut(s, 1, s.n);
	line = span_cut(s, 0, span_find(s, '\n', 0));
	for (size_t i = 0; i + 4 <= line.n; i++)
		if (memcmp(line.p + i, "SIP/", 4) == 0)
			return true;
	return false;
}

static enum shown
inspect_show_sip(struct buf *out, struct span all)
{
	enum shown shown = SHOWN_NOTHING;
	size_t at = 0;

	while (inspect_is_sip(all) && at < all.n) {
		struct stream_frame frame = {0};
		size_t used = stored_next(span_cut(all, at, all.n), &frame);

		if (used == 0) {
			buf_addf(out,
			    "(the %zu bytes at byte %zu are not a SIP "
			    "message: %s)\n",
			    all.n - at, at, frame.why);
			return SHOWN_BROKEN;
		}
		if (frame.found == STREAM_MESSAGE) {
			if (shown == SHOWN_WHOLE)
				buf_adds(out, "\n");
			pretty_message(out, frame.head, frame.body);
			shown = SHOWN_WHOLE;
		}
		at += used;
	}
	return shown;
}

/* Returns whether s begins like CMS (SEQUENCE, OBJECT IDENTIFIER) or like a
 * certificate, CRL or request (SEQUENCE, SEQUENCE); it may be cut short.
 * Private keys and PKCS#12 begin with SEQUENCE, INTEGER and do not match. */
static bool
inspect_is_der(struct span s)
{
	size_t inner = 2;

	if (s.n < 4 || s.p[0] != 0x30)
		return false;
	/* Text of digits begins with 0x30, too: require the exact length. */
	if (s.p[1] < 0x80 && s.n != inner + s.p[1])
		return false;
	if (s.p[1] > 0x80)
		inner += s.p[1] & 0x7f;
	return inner < s.n && (s.p[inner] == 0x30 || s.p[inner] == 0x06);
}

static enum shown
inspect_show_der(struct buf *out, const char *what, struct span der)
{
	struct err e;

	buf_addf(out, "* %s, %zu bytes *\n\n", what, der.n);
	return asn1_print(out, der, 0, &e) == 0 ? SHOWN_WHOLE : SHOWN_BROKEN;
}

/* --- PEM ------------------------------------------------------------------ */

/* Shows one block; a private key only by its label. */
static enum shown
inspect_show_block(struct buf *out, struct span label, struct span base64)
{
	char *what = text_escape_line(label);
	struct buf store = {0};
	enum shown shown = SHOWN_BROKEN;
	struct span der;

	if (strstr(what, "PRIVATE") != NULL) {
		buf_addf(out, "(%s: not shown)\n", what);
		shown = SHOWN_WHOLE;
	} else if (mime_decode(span_str("base64"), base64, &store, &der) !=
	    MIME_CODING_OK) {
		buf_addf(out, "(%s: its base64 is broken)\n", what);
	} else {
		shown = inspect_show_der(out, what, der);
	}
	buf_wipe(&store);
	free(what);
	return shown;
}

static enum shown
inspect_show_pem(struct buf *out, struct span all)
{
	enum shown shown = SHOWN_NOTHING, one;
	struct pem_block block;
	size_t at = 0;

	while (pem_next(all, &at, &block)) {
		if (shown != SHOWN_NOTHING)
			buf_adds(out, "\n");
		if (!block.whole) {
			buf_adds(out, "(this PEM is cut short)\n");
			return SHOWN_BROKEN;
		}
		one = inspect_show_block(out, block.label, block.base64);
		if (shown != SHOWN_BROKEN)
			shown = one;
	}
	return shown;
}

/* --- files ---------------------------------------------------------------- */

static enum shown
inspect_show_bytes(struct buf *out, struct span all)
{
	enum shown shown = inspect_show_sip(out, all);

	if (shown == SHOWN_NOTHING)
		shown = inspect_show_pem(out, all);
	if (shown == SHOWN_NOTHING && inspect_is_der(all))
		shown = inspect_show_der(out, "DER", all);
	return shown;
}

static enum shown
inspect_show_file(struct buf *out, struct span all)
{
	struct buf bytes = {0};
	enum shown shown = SHOWN_NOTHING;
	struct err e;

	switch (hexdump_read(all, &bytes, &e)) {
	case HEXDUMP_WHOLE:
		shown = inspect_show_bytes(out, span_buf(&bytes));
		break;
	case HEXDUMP_NONE:
		shown = inspect_show_bytes(out, all);
		break;
	case HEXDUMP_BROKEN:
		shown = inspect_show_bytes(out, all);
		if (shown == SHOWN_NOTHING) {
			buf_addf(out, "(%s)\n", e.text);
			shown = SHOWN_BROKEN;
		}
		break;
	}
	buf_wipe(&bytes);
	return shown;
}

static void
inspect_fail(struct showing *s, const struct err *e)
{
	int exit = verb_fail(e);

	if (s->exit == 0)
		s->exit = exit;
}

static void
inspect_show_head(struct showing *s, const char *path)
{
	char *name = text_escape_line(span_str(path));

	buf_addf(&s->out, "%s==> %s <==\n", s->begun ? "\n" : "", name);
	s->begun = true;
	free(name);
}

/* Shows one file. found: it was found in a folder, where a file of an unknown
 * format is no error. */
static void
inspect_show_path(struct showing *s, const char *path, bool found)
{
	struct err e = {0}, unwritten = {0};
	struct buf all = {0};

	if (stored_read(path, &all, &e) == -1) {
		buf_free(&all);
		inspect_fail(s, &e);
		return;
	}
	switch (inspect_show_file(&s->out, span_buf(&all))) {
	case SHOWN_WHOLE:
		break;
	case SHOWN_BROKEN:
		(void)err_set(&e, EX_DATAERR, "%s is broken", path);
		break;
	case SHOWN_NOTHING:
		if (found)
			buf_addf(&s->out, "(%s)\n", no_such_thing);
		else
			(void)err_set(
			    &e, EX_DATAERR, "%s: %s", path, no_such_thing);
		break;
	}
	buf_wipe(&all);
	if (report_write(&s->out, &unwritten) == -1)
		inspect_fail(s, &unwritten);
	if (e.exit != 0)
		inspect_fail(s, &e);
}

static void
inspect_show_folder(struct showing *s, const char *path)
{
	struct dirlist list;
	struct err e = {0};

	if (dirlist_read(path, &list, &e) == -1)
		inspect_fail(s, &e);
	for (size_t i = 0; i < list.count; i++) {
		struct buf file = {0};
		struct stat st;

		buf_addf(&file, "%s/%s", path, list.names[i]);
		inspect_show_head(s, list.names[i]);
		/* Reading a FIFO would block. */
		if (stat((char *)file.p, &st) == 0 && !S_ISREG(st.st_mode))
			buf_adds(&s->out, "(this is not a regular file)\n");
		else
			inspect_show_path(s, (char *)file.p, true);
		buf_free(&file);
	}
	dirlist_free(&list);
}

int
inspect_asn1(const char *const *paths, size_t count)
{
	struct showing s = {.exit = 0};
	struct err e = {0};

	for (size_t i = 0; i < count; i++) {
		struct stat st;

		if (count > 1)
			inspect_show_head(&s, paths[i]);
		if (strcmp(paths[i], "-") != 0 && stat(paths[i], &st) == 0 &&
		    S_ISDIR(st.st_mode))
			inspect_show_folder(&s, paths[i]);
		else
			inspect_show_path(&s, paths[i], false);
	}
	if (report_write(&s.out, &e) == -1)
		inspect_fail(&s, &e);
	buf_free(&s.out);
	return s.exit;
}
