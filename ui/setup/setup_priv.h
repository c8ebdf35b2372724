/*
 * The first run's insides: private to ui/setup.
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
	struct config config; /* what was filled in */
	struct loop *loop;
	struct screen *screen;
	struct form *form, *key_form;
	enum step step;
	struct keystore *ks;
	struct ua *ua; /* while it is tried */
	struct loop_timer register_timer;
	bool registered, failed;
	int password_fd; /* 0: none */
	struct buf report; /* lines of what was tried, and came of it */
	struct buf problem; /* below the form; empty: none */
	bool kept; /* signet.conf is written */
	bool demo, start_client;
	struct err why;
};

void setup_problem(struct setup *s, const char *words);

/* --- setup_try.c: what was filled in, and whether it works ---------------- */

/* The password as a file that is read once, and that only this process has;
 * for free. NULL where there is none. */
char *setup_password(struct setup *s);
/* Takes the form's fields into the settings. False with trouble said. */
bool setup_read_form(struct setup *s);
/* Registers, and tells each step. */
int setup_register(struct setup *s, struct err *e);
void setup_stop(struct setup *s);

/* --- setup_keep.c: the key, and signet.conf ------------------------------- */

/* A keystore_ask_fn: the passphrase of the form. */
int setup_passphrase(
    void *arg, const char *what, bool fresh, struct buf *out, struct err *e);
bool setup_has_key(struct setup *s);
/* Makes it. False with trouble said. */
bool setup_make_key(struct setup *s);
/* Tells what to do with it. */
void setup_explain_key(struct setup *s);
/* The file for the password, for free. */
char *setup_password_path(void);
/* Writes signet.conf, and the password where that is wanted, or neither. False
 * with trouble said. */
bool setup_keep(struct setup *s);

#endif
