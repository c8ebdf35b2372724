/*
 * How a failure travels up to the one place that tells the person.
 *
 * Functions that can fail return 0 or -1 and fill a struct err: one sentence
 * (what, which, why, what to do) and the sysexits(3) status that a command
 * ends with when this is its cause. Nothing below the verbs prints.
 */
#ifndef SIGNET_SRC_BASE_ERR_H
#define SIGNET_SRC_BASE_ERR_H

#include <sysexits.h>

struct err {
	int exit; /* EX_USAGE .. EX_CONFIG; 0 when nothing failed */
	char text[1024]; /* one line without its newline, maybe cut */
};

/* Fills e, which is never NULL, and returns -1, so that a caller can say
 * `return err_set(e, EX_DATAERR, "...")`. Wire text in the arguments is put
 * in as it is: who prints e->text passes it through src/text. */
int err_set(struct err *e, int exit, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* Puts "CONTEXT: " in front of what e says already. Returns -1. */
int err_in(struct err *e, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* As err_set, followed by ": " and OpenSSL's reason for the oldest error in
 * its queue, if it has one; empties the queue. */
int err_ssl(struct err *e, int exit, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* An error that a long-lived struct keeps, in as many bytes as it has. All zero
 * is none. */
struct err_kept {
	int exit; /* 0: none */
	char *text; /* its own, NULL without one */
};

/* Copies e into k, in place of what k had. */
void err_keep(struct err_kept *k, const struct err *e);
/* Copies what k has into e; all zero where it has none. */
void err_recall(const struct err_kept *k, struct err *e);
/* Leaves k without an error, its memory freed. */
void err_kept_free(struct err_kept *k);

#endif
