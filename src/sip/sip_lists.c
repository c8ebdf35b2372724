#include "src/sip/sip_lists.h"

#include "src/sip/sip_grammar_priv.h"

enum { ROUTES_MAX = 16 }; /* proxies in a row */

/* Returns a qvalue (0 or 1, and up to three decimals) in thousandths; 0 if it
 * is malformed. */
static unsigned
sip_thousandths(struct span q)
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

/* Returns the URN of "<urn:uuid:...>"; empty if quotes or brackets are
 * missing. */
static struct span
sip_instance_urn(struct span value)
{
	if (value.n < 4 || value.p[0] != '"' || value.p[1] != '<' ||
	    value.p[value.n - 2] != '>' || value.p[value.n - 1] != '"')
		return (struct span){NULL, 0};
	return span_cut(value, 2, value.n - 2);
}

/* Skips to after the next comma outside of quotes and angle brackets. */
static void
sip_skip_contact(struct sip_scan *sc)
{
	bool quoted = false, bracketed = false;

	for (; sc->at < sc->s.n; sc->at++) {
		unsigned char c = sc->s.p[sc->at];

		if (quoted && c == '\\' && sc->at + 1 < sc->s.n)
			sc->at++;
		else if (c == '"')
			quoted = !quoted;
		else if (!quoted && (c == '<' || c == '>'))
			bracketed = c == '<';
		else if (c == ',' && !quoted && !bracketed) {
			sc->at++;
			return;
		}
	}
}

static void
sip_contact_params(struct span text, struct sip_contact *out)
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
	p = sip_params_find(&params, "reg-id");
	if (p != NULL)
		out->reg_id = p->value;
	p = sip_params_find(&params, "+sip.instance");
	if (p != NULL)
		out->instance = sip_instance_urn(p->value);
	p = sip_params_find(&params, "q");
	if (p != NULL)
		out->q = sip_thousandths(p->value);
}

bool
sip_contact_next(
    const struct sip_msg *m, struct sip_contacts *walk, struct sip_contact *out)
{
	while (walk->field < sip_header_count(m, "Contact")) {
		struct sip_scan sc = {
		    sip_header(m, "Contact", walk->field), walk->at};
		struct sip_addr addr;

		if (span_is(sc.s, "*") || sip_scan_end(&sc)) {
			walk->field++;
			walk->at = 0;
			continue;
		}
		if (sip_addr_read(&sc, &addr) == NULL &&
		    (sip_scan_sign(&sc, ',') || sip_scan_end(&sc))) {
			walk->at = sc.at;
			*out = (struct sip_contact){.uri = addr.uri};
			sip_contact_params(addr.params, out);
			return true;
		}
		sc.at = walk->at;
		sip_skip_contact(&sc);
		walk->at = sc.at;
	}
	return false;
}

/* Takes the next route of a value: its URI, and the whole of it. */
static bool
sip_next_route(struct sip_scan *sc, struct span *uri, struct span *whole)
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
			if (!sip_next_route(&sc, &uri, &whole) ||
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

size_t
sip_via_count(const struct sip_msg *m)
{
	size_t fields = sip_header_count(m, "Via"), count = 0;

	for (size_t i = 0; i < fields; i++) {
		struct sip_scan sc = {sip_header(m, "Via", i), 0};
		struct sip_via via;

		do
			count++;
		while (
		    sip_via_read(&sc, &via) == NULL && sip_scan_sign(&sc, ','));
	}
	return count;
}

bool
sip_requires(const struct sip_msg *m, const char *option)
{
	size_t count = sip_header_count(m, "Require");

	for (size_t i = 0; i < count; i++) {
		struct sip_scan sc = {sip_header(m, "Require", i), 0};
		struct span one;

		do {
			sip_scan_lws(&sc);
			if (!sip_scan_token(&sc, &one))
				break;
			if (span_is_nocase(one, option))
				return true;
		} while (sip_scan_sign(&sc, ','));
	}
	return false;
}

struct span
sip_route_first(struct span routes)
{
	struct sip_scan sc = {routes, 0};
	struct span uri = {NULL, 0}, whole;

	(void)sip_next_route(&sc, &uri, &whole);
	return uri;
}
