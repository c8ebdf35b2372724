/*
 * Checks CMS before OpenSSL parses it, since OpenSSL accepts more than signet
 * may (RFC 5652, 5083, 5084). Reads DER, and BER with indefinite lengths.
 */
#ifndef SIGNET_KEYS_SMIME_CMS_LOOK_H
#define SIGNET_KEYS_SMIME_CMS_LOOK_H

#include "src/base/der.h"

enum cms_kind {
	CMS_IS_SIGNED,
	CMS_IS_ENVELOPED,
	CMS_IS_AUTH_ENVELOPED,
	CMS_IS_COMPRESSED,
	CMS_IS_OTHER
};

struct cms_look {
	enum cms_kind kind;
	/* Of encrypted content alone: */
	char cipher[32]; /* OpenSSL's long name in lower case, or the OID */
	bool cbc; /* EnvelopedData, so without integrity protection */
	bool supported; /* signet decrypts this cipher */
	const char *why; /* a fault that makes it malformed, or NULL */
};

/* Returns whether a media type (in lower case) is one of CMS, its old "x-"
 * names among them. */
bool cms_type(const char *name);

/* Finds the kind of a ContentInfo, and checks encrypted content. False when
 * der is not exactly one ContentInfo. */
bool cms_look(struct span der, struct cms_look *out);

/* Returns OpenSSL's NID of an OBJECT IDENTIFIER's body, or NID_undef. name gets
 * its long name in lower case, or its number. */
int der_nid(struct span body, char *name, size_t size);

#endif
