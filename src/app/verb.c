#include "src/app/verb.h"

#include <stdio.h>
#include <string.h>
#include <stdlib.h>

#include "keys/ca/wellknown.h"
#include "src/app/secret.h"
#include "src/base/shell.h"
#include "src/base/text.h"

int
verb_fail(const struct err *e)
{
	char *line = text_escape_line(span_str(e->text));

	fprintf(stderr, "signet: %s\n", line);
	free(line);
	return e->exit != 0 ? e->exit : EX_SOFTWARE;
}

/* Prints a line about security, even if signet is quiet. */
static void
verb_warn(const char *text)
{
	char *line = text_escape_line(span_str(text));

	fprintf(stderr, "signet: %s\n", line);
	free(line);
}

void
verb_note(const struct config *c, const char *text)
{
	if (!c->quiet)
		verb_warn(text);
}

const char *
verb_keystore_warning(struct keystore *ks)
{
	return wellknown_trusted(ks) ? wellknown_warning : NULL;
}

int
verb_keystore(
    const struct config *c, bool create, struct keystore **out, struct err *e)
{
	struct buf words = {0};
	int rc = 0;

	if (keystore_open(c->keys, create, out, e) == -1)
		return -1;
	if (keystore_exposed(*out, &words) && c->strict_files)
		rc = err_set(e, EX_CONFIG, "%s, and strict-files is set",
		    (char *)words.p);
	else if (words.n > 0)
		verb_warn((char *)words.p);
	buf_free(&words);
	if (rc == -1) {
		keystore_free(*out);
		*out = NULL;
		return -1;
	}
	keystore_on_passphrase(*out, secret_passphrase, c->passphrase_command);
	/* A command would say the same again. */
	keystore_set_tries(
	    *out, c->passphrase_command == NULL ? SECRET_TRIES : 1);
	/* Even if c->quiet: the well-known root's key is public, so anyone can
	 * forge certificates that this store trusts. */
	if (verb_keystore_warning(*out) != NULL)
		verb_warn(verb_keystore_warning(*out));
	return 0;
}

/* This happens before signet listens: a message must neither wait for the user
 * nor make signet ask. */
int
verb_ready_keys(const struct config *c, struct keystore *ks, struct err *e)
{
	for (size_t i = 0; i < c->aors.count; i++) {
		struct aor who;
		int rc = aor_parse(span_str(c->aors.items[i]), &who, e);

		if (rc == 0) {
			rc = keystore_ready(ks, &who, e);
			aor_free(&who);
		}
		if (rc == -1)
			return -1;
	}
	return 0;
}

/* A key that is imported without a passphrase stays without one. */
static int
verb_ask_nobody(
    void *arg, const char *what, bool fresh, struct buf *out, struct err *e)
{
	const struct config *c = arg;
	struct buf command = {0};

	(void)out;
	if (fresh)
		return 0;
	if (strchr(what, '/') == NULL)
		return err_set(e, EX_CONFIG,
		    "the key of %s is locked with a passphrase, and signet "
		    "asks only at its start, for keys of --aor; restart it, or "
		    "set passphrase-command",
		    what);
	config_shell(c, &command);
	buf_adds(&command, " keys import ");
	shell_path(&command, what);
	(void)err_set(e, EX_CONFIG,
	    "%s is locked with a passphrase, and signet asks only at its "
	    "start; run %s in another terminal, then restart signet",
	    what, (const char *)command.p);
	buf_free(&command);
	return -1;
}

void
verb_ask_no_more(const struct config *c, struct keystore *ks)
{
	keystore_on_passphrase(ks, verb_ask_nobody, (void *)(uintptr_t)c);
}
