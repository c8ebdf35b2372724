#include "ui/client_wire.h"

#include <stdlib.h>

#include "src/base/savefile.h"
#include "ui/conversation.h"
#include "ui/notice.h"
#include "ui/trace_text.h"
#include "ui/wire_view.h"

static struct wire_source
client_wire_source(struct client *c)
{
	struct conversation *v = conversation_current(c);

	return (struct wire_source){v->kind == CONVERSATION_PEER
		? conversation_trace(c, v)
		: c->connections,
	    c->connections};
}

void
client_wire_open(struct client *c)
{
	char *name = conversation_name(conversation_current(c));
	struct buf title = {0};

	buf_addf(&title, "trace: %s", name);
	wire_view_free(c->wire);
	c->wire = wire_view_new((const char *)title.p);
	buf_free(&title);
	free(name);
	notice_redraw(c);
}

static void
client_wire_copy(struct client *c)
{
	struct buf text = {0}, note = {0};
	struct err e = {0};

	wire_view_chosen_text(c->wire, &text);
	if (screen_copy(c->screen, span_buf(&text), &e) == 0)
		buf_addf(
		    &note, "given to the terminal to copy: %zu bytes", text.n);
	else
		buf_adds(&note, e.text);
	wire_view_note(c->wire, (const char *)note.p);
	buf_free(&note);
	buf_wipe(&text);
}

void
client_wire_key(struct client *c, const struct screen_key *key)
{
	struct wire_source source = client_wire_source(c);

	switch (wire_view_key(c->wire, &source, key)) {
	case WIRE_COPIES:
		client_wire_copy(c);
		break;
	case WIRE_CLOSES:
		wire_view_free(c->wire);
		c->wire = NULL;
		break;
	case WIRE_STAYS:
	case WIRE_REDRAWS:
		break;
	}
}

void
client_wire_draw(struct client *c, int rows)
{
	struct wire_source source = client_wire_source(c);

	wire_view_draw(c->wire, &source, c->screen, 0, rows);
}

int
client_wire_save(struct client *c, const char *path, struct err *e)
{
	struct wire_source source = client_wire_source(c);
	struct buf text = {0};
	int rc;

	trace_text_all(&text, source.trace, source.connections, NULL);
	rc = savefile_new(path, span_buf(&text), e);
	buf_wipe(&text);
	return rc;
}
