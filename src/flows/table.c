/*
 * The table of flows, and the names in the draft's own messages.
 */
#include <string.h>

#include "src/flows/flows_priv.h"

#define GOOD_TLS                                            \
	{                                                   \
		.status = 200, .signature = SIGNATURE_NONE, \
		.transport = TRANSPORT_TLS                  \
	}
#define GOOD_SIGNED                                         \
	{                                                   \
		.status = 200, .signature = SIGNATURE_GOOD, \
		.transport = TRANSPORT_TLS                  \
	}
#define GOOD_BOTH                                                           \
	{                                                                   \
		.status = 200, .signature = SIGNATURE_GOOD,                 \
		.encryption = ENCRYPTION_OPENED, .transport = TRANSPORT_TLS \
	}
#define REFUSED_FOR(found)                                              \
	{                                                               \
		.exit = EX_NOPERM, .status = 437, .signature = (found), \
		.transport = TRANSPORT_TLS                              \
	}
#define NEVER_SENT(why)                               \
	{                                             \
		.exit = EX_NOPERM, .signature = (why) \
	}

static const struct flows_plan plans[] = {
    {.name = "5.1",
	.title = "TLS with Server Authentication",
	.about = "The handshake of example.com with example.net, TLS 1.3.",
	.text = "Hello!",
	.handshake = true,
	.end = GOOD_TLS},
    {.name = "5.1-tls1.2",
	.title = "TLS with Server Authentication, TLS 1.2",
	.about = "The same where both sides agree on TLS 1.2.",
	.text = "Hello!",
	.handshake = true,
	.tls12 = true,
	.end = GOOD_TLS},
    {.name = "5.2",
	.title = "MESSAGE Message Over TLS",
	.about = "The URI is a sips URI, and the Via says that TLS was used.",
	.text = "Hello!",
	.end = GOOD_TLS},
    {.name = "6.1",
	.title = "MESSAGE Message with Signed Body",
	.about = "The signature covers the part's header fields and its body, "
		 "without the delimiters around it. The sender's certificate "
		 "is not attached.",
	.text = "hello",
	.sign = true,
	.end = GOOD_SIGNED},
    {.name = "6.2",
	.title = "MESSAGE Message with Encrypted Body",
	.about = "A text/plain part that says \"hello\", encrypted to kumiko.",
	.text = "hello",
	.encrypt = true,
	.end = {.status = 200,
	    .signature = SIGNATURE_NONE,
	    .encryption = ENCRYPTION_OPENED,
	    .transport = TRANSPORT_TLS}},
    {.name = "6.3",
	.title = "MESSAGE Message with Encrypted and Signed Body",
	.about = "The encrypted part is signed.",
	.text = "hello",
	.sign = true,
	.encrypt = true,
	.end = GOOD_BOTH},
    {.name = "inner",
	.title = "Signed, Then Encrypted",
	.about = "The signed part is encrypted (RFC 8591, 4.3), so that nobody "
		 "can replace fluffy's signature.",
	.text = "hello",
	.sign = true,
	.encrypt = true,
	.inner = true,
	.end = GOOD_BOTH},
    {.name = "gcm",
	.title = "Encrypted with AES-128-GCM",
	.about = "AuthEnvelopedData (RFC 5083, 5084) around a signed part: a "
		 "message that is changed in transit cannot be decrypted.",
	.text = "hello",
	.sign = true,
	.encrypt = true,
	.inner = true,
	.gcm = true,
	.end = GOOD_BOTH},
    {.name = "p256",
	.title = "Elliptic Curves",
	.about = "Keys of P-256: ECDSA signs, and ECDH agrees on the key that "
		 "wraps the content's.",
	.text = "hello",
	.sign = true,
	.encrypt = true,
	.inner = true,
	.gcm = true,
	.p256 = true,
	.end = GOOD_BOTH},
    {.name = "opaque",
	.title = "Opaque Signed-Data",
	.about = "The signed part lies inside the signed-data: only a client "
		 "that reads CMS can show it.",
	.text = "hello",
	.sign = true,
	.opaque = true,
	.end = GOOD_SIGNED},
    {.name = "attached",
	.title = "Certificate Attached",
	.about = "The same as 6.1 with the sender's certificate in it.",
	.text = "hello",
	.sign = true,
	.attach = true,
	.end = GOOD_SIGNED},
    {.name = "mutual",
	.title = "TLS with Mutual Authentication",
	.about = "The server requests a certificate, and example.com presents "
		 "its own to its proxy.",
	.text = "Hello!",
	.handshake = true,
	.mutual = true,
	.end = {.status = 200,
	    .signature = SIGNATURE_NONE,
	    .transport = TRANSPORT_TLS_MUTUAL}},
    {.name = "resumption",
	.title = "A Session Resumed",
	.about = "The second connection resumes the first one's session: no "
		 "certificate is sent again.",
	.text = "Hello!",
	.handshake = true,
	.again = true,
	.end = GOOD_TLS},
    {.name = "resumption-tls1.2",
	.title = "A Session Resumed, TLS 1.2",
	.about = "The same by a session ticket of TLS 1.2.",
	.text = "Hello!",
	.handshake = true,
	.tls12 = true,
	.again = true,
	.end = GOOD_TLS},

    {.name = "8.1",
	.title = "S/MIME: Good peer certificate",
	.text = "hello",
	.sign = true,
	.end = GOOD_SIGNED},
    {.name = "8.2",
	.title = "S/MIME: peer URI does not appear in subjectAltName",
	.text = "hello",
	.sign = true,
	.odd = ODD_NAME,
	.end = REFUSED_FOR(SIGNATURE_IDENTITY_MISMATCH)},
    {.name = "8.3",
	.title = "S/MIME: authority chain does not end at a trusted CA",
	.text = "hello",
	.sign = true,
	.odd = ODD_UNTRUSTED,
	.end = REFUSED_FOR(SIGNATURE_UNTRUSTED)},
    {.name = "8.4",
	.title = "S/MIME: the current time is not within the validity",
	.text = "hello",
	.sign = true,
	.odd = ODD_EXPIRED,
	.end = REFUSED_FOR(SIGNATURE_EXPIRED)},
    {.name = "8.5",
	.title = "S/MIME: the certificate has been revoked",
	.text = "hello",
	.sign = true,
	.odd = ODD_REVOKED,
	.end = REFUSED_FOR(SIGNATURE_REVOKED)},
    {.name = "8.5-ca",
	.title = "S/MIME: a certificate in the chain has been revoked",
	.text = "hello",
	.sign = true,
	.odd = ODD_CA_REVOKED,
	.end = REFUSED_FOR(SIGNATURE_REVOKED)},
    {.name = "8.6",
	.title = "TLS: Good peer certificate (hostname in dNSName)",
	.text = "hello",
	.handshake = true,
	.end = GOOD_TLS},
    {.name = "8.7",
	.title = "TLS: Good peer certificate (no dNSName, hostname in CN)",
	.text = "hello",
	.handshake = true,
	.odd = ODD_CN_ONLY,
	.end = GOOD_TLS},
    {.name = "8.8",
	.title = "TLS: no match in dNSNames or CN",
	.text = "hello",
	.handshake = true,
	.odd = ODD_NAME,
	.end = NEVER_SENT(SIGNATURE_IDENTITY_MISMATCH)},
    {.name = "8.9",
	.title = "TLS: authority chain does not end at a trusted CA",
	.text = "hello",
	.handshake = true,
	.odd = ODD_UNTRUSTED,
	.end = NEVER_SENT(SIGNATURE_UNTRUSTED)},
    {.name = "8.10",
	.title = "TLS: the current time is not within the validity",
	.text = "hello",
	.handshake = true,
	.odd = ODD_EXPIRED,
	.end = NEVER_SENT(SIGNATURE_EXPIRED)},
    {.name = "8.11",
	.title = "TLS: the certificate has been revoked",
	.text = "hello",
	.handshake = true,
	.odd = ODD_REVOKED,
	.end = NEVER_SENT(SIGNATURE_REVOKED)},
    {.name = "8.11-ca",
	.title = "TLS: a certificate in the chain has been revoked",
	.text = "hello",
	.handshake = true,
	.odd = ODD_CA_REVOKED,
	.end = NEVER_SENT(SIGNATURE_REVOKED)},
    {.name = "6216-4",
	.title = "S/MIME: incomplete authority chain",
	.text = "hello",
	.sign = true,
	.odd = ODD_INCOMPLETE,
	.end = REFUSED_FOR(SIGNATURE_UNTRUSTED)},
    {.name = "6216-7",
	.title = "S/MIME: keyUsage lacks digitalSignature",
	.text = "hello",
	.sign = true,
	.odd = ODD_NO_SIGNING,
	.end = REFUSED_FOR(SIGNATURE_UNTRUSTED)},
    {.name = "6216-10",
	.title = "TLS: Good peer certificate (iPAddress, empty subject)",
	.text = "hello",
	.handshake = true,
	.odd = ODD_ADDRESS,
	.end = GOOD_TLS},
    {.name = "6216-13",
	.title = "TLS: incomplete authority chain",
	.text = "hello",
	.handshake = true,
	.odd = ODD_INCOMPLETE,
	.end = NEVER_SENT(SIGNATURE_UNTRUSTED)},
    {.name = "6216-16",
	.title = "TLS: extendedKeyUsage has no serverAuth",
	.text = "hello",
	.handshake = true,
	.odd = ODD_NO_SERVER,
	.end = NEVER_SENT(SIGNATURE_UNTRUSTED)},
    {.name = "6216-17",
	.title = "TLS: neither SIP domain nor any (tls-names = rfc5922)",
	.text = "hello",
	.handshake = true,
	.odd = ODD_NO_SIP,
	.end = NEVER_SENT(SIGNATURE_UNTRUSTED)},
};

enum { PLANS = sizeof(plans) / sizeof(plans[0]) };

const struct flows_plan *
flows_plans(size_t *count)
{
	*count = PLANS;
	return plans;
}

const struct flows_plan *
flows_find(const char *name)
{
	for (size_t i = 0; i < PLANS; i++)
		if (strcmp(plans[i].name, name) == 0)
			return &plans[i];
	return NULL;
}

bool
flows_is_scenario(const struct flows_plan *p)
{
	return strncmp(p->name, "8.", 2) == 0 ||
	    strncmp(p->name, "6216-", 5) == 0;
}

bool
flows_is_tls(const struct flows_plan *p)
{
	return !p->sign && !p->encrypt;
}

/* --- turned scenarios ----------------------------------------------------- */

/* The expected end of a turned scenario. A recipient's certificate need not
 * allow signing. A TLS client's may name any host, but no person; one that is
 * for servers only (ODD_NO_SIP) we do not present, so the server sees none. */
static struct flows_end
table_turned_end(const struct flows_plan *p)
{
	struct flows_end encrypted = {.status = 200,
	    .signature = SIGNATURE_NONE,
	    .encryption = ENCRYPTION_OPENED,
	    .transport = TRANSPORT_TLS};
	struct flows_end shown = {.status = 200,
	    .signature = SIGNATURE_NONE,
	    .transport = TRANSPORT_TLS_MUTUAL};
	struct flows_end refused = NEVER_SENT(p->end.signature);

	if (!flows_is_tls(p))
		return p->end.exit == 0 || p->odd == ODD_NO_SIGNING ? encrypted
								    : refused;
	if (p->odd == ODD_NO_SIP)
		shown.transport = TRANSPORT_TLS;
	return p->end.exit == 0 || p->odd == ODD_NO_SERVER ||
		p->odd == ODD_NO_SIP
	    ? shown
	    : refused;
}

struct flows_plan
flows_turn(const struct flows_plan *p)
{
	struct flows_plan out = *p;

	out.turned = true;
	out.end = table_turned_end(p);
	if (flows_is_tls(p))
		out.mutual = true;
	else {
		out.sign = false;
		out.encrypt = true;
	}
	return out;
}

/* --- the draft's messages ------------------------------------------------- */

static const struct {
	const char *name;
	time_t at;
	struct flows_draft draft;
} drafts[] = {
    {"5.2", 1108774087, /* Sat, 19 Feb 2005 00:48:07 GMT */
	{.sent_by = "127.0.0.1:5071",
	    .branch = "-d87543-58c826887160f95f-1--d87543-",
	    .call_id = "0dc68373623af98a@Y2ouY2lzY28uc2lwaXQubmV0",
	    .from_tag = "03de46e1",
	    .to_tag = "4c53f1b8",
	    .contact = "fluffy@127.0.0.1:5071",
	    .answer_contact = "kumiko@127.0.0.1:5061",
	    .received = "=55768;received=127.0.0.1"}},
    {"6.1", 1132443290, /* Sat, 19 Nov 2005 23:34:50 GMT */
	{.sent_by = "68.122.119.3:5060",
	    .branch = "-d87543-16a1192b7960f635-1--d87543-",
	    .call_id = "27bb7608596d8914@Y2ouY2lzY28uc2lwaXQubmV0",
	    .from_tag = "0c523b42",
	    .to_tag = "4c53f1b8",
	    .boundary = "151aa2144df0f6bd",
	    .contact = "fluffy@68.122.119.3:5060",
	    .answer_contact = "kumiko@127.0.0.1:5060",
	    .received = "=5060;received=127.0.0.1"}},
    {"6.2", 1132443198, /* Sat, 19 Nov 2005 23:33:18 GMT */
	{.sent_by = "68.122.119.3:5060",
	    .branch = "-d87543-44ddc0a217a51788-1--d87543-",
	    .call_id = "031be67669ea9799@Y2ouY2lzY28uc2lwaXQubmV0",
	    .from_tag = "6d2a39e4",
	    .to_tag = "4c53f1b8",
	    .contact = "fluffy@68.122.119.3:5060",
	    .answer_contact = "kumiko@127.0.0.1:5060",
	    .received = "=5060;received=127.0.0.1"}},
    {"6.3", 1132443340, /* Sat, 19 Nov 2005 23:35:40 GMT */
	{.sent_by = "68.122.119.3:5060",
	    .branch = "-d87543-0710dbfb18ebb8e6-1--d87543-",
	    .call_id = "5eda27a67de6283d@Y2ouY2lzY28uc2lwaXQubmV0",
	    .from_tag = "361300da",
	    .to_tag = "4c53f1b8",
	    .boundary = "1af019eb7754ddf7",
	    .contact = "fluffy@68.122.119.3:5060",
	    .answer_contact = "kumiko@127.0.0.1:5060",
	    .received = "=5060;received=127.0.0.1"}},
};

const struct flows_draft *
flows_draft_of(const char *name, time_t *at)
{
	for (size_t i = 0; i < sizeof(drafts) / sizeof(drafts[0]); i++)
		if (strcmp(drafts[i].name, name) == 0) {
			*at = drafts[i].at;
			return &drafts[i].draft;
		}
	return NULL;
}
