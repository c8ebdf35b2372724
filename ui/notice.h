/*
 * Telling the user something: as a line in a conversation, in the bar until the
 * next key, or in a pager over the whole screen.
 */
#ifndef SIGNET_UI_NOTICE_H
#define SIGNET_UI_NOTICE_H

#include "ui/client_priv.h"

/* Ends a notice that can be mended. */
#define NOTICE_HOW " (Alt-H: how)"

/* Adds a line to a conversation (NULL: the current one). The text is escaped
 * here. A loud line stands out, and marks a conversation out of sight as
 * urgent. */
void notice_log(
    struct client *c, struct conversation *v, bool loud, const char *text);
void notice_logf(struct client *c, struct conversation *v, bool loud,
    const char *fmt, ...) __attribute__((format(printf, 4, 5)));
/* Adds a line that says what is wrong, and that Alt-H shows how to mend it: how,
 * which may have several lines, or NULL where nothing can be done. */
void notice_how(struct client *c, struct conversation *v, bool loud,
    const char *text, const char *how);
/* Shows text in the bar until the next key. It is escaped when it is drawn. */
void notice_bar(struct client *c, const char *text);
void notice_barf(struct client *c, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
/* Opens the pager; takes over text, which must be escaped. */
void notice_page(struct client *c, const char *title, struct buf *text,
    const char *question, pager_fn *fn);
/* Asks for a new frame, if there is a screen already. */
void notice_redraw(struct client *c);

#endif
