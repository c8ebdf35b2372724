#include "src/sip/sip_lists.h"

#include "src/sip/sip_grammar_priv.h"

enum { ROUTES_MAX = 16 }; /* proxies in a row */

/* Returns a qvalue (0 or 1, and up to three decimals) in thousandths; 0 if it
 * is malformed. */
static unsigned
thousandths(struct span q)
{
	uint64_t whole, decimals = 0;
	size_t dot = span_find(q, '.', 0);
	struct span rest = span_cut(q, dot + 1, q.n);

	if (!number_parse(span_cut(q, 0, dot), 1, &whole) || rest.n > 3 ||
	    (rest.n > 0 && !number_parse(rest, 999, &decimals)))
		return 0;
	for (size_t i = rest.n; i < 3; i++)
		decimals *= 10;
	return whole == 1 ? 1000 : (unsigned)decimals;
}

static void
contact_params(struct span text, struct sip_contact *out)
{
	struct sip_scan sc = {text, 0};
	const struct sip_param *p;
	struct sip_params params;

	out->q = 1000;
	if (sip_scan_params(&sc, true, &params) != NULL)
		return;
	p = sip_params_find(&params, "expires");
	if (p != NULL && sip_is_digits(p->value)) {
		out->has_expires = true;
		if (!number_parse(p->value, UINT32_MAX, &out->expires))
			out->expires = UINT32_MAX;
	}
	p = sip_params_find(&params, "q");
	if (p != NULL)
		out->q = thousandths(p->value);
}

bool
sip_contact_next(
    const struct sip_msg *m, struct sip_contacts *walk, struct sip_contact *out)
{
	for (;; walk->field++, walk->at = 0) {
		struct sip_scan sc = {
		    sip_header(m, "Contact", walk->field), walk->at};
		struct sip_addr addr;

		if (walk->field >= sip_header_count(m, "Contact"))
			return false;
		if (span_is(sc.s, "*") || sip_scan_end(&sc))
			continue;
		if (sip_addr_read(&sc, &addr) != NULL)
			return false;
		(void)sip_scan_sign(&sc, ',');
		walk->at = sc.at;
		*out = (struct sip_contact){.uri = addr.uri};
		contact_params(addr.params, out);
		return true;
	}
}

/* Takes the next route of a value: its URI, and the whole of it. */
static bool
next_route(struct sip_scan *sc, struct span *uri, struct span *whole)
{
	struct sip_addr addr;
	size_t from = sc->at;

	if (sip_addr_read(sc, &addr) != NULL || !addr.bracketed)
		return false;
	*uri = addr.uri;
	*whole = span_trim(span_cut(sc->s, from, sc->at));
	return true;
}

bool
sip_routes(const struct sip_msg *m, const char *name, struct buf *out)
{
	size_t fields = sip_header_count(m, name), before = out->n, count = 0;

	for (size_t i = 0; i < fields; i++) {
		struct sip_scan sc = {sip_header(m, name, i), 0};
		struct span uri, whole, lr;
		struct uri parts;
		struct err e;

		do {
			if (!next_route(&sc, &uri, &whole) ||
			    uri_parse(uri, &parts, &e) == -1 ||
			    !uri_param(&parts, "lr", &lr) ||
			    ++count > ROUTES_MAX)
				goto bad;
			if (count > 1)
				buf_adds(out, ", ");
			buf_addspan(out, whole);
		} while (sip_scan_sign(&sc, ','));
		if (!sip_scan_end(&sc))
			goto bad;
	}
	return true;
bad:
	out->n = before;
	return false;
}

struct span
sip_route_first(struct span routes)
{
	struct sip_scan sc = {routes, 0};
	struct span uri = {NULL, 0}, whole;

	(void)next_route(&sc, &uri, &whole);
	return uri;
}
