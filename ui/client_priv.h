/*
 * The client's state: private to the files of ui/ itself. Each file's
 * functions are in its own header. Calls go down this list, never up:
 *
 *	client            its life, and the user agent's events
 *	burst             lines that come faster than anybody types
 *	input             keys and the mouse
 *	input_modes       keys that are not for the line itself
 *	commands*         lines that are commands
 *	client_quit       how it ends
 *	client_password   the SIP password, typed again
 *	client_history    the history, and what waits in it
 *	client_talk       messages out and in
 *	client_meet       introductions
 *	view*             drawing; reads the state
 *	typing            who types
 *	conversation      which there are, and which is seen
 *	history_search    the history searched, bit by bit
 *	history           what was said before, page by page
 *	confirm           receipts
 *	people            what is kept of people
 *	lines             messages as lines
 *	marks             their verdicts and states as marks
 *	client_contacts   the contacts and their file
 *	details           pages that tell more of a line
 *	programs          the editor, and what opens links
 *	notice            what the client says to the user
 */
#ifndef SIGNET_UI_CLIENT_PRIV_H
#define SIGNET_UI_CLIENT_PRIV_H

#include "keys/store/keystore.h"
#include "src/app/config.h"
#include "src/base/loop.h"
#include "src/ua/ua.h"
#include "ui/contacts/contacts.h"
#include "ui/edit/complete.h"
#include "ui/edit/edit.h"
#include "ui/log/log.h"
#include "ui/screen/form.h"
#include "ui/screen/pager.h"
#include "ui/screen/screen.h"
#include "ui/trace_view.h"
#include "ui/wire_view.h"

enum {
	CLIENT_STRANGERS = 20, /* conversations that strangers can open */
	CLIENT_BYTES = 256 << 20, /* of all logs together */
	CLIENT_TRACE = 1 << 20, /* bytes of trace kept for each conversation */
	CLIENT_SENDING = 1 << 14 /* messages without a final answer */
};

enum conversation_kind {
	CONVERSATION_CLIENT, /* the first one: the client's own notices */
	CONVERSATION_PEER,
	CONVERSATION_OTHERS /* shared by all strangers beyond the limit */
};

enum pane {
	PANE_AUTO, /* the contacts are shown where texts keep 80 columns */
	PANE_SHOWN,
	PANE_HIDDEN
};

/* What keys do to the input line (input_modes.c). */
enum input_mode {
	INPUT_LINE, /* edit it */
	INPUT_SEARCH, /* it is a word to search the log for */
	INPUT_RECALL, /* they are a word of an entered line, which it shows */
	INPUT_JUMP /* they are two digits of a conversation's number */
};

/* What is kept of a person beside messages. */
struct person {
	struct person *next;
	char *key; /* user@host */
	char *draft; /* or NULL */
	uint64_t read; /* the last message that was read */
	bool off; /* nothing of theirs or to them is kept */
	bool known; /* read is set; else all that is there is read */
	bool met; /* by what came while nothing was kept of them */
	bool changed; /* it is to be written */
};

struct due;

struct conversation {
	enum conversation_kind kind;
	char *uri; /* of a PEER: where messages go */
	struct aor aor; /* of a PEER */
	struct contact *contact; /* NULL: the peer is no contact */
	struct person *person; /* of a PEER */
	bool opened_by_them; /* by a message that was not answered yet */
	bool stranger; /* whose sender is no contact */
	struct log *log;
	struct edit *edit;
	struct trace_view *trace; /* NULL: nothing yet */
	size_t unread;
	struct due *due; /* receipts that are due when it is read */
	size_t due_count, due_room;
	uint64_t types_until; /* ms: they type until then */
	bool urgent; /* a loud notice or a refusal is unread */
	/* Of its history: the log began with this line; before this row the
	 * disk goes on, where no line of the log has one. */
	uint64_t opened, past;
	uint64_t newest; /* row of the last message that came */
	/* How the next message will leave. */
	enum contact_choice sign, encrypt;
	bool has_preflight;
	uint64_t introducing; /* as ua_introduce gave it; 0: none goes */
	bool offered; /* they introduced themself, and wait for /accept */
	struct ua_preflight preflight;
};

/* A message that the user agent has, and its line in a log. */
struct sending {
	uint64_t id, line;
	struct conversation *in;
	bool kept; /* it goes when signet runs again */
};

/* Keys that wait until it is known whether they are a burst (burst.c). */
struct held_key {
	int code, y, x;
	uint64_t at; /* ms, as loop_now counts */
};

struct held_keys {
	struct held_key *keys;
	size_t count, room;
	bool burst; /* they are one, whose end has not come */
	struct loop_timer timer;
};

struct store;
struct alias;
struct programs;

struct client {
	struct config config; /* /set changes it */
	struct loop *loop;
	struct keystore *ks;
	struct ua *ua;
	struct store *store; /* the history; NULL: there is none */
	struct person *people;
	struct loop_timer people_save; /* writes them */
	struct loop_timer begin; /* set once, with the first frame */
	uint64_t telling; /* the row of the message that is told now, or 0 */
	struct screen *screen;
	struct contacts *contacts;
	struct edit_kills *kills;
	struct complete *complete;
	struct trace_view *connections; /* TLS, registrations */
	const char *banner; /* a line at the top of the screen, or NULL */

	struct conversation **conversations; /* the client's own is the first */
	size_t count, current, before;
	struct conversation *others; /* of strangers; NULL: none yet */
	enum pane pane; /* whether the contacts are shown (Alt-P) */
	size_t contacts_top; /* first row shown in the contacts' pane */

	struct sending *sending; /* oldest first */
	size_t sending_count, sending_room;

	struct conversation *typing_in; /* we said that we type there */
	uint64_t typing_told; /* ms: when we did */
	struct loop_timer typing_idle; /* no key for a while */
	struct loop_timer types; /* somebody types no more */
	struct loop_timer clock; /* the next minute of the bar's clock */

	struct pager *pager; /* over the whole screen, or NULL */
	struct wire_view *wire; /* the same, below that */
	struct form *password; /* the field for one, over that, or NULL */
	size_t password_account; /* the number of the address whose it is */
	size_t refused_account; /* of the one that was refused last, or 0 */
	struct history_search *search; /* of the disk, or NULL */
	struct programs *programs; /* that run for the user */
	enum input_mode mode;
	struct buf searched; /* the word of INPUT_SEARCH, and of */
	struct buf recalled; /* INPUT_RECALL */
	int jump; /* of INPUT_JUMP: the first digit, or -1 */
	struct held_keys held;
	uint64_t key_count; /* keys pressed since the start */
	uint64_t resolve_at; /* key_count when /resolve was entered */
	struct alias *aliases; /* (commands_alias.c) */
	size_t alias_count, alias_room;
	struct buf words; /* of /set, that Tab completes */
	struct buf candidate; /* the name that command_name returned last */
	const char *hint; /* completion candidates for the bar, or NULL */
	struct buf notice; /* in the bar until the next key; empty: none */

	const char *registration; /* for the bar: static, or NULL */
	bool registered, unregistered;
	struct buf listening;
	bool contacts_changed;
	unsigned long pins_version; /* that the contacts' pins are of, or 0 */
	struct loop_timer save; /* writes the contacts */
	struct loop_timer ending; /* polls until the last answers have left */
	uint64_t end; /* ms: the loop stops by then */
	uint64_t last_bell; /* ms */
	bool quitting, quit_pending;
	size_t dropped; /* unanswered messages that the user was warned of */
	char *forget_key; /* user@host that /forget asks about */
	char *send_to; /* whom the question of "to: WHO TEXT" is about */
	struct buf send_text; /* and what */
	char *trust_address; /* the AOR that /trust asks about */
	char trust_fingerprint[KEYSTORE_SHOWN];
	struct err why; /* why the client ended; exit 0: normally */
};

#endif
