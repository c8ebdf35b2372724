#include "src/cmd/keys_meet.h"

#include <stdlib.h>
#include <string.h>

#include "keys/store/offers.h"
#include "keys/x509/fingerprints.h"
#include "src/app/keyring.h"
#include "src/app/verb.h"
#include "src/show/report.h"
#include "src/ua/agent.h"
#include "ui/contacts/contacts.h"

/* --- introduce ------------------------------------------------------------ */

struct introducing {
	const struct config *c;
	struct agent agent;
	int exit;
};

static void
keys_introduced(struct introducing *in, const struct ua_sent *sent)
{
	struct err told = {0}, e = {0};
	struct buf note = {0};

	if (sent->exit != 0) {
		told = *sent->failure;
		config_advise(in->c, &told);
		(void)err_set(&e, sent->exit, "not introduced to %s: %s",
		    sent->to, told.text);
		in->exit = verb_fail(&e);
	} else {
		buf_addf(&note,
		    "your certificate went to %s (%d %.60s); nothing is "
		    "encrypted before they accept it",
		    sent->to, sent->status, sent->phrase);
		verb_note(in->c, (const char *)note.p);
		buf_free(&note);
	}
	loop_stop(in->agent.loop);
}

static bool
keys_on_event(void *arg, const struct ua_event *ev)
{
	struct introducing *in = arg;

	if (ev->type == UA_SENT)
		keys_introduced(in, ev->sent);
	else if (ev->type == UA_PROBLEM ||
	    (ev->type == UA_NOTE && in->c->verbose))
		verb_note(in->c, ev->words);
	return ev->type != UA_MESSAGE;
}

/* A user part alone would be sent to somebody, so a whole URI is asked for. */
static int
keys_check_uri(const char *to, struct err *e)
{
	struct aor who;

	if (aor_parse_uri(span_str(to), &who, e) == -1)
		return err_set(e, EX_DATAERR,
		    "%s is no URI like sips:bob@example.com", to);
	aor_free(&who);
	return 0;
}

int
keys_introduce(const struct config *c, const struct verb_args *a)
{
	struct introducing in = {.c = c};
	struct err e = {0};
	int rc = keys_check_uri(a->words[0], &e);

	if (rc == 0)
		rc = verb_keystore(c, false, &in.agent.ks, &e);
	if (rc == 0)
		rc = agent_open(&in.agent, c, NULL, keys_on_event, &in, &e);
	if (rc == 0) {
		(void)ua_introduce(in.agent.ua, a->words[0]);
		rc = loop_run(in.agent.loop, &e);
	}
	if (rc == -1) {
		config_advise(c, &e);
		in.exit = verb_fail(&e);
	}
	agent_close(&in.agent);
	return in.exit;
}

/* --- accept --------------------------------------------------------------- */

/* Keeps that the user has compared them. */
static int
keys_keep_verified(const struct config *c, const struct aor *who,
    const char *shown, struct err *e)
{
	struct contacts *all;
	struct contact *contact;
	bool fresh;
	int rc = contacts_open_in(c->keys, &all, &fresh, e);

	if (rc == -1)
		return -1;
	rc = contacts_add(all, span_str(who->text), &contact, e);
	if (rc == 0) {
		contacts_verify(contact, shown);
		rc = contacts_save(all, e);
	}
	contacts_free(all);
	return rc;
}

/* Our address: the one that is set, or else the only one that has a private key
 * here. NULL: nobody knows which. For free(). */
static char *
keys_our_address(const struct config *c, struct keystore *ks)
{
	struct keystore_item *items;
	size_t count = 0;
	char *found = NULL;
	struct err e;
	bool several = false;

	if (c->aors.count > 0)
		return xstrdup(c->aors.items[0]);
	if (keystore_list(ks, NULL, &items, &count, &e) == -1)
		return NULL;
	for (size_t i = 0; i < count; i++) {
		if (items[i].kind != KEYSTORE_USER)
			continue;
		several = several ||
		    (found != NULL && strcmp(found, items[i].name) != 0);
		if (found == NULL)
			found = xstrdup(items[i].name);
	}
	keystore_items_free(items, count);
	if (several) {
		free(found);
		found = NULL;
	}
	return found;
}

static int
keys_accept_shown(const struct config *c, struct keystore *ks,
    const struct verb_args *a, const struct aor *who, const char *shown,
    int (*ask)(enum keys_answer *answer, struct err *e), struct err *e)
{
	enum keys_answer answer = KEYS_NOT_COMPARED;
	char *me = keys_our_address(c, ks);
	struct buf out = {0};
	int rc = 0;

	if (!(c->quiet && verb_has(a, "yes")))
		rc = keyring_compare_offered(
		    ks, me, who, shown, report_width(), &out, e);
	free(me);
	if (rc == 0)
		rc = report_write(&out, e);
	buf_free(&out);
	if (rc == 0 && !verb_has(a, "yes") && !verb_has(a, "unverified"))
		rc = ask(&answer, e);
	if (rc == 0 && answer == KEYS_NO)
		rc = err_set(e, EX_NOPERM,
		    "not accepted: the answer was no; the offer stays");
	if (rc == 0)
		rc = offers_accept(ks, who, shown, e);
	if (rc == 0 && answer == KEYS_COMPARED)
		rc = keys_keep_verified(c, who, shown, e);
	return rc;
}

int
keys_accept(const struct config *c, struct keystore *ks,
    const struct verb_args *a,
    int (*ask)(enum keys_answer *answer, struct err *e), struct err *e)
{
	const char *digits = a->count > 1 ? a->words[1] : NULL;
	char shown[KEYSTORE_SHOWN];
	struct aor who;
	int rc;

	if (aor_parse(span_str(a->words[0]), &who, e) == -1)
		return -1;
	rc = offers_choose(ks, &who, digits, shown, e);
	if (rc == 0)
		rc = keys_accept_shown(c, ks, a, &who, shown, ask, e);
	aor_free(&who);
	return rc;
}
