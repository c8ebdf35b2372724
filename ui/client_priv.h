/*
 * The client's insides: private to ui/client*.c, input.c, commands*.c,
 * view*.c and conversation.c. State is here; what may be done with it is in
 * the headers of these.
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
	char said[300]; /* what the last key led to, or "" */

	char registration[300]; /* in a few words, for the bar */
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

/* --- conversation.c: which there are, and which is seen ------------------------- */

struct conversation *client_current(const struct client *c);
/* With the one whose URI (an AOR's, or what was typed) that is; opened where
 * there is none. NULL, with words said, where it is no address. */
struct conversation *conversation_with(struct client *c, struct span uri);
/* Where it stands among them; their count when it does not. */
size_t conversation_number(
    const struct client *c, const struct conversation *v);
struct conversation *conversation_of(
    const struct client *c, const struct aor *who);
/* A new one with somebody; uri is copied. */
struct conversation *conversation_open(
    struct client *c, const char *uri, const struct aor *who, bool stranger);
/* It is no stranger's any more. */
void conversation_known(struct conversation *v);
/* The one for strangers beyond the cap. */
struct conversation *conversation_others(struct client *c);
/* Its wire, with what came before it was open. */
struct trace_view *conversation_trace(struct client *c, struct conversation *v);
void conversation_close(struct client *c, struct conversation *v);
void conversation_free(struct conversation *v);
void conversation_show(struct client *c, size_t which);
/* The next one that has something unread, loud first. */
void conversation_next_unread(struct client *c);
/* What it is called: harmless, for the caller to free. */
char *conversation_name(const struct conversation *v);
bool conversation_signs(const struct client *c, const struct conversation *v);
bool conversation_encrypts(
    const struct client *c, const struct conversation *v);
/* Asks anew how the next line would leave. */
void conversation_preflight(struct client *c, struct conversation *v);
/* Something may have changed for all of them. */
void conversations_preflight(struct client *c);

/* --- client.c: its life ------------------------------------------------------------ */

/* Says something in a conversation (NULL: the current one), harmless or not. */
void client_note(
    struct client *c, struct conversation *v, bool loud, const char *words);
void client_notef(struct client *c, struct conversation *v, bool loud,
    const char *fmt, ...) __attribute__((format(printf, 4, 5)));
/* What a key led to, in the bar until the next. */
void client_say(struct client *c, const char *words);
/* Opens the pager; takes over text. */
void client_page(struct client *c, const char *title, struct buf *text,
    const char *question, pager_fn *fn);
void client_quit(struct client *c);
/* The people are written soon. */
void client_contacts_changed(struct client *c);
/* A frame is wanted. */
void client_draw(struct client *c);
struct screen_options client_screen_options(const struct client *c);

/* --- client_talk.c: messages ----------------------------------------------------------- */

bool client_received(struct client *c, const struct ua_message *m);
void client_left(struct client *c, const struct ua_sent *sent, bool waits);
void client_sent(struct client *c, const struct ua_sent *sent);
/* Sends text to whom v is with. False, with words said, when it is refused:
 * then it belongs in the input line. */
bool client_send(struct client *c, struct conversation *v, struct span text);
/* Sends again the chosen message that failed, or the last. */
void client_resend(struct client *c);
/* The full verdict of the chosen message, or the last. */
void client_details(struct client *c);
void client_trace(struct client *c, const struct ua_wire *record);

/* --- input.c: keys ------------------------------------------------------------------------ */

void input_key(struct client *c, const struct screen_key *key);

/* --- commands.c ------------------------------------------------------------------------------ */

/* Runs a line that begins with '/' or is SIPimp's own. What is none of them:
 * COMMAND_TEXT. COMMAND_REFUSED: the line stays. COMMAND_CLOSED: its
 * conversation is gone. */
enum command_does {
	COMMAND_DONE,
	COMMAND_TEXT,
	COMMAND_REFUSED,
	COMMAND_CLOSED
};
enum command_does command_run(struct client *c, struct span line);
/* For completion. */
enum complete_kind command_place(
    void *arg, struct span text, size_t from, const char **words);
const char *command_name(void *arg, enum complete_kind kind, size_t i);
void command_show_trace(struct client *c);

/* --- view.c -------------------------------------------------------------------------------------- */

/* Where everything is, for a size of the terminal. */
struct layout {
	int rows, columns;
	int banner, header; /* rows of them, from the top */
	int pane_y, pane_height, pane_width;
	int contacts_x, contacts_width; /* 0: folded away */
	int bar_y, input_y, input_height;
	int time, word, name, gutter; /* columns of a message before its text */
};
void view_layout(const struct client *c, struct layout *l);
void view_draw(struct client *c);
void view_log_draw(struct client *c, const struct layout *l);
void view_input_draw(struct client *c, const struct layout *l);
/* Rows that the input line takes in so many columns. */
int view_input_rows(const struct client *c, int columns);
/* What is drawn at a place. */
void view_click(struct client *c, int y, int x);
/* The wheel over the people moves them. False elsewhere. */
bool view_wheel(struct client *c, int x, bool up);
/* "good", "delivered".. and its style. */
const char *view_word(const struct log_line *line, enum style *style);

#endif
