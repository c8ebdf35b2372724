/*
 * Commands about keys and certificates.
 */
#include "ui/commands_priv.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "src/app/comparison.h"
#include "src/app/keyring.h"
#include "src/base/text.h"
#include "src/show/qr.h"
#include "src/store/key_watch.h"
#include "ui/client_contacts.h"
#include "ui/conversation.h"
#include "ui/notice.h"

static enum command_does
commands_failed(struct client *c, struct buf *text, const struct err *e)
{
	buf_free(text);
	notice_log(c, NULL, true, e->text);
	return COMMAND_REFUSED;
}

/* The address of the contact in word or word itself; with an empty word the
 * current peer's. For free(). */
static char *
commands_address_of(struct client *c, struct span word)
{
	const struct contact *p = contacts_find(c->contacts, word);
	const struct conversation *v = conversation_current(c);

	if (word.n == 0 && v->kind == CONVERSATION_PEER)
		return xstrdup(v->aor.text);
	return p != NULL ? xstrdup(p->aor.text) : xstrndup(word);
}

static const char *
commands_my_address(const struct client *c)
{
	return c->config.aors.items[0];
}

enum command_does
command_keys(struct client *c, struct span args)
{
	struct buf text = {0};
	struct err e = {0};
	char *name;
	int rc;

	if (args.n == 0)
		rc = keyring_list(c->ks, &c->config.policy, &text, &e);
	else {
		name = commands_address_of(c, args);
		rc = keyring_show(c->ks, &c->config.policy,
		    commands_my_address(c), name, &text, &e);
		free(name);
	}
	if (rc == -1)
		return commands_failed(c, &text, &e);
	if (text.n == 0) {
		buf_adds(&text,
		    "There are no keys and certificates yet. Yours are made in "
		    "another terminal:\n\n  ");
		config_recipe(&c->config, "$ keys new #\n",
		    commands_my_address(c), &text);
	}
	notice_page(c, "keys", &text, NULL, NULL);
	return COMMAND_DONE;
}

/* Appends a QR code of our certificates, for the other side to scan. */
static int
commands_put_code(struct client *c, struct buf *text, struct err *e)
{
	const struct qr_look look = {.blocks = text_locale_utf8(),
	    .columns = (size_t)screen_columns(c->screen)};
	struct buf code = {0};
	int rc = comparison_code(c->ks, commands_my_address(c), &code, e);

	if (rc == 0)
		rc = qr_draw(text, (const char *)code.p, &look, e);
	if (rc == 0)
		buf_addf(text,
		    "\nThey scan this code of yours, and compare it with "
		    "\"signet keys check\":\n%s\n\n",
		    (const char *)code.p);
	buf_free(&code);
	return rc;
}

/* Opens a page on the certificates of a peer and of us, which ends in a
 * question. With code a QR code of ours comes first. */
static enum command_does
commands_compare(struct client *c, struct span args, bool code,
    const char *title, const char *question, pager_fn *fn)
{
	struct conversation *v;
	struct buf text = {0};
	struct err e = {0};

	v = command_conversation(c, args);
	if (v == NULL)
		return COMMAND_REFUSED;
	if (v->kind != CONVERSATION_PEER)
		return COMMAND_USAGE;
	/* The fingerprint is read first, so that the answer is never about a
	 * certificate that was not shown. */
	if (keystore_shown(c->ks, &v->aor, c->trust_fingerprint, &e) == -1 ||
	    (code && commands_put_code(c, &text, &e) == -1) ||
	    keyring_compare(c->ks, commands_my_address(c), v->aor.text,
		(size_t)screen_columns(c->screen), &text, &e) == -1) {
		config_advise(&c->config, &e);
		return commands_failed(c, &text, &e);
	}
	free(c->trust_address);
	c->trust_address = xstrdup(v->aor.text);
	notice_page(c, title, &text, question, fn);
	return COMMAND_DONE;
}

/* Keeps that the contact of the page is verified. */
static int
commands_set_verified(struct client *c, struct contact **who, struct err *e)
{
	const struct conversation *v;
	struct aor aor;
	int rc;

	if (aor_parse(span_str(c->trust_address), &aor, e) == -1)
		return -1;
	v = conversation_of(c, &aor);
	rc = client_verified(c, v != NULL ? v->uri : c->trust_address,
	    c->trust_fingerprint, who, e);
	aor_free(&aor);
	return rc;
}

static void
commands_verify_answered(void *arg, enum pager_answer answer)
{
	struct client *c = arg;
	struct contact *who;
	struct err e = {0};

	if (answer != PAGER_YES) {
		notice_bar(c, "not verified: you answered no");
		return;
	}
	if (commands_set_verified(c, &who, &e) == -1) {
		notice_log(c, NULL, true, e.text);
		return;
	}
	command_contact_added(c, who);
	client_contacts_pins(c);
	notice_logf(c, NULL, false,
	    "the certificate %.16s.. of %s is verified%s", c->trust_fingerprint,
	    c->trust_address,
	    who->pin == CONTACT_NOT_PINNED ? "; /trust pins it" : "");
	conversations_preflight(c);
}

enum command_does
command_verify(struct client *c, struct span args)
{
	struct span rest = args;
	bool code = span_is(command_word(&rest), "--qr");

	return commands_compare(c, code ? rest : args, code, "verify",
	    code ? "Did your scan of their code find the same?"
		 : "Do the words agree, yours and theirs?",
	    commands_verify_answered);
}

static void
commands_trust_answered(void *arg, enum pager_answer answer)
{
	struct client *c = arg;
	struct err e = {0};
	const char *second;
	struct aor who;
	int rc;

	if (answer != PAGER_YES) {
		notice_bar(c, "not pinned: you answered no");
		return;
	}
	rc = aor_parse(span_str(c->trust_address), &who, &e);
	if (rc == 0) {
		rc = keystore_trust(c->ks, &who, c->trust_fingerprint, &e);
		aor_free(&who);
	}
	if (rc == -1)
		notice_log(c, NULL, true, e.text);
	else if ((second = strchr(c->trust_fingerprint, ' ')) != NULL)
		notice_logf(c, NULL, false,
		    "the certificates %.16s.. (signs) and %.16s.. (encrypts) "
		    "are pinned for %s",
		    c->trust_fingerprint, second + 1, c->trust_address);
	else
		notice_logf(c, NULL, false,
		    "the certificate %.16s.. is pinned for %s",
		    c->trust_fingerprint, c->trust_address);
	conversations_preflight(c);
}

enum command_does
command_trust(struct client *c, struct span args)
{
	return commands_compare(c, args, false, "trust",
	    "Is it theirs, and no other? Pin it?", commands_trust_answered);
}

/* Makes a contact of everybody whose certificate was imported. */
static void
commands_imported(void *arg, const char *address)
{
	struct client *c = arg;
	struct contact *p;
	struct err e = {0};

	if (contacts_add(c->contacts, span_str(address), &p, &e) == 0)
		command_contact_added(c, p);
}

/* Refuses pipes and "-", which is standard input: reading from them would
 * block the client. */
static int
commands_check_plain(const char *path, struct err *e)
{
	struct stat st;

	if (stat(path, &st) == -1)
		return err_set(e, EX_NOINPUT, "%s cannot be read: %s", path,
		    strerror(errno));
	if (!S_ISREG(st.st_mode) || strcmp(path, "-") == 0)
		return err_set(e, EX_NOINPUT, "%s is not a regular file", path);
	return 0;
}

static void
commands_tell_lost(void *arg, const char *line)
{
	notice_log(arg, NULL, true, line);
}

enum command_does
command_import(struct client *c, struct span args)
{
	struct keystore_import_opts how = {0};
	struct buf text = {0};
	struct err e = {0};
	struct buf named = {0};
	struct key_watch watch;
	char *path;
	int rc;

	for (;;) {
		struct span rest = args, word = command_word(&rest);

		if (span_is(word, "--root"))
			how.as_root = true;
		else if (span_is(word, "--force"))
			how.force = true;
		else
			break;
		args = rest;
	}
	if (args.n == 0)
		return COMMAND_USAGE;
	path = complete_path(args, &e);
	/* A name without a slash would be taken for an address' where its
	 * passphrase is asked for. */
	if (path != NULL)
		buf_addf(&named, "%s%s", strchr(path, '/') == NULL ? "./" : "",
		    path);
	how.path = (const char *)named.p;
	rc = path != NULL ? commands_check_plain(path, &e) : -1;
	key_watch_begin(&watch, &c->config, c->ks);
	if (rc == 0)
		rc = keyring_import(
		    c->ks, &how, commands_imported, c, &text, &e);
	key_watch_end(&watch, rc == 0, commands_tell_lost, c);
	free(path);
	buf_free(&named);
	if (rc == -1)
		return commands_failed(c, &text, &e);
	if (text.n > 0 && text.p[text.n - 1] == '\n')
		text.n--;
	notice_logf(c, NULL, false, "imported: %.*s", (int)text.n,
	    (const char *)text.p);
	buf_free(&text);
	conversations_preflight(c);
	return COMMAND_DONE;
}
