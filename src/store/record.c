#include "src/store/record.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/*
 * A value is a tag (1 byte), a length and so many bytes. A length below 128 is
 * one byte; another one is 4 bytes, the first the highest and with its top bit
 * set. A number is as many bytes as it needs. Tag 0 ends the list; what is
 * behind it is filling. A tag that is not known is skipped: a newer signet may
 * have written it.
 */
enum record_tag {
	RECORD_END,
	/* of a message: */
	RECORD_DIRECTION,
	RECORD_STATE,
	RECORD_SENT,
	RECORD_ARRIVED,
	RECORD_PEER,
	RECORD_FROM,
	RECORD_TO,
	RECORD_URI,
	RECORD_CALL_ID,
	RECORD_CONTENT_TYPE,
	RECORD_TEXT,
	RECORD_REASON,
	RECORD_STATUS,
	RECORD_TRANSPORT,
	RECORD_ENCRYPTION,
	RECORD_CIPHER,
	RECORD_SIGNATURE,
	RECORD_SIGNER,
	RECORD_DIGEST,
	RECORD_COVERS,
	RECORD_ALARM,
	RECORD_FINGERPRINT,
	RECORD_SIGN,
	RECORD_ENCRYPT,
	/* of a request: */
	RECORD_FROM_TAG,
	RECORD_CSEQ,
	RECORD_DISPOSITION,
	RECORD_BODY,
	RECORD_RECIPIENT,
	/* of a person: */
	RECORD_DRAFT,
	RECORD_READ,
	RECORD_OFF,
	/* of others: */
	RECORD_BYTES,
	RECORD_CONTENT_KEY,
	/* of a message in a message/cpim: */
	RECORD_SIGNED_TO,
	RECORD_SIGNED_AT,
	RECORD_MESSAGE_ID,
	RECORD_TAGS
};

enum { RECORD_HEAD = 5 };

/* --- writing -------------------------------------------------------------- */

static void
record_add_head(struct buf *out, enum record_tag tag, size_t n)
{
	unsigned char head[RECORD_HEAD] = {(unsigned char)tag};

	if (n < 0x80)
		head[1] = (unsigned char)n;
	else
		number_write(head + 1, 4, n | 0x80000000);
	buf_add(out, head, n < 0x80 ? 2 : RECORD_HEAD);
}

static void
record_add(struct buf *out, enum record_tag tag, struct span value)
{
	record_add_head(out, tag, value.n);
	buf_addspan(out, value);
}

/* A string is kept with a NUL, so that it is one when it is read. */
static void
record_add_string(struct buf *out, enum record_tag tag, struct span s)
{
	record_add_head(out, tag, s.n + 1);
	buf_addspan(out, s);
	buf_add(out, "", 1);
}

static void
record_add_text(struct buf *out, enum record_tag tag, const char *s)
{
	if (s != NULL && s[0] != '\0')
		record_add_string(out, tag, span_str(s));
}

static void
record_add_number(struct buf *out, enum record_tag tag, uint64_t n)
{
	unsigned char bytes[8];
	size_t i = sizeof(bytes);

	for (; n > 0; n >>= 8)
		bytes[--i] = (unsigned char)n;
	if (i < sizeof(bytes))
		record_add(
		    out, tag, (struct span){bytes + i, sizeof(bytes) - i});
}

/* Fills it up to a whole number of blocks, and to no less than so many bytes. */
static void
record_fill(struct buf *out, size_t least)
{
	static const unsigned char zeros[RECORD_BLOCK] = {RECORD_END};

	do
		buf_add(out, zeros, RECORD_BLOCK - out->n % RECORD_BLOCK);
	while (out->n < least);
}

/* The record is a secret until it is encrypted: room comes before. */
static void
record_room(struct buf *out, size_t bytes)
{
	buf_reserve(out, bytes + 32 * RECORD_HEAD + 2 * RECORD_BLOCK);
}

static size_t
record_length(const char *s)
{
	return s != NULL ? strlen(s) + 1 : 0;
}

static void
record_add_verdict(struct buf *out, const struct verdict *v)
{
	record_add_number(out, RECORD_ENCRYPTION, (uint64_t)v->encryption);
	record_add_text(out, RECORD_CIPHER, v->cipher);
	record_add_number(out, RECORD_SIGNATURE, (uint64_t)v->signature + 1);
	record_add_text(out, RECORD_SIGNER, v->signer);
	record_add_text(out, RECORD_DIGEST, v->digest);
	record_add_number(out, RECORD_COVERS, (uint64_t)v->covers);
	record_add_number(out, RECORD_ALARM, v->alarm);
}

static bool
record_is_peer(const struct store_message *m, const char *who)
{
	return who != NULL && strcmp(who, m->peer) == 0;
}

void
record_write_message(const struct store_message *m, struct buf *out)
{
	record_room(out,
	    m->text_len + record_length(m->peer) + record_length(m->from) +
		record_length(m->to) + record_length(m->uri) +
		record_length(m->call_id) + record_length(m->content_type) +
		record_length(m->reason) + record_length(m->fingerprint) +
		record_length(m->signed_to) + record_length(m->message_id) +
		sizeof(m->verdict) + m->fill);
	record_add_number(out, RECORD_DIRECTION, (uint64_t)m->direction + 1);
	record_add_number(out, RECORD_STATE, (uint64_t)m->state + 1);
	record_add_number(out, RECORD_SENT, (uint64_t)m->sent);
	record_add_number(out, RECORD_ARRIVED, (uint64_t)m->arrived);
	record_add_text(out, RECORD_PEER, m->peer);
	/* The peer is the other side; to oneself, both. */
	if (m->direction == STORE_OUT || !record_is_peer(m, m->from))
		record_add_text(out, RECORD_FROM, m->from);
	if (m->direction == STORE_IN || !record_is_peer(m, m->to))
		record_add_text(out, RECORD_TO, m->to);
	record_add_text(out, RECORD_URI, m->uri);
	record_add_text(out, RECORD_CALL_ID, m->call_id);
	record_add_text(out, RECORD_CONTENT_TYPE, m->content_type);
	if (m->text != NULL)
		record_add_string(out, RECORD_TEXT,
		    (struct span){(const unsigned char *)m->text, m->text_len});
	record_add_text(out, RECORD_REASON, m->reason);
	record_add_number(out, RECORD_STATUS, (uint64_t)m->status);
	record_add_number(out, RECORD_TRANSPORT, (uint64_t)m->transport);
	if (m->judged)
		record_add_verdict(out, &m->verdict);
	record_add_text(out, RECORD_FINGERPRINT, m->fingerprint);
	record_add_text(out, RECORD_SIGNED_TO, m->signed_to);
	record_add_number(out, RECORD_SIGNED_AT, (uint64_t)m->signed_at);
	record_add_text(out, RECORD_MESSAGE_ID, m->message_id);
	record_add_number(out, RECORD_SIGN, m->sign);
	record_add_number(out, RECORD_ENCRYPT, m->encrypt);
	record_fill(out, m->fill);
}

void
record_write_request(const struct store_request *r, struct buf *out)
{
	record_room(out,
	    r->body.n + record_length(r->call_id) + record_length(r->from_tag) +
		record_length(r->content_type) + record_length(r->disposition) +
		sizeof(r->recipient));
	record_add_text(out, RECORD_CALL_ID, r->call_id);
	record_add_text(out, RECORD_FROM_TAG, r->from_tag);
	record_add_number(out, RECORD_CSEQ, r->cseq);
	record_add_text(out, RECORD_CONTENT_TYPE, r->content_type);
	record_add_text(out, RECORD_DISPOSITION, r->disposition);
	record_add(out, RECORD_BODY, r->body);
	record_add_text(out, RECORD_RECIPIENT, r->recipient);
	record_fill(out, 0);
}

void
record_write_person(const struct store_person *p, struct buf *out)
{
	record_room(out, record_length(p->peer) + record_length(p->draft));
	record_add_text(out, RECORD_PEER, p->peer);
	record_add_text(out, RECORD_DRAFT, p->draft);
	record_add_number(out, RECORD_READ, p->read);
	record_add_number(out, RECORD_OFF, p->off);
	record_fill(out, 0);
}

void
record_write_input(const char *peer, struct span line, struct buf *out)
{
	record_room(out, record_length(peer) + line.n);
	record_add_text(out, RECORD_PEER, peer);
	record_add(out, RECORD_BYTES, line);
	record_fill(out, 0);
}

void
record_write_signed(struct span bytes, struct span content_key, struct buf *out)
{
	record_room(out, bytes.n + content_key.n);
	record_add(out, RECORD_BYTES, bytes);
	if (content_key.n > 0)
		record_add(out, RECORD_CONTENT_KEY, content_key);
	record_fill(out, 0);
}

void
record_write_bytes(struct span bytes, struct buf *out)
{
	record_write_signed(bytes, (struct span){NULL, 0}, out);
}

/* --- reading -------------------------------------------------------------- */

/* The values of a record, by their tags; p is NULL where there is none. */
struct values {
	struct span of[RECORD_TAGS];
};

static bool
record_read(struct span s, struct values *out)
{
	memset(out, 0, sizeof(*out));
	while (s.n > 0 && s.p[0] != RECORD_END) {
		unsigned tag = s.p[0];
		size_t head = s.n > 1 && s.p[1] < 0x80 ? 2 : RECORD_HEAD, n;

		if (s.n < head)
			return false;
		n = s.p[1];
		if (head == RECORD_HEAD)
			n = (size_t)number_read(s.p + 1, 4) & 0x7fffffff;
		s = span_cut(s, head, s.n);
		if (n > s.n)
			return false;
		if (tag < RECORD_TAGS)
			out->of[tag] = span_cut(s, 0, n);
		s = span_cut(s, n, s.n);
	}
	return s.n > 0;
}

/* NULL where there is none, or no NUL at its end. */
static const char *
record_text(const struct values *v, enum record_tag tag)
{
	struct span s = v->of[tag];

	return s.n > 0 && s.p[s.n - 1] == '\0' ? (const char *)s.p : NULL;
}

static uint64_t
record_number(const struct values *v, enum record_tag tag)
{
	struct span s = v->of[tag];

	return number_read(s.p, s.n < 8 ? s.n : 8);
}

/* An enum's value, below limit; 0 where there is none. */
static int
record_enum(const struct values *v, enum record_tag tag, unsigned limit)
{
	uint64_t n = record_number(v, tag);

	return n < limit ? (int)n : 0;
}

static void
record_copy(const struct values *v, enum record_tag tag, char *out, size_t size)
{
	const char *s = record_text(v, tag);

	(void)snprintf(out, size, "%s", s != NULL ? s : "");
}

static void
record_read_verdict(const struct values *v, struct store_message *out)
{
	struct verdict *to = &out->verdict;
	int signature = record_enum(v, RECORD_SIGNATURE, SIGNATURE_NONE + 2);

	out->judged = signature > 0;
	if (!out->judged)
		return;
	to->signature = (enum verdict_signature)(signature - 1);
	to->encryption = (enum verdict_encryption)record_enum(
	    v, RECORD_ENCRYPTION, ENCRYPTION_MALFORMED + 1);
	to->covers = (enum verdict_covers)record_enum(
	    v, RECORD_COVERS, COVERS_CIPHERTEXT + 1);
	to->alarm = record_number(v, RECORD_ALARM) != 0;
	record_copy(v, RECORD_CIPHER, to->cipher, sizeof(to->cipher));
	record_copy(v, RECORD_SIGNER, to->signer, sizeof(to->signer));
	record_copy(v, RECORD_DIGEST, to->digest, sizeof(to->digest));
	record_copy(v, RECORD_REASON, to->reason, sizeof(to->reason));
}

bool
record_read_message(struct span record, struct store_message *out)
{
	struct values v;
	int direction, state;

	memset(out, 0, sizeof(*out));
	if (!record_read(record, &v))
		return false;
	direction = record_enum(&v, RECORD_DIRECTION, STORE_OUT + 2);
	state = record_enum(&v, RECORD_STATE, STORE_REFUSED + 2);
	out->peer = record_text(&v, RECORD_PEER);
	if (direction == 0 || state == 0 || out->peer == NULL)
		return false;
	out->direction = (enum store_direction)(direction - 1);
	out->state = (enum store_state)(state - 1);
	out->sent = (time_t)record_number(&v, RECORD_SENT);
	out->arrived = (time_t)record_number(&v, RECORD_ARRIVED);
	out->from = record_text(&v, RECORD_FROM);
	out->to = record_text(&v, RECORD_TO);
	if (out->from == NULL && out->direction == STORE_IN)
		out->from = out->peer;
	if (out->to == NULL && out->direction == STORE_OUT)
		out->to = out->peer;
	out->uri = record_text(&v, RECORD_URI);
	out->call_id = record_text(&v, RECORD_CALL_ID);
	out->content_type = record_text(&v, RECORD_CONTENT_TYPE);
	out->text = record_text(&v, RECORD_TEXT);
	out->text_len = out->text != NULL ? v.of[RECORD_TEXT].n - 1 : 0;
	out->reason = record_text(&v, RECORD_REASON);
	out->status = record_enum(&v, RECORD_STATUS, 1000);
	out->transport = (enum verdict_transport)record_enum(
	    &v, RECORD_TRANSPORT, TRANSPORT_TLS_MUTUAL + 1);
	record_read_verdict(&v, out);
	out->fingerprint = record_text(&v, RECORD_FINGERPRINT);
	out->signed_to = record_text(&v, RECORD_SIGNED_TO);
	out->signed_at = (time_t)record_number(&v, RECORD_SIGNED_AT);
	out->message_id = record_text(&v, RECORD_MESSAGE_ID);
	out->sign = record_number(&v, RECORD_SIGN) != 0;
	out->encrypt = record_number(&v, RECORD_ENCRYPT) != 0;
	return true;
}

bool
record_read_request(struct span record, struct store_request *out)
{
	struct values v;

	memset(out, 0, sizeof(*out));
	if (!record_read(record, &v))
		return false;
	out->call_id = record_text(&v, RECORD_CALL_ID);
	out->from_tag = record_text(&v, RECORD_FROM_TAG);
	out->cseq = (uint32_t)record_number(&v, RECORD_CSEQ);
	out->content_type = record_text(&v, RECORD_CONTENT_TYPE);
	out->disposition = record_text(&v, RECORD_DISPOSITION);
	out->body = v.of[RECORD_BODY];
	record_copy(
	    &v, RECORD_RECIPIENT, out->recipient, sizeof(out->recipient));
	return out->call_id != NULL && out->from_tag != NULL &&
	    out->content_type != NULL && out->cseq != 0;
}

bool
record_read_person(struct span record, struct store_person *out)
{
	struct values v;

	memset(out, 0, sizeof(*out));
	if (!record_read(record, &v))
		return false;
	out->peer = record_text(&v, RECORD_PEER);
	out->draft = record_text(&v, RECORD_DRAFT);
	out->read = record_number(&v, RECORD_READ);
	out->off = record_number(&v, RECORD_OFF) != 0;
	return out->peer != NULL;
}

bool
record_read_input(struct span record, const char **peer, struct span *line)
{
	struct values v;

	if (!record_read(record, &v) || v.of[RECORD_BYTES].p == NULL)
		return false;
	/* An empty one, of the client's own conversation, is not written. */
	*peer = record_text(&v, RECORD_PEER);
	if (*peer == NULL)
		*peer = "";
	*line = v.of[RECORD_BYTES];
	return true;
}

bool
record_read_signed(
    struct span record, struct span *bytes, struct span *content_key)
{
	struct values v;

	if (!record_read(record, &v) || v.of[RECORD_BYTES].p == NULL)
		return false;
	*bytes = v.of[RECORD_BYTES];
	*content_key = v.of[RECORD_CONTENT_KEY];
	return true;
}

bool
record_read_bytes(struct span record, struct span *out)
{
	struct span none;

	return record_read_signed(record, out, &none);
}
