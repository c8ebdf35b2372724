/* Pinning in a key store, for tests. */
#ifndef SIGNET_TESTS_UNIT_KEYS_KEYS_PIN_H
#define SIGNET_TESTS_UNIT_KEYS_KEYS_PIN_H

#include "keys/store/keystore.h"

/* Pins the certificates that are stored for who. */
static inline int
pin_stored(struct keystore *ks, const struct aor *who, struct err *e)
{
	char shown[KEYSTORE_SHOWN];

	if (keystore_shown(ks, who, shown, e) == -1)
		return -1;
	return keystore_trust(ks, who, shown, e);
}

#endif
