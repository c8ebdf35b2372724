/*
 * What final answers to a message mean.
 */
#include "src/ua/outbox_priv.h"

/* The sysexits status that a final answer means. */
static int
outbox_exit_of(const struct sip_msg *m)
{
	switch (sip_status(m)) {
	case 400:
	case 413:
	case 415:
	case 420:
	case 484:
	case 488:
	case 493:
		return EX_DATAERR;
	case 404:
	case 604:
		return EX_NOUSER;
	case 408:
	case 480:
	case 486:
	case 600:
		return EX_TEMPFAIL;
	case 503:
		return sip_header_count(m, "Retry-After") > 0 ? EX_TEMPFAIL
							      : EX_UNAVAILABLE;
	case 401:
	case 403:
	case 407:
	case 437:
	case 603:
		return EX_NOPERM;
	default:
		return sip_status(m) < 300 ? 0 : EX_UNAVAILABLE;
	}
}

/* Returns advice on a status, or "". */
static const char *
outbox_advice(int status)
{
	switch (status) {
	case 413:
		return "; it is too long for them or for a proxy";
	case 415:
		return "; their client cannot read this type: it may know no "
		       "signed or encrypted messages";
	case 480:
		return "; they are not there now";
	case 483:
		return "; it went in circles between proxies";
	case 493:
		return "; they have no key for what it was encrypted to";
	default:
		return "";
	}
}

/* ": VALUE" of a field of words, if there is one. */
static void
outbox_add_field(struct buf *b, const struct sip_msg *m, const char *name)
{
	struct span v = sip_header(m, name, 0);

	if (v.n == 0)
		return;
	buf_adds(b, ": ");
	buf_addspan(b, span_cut(v, 0, 300));
}

void
answer_explain(const struct sip_msg *m, bool retried, struct err *why)
{
	int exit = outbox_exit_of(m);
	struct buf words = {0};

	*why = (struct err){0};
	/* Two ways led to one place, and the first message got there. */
	if (exit == 0 || (sip_status(m) == 482 && retried))
		return;
	buf_addf(&words, "answered %d ", sip_status(m));
	buf_addspan(&words, span_cut(sip_reason(m), 0, 100));
	outbox_add_field(&words, m, "Warning");
	outbox_add_field(&words, m, "Reason");
	(void)err_set(why, exit, "%s%s", (const char *)words.p,
	    outbox_advice(sip_status(m)));
	buf_free(&words);
}
