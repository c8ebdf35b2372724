/*
 * A scanner for the tokens of header field values (RFC 3261, 25.1); the values
 * are unfolded already. Private to src/sip/.
 *
 * The functions that return a string return the fault, static, or NULL if there
 * is none.
 */
#ifndef SIGNET_SRC_SIP_SIP_SCAN_PRIV_H
#define SIGNET_SRC_SIP_SIP_SCAN_PRIV_H

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

enum { SIP_PARAMS = 32 }; /* parameters in one value; more are a fault */

struct sip_params {
	struct sip_param all[SIP_PARAMS];
	size_t count;
};

bool sip_is_token(struct span s); /* not empty */
bool sip_is_digits(struct span s);
bool sip_is_control(unsigned char c); /* HTAB is none */
bool sip_is_method(struct span s); /* it is registered with IANA */

/* Checks the bytes of a value: UTF-8 as RFC 3261 defines it, no control
 * characters but HTAB. quotes: the value has quoted strings, in which a
 * backslash may precede any control character but CR and LF. */
const char *sip_value_fault(struct span value, bool quotes);

/* Skips white space; returns whether the end is reached. */
bool sip_scan_end(struct sip_scan *sc);
/* Skips white space. */
void sip_scan_lws(struct sip_scan *sc);
/* Takes c with the white space around it. False, and nothing is taken, if
 * something else comes next. */
bool sip_scan_sign(struct sip_scan *sc, unsigned char c);
/* Takes a token; false if there is none. */
bool sip_scan_token(struct sip_scan *sc, struct span *token);
/* Takes a quoted string with its quotes; false if there is none or it does not
 * end. */
bool sip_scan_quoted(struct sip_scan *sc, struct span *quoted);
/* Takes the bytes up to white space, one of stop, or the end. */
struct span sip_scan_until(struct sip_scan *sc, const char *stop);

/* Takes *( ";" param ). once: a name that comes twice is a fault (7.3.1). */
const char *sip_scan_params(
    struct sip_scan *sc, bool once, struct sip_params *out);
/* Returns the parameter of this name, or NULL. */
const struct sip_param *sip_params_find(
    const struct sip_params *p, const char *name);

#endif
