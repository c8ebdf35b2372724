#include "src/dns/resolve_text.h"

#include <string.h>

#include "src/base/text.h"

enum { RESOLVE_COLUMN = 8 }; /* column of questions and answers */

static void
resolve_add_column(struct buf *b, const char *word)
{
	buf_addf(b, "%-*s", RESOLVE_COLUMN, word);
}

static void
resolve_add_safe(struct buf *b, const char *text)
{
	text_escape(b, span_str(text), false);
}

/* Prints the question, its answers below it, and last the choice after "->". */
void
resolve_text_step(struct buf *b, const struct resolve_step *step, size_t width)
{
	size_t from;

	resolve_add_column(b, resolve_kind_name(step->kind));
	resolve_add_safe(b, step->question);
	buf_adds(b, "\n");
	for (size_t i = 0; i < step->count; i++) {
		resolve_add_column(b, "");
		buf_adds(b, "  ");
		resolve_add_safe(b, step->answers[i]);
		buf_adds(b, "\n");
	}
	from = b->n;
	text_rows(b, span_str(step->choice), "           ", width);
	memcpy(b->p + from + RESOLVE_COLUMN, "->", 2);
}

void
resolve_text_targets(struct buf *b, const struct target *targets, size_t count)
{
	char text[TARGET_TEXT];
	size_t widest = 0;

	for (size_t i = 0; i < count; i++) {
		target_text(&targets[i], text);
		if (strlen(text) > widest)
			widest = strlen(text);
	}
	buf_adds(b,
	    count == 1 ? "\nThe one target:\n"
		       : "\nTargets, in the order they are tried:\n");
	for (size_t i = 0; i < count; i++) {
		target_text(&targets[i], text);
		buf_addf(b, "%4zu  %-*s  ", i + 1, (int)widest, text);
		resolve_add_safe(b, targets[i].name);
		buf_adds(b, "\n");
	}
	for (size_t i = 0; i < count; i++)
		if (targets[i].kind == TRANSPORT_TLS) {
			buf_adds(b,
			    "\nBy TLS, their certificates must be "
			    "for ");
			resolve_add_safe(b, targets[i].host);
			buf_adds(b, ".\n");
			break;
		}
}
