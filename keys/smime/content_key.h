/*
 * The key of encrypted content, kept beside it: it opens that content again
 * when the private key is gone. Private to keys/smime/.
 */
#ifndef SIGNET_KEYS_SMIME_CONTENT_KEY_H
#define SIGNET_KEYS_SMIME_CONTENT_KEY_H

#include <openssl/cms.h>

#include "src/base/bytes.h"

enum { CONTENT_KEY = 160 /* bytes */ };

/* Appends CONTENT_KEY bytes that open the content of cms, for the caller to
 * wipe. CMS_decrypt_set1_pkey was called before. Where that found no key, they
 * open nothing, and the work is the same. */
void content_key_take(CMS_ContentInfo *cms, struct buf *out);

/* Returns the encrypted content der with the key from content_key_take, ready
 * for CMS_dataInit, for CMS_ContentInfo_free. NULL where it is another
 * content's, or none. */
CMS_ContentInfo *content_key_open(struct span der, struct span key);

#endif
