/*
 * Errors: how a failure travels up to the one place that prints it.
 *
 * Functions that can fail return 0 or -1 and fill a struct err: one sentence
 * (what, which, why, what to do) and the sysexits(3) status that the command
 * ends with. Nothing below the verbs prints.
 */
#ifndef SIGNET_SRC_BASE_ERR_H
#define SIGNET_SRC_BASE_ERR_H

#include <sysexits.h>

struct err {
	int exit; /* EX_USAGE .. EX_CONFIG; 0: nothing failed */
	char text[1024]; /* one line without newline; cut if too long */
};

/* Fills e, which must not be NULL, and returns -1, so that a caller can write
 * `return err_set(e, EX_DATAERR, "...")`. Text from the wire is taken as it is:
 * whoever prints e->text escapes it with src/base/text.h. */
int err_set(struct err *e, int exit, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* Puts "CONTEXT: " in front of e->text. Returns -1. */
int err_in(struct err *e, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* The same as err_set, and appends ": " and the reason of the oldest error in
 * OpenSSL's queue, if there is one; empties the queue. */
int err_ssl(struct err *e, int exit, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* An error kept by a long-lived struct, without the kilobyte of struct err. All
 * zero: no error. */
struct err_kept {
	int exit; /* 0: none */
	char *text; /* owned; NULL: none */
};

/* Copies e into k, and frees what k had. */
void err_keep(struct err_kept *k, const struct err *e);
/* Copies k into e; e becomes all zero if k has no error. */
void err_recall(const struct err_kept *k, struct err *e);
/* Frees what k has and makes it all zero. */
void err_kept_free(struct err_kept *k);

#endif
