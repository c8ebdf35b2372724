#include "src/dns/resolve_reply_priv.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/bytes.h"

enum { REPLY_A = 1, REPLY_AAAA = 28, REPLY_SRV = 33, REPLY_NAPTR = 35 };

int
reply_type(enum dns_type type)
{
	switch (type) {
	case DNS_NAPTR:
		return REPLY_NAPTR;
	case DNS_SRV:
		return REPLY_SRV;
	case DNS_AAAA:
		return REPLY_AAAA;
	default:
		return REPLY_A;
	}
}

void
reply_free(struct dns_answer *out)
{
	for (size_t i = 0; i < out->count; i++)
		free(out->records[i].text);
	free(out->records);
	*out = (struct dns_answer){0};
}

/* --- records -------------------------------------------------------------- */

/* Adds an empty record; NULL, and counted as left out, if there are too
 * many. */
static struct dns_record *
resolve_add(struct dns_answer *out)
{
	struct dns_record *r;

	if (out->count == DNS_RECORDS) {
		out->left_out++;
		return NULL;
	}
	/* Room for 1, 2, 4, .. records: most answers have few. */
	if ((out->count & (out->count - 1)) == 0)
		out->records = xrealloc(out->records,
		    (out->count == 0 ? 1 : out->count * 2) *
			sizeof(*out->records));
	r = &out->records[out->count++];
	*r = (struct dns_record){0};
	return r;
}

/* Copies s if it fits, else "". */
static void
resolve_copy(char *out, size_t room, const char *s)
{
	if (strlen(s) < room)
		(void)strcpy(out, s);
	else
		out[0] = '\0';
}

/* Copies a name without its last dot. Returns false if it does not fit, which
 * happens only to a name with escapes. */
static bool
resolve_copy_name(char out[DNS_NAME], const char *name)
{
	size_t n = strlen(name);

	resolve_copy(out, DNS_NAME, name);
	if (n > 0 && n < DNS_NAME && name[n - 1] == '.')
		out[n - 1] = '\0';
	return n < DNS_NAME;
}

static void
resolve_add_address(struct dns_answer *out, int family, const void *address)
{
	struct dns_record *r = resolve_add(out);
	struct sockaddr_in in = {.sin_family = AF_INET};
	struct sockaddr_in6 in6 = {.sin6_family = AF_INET6};
	char text[INET6_ADDRSTRLEN] = "";

	if (r == NULL)
		return;
	if (family == AF_INET) {
		memcpy(&in.sin_addr, address, sizeof(in.sin_addr));
		memcpy(&r->addr.sa, &in, sizeof(in));
		r->addr.len = sizeof(in);
	} else {
		memcpy(&in6.sin6_addr, address, sizeof(in6.sin6_addr));
		memcpy(&r->addr.sa, &in6, sizeof(in6));
		r->addr.len = sizeof(in6);
	}
	(void)inet_ntop(family, address, text, sizeof(text));
	r->text = xstrdup(text);
}

static void
resolve_add_srv(struct dns_answer *out, unsigned priority, unsigned weight,
    unsigned port, const char *target)
{
	struct dns_record *r;
	struct buf text = {0};
	char name[DNS_NAME];

	if (!resolve_copy_name(name, target) || (r = resolve_add(out)) == NULL)
		return;
	r->first = priority;
	r->second = weight;
	r->port = port;
	(void)strcpy(r->name, name);
	buf_addf(&text, "%u %u %u %s.", priority, weight, port, r->name);
	r->text = (char *)text.p;
}

static void
resolve_add_naptr(struct dns_answer *out, unsigned order, unsigned preference,
    const char *const strings[3], const char *replacement)
{
	struct dns_record *r;
	struct buf text = {0};
	char name[DNS_NAME];

	if (!resolve_copy_name(name, replacement) ||
	    (r = resolve_add(out)) == NULL)
		return;
	(void)strcpy(r->name, name);
	r->first = order;
	r->second = preference;
	resolve_copy(r->flags, sizeof(r->flags), strings[0]);
	resolve_copy(r->service, sizeof(r->service), strings[1]);
	r->rewrites = strings[2][0] != '\0';
	buf_addf(&text, "%u %u \"%s\" \"%s\" \"%s\" %s.", order, preference,
	    strings[0], strings[1], strings[2], r->name);
	r->text = (char *)text.p;
}

/* --- the end of an answer ------------------------------------------------- */

static void
resolve_fail(struct dns_answer *out, const char *why)
{
	reply_free(out);
	out->outcome = DNS_FAILED;
	(void)snprintf(out->why, sizeof(out->why), "%s", why);
}

/* Fills outcome and why for a status other than ARES_SUCCESS. */
static void
resolve_explain(struct dns_answer *out, int status)
{
	switch (status) {
	case ARES_ENODATA:
		out->outcome = DNS_NONE;
		(void)snprintf(out->why, sizeof(out->why), "none");
		return;
	case ARES_ENOTFOUND:
		out->outcome = DNS_NO_NAME;
		(void)snprintf(
		    out->why, sizeof(out->why), "there is no such name");
		return;
	case ARES_ESERVFAIL:
		resolve_fail(out, "the name server failed (SERVFAIL)");
		return;
	case ARES_EREFUSED:
		resolve_fail(
		    out, "the name server refuses to answer (REFUSED)");
		return;
	case ARES_EFORMERR:
	case ARES_EBADRESP:
		resolve_fail(out, "the name server's answer is malformed");
		return;
	case ARES_ETIMEOUT:
		resolve_fail(out, "the name server does not answer");
		return;
	case ARES_ECONNREFUSED:
		/* c-ares before 1.28 also says this for SERVFAIL and
		 * REFUSED. */
		resolve_fail(out,
		    "no name server can be reached, or each fails "
		    "(SERVFAIL) or refuses");
		return;
	default:
		resolve_fail(out, ares_strerror(status));
	}
}

static void
resolve_conclude(struct dns_answer *out, size_t aliases)
{
	if (aliases > DNS_ALIASES)
		resolve_fail(out, "it has too many aliases in a row");
	else if (out->count > 0)
		out->outcome = DNS_FOUND;
	else
		resolve_explain(out, ARES_ENODATA);
}

#if ARES_VERSION >= 0x011c00
/* --- c-ares of 1.28 and later --------------------------------------------- */

static const char *
resolve_text_of(const ares_dns_rr_t *rr, ares_dns_rr_key_t key)
{
	const char *text = ares_dns_rr_get_str(rr, key);

	return text == NULL ? "" : text;
}

static void
resolve_add_rr(
    enum dns_type type, const ares_dns_rr_t *rr, struct dns_answer *out)
{
	const char *strings[3];
	const void *address;

	switch (type) {
	case DNS_A:
		address = ares_dns_rr_get_addr(rr, ARES_RR_A_ADDR);
		if (address != NULL)
			resolve_add_address(out, AF_INET, address);
		break;
	case DNS_AAAA:
		address = ares_dns_rr_get_addr6(rr, ARES_RR_AAAA_ADDR);
		if (address != NULL)
			resolve_add_address(out, AF_INET6, address);
		break;
	case DNS_SRV:
		resolve_add_srv(out,
		    ares_dns_rr_get_u16(rr, ARES_RR_SRV_PRIORITY),
		    ares_dns_rr_get_u16(rr, ARES_RR_SRV_WEIGHT),
		    ares_dns_rr_get_u16(rr, ARES_RR_SRV_PORT),
		    resolve_text_of(rr, ARES_RR_SRV_TARGET));
		break;
	default:
		strings[0] = resolve_text_of(rr, ARES_RR_NAPTR_FLAGS);
		strings[1] = resolve_text_of(rr, ARES_RR_NAPTR_SERVICES);
		strings[2] = resolve_text_of(rr, ARES_RR_NAPTR_REGEXP);
		resolve_add_naptr(out,
		    ares_dns_rr_get_u16(rr, ARES_RR_NAPTR_ORDER),
		    ares_dns_rr_get_u16(rr, ARES_RR_NAPTR_PREFERENCE), strings,
		    resolve_text_of(rr, ARES_RR_NAPTR_REPLACEMENT));
	}
}

void
reply_read(enum dns_type type, int status, const ares_dns_record_t *reply,
    struct dns_answer *out, long *ttl)
{
	size_t count = reply == NULL
	    ? 0
	    : ares_dns_record_rr_cnt(reply, ARES_SECTION_ANSWER);
	size_t aliases = 0;

	*ttl = -1;
	if (status != ARES_SUCCESS) {
		resolve_explain(out, status);
		return;
	}
	for (size_t i = 0; i < count; i++) {
		const ares_dns_rr_t *rr = ares_dns_record_rr_get_const(
		    reply, ARES_SECTION_ANSWER, i);
		long left = (long)ares_dns_rr_get_ttl(rr);
		ares_dns_rec_type_t is = ares_dns_rr_get_type(rr);

		if (ares_dns_rr_get_class(rr) != ARES_CLASS_IN)
			continue;
		if (is == ARES_REC_TYPE_CNAME) {
			if (aliases++ == 0)
				(void)resolve_copy_name(out->alias,
				    resolve_text_of(rr, ARES_RR_CNAME_CNAME));
		} else if ((int)is == reply_type(type))
			resolve_add_rr(type, rr, out);
		else
			continue;
		if (*ttl == -1 || left < *ttl)
			*ttl = left;
	}
	resolve_conclude(out, aliases);
}

#else
/* --- c-ares before 1.28 --------------------------------------------------- */

static int
resolve_read_srv(const unsigned char *reply, int len, struct dns_answer *out)
{
	struct ares_srv_reply *all = NULL, *s;
	int status = ares_parse_srv_reply(reply, len, &all);

	for (s = all; s != NULL; s = s->next)
		resolve_add_srv(out, s->priority, s->weight, s->port, s->host);
	if (all != NULL)
		ares_free_data(all);
	return status;
}

static int
resolve_read_naptr(const unsigned char *reply, int len, struct dns_answer *out)
{
	struct ares_naptr_reply *all = NULL, *n;
	int status = ares_parse_naptr_reply(reply, len, &all);

	for (n = all; n != NULL; n = n->next) {
		const char *strings[3] = {(const char *)n->flags,
		    (const char *)n->service, (const char *)n->regexp};

		resolve_add_naptr(
		    out, n->order, n->preference, strings, n->replacement);
	}
	if (all != NULL)
		ares_free_data(all);
	return status;
}

/* Returns the number of CNAMEs that led to host, and sets alias to the target
 * of the first one, which c-ares puts into h_name. */
static size_t
resolve_read_aliases(const struct hostent *host, struct dns_answer *out)
{
	size_t aliases = 0;

	if (host == NULL || host->h_aliases == NULL)
		return 0;
	while (host->h_aliases[aliases] != NULL)
		aliases++;
	if (aliases > 0 && host->h_name != NULL)
		(void)resolve_copy_name(out->alias, host->h_name);
	return aliases;
}

static int
resolve_read_addresses(enum dns_type type, const unsigned char *reply, int len,
    struct dns_answer *out, long *ttl, size_t *aliases)
{
	struct ares_addrttl in[DNS_RECORDS + 1];
	struct ares_addr6ttl in6[DNS_RECORDS + 1];
	struct hostent *host = NULL;
	int n = DNS_RECORDS + 1;
	int status = type == DNS_A
	    ? ares_parse_a_reply(reply, len, &host, in, &n)
	    : ares_parse_aaaa_reply(reply, len, &host, in6, &n);

	for (int i = 0; status == ARES_SUCCESS && i < n; i++) {
		long left = type == DNS_A ? in[i].ttl : in6[i].ttl;

		if (type == DNS_A)
			resolve_add_address(out, AF_INET, &in[i].ipaddr);
		else
			resolve_add_address(out, AF_INET6, &in6[i].ip6addr);
		if (*ttl == -1 || left < *ttl)
			*ttl = left;
	}
	*aliases = resolve_read_aliases(host, out);
	if (host != NULL)
		ares_free_hostent(host);
	return status;
}

void
reply_read(enum dns_type type, int status, const unsigned char *reply, int len,
    struct dns_answer *out, long *ttl)
{
	size_t aliases = 0;

	*ttl = -1;
	if (status == ARES_SUCCESS)
		status = type == DNS_SRV ? resolve_read_srv(reply, len, out)
		    : type == DNS_NAPTR  ? resolve_read_naptr(reply, len, out)
					 : resolve_read_addresses(type, reply,
					       len, out, ttl, &aliases);
	if (status == ARES_SUCCESS || (status == ARES_ENODATA && aliases > 0))
		resolve_conclude(out, aliases);
	else {
		reply_free(out);
		resolve_explain(out, status);
	}
}
#endif

/* --- /etc/hosts ----------------------------------------------------------- */

static bool
resolve_is_localhost(const char *name)
{
	struct span s = span_str(name);

	return span_is_nocase(s, "localhost") ||
	    (s.n > 10 &&
		span_is_nocase(span_cut(s, s.n - 10, s.n), ".localhost"));
}

void
reply_hosts(ares_channel channel, const char *name, struct dns_answer *out)
{
	static const int families[] = {AF_INET6, AF_INET};
	struct in6_addr loopback6 = IN6ADDR_LOOPBACK_INIT;
	struct in_addr loopback = {htonl(INADDR_LOOPBACK)};

	for (size_t f = 0; f < 2; f++) {
		struct hostent *host = NULL;

		if (ares_gethostbyname_file(
			channel, name, families[f], &host) != ARES_SUCCESS)
			continue;
		for (char **p = host->h_addr_list; *p != NULL; p++)
			resolve_add_address(out, families[f], *p);
		ares_free_hostent(host);
	}
	/* RFC 6761, 6.3 */
	if (out->count == 0 && resolve_is_localhost(name)) {
		resolve_add_address(out, AF_INET6, &loopback6);
		resolve_add_address(out, AF_INET, &loopback);
	}
	if (out->count > 0)
		out->outcome = DNS_FOUND;
	else {
		out->outcome = DNS_NO_NAME;
		(void)snprintf(out->why, sizeof(out->why), "not there");
	}
}
