/*
 * Words of a command that a person is told to type into a shell.
 */
#ifndef SIGNET_SRC_BASE_SHELL_H
#define SIGNET_SRC_BASE_SHELL_H

#include "src/base/bytes.h"

/* Appends a word, quoted where sh would not read it as one. */
void shell_word(struct buf *out, const char *word);

/* Appends the name at the end of a command: behind "--" where it would be read
 * as an option. */
void shell_name(struct buf *out, const char *name);

/* Appends the path of a file or folder, which need not exist, as a word that
 * means the same in every folder. */
void shell_path(struct buf *out, const char *path);

/* Returns the path from the root, for the caller to free; the path as it is
 * where the working folder is unknown. */
char *shell_absolute(const char *path);

#endif
