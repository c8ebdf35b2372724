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

enum step { STEP_FORM, STEP_TRY, STEP_KEY, STEP_DONE };

struct setup {
	const struct config *given;
	struct config config; /* given, with what was filled in */
	struct loop *loop;
	struct screen *screen;
	struct form *form, *key_form;
	enum step step;
	struct keystore *ks;
	struct ua *ua; /* while it registers, else NULL */
	struct loop_timer register_timer;
	bool registered, failed;
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

/* --- setup_keep.c: the key, and signet.conf ------------------------------- */

/* A keystore_ask_fn that gives the passphrase of the form. */
int setup_passphrase(
    void *arg, const char *what, bool fresh, struct buf *out, struct err *e);
bool setup_has_key(struct setup *s);
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
