/*
 * A certificate authority for tests: makeCA and makeCert of the draft's
 * appendix A, with today's algorithms. Its key lies beside its certificate, so
 * it is for tests only.
 */
#ifndef SIGNET_KEYS_CA_TESTCA_H
#define SIGNET_KEYS_CA_TESTCA_H

#include <stdbool.h>
#include <time.h>

#include "keys/store/keystore.h"
#include "src/base/err.h"

/* Deviations of a certificate from the usual, to see it refused or to test what
 * is rare. */
enum testca_odd {
	TESTCA_SOUND = 0,
	TESTCA_CN_ONLY, /* a host's without subjectAltName */
	TESTCA_CN_WILDCARD, /* the same, "*" for the first label of its name */
	TESTCA_NO_CN, /* an empty subject: the subjectAltName alone */
	TESTCA_NO_SIGNING, /* a person's, whose key may not sign */
	TESTCA_NO_SERVER, /* a host's, for TLS clients only */
	TESTCA_SERVER_ONLY /* a host's, for TLS servers, but not for SIP */
};

enum { TESTCA_EXPIRED = 0 }; /* days of a certificate of the year 1999 */

struct testca {
	const char *dir;
	const char *type; /* of the key, as for `keys new`; NULL: p256 */
	unsigned days; /* TESTCA_EXPIRED is makeCert's 0 */
	bool force; /* write over what is there; a NAME.p12 that holds
	                   * a key which was replaced goes */
	bool legacy; /* the draft's: RSA-1024, SHA-1, its extensions */
	time_t at; /* the time of issue; 0: now */
	const char *by; /* the root or CA that signs; NULL: the one root */
	const char *from; /* issue: the signer's directory; NULL: dir */
	bool ca; /* issue makes an intermediate CA */
	unsigned pathlen; /* how many CAs may stand below it */
	bool p12; /* issue packs a NAME.p12 too */
	/* issue: the subject, if it is not NAME; its files are named NAME. */
	const char *says;
	enum testca_odd odd;
	/* Asks for the passphrases of the CA's keys and of the .p12. */
	keystore_ask_fn *ask;
	void *ask_arg;
};

/* Makes dir (0700) with root_cert_NAME.pem, root_cert_NAME.p7c and
 * root_key_NAME.pem. */
int testca_init(const struct testca *ca, const char *name, struct err *e);
/* The same with the root whose key is public (wellknown.h). */
int testca_well_known(const struct testca *ca, struct err *e);

/* Makes a certificate and its key in dir, signed by the CA that ca->by names or
 * else by the one root in dir whose key is there.
 *
 * NAME is a URI where it has a ':' and is not an IPv6 address; a person where
 * it has an '@'; with ca->ca an intermediate CA; otherwise a host. A URI is
 * stored under the address after its scheme if it has one, under its host if it
 * is a sip or sips URI of a host, and otherwise like a host's name.
 *
 * EX_USAGE when the deviation is not for this kind of NAME. EX_CONFIG when
 * everything was made but the .p12, since there was no passphrase for it. */
int testca_issue(const struct testca *ca, const char *name, struct err *e);

/* --- testca_crl.c: crl_NAME.pem of a CA ----------------------------------- */

struct testca_revoked {
	size_t added, known; /* certificates; known: already listed */
};

/* Adds NAME's certificates, or the first one in the file NAME, to the CRL of
 * the CA in dir that signed them. The new CRL is valid for ca->days. */
int testca_revoke(const struct testca *ca, const char *name,
    struct testca_revoked *out, struct err *e);
/* Signs the CRL of the one root, or of the CA that ca->by names, again. */
int testca_crl(const struct testca *ca, struct err *e);

#endif
