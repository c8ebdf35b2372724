/*
 * The client's state: private to the files of ui/ itself. Each file's
 * functions are in its own header. Calls go down this list, never up:
 *
 *	client            its life, and the user agent's events
 *	input             keys and the mouse
 *	commands*         lines that are commands
 *	client_quit       how it ends
 *	client_talk       messages out and in
 *	view*             drawing; reads the state
 *	conversation      which there are, and which is seen
 *	client_contacts   the contacts and their file
 *	notice            what the client says to the user
 */
#ifndef SIGNET_UI_CLIENT_PRIV_H
#define SIGNET_UI_CLIENT_PRIV_H

#include "src/app/config.h"
#include "src/base/loop.h"
#include "src/ua/ua.h"
#include "ui/contacts/contacts.h"
#include "ui/edit/complete.h"
#include "ui/edit/edit.h"
#include "ui/log/log.h"
#include "ui/screen/pager.h"
#include "ui/screen/screen.h"
#include "ui/trace_view.h"

enum {
	CLIENT_STRANGERS = 20, /* conversations that strangers may open */
	CLIENT_BYTES = 256 << 20, /* that all conversations hold */
	CLIENT_TRACE = 1 << 20, /* bytes of the wire kept of each */
	CLIENT_SENDING = 1 << 14 /* messages that have not ended */
};

enum conversation_kind {
	CONVERSATION_CLIENT, /* the first: what the client says */
	CONVERSATION_PEER,
	CONVERSATION_OTHERS /* of strangers beyond the cap */
};

struct conversation {
	enum conversation_kind kind;
	char *uri; /* PERSON: where messages go */
	struct aor aor; /* who it is */
	struct contact *contact; /* NULL: not among the people */
	bool opened_by_them; /* by a message, and not answered yet */
	bool stranger; /* and from nobody known */
	struct log *log;
	struct edit *edit;
	struct trace_view *trace; /* NULL: nothing yet */
	size_t unread;
	bool urgent; /* something loud among it */
	/* How the next line will leave. */
	enum contact_choice sign, encrypt;
	bool has_preflight;
	struct ua_outlook preflight;
};

/* A message that was given to the user agent. */
struct sending {
	uint64_t id, line;
	struct conversation *in;
};

struct client {
	struct config config; /* /set changes it */
	struct loop *loop;
	struct keystore *ks;
	struct ua *ua;
	struct screen *screen;
	struct contacts *contacts;
	struct edit_kills *kills;
	struct complete *complete;
	struct trace_view *connections; /* of nobody: TLS, registrations */
	const char *banner; /* a line above all, or NULL */

	struct conversation **conversations; /* the client's is the first */
	size_t count, current, before;
	struct conversation *others; /* NULL until there is one */
	size_t contacts_top; /* of their pane */

	struct sending *sending; /* the oldest first */
	size_t sending_count, sending_room;

	struct pager *pager; /* over all, or NULL */
	bool searching; /* a word is typed to search the log for */
	struct buf searched;
	uint64_t key_count; /* keys ever */
	uint64_t resolve_at; /* of them, when /resolve was entered */
	struct buf candidate; /* a candidate of a completion */
	const char *hint; /* candidates of a completion, or NULL */
	struct buf notice; /* in the bar until the next key; empty: none */

	const char *registration; /* for the bar: static, or NULL */
	bool registered, unregistered;
	struct buf listening;
	bool contacts_changed;
	struct loop_timer save; /* people are written */
	struct loop_timer ending; /* the last answers leave */
	uint64_t end; /* ms: no later than this */
	uint64_t last_bell; /* ms: the last bell */
	bool quitting, quit_pending;
	size_t dropped; /* messages that the person was told quitting drops */
	char *trust_address; /* whom /trust asks about */
	char trust_fingerprint[65];
	struct err why; /* what it ended with */
};

#endif
