/*
 * Where the verbs find a history.
 */
#ifndef SIGNET_SRC_CMD_HISTORY_PATH_H
#define SIGNET_SRC_CMD_HISTORY_PATH_H

#include "src/app/config.h"

/* Appends the path of who's history: history-file, which is that of our first
 * address, or the default. */
void history_path(
    const struct config *c, const struct aor *who, struct buf *out);

#endif
