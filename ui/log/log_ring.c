/*
 * The lines of a log by their place and number, and their texts.
 */
#include "ui/log/log_priv.h"

struct log_entry *
log_entry(const struct log *l, size_t i)
{
	return l->ring[(l->head + i) % l->cap];
}

size_t
log_index(const struct log *l, uint64_t number)
{
	return (size_t)(number - log_oldest(l));
}

uint64_t
log_oldest(const struct log *l)
{
	return l->count > 0 ? l->last - l->count + 1 : 0;
}

/* Removes a final LF, which begins no further line. */
static struct span
log_lines(struct span s)
{
	if (s.n > 0 && s.p[s.n - 1] == '\n')
		s.n--;
	return s;
}

struct span
log_text(const struct log_line *line)
{
	return log_lines(
	    (struct span){(const unsigned char *)line->text, line->text_len});
}

struct span
log_below_text(const struct log_line *line)
{
	return log_lines(span_str(line->why));
}
