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
#include "src/base/time.h"
#include "src/show/report.h"
#include "src/ua/ua.h"

enum {
	SEND_AHEAD = 512, /* messages of a batch that may wait */
	SEND_READ = 65536 /* bytes at a time from standard input */
};

struct sending {
	const struct config *c;
	struct loop *loop;
	struct ua *ua;
	bool batch;
	const char *to, *text; /* not of a batch; text NULL: from stdin */
	struct loop_io in;
	bool eof;
	struct buf input, out;
	size_t at; /* of input: what comes before is posted */
	size_t line; /* of the batch */
	int exit; /* the first failure's */
};

static void go_on(struct sending *s);

/* --- the ends of messages -------------------------------------------------------- */

static void
failed(struct sending *s, const struct err *e)
{
	(void)verb_fail(e);
	if (s->exit == 0)
		s->exit = e->exit;
}

static void
print_sent(struct sending *s, const struct ua_sent *sent)
{
	struct buf *b = &s->out;
	struct err e = {0};

	buf_adds(b, "{\"time\":\"");
	time_rfc3339(b, time(NULL));
	buf_adds(b, "\"");
	json_member(b, "to", sent->to);
	buf_addf(b, ",\"text_bytes\":%zu,\"status\":", sent->text_len);
	if (sent->status == 0)
		buf_adds(b, "null");
	else
		buf_addf(b, "%d", sent->status);
	json_member(b, "phrase", sent->status == 0 ? NULL : sent->phrase);
	json_member(b, "target", sent->target[0] == '\0' ? NULL : sent->target);
	json_member(
	    b, "call_id", sent->call_id[0] == '\0' ? NULL : sent->call_id);
	json_member(b, "reason", sent->exit == 0 ? "" : sent->why);
	buf_addf(b, ",\"exit\":%d}\n", sent->exit);
	if (report_write(b, &e) == -1)
		failed(s, &e);
}

/* The end of a message that was not even given to the user agent. */
static void
refused(struct sending *s, const char *to, size_t bytes, const struct err *e)
{
	struct ua_sent sent = {.to = to,
	    .text_len = bytes,
	    .phrase = "",
	    .target = "",
	    .call_id = "",
	    .exit = e->exit,
	    .why = e->text};

	failed(s, e);
	if (s->c->json)
		print_sent(s, &sent);
}

static void
sent_one(struct sending *s, const struct ua_sent *sent)
{
	struct err e = {0};
	char words[256];

	if (sent->exit != 0) {
		(void)err_set(&e, sent->exit, "%zu bytes to %s not sent: %s",
		    sent->text_len, sent->to, sent->why);
		failed(s, &e);
	} else if (s->c->verbose) {
		(void)snprintf(words, sizeof(words), "%.100s: %d %.60s from %s",
		    sent->to, sent->status, sent->phrase, sent->target);
		verb_note(s->c, words);
	}
	if (s->c->json)
		print_sent(s, sent);
	go_on(s);
}

static void
waits(const struct sending *s, const struct ua_sent *sent)
{
	struct err e = {0};

	(void)err_set(&e, EX_TEMPFAIL, "the message to %s waits for a way: %s",
	    sent->to, sent->why);
	verb_note(s->c, e.text);
}

static bool
happened(void *arg, const struct ua_event *ev)
{
	struct sending *s = arg;

	if (ev->type == UA_SENT)
		sent_one(s, ev->sent);
	else if (ev->type == UA_WAITS)
		waits(s, ev->sent);
	else if (ev->type == UA_PROBLEM ||
	    (ev->type == UA_NOTE && s->c->verbose))
		verb_note(s->c, ev->words);
	/* Who sends does not receive. */
	return ev->type != UA_MESSAGE;
}

/* --- what is to be sent ---------------------------------------------------------- */

/* Hands text to the user agent; words that are not UTF-8 would be told to the
 * receiver as if they were. */
static void
post(struct sending *s, const char *to, struct span text)
{
	struct ua_letter letter = {.to = to,
	    .text = text.p == NULL ? "" : (const char *)text.p,
	    .text_len = text.n,
	    .sign = s->c->sign,
	    .encrypt = s->c->encrypt};
	struct err e = {0};

	if (text.n > s->c->max_body) {
		(void)err_set(&e, EX_DATAERR,
		    "%zu bytes to %s are more than max-body allows (%llu)",
		    text.n, to, (unsigned long long)s->c->max_body);
		refused(s, to, text.n, &e);
	} else if (!text_is_utf8(text)) {
		(void)err_set(&e, EX_DATAERR,
		    "%zu bytes to %s not sent: the text is not UTF-8", text.n,
		    to);
		refused(s, to, text.n, &e);
	} else
		(void)ua_send(s->ua, &letter);
}

/* One "URI<TAB>TEXT". */
static void
post_line(struct sending *s, struct span line)
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
		refused(s, NULL, 0, &e);
		return;
	}
	to = xstrndup(span_cut(line, 0, tab));
	post(s, to, span_cut(line, tab + 1, line.n));
	free(to);
}

/* Posts the whole lines of the input while there is room; a last one without
 * a newline too, at the end. */
static void
post_lines(struct sending *s)
{
	struct span in = span_buf(&s->input);

	while (s->at < in.n && ua_waiting(s->ua) < SEND_AHEAD) {
		size_t end = span_find(in, '\n', s->at);

		if (end == in.n && !s->eof)
			break;
		post_line(s, span_cut(in, s->at, end));
		s->at = end < in.n ? end + 1 : end;
	}
	if (s->at > in.n / 2) {
		buf_drop(&s->input, s->at);
		s->at = 0;
	}
}

/* After something was read or sent: goes on with the batch as far as there is
 * room, and ends when all is done. */
static void
go_on(struct sending *s)
{
	post_lines(s);
	if (!s->eof && ua_waiting(s->ua) < SEND_AHEAD)
		loop_io_set(s->loop, &s->in, POLLIN);
	else
		loop_io_del(s->loop, &s->in);
	if (s->eof && s->at == s->input.n && ua_waiting(s->ua) == 0)
		loop_stop(s->loop);
}

static void
read_batch(void *arg, short revents)
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
		failed(s, &e);
	}
	if (n > 0)
		s->input.n += (size_t)n;
	s->eof = n <= 0;
	if (s->input.n - s->at > s->c->max_body + SEND_READ) {
		(void)err_set(&e, EX_DATAERR,
		    "line %zu is longer than max-body allows; the batch ends "
		    "here",
		    s->line + 1);
		failed(s, &e);
		s->eof = true;
		s->input.n = s->at;
	}
	go_on(s);
}

/* The text of a single message: the argument, or standard input as it is. */
static int
read_text(struct sending *s, struct err *e)
{
	ssize_t n;

	if (s->text != NULL && strcmp(s->text, "-") != 0) {
		buf_adds(&s->input, s->text);
		return 0;
	}
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
	return 0;
}

/* --- the verb ------------------------------------------------------------------------ */

static const struct verb_option send_own[] = {
    {NULL, 'b', NULL, "batch: one \"URI<TAB>TEXT\" a line from standard input"},
    {NULL, 0, NULL, NULL}};

static int send_verb_run(const struct config *c, const struct verb_args *a);

const struct verb send_verb = {.name = "send",
    .args = "[-s] [-e] TO [TEXT] | -b",
    .help = "send TEXT, or standard input; -b: a \"URI<TAB>TEXT\" a line",
    .more = "A text with blanks is one word, in quotes; one that begins with "
	    "a '-' comes after\n\"--\". \"-\" is standard input.",
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
	/* Behind TO a "--" may stand as well as before it. */
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
interrupted(void *arg, int signo)
{
	struct sending *s = arg;
	struct err e = {0};

	(void)err_set(&e, EX_TEMPFAIL, "stopped by signal %d, %zu unsent",
	    signo, ua_waiting(s->ua));
	failed(s, &e);
	loop_stop(s->loop);
}

static int
send_run(struct sending *s, struct err *e)
{
	if (!s->batch && read_text(s, e) == -1)
		return -1;
	/* From here on a signal has something to say about what waits. */
	if (loop_signal(s->loop, SIGTERM, interrupted, s, e) == -1 ||
	    loop_signal(s->loop, SIGINT, interrupted, s, e) == -1 ||
	    loop_signal(s->loop, SIGHUP, interrupted, s, e) == -1)
		return -1;
	if (s->batch) {
		s->in = (struct loop_io){
		    .fd = STDIN_FILENO, .fn = read_batch, .arg = s};
		loop_io_set(s->loop, &s->in, POLLIN);
		return loop_run(s->loop, e);
	}
	s->eof = true;
	post(s, s->to, span_buf(&s->input));
	s->at = s->input.n;
	return ua_waiting(s->ua) == 0 ? 0 : loop_run(s->loop, e);
}

static int
send_verb_run(const struct config *c, const struct verb_args *a)
{
	struct sending s = {.c = c};
	struct keystore *ks = NULL;
	struct err e = {0};
	int rc;

	if (send_options(a, &s, &e) == -1)
		return verb_fail(&e);
	rc = verb_keystore(c, false, &ks, &e);
	if (rc == 0)
		rc = loop_new(&s.loop, &e);
	if (rc == 0)
		rc = ua_new(s.loop, ks, c, happened, &s, &s.ua, &e);
	if (rc == 0)
		rc = send_run(&s, &e);
	if (rc == -1)
		failed(&s, &e);
	ua_free(s.ua);
	loop_free(s.loop);
	keystore_free(ks);
	buf_wipe(&s.input);
	buf_free(&s.out);
	return s.exit;
}
