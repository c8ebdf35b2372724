#include "src/cmd/verbs.h"

#include <string.h>

#include "src/flows/flows.h"

const struct verb *const verbs[] = {&send_verb, &listen_verb, &resolve_verb,
    &inspect_verb, &log_verb, &keys_verb, &ca_verb, &flows_verb, &demo_verb,
    &completion_verb, NULL};

const struct verb *
verbs_find(const char *name)
{
	for (const struct verb *const *v = verbs; name != NULL && *v != NULL;
	     v++)
		if (strcmp(name, (*v)->name) == 0)
			return *v;
	return NULL;
}
