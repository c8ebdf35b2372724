/*
 * A user agent with a history, without a screen: for tests that kill it.
 *
 *     talker KEYS AOR LISTEN PROXY HISTORY
 *
 * Sends each line of standard input, "URI<TAB>TEXT", and takes up what waited.
 * Prints "listening on ADDR" on standard error, and on standard output "in TEXT"
 * for what came. Runs until it is killed, or standard input has ended and
 * nothing waits.
 */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "keys/x509/identity.h"
#include "src/app/config.h"
#include "src/base/loop.h"
#include "src/store/store.h"
#include "src/ua/ua.h"

static struct {
	struct config c;
	struct keystore *ks;
	struct loop *loop;
	struct store *store;
	struct ua *ua;
	struct loop_io in;
	struct buf line;
	int ended;
} t;

static void
die(const struct err *e)
{
	fprintf(stderr, "talker: %s\n", e->text);
	exit(1);
}

static void
end_if_done(void)
{
	if (t.ended && ua_waiting(t.ua) == 0 && !ua_busy(t.ua))
		loop_stop(t.loop);
}

static bool
on_event(void *arg, const struct ua_event *ev)
{
	(void)arg;
	if (ev->type == UA_LISTENING)
		fprintf(stderr, "listening on %s\n", ev->words);
	else if (ev->type == UA_MESSAGE) {
		printf("in %s\n",
		    ev->message->text != NULL ? ev->message->text : "-");
		fflush(stdout);
	} else if (ev->type == UA_PROBLEM)
		fprintf(stderr, "%s\n", ev->words);
	else if (ev->type == UA_SENT && ev->sent->exit != 0)
		fprintf(stderr, "failed: %s\n", ev->sent->why);
	end_if_done();
	return true;
}

static void
send_line(char *line)
{
	char *tab = strchr(line, '\t');
	struct ua_send_req req = {.to = line, .sign = true, .encrypt = true};

	if (tab == NULL)
		return;
	*tab = '\0';
	req.text = tab + 1;
	req.text_len = strlen(tab + 1);
	(void)ua_send(t.ua, &req);
}

static void
on_input(void *arg, short revents)
{
	char bytes[4096];
	ssize_t n = read(STDIN_FILENO, bytes, sizeof(bytes));

	(void)arg;
	(void)revents;
	if (n == -1 && errno == EINTR)
		return;
	if (n <= 0) {
		loop_io_del(t.loop, &t.in);
		t.ended = 1;
		end_if_done();
		return;
	}
	for (ssize_t i = 0; i < n; i++) {
		if (bytes[i] != '\n') {
			buf_add(&t.line, &bytes[i], 1);
			continue;
		}
		buf_add(&t.line, "", 1);
		send_line((char *)t.line.p);
		t.line.n = 0;
	}
}

int
main(int argc, char **argv)
{
	struct err e = {0};
	struct aor who;

	if (argc != 6) {
		fprintf(
		    stderr, "usage: talker KEYS AOR LISTEN PROXY HISTORY\n");
		return 64;
	}
	config_ephemeral(&t.c, argv[1], argv[2], argv[3]);
	t.c.proxy = strdup(argv[4]);
	t.c.history_file = strdup(argv[5]);
	t.c.expires = 3600;
	t.c.retry_max = 1;
	if (aor_parse(span_str(argv[2]), &who, &e) == -1 ||
	    keystore_open(t.c.keys, false, &t.ks, &e) == -1 ||
	    loop_new(&t.loop, &e) == -1 ||
	    ua_new(t.loop, t.ks, &t.c, on_event, NULL, &t.ua, &e) == -1 ||
	    store_open_set(t.loop, t.ks, &t.c, &who, &t.store, &e) == -1)
		die(&e);
	ua_set_history(t.ua, 0, t.store);
	if (ua_listen(t.ua, &e) == -1 || ua_resume(t.ua, &e) == -1)
		die(&e);
	t.in = (struct loop_io){.fd = STDIN_FILENO, .fn = on_input};
	loop_io_set(t.loop, &t.in, POLLIN);
	if (loop_run(t.loop, &e) == -1)
		die(&e);
	store_close(t.store);
	ua_free(t.ua);
	loop_free(t.loop);
	keystore_free(t.ks);
	aor_free(&who);
	config_free(&t.c);
	buf_free(&t.line);
	return 0;
}
