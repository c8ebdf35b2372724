/* Pinning in a key store, for tests. */
#ifndef SIGNET_TESTS_UNIT_KEYS_KEYS_PIN_H
#define SIGNET_TESTS_UNIT_KEYS_KEYS_PIN_H

#include <stdio.h>

#include "keys/store/keystore.h"

/* Pins the certificate that is stored for who. */
static inline int
pin_stored(struct keystore *ks, const struct aor *who, struct err *e)
{
	struct keystore_item *items;
	char fingerprint[65] = "";
	size_t count, i;
	int rc;

	if (keystore_list(ks, who->text, &items, &count, e) == -1)
		return -1;
	for (i = 0; i < count; i++)
		snprintf(fingerprint, sizeof(fingerprint), "%s",
		    items[i].fingerprint);
	rc = keystore_trust(ks, who, fingerprint, e);
	keystore_items_free(items, count);
	return rc;
}

#endif
