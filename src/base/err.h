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

/* The causes of errors that a person can do something about. The code that makes
 * an error sets its cause; the code that gives advice reads the cause and never
 * the text. */
enum err_cause {
	CAUSE_NONE, /* none of these */
	/* A server or the way to it. */
	CAUSE_REALM, /* it asks for the password of another realm */
	CAUSE_MD5, /* it asks for MD5 without TLS */
	CAUSE_PASSWORD, /* it refused the password */
	CAUSE_FOREIGN, /* a server that is not ours asks for the password */
	CAUSE_NO_ROOT, /* its certificate leads to no root here */
	CAUSE_CERTIFICATE, /* its certificate has another fault */
	CAUSE_NOBODY, /* nothing listens there */
	CAUSE_NO_ROUTE, /* it cannot be reached */
	/* The key store. about: the address, host or folder. */
	CAUSE_NO_OWN_CERT,
	CAUSE_OWN_CERT_ENDS, /* within days */
	CAUSE_OWN_CERT_REFUSED, /* every receiver refuses it */
	CAUSE_NO_PEER_CERT,
	CAUSE_PEER_CERT_UNPINNED,
	CAUSE_PEER_CERT_NO_CRL,
	CAUSE_PEER_CERT_REFUSED,
	CAUSE_NO_DOMAIN_CERT,
	CAUSE_NO_CA /* the folder has no root with its key */
};

enum { ERR_ABOUT = 512 };

struct err {
	int exit; /* EX_USAGE .. EX_CONFIG; 0: nothing failed */
	enum err_cause cause;
	char about[ERR_ABOUT]; /* what the cause is about; "" if nothing, or if
	                        * it is too long */
	char text[1024]; /* one line without newline; cut if too long */
};

/* Fills e, which must not be NULL, and returns -1, so that a caller can write
 * `return err_set(e, EX_DATAERR, "...")`. Text from the wire is taken as it is:
 * whoever prints e->text escapes it with src/base/text.h. */
int err_set(struct err *e, int exit, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* Notes the cause of an error that is set, and what it is about (NULL: nothing).
 * Returns -1. */
int err_because(struct err *e, enum err_cause cause, const char *about);

/* The same as err_set for a failed system call: the reason is that of error, an
 * errno, and so is the cause. */
int err_system(struct err *e, int exit, int error);

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
	enum err_cause cause;
	char *text, *about; /* owned; NULL: none */
};

/* Copies e into k, and frees what k had. */
void err_keep(struct err_kept *k, const struct err *e);
/* Copies k into e; e becomes all zero if k has no error. */
void err_recall(const struct err_kept *k, struct err *e);
/* Frees what k has and makes it all zero. */
void err_kept_free(struct err_kept *k);

#endif
