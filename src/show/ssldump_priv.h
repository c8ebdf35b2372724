/*
 * Private to src/show/ssldump*.c.
 *
 * Messages are hostile: they are read only through a struct ssldump_reader,
 * which never reads beyond their end, and keeps the first field that was cut
 * off.
 *
 * Calls go down this list: ssldump.c; ssldump_message.c; ssldump_hello.c;
 * ssldump_ext.c; ssldump_read.c; ssldump_names.c.
 */
#ifndef SIGNET_SRC_SHOW_SSLDUMP_PRIV_H
#define SIGNET_SRC_SHOW_SSLDUMP_PRIV_H

#include "src/base/bytes.h"

/* The columns at which lines begin in the draft. */
enum {
	SSLDUMP_NAME = 6,
	SSLDUMP_FIELD = 8,
	SSLDUMP_ITEM = 10,
	SSLDUMP_DETAIL = 12
};

enum { SSLDUMP_TLS12 = 0x0303, SSLDUMP_TLS13 = 0x0304 };

/* Records (RFC 8446, 5.1), handshake messages (4) and extensions (4.2). */
enum {
	SSLDUMP_CHANGE = 20,
	SSLDUMP_ALERT = 21,
	SSLDUMP_HANDSHAKE = 22,
	SSLDUMP_DATA = 23
};
enum {
	SSLDUMP_HELLO_REQUEST = 0,
	SSLDUMP_CLIENT_HELLO = 1,
	SSLDUMP_SERVER_HELLO = 2,
	SSLDUMP_NEW_TICKET = 4,
	SSLDUMP_ENCRYPTED = 8,
	SSLDUMP_CERTIFICATE = 11,
	SSLDUMP_SERVER_KEY = 12,
	SSLDUMP_REQUEST = 13,
	SSLDUMP_HELLO_DONE = 14,
	SSLDUMP_VERIFY = 15,
	SSLDUMP_CLIENT_KEY = 16,
	SSLDUMP_FINISHED = 20,
	SSLDUMP_CERT_STATUS = 22,
	SSLDUMP_KEY_UPDATE = 24,
	/* HelloRetryRequest: a ServerHello on the wire. */
	SSLDUMP_RETRY = 256
};
enum {
	SSLDUMP_SERVER_NAME = 0,
	SSLDUMP_STATUS = 5,
	SSLDUMP_GROUPS = 10,
	SSLDUMP_POINTS = 11,
	SSLDUMP_SIGNATURES = 13,
	SSLDUMP_ALPN = 16,
	SSLDUMP_TICKET = 35,
	SSLDUMP_PSK = 41,
	SSLDUMP_EARLY = 42,
	SSLDUMP_VERSIONS = 43,
	SSLDUMP_COOKIE = 44,
	SSLDUMP_PSK_MODES = 45,
	SSLDUMP_AUTHORITIES = 47,
	SSLDUMP_SIGNATURES_CERT = 50,
	SSLDUMP_KEY_SHARE = 51,
	SSLDUMP_RENEGOTIATION = 65281
};

/* A connection. */
struct ssldump_conn {
	unsigned number, records;
	uint64_t began, last; /* us */
	unsigned version, suite; /* chosen by the ServerHello, or 0 */
	bool secret[2]; /* encrypted from here on; [1]: to the server */
	bool fin[2]; /* TCP FIN came; [1]: to the server */
	struct ssldump_conn *next;
};

/* A message that is being printed. */
struct ssldump_message {
	struct ssldump_conn *conn;
	bool hide;
	bool varies; /* its length depends on random values */
	struct buf *out;
	const char *broken; /* the field that is cut off, or NULL */
};

/* --- reading (ssldump_read.c) --------------------------------------------- */

/* The unread rest of a part of a message. */
struct ssldump_reader {
	struct ssldump_message *m;
	struct span left;
};

/* Reads a number of width bytes; false if it is cut off. what, static, is the
 * name of the field. */
bool ssldump_number(struct ssldump_reader *r, unsigned width, const char *what,
    unsigned long *out);
/* Reads n bytes, or as many as there are. */
struct span ssldump_bytes(struct ssldump_reader *r, size_t n, const char *what);
/* Reads a length of width bytes and the bytes after it, as far as they are
 * there. */
struct ssldump_reader ssldump_vector(
    struct ssldump_reader *r, unsigned width, const char *what);

/* --- writing (the same) --------------------------------------------------- */

/* Begins a line at a column. */
void ssldump_line(struct ssldump_message *m, int column, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
/* Ends the line, if one has begun. */
void ssldump_end(struct ssldump_message *m);
/* Appends "[32]", or "[<random>]" if it is not fixed and hidden. */
void ssldump_length(struct ssldump_message *m, size_t n, bool fixed);
/* Appends "name[32]=" and rows of hex below it, or "<random>" if hidden. fixed:
 * the protocol fixes the number of bytes. */
void ssldump_random(struct ssldump_message *m, int column, const char *name,
    struct span s, bool fixed);
/* Appends a word to the line, or to the next one if it is full. */
void ssldump_word(struct ssldump_message *m, const char *word);
/* The same for text from the wire, which it escapes. */
void ssldump_text(struct ssldump_message *m, struct span s);

/* --- names (ssldump_names.c) ---------------------------------------------- */

enum ssldump_table {
	SSLDUMP_SUITES,
	SSLDUMP_GROUP_NAMES,
	SSLDUMP_SIGNATURE_NAMES,
	SSLDUMP_EXTENSION_NAMES,
	SSLDUMP_ALERT_NAMES,
	SSLDUMP_RECORD_NAMES,
	SSLDUMP_MESSAGE_NAMES
};

/* Appends the name, or the number if there is none. */
void ssldump_name(struct buf *out, enum ssldump_table table, unsigned number);
/* The same, as a word. */
void ssldump_name_word(
    struct ssldump_message *m, enum ssldump_table table, unsigned long number);

/* --- messages ------------------------------------------------------------- */

/* Both append a message (ssldump_message.c): its name, and its fields below.
 * decrypted: it was encrypted on the wire. */
void ssldump_handshake(
    struct ssldump_message *m, struct span s, bool decrypted);
void ssldump_alert(struct ssldump_message *m, struct span s, bool decrypted);

/* ssldump_hello.c */
void ssldump_client_hello(struct ssldump_reader *r);
void ssldump_server_hello(struct ssldump_reader *r, bool retry);
/* Returns whether a ServerHello with these fields is a HelloRetryRequest
 * (RFC 8446, 4.1.3). */
bool ssldump_is_retry(struct span fields);

/* Appends the extensions of a message of that type (ssldump_ext.c). */
void ssldump_extensions(struct ssldump_reader *r, unsigned message);

#endif
