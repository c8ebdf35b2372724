/* A refused password: what is wiped, read again, typed again and told. */
#include "src/ua/auth.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "src/app/secret.h"

static const char uri[] = "sip:example.com";

/* An account whose password comes from a file. */
struct account {
	struct config config;
	struct aor who;
	struct auth *auth;
	char path[64];
	unsigned told;
};

static void
told(void *arg, const struct aor *who, const char *words)
{
	struct account *a = arg;

	assert_ptr_equal(who, &a->who);
	assert_non_null(strstr(words, "password of alice"));
	assert_null(strstr(words, "wrong"));
	a->told++;
}

/* Writes the password into the file. */
static void
put(const struct account *a, const char *password)
{
	FILE *f = fopen(a->path, "w");

	assert_non_null(f);
	fprintf(f, "%s\n", password);
	assert_int_equal(fclose(f), 0);
}

static void
opened(struct account *a, const char *password)
{
	struct err e;
	int fd;

	*a = (struct account){.path = "/tmp/signet-auth.XXXXXX"};
	config_init(&a->config);
	fd = mkstemp(a->path);
	assert_int_not_equal(fd, -1);
	close(fd);
	put(a, password);
	a->config.password_file = a->path;
	assert_int_equal(
	    aor_parse(span_str("alice@example.com"), &a->who, &e), 0);
	a->auth = auth_new(&a->config, &a->who, told, a);
}

static void
closed(struct account *a)
{
	auth_free(a->auth);
	aor_free(&a->who);
	unlink(a->path);
}

/* Gives a request the challenge of a server. */
static int
challenged(struct account *a, struct auth_round *round, int status,
    const char *nonce, struct err *e)
{
	struct buf b = {0};
	struct sip_msg *m;
	int rc;

	buf_addf(&b,
	    "SIP/2.0 %d No\r\n"
	    "Via: SIP/2.0/TLS 127.0.0.1;branch=z9hG4bKa\r\n"
	    "From: <sip:alice@example.com>;tag=a\r\n"
	    "To: <sip:alice@example.com>;tag=b\r\n"
	    "Call-ID: a\r\n"
	    "CSeq: 1 REGISTER\r\n"
	    "%s: Digest "
	    "realm=\"example.com\",nonce=\"%s\",algorithm=SHA-256\r\n"
	    "Content-Length: 0\r\n\r\n",
	    status, status == 401 ? "WWW-Authenticate" : "Proxy-Authenticate",
	    nonce);
	m = sip_parse(span_buf(&b), (struct span){NULL, 0}, true);
	*e = (struct err){0};
	rc = auth_challenged(a->auth, round, m, true, e);
	sip_free(m);
	buf_free(&b);
	return rc;
}

/* Whether a request answers the nonce with that password; with NULL, whether it
 * answers nothing. */
static bool
shows(struct account *a, const struct auth_round *round, const char *nonce,
    const char *password)
{
	struct auth_digest d = {.algorithm = span_str("SHA-256"),
	    .user = span_str("alice"),
	    .realm = span_str("example.com"),
	    .password = span_str(password),
	    .nonce = span_str(nonce),
	    .method = span_str("REGISTER"),
	    .uri = span_str(uri)};
	char response[DIGEST_HEX];
	struct buf b = {0};
	struct err e;
	bool is;

	buf_adds(&b, "");
	assert_int_equal(
	    auth_add(a->auth, round, false, &b, "REGISTER", uri, &e), 0);
	assert_true(auth_response(&d, response));
	is = password == NULL
	    ? b.n == 0
	    : b.n > 0 && strstr((const char *)b.p, response) != NULL;
	buf_free(&b);
	return is;
}

/* A request is refused with the password that the file has. */
static void
refused(struct account *a, const char *password)
{
	struct auth_round round = {0};
	struct err e;

	assert_true(shows(a, &round, "", NULL));
	assert_int_equal(challenged(a, &round, 401, "n1", &e), 0);
	assert_true(shows(a, &round, "n1", password));
	assert_int_equal(challenged(a, &round, 401, "n2", &e), -1);
	assert_int_equal(e.exit, EX_NOPERM);
	assert_non_null(strstr(e.text, "was refused"));
}

static void
a_file_is_read_again_for_the_next_request(void **state)
{
	struct auth_round round = {0};
	struct account a;
	struct err e;

	(void)state;
	opened(&a, "wrong");
	refused(&a, "wrong");
	assert_int_equal(a.told, 1);
	/* Once a request, and told once, as long as it stays wrong. */
	refused(&a, "wrong");
	assert_int_equal(a.told, 1);
	put(&a, "right");
	assert_int_equal(challenged(&a, &round, 401, "n3", &e), 0);
	assert_true(shows(&a, &round, "n3", "right"));
	auth_taken(a.auth, &round);
	/* What a server took is not read again for a new nonce. */
	put(&a, "other");
	round = (struct auth_round){0};
	assert_true(shows(&a, &round, "n3", "right"));
	assert_int_equal(challenged(&a, &round, 401, "n4", &e), 0);
	assert_true(shows(&a, &round, "n4", "right"));
	/* Once it is refused, that is news. */
	assert_int_equal(challenged(&a, &round, 401, "n5", &e), -1);
	assert_int_equal(a.told, 2);
	closed(&a);
}

static void
what_cannot_be_read_again_is_asked_for_at_the_next(void **state)
{
	struct auth_round round = {0};
	struct account a;
	struct err e;

	(void)state;
	opened(&a, "wrong");
	refused(&a, "wrong");
	unlink(a.path);
	assert_int_equal(challenged(&a, &round, 401, "n3", &e), -1);
	assert_int_equal(e.exit, EX_CONFIG);
	assert_true(shows(&a, &round, "", NULL));
	put(&a, "right");
	assert_int_equal(chmod(a.path, 0600), 0);
	assert_int_equal(challenged(&a, &round, 401, "n4", &e), 0);
	assert_true(shows(&a, &round, "n4", "right"));
	assert_int_equal(a.told, 1);
	closed(&a);
}

static void
a_request_under_way_goes_on_with_the_new_password(void **state)
{
	struct auth_round old = {0}, older = {0};
	struct account a;
	struct err e;

	(void)state;
	opened(&a, "wrong");
	assert_int_equal(challenged(&a, &old, 401, "n1", &e), 0);
	assert_int_equal(challenged(&a, &older, 407, "n2", &e), 0);
	auth_type(a.auth, span_str("typed"));
	/* The refusal is of the one before. */
	assert_int_equal(challenged(&a, &old, 401, "n3", &e), 0);
	assert_int_equal(old.answered[0], 0);
	assert_true(shows(&a, &old, "", NULL));
	assert_int_equal(challenged(&a, &old, 401, "n4", &e), 0);
	assert_true(shows(&a, &old, "n4", "typed"));
	auth_forget_password(a.auth);
	put(&a, "read again");
	assert_int_equal(challenged(&a, &older, 407, "n5", &e), 0);
	assert_int_equal(challenged(&a, &older, 407, "n6", &e), 0);
	assert_true(shows(&a, &older, "n6", "read again"));
	assert_int_equal(a.told, 0);
	closed(&a);
}

static void
without_a_person_a_missing_password_is_told_once(void **state)
{
	struct auth_round round = {0};
	struct account a;
	struct err e;

	(void)state;
	opened(&a, "unused");
	a.config.password_file = NULL;
	auth_ask_nobody(a.auth);
	assert_int_equal(challenged(&a, &round, 407, "n1", &e), -1);
	assert_int_equal(e.exit, EX_CONFIG);
	assert_int_equal(challenged(&a, &round, 407, "n2", &e), -1);
	assert_int_equal(a.told, 1);
	auth_type(a.auth, span_str("wrong"));
	assert_int_equal(challenged(&a, &round, 407, "n3", &e), 0);
	/* A typed one that is refused is told, and kept for the next. */
	assert_int_equal(challenged(&a, &round, 407, "n4", &e), -1);
	assert_int_equal(a.told, 2);
	round = (struct auth_round){0};
	assert_true(shows(&a, &round, "", NULL));
	assert_int_equal(challenged(&a, &round, 407, "n5", &e), 0);
	assert_true(shows(&a, &round, "n5", "wrong"));
	closed(&a);
}

static void
the_source_is_that_of_the_settings(void **state)
{
	char fifo[] = "/tmp/signet-fifo.XXXXXX";
	int fds[2];

	(void)state;
	assert_int_equal(secret_source(NULL, NULL), SECRET_TYPED);
	assert_int_equal(secret_source("pass", NULL), SECRET_COMMAND);
	assert_int_equal(secret_source(NULL, "/etc/passwd"), SECRET_FILE);
	assert_int_equal(secret_source(NULL, "/nowhere"), SECRET_FILE);
	assert_int_equal(pipe(fds), 0);
	snprintf(fifo, sizeof(fifo), "/dev/fd/%d", fds[0]);
	assert_int_equal(secret_source(NULL, fifo), SECRET_ONCE);
	close(fds[0]);
	close(fds[1]);
}

static void
a_quiet_command_has_no_terminal(void **state)
{
	struct buf out = {0};
	struct err e;

	(void)state;
	assert_int_equal(
	    secret_password_quietly(
		"cat; echo unseen >&2; echo secret", NULL, "who", &out, &e),
	    0);
	assert_int_equal(out.n, 6);
	assert_memory_equal(out.p, "secret", 6);
	buf_wipe(&out);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_file_is_read_again_for_the_next_request),
	    cmocka_unit_test(
		what_cannot_be_read_again_is_asked_for_at_the_next),
	    cmocka_unit_test(a_request_under_way_goes_on_with_the_new_password),
	    cmocka_unit_test(without_a_person_a_missing_password_is_told_once),
	    cmocka_unit_test(the_source_is_that_of_the_settings),
	    cmocka_unit_test(a_quiet_command_has_no_terminal),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
