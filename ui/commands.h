/*
 * Commands: lines that begin with '/', and the few of SIPimp without it.
 */
#ifndef SIGNET_UI_COMMANDS_H
#define SIGNET_UI_COMMANDS_H

#include "ui/client_priv.h"

enum command_does {
	COMMAND_DONE,
	COMMAND_TEXT, /* it is no command, but a message */
	COMMAND_REFUSED, /* with a notice */
	COMMAND_USAGE, /* only between commands: its usage is to be shown */
	COMMAND_CLOSED, /* its conversation was closed and freed */
	COMMAND_SECRET /* its line may have a password, and is to be forgotten */
};

/* Runs a line if it is a command. */
enum command_does command_run(struct client *c, struct span line);
/* The text of a line that is no command: "//" at its start stands for '/', and
 * before "to:" and "add:" for nothing. */
struct span command_text(struct span line);
/* /introduce in the current conversation (commands_meet.c). */
void command_introduce_here(struct client *c);
/* For completion: the kind of word at a place, and the names of a kind. */
enum complete_kind command_place(
    void *arg, struct span text, size_t from, const char **words);
const char *command_name(void *arg, enum complete_kind kind, size_t i);
/* Adds the aliases of the settings, and says which of them are no aliases; frees
 * all aliases. */
void command_aliases_open(struct client *c);
void command_aliases_free(struct client *c);
/* Opens the wire view on the trace of the current conversation. */
void command_show_trace(struct client *c);

#endif
