/*
 * Commands for meeting somebody: /introduce and /accept.
 */
#include "ui/commands_priv.h"

#include <stdlib.h>
#include <string.h>

#include "keys/store/offers.h"
#include "src/app/keyring.h"
#include "ui/client_contacts.h"
#include "ui/client_meet.h"
#include "ui/conversation.h"
#include "ui/notice.h"

enum command_does
command_introduce(struct client *c, struct span args)
{
	struct conversation *v = command_conversation(c, args);

	return v != NULL && client_introduce(c, v) ? COMMAND_DONE
						   : COMMAND_REFUSED;
}

void
command_introduce_here(struct client *c)
{
	(void)client_introduce(c, conversation_current(c));
}

/* Says what was accepted, and has texts to them signed and encrypted. */
static void
commands_accepted(struct client *c, struct conversation *v, bool verified)
{
	notice_logf(c, v, false, "the certificate %.16s.. is pinned for %s, %s",
	    c->trust_fingerprint, c->trust_address,
	    verified ? "verified" : "unverified (/verify compares it)");
	v->sign = v->contact->sign = CHOICE_ON;
	v->encrypt = v->contact->encrypt = CHOICE_ON;
	client_contacts_changed(c);
	client_contacts_pins(c);
	conversation_known(v);
	conversation_show(c, conversation_number(c, v));
	conversations_preflight(c);
	client_introduce_back(c, v);
}

/* Pins what was shown, and makes a contact of its owner. */
static void
commands_accept(struct client *c, bool verified)
{
	struct conversation *v;
	struct contact *who;
	struct err e = {0};
	struct aor aor;
	int rc;

	if (aor_parse(span_str(c->trust_address), &aor, &e) == -1)
		return;
	rc = offers_accept(c->ks, &aor, c->trust_fingerprint, &e);
	v = rc == 0 ? conversation_with(c, span_str(aor.text)) : NULL;
	aor_free(&aor);
	if (rc == 0 && v == NULL)
		return; /* the bar says why */
	if (rc == 0)
		rc = contacts_add(c->contacts, span_str(v->uri), &who, &e);
	if (rc == 0)
		command_contact_added(c, who);
	if (rc == 0 && verified)
		rc = client_verified(c, v->uri, c->trust_fingerprint, &who, &e);
	if (rc == -1)
		notice_log(c, NULL, true, e.text);
	else
		commands_accepted(c, v, verified);
}

static void
commands_accept_answered(void *arg, enum pager_answer answer)
{
	if (answer == PAGER_NO)
		notice_bar(arg, "not accepted: the introduction waits");
	else
		commands_accept(arg, answer == PAGER_YES);
}

/* Finds out whose offer is meant: the conversation's, or that of an address with
 * which there is none yet. */
static int
commands_offer_of(
    struct client *c, struct span who, struct aor *out, struct err *e)
{
	const struct conversation *v = conversation_current(c);
	const struct contact *p = contacts_find(c->contacts, who);

	if (who.n == 0 && v->kind == CONVERSATION_PEER)
		aor_copy(&v->aor, out);
	else if (p != NULL)
		aor_copy(&p->aor, out);
	else
		return aor_parse(who, out, e);
	return 0;
}

/* Shows both certificates, and asks. */
static int
commands_accept_page(struct client *c, const struct aor *who, struct err *e)
{
	struct buf text = {0};

	if (keyring_compare_offered(c->ks, c->config.aors.items[0], who,
		c->trust_fingerprint, (size_t)screen_columns(c->screen), &text,
		e) == -1) {
		buf_free(&text);
		return -1;
	}
	notice_page(c, "accept", &text, "Do the words agree, yours and theirs?",
	    commands_accept_answered);
	pager_third(c->pager, 'u', "not compared");
	return 0;
}

enum command_does
command_accept(struct client *c, struct span args)
{
	struct span who = command_word(&args), word;
	bool unverified = span_is(who, "--unverified");
	char *digits = NULL;
	struct err e = {0};
	struct aor aor;
	int rc;

	if (unverified)
		who = command_word(&args);
	while ((word = command_word(&args)).n > 0)
		if (span_is(word, "--unverified"))
			unverified = true;
		else if (digits == NULL)
			digits = xstrndup(word);
	rc = commands_offer_of(c, who, &aor, &e);
	if (rc == 0) {
		rc = offers_choose(
		    c->ks, &aor, digits, c->trust_fingerprint, &e);
		free(c->trust_address);
		c->trust_address = xstrdup(aor.text);
		if (rc == 0 && unverified)
			commands_accept(c, false);
		else if (rc == 0)
			rc = commands_accept_page(c, &aor, &e);
		aor_free(&aor);
	}
	free(digits);
	if (rc == 0)
		return COMMAND_DONE;
	config_advise(&c->config, &e);
	notice_log(c, NULL, true, e.text);
	return COMMAND_REFUSED;
}
