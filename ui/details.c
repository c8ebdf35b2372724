#include "ui/details.h"

#include <string.h>

#include "ui/conversation.h"
#include "ui/marks.h"
#include "ui/notice.h"

/* The chosen message, or the last received one. */
static const struct log_line *
details_message(const struct conversation *v)
{
	const struct log_line *line = log_chosen(v->log);

	if (line != NULL)
		return line;
	for (uint64_t n = log_last(v->log); n > 0; n--) {
		line = log_line(v->log, n);
		if (line == NULL || line->kind == LOG_THEIRS ||
		    line->kind == LOG_REFUSED)
			return line;
	}
	return NULL;
}

void
details_show(struct client *c)
{
	const struct log_line *line = details_message(conversation_current(c));
	struct buf text = {0};

	if (line == NULL) {
		notice_bar(c, "no message has been received here yet");
		return;
	}
	if (line->details != NULL)
		buf_adds(&text, line->details);
	else {
		buf_addf(&text, "%-12s %s\n", "state", marks_of(line).word);
		buf_addf(
		    &text, "%-12s %s\n", "signed", line->sign ? "yes" : "no");
		buf_addf(&text, "%-12s %s\n", "encrypted",
		    line->encrypt ? "yes" : "no");
		if (line->why != NULL)
			buf_addf(&text, "%-12s %s\n", "reason", line->why);
	}
	notice_page(c, "verdict", &text, NULL, NULL);
}

/* The newest line of a log that says what can be done, or NULL. */
static const struct log_line *
details_newest_how(struct log *log)
{
	uint64_t first = log_first(log);

	for (uint64_t i = log_last(log); first != 0 && i >= first; i--) {
		const struct log_line *line = log_line(log, i);

		if (line != NULL && line->how != NULL)
			return line;
	}
	return NULL;
}

void
details_how(struct client *c)
{
	const struct log_line *line = details_newest_how(
	    conversation_current(c)->log);
	struct buf text = {0};

	if (line == NULL)
		line = details_newest_how(c->conversations[0]->log);
	if (line == NULL) {
		notice_bar(c, "no notice here tells of something to mend");
		return;
	}
	buf_addf(&text, "%.*s\n\n%s\n",
	    (int)(line->text_len - strlen(NOTICE_HOW)), line->text, line->how);
	notice_page(c, "how", &text, NULL, NULL);
}
