#include "ui/client_contacts.h"

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
	loop_timer_set(c->loop, &c->save, SAVE_DELAY);
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
	struct buf path = {0};
	bool fresh = false;
	int rc;

	c->save = (struct loop_timer){.fn = client_save_now, .arg = c};
	/* The contacts belong to their certificates, so they are kept in the
	 * key store's folder. */
	buf_addf(&path, "%s/people", c->config.keys);
	rc = contacts_open((const char *)path.p, &c->contacts, &fresh, e);
	buf_free(&path);
	if (rc == 0 && fresh)
		client_add_certificate_owners(c);
	return rc;
}
