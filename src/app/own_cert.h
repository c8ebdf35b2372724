/*
 * The remarks on a certificate of our own: that receivers refuse it, or will
 * soon.
 */
#ifndef SIGNET_SRC_APP_OWN_CERT_H
#define SIGNET_SRC_APP_OWN_CERT_H

#include "keys/smime/smime.h"
#include "keys/store/keystore.h"
#include "src/app/config.h"

enum { OWN_CERT_SOON = 30 }; /* days before its end that it is told */

enum own_cert_state {
	OWN_CERT_NONE, /* there is no certificate of who with a private key */
	OWN_CERT_GOOD,
	OWN_CERT_ENDS, /* within OWN_CERT_SOON days */
	OWN_CERT_REFUSED /* expired, not yet valid, revoked by a CRL here, or
	                  * not allowed to sign */
};

/* Looks at the certificate of who, and appends a remark where it is refused or
 * ends soon: "ends in 12 days, on 2026-12-09T10:00:00Z", "expired: ..". */
enum own_cert_state own_cert_look(struct keystore *ks,
    const struct policy *policy, const struct aor *who, struct buf *remark);
/* Returns whether our certificate ends within OWN_CERT_SOON days after now.
 * False where there is none. */
bool own_cert_ends_soon(const struct smime_preflight *p, time_t now);

#endif
