#include "src/ua/message.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "src/ua/refusal.h"

/* --- out ------------------------------------------------------------------ */

static int
message_add_body_fields(
    struct buf *out, const struct smime_body *body, struct err *e)
{
	if (request_add(out, "Content-Type", body->content_type, e) == -1 ||
	    (body->disposition != NULL &&
		request_add(out, "Content-Disposition", body->disposition, e) ==
		    -1))
		return -1;
	return request_add(out, "Content-Transfer-Encoding", "binary", e);
}

int
message_write(struct buf *out, const struct request *r,
    const struct smime_body *body, enum verdict_transport kind,
    const struct addr *local, time_t date, struct err *e)
{
	if (request_start(out, r, kind, local, e) == -1 ||
	    request_add_date(out, date, e) == -1 ||
	    message_add_body_fields(out, body, e) == -1)
		return -1;
	sip_finish(out, span_buf(&body->body));
	return 0;
}

/* --- in ------------------------------------------------------------------- */

static bool
message_same_user(const struct aor *a, const struct aor *b)
{
	const char *at = strrchr(a->key, '@'), *bt = strrchr(b->key, '@');

	return at != NULL && bt != NULL && at - a->key == bt - b->key &&
	    strncmp(a->key, b->key, (size_t)(at - a->key)) == 0;
}

static bool
message_is_ours(const struct message_local *self, const struct sip_msg *request)
{
	struct span text = sip_request_uri(request);
	struct uri uri;
	struct aor who;
	struct err e;
	bool ours = false, here;

	if (uri_parse(text, &uri, &e) == -1)
		return false;
	here = self->is_here(self->arg, uri.host);
	/* OPTIONS may ask the host itself, without a user. */
	if (!uri.has_user)
		return here && span_is(sip_method(request), "OPTIONS");
	if (aor_parse_uri(text, &who, &e) == -1)
		return false;
	for (size_t i = 0; i < self->aor_count && !ours; i++)
		ours = aor_equal(&who, &self->aors[i]) ||
		    (here && message_same_user(&who, &self->aors[i]));
	aor_free(&who);
	return ours;
}

static int
message_refuse(struct message_in *in, int status, const char *why)
{
	in->status = status;
	in->why = why;
	return status;
}

/* Makes the checks of RFC 3261, 8.2.1 and 8.2.2. Returns 0, or the status of a
 * refusal. */
static int
message_check_request(const struct message_local *self,
    const struct sip_msg *request, struct message_in *in)
{
	struct span method = sip_method(request);

	if (span_is(method, "CANCEL"))
		return message_refuse(in, 481, "there is nothing to cancel");
	if (!span_is(method, "MESSAGE") && !span_is(method, "OPTIONS"))
		return message_refuse(in, sip_method_known(method) ? 405 : 501,
		    "the method is not served here");
	if (!message_is_ours(self, request))
		return message_refuse(
		    in, 404, "the Request-URI is nobody here");
	if (sip_to_tag(request).n > 0)
		return message_refuse(in, 481, "there is no such dialog");
	if (sip_header_count(request, "Require") > 0)
		return message_refuse(in, 420, "it requires an extension");
	return 0;
}

/* Returns the PEER_* bits of the types beside the draft's that m accepts. */
static unsigned
message_accepts(const struct sip_msg *m)
{
	static const struct {
		const char *type;
		unsigned bit;
	} types[] = {{"message/cpim", PEER_CPIM},
	    {"message/imdn+xml", PEER_RECEIPTS},
	    {"application/im-iscomposing+xml", PEER_TYPING}};
	size_t count = sip_header_count(m, "Accept");
	unsigned bits = 0;

	for (size_t i = 0; i < count; i++) {
		struct span rest = sip_header(m, "Accept", i);

		while (rest.n > 0) {
			size_t comma = span_find(rest, ',', 0);
			struct span type = span_cut(rest, 0, comma);

			type = span_trim(
			    span_cut(type, 0, span_find(type, ';', 0)));
			for (size_t j = 0; j < sizeof(types) / sizeof(types[0]);
			     j++)
				if (span_is_nocase(type, types[j].type))
					bits |= types[j].bit;
			rest = span_cut(
			    rest, comma < rest.n ? comma + 1 : comma, rest.n);
		}
	}
	return bits;
}

void
message_judge(const struct message_local *self, const struct sip_msg *m,
    struct smime_result *out)
{
	struct aor from;
	struct err e;
	bool known = aor_parse_uri(sip_from_uri(m), &from, &e) == 0;
	struct smime_raw mail = {
	    .from = known ? &from : NULL,
	    .content_type = sip_header(m, "Content-Type", 0),
	    .transfer_encoding = sip_header(m, "Content-Transfer-Encoding", 0),
	    .content_encoding = sip_header(m, "Content-Encoding", 0),
	    .disposition = sip_header(m, "Content-Disposition", 0),
	    .body = sip_body(m),
	    .details = self->details,
	    .self = self->aors,
	    .self_count = self->aor_count,
	    .caps = message_accepts(m),
	    .keep_key = self->keep_key,
	    .content_key = self->content_key,
	};

	smime_read(self->ks, self->policy, &mail, out);
	if (known)
		aor_free(&from);
}

void
message_receive(const struct message_local *self, const struct sip_msg *request,
    struct message_in *out)
{
	*out = (struct message_in){0};
	if (message_check_request(self, request, out) != 0)
		return;
	out->status = 200;
	if (!span_is(sip_method(request), "MESSAGE"))
		return;
	message_judge(self, request, &out->opened);
	out->judged = true;
	out->status = refusal_status(out->opened.refusal);
	out->warning = refusal_warning(out->opened.refusal);
}

void
message_in_free(struct message_in *in)
{
	if (in->judged)
		smime_result_free(&in->opened);
	in->judged = false;
}

/* user@host where uri is a person's, else the URI itself. */
static char *
message_who(struct span uri)
{
	struct aor aor;
	struct err e;
	char *text;

	if (aor_parse_uri(uri, &aor, &e) == -1)
		return xstrndup(uri);
	text = xstrdup(aor.text);
	aor_free(&aor);
	return text;
}

bool
message_tell(const struct sip_msg *m, const struct message_in *in,
    enum verdict_transport kind, time_t when,
    bool (*fn)(void *arg, const struct ua_message *told), void *arg)
{
	char *from = message_who(sip_from_uri(m)),
	     *to = message_who(sip_to_uri(m));
	char *call_id = xstrndup(sip_call_id(m));
	char *type = xstrndup(sip_header(m, "Content-Type", 0));
	struct ua_message told = {.time = when,
	    .from = from,
	    .to = to,
	    .call_id = call_id,
	    .content_type = type,
	    .transport = kind,
	    .status = in->status,
	    .reason = in->why != NULL ? in->why : "",
	    .details = "",
	    .fingerprint = ""};
	bool result;

	if (in->judged) {
		told.judged = true;
		told.answer_stands = in->opened.delay_answer;
		told.verdict = in->opened.verdict;
		told.reason = in->opened.verdict.reason;
		told.text = in->opened.text;
		told.text_len = in->opened.text_len;
		if (in->opened.type != NULL)
			told.content_type = in->opened.type;
		if (in->opened.details != NULL)
			told.details = in->opened.details;
		told.fingerprint = in->opened.fingerprint;
		told.pinned = in->opened.pinned;
		told.signed_to = in->opened.signed_to;
		told.signed_at = in->opened.signed_at;
		told.message_id = in->opened.message_id;
		told.wants = in->opened.wants;
	}
	result = fn(arg, &told);
	free(from);
	free(to);
	free(call_id);
	free(type);
	return result;
}

/* --- answers -------------------------------------------------------------- */

static int
message_add_unsupported(
    struct buf *out, const struct sip_msg *request, struct err *e)
{
	size_t count = sip_header_count(request, "Require");

	for (size_t i = 0; i < count; i++)
		if (sip_add(out, "Unsupported",
			sip_header(request, "Require", i), e) == -1)
			return -1;
	return 0;
}

static int
message_add_fields(struct buf *out, const struct sip_msg *request, int status,
    const char *warning, struct err *e)
{
	bool options = span_is(sip_method(request), "OPTIONS");

	if ((status == 405 || status == 501 || (status == 200 && options)) &&
	    request_add(out, "Allow", request_allow, e) == -1)
		return -1;
	if ((status == 415 || (status == 200 && options)) &&
	    (request_add_accept(out, e) == -1 ||
		request_add(out, "Accept-Encoding", "identity", e) == -1))
		return -1;
	if (status == 503 && request_add(out, "Retry-After", "1", e) == -1)
		return -1;
	if (status == 420 && message_add_unsupported(out, request, e) == -1)
		return -1;
	if (warning != NULL &&
	    request_addf(out, "Warning", e, "399 signet \"%s\"", warning) == -1)
		return -1;
	return 0;
}

int
message_answer(struct buf *out, const struct sip_msg *request, int status,
    const char *warning, const char *to_tag, const struct addr *source)
{
	struct err e;

	if (sip_answer(out, request, status, sip_phrase(status), to_tag,
		&source->sa) == -1 ||
	    message_add_fields(out, request, status, warning, &e) == -1)
		return -1;
	sip_finish(out, (struct span){NULL, 0});
	return 0;
}
