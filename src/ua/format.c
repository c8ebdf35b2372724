#include "src/ua/format.h"

#include "src/base/digest.h"
#include "src/ua/message.h"

static void
format_name(void *arg, const char *purpose, char *out, size_t digits)
{
	(void)arg;
	(void)purpose;
	random_hex(out, digits);
}

static time_t
format_now(void *arg)
{
	(void)arg;
	return time(NULL);
}

static const struct smime_form *
format_body(void *arg)
{
	(void)arg;
	return NULL;
}

static int
format_message(void *arg, struct buf *out, const struct request *r,
    const struct smime_body *body, enum verdict_transport kind,
    const struct addr *local, struct err *e)
{
	return message_write(out, r, body, kind, local, format_now(arg), e);
}

static int
format_answer(void *arg, struct buf *out, const struct sip_msg *request,
    int status, const char *warning, const char *to_tag,
    const struct addr *source)
{
	(void)arg;
	return message_answer(out, request, status, warning, to_tag, source);
}

const struct ua_format ua_format_default = {.name = format_name,
    .now = format_now,
    .body = format_body,
    .message = format_message,
    .answer = format_answer};
