/*
 * What tls_watch reports: records, the messages in them, and TCP's begin and
 * end.
 */
#ifndef SIGNET_SRC_NET_TLS_EVENT_H
#define SIGNET_SRC_NET_TLS_EVENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "src/base/bytes.h"

enum tls_event_kind {
	TLS_EVENT_TCP, /* the TCP connection is open, TLS begins */
	TLS_EVENT_RECORD, /* a record, and the first message that ends in it */
	TLS_EVENT_MORE, /* the next message of the last record */
	TLS_EVENT_FIN /* one side sent FIN */
};

/* One event. A handshake that fails is reported up to its alert. */
struct tls_event {
	enum tls_event_kind kind;
	unsigned number; /* counts the context's TLS connections, from 1 */
	bool client; /* we are the client */
	bool out; /* we sent it */
	uint64_t flow; /* the number given to tls_client or tls_server */
	const char *peer; /* "tls:127.0.0.1:5061" */
	bool to_server; /* the client sent it */
	char client_host[64], server_host[64]; /* numeric */
	unsigned client_port, server_port;
	/* The record's header as on the wire. The ClientHello of SSL 2.0 has
	 * no record: type 0, version 2. */
	unsigned type, version;
	size_t length;
	unsigned inner; /* TLS 1.3: the encrypted content type; 0: none */
	/* A decrypted handshake message with its header, or an alert. Empty
	 * for application data, ChangeCipherSpec and a record in which no
	 * message ends. */
	struct span content;
};

#endif
