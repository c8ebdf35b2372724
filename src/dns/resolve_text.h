/*
 * Prints the steps of a resolution and its targets as lines for people.
 */
#ifndef SIGNET_SRC_DNS_RESOLVE_TEXT_H
#define SIGNET_SRC_DNS_RESOLVE_TEXT_H

#include "src/dns/resolve.h"

/* Both append lines that are escaped for a terminal. width is the column at
 * which a choice is wrapped. */
void resolve_text_step(
    struct buf *b, const struct resolve_step *step, size_t width);
void resolve_text_targets(
    struct buf *b, const struct target *targets, size_t count);

#endif
