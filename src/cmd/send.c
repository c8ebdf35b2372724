#include "src/app/own_cert.h"
#include "src/app/verb.h"
#include "src/cmd/verbs.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "src/base/json.h"
#include "src/base/loop.h"
#include "src/base/text.h"
#include "src/show/report.h"
#include "src/store/store.h"
#include "src/ua/agent.h"

enum {
	SEND_AHEAD = 512, /* messages of a batch that may wait */
	SEND_READ = 65536 /* bytes read at a time from standard input */
};

struct sending {
	const struct config *c;
	struct agent agent;
	bool batch;
	const char *to, *text; /* of a single message; text NULL: stdin */
	struct loop_io in;
	bool eof;
	struct buf input, out;
	size_t at; /* offset in input of what is not posted yet */
	size_t line; /* number of the line in the batch */
	/* The lines of the messages that the user agent has. */
	struct sending_line {
		uint64_t id; /* 0: free */
		size_t line;
	} lines[SEND_AHEAD];
	bool exact, empty, queue; /* --exact, --empty, --queue */
	struct store *store; /* with --queue */
	size_t storing; /* messages on their way to the disk */
	bool from_stdin; /* the text of a single message */
	int exit; /* of the first failure */
};

static void send_continue_sending(struct sending *s);

/* Messages that have not ended, or are not on disk yet. */
static size_t
send_waiting(const struct sending *s)
{
	return ua_waiting(s->agent.ua) + s->storing;
}

/* --- results -------------------------------------------------------------- */

static void
send_fail(struct sending *s, const struct err *e)
{
	(void)verb_fail(e);
	if (s->exit == 0)
		s->exit = e->exit;
}

/* Notes the line of a message that is sent, if it is of a batch. */
static void
send_note_line(struct sending *s, uint64_t id)
{
	for (size_t i = 0; s->batch && i < SEND_AHEAD; i++)
		if (s->lines[i].id == 0) {
			s->lines[i] = (struct sending_line){id, s->line};
			return;
		}
}

/* Returns the line of a message, and forgets it. */
static size_t
send_take_line(struct sending *s, uint64_t id)
{
	for (size_t i = 0; i < SEND_AHEAD; i++)
		if (s->lines[i].id == id) {
			s->lines[i].id = 0;
			return s->lines[i].line;
		}
	return 0;
}

/* why: with advice. line: in the batch; 0: it is a single message. */
static void
send_print_sent(
    struct sending *s, const struct ua_sent *sent, const char *why, size_t line)
{
	struct buf *b = &s->out;
	struct err e = {0};

	json_open(b);
	json_time(b, "time", time(NULL));
	json_member(b, "to", sent->to);
	json_number(b, "text_bytes", sent->text_len);
	if (sent->status == 0)
		json_null(b, "status");
	else
		json_number(b, "status", (uint64_t)sent->status);
	json_member(b, "phrase", sent->status == 0 ? NULL : sent->phrase);
	json_member(b, "target", sent->target[0] == '\0' ? NULL : sent->target);
	json_member(
	    b, "call_id", sent->call_id[0] == '\0' ? NULL : sent->call_id);
	json_member(b, "reason", sent->exit == 0 ? "" : why);
	json_number(b, "exit", (uint64_t)sent->exit);
	if (line > 0)
		json_number(b, "line", line);
	json_close_line(b);
	if (report_write(b, &e) == -1)
		send_fail(s, &e);
}

/* Reports a message that fails before it is given to the user agent. */
static void
send_fail_unsent(
    struct sending *s, const char *to, size_t bytes, const struct err *e)
{
	struct ua_sent sent = {.to = to,
	    .text_len = bytes,
	    .phrase = "",
	    .target = "",
	    .call_id = "",
	    .exit = e->exit};

	send_fail(s, e);
	if (s->c->json)
		send_print_sent(s, &sent, e->text, s->batch ? s->line : 0);
}

static void
send_on_sent(struct sending *s, const struct ua_sent *sent)
{
	size_t line = s->batch ? send_take_line(s, sent->id) : 0;
	struct err e = {0}, told = {0};
	struct buf note = {0};

	if (sent->exit != 0) {
		told = *sent->failure;
		config_advise(s->c, &told);
		(void)err_set(&e, sent->exit, "%zu bytes to %s not sent: %s",
		    sent->text_len, sent->to, told.text);
		send_fail(s, &e);
	} else if (s->c->verbose) {
		buf_addf(&note, "%s: %d %.60s from %s", sent->to, sent->status,
		    sent->phrase, sent->target);
		verb_note(s->c, (char *)note.p);
		buf_free(&note);
	}
	if (s->c->json)
		send_print_sent(s, sent, told.text, line);
	send_continue_sending(s);
}

static void
send_on_waiting(const struct sending *s, const struct ua_sent *sent)
{
	struct err e = {0};

	(void)err_set(&e, EX_TEMPFAIL, "the message to %s waits: %s", sent->to,
	    sent->why);
	verb_note(s->c, e.text);
}

static bool
send_on_event(void *arg, const struct ua_event *ev)
{
	struct sending *s = arg;

	if (ev->type == UA_SENT)
		send_on_sent(s, ev->sent);
	else if (ev->type == UA_WAITS)
		send_on_waiting(s, ev->sent);
	else if (ev->type == UA_PROBLEM ||
	    (ev->type == UA_NOTE && s->c->verbose))
		verb_note(s->c, ev->words);
	/* send does not accept messages. */
	return ev->type != UA_MESSAGE;
}

/* --- messages ------------------------------------------------------------- */

static void
send_on_stored(void *arg, enum store_result result, uint64_t id, int status,
    const struct err *why)
{
	struct sending *s = arg;

	(void)id;
	(void)status;
	s->storing--;
	if (result == STORE_LOST)
		send_fail(s, why);
	send_continue_sending(s);
}

/* Puts a message into the outbox on the disk. */
static void
send_store(struct sending *s, const struct ua_send_req *letter)
{
	struct err e = {0};

	if (ua_store(s->agent.ua, letter, send_on_stored, s, &e) == 0)
		s->storing++;
	else
		send_fail_unsent(s, letter->to, letter->text_len, &e);
}

/* Gives text to the user agent. It must be UTF-8, since the request says so. */
static void
send_post(struct sending *s, const char *to, struct span text)
{
	struct ua_send_req letter = {.to = to,
	    .text = text.p == NULL ? "" : (const char *)text.p,
	    .text_len = text.n,
	    .sign = s->c->sign,
	    .encrypt = s->c->encrypt};
	struct err e = {0};

	if (text.n > s->c->max_body) {
		(void)err_set(&e, EX_DATAERR,
		    "%zu bytes to %s are more than max-body allows (%llu)",
		    text.n, to, (unsigned long long)s->c->max_body);
		send_fail_unsent(s, to, text.n, &e);
	} else if (!text_is_utf8(text)) {
		(void)err_set(&e, EX_DATAERR,
		    "%zu bytes to %s not sent: the text is not UTF-8", text.n,
		    to);
		send_fail_unsent(s, to, text.n, &e);
	} else if (s->queue)
		send_store(s, &letter);
	else
		send_note_line(s, ua_send(s->agent.ua, &letter));
}

/* Posts one line "URI<TAB>TEXT". */
static void
send_post_line(struct sending *s, struct span line)
{
	size_t tab = span_find(line, '\t', 0);
	struct err e = {0};
	char *to;

	s->line++;
	if (line.n == 0)
		return;
	if (tab == line.n || memchr(line.p, 0, tab) != NULL) {
		(void)err_set(&e, EX_DATAERR,
		    "line %zu is not \"URI<TAB>TEXT\"", s->line);
		send_fail_unsent(s, NULL, 0, &e);
		return;
	}
	to = xstrndup(span_cut(line, 0, tab));
	send_post(s, to, span_cut(line, tab + 1, line.n));
	free(to);
}

/* Posts the whole lines of the input while there is room; at the end of the
 * input also a last line without a newline. */
static void
send_post_lines(struct sending *s)
{
	struct span in = span_buf(&s->input);

	while (s->at < in.n && send_waiting(s) < SEND_AHEAD) {
		size_t end = span_find(in, '\n', s->at);

		if (end == in.n && !s->eof)
			break;
		send_post_line(s, span_cut(in, s->at, end));
		s->at = end < in.n ? end + 1 : end;
	}
	if (s->at > in.n / 2) {
		buf_drop(&s->input, s->at);
		s->at = 0;
	}
}

/* Called after something was read or sent: posts and reads more of the batch if
 * there is room, and stops the loop when all is done. */
static void
send_continue_sending(struct sending *s)
{
	send_post_lines(s);
	if (!s->eof && send_waiting(s) < SEND_AHEAD)
		loop_io_set(s->agent.loop, &s->in, POLLIN);
	else
		loop_io_del(s->agent.loop, &s->in);
	if (s->eof && s->at == s->input.n && send_waiting(s) == 0)
		loop_stop(s->agent.loop);
}

static void
send_read_batch(void *arg, short revents)
{
	struct sending *s = arg;
	struct err e = {0};
	ssize_t n;

	(void)revents;
	buf_reserve(&s->input, s->input.n + SEND_READ);
	n = read(STDIN_FILENO, s->input.p + s->input.n, SEND_READ);
	if (n < 0 && (errno == EINTR || errno == EAGAIN))
		return;
	if (n < 0) {
		(void)err_set(
		    &e, EX_IOERR, "standard input: %s", strerror(errno));
		send_fail(s, &e);
	}
	if (n > 0)
		s->input.n += (size_t)n;
	s->eof = n <= 0;
	if (s->input.n - s->at > s->c->max_body + SEND_READ) {
		(void)err_set(&e, EX_DATAERR,
		    "line %zu is longer than max-body allows; the batch ends "
		    "here",
		    s->line + 1);
		send_fail(s, &e);
		s->eof = true;
		s->input.n = s->at;
	}
	send_continue_sending(s);
}

/* Removes one CRLF or LF from the end of a text: what prints a text to a pipe
 * ends it with one. */
static void
send_drop_line_end(struct buf *b)
{
	if (b->n > 0 && b->p[b->n - 1] == '\n')
		b->n--;
	if (b->n > 0 && b->p[b->n] == '\n' && b->p[b->n - 1] == '\r')
		b->n--;
}

/* Reads the text of a single message: the argument, or standard input. */
static int
send_read_text(struct sending *s, struct err *e)
{
	ssize_t n;

	if (s->text != NULL && strcmp(s->text, "-") != 0) {
		buf_adds(&s->input, s->text);
		return 0;
	}
	s->from_stdin = true;
	do {
		buf_reserve(&s->input, s->input.n + SEND_READ);
		n = read(STDIN_FILENO, s->input.p + s->input.n, SEND_READ);
		if (n > 0)
			s->input.n += (size_t)n;
	} while ((n > 0 && s->input.n <= s->c->max_body) ||
	    (n < 0 && errno == EINTR));
	if (n < 0)
		return err_set(
		    e, EX_IOERR, "standard input: %s", strerror(errno));
	if (!s->exact)
		send_drop_line_end(&s->input);
	return 0;
}

/* --- the verb ------------------------------------------------------------- */

static const struct verb_option send_own[] = {
    {NULL, 'b', NULL, "batch: standard input has a \"URI<TAB>TEXT\" a line"},
    {"exact", 0, NULL, "keep the line end at the end of standard input"},
    {"queue", 0, NULL,
	"leave it to the client that runs, or runs next, to send it"},
    {"empty", 0, NULL, "send a message even if standard input is empty"},
    {NULL, 0, NULL, NULL}};

static int send_verb_run(const struct config *c, const struct verb_args *a);

const struct verb send_verb = {.name = "send",
    .args = "[-s] [-e] TO [TEXT] | -b",
    .help = "send TEXT, or standard input; -b: a \"URI<TAB>TEXT\" a line",
    .more = "Quote a text with blanks; put \"--\" before one that begins with "
	    "a '-'. \"-\" is\nstandard input.",
    .settings = "sign encrypt aor proxy password-command expires attach-cert "
		"json trace verbose quiet",
    .options = send_own,
    .most = 3,
    .stops = true,
    .run = send_verb_run};

static int
send_options(const struct verb_args *a, struct sending *s, struct err *e)
{
	const char **words = a->words;
	int count = a->count;

	s->batch = verb_has(a, "b");
	s->exact = verb_has(a, "exact");
	s->empty = verb_has(a, "empty");
	s->queue = verb_has(a, "queue");
	/* "--" may also stand after TO. */
	if (count == 3 && strcmp(words[1], "--") == 0) {
		words[1] = words[0];
		words++;
		count--;
	}
	if (s->batch ? count != 0 : count < 1 || count > 2)
		return verb_usage(a, e);
	if (!s->batch) {
		s->to = words[0];
		s->text = count == 2 ? words[1] : NULL;
	}
	return 0;
}

static void
send_on_signal(void *arg, int signo)
{
	struct sending *s = arg;
	struct err e = {0};

	(void)err_set(&e, EX_TEMPFAIL,
	    "stopped by signal %d; unsent messages: %zu", signo,
	    ua_waiting(s->agent.ua));
	send_fail(s, &e);
	loop_stop(s->agent.loop);
}

static int
send_run(struct sending *s, struct err *e)
{
	if (!s->batch && send_read_text(s, e) == -1)
		return -1;
	/* From here on a signal reports how many messages are unsent. */
	if (loop_signal(s->agent.loop, SIGTERM, send_on_signal, s, e) == -1 ||
	    loop_signal(s->agent.loop, SIGINT, send_on_signal, s, e) == -1 ||
	    loop_signal(s->agent.loop, SIGHUP, send_on_signal, s, e) == -1)
		return -1;
	if (s->batch) {
		s->in = (struct loop_io){
		    .fd = STDIN_FILENO, .fn = send_read_batch, .arg = s};
		loop_io_set(s->agent.loop, &s->in, POLLIN);
		return loop_run(s->agent.loop, e);
	}
	s->eof = true;
	if (s->input.n == 0 && s->from_stdin && !s->empty) {
		if (s->c->verbose)
			verb_note(s->c,
			    "standard input has no text: nothing is sent");
		return 0;
	}
	send_post(s, s->to, span_buf(&s->input));
	s->at = s->input.n;
	return send_waiting(s) == 0 ? 0 : loop_run(s->agent.loop, e);
}

/* The history of the sender; it asks for a passphrase as signing does. */
static int
send_open_history(struct sending *s, struct err *e)
{
	struct aor who;
	int rc;

	if (!s->queue)
		return 0;
	if (s->c->aors.count == 0)
		return config_no_aor(e);
	if (aor_parse(span_str(s->c->aors.items[0]), &who, e) == -1)
		return -1;
	rc = store_open_set(
	    s->agent.loop, s->agent.ks, s->c, &who, &s->store, e);
	if (rc == 0)
		ua_set_history(s->agent.ua, 0, s->store);
	aor_free(&who);
	return rc;
}

/* Warns once of a certificate that ends soon. One that receivers refuse fails
 * each message. */
static void
send_check_own(struct sending *s)
{
	struct buf remark = {0};
	struct aor who;
	struct err e;

	if (!s->c->sign || s->c->aors.count == 0 ||
	    aor_parse(span_str(s->c->aors.items[0]), &who, &e) == -1)
		return;
	if (own_cert_look(s->agent.ks, &s->c->policy, &who, &remark) ==
	    OWN_CERT_ENDS) {
		(void)err_set(&e, EX_CONFIG, "the certificate of %s %s",
		    who.text, (const char *)remark.p);
		(void)err_because(&e, CAUSE_OWN_CERT_ENDS, who.text);
		config_advise(s->c, &e);
		verb_note(s->c, e.text);
	}
	aor_free(&who);
	buf_free(&remark);
}

static int
send_verb_run(const struct config *c, const struct verb_args *a)
{
	struct sending s = {.c = c};
	struct err e = {0};
	int rc;

	if (send_options(a, &s, &e) == -1)
		return verb_fail(&e);
	rc = verb_keystore(c, false, &s.agent.ks, &e);
	if (rc == 0)
		rc = agent_open(&s.agent, c, NULL, send_on_event, &s, &e);
	if (rc == 0) {
		send_check_own(&s);
		rc = send_open_history(&s, &e);
	}
	if (rc == 0)
		rc = send_run(&s, &e);
	if (s.store != NULL)
		store_wake_outbox(s.store);
	store_close(s.store);
	if (rc == -1) {
		config_advise(c, &e);
		send_fail(&s, &e);
	}
	agent_close(&s.agent);
	buf_wipe(&s.input);
	buf_free(&s.out);
	return s.exit;
}
