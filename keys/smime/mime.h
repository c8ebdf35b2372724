/*
 * MIME entities (RFC 2045, 2046), byte for byte: nothing here converts a line
 * end or a byte that a signature may cover.
 *
 * All spans point into what was parsed and live as long as it does.
 */
#ifndef SIGNET_KEYS_SMIME_MIME_H
#define SIGNET_KEYS_SMIME_MIME_H

#include "src/base/bytes.h"

enum {
	MIME_LAYERS_MAX = 8, /* of any kind, one inside the other */
	MIME_PARTS_MAX = 100, /* of all multiparts of a message */
	MIME_PARAMS_MAX = 32, /* of one Content-Type */
	MIME_BOUNDARY_MAX = 70 /* RFC 2046, 5.1.1 */
};

struct mime_param {
	char *name; /* lower case */
	char *value; /* quotes and their backslashes undone; no NUL inside */
};

struct mime_type {
	char *name; /* "text/plain", lower case */
	struct mime_param params[MIME_PARAMS_MAX];
	size_t count;
	bool bad; /* a parameter is malformed, repeated, or in pieces (RFC
	           * 2231): rely on none */
	bool many; /* bad, for more than MIME_PARAMS_MAX parameters */
};

/* Parses the value of a Content-Type. -1 when it has no type and subtype; there
 * is nothing to free then. Otherwise out is for mime_type_free; with bad
 * parameters it has its name all the same. */
int mime_type_parse(struct span value, struct mime_type *out);
/* The same for a part's field, which may have comments (RFC 822). SIP's fields
 * have none. */
int mime_type_parse_part(struct span value, struct mime_type *out);
/* Parses the value of a Content-Disposition, whose name is one word; comments
 * are for a part's. */
int mime_disposition_parse(
    struct span value, bool comments, struct mime_type *out);
void mime_type_free(struct mime_type *t);
/* Returns the value of a parameter, or NULL. */
const char *mime_param(const struct mime_type *t, const char *name);

struct mime_entity {
	/* Raw values, maybe folded and with comments; empty when absent. Those
	 * of the two encodings are without folds and comments around them. A
	 * repeated content_disposition is taken as absent. */
	struct span content_type, transfer_encoding, content_encoding;
	struct span content_disposition;
	struct span body;
};

/* Splits an entity into header fields and body. It must begin with a header
 * line or the empty line; header lines end with CRLF or LF. -1 when it does
 * not, or when a field of type or encoding is repeated. */
int mime_entity_parse(struct span all, struct mime_entity *out);

/* Returns whether this is a valid boundary: 1 to 70 bchars, the last not a
 * space. */
bool mime_boundary_ok(const char *boundary);

enum mime_split {
	MIME_SPLIT_OK,
	MIME_SPLIT_BROKEN, /* no first or no closing delimiter, or other text on
	                    * a delimiter line */
	MIME_SPLIT_MANY /* more than max parts */
};
/* Finds the parts of a multipart body, at most max of them. Delimiters stand
 * between CRLFs; preamble and epilogue are skipped. */
enum mime_split mime_split(struct span body, const char *boundary,
    struct span *parts, size_t max, size_t *count);

enum mime_coding {
	MIME_CODING_OK,
	MIME_CODING_BROKEN, /* not valid in this coding */
	MIME_CODING_UNKNOWN
};
/* Decodes a Content-Transfer-Encoding; empty means 7bit. *out is body itself
 * (7bit, 8bit, binary) or lies in store, which the caller frees. */
enum mime_coding mime_decode(struct span encoding, struct span body,
    struct buf *store, struct span *out);
/* Appends the base64 of s in lines of 64 characters. */
void mime_encode_base64(struct buf *out, struct span s);
/* Returns whether the encoding is 7bit, 8bit, binary or absent. */
bool mime_coding_is_identity(struct span encoding);

#endif
