#include "src/net/target.h"

#include <string.h>

void
target_text(const struct target *t, char out[TARGET_TEXT])
{
	struct span kind = span_str(verdict_transport_name(t->kind));

	memcpy(out, kind.p, kind.n);
	out[kind.n] = ':';
	addr_text(&t->addr, out + kind.n + 1);
}
