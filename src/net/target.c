#include "src/net/target.h"

#include <stdio.h>
#include <string.h>

void
target_text(const struct target *t, char out[TARGET_TEXT])
{
	char addr[ADDR_TEXT];

	addr_text(&t->addr, addr);
	(void)snprintf(
	    out, TARGET_TEXT, "%s:%s", verdict_transport_name(t->kind), addr);
}
