/*
 * The owner is told.
 */
#include "src/ua/ua_priv.h"

bool
ua_tell(struct ua *ua, const struct ua_event *event)
{
	return ua->fn(ua->arg, event);
}

void
ua_note(struct ua *ua, enum ua_event_type type, const char *words)
{
	struct ua_event ev = {.type = type, .words = words};

	(void)ua_tell(ua, &ev);
}

void
ua_way_changed(struct ua *ua)
{
	struct ua_event ev = {.type = UA_WAY};

	(void)ua_tell(ua, &ev);
}
