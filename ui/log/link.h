/*
 * Links in the text of a message: http, https, sip, sips and mailto alone, of
 * printable ASCII.
 */
#ifndef SIGNET_UI_LOG_LINK_H
#define SIGNET_UI_LOG_LINK_H

#include "src/base/bytes.h"

enum { LINK_MAX = 2000 }; /* bytes of one */

/* Finds the first link that ends behind the byte `at` of text, so one that `at`
 * is within counts: text from *from to *to. False: there is none. A full stop,
 * comma or bracket behind it does not belong to it, unless the bracket was
 * opened in it. A longer one than LINK_MAX is none. */
bool link_find(struct span text, size_t at, size_t *from, size_t *to);

#endif
