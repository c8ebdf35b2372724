/*
 * The setup: making the key, and saving the settings.
 */
#include "ui/setup/setup_priv.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "src/app/secret.h"
#include "src/base/savefile.h"
#include "src/base/shell.h"

/* --- the key -------------------------------------------------------------- */

void
setup_problem(struct setup *s, const char *text)
{
	s->problem.n = 0;
	buf_adds(&s->problem, text);
}

int
setup_passphrase(
    void *arg, const char *what, bool fresh, struct buf *out, struct err *e)
{
	struct setup *s = arg;

	(void)what;
	/* A host's key gets none. */
	if (fresh && s->step == STEP_LISTEN)
		return 0;
	if (!fresh || s->key_form == NULL)
		return err_set(e, EX_CONFIG, "the key is locked");
	buf_reserve(out, EDIT_MAX / 64);
	buf_adds(out, form_text(s->key_form, 0));
	return 0;
}

bool
setup_has(struct keystore *ks, const char *name, enum keystore_kind kind)
{
	struct keystore_item *items;
	struct err e = {0};
	size_t count;
	bool has = false;

	if (keystore_list(ks, name, &items, &count, &e) == -1)
		return false;
	for (size_t i = 0; i < count; i++)
		has = has || items[i].kind == kind;
	keystore_items_free(items, count);
	return has;
}

void
setup_explain_key(struct setup *s)
{
	struct buf shown = {0};
	struct err e = {0};
	struct aor who;

	s->report.n = 0;
	if (aor_parse(span_str(s->config.aors.items[0]), &who, &e) == -1)
		return;
	if (keyring_show(
		s->ks, &s->config.policy, NULL, who.text, &shown, &e) == 0)
		buf_addspan(&s->report, span_buf(&shown));
	buf_adds(&s->report, "Give it to a friend: ");
	config_recipe(
	    &s->config, "$ keys export # > me.pem\n", who.text, &s->report);
	setup_listen_explain(s, &s->report);
	buf_addf(&s->report,
	    "Import theirs:       /import FILE\n"
	    "Compare by phone:    /verify THEM, and if the words match, /trust "
	    "THEM\n%s\n",
	    s->kept
		? "signet.conf is written. Enter starts the client."
		: "Enter writes signet.conf and starts the client; ^C quits.");
	aor_free(&who);
	buf_free(&shown);
}

/* The settings are written first: if the key fails, they work without it. */
bool
setup_make_key(struct setup *s)
{
	static const struct keystore_new how = {.days = 1095};
	struct keystore *ks;
	struct err e = {0};

	if (strcmp(form_text(s->key_form, 0), form_text(s->key_form, 1)) != 0) {
		setup_problem(s, "the two passphrases differ");
		form_go(s->key_form, 0);
		return false;
	}
	if (!setup_keep(s))
		return false;
	if (keystore_open(s->config.keys, true, &ks, &e) == -1) {
		setup_problem(s, e.text);
		return false;
	}
	keystore_free(s->ks);
	s->ks = ks;
	keystore_on_passphrase(s->ks, setup_passphrase, s);
	if (keystore_make(s->ks, s->config.aors.items[0], &how, &e) == -1) {
		setup_problem(s, e.text);
		return false;
	}
	secret_keep(span_str(form_text(s->key_form, 0)));
	return true;
}

/* --- keeping it ----------------------------------------------------------- */

char *
setup_password_path(void)
{
	char *conf = config_path();
	const char *slash = strrchr(conf, '/');
	struct buf b = {0};

	buf_add(&b, conf, (size_t)(slash - conf) + 1);
	buf_adds(&b, "password");
	free(conf);
	return (char *)b.p;
}

static int
setup_keep_password(const char *path, const char *password, struct err *e)
{
	struct buf line = {0};
	int rc;

	buf_reserve(&line, strlen(password) + 2);
	buf_addf(&line, "%s\n", password);
	savefile_folders(path);
	rc = savefile_new(path, span_buf(&line), e);
	buf_wipe(&line);
	return rc;
}

enum { PAIRS = 32 };

struct pairs {
	const char *names[PAIRS], *values[PAIRS];
	size_t n;
};

static void
setup_add_pair(struct pairs *p, const char *name, const char *value)
{
	if (value == NULL || p->n == PAIRS)
		return;
	p->names[p->n] = name;
	p->values[p->n++] = value;
}

/* The form's settings, and those of the command line that were in force when
 * registering was tried. keys: the key store, from the root; NULL: the default
 * one. */
static void
setup_add_pairs(struct pairs *p, const struct config *c, const char *keys)
{
	setup_add_pair(p, "keys", keys);
	setup_add_pair(p, "aor", c->aors.items[0]);
	setup_add_pair(p, "sign", "yes");
	setup_add_pair(p, "encrypt", "yes");
	setup_add_pair(p, "password-command", c->password_command);
	setup_add_pair(p, "auth-user", c->auth_user);
	setup_add_pair(p, "realm", c->realm);
	setup_add_pair(p, "md5-in-clear", c->md5_in_clear ? "yes" : NULL);
	setup_add_pair(p, "proxy", c->proxy);
	for (size_t i = 0; i < c->listens.count; i++)
		setup_add_pair(p, "listen", c->listens.items[i]);
	for (size_t i = 0; i < c->dns.count; i++)
		setup_add_pair(p, "dns", c->dns.items[i]);
	setup_add_pair(
	    p, "system-roots", c->policy.system_roots ? "yes" : "no");
}

bool
setup_keep(struct setup *s)
{
	const char *password = form_text(s->form, FIELD_PASSWORD);
	char *path = config_path(), *file = NULL;
	char *keys = s->config.keys_default ? NULL
					    : shell_absolute(s->config.keys);
	struct pairs pairs = {.n = 0};
	struct err e = {0};
	int rc = 0;

	setup_add_pairs(&pairs, &s->config, keys);
	if (!s->kept && password[0] != '\0' && form_yes(s->form, FIELD_KEEP)) {
		file = setup_password_path();
		rc = setup_keep_password(file, password, &e);
		setup_add_pair(&pairs, "password-file", file);
	} else if (password[0] != '\0')
		setup_add_pair(&pairs, "register",
		    "yes"); /* the client asks for the password */
	if (!s->kept && rc == 0) {
		rc = config_save(path, pairs.names, pairs.values, pairs.n, &e);
		if (rc == -1 && file != NULL)
			(void)unlink(file);
		s->kept = rc == 0;
	}
	if (rc == -1)
		setup_problem(s, e.text);
	free(path);
	free(file);
	free(keys);
	return s->kept;
}
