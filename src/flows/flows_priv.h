/*
 * Call flows: a table of plans, each run between two user agents and recorded.
 * Private to src/flows/.
 */
#ifndef SIGNET_SRC_FLOWS_FLOWS_PRIV_H
#define SIGNET_SRC_FLOWS_FLOWS_PRIV_H

#include "src/app/config.h"
#include "src/base/scratch.h"
#include "src/flows/format.h"
#include "src/net/addr.h"

/* --- plans (table.c) ------------------------------------------------------ */

/* The oddities of certificates that the scenarios test. */
enum flows_odd {
	ODD_NOTHING,
	ODD_NAME, /* its name is another one */
	ODD_UNTRUSTED, /* its root is not in the key store */
	ODD_EXPIRED,
	ODD_REVOKED,
	ODD_CA_REVOKED, /* its intermediate CA is revoked */
	ODD_INCOMPLETE, /* its intermediate CA is missing */
	ODD_NO_SIGNING, /* its keyUsage lacks digitalSignature */
	ODD_CN_ONLY, /* a server's without subjectAltName */
	ODD_ADDRESS, /* a server's with an iPAddress and an empty subject */
	ODD_NO_SERVER, /* its extendedKeyUsage lacks serverAuth */
	ODD_NO_SIP /* it lacks id-kp-sipDomain and any, for rfc5922 */
};

/* How a flow ends. */
struct flows_end {
	int exit; /* of the sender (sysexits) */
	int status; /* the answer, 0: none */
	/* The recipient's verdict; or, if a certificate was refused before the
	 * message was sent, the verdict on that in signature. */
	enum verdict_signature signature;
	enum verdict_encryption encryption;
	enum verdict_transport transport;
};

struct flows_plan {
	const char *name, *title;
	const char *about; /* printed below the title, or NULL */
	const char *text;
	bool sign, encrypt, inner, gcm, opaque, attach;
	bool p256; /* keys are P-256 instead of RSA */
	bool handshake; /* it is about TLS: print the handshake */
	bool tls12; /* TLS 1.2 instead of 1.3 */
	bool mutual; /* the server requests a certificate */
	bool again; /* send a second message over a second connection */
	enum flows_odd odd;
	/* False: the sender's certificate (S/MIME) or the server's (TLS) is odd.
	 * True: the recipient's is, for which the sender must refuse to encrypt,
	 * or the client's. */
	bool turned;
	struct flows_end end;
};

/* Returns the table; scenarios are its last rows. */
const struct flows_plan *flows_plans(size_t *count);
/* Returns the plan of that name, or NULL. */
const struct flows_plan *flows_find(const char *name);
/* Returns whether it is a scenario of the draft's section 8 or of RFC 6216. */
bool flows_is_scenario(const struct flows_plan *p);
/* Returns whether the flow is about TLS: it neither signs nor encrypts. */
bool flows_is_tls(const struct flows_plan *p);
/* Returns a scenario's plan with the odd certificate on the other side. */
struct flows_plan flows_turn(const struct flows_plan *p);
/* Returns the names in the draft's own message of this flow, or NULL; *at gets
 * its Date. */
const struct flows_draft *flows_draft_of(const char *name, time_t *at);

/* --- a run ---------------------------------------------------------------- */

/* The settings that all flows of a run share. */
struct flows {
	const struct config *config;
	const char *seed; /* NULL: names are random */
	const char *peer; /* URI of a peer to send to, or NULL */
	/* Where we listen for a peer that sends, "tls:HOST:PORT", or NULL. Then
	 * us is the peer's address, and them is ours. */
	const char *await;
	char address[ADDR_TEXT]; /* of the server, for ODD_ADDRESS */
	const char *ca; /* folder of a test CA; NULL: make a new one */
	struct aor us, them; /* sender and recipient */
	time_t at; /* time of the run; 0: now */
	char dir[300]; /* scratch folder */
	struct scratch_guard guard;
	bool made[2]; /* certificates with RSA and P-256 keys are made */
	char *root; /* name of the test CA's root */
};

/* The key stores of the two agents of one flow. */
struct flows_keys {
	char sender[SCRATCH_PATH], recipient[SCRATCH_PATH];
};

/* Makes the scratch folder of a run, and removes it (make.c). */
int flows_begin(struct flows *f, struct err *e);
void flows_end(struct flows *f);
/* Returns whether a flow uses P-256 keys, whose signatures vary in length. */
bool flows_is_ec(const struct flows_plan *p);
/* Makes the keys and certificates of a flow, unless they are made already, and
 * puts the paths of both key stores in *out. */
int flows_make(struct flows *f, const struct flows_plan *p,
    struct flows_keys *out, struct err *e);

/* An event in the sender's process. */
enum flows_kind { FLOWS_REQUEST, FLOWS_RESPONSE, FLOWS_TLS };
struct flows_event {
	enum flows_kind kind;
	bool out;
	bool begins; /* of TLS: the first of a connection */
	uint64_t when; /* of a message: ms since the epoch */
	struct buf head, body; /* of a message */
	struct buf text; /* of TLS: lines */
};

/* The result of a flow. */
struct flows_run {
	const struct flows_plan *plan;
	struct flows_keys keys;
	const struct flows_draft *draft; /* the layout; NULL: signet's */
	struct flows_event *events;
	size_t count;
	struct flows_end end; /* the actual one */
	char *why; /* why it was not sent, or NULL */
	struct buf found; /* the recipient's verdict as lines */
	char *trouble; /* why the server ended the connection, or NULL */
	bool asked; /* the server requested a certificate */
};

/* Runs a flow (run.c). Returns -1 if it could not be tried. Free out with
 * flows_run_free in any case. */
int flows_run(struct flows *f, const struct flows_plan *p,
    struct flows_run *out, struct err *e);
void flows_run_free(struct flows_run *r);
/* Returns whether it ended as planned. With a peer only whether it was accepted
 * is compared. */
bool flows_ended_well(const struct flows *f, const struct flows_run *r);

/* The recipient, in a process of its own (peer.c). */
struct flows_peer {
	const struct config *config;
	const struct ua_format *format;
	int alive; /* a pipe that closes when the parent ends the flow */
	int told; /* a pipe to which it writes records */
	bool watched; /* it reports if its certificate is refused */
};
int flows_peer(const struct flows_peer *with);
/* Opens an agent's key store, without its warning. */
int flows_keystore(
    const struct config *c, struct keystore **out, struct err *e);
/* The records that it writes: a struct flows_record, then size bytes. */
enum flows_told {
	FLOWS_TOLD_LISTENS = 'l', /* the target on which it listens */
	FLOWS_TOLD_MESSAGE = 'm', /* a struct flows_end, then lines */
	FLOWS_TOLD_TROUBLE = 't', /* text of a problem or a note */
	FLOWS_TOLD_REFUSED = 'r', /* an alert refused its certificate */
	FLOWS_TOLD_FAILED = 'f' /* a struct err: why it cannot run */
};
struct flows_record {
	char kind;
	uint32_t size; /* at most FLOWS_RECORD */
};
enum { FLOWS_RECORD = 65536 };

/* Appends a flow in the draft's form (print.c); its lines are marked
 * (src/base/paint.h). */
void flows_print(
    const struct flows *f, const struct flows_run *r, struct buf *out);
/* Appends a line for each of its messages, marked too. */
void flows_print_ladder(
    const struct flows *f, const struct flows_run *r, struct buf *out);
/* Returns the number of the first CMS content of a flow. */
unsigned flows_first_blob(const struct flows_plan *p);

/* Each runs all scenarios, both ways, prints their table and returns the exit
 * status: between two agents of ours (scenarios.c), or with a peer, as far as
 * its verdicts show (against.c). */
int flows_scenarios(struct flows *f);
int flows_against(struct flows *f);

/* --- folders -------------------------------------------------------------- */

/* A folder in which flows are saved (save.c). */
struct flows_folder;
/* dir must not exist, or be an empty folder. EX_CANTCREAT. */
int flows_folder_new(const char *dir, struct flows_folder **out, struct err *e);
int flows_folder_add(struct flows_folder *d, const struct flows *f,
    const struct flows_run *r, struct err *e);
/* Writes all files with manifest and archive, or nothing on failure, and frees
 * d. at is the date in the archive, 0: now. */
int flows_folder_close(struct flows_folder *d, time_t at, struct err *e);
/* Frees d without writing; d may be NULL. */
void flows_folder_abandon(struct flows_folder *d);

/* Checks a saved folder (replay.c); compares two (diff.c). Each returns the
 * exit status. */
int flows_replay(const struct config *c, const char *dir);
int flows_diff(const char *a, const char *b);

#endif
