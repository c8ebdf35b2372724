/*
 * The openssl command line, both ways: what it makes we open, and what we
 * make it verifies and decrypts.
 */
#include "tests/unit/keys/keys_make.h"

/* Runs a command in the world's folder; "$" words are files there. */
static void
run(struct world *w, const char *command)
{
	char line[10000];

	snprintf(line, sizeof(line), "cd '%s' && %s 2>err", w->dir, command);
	if (system(line) != 0) {
		char path[8192];
		struct buf b;

		snprintf(path, sizeof(path), "%s/err", w->dir);
		b = get_file(path);
		fail_msg("%s: %s", command, (char *)b.p);
	}
}

static struct buf
result(struct world *w, const char *name)
{
	char path[8192];

	snprintf(path, sizeof(path), "%s/%s", w->dir, name);
	return get_file(path);
}

static int
setup_type(void **state, const char *type)
{
	struct world *w;

	world_setup(state);
	w = *state;
	world_alice(w, &w->ca,
	    &(struct say){.cn = "alice",
		.san = "URI:sip:alice@example.com",
		.key_type = type});
	put_key(w->dir, "alice.key", w->alice.key);
	put_cert(w->dir, "alice.pem", w->alice.cert);
	drop_ident(&w->bob);
	w->bob = make_cert(&w->ca,
	    &(struct say){.cn = "bob",
		.san = "URI:sip:bob@example.com",
		.key_type = type});
	put_cert(w->dir, "user_cert_bob@example.com.pem", w->bob.cert);
	put_key(w->dir, "user_key_bob@example.com.pem", w->bob.key);
	put_cert(w->dir, "bob.pem", w->bob.cert);
	put_key(w->dir, "bob.key", w->bob.key);
	put_file(w->dir, "hello", HELLO, strlen(HELLO));
	return 0;
}

static int
setup_ec(void **state)
{
	return setup_type(state, "P-256");
}

static int
setup_rsa(void **state)
{
	return setup_type(state, "rsa:2048");
}

#define SIGN                                                     \
	"openssl cms -sign -binary -in hello -signer alice.pem " \
	"-inkey alice.key -outform DER -out sig "

static void
what_it_signs_we_verify(void **state)
{
	static const char *const options[] = {"", "-noattr", "-nocerts",
	    "-noattr -nocerts -keyid", "-md sha384", "-nosmimecap", "-cades"};
	struct world *w = *state;
	struct buf der, body;
	char command[400];
	size_t i;

	for (i = 0; i < COUNT(options); i++) {
		print_message("# %s\n", options[i]);
		snprintf(command, sizeof(command), SIGN "%s", options[i]);
		run(w, command);
		der = result(w, "sig");
		body = multipart_signed(span_str(HELLO), span_buf(&der));
		expect(world_open(w, SIGNED_TYPE, span_buf(&body)), "good",
		    "none", 200, "hello");
		buf_free(&der);
		buf_free(&body);
		snprintf(
		    command, sizeof(command), SIGN "-nodetach %s", options[i]);
		run(w, command);
		der = result(w, "sig");
		expect(world_open(w, OPAQUE_TYPE, span_buf(&der)), "good",
		    "none", 200, "hello");
		buf_free(&der);
	}
}

static void
what_it_seals_we_open(void **state)
{
	static const char *const options[] = {"-aes128 bob.pem",
	    "-aes256 bob.pem", "-aes-128-gcm bob.pem", "-aes-256-gcm bob.pem",
	    "-keyid -aes128 bob.pem", "-aes128 alice.pem bob.pem",
	    "-aes128 bob.pem alice.pem", "-des3 bob.pem",
	    "-stream -aes128 bob.pem", "-stream -aes-128-gcm bob.pem"};
	struct world *w = *state;
	char command[400];
	struct buf der;
	size_t i;

	for (i = 0; i < COUNT(options); i++) {
		print_message("# %s\n", options[i]);
		snprintf(command, sizeof(command),
		    "openssl cms -encrypt "
		    "-binary -in hello -outform DER -out sealed %s",
		    options[i]);
		run(w, command);
		der = result(w, "sealed");
		expect(world_open(w, SEALED_TYPE, span_buf(&der)), "none",
		    "opened", 200, "hello");
		buf_free(&der);
	}
	/* base64 */
	run(w,
	    "openssl cms -encrypt -binary -in hello -aes128 -outform DER "
	    "bob.pem | openssl base64 -out sealed");
	der = result(w, "sealed");
	expect(world_open_coded(w, SEALED_TYPE, "base64", "", span_buf(&der)),
	    "none", "opened", 200, "hello");
	buf_free(&der);
}

static void
oaep_is_opened(void **state)
{
	struct world *w = *state;
	struct buf der;

	run(w,
	    "openssl cms -encrypt -binary -in hello -aes128 -outform DER "
	    "-out sealed -recip bob.pem -keyopt rsa_padding_mode:oaep "
	    "-keyopt rsa_oaep_md:sha256");
	der = result(w, "sealed");
	expect(world_open(w, SEALED_TYPE, span_buf(&der)), "none", "opened",
	    200, "hello");
	buf_free(&der);
}

static void
what_it_signs_with_pss_we_verify(void **state)
{
	struct world *w = *state;
	struct buf der, body;

	run(w, SIGN "-keyopt rsa_padding_mode:pss");
	der = result(w, "sig");
	body = multipart_signed(span_str(HELLO), span_buf(&der));
	expect(world_open(w, SIGNED_TYPE, span_buf(&body)), "good", "none", 200,
	    "hello");
	buf_free(&der);
	buf_free(&body);
}

/* alice's letter to bob as we make it, from the same store. */
static struct smime_body
our_letter(struct world *w, bool sign, bool encrypt, enum smime_cipher cipher)
{
	const struct policy policy = {.at = 0};
	struct smime_input l = {.text = span_str("hello"),
	    .sign = sign,
	    .encrypt = encrypt,
	    .cipher = cipher};
	struct smime_body body;
	struct aor alice, bob;
	struct err e;

	put_key(w->dir, "user_key_alice@example.com.pem", w->alice.key);
	aor_parse(span_str("alice@example.com"), &alice, &e);
	aor_parse(span_str("bob@example.com"), &bob, &e);
	l.from = &alice;
	l.to = &bob;
	if (smime_make(w->ks, &policy, &l, &body, &e) != 0)
		fail_msg("%s", e.text);
	aor_free(&alice);
	aor_free(&bob);
	return body;
}

static void
what_we_sign_it_verifies(void **state)
{
	struct world *w = *state;
	struct smime_body body = our_letter(w, true, false, CIPHER_AUTO);
	struct buf mail = {0}, out;

	buf_addf(&mail, "MIME-Version: 1.0\r\nContent-Type: %s\r\n\r\n",
	    body.content_type);
	buf_addspan(&mail, span_buf(&body.body));
	/* openssl's reader of mail takes base64 alone for the signature */
	{
		size_t at = mail.n, end = mail.n, entity;
		const char *boundary = strstr(body.content_type, "boundary=") +
		    9;

		for (at = 0; memcmp(mail.p + at, "binary\r\n\r\n0", 11) != 0;)
			at++;
		end = mail.n - strlen(boundary) - 6;
		put_file(w->dir, "sig", mail.p + at + 10, end - at - 10);
		for (entity = 0; memcmp(mail.p + entity,
				     "Content-Type: text/plain", 24) != 0;)
			entity++;
		for (at = entity; memcmp(mail.p + at, "\r\n--", 4) != 0;)
			at++;
		put_file(w->dir, "content", mail.p + entity, at - entity);
	}
	run(w,
	    "openssl cms -verify -binary -inform DER -in sig -content "
	    "content -CAfile root_cert_ca.pem -certfile alice.pem "
	    "-purpose any -out text");
	out = result(w, "text");
	assert_non_null(strstr((char *)out.p, "\r\n\r\nhello"));
	buf_free(&out);
	buf_free(&mail);
	smime_body_free(&body);
}

static void
what_we_seal_it_decrypts(void **state)
{
	static const enum smime_cipher ciphers[] = {
	    CIPHER_AES_128_CBC, CIPHER_AES_128_GCM};
	struct world *w = *state;
	size_t i;

	for (i = 0; i < COUNT(ciphers); i++) {
		struct smime_body body = our_letter(w, false, true, ciphers[i]);
		struct buf out;

		put_file(w->dir, "sealed", body.body.p, body.body.n);
		run(w,
		    "openssl cms -decrypt -binary -inform DER -in sealed "
		    "-recip bob.pem -inkey bob.key -out text");
		out = result(w, "text");
		assert_string_equal((char *)out.p,
		    "Content-Type: text/plain"
		    "\r\nContent-Transfer-Encoding: binary\r\n\r\nhello");
		buf_free(&out);
		smime_body_free(&body);
	}
}

#define EC(f) cmocka_unit_test_setup_teardown(f, setup_ec, world_teardown)
#define RSA_(f) cmocka_unit_test_setup_teardown(f, setup_rsa, world_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    EC(what_it_signs_we_verify),
	    RSA_(what_it_signs_we_verify),
	    EC(what_it_seals_we_open),
	    RSA_(what_it_seals_we_open),
	    RSA_(oaep_is_opened),
	    RSA_(what_it_signs_with_pss_we_verify),
	    EC(what_we_sign_it_verifies),
	    RSA_(what_we_sign_it_verifies),
	    EC(what_we_seal_it_decrypts),
	    RSA_(what_we_seal_it_decrypts),
	};

	return cmocka_run_group_tests_name("keys_interop", tests, NULL, NULL);
}
