/*
 * Completion of the command line by a shell: a script that is made from the
 * rows of the verbs and of the settings.
 */
#ifndef SIGNET_SRC_APP_COMPLETION_H
#define SIGNET_SRC_APP_COMPLETION_H

#include "src/app/verb_args.h"

/* Each appends the script of a shell. verbs end with a NULL. */
void completion_bash(const struct verb *const *verbs, struct buf *out);
void completion_zsh(const struct verb *const *verbs, struct buf *out);
void completion_fish(const struct verb *const *verbs, struct buf *out);

#endif
