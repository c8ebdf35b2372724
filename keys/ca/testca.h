/*
 * A certificate authority for tests: makeCA and makeCert of the draft's
 * appendix A, with today's algorithms. Its key lies beside its certificate,
 * so it is not for real use.
 */
#ifndef SIGNET_KEYS_CA_TESTCA_H
#define SIGNET_KEYS_CA_TESTCA_H

#include <stdbool.h>
#include <time.h>

#include "keys/store/keystore.h"
#include "src/base/err.h"

/* What testca_issue makes wrong with a certificate, to see it refused; or
 * makes in a way that is rare. */
enum testca_odd {
	TESTCA_SOUND = 0,
	TESTCA_CN_ONLY, /* a host's without subjectAltName */
	TESTCA_CN_WILDCARD, /* the same, "*" for the first label of its name */
	TESTCA_NO_CN, /* an empty subject: the subjectAltName alone */
	TESTCA_NO_SIGNING, /* a person's whose key may not sign */
	TESTCA_NO_SERVER, /* a host's that is for TLS clients alone */
	TESTCA_SERVER_ONLY /* a host's for TLS servers, but not for SIP */
};

enum { TESTCA_EXPIRED = 0 }; /* days of a certificate of the year 1999 */

struct testca {
	const char *dir;
	const char *type; /* of the key, as for `keys new`; NULL: p256 */
	unsigned days; /* TESTCA_EXPIRED is makeCert's 0 */
	bool force; /* write over what is there; a NAME.p12 that holds
	                   * a key which was replaced goes */
	bool legacy; /* the draft's: RSA-1024, SHA-1, its extensions */
	time_t at; /* when what is made is made; 0: now */
	const char *by; /* the root or CA that signs; NULL: the one root */
	const char *from; /* issue: the folder of who signs; NULL: dir */
	bool ca; /* issue makes an intermediate CA */
	unsigned pathlen; /* how many CAs may stand below it */
	bool p12; /* issue packs a NAME.p12 too */
	/* issue: whom the certificate names instead, its files keep NAME. */
	const char *says;
	enum testca_odd odd;
	/* For keys of the CA that are locked, and for the .p12. */
	keystore_ask_fn *ask;
	void *ask_arg;
};

/* Makes dir (0700) with root_cert_NAME.pem, root_cert_NAME.p7c and
 * root_key_NAME.pem. */
int testca_init(const struct testca *ca, const char *name, struct err *e);
/* The same with the root whose key everybody has (wellknown.h). */
int testca_well_known(const struct testca *ca, struct err *e);

/* Makes a certificate and its key in dir, signed by the one root in dir that
 * has its key there, or by whom ca->by names. NAME is a URI where it has a
 * ':' and is no IPv6 address, a person where it has an '@', a host, or with
 * ca->ca an intermediate CA. A URI lies under the address behind its scheme
 * where there is one, under its host where it is a sip or sips URI of that,
 * else as if it were a host's name. EX_USAGE when NAME's kind cannot be odd
 * in the way that is asked for; EX_CONFIG when all was made but the .p12, for
 * which there was no passphrase. */
int testca_issue(const struct testca *ca, const char *name, struct err *e);

/* --- testca_crl.c: crl_NAME.pem of who signs ------------------------------- */

struct testca_revoked {
	size_t added, known; /* certificates; known: they were listed before */
};

/* Puts NAME's certificates, or the first one in the file NAME, on the CRL of
 * the CA in dir that signed them, which is signed anew for ca->days. */
int testca_revoke(const struct testca *ca, const char *name,
    struct testca_revoked *out, struct err *e);
/* Signs the CRL of the one root, or of whom ca->by names, anew. */
int testca_crl(const struct testca *ca, struct err *e);

#endif
