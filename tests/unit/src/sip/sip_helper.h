/*
 * Parts of messages that only tests look at or write.
 */
#ifndef SIGNET_TESTS_UNIT_SRC_SIP_SIP_HELPER_H
#define SIGNET_TESTS_UNIT_SRC_SIP_SIP_HELPER_H

#include "src/sip/sip_msg_priv.h"

/* Returns whether one of the comma-separated tokens of any field of this name
 * is token, in any case and without its parameters. */
static inline bool
header_has(const struct sip_msg *m, const char *name, const char *token)
{
	for (size_t i = 0; i < sip_header_count(m, name); i++) {
		struct sip_scan sc = {sip_header(m, name, i), 0};
		struct span one, ignored;

		while (!sip_scan_end(&sc)) {
			if (sip_scan_token(&sc, &one) &&
			    span_is_nocase(one, token))
				return true;
			while (!sip_scan_sign(&sc, ',') && !sip_scan_end(&sc))
				if (!sip_scan_quoted(&sc, &ignored))
					sc.at++;
		}
	}
	return false;
}

/* Appends HEADER: "DISPLAY" <URI>;tag=TAG, with quotes and backslashes escaped;
 * without a display name if it is empty, without a tag if it is NULL. */
static inline int
add_nameaddr(struct buf *b, const char *header, struct span display,
    struct span uri, const char *tag, struct err *e)
{
	const char *why = sip_uri_fault(uri);
	struct buf value = {0};
	size_t i;
	int result;

	if (why == NULL && sip_uri_has_control(uri))
		why = "a URI has an escaped NUL, CR or LF";
	if (why == NULL && tag != NULL && !sip_is_token(span_str(tag)))
		why = "the tag is no token";
	if (why == NULL)
		why = sip_value_fault(display, false);
	if (why != NULL)
		return err_set(e, EX_DATAERR,
		    "the header field %s cannot be "
		    "sent: %s",
		    header, why);
	if (display.n > 0) {
		buf_add(&value, "\"", 1);
		for (i = 0; i < display.n; i++) {
			if (display.p[i] == '"' || display.p[i] == '\\')
				buf_add(&value, "\\", 1);
			buf_add(&value, &display.p[i], 1);
		}
		buf_adds(&value, "\" ");
	}
	buf_add(&value, "<", 1);
	buf_addspan(&value, uri);
	buf_add(&value, ">", 1);
	if (tag != NULL)
		buf_addf(&value, ";tag=%s", tag);
	result = sip_add(b, header, span_buf(&value), e);
	buf_free(&value);
	return result;
}

#endif
