#include "src/app/introduced.h"

#include <stdlib.h>
#include <string.h>

#include "src/base/text.h"

void
introduced_put_shown(struct buf *out, const char *shown)
{
	for (size_t i = 0; shown[i] != '\0'; i++)
		if (shown[i] == ' ') {
			buf_adds(out, " and ");
			shown += i + 1;
			i = (size_t)-1;
		} else
			buf_addf(out, "%s%c", i > 0 && i % 4 == 0 ? " " : "",
			    shown[i]);
}

/* What becomes of it, and what to do; "%s" is the command that accepts. */
static const char *
introduced_words(enum offer_result result)
{
	switch (result) {
	case OFFER_NEW:
		return ": compare it by telephone, then ";
	case OFFER_SECOND:
	case OFFER_THIRD:
		return ", and before with ANOTHER one: two different offers; "
		       "compare both by telephone, then the first eight digits "
		       "of the right one behind ";
	case OFFER_CHANGED:
		return ", which is NOT THE PINNED ONE: nothing has changed, "
		       "and ";
	default:
		return NULL;
	}
}

bool
introduced(struct keystore *ks, const struct aor *who, struct span pem,
    const char *accept, offers_spare_fn *spare, void *arg, struct buf *line)
{
	char shown[KEYSTORE_SHOWN],
	    *name = text_escape_line(span_str(who->text));
	enum offer_result result = OFFER_KNOWN;
	struct err e = {0};
	const char *words = NULL;

	if (offers_keep(ks, who, pem, spare, arg, &result, shown, &e) == -1)
		buf_addf(line,
		    "%s sent their certificate, which is not kept: %s", name,
		    e.text);
	else if (result == OFFER_FULL)
		buf_addf(line,
		    "%s sent their certificate, which is not kept: the offers "
		    "of %d people wait already",
		    name, OFFERS_MAX);
	else
		words = introduced_words(result);
	if (words != NULL) {
		buf_addf(
		    line, "%s introduced themself with certificate ", name);
		introduced_put_shown(line, shown);
		buf_addf(line, "%s%s%s", words, accept,
		    result == OFFER_CHANGED
			? " will not take it. Somebody may be impersonating "
			  "them; ask them by telephone"
			: "");
	}
	free(name);
	return result == OFFER_SECOND || result == OFFER_THIRD ||
	    result == OFFER_CHANGED;
}
