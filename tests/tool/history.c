/*
 * Writes a history, for tests: history KEYS AOR FILE, and a message in each
 * line of standard input, with tabs between:
 *
 *   in PEER TEXT          a message that came now, without a signature
 *   out PEER STATE TEXT   one of ours; STATE as `signet log --json` has it
 *   refused PEER REASON   one that was refused
 *   sip FILE [TEXT]       a signed message: a SIP message as it came, judged
 *                         now; kept with this text instead of its own
 *   gone PEER             one that was signed and is not kept
 *
 * The text may have \n for a line end, and \e for an escape.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "src/show/stored.h"
#include "src/store/store.h"
#include "src/ua/message.h"
#include "src/ua/refusal.h"

enum { FIELDS = 4 };

struct writing {
	struct keystore *ks;
	struct store *store;
	const char *me;
	const char *text; /* instead of the one that was sent; or "" */
	struct store_message m;
};

static void
fail(const char *what, const struct err *e)
{
	fprintf(stderr, "history: %s: %s\n", what, e != NULL ? e->text : "");
	exit(1);
}

static void
unescape(char *s)
{
	char *to = s;

	for (; *s != '\0'; s++)
		if (s[0] == '\\' && (s[1] == 'n' || s[1] == 'e'))
			*to++ = *++s == 'n' ? '\n' : '\033';
		else
			*to++ = *s;
	*to = '\0';
}

static enum store_state
state_named(const char *name)
{
	for (int i = STORE_WAITING; i <= STORE_FAILED; i++)
		if (strcmp(store_state_name((enum store_state)i), name) == 0)
			return (enum store_state)i;
	fail(name, NULL);
	return STORE_FAILED;
}

static bool
add_told(void *arg, const struct ua_message *told)
{
	struct writing *w = arg;
	struct store_message *m = &w->m;

	m->peer = m->from = told->from;
	m->to = told->to;
	m->call_id = told->call_id;
	m->content_type = told->content_type;
	m->text = w->text[0] != '\0' ? w->text : told->text;
	m->text_len = w->text[0] != '\0' ? strlen(w->text) : told->text_len;
	m->reason = told->reason;
	m->status = told->status;
	m->judged = told->judged;
	m->verdict = told->verdict;
	m->state = told->text != NULL ? STORE_SHOWN : STORE_REFUSED;
	store_add(w->store, m, NULL, NULL, NULL);
	return true;
}

static void
add_sip(struct writing *w, const char *path)
{
	struct message_in found = {.judged = true};
	const struct policy policy = {.at = 0};
	struct message_local self = {
	    .ks = w->ks, .policy = &policy, .keep_key = true};
	struct stream_frame frame = {0};
	struct buf all = {0};
	struct sip_msg *m;
	struct err e;

	if (stored_read(path, &all, &e) == -1 ||
	    stored_next(span_buf(&all), &frame) == 0)
		fail(path, NULL);
	m = sip_parse(frame.head, frame.body, false);
	message_judge(&self, m, &found.opened);
	found.status = refusal_status(found.opened.refusal);
	w->m.raw = span_buf(&all);
	w->m.content_key = span_buf(&found.opened.content_key);
	(void)message_tell(m, &found, TRANSPORT_TLS, time(NULL), add_told, w);
	message_in_free(&found);
	sip_free(m);
	buf_free(&all);
}

static void
add(struct writing *w, char *const field[FIELDS])
{
	struct store_message *m = &w->m;
	const char *peer = field[1];

	*m = (struct store_message){.direction = STORE_IN,
	    .state = STORE_SHOWN,
	    .arrived = time(NULL),
	    .peer = peer,
	    .from = peer,
	    .to = w->me,
	    .call_id = "call",
	    .content_type = "text/plain",
	    .status = 200,
	    .transport = TRANSPORT_TLS,
	    .judged = true,
	    .verdict = {.signature = SIGNATURE_NONE}};
	if (strcmp(field[0], "sip") == 0) {
		w->text = field[2];
		add_sip(w, field[1]);
		return;
	} else if (strcmp(field[0], "out") == 0) {
		m->direction = STORE_OUT;
		m->state = state_named(field[2]);
		m->sent = time(NULL);
		m->from = w->me;
		m->to = peer;
		m->text = field[3];
		m->judged = false;
		m->sign = true;
		m->status = m->state == STORE_DELIVERED ? 200 : 0;
	} else if (strcmp(field[0], "refused") == 0) {
		m->state = STORE_REFUSED;
		m->status = 437;
		m->reason = field[2];
		m->verdict.signature = SIGNATURE_TAMPERED;
	} else if (strcmp(field[0], "gone") == 0) {
		m->text = "gone";
		m->verdict.signature = SIGNATURE_GOOD;
	} else {
		m->text = field[2];
	}
	m->text_len = m->text != NULL ? strlen(m->text) : 0;
	store_add(w->store, m, NULL, NULL, NULL);
}

int
main(int argc, char **argv)
{
	struct writing w = {.me = argc == 4 ? argv[2] : NULL};
	struct loop *loop = NULL;
	char *line = NULL;
	size_t room = 0;
	struct err e = {0};
	struct aor me;

	if (argc != 4)
		fail("usage: history KEYS AOR FILE", NULL);
	if (keystore_open(argv[1], false, &w.ks, &e) == -1 ||
	    aor_parse(span_str(argv[2]), &me, &e) == -1 ||
	    loop_new(&loop, &e) == -1 ||
	    store_open(loop, w.ks, &me, argv[3], &w.store, &e) == -1)
		fail(argv[3], &e);
	while (getline(&line, &room, stdin) > 0) {
		char *field[FIELDS] = {"", "", "", ""}, *rest = line;

		line[strcspn(line, "\n")] = '\0';
		for (int i = 0; i < FIELDS && rest != NULL; i++) {
			field[i] = rest;
			rest = strchr(rest, '\t');
			if (rest != NULL)
				*rest++ = '\0';
			unescape(field[i]);
		}
		add(&w, field);
	}
	free(line);
	store_close(w.store);
	loop_free(loop);
	aor_free(&me);
	keystore_free(w.ks);
	return 0;
}
