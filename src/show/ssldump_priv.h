/*
 * The printing of TLS as its files see it. Private to src/ssldump*.c.
 *
 * Messages are hostile: they are read through a struct ssldump_reader alone,
 * which never gives more than there is, and remembers where it was too little.
 */
#ifndef SIGNET_SRC_SHOW_SSLDUMP_PRIV_H
#define SIGNET_SRC_SHOW_SSLDUMP_PRIV_H

#include "src/base/bytes.h"

/* Columns that lines begin at, as the draft has them. */
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
	/* It comes as a ServerHello, and is none. */
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
	unsigned version, suite; /* that the ServerHello chose, or 0 */
	bool secret[2]; /* after ChangeCipherSpec; [1] to the server */
	bool fin[2]; /* the same of TCP's end */
	struct ssldump_conn *next;
};

/* A message on its way to lines. */
struct ssldump_message {
	struct ssldump_conn *conn;
	bool hide;
	bool varies; /* its length hangs on randomness */
	struct buf *out;
	const char *broken; /* what it breaks off in, or NULL */
};

/* --- reading (ssldump_read.c) --------------------------------------------- */

/* What is left of a part of a message. */
struct ssldump_reader {
	struct ssldump_message *m;
	struct span left;
};

/* A number of width bytes; false where it is not there. what, static, names
 * what is read. */
bool ssldump_number(struct ssldump_reader *r, unsigned width, const char *what,
    unsigned long *out);
/* As many of n bytes as there are. */
struct span ssldump_bytes(struct ssldump_reader *r, size_t n, const char *what);
/* What a length of width bytes is in front of, as far as it is there. */
struct ssldump_reader ssldump_vector(
    struct ssldump_reader *r, unsigned width, const char *what);

/* --- writing (the same) --------------------------------------------------- */

/* A line at a column. */
void ssldump_line(struct ssldump_message *m, int column, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
/* Ends a line that has begun. */
void ssldump_end(struct ssldump_message *m);
/* "[32]"; "[<random>]" where it is hidden since it is not fixed. */
void ssldump_length(struct ssldump_message *m, size_t n, bool fixed);
/* "name[32]=" and rows of hex below, or "<random>" in their place. fixed: the
 * protocol says how many there are. */
void ssldump_random(struct ssldump_message *m, int column, const char *name,
    struct span s, bool fixed);
/* A word on the line that has begun, or on the next one where it is full. */
void ssldump_word(struct ssldump_message *m, const char *word);
/* The same of wire text. */
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

/* Appends the name, or the number where there is none. */
void ssldump_name(struct buf *out, enum ssldump_table table, unsigned number);
/* The same as a word. */
void ssldump_name_word(
    struct ssldump_message *m, enum ssldump_table table, unsigned long number);

/* --- messages ------------------------------------------------------------- */

/* The fields of a handshake message or an alert, decrypted or not, below its
 * name (ssldump_message.c). */
void ssldump_handshake(
    struct ssldump_message *m, struct span s, bool decrypted);
void ssldump_alert(struct ssldump_message *m, struct span s, bool decrypted);

/* ssldump_hello.c */
void ssldump_client_hello(struct ssldump_reader *r);
void ssldump_server_hello(struct ssldump_reader *r, bool retry);
/* Whether that is what a ServerHello's fields are of (RFC 8446, 4.1.3). */
bool ssldump_is_retry(struct span fields);

/* A list of extensions in a message of that type (ssldump_ext.c). */
void ssldump_extensions(struct ssldump_reader *r, unsigned message);

#endif
