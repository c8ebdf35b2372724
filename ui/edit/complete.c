#include <stdlib.h>
#include <string.h>

#include "src/base/text.h"
#include "ui/edit/complete_priv.h"

struct complete *
complete_new(complete_place_fn *place, complete_name_fn *name, void *arg)
{
	struct complete *c = xcalloc(1, sizeof(*c));

	c->place = place;
	c->name = name;
	c->arg = arg;
	return c;
}

static void
complete_forget(struct complete *c)
{
	while (c->count > 0)
		free(c->words[--c->count]);
	c->at = 0;
	c->hidden = 0;
	c->edit = NULL;
	buf_wipe(&c->typed);
}

void
complete_free(struct complete *c)
{
	if (c == NULL)
		return;
	complete_forget(c);
	free(c->words);
	buf_free(&c->shown);
	free(c);
}

/* --- the word at the cursor ----------------------------------------------- */

/* Where the word before the byte `to` begins. With escapes, a blank after a
 * backslash is part of the word. */
static size_t
complete_word_start(struct span text, size_t to, bool escapes)
{
	size_t i, from = 0;

	for (i = 0; i < to; i++) {
		if (escapes && text.p[i] == '\\' && i + 1 < to)
			i++;
		else if (strchr(" \t\n", text.p[i]) != NULL)
			from = i + 1;
	}
	return from;
}

static enum complete_kind
complete_word_kind(struct complete *c, struct span text, size_t to,
    size_t *from, const char **list)
{
	size_t escaped = complete_word_start(text, to, true);
	enum complete_kind kind = c->place(c->arg, text, escaped, list);

	*from = escaped;
	if (kind == COMPLETE_FILE)
		return kind;
	/* Only in file names a backslash escapes. */
	*from = complete_word_start(text, to, false);
	return *from == escaped ? kind : c->place(c->arg, text, *from, list);
}

/* --- putting words in ----------------------------------------------------- */

static bool
complete_replace_word(struct complete *c, struct edit *e, struct span word)
{
	if (!edit_replace(e, c->from, c->to, word))
		return false;
	c->to = edit_cursor(e);
	c->changes = edit_changes(e);
	return true;
}

/* The longest beginning that all candidates share, without case. */
static struct span
complete_common_start(const struct complete *c)
{
	struct span first = span_str(c->words[0]), part = first;
	size_t i, at = 0, next, back;

	for (; at < first.n; at = next) {
		next = text_next(first, at);
		part = span_cut(first, 0, next);
		for (i = 1; i < c->count; i++)
			if (!text_begins(span_str(c->words[i]), part))
				break;
		if (i < c->count)
			break;
	}
	/* Does not end between a backslash and the escaped character. */
	for (back = at; back > 0 && first.p[back - 1] == '\\'; back--)
		;
	return span_cut(first, 0, (at - back) % 2 == 1 ? at - 1 : at);
}

static bool
complete_first_tab(struct complete *c, struct edit *e)
{
	struct span text = edit_text(e), word, agreed;
	const char *list = NULL;
	enum complete_kind kind;
	struct buf b = {0};
	bool done;

	complete_forget(c);
	c->to = edit_cursor(e);
	kind = complete_word_kind(c, text, c->to, &c->from, &list);
	word = span_cut(text, c->from, c->to);
	complete_words(c, kind, list, word);
	if (c->count == 0)
		return false;
	if (c->count == 1) {
		buf_adds(&b, c->words[0]);
		/* No blank after a folder, nor where there is one already. */
		if ((kind != COMPLETE_FILE || b.p[b.n - 1] != '/') &&
		    (c->to == text.n || text.p[c->to] != ' '))
			buf_adds(&b, " ");
		done = complete_replace_word(c, e, span_buf(&b));
		buf_free(&b);
		complete_forget(c);
		return done;
	}
	buf_reserve(&c->typed, word.n);
	buf_addspan(&c->typed, word);
	c->edit = e;
	c->at = c->count;
	c->changes = edit_changes(e);
	agreed = complete_common_start(c);
	/* A contact found by its name may be put in as its address. */
	if (agreed.n > word.n && text_begins(agreed, span_buf(&c->typed)))
		return complete_replace_word(c, e, agreed);
	return true;
}

bool
complete_tab(struct complete *c, struct edit *e, bool back)
{
	if (c->edit != e || c->changes != edit_changes(e) || c->count < 2)
		return complete_first_tab(c, e);
	if (back)
		c->at = c->at == 0 ? c->count : c->at - 1;
	else
		c->at = c->at == c->count ? 0 : c->at + 1;
	return complete_replace_word(c, e,
	    c->at == c->count ? span_buf(&c->typed)
			      : span_str(c->words[c->at]));
}

/* --- showing them --------------------------------------------------------- */

static const char gap[] = "  ", more[] = "...";

/* A candidate without its folder, escaped. For free(). */
static char *
complete_shown_word(const struct complete *c, size_t i)
{
	struct span word = span_str(c->words[i]);

	return text_escape_line(span_cut(word, c->hidden, word.n));
}

/* Appends the candidates from *i on that fit, at least one, with room for
 * `more` after them, and moves *i behind the last. */
static void
complete_shown_page(struct complete *c, size_t *i, size_t width)
{
	size_t room = width > sizeof(more) + 1 ? width - sizeof(more) - 1 : 0;
	size_t first = *i, columns = 0, needs;
	char *word;

	for (; *i < c->count; ++*i) {
		word = complete_shown_word(c, *i);
		needs = text_width(span_str(word)) +
		    (*i > first ? sizeof(gap) - 1 : 0);
		if (*i > first &&
		    columns + needs > (*i + 1 == c->count ? width : room)) {
			free(word);
			break;
		}
		columns += needs;
		buf_adds(&c->shown, *i > first ? gap : "");
		buf_adds(&c->shown, word);
		free(word);
	}
	if (*i < c->count)
		buf_addf(&c->shown, "%s%s", gap, more);
}

const char *
complete_shown(struct complete *c, size_t width)
{
	struct span s;
	size_t i = 0, at = 0, next, columns = 0;

	buf_free(&c->shown);
	buf_adds(&c->shown, "");
	while (c->count > 1 && i < c->count) {
		c->shown.n = 0;
		complete_shown_page(c, &i, width);
		if (c->at == c->count || c->at < i)
			break;
	}
	/* A single candidate may be too wide. */
	s = span_buf(&c->shown);
	for (; at < s.n; at = next) {
		next = text_next(s, at);
		columns += text_width(span_cut(s, at, next));
		if (columns > width)
			break;
	}
	c->shown.p[at] = '\0';
	c->shown.n = at;
	return (char *)c->shown.p;
}
