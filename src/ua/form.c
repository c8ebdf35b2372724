#include "src/ua/form.h"

#include <string.h>

#include "src/base/digest.h"

void
form_name(const struct form *f, const char *what, char *out, size_t digits)
{
	static const char hex[] = "0123456789abcdef";
	unsigned char digest[DIGEST_SIZE];

	if (f == NULL || f->names == NULL) {
		random_hex(out, digits);
		return;
	}
	digest_spans(
	    (struct span[]){span_str(f->names), span_str(what)}, 2, digest);
	for (size_t i = 0; i < digits; i++)
		out[i] = hex[digest[i / 2] >> (i % 2 == 0 ? 4 : 0) & 15];
	out[digits] = '\0';
}

time_t
form_time(const struct form *f)
{
	return f != NULL && f->at != 0 ? f->at : time(NULL);
}
