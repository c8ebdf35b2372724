/*
 * What `signet keys` does to compare certificates: QR codes, and which ones the
 * user has verified.
 */
#ifndef SIGNET_SRC_CMD_KEYS_COMPARE_H
#define SIGNET_SRC_CMD_KEYS_COMPARE_H

#include "keys/store/keystore.h"
#include "src/app/config.h"

/* Appends items as JSON objects, a line each. Of peers they tell whether the
 * client's contacts have them as verified; where the contacts cannot be read, a
 * note says so, and none is. */
void keys_put_json(const struct config *cfg, const struct keystore_item *items,
    size_t count, struct buf *out);
/* Appends the QR code of name's certificates, and its text. The errors of
 * comparison_code and qr_draw. */
int keys_put_code(
    struct keystore *ks, const char *name, struct buf *out, struct err *e);
/* Compares what a scanner read, word or for "-" standard input, with what is
 * here; appends a line where it is the same. The errors of comparison_check. */
int keys_check_scanned(
    struct keystore *ks, const char *word, struct buf *out, struct err *e);

#endif
