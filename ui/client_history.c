#include "ui/client_history.h"

#include <stdlib.h>
#include <string.h>

#include "src/store/store.h"
#include "ui/client_talk.h"
#include "ui/conversation.h"
#include "ui/notice.h"

void
client_history_open(struct client *c)
{
	struct err e = {0};
	struct aor who;

	if (c->config.history == MAYBE_NO || c->config.aors.count == 0 ||
	    aor_parse(span_str(c->config.aors.items[0]), &who, &e) == -1)
		return;
	if (store_open_set(c->loop, c->ks, &c->config, &who, &c->store, &e) ==
	    0)
		ua_set_history(c->ua, 0, c->store);
	else {
		c->store = NULL;
		/* Who has no certificate has no history, which is no fault. */
		if (e.cause != CAUSE_NO_OWN_CERT)
			notice_logf(c, c->conversations[0], true,
			    "what is said is not kept: %s", e.text);
	}
	aor_free(&who);
}

/* --- what waits ----------------------------------------------------------- */

void
client_history_resume(struct client *c)
{
	struct err e = {0};

	if (c->store != NULL && ua_resume(c->ua, &e) == -1)
		notice_log(c, c->conversations[0], true, e.text);
}

void
client_history_resumed(struct client *c, const struct ua_sent *sent)
{
	struct conversation *v = conversation_with(c, span_str(sent->to));
	uint64_t n = v != NULL ? log_last(v->log) : 0;

	while (n > 0 && log_line(v->log, n) != NULL &&
	    log_line(v->log, n)->row != sent->row)
		n--;
	if (n > 0 && log_line(v->log, n) == NULL)
		n = 0;
	client_sending_add(c, sent->id, n > 0 ? v : NULL, n);
}
