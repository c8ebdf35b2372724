/*
 * The keys that edit a line of input: one table for the client's input line
 * and for the fields of forms.
 */
#ifndef SIGNET_UI_SCREEN_EDIT_KEYS_H
#define SIGNET_UI_SCREEN_EDIT_KEYS_H

#include "ui/edit/edit.h"

/* Whether the key edits; *act is what it does. */
bool edit_key(int code, enum edit_act *act);

#endif
