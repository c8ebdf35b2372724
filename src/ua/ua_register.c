/*
 * The user agent's registrations and passwords, one for each of its addresses.
 */
#include "src/ua/ua_priv.h"

#include <stdlib.h>

bool
ua_registers(const struct ua *ua)
{
	const struct config *c = ua->config;

	return c->registering == REGISTER_YES ||
	    (c->registering == REGISTER_AUTO && config_has_password(c));
}

static void
ua_one_ended(struct ua *ua)
{
	if (ua->leaving > 0 && --ua->leaving == 0)
		transport_stop_accepting(ua->transport);
}

static void
ua_changed(void *arg, struct registrar *r, enum registrar_change change,
    const struct registrar_news *news)
{
	struct ua *ua = arg;
	struct ua_event lost = {.type = UA_UNREGISTERED,
	    .words = news->words,
	    .why = news->why,
	    .status = news->status};

	switch (change) {
	case REGISTRAR_THERE:
		ua_note(ua, UA_REGISTERED, news->words);
		if (ua->registrar_count > 0 && r == ua->registrars[0])
			outbox_kick(ua->outbox, NULL);
		break;
	case REGISTRAR_LOST:
		(void)ua_tell(ua, &lost);
		break;
	case REGISTRAR_ENDED:
		ua_one_ended(ua);
		break;
	}
}

int
ua_register(struct ua *ua, struct err *e)
{
	/* Now is the time to ask a person, not when a server does. */
	for (size_t i = 0; i < ua->aor_count; i++)
		if (sender_password(ua->sender, &ua->aors[i], e) == -1)
			return err_in(
			    e, "cannot register %s", ua->aors[i].text);
	ua->registrars = xcalloc(ua->aor_count, sizeof(*ua->registrars));
	for (size_t i = 0; i < ua->aor_count; i++) {
		struct registrar_parts parts = {.loop = ua->loop,
		    .config = ua->config,
		    .transport = ua->transport,
		    .sender = ua->sender,
		    .who = &ua->aors[i],
		    .uri = ua->uris[i],
		    .changed = ua_changed,
		    .arg = ua};

		ua->registrars[i] = registrar_new(&parts);
		registrar_start(ua->registrars[i]);
	}
	ua->registrar_count = ua->aor_count;
	return 0;
}

/* --- passwords ------------------------------------------------------------ */

void
ua_password_refused(void *arg, const struct aor *who, const char *words)
{
	struct ua *ua = arg;
	struct ua_event ev = {.type = UA_PASSWORD,
	    .words = words,
	    .account = (size_t)(who - ua->aors)};

	(void)ua_tell(ua, &ev);
}

void
ua_ask_nobody(struct ua *ua)
{
	sender_ask_nobody(ua->sender);
}

void
ua_type_password(struct ua *ua, size_t i, struct span typed)
{
	sender_type_password(ua->sender, &ua->aors[i], typed);
	if (i < ua->registrar_count)
		registrar_hurry(ua->registrars[i]);
}

void
ua_reread_passwords(struct ua *ua)
{
	for (size_t i = 0; i < ua->aor_count; i++)
		sender_forget_password(ua->sender, &ua->aors[i]);
	for (size_t i = 0; i < ua->registrar_count; i++)
		registrar_hurry(ua->registrars[i]);
}

/* --- registrations -------------------------------------------------------- */

void
ua_unregister(struct ua *ua)
{
	ua->leaving = ua->registrar_count;
	for (size_t i = 0; i < ua->registrar_count; i++)
		registrar_end(ua->registrars[i]);
	if (ua->leaving == 0)
		transport_stop_accepting(ua->transport);
}

void
ua_registrars_free(struct ua *ua)
{
	for (size_t i = 0; i < ua->registrar_count; i++)
		registrar_free(ua->registrars[i]);
	free(ua->registrars);
	ua->registrars = NULL;
	ua->registrar_count = 0;
}

void
ua_registrars_lost(struct ua *ua, uint64_t flow, const struct err *why)
{
	for (size_t i = 0; i < ua->registrar_count; i++)
		registrar_lost(ua->registrars[i], flow, why);
}

void
ua_registrars_pong(void *arg, uint64_t flow)
{
	const struct ua *ua = arg;

	for (size_t i = 0; i < ua->registrar_count; i++)
		registrar_pong(ua->registrars[i], flow);
}

bool
ua_registered_from(const struct ua *ua, struct span host)
{
	char ours[ADDR_TEXT];

	for (size_t i = 0; i < ua->registrar_count; i++) {
		if (!registrar_there(ua->registrars[i]))
			continue;
		addr_host(registrar_local(ua->registrars[i]), ours);
		if (host_equal(host, span_str(ours)))
			return true;
	}
	return false;
}

const char *
ua_routes(void *arg)
{
	const struct ua *ua = arg;

	return ua->registrar_count > 0 ? registrar_routes(ua->registrars[0])
				       : NULL;
}
