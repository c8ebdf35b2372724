/*
 * A message that is about to go: whom it is for, signed and sealed.
 */
#include "src/ua/outbox_priv.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/net/idn.h"
#include "src/ua/form.h"

int
outbox_address(
    const char *typed, char **uri, struct aor *to, bool *sips, struct err *e)
{
	struct buf b = {0};
	struct uri parts;

	if (idn_typed(&b, typed, &parts, e) == -1)
		goto bad;
	if (aor_parse_uri(span_buf(&b), to, e) == -1) {
		(void)err_in(e, "%s", typed);
		goto bad;
	}
	if (parts.headers.n > 0) {
		aor_free(to);
		(void)err_set(e, EX_DATAERR,
		    "%s: a URI with header fields (after the '?') is not sent "
		    "to",
		    typed);
		goto bad;
	}
	*sips = parts.sips;
	*uri = (char *)b.p;
	return 0;
bad:
	buf_free(&b);
	e->exit = EX_DATAERR;
	return -1;
}

/* Reads the address that the lane goes to: EX_DATAERR, a bad URI. */
static int
lane_address(struct lane *l, struct aor *to, struct err *e)
{
	struct buf b = {0};
	char *uri;
	bool sips;

	if (outbox_address(l->to, &uri, to, &sips, e) == -1)
		return -1;
	free(l->asked_uri);
	l->asked_uri = uri;
	buf_addf(&b, "%s:%s", sips ? "sips" : "sip", to->text);
	free(l->to_uri);
	l->to_uri = (char *)b.p;
	free(l->request_uri);
	l->request_uri = xstrdup(l->asked_uri);
	return 0;
}

/* A body whose form is the letter's; boundary is room for its own. */
static void
body_form(const struct form *f, char boundary[33], struct smime_form *out)
{
	form_name(f, "boundary", boundary, 32);
	*out = (struct smime_form){.draft = f->draft != NULL,
	    .opaque = f->opaque,
	    .boundary = f->draft != NULL && f->draft->boundary != NULL
		? f->draft->boundary
		: boundary,
	    .at = f->at};
}

static int
seal(
    struct lane *l, const struct letter *m, const struct aor *to, struct err *e)
{
	const struct config *c = l->o->p.config;
	struct smime_input letter = {.from = l->o->p.from,
	    .to = to,
	    .text = {(const unsigned char *)m->text, m->text_len},
	    .sign = m->sign,
	    .encrypt = m->encrypt,
	    .attach_cert = c->attach_cert,
	    .cipher = (enum smime_cipher)c->cipher,
	    .nesting = (enum smime_nesting)c->nesting};
	struct smime_form form;
	char boundary[33];

	if (m->form != NULL) {
		body_form(m->form, boundary, &form);
		letter.form = &form;
	}
	if (letter.from == NULL)
		return err_set(e, EX_CONFIG,
		    "who is it from? say --aor sips:you@example.com, or "
		    "write it into signet.conf");
	return smime_make(l->o->p.ks, &c->policy, &letter, &l->body, e);
}

/* Call-ID, From tag and branch, of one draw: each costs OpenSSL's generator
 * two system calls. */
static void
make_names(struct lane *l)
{
	const struct form *f = l->first->form;
	char drawn[65];

	form_name(f, "message", drawn, 64);
	if (f != NULL && f->draft != NULL)
		(void)snprintf(
		    l->call_id, sizeof(l->call_id), "%s", f->draft->call_id);
	else
		(void)snprintf(l->call_id, sizeof(l->call_id), "%.32s", drawn);
	memcpy(l->from_tag, drawn + 32, 16);
	memcpy(l->branch, drawn + 48, 16);
}

void
lane_begin(struct lane *l)
{
	const struct letter *m = l->first;
	struct err e = {0};
	struct aor to;
	int rc;

	l->under_way = true;
	l->tried = l->retried = l->left = false;
	l->why = l->waits = (struct err){0};
	l->cseq = 1;
	l->round = (struct auth_round){{0, 0}};
	l->count = l->target = 0;
	l->not_before = 0;
	l->status = 0;
	l->phrase[0] = '\0';
	make_names(l);
	if (lane_address(l, &to, &e) == -1) {
		lane_end(l, 0, "", &e);
		return;
	}
	rc = seal(l, m, &to, &e);
	aor_free(&to);
	if (rc == -1)
		lane_end(l, 0, "", &e);
	else
		lane_go_on(l);
}
