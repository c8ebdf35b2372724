#include "ui/confirm.h"

#include <stdlib.h>

#include "keys/smime/cpim.h"
#include "ui/lines.h"

enum {
	CONFIRM_DUE = 100
}; /* messages of a conversation that wait to be read */

/* A message whose sender wants to know when it is displayed. */
struct due {
	char *message_id;
	bool encrypt;
};

static void
confirm_later(struct conversation *v, const char *message_id, bool encrypt)
{
	if (v->due_count == CONFIRM_DUE)
		return;
	v->due = vec_grow(v->due, v->due_count, &v->due_room, sizeof(*v->due));
	v->due[v->due_count++] = (struct due){xstrdup(message_id), encrypt};
}

void
confirm_came(struct client *c, struct conversation *v,
    const struct ua_message *m, bool seen)
{
	unsigned wants = ua_receipts_for(m);
	bool encrypt = m->verdict.encryption == ENCRYPTION_OPENED;
	bool displays = c->config.receipts == RECEIPTS_READ &&
	    (wants & CPIM_WANTS_DISPLAY) != 0;

	if (v->contact == NULL || c->config.receipts == RECEIPTS_NO)
		return;
	/* One that is read at once needs no receipt that it came. */
	if (displays && seen)
		ua_send_receipt(c->ua, v->uri, m->message_id, encrypt, true);
	else if ((wants & CPIM_WANTS_DELIVERY) != 0)
		ua_send_receipt(c->ua, v->uri, m->message_id, encrypt, false);
	if (displays && !seen)
		confirm_later(v, m->message_id, encrypt);
}

void
confirm_read(struct client *c, struct conversation *v)
{
	for (size_t i = 0; i < v->due_count; i++)
		if (v->contact != NULL && c->config.receipts == RECEIPTS_READ)
			ua_send_receipt(c->ua, v->uri, v->due[i].message_id,
			    v->due[i].encrypt, true);
	confirm_forget(v);
}

void
confirm_forget(struct conversation *v)
{
	for (size_t i = 0; i < v->due_count; i++)
		free(v->due[i].message_id);
	free(v->due);
	v->due = NULL;
	v->due_count = v->due_room = 0;
}

/* The line of a message of ours in v, or NULL. Receipts come soon, so the
 * newest lines are looked at first. Of an earlier run only the row is known:
 * id 0 is no message's. */
static struct log_line *
confirm_line(const struct conversation *v, const struct ua_notice *n)
{
	uint64_t first = log_first(v->log);

	for (uint64_t i = log_last(v->log); first != 0 && i >= first; i--) {
		struct log_line *line = log_line(v->log, i);

		if (line != NULL && line->kind == LOG_MINE &&
		    ((n->id != 0 && line->sent == n->id) ||
			(n->row != 0 && line->row == n->row)))
			return line;
	}
	return NULL;
}

void
confirm_notice(struct client *c, const struct ua_notice *n)
{
	struct log_line *line = NULL;
	struct conversation *v = NULL;

	for (size_t i = 0; i < c->count && line == NULL; i++) {
		v = c->conversations[i];
		line = v->kind == CONVERSATION_PEER ? confirm_line(v, n) : NULL;
	}
	if (line == NULL)
		return;
	if (n->kind == UA_DISPLAYED)
		line->state = LOG_DISPLAYED;
	else if (n->kind == UA_DELIVERED && line->state != LOG_DISPLAYED)
		line->state = LOG_DELIVERED;
	else if (n->kind == UA_NOT_DELIVERED && line->state == LOG_ACCEPTED) {
		char *why;

		line->state = LOG_FAILED;
		why = lines_why(line,
		    "their server could not deliver it (Alt-R sends it again)");
		log_why(v->log, line->number, why);
		free(why);
		return;
	}
	log_why(v->log, line->number, NULL);
}
