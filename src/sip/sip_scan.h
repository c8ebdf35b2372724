/*
 * The words that header fields are made of (RFC 3261, 25.1), read from the
 * front of a value that is unfolded already. Private to src/sip*.c.
 *
 * A function that says what is wrong gives static words, or NULL when nothing
 * is.
 */
#ifndef SIGNET_SRC_SIP_SIP_SCAN_H
#define SIGNET_SRC_SIP_SIP_SCAN_H

#include "src/base/bytes.h"

struct sip_scan {
	struct span s;
	size_t at;
};

/* generic-param: name [ "=" value ]. */
struct sip_param {
	struct span name;
	struct span value; /* a quoted string has its quotes */
	bool has_value;
};

enum { SIP_PARAMS = 32 }; /* nobody sends as many in one value */

struct sip_params {
	struct sip_param all[SIP_PARAMS];
	size_t count;
};

bool sip_is_token(struct span s); /* not empty */
bool sip_is_digits(struct span s);
bool sip_is_method(struct span s); /* one that is registered with IANA */

/* Whether a value has only what may stand in one: UTF-8 in RFC 3261's wide
 * sense, no controls but HTAB. quotes: it has quoted strings, where a
 * backslash lets any control but CR and LF pass. */
const char *sip_value_fault(struct span value, bool quotes);

/* At the end, after white space? */
bool sip_scan_end(struct sip_scan *sc);
void sip_scan_lws(struct sip_scan *sc);
/* Takes c with the white space around it, if it comes next. */
bool sip_scan_sign(struct sip_scan *sc, unsigned char c);
/* Takes a token; false when there is none. */
bool sip_scan_token(struct sip_scan *sc, struct span *token);
/* Takes a quoted string with its quotes; false when it does not end. */
bool sip_scan_quoted(struct sip_scan *sc, struct span *quoted);
/* Takes what there is up to white space or one of stop. */
struct span sip_scan_until(struct sip_scan *sc, const char *stop);

/* Takes *( ";" param ). once: none may come twice (7.3.1). */
const char *sip_scan_params(
    struct sip_scan *sc, bool once, struct sip_params *out);
/* NULL when there is none of this name. */
const struct sip_param *sip_params_find(
    const struct sip_params *p, const char *name);

#endif
