/*
 * The setup's state: private to ui/setup.
 */
#ifndef SIGNET_UI_SETUP_SETUP_PRIV_H
#define SIGNET_UI_SETUP_SETUP_PRIV_H

#include "src/app/config.h"
#include "src/app/keyring.h"
#include "src/base/loop.h"
#include "src/ua/ua.h"
#include "ui/screen/form.h"
#include "ui/setup/setup.h"

enum field {
	FIELD_ADDRESS,
	FIELD_COMMAND,
	FIELD_PASSWORD,
	FIELD_KEEP,
	FIELD_PROXY,
	FIELD_ROOTS
};

enum step { STEP_FORM, STEP_LISTEN, STEP_TRY, STEP_KEY, STEP_DONE };

/* What registering needs, in this order. */
enum setup_check {
	CHECK_SERVER,
	CHECK_CONNECTION,
	CHECK_CERTIFICATE,
	CHECK_ACCOUNT,
	CHECKS
};
enum setup_check_state {
	CHECK_GOES_ON,
	CHECK_FAILED,
	CHECK_DONE,
	CHECK_IN_CLEAR /* there is no certificate to check */
};

struct setup {
	const struct config *given;
	struct config config; /* given, with what was filled in */
	struct loop *loop;
	struct screen *screen;
	struct form *form, *listen_form, *key_form;
	enum step step;
	struct keystore *ks;
	struct ua *ua; /* while it registers, else NULL */
	struct loop_timer register_timer;
	bool registered;
	enum setup_check checked; /* all before it are done */
	enum setup_check_state check; /* of that one */
	bool in_clear; /* the server is reached without TLS */
	enum err_cause refused; /* of CHECK_FAILED */
	int retry; /* the field in which Enter tries at once; -1: none */
	char *listen; /* the only one of config.listens, or NULL */
	int password_fd; /* 0: none */
	struct buf report; /* lines of what was tried, and the result */
	struct buf problem; /* below the form; empty: none */
	bool kept; /* signet.conf is written */
	bool demo, start_client;
	struct err why;
};

/* Sets what stands below the form (setup_keep.c). */
void setup_problem(struct setup *s, const char *text);

/* --- setup_try.c: reading the form, and registering ----------------------- */

/* The password as the path of a pipe that can be read once, by this process
 * alone. For free(). NULL where there is no password. */
char *setup_password(struct setup *s);
/* Copies the form's fields into the settings. False, with a problem set, when
 * one is wrong. */
bool setup_read_form(struct setup *s);
/* Begins to register, and reports each step. */
int setup_register(struct setup *s, struct err *e);
void setup_stop(struct setup *s);

/* --- setup_checks.c: what was tried ---------------------------------------- */

void setup_checks_begin(struct setup *s);
void setup_checks_wire(struct setup *s, const struct ua_wire *w);
void setup_checks_done(struct setup *s);
void setup_checks_failed(struct setup *s, const struct err *why, int status);
/* The field of the form to look at after a failure. */
enum field setup_checks_field(const struct setup *s);
/* Draws the list from row y on. Returns the row below it. */
int setup_checks_draw(const struct setup *s, int y);

/* --- setup_listen.c: without an account ------------------------------------- */

/* Shows its form. */
void setup_listen_show(struct setup *s);
/* Makes the host's certificate and tries to listen. False, with a problem set,
 * where that fails. */
bool setup_listen_read(struct setup *s);
/* Listens nowhere again, if that form was filled in. */
void setup_listen_forget(struct setup *s);
/* Appends how friends get the host's certificate, if there is one. */
void setup_listen_explain(const struct setup *s, struct buf *out);

/* --- setup_keep.c: the key, and signet.conf ------------------------------- */

/* A keystore_ask_fn that gives the passphrase of the form. */
int setup_passphrase(
    void *arg, const char *what, bool fresh, struct buf *out, struct err *e);
/* Whether the store has something of that kind and name. */
bool setup_has(struct keystore *ks, const char *name, enum keystore_kind kind);
/* Makes the key. False with a problem set. */
bool setup_make_key(struct setup *s);
/* Reports the key, and what to do with it. */
void setup_explain_key(struct setup *s);
/* The path of the file for the password. For free(). */
char *setup_password_path(void);
/* Writes signet.conf and, if wanted, the password: both or neither. False with
 * a problem set. */
bool setup_keep(struct setup *s);

#endif
