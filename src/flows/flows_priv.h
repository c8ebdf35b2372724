/*
 * Flows as their files see them: a table of what is to be shown, each run
 * between two user agents, and kept as it went. Private to src/flows*.c.
 */
#ifndef SIGNET_SRC_FLOWS_FLOWS_PRIV_H
#define SIGNET_SRC_FLOWS_FLOWS_PRIV_H

#include "src/app/config.h"
#include "src/base/scratch.h"
#include "src/flows/format.h"
#include "src/net/addr.h"

/* --- what is to be shown (flows_table.c) ------------------------------------- */

/* What is odd about a certificate, by the scenario that has it. */
enum flows_odd {
	ODD_NOTHING,
	ODD_NAME, /* it is somebody else's */
	ODD_UNTRUSTED, /* its root is not here */
	ODD_EXPIRED,
	ODD_REVOKED,
	ODD_CA_REVOKED, /* the intermediate CA above it is */
	ODD_INCOMPLETE, /* the intermediate CA above it is missing */
	ODD_NO_SIGNING, /* its keyUsage lacks digitalSignature */
	ODD_CN_ONLY, /* a server's without subjectAltName */
	ODD_ADDRESS, /* a server's by iPAddress, its subject empty */
	ODD_NO_SERVER, /* its extendedKeyUsage has no use for a server */
	ODD_NO_SIP /* neither SIP domain nor any, under rfc5922 */
};

/* How a flow ends. */
struct flows_end {
	int exit; /* of whoever sends: 0, or why (sysexits) */
	int status; /* the answer, 0 where there is none */
	/* That the recipient found; or where a certificate was refused before
	 * anything was sent, what is wrong with that. */
	enum verdict_signature signature;
	enum verdict_encryption encryption;
	enum verdict_transport transport;
};

struct flows_plan {
	const char *name, *title;
	const char *words; /* what there is to see, in a sentence */
	const char *text;
	bool sign, encrypt, inner, gcm, opaque, attach;
	bool p256; /* its people have P-256 keys, others RSA */
	bool handshake; /* it is about TLS, which is shown */
	bool tls12; /* and not 1.3 */
	bool mutual; /* the server asks for a certificate */
	bool again; /* a second message, over a second connection */
	enum flows_odd odd;
	/* Whose certificate is odd. Of S/MIME: the sender's, or turned, the
	 * recipient's, for whom nothing is to be sealed then. Of TLS: the
	 * server's, or turned, the client's. */
	bool turned;
	struct flows_end end;
};

/* The rows, those of the scenarios behind all others. */
const struct flows_plan *flows_plans(size_t *count);
/* NULL: no flow has this name. */
const struct flows_plan *flows_find(const char *name);
/* Whether it is one of section 8's, or of RFC 6216's section 6. */
bool flows_is_scenario(const struct flows_plan *p);
/* Whether what is odd, or what is to be good, is of TLS. */
bool flows_is_tls(const struct flows_plan *p);
/* The row of a scenario the other way round. */
struct flows_plan flows_turn(const struct flows_plan *p);
/* The draft's own names and times of one of its messages, or NULL. at is its
 * Date. */
const struct flows_draft *flows_draft_of(const char *name, time_t *at);

/* --- a run ----------------------------------------------------------------- */

/* What all flows of a run share. */
struct flows {
	const struct config *config;
	const char *seed; /* NULL: nothing is to come out the same */
	const char *peer; /* a URI: who it is tried with, instead of kumiko */
	/* Where we listen, "tls:HOST:PORT", for a peer that is to send: then
	 * it is us, and them is us. */
	const char *await;
	char address[ADDR_TEXT]; /* of the server that is known by one */
	const char *ca; /* a folder: the test CA, instead of a new one */
	struct aor us, them; /* who sends, and to whom */
	time_t at; /* when it all takes place; 0: now */
	char dir[300]; /* what is thrown away at the end */
	struct scratch_guard guard;
	bool made[2]; /* certificates with RSA and P-256 keys are there */
	char root[256]; /* what the test CA is called */
};

/* Where the two agents of one flow find their keys. */
struct flows_keys {
	char sender[SCRATCH_PATH], recipient[SCRATCH_PATH];
};

/* Begins a run, and ends it: nothing is left behind (flows_make.c). */
int flows_begin(struct flows *f, struct err *e);
void flows_end(struct flows *f);
/* Whether its people have P-256 keys, whose signatures vary in length. */
bool flows_is_ec(const struct flows_plan *p);
/* Makes what a flow takes, or finds it. */
int flows_make(struct flows *f, const struct flows_plan *p,
    struct flows_keys *out, struct err *e);

/* One thing that was seen in fluffy's process. */
enum flows_kind { FLOWS_REQUEST, FLOWS_RESPONSE, FLOWS_TLS };
struct flows_event {
	enum flows_kind kind;
	bool out;
	bool begins; /* of TLS: a connection */
	struct buf head, body; /* of a message */
	struct buf text; /* of TLS: lines */
};

/* How a flow went. */
struct flows_run {
	const struct flows_plan *plan;
	struct flows_keys keys;
	const struct flows_draft *draft; /* it is laid out as this */
	struct flows_event *events;
	size_t count;
	struct flows_end end; /* as it came */
	char why[1024]; /* why it was not sent, or "" */
	struct buf found; /* lines: what the recipient found */
	char trouble[1024]; /* why the server ended the connection, or "" */
	bool asked; /* the server asked for a certificate */
};

/* Runs it (flows_run.c). -1 where it could not even be tried. For
 * flows_run_free. */
int flows_run(struct flows *f, const struct flows_plan *p,
    struct flows_run *out, struct err *e);
void flows_run_free(struct flows_run *r);
/* Whether it ended as its plan says, for a peer as far as that is seen. */
bool flows_ended_well(const struct flows *f, const struct flows_run *r);

/* The recipient, in a process of her own (flows_peer.c). */
struct flows_peer {
	const struct config *config;
	const struct ua_format *format;
	int alive; /* a pipe that closes when it is over */
	int told; /* a pipe for what she has to tell */
	bool watched; /* whether her certificate is refused is of interest */
};
int flows_peer(const struct flows_peer *with);
/* Opens an agent's key store; what is to be said of it was said once. */
int flows_keystore(
    const struct config *c, struct keystore **out, struct err *e);
/* What she tells, a record each: its kind, the length of what follows. */
enum flows_told {
	FLOWS_TOLD_LISTENS = 'l', /* a target */
	FLOWS_TOLD_MESSAGE = 'm', /* a struct flows_end, then lines */
	FLOWS_TOLD_TROUBLE = 't', /* words: of what she refused, mostly */
	FLOWS_TOLD_REFUSED = 'r', /* an alert says that her certificate is */
	FLOWS_TOLD_FAILED = 'f' /* a struct err: why she cannot begin */
};
struct flows_record {
	char kind;
	uint32_t size; /* at most FLOWS_RECORD */
};
enum { FLOWS_RECORD = 65536 };

/* Appends a flow as the draft prints one (flows_print.c). */
void flows_print(
    const struct flows *f, const struct flows_run *r, struct buf *out);
/* The number that the first CMS content of a flow has. */
unsigned flows_first_blob(const struct flows_plan *p);

/* Runs all scenarios, both ways, and prints their table (flows_scenarios.c);
 * with a peer, the same for what can be known of it (flows_against.c). What the
 * process ends with. */
int flows_scenarios(struct flows *f);
int flows_against(struct flows *f);

/* --- folders ------------------------------------------------------------------ */

/* A folder that flows are saved in (flows_save.c). */
struct flows_folder;
/* dir must not be there, or be empty. */
int flows_folder_new(const char *dir, struct flows_folder **out, struct err *e);
int flows_folder_add(struct flows_folder *d, const struct flows *f,
    const struct flows_run *r, struct err *e);
/* Writes it all, with manifest and archive, whose date is at (0: now), or
 * nothing, and frees it. */
int flows_folder_close(struct flows_folder *d, time_t at, struct err *e);
/* Frees it unwritten; d may be NULL. */
void flows_folder_abandon(struct flows_folder *d);

/* Checks a folder again (flows_replay.c); tells where two differ
 * (flows_diff.c). What the process ends with. */
int flows_replay(const struct config *c, const char *dir);
int flows_diff(const char *a, const char *b);

#endif
