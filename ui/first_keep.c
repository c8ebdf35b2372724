/*
 * The first run: the key, and what is kept.
 */
#include "first_in.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../src/savefile.h"

/* --- the key ----------------------------------------------------------------------------- */

int
first_passphrase(void *arg, const char *what, bool fresh, struct buf *out,
    struct err *e)
{
	struct first *f = arg;

	(void)what;
	if (!fresh || f->key_form == NULL)
		return err_set(e, EX_CONFIG, "it is locked");
	buf_reserve(out, EDIT_MAX / 64);
	buf_adds(out, form_text(f->key_form, 0));
	return 0;
}

bool
first_has_key(struct first *f)
{
	struct keystore_item *items;
	struct err e = {0};
	size_t count;
	bool has = false;

	if (keystore_list(f->ks, f->config.aors.items[0], &items, &count,
		&e) == -1)
		return false;
	for (size_t i = 0; i < count; i++)
		has = has || items[i].kind == KEYSTORE_USER;
	keystore_items_free(items, count);
	return has;
}

void
first_explain(struct first *f)
{
	const char *me = f->config.aors.items[0];
	struct buf shown = {0};
	struct err e = {0};
	struct aor who;

	f->told.n = 0;
	if (aor_parse(span_str(me), &who, &e) == -1)
		return;
	if (keyring_show(f->ks, who.text, &shown, &e) == 0)
		buf_addspan(&f->told, span_buf(&shown));
	buf_addf(&f->told,
	    "\nGive it to a friend:  signet keys export %s > me.pem, by mail "
	    "or however\nTake theirs:          /import FILE\nCompare:"
	    "              /verify THEM, by telephone, then /trust THEM\n\n"
	    "Enter begins.\n",
	    who.text);
	aor_free(&who);
	buf_free(&shown);
}

bool
first_make_key(struct first *f)
{
	static const struct keystore_new how = {.days = 1095};
	struct err e = {0};

	if (strcmp(form_text(f->key_form, 0), form_text(f->key_form, 1)) !=
	    0) {
		(void)snprintf(f->trouble, sizeof(f->trouble),
		    "the two are not the same");
		form_go(f->key_form, 0);
		return false;
	}
	if (keystore_make(f->ks, f->config.aors.items[0], &how, &e) == -1) {
		(void)snprintf(f->trouble, sizeof(f->trouble), "%.390s",
		    e.text);
		return false;
	}
	return true;
}

/* --- keeping it ---------------------------------------------------------------------------- */

/* The folder of signet.conf, with a name beside it. */
static char *
beside(const char *path, const char *name)
{
	const char *slash = strrchr(path, '/');
	struct buf b = {0};

	buf_add(&b, path, slash == NULL ? 0 : (size_t)(slash - path) + 1);
	buf_adds(&b, name);
	return (char *)b.p;
}

static int
keep_password(const char *path, const char *password, struct err *e)
{
	struct buf line = {0};
	int rc;

	buf_reserve(&line, strlen(password) + 2);
	buf_addf(&line, "%s\n", password);
	rc = savefile_new(path, span_buf(&line), e);
	buf_wipe(&line);
	return rc;
}

int
first_keep(struct first *f, struct err *e)
{
	const struct config *c = &f->config;
	const char *names[8], *values[8];
	const char *password = form_text(f->form, FIELD_PASSWORD);
	char *path = config_path(), *file = NULL;
	size_t n = 0;
	int rc = 0;

	names[n] = "aor";
	values[n++] = c->aors.items[0];
	names[n] = "sign";
	values[n++] = "yes";
	names[n] = "encrypt";
	values[n++] = "yes";
	if (c->password_command != NULL) {
		names[n] = "password-command";
		values[n++] = c->password_command;
	} else if (password[0] != '\0' && form_yes(f->form, FIELD_KEEP)) {
		file = beside(path, "password");
		rc = keep_password(file, password, e);
		names[n] = "password-file";
		values[n++] = file;
	} else if (password[0] != '\0') {
		/* It is asked for then. */
		names[n] = "register";
		values[n++] = "yes";
	}
	if (c->proxy != NULL) {
		names[n] = "proxy";
		values[n++] = c->proxy;
	}
	names[n] = "system-roots";
	values[n++] = c->policy.system_roots ? "yes" : "no";
	if (rc == 0)
		rc = config_save(path, names, values, n, e);
	free(path);
	free(file);
	return rc;
}

