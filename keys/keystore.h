/*
 * The key store: a directory of PEM files with SIPimp's names, and the lines
 * `pinned` and `peers` beside them.
 *
 * What other programs change in the directory while we run is seen at the
 * next message (in a store of more than 16 files, a file written in place
 * within 100 ms).
 */
#ifndef SIGNET_KEYS_KEYSTORE_H
#define SIGNET_KEYS_KEYSTORE_H

#include <time.h>

#include "bytes.h"
#include "err.h"
#include "identity.h"

struct keystore;

/* Asks for the passphrase of the key that `what` names and puts it in out
 * (reserved by the callee, wiped by the caller). fresh: for a new key, ask
 * twice; an empty answer means that the key stays unencrypted. 0 or -1. */
typedef int keystore_ask_fn(void *arg, const char *what, bool fresh,
    struct buf *out, struct err *e);

/* Opens dir, which is made (0700) when create is set and it is not there. A
 * directory that is not there otherwise is an empty store. */
int keystore_open(const char *dir, bool create, struct keystore **out,
    struct err *e);
void keystore_free(struct keystore *ks);
void keystore_on_passphrase(struct keystore *ks, keystore_ask_fn *fn,
    void *arg);

/* A host's certificate with what chains above it in the store, and its key,
 * as DER: the one private key that leaves this room, for TLS. */
struct keystore_domain {
	struct buf cert;
	struct buf *above; /* intermediates, nearest first */
	size_t above_count;
	struct buf key;
};
/* EX_CONFIG when there is none for host. For keystore_domain_free, which
 * wipes the key. */
int keystore_domain(struct keystore *ks, const char *host,
    struct keystore_domain *out, struct err *e);
bool keystore_has_domain(struct keystore *ks, const char *host);
void keystore_domain_free(struct keystore_domain *d);

/* Pins the certificate that lies here for who: vouches that it is theirs,
 * whatever signed it, and that no other one is. A pin before it is replaced.
 * EX_CONFIG when there is no certificate, EX_IOERR when it cannot be
 * written. */
int keystore_trust(struct keystore *ks, const struct aor *who, struct err *e);
/* Takes the pin away. EX_CONFIG when there is none. */
int keystore_untrust(struct keystore *ks, const struct aor *who,
    struct err *e);

#endif
