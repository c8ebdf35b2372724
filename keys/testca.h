/*
 * A certificate authority for tests: makeCA and makeCert of the draft's
 * appendix A, with today's algorithms. Its key lies beside its certificate,
 * so it is not for real use.
 */
#ifndef SIGNET_KEYS_TESTCA_H
#define SIGNET_KEYS_TESTCA_H

#include <stdbool.h>

#include "err.h"

struct testca {
	const char *dir;
	const char *type; /* of the key, as for `keys new`; NULL: p256 */
	unsigned days;    /* 0: expired, as makeCert's */
	bool force;       /* write over what is there */
};

/* Makes dir (0700) with root_cert_NAME.pem and root_key_NAME.pem. */
int testca_init(const struct testca *ca, const char *name, struct err *e);
/* Makes a certificate and its key in dir: for a person (NAME has an '@') or
 * a host, by the one root in dir that has its key there. */
int testca_issue(const struct testca *ca, const char *name, struct err *e);

#endif
