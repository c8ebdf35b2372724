/*
 * TLS as it is spoken: a record, a message in it, or its TCP connection.
 */
#ifndef SIGNET_SRC_NET_TLS_EVENT_H
#define SIGNET_SRC_NET_TLS_EVENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "src/base/bytes.h"

enum tls_event_kind {
	TLS_EVENT_TCP, /* the TCP connection is there, and TLS begins */
	TLS_EVENT_RECORD, /* a record, with the message that ends in it, if any */
	TLS_EVENT_MORE, /* the next message in the record that came last */
	TLS_EVENT_FIN /* one side has ended the TCP connection in order */
};

/* TLS as it is spoken. Only connections that begin while ua_watch is on are
 * told of, record by record; a handshake that fails up to its alert. */
struct tls_event {
	enum tls_event_kind kind;
	unsigned number; /* of the user agent's TLS connections, from 1 */
	bool client; /* that is what we are */
	bool out; /* we said it */
	uint64_t flow; /* the connection, as its transport calls it */
	const char *peer; /* "tls:127.0.0.1:5061" */
	bool to_server; /* the client said it */
	char client_host[64], server_host[64]; /* numeric */
	unsigned client_port, server_port;
	/* Of a record, as it went over the wire; type 0, version 2 is the
	 * ClientHello of SSL 2.0, which has none. */
	unsigned type, version;
	size_t length;
	unsigned inner; /* TLS 1.3: the type that was encrypted; 0: none */
	/* A handshake message with its header, or an alert, decrypted: wire
	 * bytes. Empty for application data, ChangeCipherSpec, and a record
	 * that no message ends in. */
	struct span content;
};

#endif
