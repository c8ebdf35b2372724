/*
 * The first run's insides: private to ui/first*.c.
 */
#ifndef SIGNET_UI_SETUP_FIRST_PRIV_H
#define SIGNET_UI_SETUP_FIRST_PRIV_H

#include "src/app/config.h"
#include "src/app/keyring.h"
#include "src/base/loop.h"
#include "src/ua/ua.h"
#include "ui/screen/form.h"
#include "ui/setup/first.h"

enum field {
	FIELD_ADDRESS,
	FIELD_COMMAND,
	FIELD_PASSWORD,
	FIELD_KEEP,
	FIELD_PROXY,
	FIELD_ROOTS
};

enum step { STEP_FORM, STEP_TRY, STEP_KEY, STEP_DONE };

struct first {
	const struct config *given;
	struct config config; /* what was filled in */
	struct loop *loop;
	struct screen *screen;
	struct form *form, *key_form;
	enum step step;
	struct keystore *ks;
	struct ua *ua; /* while it is tried */
	struct loop_timer trying;
	bool registered, failed;
	int password_fd; /* 0: none */
	struct buf told; /* lines of what was tried, and came of it */
	char trouble[400];
	bool kept; /* signet.conf is written */
	bool demo, goes_on;
	struct err why;
};

void first_trouble(struct first *f, const char *words);

/* --- first_try.c: what was filled in, and whether it works ---------------- */

/* The password as a file that is read once, and that only this process has;
 * for free. NULL where there is none. */
char *first_password(struct first *f);
/* Takes the form's fields into the settings. False with trouble said. */
bool first_take(struct first *f);
/* Registers, and tells each step. */
int first_try(struct first *f, struct err *e);
void first_stop(struct first *f);

/* --- first_keep.c: the key, and signet.conf ------------------------------- */

/* A keystore_ask_fn: the passphrase of the form. */
int first_passphrase(
    void *arg, const char *what, bool fresh, struct buf *out, struct err *e);
bool first_has_key(struct first *f);
/* Makes it. False with trouble said. */
bool first_make_key(struct first *f);
/* Tells what to do with it. */
void first_explain(struct first *f);
/* The file for the password, for free. */
char *first_password_path(void);
/* Writes signet.conf, and the password where that is wanted, or neither. False
 * with trouble said. */
bool first_keep(struct first *f);

#endif
