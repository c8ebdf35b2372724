/*
 * Home folders in paths.
 */
#ifndef SIGNET_SRC_BASE_HOME_H
#define SIGNET_SRC_BASE_HOME_H

#include "src/base/err.h"

/* Returns path, for the caller to free, with ~ or ~user at its beginning
 * replaced by that home folder, as a shell does. A folder called ~ is written
 * ./~ . NULL and e with EX_USAGE where there is no such home. */
char *home_expand(const char *path, struct err *e);

#endif
