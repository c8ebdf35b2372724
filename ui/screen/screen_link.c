/*
 * Hyperlinks of cells (OSC 8): a URL has one number as long as any frame shows
 * it.
 */
#include "ui/screen/screen_priv.h"

#include <stdlib.h>

enum { LINKS = 1000 }; /* URLs that are remembered */

void
screen_forget_links(struct screen *s)
{
	while (s->link_count > 0)
		free(s->links[--s->link_count]);
	s->link = 0;
}

static bool
screen_is_url(struct span url)
{
	for (size_t i = 0; i < url.n; i++)
		if (url.p[i] <= ' ' || url.p[i] >= 127)
			return false;
	return url.n > 0 && url.n <= SCREEN_LINK;
}

void
screen_link(struct screen *s, struct span url)
{
	size_t i = 0;

	s->link = 0;
	if (!screen_is_url(url) || !screen_knows_osc())
		return;
	while (i < s->link_count && !span_is(url, s->links[i]))
		i++;
	if (i == LINKS)
		return;
	if (i == s->link_count) {
		s->links = vec_grow(
		    s->links, s->link_count, &s->link_room, sizeof(*s->links));
		s->links[s->link_count++] = xstrndup(url);
	}
	s->link = (unsigned short)(i + 1);
}

bool
screen_links_full(const struct screen *s)
{
	return s->link_count == LINKS;
}
