/*
 * Shared by the commands: private to ui/commands*.c. The table in commands.c
 * calls the others; all of them call commands_args.c.
 */
#ifndef SIGNET_UI_COMMANDS_PRIV_H
#define SIGNET_UI_COMMANDS_PRIV_H

#include "ui/commands.h"

/* Runs a command; args is the rest of its line. */
typedef enum command_does command_fn(struct client *c, struct span args);

struct command {
	const char *name, *args, *help;
	enum complete_kind completes; /* its arguments */
	const char *words; /* of COMPLETE_WORDS */
	command_fn *fn;
};

/* Removes the first word from *args and returns it. */
struct span command_word(struct span *args);
/* The conversation with the address or contact in word; with an empty word the
 * current one. NULL, with a notice, where there is none. */
struct conversation *command_conversation(struct client *c, struct span word);
/* After p was added to the contacts: connects the open conversation with it,
 * and saves the contacts. */
void command_contact_added(struct client *c, struct contact *p);

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
command_fn command_answer, command_resolve, command_wire, command_status,
    command_set, command_password, command_quit; /* commands_more.c */
command_fn command_outbox, command_resend, command_drop, command_history,
    command_clear, command_forget, command_search; /* commands_history.c */

#endif
