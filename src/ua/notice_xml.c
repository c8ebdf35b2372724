#include "src/ua/notice_xml.h"

#include <string.h>

#include <expat.h>

#include "src/base/time.h"

enum {
	DEPTH_MAX = 8, /* elements, one inside the other */
	REFRESH = 120, /* s where a document has none (RFC 3994, 3.3) */
	REFRESH_LEAST = 60,
	REFRESH_MOST = 3600
};

#define IMDN "urn:ietf:params:xml:ns:imdn|"
#define COMPOSING "urn:ietf:params:xml:ns:im-iscomposing|"

/* The elements that mean something, by their path. */
enum element {
	ELEMENT_OTHER,
	ELEMENT_ROOT,
	ELEMENT_ID,
	ELEMENT_STATE,
	ELEMENT_REFRESH,
	ELEMENT_DELIVERY,
	ELEMENT_DISPLAY,
	ELEMENT_DELIVERY_STATUS,
	ELEMENT_DISPLAY_STATUS,
	ELEMENT_DELIVERED,
	ELEMENT_FAILED,
	ELEMENT_DISPLAYED
};

static const struct {
	enum element inside;
	const char *name;
	enum element element;
	bool text; /* its text is wanted */
} imdn_elements[] = {
    {ELEMENT_OTHER, IMDN "imdn", ELEMENT_ROOT, false},
    {ELEMENT_ROOT, IMDN "message-id", ELEMENT_ID, true},
    {ELEMENT_ROOT, IMDN "delivery-notification", ELEMENT_DELIVERY, false},
    {ELEMENT_ROOT, IMDN "display-notification", ELEMENT_DISPLAY, false},
    {ELEMENT_DELIVERY, IMDN "status", ELEMENT_DELIVERY_STATUS, false},
    {ELEMENT_DISPLAY, IMDN "status", ELEMENT_DISPLAY_STATUS, false},
    {ELEMENT_DELIVERY_STATUS, IMDN "delivered", ELEMENT_DELIVERED, false},
    {ELEMENT_DELIVERY_STATUS, IMDN "failed", ELEMENT_FAILED, false},
    {ELEMENT_DELIVERY_STATUS, IMDN "error", ELEMENT_FAILED, false},
    {ELEMENT_DISPLAY_STATUS, IMDN "displayed", ELEMENT_DISPLAYED, false},
    {ELEMENT_OTHER, COMPOSING "isComposing", ELEMENT_ROOT, false},
    {ELEMENT_ROOT, COMPOSING "state", ELEMENT_STATE, true},
    {ELEMENT_ROOT, COMPOSING "refresh", ELEMENT_REFRESH, true},
};

struct reading {
	XML_Parser parser;
	const char *kind; /* IMDN or COMPOSING: the namespace of its root */
	enum element path[DEPTH_MAX];
	size_t depth;
	unsigned seen; /* bits of enum element */
	char text[ELEMENT_DISPLAYED + 1][IMDN_ID_MAX + 1];
	bool bad;
};

static void
notice_stop(struct reading *r)
{
	r->bad = true;
	(void)XML_StopParser(r->parser, XML_FALSE);
}

/* The element of this name inside another. */
static enum element
notice_element(const struct reading *r, enum element inside, const char *name)
{
	size_t n = sizeof(imdn_elements) / sizeof(imdn_elements[0]);

	for (size_t i = 0; i < n; i++)
		if (imdn_elements[i].inside == inside &&
		    (inside != ELEMENT_OTHER || r->depth == 0) &&
		    strncmp(name, r->kind, strlen(r->kind)) == 0 &&
		    strcmp(imdn_elements[i].name, name) == 0)
			return imdn_elements[i].element;
	return ELEMENT_OTHER;
}

/* Each of the elements that mean something is there once at most: two would let
 * two readers see two things. */
static void XMLCALL
notice_start(void *arg, const XML_Char *name, const XML_Char **attributes)
{
	struct reading *r = arg;
	enum element inside = r->depth > 0 ? r->path[r->depth - 1]
					   : ELEMENT_OTHER;
	enum element e = notice_element(r, inside, name);

	(void)attributes;
	if (r->depth == DEPTH_MAX || (r->depth == 0 && e != ELEMENT_ROOT) ||
	    (e != ELEMENT_OTHER && (r->seen & 1U << e) != 0)) {
		notice_stop(r);
		return;
	}
	r->seen |= 1U << e;
	r->path[r->depth++] = e;
}

static void XMLCALL
notice_end(void *arg, const XML_Char *name)
{
	struct reading *r = arg;

	(void)name;
	r->depth--;
}

static void XMLCALL
notice_text(void *arg, const XML_Char *text, int n)
{
	struct reading *r = arg;
	enum element e = r->depth > 0 ? r->path[r->depth - 1] : ELEMENT_OTHER;
	size_t have = strlen(r->text[e]);

	if (e != ELEMENT_ID && e != ELEMENT_STATE && e != ELEMENT_REFRESH)
		return;
	if ((size_t)n > IMDN_ID_MAX - have) {
		notice_stop(r);
		return;
	}
	memcpy(r->text[e] + have, text, (size_t)n);
	r->text[e][have + (size_t)n] = '\0';
}

static void XMLCALL
notice_doctype(void *arg, const XML_Char *name, const XML_Char *sysid,
    const XML_Char *pubid, int internal)
{
	(void)name;
	(void)sysid;
	(void)pubid;
	(void)internal;
	notice_stop(arg);
}

static bool
notice_read(struct reading *r, const char *kind, struct span xml)
{
	XML_Parser parser = XML_ParserCreateNS("UTF-8", '|');
	bool whole;

	*r = (struct reading){.parser = parser, .kind = kind};
	if (parser == NULL)
		return false;
	XML_SetUserData(parser, r);
	XML_SetElementHandler(parser, notice_start, notice_end);
	XML_SetCharacterDataHandler(parser, notice_text);
	XML_SetStartDoctypeDeclHandler(parser, notice_doctype);
	whole = xml.n <= INT32_MAX &&
	    XML_Parse(parser, (const char *)xml.p, (int)xml.n, 1) ==
		XML_STATUS_OK;
	XML_ParserFree(parser);
	return whole && !r->bad;
}

static bool
notice_has(const struct reading *r, enum element e)
{
	return (r->seen & 1U << e) != 0;
}

/* The text of an element without the blanks around it. */
static struct span
notice_value(const struct reading *r, enum element e)
{
	struct span s = span_str(r->text[e]);

	while (s.n > 0 && strchr(" \t\r\n", s.p[0]) != NULL)
		s = span_cut(s, 1, s.n);
	while (s.n > 0 && strchr(" \t\r\n", s.p[s.n - 1]) != NULL)
		s = span_cut(s, 0, s.n - 1);
	return s;
}

bool
imdn_read(struct span xml, struct imdn *out)
{
	struct reading r;
	struct span id;

	if (!notice_read(&r, IMDN, xml) || !notice_has(&r, ELEMENT_ID) ||
	    (notice_has(&r, ELEMENT_DELIVERY) &&
		notice_has(&r, ELEMENT_DISPLAY)))
		return false;
	id = notice_value(&r, ELEMENT_ID);
	if (id.n == 0)
		return false;
	memcpy(out->message_id, id.p, id.n);
	out->message_id[id.n] = '\0';
	out->status = notice_has(&r, ELEMENT_DISPLAYED) ? IMDN_DISPLAYED
	    : notice_has(&r, ELEMENT_FAILED)            ? IMDN_FAILED
	    : notice_has(&r, ELEMENT_DELIVERED)         ? IMDN_DELIVERED
							: IMDN_OTHER;
	return true;
}

bool
composing_read(struct span xml, struct composing *out)
{
	struct reading r;
	uint64_t refresh = REFRESH;

	if (!notice_read(&r, COMPOSING, xml) || !notice_has(&r, ELEMENT_STATE))
		return false;
	if (notice_has(&r, ELEMENT_REFRESH) &&
	    !number_parse(
		notice_value(&r, ELEMENT_REFRESH), UINT32_MAX, &refresh))
		return false;
	if (refresh < REFRESH_LEAST)
		refresh = REFRESH_LEAST;
	if (refresh > REFRESH_MOST)
		refresh = REFRESH_MOST;
	out->active = span_is(notice_value(&r, ELEMENT_STATE), "active");
	out->refresh = (unsigned)refresh;
	return true;
}

void
imdn_write(struct buf *out, const char *message_id, time_t when, bool displayed)
{
	const char *what = displayed ? "display" : "delivery";

	buf_addf(out,
	    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
	    "<imdn xmlns=\"urn:ietf:params:xml:ns:imdn\">\n"
	    "<message-id>%s</message-id>\n<datetime>",
	    message_id);
	time_rfc3339(out, when);
	buf_addf(out,
	    "</datetime>\n<%s-notification><status><%s/></status>"
	    "</%s-notification>\n</imdn>\n",
	    what, displayed ? "displayed" : "delivered", what);
}

void
composing_write(struct buf *out, bool active, unsigned refresh)
{
	buf_addf(out,
	    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
	    "<isComposing xmlns=\"urn:ietf:params:xml:ns:im-iscomposing\">\n"
	    "<state>%s</state>\n<contenttype>text/plain</contenttype>\n",
	    active ? "active" : "idle");
	if (active)
		buf_addf(out, "<refresh>%u</refresh>\n", refresh);
	buf_adds(out, "</isComposing>\n");
}
