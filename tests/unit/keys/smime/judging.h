/* Certificates and CRLs for the tests of judging. */
#ifndef SIGNET_TESTS_UNIT_KEYS_SMIME_JUDGING_H
#define SIGNET_TESTS_UNIT_KEYS_SMIME_JUDGING_H

#include "tests/unit/keys/keys_make.h"

static const struct say alice_says = {
    .cn = "alice", .san = "URI:sip:alice@example.com"};

static inline void
put_revocation(struct world *w, const struct ident *by, const struct crl_say *s)
{
	X509_CRL *crl = make_crl(by, s);

	put_crl(w->dir, "crl_ca.pem", crl);
	X509_CRL_free(crl);
}

#endif
