/*
 * Words that stand out in messages (the setting highlight).
 */
#ifndef SIGNET_UI_LOG_HIGHLIGHT_H
#define SIGNET_UI_LOG_HIGHLIGHT_H

#include "src/base/bytes.h"

/* Finds the first of words, which have commas between them, in text, at or
 * behind the byte `at`: *found is part of text. Compared without case, and as
 * whole words. False: there is none. */
bool highlight_find(
    struct span words, struct span text, size_t at, struct span *found);

#endif
