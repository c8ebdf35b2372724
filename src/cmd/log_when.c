#include "src/cmd/log_when.h"

#include <string.h>

#include "src/base/bytes.h"
#include "src/base/time.h"

/* Returns the seconds of a unit, or 0. */
static uint64_t
log_when_unit(struct span word)
{
	static const struct {
		const char *name; /* with its plural's "s" */
		uint64_t seconds;
	} units[] = {{"seconds", 1}, {"minutes", 60}, {"hours", 3600},
	    {"days", 86400}, {"weeks", 7 * 86400}};

	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		struct span name = span_str(units[i].name);

		if (span_eq_nocase(word, name) ||
		    span_eq_nocase(word, span_cut(name, 0, name.n - 1)) ||
		    span_eq_nocase(word, span_cut(name, 0, 1)))
			return units[i].seconds;
	}
	return 0;
}

bool
log_when(const char *s, time_t now, time_t *out)
{
	struct span all = span_trim(span_str(s)), word;
	uint64_t count, unit;
	size_t digits = 0;

	if (time_read(s, out))
		return true;
	while (digits < all.n && all.p[digits] >= '0' && all.p[digits] <= '9')
		digits++;
	if (!number_parse(span_cut(all, 0, digits), UINT32_MAX, &count))
		return false;
	word = span_trim(span_cut(all, digits, all.n));
	if (word.n > 4 &&
	    span_is_nocase(span_cut(word, word.n - 4, word.n), " ago"))
		word = span_trim(span_cut(word, 0, word.n - 4));
	unit = log_when_unit(word);
	if (unit == 0 || now < 0 || count * unit > (uint64_t)now)
		return false;
	*out = now - (time_t)(count * unit);
	return true;
}
