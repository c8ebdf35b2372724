/*
 * An introduction that came: kept as an offer, and told in one line.
 */
#ifndef SIGNET_SRC_APP_INTRODUCED_H
#define SIGNET_SRC_APP_INTRODUCED_H

#include "keys/store/offers.h"

/* Keeps the certificates (PEM) that who introduced themself with, and appends a
 * sentence for the user, escaped: who, the fingerprints, what to do. accept is
 * the command that accepts, "/accept bob@example.com". Nothing is appended where
 * there is nothing new. Returns whether the sentence is alarming. See
 * offers_keep for the others. */
bool introduced(struct keystore *ks, const struct aor *who, struct span pem,
    const char *accept, offers_spare_fn *spare, void *arg, struct buf *line);

/* Appends fingerprints of offers in groups of four digits: "8dc3 5441 ..", the
 * second behind "and". */
void introduced_put_shown(struct buf *out, const char *shown);

#endif
