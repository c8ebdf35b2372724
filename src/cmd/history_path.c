#include "src/cmd/history_path.h"

#include "src/store/store.h"

void
history_path(const struct config *c, const struct aor *who, struct buf *out)
{
	struct aor first = {NULL, NULL, NULL};
	struct err e;
	bool named = c->history_file != NULL &&
	    (c->aors.count == 0 ||
		(aor_parse(span_str(c->aors.items[0]), &first, &e) == 0 &&
		    aor_equal(&first, who)));

	if (named)
		buf_adds(out, c->history_file);
	else
		store_path(who, out);
	aor_free(&first);
}
