#include "src/base/json.h"

#include <string.h>

#include "src/base/text.h"
#include "src/base/time.h"

/* A line end comes before an object on a line of its own. */
static void
json_put_comma(struct buf *out)
{
	if (out->n > 0 && strchr("{[\n", out->p[out->n - 1]) == NULL)
		buf_adds(out, ",");
}

static void
json_put_name(struct buf *out, const char *name)
{
	json_put_comma(out);
	buf_add(out, "\"", 1);
	buf_adds(out, name);
	buf_add(out, "\":", 2);
}

void
json_open(struct buf *out)
{
	json_put_comma(out);
	buf_adds(out, "{");
}

void
json_close(struct buf *out)
{
	buf_adds(out, "}");
}

void
json_close_line(struct buf *out)
{
	buf_adds(out, "}\n");
}

void
json_list(struct buf *out, const char *name)
{
	json_put_name(out, name);
	buf_adds(out, "[");
}

void
json_string(struct buf *out, const char *value)
{
	json_put_comma(out);
	text_json(out, span_str(value));
}

void
json_list_end(struct buf *out)
{
	buf_adds(out, "]");
}

void
json_span(struct buf *out, const char *name, struct span value)
{
	if (value.p == NULL) {
		json_null(out, name);
		return;
	}
	json_put_name(out, name);
	text_json(out, value);
}

void
json_member(struct buf *out, const char *name, const char *value)
{
	json_span(out, name,
	    (struct span){(const unsigned char *)value,
		value == NULL ? 0 : strlen(value)});
}

void
json_null(struct buf *out, const char *name)
{
	json_put_name(out, name);
	buf_adds(out, "null");
}

void
json_number(struct buf *out, const char *name, uint64_t value)
{
	json_put_name(out, name);
	buf_addf(out, "%llu", (unsigned long long)value);
}

void
json_bool(struct buf *out, const char *name, bool value)
{
	json_put_name(out, name);
	buf_adds(out, value ? "true" : "false");
}

void
json_time(struct buf *out, const char *name, time_t value)
{
	json_put_name(out, name);
	buf_adds(out, "\"");
	time_rfc3339(out, value);
	buf_adds(out, "\"");
}
