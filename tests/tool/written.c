/*
 * Writes a text in each shape that signet sends, for other programs to verify
 * and decrypt.
 *
 *     written STORE FROM TO
 *
 * STORE is a key store with FROM's key and TO's certificate. Into the current
 * folder come `entity`, which is what is signed or encrypted, and the CMS
 * objects of it: DER, called signed-SHAPE-FORM-CERTIFICATES and sealed-CIPHER.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "keys/smime/smime.h"
#include "keys/store/keystore.h"

static const char entity[] =
    "Content-Type: text/plain\r\nContent-Transfer-Encoding: binary\r\n\r\n"
    "The quick brown fox jumps over the lazy dog.\r\nAnd then once more.";
static const char boundary[] = "between";

static void
die(const char *what)
{
	fprintf(stderr, "written: %s\n", what);
	exit(1);
}

static void
put(const char *name, struct span bytes)
{
	FILE *f = fopen(name, "wb");

	if (f == NULL || fwrite(bytes.p, 1, bytes.n, f) != bytes.n ||
	    fclose(f) != 0)
		die(name);
}

/* Takes a multipart/signed apart: the signed part has to be the entity. */
static struct span
signature(struct span body)
{
	struct buf start = {0}, end = {0};
	size_t at;

	buf_addf(&start, "--%s\r\n%s\r\n--%s\r\n", boundary, entity, boundary);
	buf_addf(&end, "\r\n--%s--", boundary);
	if (body.n < start.n + end.n || memcmp(body.p, start.p, start.n) != 0 ||
	    memcmp(body.p + body.n - end.n, end.p, end.n) != 0)
		die("the multipart is not as expected");
	for (at = start.n; memcmp(body.p + at, "\r\n\r\n", 4) != 0; at++)
		if (at + 4 > body.n - end.n)
			die("the signature has no end of its header");
	body = span_cut(body, at + 4, body.n - end.n);
	buf_free(&start);
	buf_free(&end);
	return body;
}

static void
write_shape(
    struct keystore *ks, const struct smime_input *input, const char *name)
{
	const struct policy policy = {.legacy = input->form->draft};
	struct smime_body body;
	struct err e;

	if (smime_make(ks, &policy, input, &body, &e) == -1)
		die(e.text);
	put(name,
	    input->sign && !input->form->opaque
		? signature(span_buf(&body.body))
		: span_buf(&body.body));
	smime_body_free(&body);
}

int
main(int argc, char **argv)
{
	struct smime_form form = {.boundary = boundary};
	struct smime_input input = {
	    .text = span_str(strstr(entity, "\r\n\r\n") + 4), .form = &form};
	struct aor from, to;
	struct keystore *ks;
	char name[64];
	struct err e;

	if (argc != 4)
		die("usage: written STORE FROM TO");
	if (keystore_open(argv[1], false, &ks, &e) == -1 ||
	    aor_parse(span_str(argv[2]), &from, &e) == -1 ||
	    aor_parse(span_str(argv[3]), &to, &e) == -1)
		die(e.text);
	put("entity", span_str(entity));
	input.from = &from;
	input.to = &to;
	input.sign = true;
	for (unsigned i = 0; i < 8; i++) {
		form.opaque = i & 1;
		form.draft = i & 2;
		input.attach_cert = i & 4;
		snprintf(name, sizeof(name), "signed-%s-%s-%s",
		    form.opaque ? "opaque" : "detached",
		    form.draft ? "draft" : "ours",
		    input.attach_cert ? "certs" : "bare");
		write_shape(ks, &input, name);
	}
	form = (struct smime_form){.draft = false};
	input.sign = false;
	input.encrypt = true;
	input.cipher = CIPHER_AES_128_CBC;
	write_shape(ks, &input, "sealed-cbc");
	input.cipher = CIPHER_AES_128_GCM;
	write_shape(ks, &input, "sealed-gcm");
	aor_free(&from);
	aor_free(&to);
	keystore_free(ks);
	return 0;
}
