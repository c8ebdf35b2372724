/*
 * The command of `listen --exec`: it is run once for each message, with the
 * message's JSON on its standard input.
 *
 * Two lanes share nothing: messages whose answer waits for the command, and
 * those whose answer must tell nothing of what was done with them. Did they
 * share a place, a sender could learn from the answers of the first how long
 * the command took for the second.
 */
#ifndef SIGNET_SRC_CMD_EXEC_H
#define SIGNET_SRC_CMD_EXEC_H

#include "src/base/bytes.h"
#include "src/base/loop.h"
#include "src/ua/event.h"

struct exec;

/* Told once for each message, after exec_add returned: its command has ended.
 * taken: with status 0. */
typedef void exec_fn(void *arg, uint64_t id, bool taken);

/* loop and command are borrowed for its life. Watches SIGCHLD. EX_OSERR. */
int exec_open(struct loop *loop, const char *command, exec_fn *fn, void *arg,
    struct exec **out, struct err *e);
/* Kills what runs, and tells of nobody any more. NULL does nothing. */
void exec_free(struct exec *x);

/* Returns whether the message waits for its answer. */
bool exec_answers(const struct ua_message *m);
/* Returns whether there is room for the message with its JSON of n bytes. Where
 * there is none, a line on standard error says so, once. */
bool exec_has_room(struct exec *x, const struct ua_message *m, size_t n);
/* Runs the command for the message, once it is its turn. json is copied. id is
 * that of the answer that waits, 0 for none. */
void exec_add(
    struct exec *x, const struct ua_message *m, struct span json, uint64_t id);

/* Returns whether a command runs or waits for its turn. */
bool exec_is_busy(const struct exec *x);
/* Starts no command any more that an answer would wait for; those messages are
 * not taken. */
void exec_hurry(struct exec *x);

#endif
