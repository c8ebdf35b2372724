#include "ui/client_password.h"

#include <string.h>

#include "keys/store/passphrase.h"
#include "src/app/secret.h"
#include "ui/notice.h"

static enum secret_source
client_password_source(const struct client *c)
{
	return secret_source(
	    c->config.password_command, c->config.password_file);
}

void
client_password_refused(struct client *c, const struct ua_event *ev)
{
	struct buf how = {0};

	c->refused_account = ev->account;
	switch (client_password_source(c)) {
	case SECRET_TYPED:
	case SECRET_ONCE:
		buf_adds(&how, "Type it again: /password");
		break;
	case SECRET_COMMAND:
		buf_addf(&how,
		    "Mend what the password-command prints: %s\n"
		    "The next try runs it again, and /password does at once.",
		    c->config.password_command);
		break;
	case SECRET_FILE:
		buf_addf(&how,
		    "Mend the password-file: %s\n"
		    "The next try reads it again, and /password does at once.",
		    c->config.password_file);
		break;
	}
	notice_how(c, NULL, true, ev->words, (const char *)how.p);
	buf_free(&how);
}

/* --- the field ------------------------------------------------------------ */

static void
client_password_open(struct client *c, const char *address)
{
	static const struct form_field field = {.label = "SIP password",
	    .hint = "It is kept until signet ends.",
	    .secret = true};
	struct buf title = {0};

	buf_addf(&title, "The SIP password of %s", address);
	form_free(c->password);
	c->password = form_new((const char *)title.p,
	    "Enter takes it; ESC goes back, and leaves it as it was", &field,
	    1);
	buf_free(&title);
	notice_redraw(c);
}

static void
client_password_close(struct client *c)
{
	form_free(c->password);
	c->password = NULL;
}

/* Says what comes next: the bar shows how the registration goes. */
static void
client_password_going(struct client *c, const char *what)
{
	if (!ua_registers(c->ua))
		notice_barf(c,
		    "%s: the next message goes with it, and Alt-R sends a "
		    "failed one again",
		    what);
	else if (c->registered)
		notice_bar(c, what);
	else {
		c->registration = "registering";
		c->unregistered = false;
		notice_redraw(c);
	}
}

/* Returns the number of our address that word is, or their count. */
static size_t
client_password_account(const struct client *c, struct span word)
{
	const struct config_list *list = &c->config.aors;
	struct aor one, other;
	struct err e;
	size_t i;

	if (aor_parse(word, &one, &e) == -1)
		return list->count;
	for (i = 0; i < list->count; i++) {
		bool same = false;

		if (aor_parse(span_str(list->items[i]), &other, &e) == 0) {
			same = aor_equal(&one, &other);
			aor_free(&other);
		}
		if (same)
			break;
	}
	aor_free(&one);
	return i;
}

bool
client_password_ask(struct client *c, struct span word)
{
	size_t account = word.n > 0 ? client_password_account(c, word)
				    : c->refused_account;

	if (account >= c->config.aors.count) {
		notice_bar(c,
		    "/password asks for it in a field that hides it; what "
		    "stood behind the command is forgotten");
		return false;
	}
	c->password_account = account;
	switch (client_password_source(c)) {
	case SECRET_TYPED:
	case SECRET_ONCE:
		client_password_open(c, c->config.aors.items[account]);
		break;
	case SECRET_COMMAND:
		ua_reread_passwords(c->ua);
		client_password_going(c, "the password-command is run again");
		break;
	case SECRET_FILE:
		ua_reread_passwords(c->ua);
		client_password_going(c, "the password-file is read again");
		break;
	}
	return true;
}

void
client_password_key(struct client *c, const struct screen_key *key)
{
	struct span typed;

	switch (form_key(c->password, key)) {
	case FORM_STAYS:
	case FORM_OTHER:
		return;
	case FORM_LEAVES:
		notice_bar(c, "the password is as it was");
		break;
	case FORM_DONE:
		typed = span_str(form_text(c->password, 0));
		if (typed.n == 0)
			notice_bar(c,
			    "none was typed: the password is as it "
			    "was");
		else if (typed.n >= PASSPHRASE_MAX)
			notice_barf(c,
			    "this is longer than a password may be (%d bytes)",
			    PASSPHRASE_MAX - 1);
		else {
			ua_type_password(c->ua, c->password_account, typed);
			client_password_going(c, "the password is taken");
		}
		break;
	}
	client_password_close(c);
}
