/*
 * The names of keys, as help prints them: "Alt-V", "^R", "PgUp".
 */
#ifndef SIGNET_UI_SCREEN_KEY_NAMES_H
#define SIGNET_UI_SCREEN_KEY_NAMES_H

#include "src/base/bytes.h"

/* Appends the name of a key's code (screen.h). Keys that differ in case alone
 * have one name. */
void key_name(int code, struct buf *out);

#endif
