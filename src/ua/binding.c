#include "src/ua/binding.h"

#include <stdio.h>
#include <string.h>

#include "keys/x509/uri.h"
#include "src/base/digest.h"
#include "src/sip/sip_lists.h"

void
binding_instance(
    const char *keys, const struct aor *who, char out[BINDING_INSTANCE])
{
	unsigned char machine[64], d[DIGEST_SIZE];
	FILE *f = fopen("/etc/machine-id", "r");
	size_t n = f == NULL ? 0 : fread(machine, 1, sizeof(machine), f);
	struct span parts[] = {
	    {machine, n}, span_str(keys), span_str(who->key)};

	if (f != NULL)
		(void)fclose(f);
	if (n == 0)
		random_bytes(d, sizeof(d));
	else
		digest_spans(NULL, parts, 3, d);
	(void)snprintf(out, BINDING_INSTANCE,
	    "urn:uuid:%02x%02x%02x%02x-%02x%02x-8%x%02x-%02x%02x-"
	    "%02x%02x%02x%02x%02x%02x",
	    d[0], d[1], d[2], d[3], d[4], d[5], d[6] & 15, d[7],
	    0x80 | (d[8] & 0x3f), d[9], d[10], d[11], d[12], d[13], d[14],
	    d[15]);
}

void
binding_uri(const struct binding *b, enum verdict_transport kind,
    const struct addr *local, struct buf *out)
{
	bool sips = b->sips;
	char at[ADDR_TEXT];

	addr_text(local, at);
	buf_adds(out, sips ? "sips:" : "sip:");
	buf_addspan(out, aor_user(b->who));
	buf_addf(out, "@%s%s", at,
	    kind == TRANSPORT_UDP                ? ""
		: kind == TRANSPORT_TLS && !sips ? ";transport=tls"
						 : ";transport=tcp");
}

/* How well a binding in the response is known to be ours. */
enum whose { NOT_OURS, ONLY_ONE, BY_INSTANCE, BY_URI };

/* Our binding comes back in whatever spelling the registrar has (RFC 3261,
 * 19.1.4), or with another URI but our instance (RFC 5626). */
static enum whose
binding_whose_binding(const struct binding *b, const struct uri *ours,
    const struct sip_contact *c)
{
	struct uri uri;
	struct err e;

	if (uri_parse(c->uri, &uri, &e) == 0 && uri_equal(&uri, ours))
		return BY_URI;
	if (c->instance.n > 0 && span_is_nocase(c->instance, b->instance) &&
	    (c->reg_id.n == 0 || span_is(c->reg_id, "1")))
		return BY_INSTANCE;
	return NOT_OURS;
}

uint64_t
binding_granted(const struct binding *b, enum verdict_transport kind,
    const struct addr *local, const struct sip_msg *response, uint64_t asked)
{
	uint64_t seconds = asked;
	enum whose best = NOT_OURS, now;
	struct sip_contacts walk = {0, 0};
	struct sip_contact c, ours = {.has_expires = false};
	struct buf text = {0};
	struct uri uri;
	struct err e;
	size_t count;

	(void)number_parse(
	    sip_header(response, "Expires", 0), UINT32_MAX, &seconds);
	binding_uri(b, kind, local, &text);
	if (uri_parse(span_buf(&text), &uri, &e) == 0)
		for (count = 0; sip_contact_next(response, &walk, &c);
		     count++) {
			now = binding_whose_binding(b, &uri, &c);
			if (now == NOT_OURS && count == 0)
				now = ONLY_ONE;
			if (best == ONLY_ONE && now == NOT_OURS)
				best = NOT_OURS;
			if (now > best) {
				best = now;
				ours = c;
			}
		}
	buf_free(&text);
	return best != NOT_OURS && ours.has_expires ? ours.expires : seconds;
}
