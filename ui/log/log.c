#include <stdlib.h>
#include <string.h>

#include "ui/log/log_priv.h"

struct log *
log_new(void)
{
	struct log *l = xcalloc(1, sizeof(*l));

	l->most = LOG_BYTES;
	l->columns = TEXT_ROOM;
	return l;
}

size_t
log_bytes(const struct log *l)
{
	return l->bytes;
}

static void
log_wipe(char *s, size_t n)
{
	if (s != NULL)
		wipe(s, n);
	free(s);
}

static void
log_wipe_string(char *s)
{
	log_wipe(s, span_str(s).n);
}

static size_t
log_line_bytes(const struct log_line *line)
{
	return line->text_len + line->raw_len + span_str(line->who).n +
	    span_str(line->why).n + span_str(line->details).n +
	    span_str(line->how).n;
}

/* Frees the strings of a line; they may be secrets. */
static void
log_wipe_line(struct log_line *line)
{
	log_wipe_string(line->who);
	log_wipe(line->text, line->text_len);
	log_wipe_string(line->why);
	log_wipe_string(line->details);
	log_wipe_string(line->how);
	log_wipe(line->raw, line->raw_len);
}

static void
log_drop(struct log *l)
{
	struct log_entry *entry = log_entry(l, 0);
	struct log_line *line = &entry->line;

	log_unwrap(l, line->number);
	if (l->chosen == line->number)
		l->chosen = 0;
	if (l->found == line->number)
		l->found = 0;
	l->bytes -= entry->bytes;
	log_wipe_line(line);
	free(entry);
	l->head = (l->head + 1) % l->cap;
	l->count--;
}

void
log_limit(struct log *l, size_t bytes)
{
	l->most = bytes;
}

void
log_free(struct log *l)
{
	if (l == NULL)
		return;
	while (l->count > 0)
		log_drop(l);
	log_unwrap_all(l);
	free(l->ring);
	buf_wipe(&l->word);
	free(l);
}

static void
log_grow(struct log *l)
{
	size_t cap = l->cap == 0 ? 64 : l->cap * 2, i;
	struct log_entry **ring;

	if (cap > LOG_LINES)
		cap = LOG_LINES;
	ring = xmalloc(cap * sizeof(*ring));
	for (i = 0; i < l->count; i++)
		ring[i] = log_entry(l, i);
	free(l->ring);
	l->ring = ring;
	l->cap = cap;
	l->head = 0;
}

static int
log_day(time_t when)
{
	struct tm tm;

	return localtime_r(&when, &tm) == NULL ? 0
					       : tm.tm_year * 366 + tm.tm_yday;
}

void
log_leave_front(struct log *l, uint64_t room)
{
	if (l->last == 0)
		l->last = l->seen = room;
}

static struct log_entry *
log_entry_new(const struct log_line *line)
{
	struct log_entry *entry = xcalloc(1, sizeof(*entry));

	entry->line = *line;
	if (entry->line.text == NULL)
		entry->line.text_len = 0;
	if (entry->line.raw == NULL)
		entry->line.raw_len = 0;
	entry->day = log_day(line->time);
	entry->bytes = log_line_bytes(&entry->line);
	return entry;
}

uint64_t
log_add(struct log *l, const struct log_line *line)
{
	struct log_entry *entry = log_entry_new(line);

	entry->line.number = l->last + 1;
	while (l->count > 0 &&
	    (l->count == LOG_LINES || l->bytes + entry->bytes > l->most))
		log_drop(l);
	if (l->count == l->cap)
		log_grow(l);
	l->ring[(l->head + l->count) % l->cap] = entry;
	l->count++;
	l->bytes += entry->bytes;
	l->last++;
	if (!l->away)
		l->seen = l->last;
	return l->last;
}

uint64_t
log_add_front(struct log *l, const struct log_line *line)
{
	struct log_entry *entry;

	if (l->count == 0)
		return log_add(l, line);
	entry = log_entry_new(line);
	if (l->count == LOG_LINES || l->bytes + entry->bytes > l->most ||
	    log_oldest(l) == 1) {
		log_wipe_line(&entry->line);
		free(entry);
		return 0;
	}
	entry->line.number = log_oldest(l) - 1;
	if (l->count == l->cap)
		log_grow(l);
	l->head = (l->head + l->cap - 1) % l->cap;
	l->ring[l->head] = entry;
	l->count++;
	l->bytes += entry->bytes;
	return entry->line.number;
}

void
log_drop_before(struct log *l, uint64_t number)
{
	while (l->count > 0 && log_oldest(l) < number)
		log_drop(l);
}

void
log_clear(struct log *l)
{
	log_drop_before(l, UINT64_MAX);
	log_end(l);
	log_read(l);
}

struct log_line *
log_line(struct log *l, uint64_t number)
{
	if (l->count == 0 || number < log_oldest(l) || number > l->last)
		return NULL;
	return &log_entry(l, log_index(l, number))->line;
}

void
log_why(struct log *l, uint64_t number, const char *why)
{
	struct log_line *line = log_line(l, number);
	struct log_entry *entry = (struct log_entry *)(void *)line;
	char *copy = why != NULL ? xstrdup(why) : NULL;

	if (line == NULL) {
		log_wipe_string(copy);
		return;
	}
	log_wipe_string(line->why);
	line->why = copy;
	l->bytes -= entry->bytes;
	entry->bytes = log_line_bytes(line);
	l->bytes += entry->bytes;
	log_unwrap(l, number);
}

uint64_t
log_first(const struct log *l)
{
	return log_oldest(l);
}

uint64_t
log_last(const struct log *l)
{
	return l->count > 0 ? l->last : 0;
}

void
log_mark_unread(struct log *l)
{
	l->unread = l->last + 1;
}

void
log_read(struct log *l)
{
	l->unread = 0;
}
