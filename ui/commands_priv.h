/*
 * Shared by the commands: private to ui/commands*.c. commands.c runs the rows of
 * commands_table.c, whose functions are in the others; all of them call
 * commands_args.c.
 */
#ifndef SIGNET_UI_COMMANDS_PRIV_H
#define SIGNET_UI_COMMANDS_PRIV_H

#include "ui/commands.h"

/* Runs a command; args is the rest of its line. */
typedef enum command_does command_fn(struct client *c, struct span args);

struct command {
	const char *name, *args, *help;
	const char *example; /* arguments that serve */
	const char *near; /* commands that are akin, blanks between */
	enum complete_kind completes; /* its arguments */
	const char *words; /* of COMPLETE_WORDS */
	command_fn *fn;
};

/* The rows of the table (commands_table.c), NULL behind the last, and their
 * number; the row of a name, '/' included, or NULL. */
const struct command *command_at(size_t i);
size_t command_count(void);
const struct command *command_named(struct span name);

/* Removes the first word from *args and returns it. */
struct span command_word(struct span *args);
/* The conversation with the address or contact in word; with an empty word the
 * current one. NULL, with a notice, where there is none. */
struct conversation *command_conversation(struct client *c, struct span word);
/* After p was added to the contacts: connects the open conversation with it,
 * and saves the contacts. */
void command_contact_added(struct client *c, struct contact *p);

/* If name ('/' included) is an alias, appends the line that it stands for: its
 * command, in which "$*" is what was typed behind the name and "$1" to "$9" are
 * the words of that; where none of these is there, args are appended. */
bool command_alias_expand(
    struct client *c, struct span name, struct span args, struct buf *out);
/* The i-th alias's name, '/' included, or NULL after the last. */
const char *command_alias_name(const struct client *c, size_t i);

/* Runs a line without a '/', or gives COMMAND_TEXT (commands_bare.c). */
enum command_does command_bare(struct client *c, struct span line);

command_fn command_msg, command_query, command_close, command_close_ask,
    command_add, command_remove, command_rename, command_sign, command_encrypt,
    command_ignore; /* commands_contacts.c */
command_fn command_keys, command_verify, command_trust,
    command_import; /* commands_keys.c */
command_fn command_introduce, command_accept; /* commands_meet.c */
command_fn command_win, command_me, command_lastlog, command_raw,
    command_reconnect, command_untrust, command_export; /* commands_habits.c */
command_fn command_alias; /* commands_alias.c */
command_fn command_url; /* commands_url.c */
command_fn command_help; /* commands_help.c */
command_fn command_answer, command_resolve, command_wire, command_status,
    command_set, command_password, command_quit; /* commands_more.c */
command_fn command_outbox, command_resend, command_drop, command_history,
    command_clear, command_forget, command_search; /* commands_history.c */

#endif
