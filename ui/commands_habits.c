/*
 * Commands that people know from other messengers.
 */
#include "ui/commands_priv.h"

#include <stdlib.h>
#include <string.h>

#include "src/base/savefile.h"
#include "src/base/text.h"
#include "src/base/time.h"
#include "src/store/store.h"
#include "ui/client_contacts.h"
#include "ui/client_talk.h"
#include "ui/conversation.h"
#include "ui/notice.h"

/* Says why it was not done. */
static enum command_does
commands_refuse(struct client *c, const struct err *e)
{
	notice_log(c, NULL, true, e->text);
	return COMMAND_REFUSED;
}

enum command_does
command_win(struct client *c, struct span args)
{
	uint64_t number;

	if (!number_parse(args, UINT32_MAX, &number) || number == 0)
		return COMMAND_USAGE;
	if (number > c->count) {
		notice_barf(c, "there are %zu conversations", c->count);
		return COMMAND_REFUSED;
	}
	conversation_show(c, (size_t)number - 1);
	return COMMAND_DONE;
}

/* The text goes as it was typed, which other clients show as an action. */
enum command_does
command_me(struct client *c, struct span args)
{
	struct conversation *v = conversation_current(c);
	struct buf text = {0};
	bool sent;

	if (args.n == 0)
		return COMMAND_USAGE;
	buf_adds(&text, "/me ");
	buf_addspan(&text, args);
	sent = client_send(c, v, span_buf(&text));
	buf_wipe(&text);
	return sent ? COMMAND_DONE : COMMAND_REFUSED;
}

/* Appends a line; each row of its text has the bar before it, so that none looks
 * like another line. */
static void
commands_put_line(struct buf *out, const struct log_line *line)
{
	const char *bar = line->kind == LOG_MINE ? "> "
	    : line->kind == LOG_THEIRS           ? "| "
						 : ": ";
	char when[TIME_LOCAL];

	time_local(when, TIME_MINUTE, line->time);
	buf_addf(out, "%s %s", when, bar);
	for (size_t i = 0; i < line->text_len; i++) {
		buf_add(out, &line->text[i], 1);
		if (line->text[i] == '\n')
			buf_addf(out, "%*s%s", (int)strlen(when) + 1, "", bar);
	}
	buf_adds(out, "\n");
}

/* Lists the lines of this conversation that have a word, as the screen has
 * them. */
enum command_does
command_lastlog(struct client *c, struct span args)
{
	struct conversation *v = conversation_current(c);
	uint64_t first = log_first(v->log);
	struct buf text = {0};

	if (args.n == 0)
		return COMMAND_USAGE;
	for (uint64_t n = first; first != 0 && n <= log_last(v->log); n++) {
		const struct log_line *line = log_line(v->log, n);
		struct span said = {NULL, 0};

		if (line != NULL)
			said = (struct span){
			    (const unsigned char *)line->text, line->text_len};
		if (text_find(said, args, 0) < said.n)
			commands_put_line(&text, line);
	}
	if (text.n == 0) {
		notice_bar(c, "nothing here has that; /search looks on disk");
		return COMMAND_REFUSED;
	}
	notice_page(c, "lastlog", &text, NULL, NULL);
	return COMMAND_DONE;
}

/* Shows the SIP message of the chosen line as it came. */
enum command_does
command_raw(struct client *c, struct span args)
{
	const struct log_line *line = log_chosen(conversation_current(c)->log);
	struct buf raw = {0}, key = {0}, text = {0};
	struct err e = {0};
	int rc = 0;

	(void)args;
	if (line == NULL || line->row == 0 || c->store == NULL)
		rc = err_set(&e, EX_USAGE,
		    "choose a message that the history has (Alt-Up), then "
		    "/raw");
	else
		rc = store_raw(c->store, line->row, &raw, &key, &e);
	if (rc == 0)
		text_escape(&text, span_buf(&raw), true);
	buf_wipe(&raw);
	buf_wipe(&key);
	if (rc == -1)
		return commands_refuse(c, &e);
	notice_page(c, "raw", &text, NULL, NULL);
	return COMMAND_DONE;
}

/* Begins all connections and registrations anew. */
enum command_does
command_reconnect(struct client *c, struct span args)
{
	(void)args;
	ua_close_all(c->ua);
	ua_reread_passwords(c->ua);
	notice_bar(c, "all connections are closed, and open anew");
	return COMMAND_DONE;
}

enum command_does
command_untrust(struct client *c, struct span args)
{
	struct conversation *v = command_conversation(c, args);
	struct err e = {0};

	if (v == NULL)
		return COMMAND_REFUSED;
	if (v->kind != CONVERSATION_PEER)
		return COMMAND_USAGE;
	if (keystore_untrust(c->ks, &v->aor, &e) == -1)
		return commands_refuse(c, &e);
	client_contacts_pins(c);
	notice_logf(c, v, false, "no certificate is pinned for %s any more",
	    v->aor.text);
	conversations_preflight(c);
	return COMMAND_DONE;
}

/* Writes a certificate, ours without a name, into a new file. */
enum command_does
command_export(struct client *c, struct span args)
{
	struct span file = command_word(&args);
	struct buf pem = {0};
	struct err e = {0};
	char *name, *path;
	int rc;

	if (file.n == 0)
		return COMMAND_USAGE;
	name = args.n > 0 ? xstrndup(args) : xstrdup(c->config.aors.items[0]);
	path = complete_path(file, &e);
	rc = path != NULL ? keystore_export(c->ks, name, false, &pem, &e) : -1;
	if (rc == 0)
		rc = savefile_new(path, span_buf(&pem), &e);
	if (rc == 0)
		notice_logf(c, NULL, false, "the certificate of %s is in %s",
		    name, path);
	buf_free(&pem);
	free(name);
	free(path);
	return rc == 0 ? COMMAND_DONE : commands_refuse(c, &e);
}
