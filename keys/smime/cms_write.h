/*
 * Pieces of CMS that its objects share: private to keys/smime/cms_*.c.
 */
#ifndef SIGNET_KEYS_SMIME_CMS_WRITE_H
#define SIGNET_KEYS_SMIME_CMS_WRITE_H

#include <openssl/objects.h>

#include "src/base/der_write.h"

/* Appends the object identifier that OpenSSL numbers nid. */
void cms_add_oid(struct buf *b, int nid);
/* Appends an AlgorithmIdentifier whose parameters are NULL or absent. */
void cms_add_algorithm(struct buf *b, int nid, bool null);

/* Begins a ContentInfo (RFC 5652, 3) of a type, whose content is a SEQUENCE that
 * begins with its version. */
struct cms_info {
	size_t info, content, object;
};
void cms_info_begin(
    struct buf *b, int type, unsigned version, struct cms_info *out);
void cms_info_end(struct buf *b, const struct cms_info *info);

#endif
