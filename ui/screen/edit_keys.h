/*
 * The keys that edit a line of input: one table for the client's input line
 * and for the fields of forms.
 */
#ifndef SIGNET_UI_SCREEN_EDIT_KEYS_H
#define SIGNET_UI_SCREEN_EDIT_KEYS_H

#include "ui/edit/edit.h"

/* Whether the key edits; *act is what it does. */
bool edit_key(int code, enum edit_act *act);
/* Row i of the table. False behind the last. */
bool edit_key_row(size_t i, int *code, enum edit_act *act);
/* What an act does, in words for help. Static. */
const char *edit_act_help(enum edit_act act);

#endif
