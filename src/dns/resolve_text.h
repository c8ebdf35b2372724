/*
 * What was found out on the way from a URI to its targets, as lines for
 * people.
 */
#ifndef SIGNET_SRC_DNS_RESOLVE_TEXT_H
#define SIGNET_SRC_DNS_RESOLVE_TEXT_H

#include "src/dns/resolve.h"

/* Both append lines, harmless to a terminal. width is where the words of a
 * choice are wrapped. */
void resolve_text_step(
    struct buf *b, const struct resolve_step *step, size_t width);
void resolve_text_targets(
    struct buf *b, const struct target *targets, size_t count);

#endif
