#include "src/base/json.h"

#include <string.h>

#include "src/base/text.h"

void
json_name(struct buf *out, const char *name)
{
	if (out->n > 0 && out->p[out->n - 1] != '{')
		buf_adds(out, ",");
	buf_addf(out, "\"%s\":", name);
}

void
json_span(struct buf *out, const char *name, struct span value)
{
	json_name(out, name);
	if (value.p == NULL)
		buf_adds(out, "null");
	else
		text_json(out, value);
}

void
json_member(struct buf *out, const char *name, const char *value)
{
	json_span(out, name,
	    (struct span){(const unsigned char *)value,
		value == NULL ? 0 : strlen(value)});
}
