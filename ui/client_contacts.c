#include "ui/client_contacts.h"

#include <string.h>

#include "keys/store/keystore.h"
#include "ui/notice.h"

enum { SAVE_DELAY = 1000 /* ms */ };

void
client_contacts_save(struct client *c)
{
	struct err e = {0};

	loop_timer_del(c->loop, &c->save);
	if (!c->contacts_changed)
		return;
	c->contacts_changed = false;
	if (contacts_save(c->contacts, &e) == -1)
		notice_log(c, c->conversations[0], true, e.text);
}

static void
client_save_now(void *arg)
{
	client_contacts_save(arg);
}

void
client_contacts_changed(struct client *c)
{
	c->contacts_changed = true;
	c->pins_version = 0;
	loop_timer_set(c->loop, &c->save, SAVE_DELAY);
}

static void
client_pin(void *arg, const char *key,
    const unsigned char fingerprint[FINGERPRINT_SIZE])
{
	contacts_pinned(arg, key, fingerprint);
}

void
client_contacts_pins(struct client *c)
{
	unsigned long version = keystore_pins_version(c->ks);

	if (version == c->pins_version)
		return;
	c->pins_version = version;
	contacts_no_pins(c->contacts);
	keystore_each_pin(c->ks, client_pin, c->contacts);
}

/* Whether the certificates of who are still those that were shown. */
static int
client_still_shown(
    struct client *c, const struct aor *who, const char *shown, struct err *e)
{
	char now[KEYSTORE_SHOWN];

	if (keystore_shown(c->ks, who, now, e) == -1)
		return -1;
	if (strcmp(shown, now) == 0)
		return 0;
	return err_set(e, EX_TEMPFAIL,
	    "nothing was verified: the certificate of %s has changed since it "
	    "was shown; compare again",
	    who->text);
}

int
client_verified(struct client *c, const char *uri, const char *shown,
    struct contact **out, struct err *e)
{
	struct aor who;
	int rc;

	if (aor_parse(span_str(uri), &who, e) == -1)
		return -1;
	rc = client_still_shown(c, &who, shown, e);
	aor_free(&who);
	if (rc == -1 || contacts_add(c->contacts, span_str(uri), out, e) == -1)
		return -1;
	contacts_verify(*out, shown);
	client_contacts_changed(c);
	return 0;
}

/* Makes contacts of everybody whose certificate is here. */
static void
client_add_certificate_owners(struct client *c)
{
	struct keystore_item *items;
	struct contact *p;
	struct err e = {0};
	size_t count;

	if (keystore_list(c->ks, NULL, &items, &count, &e) == -1)
		return;
	for (size_t i = 0; i < count; i++)
		if (items[i].kind == KEYSTORE_PEER &&
		    contacts_add(
			c->contacts, span_str(items[i].name), &p, &e) == 0)
			c->contacts_changed = true;
	keystore_items_free(items, count);
}

int
client_contacts_open(struct client *c, struct err *e)
{
	bool fresh = false;
	int rc;

	c->save = (struct loop_timer){.fn = client_save_now, .arg = c};
	rc = contacts_open_in(c->config.keys, &c->contacts, &fresh, e);
	if (rc == 0 && fresh)
		client_add_certificate_owners(c);
	return rc;
}
