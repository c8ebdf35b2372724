/* The key store: names, writes that are whole, imports. */
#include "tests/unit/keys/keys_make.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include <openssl/pkcs12.h>
#include <openssl/pkcs7.h>

#include "keys/store/keystore_priv.h"

static int
ask(void *arg, const char *what, bool fresh, struct buf *out, struct err *e)
{
	(void)what;
	(void)fresh;
	(void)e;
	buf_reserve(out, 100);
	buf_adds(out, arg);
	return 0;
}

struct store {
	char *dir;
	struct keystore *ks;
};

static int
setup(void **state)
{
	struct store *s = calloc(1, sizeof(*s));
	struct err e;

	s->dir = make_dir();
	if (keystore_open(s->dir, true, &s->ks, &e) != 0)
		fail_msg("%s", e.text);
	*state = s;
	return 0;
}

static int
teardown(void **state)
{
	struct store *s = *state;

	keystore_free(s->ks);
	drop_dir(s->dir);
	free(s);
	return 0;
}

/* How many files there are whose name begins so. */
static int
files(const char *dir, const char *prefix)
{
	DIR *d = opendir(dir);
	struct dirent *e;
	int n = 0;

	while ((e = readdir(d)) != NULL)
		if (strcmp(e->d_name, ".") != 0 &&
		    strcmp(e->d_name, "..") != 0 &&
		    strncmp(e->d_name, prefix, strlen(prefix)) == 0)
			n++;
	closedir(d);
	return n;
}

static void
no_address_names_a_file_outside(void **state)
{
	static const struct {
		const char *name, *file;
	} cases[] = {
	    {"alice@example.com", "user_cert_alice@example.com.pem"},
	    {"../../x@h", "user_cert_..%2F..%2Fx@h.pem"},
	    {"a%2f..@h", "user_cert_a%252F..@h.pem"},
	    {"a;b=c@h", "user_cert_a%3Bb%3Dc@h.pem"},
	    {"%61lice@EXAMPLE.com.", "user_cert_alice@example.com.pem"},
	    {"u@[::1]", "user_cert_u@%5B%3A%3A1%5D.pem"},
	};
	const struct keystore_new how = {NULL, 10, true};
	struct store *s = *state;
	struct err e;
	size_t i;

	for (i = 0; i < COUNT(cases); i++) {
		struct keystore_item *items;
		size_t count;
		char path[8192];

		if (keystore_make(s->ks, cases[i].name, &how, &e) != 0)
			fail_msg("%s: %s", cases[i].name, e.text);
		snprintf(path, sizeof(path), "%s/%s", s->dir, cases[i].file);
		if (access(path, R_OK) != 0)
			fail_msg("no %s", path);
		/* and it is found again by that name */
		assert_int_equal(
		    keystore_list(s->ks, cases[i].name, &items, &count, &e), 0);
		assert_int_equal(count, 1);
		assert_int_equal(items[0].kind, KEYSTORE_USER);
		keystore_items_free(items, count);
	}
	assert_int_equal(files(s->dir, ".new"), 0);
}

static void
keys_are_0600_and_the_directory_0700(void **state)
{
	const struct keystore_new how = {"rsa:2048", 10, false};
	struct store *s = *state;
	char path[8192];
	struct keystore *deep;
	struct stat st;
	struct err e;

	assert_int_equal(keystore_make(s->ks, "a@h", &how, &e), 0);
	snprintf(path, sizeof(path), "%s/user_key_a@h.pem", s->dir);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	snprintf(path, sizeof(path), "%s/x", s->dir);
	assert_int_equal(keystore_open(path, true, &deep, &e), 0);
	keystore_free(deep);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0700);
	rmdir(path);
}

static void
nothing_is_overwritten_without_force(void **state)
{
	struct keystore_new how = {NULL, 10, false};
	struct store *s = *state;
	struct store_write w[2] = {
	    {"crl_new.pem", span_str("x"), 0644},
	    {"user_key_a@h.pem", span_str("x"), 0600},
	};
	struct err e;

	assert_int_equal(keystore_make(s->ks, "a@h", &how, &e), 0);
	assert_int_equal(keystore_make(s->ks, "a@h", &how, &e), -1);
	assert_int_equal(e.exit, EX_CANTCREAT);
	/* of two that are written together, one is there: neither is */
	assert_int_equal(keystore_write(s->ks, w, 2, false, &e), -1);
	assert_int_equal(files(s->dir, "crl_"), 0);
	assert_int_equal(files(s->dir, ".new"), 0);
	how.force = true;
	assert_int_equal(keystore_make(s->ks, "a@h", &how, &e), 0);
}

static void
a_full_disk_leaves_nothing(void **state)
{
	struct store *s = *state;
	const struct keystore_new how = {NULL, 10, false};
	pid_t child = fork();
	int status;

	if (child == 0) {
		struct rlimit limit = {100, 100};
		struct err e = {0};

		setrlimit(RLIMIT_FSIZE, &limit);
		_exit(keystore_make(s->ks, "a@h", &how, &e) == -1 ? e.exit : 0);
	}
	waitpid(child, &status, 0);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), EX_IOERR);
	assert_int_equal(files(s->dir, ""), 0);
}

static void
sigterm_leaves_no_half_file(void **state)
{
	struct store *s = *state;
	const struct keystore_new how = {NULL, 10, true};
	int round;

	for (round = 0; round < 30; round++) {
		struct timespec wait = {0, 200000L * round};
		pid_t child = fork();
		struct keystore_item *items;
		size_t count, i;
		struct err e;
		int status;

		if (child == 0) {
			for (;;)
				keystore_make(s->ks, "a@h", &how, &e);
		}
		nanosleep(&wait, NULL);
		kill(child, SIGTERM);
		waitpid(child, &status, 0);
		assert_int_equal(files(s->dir, ".new"), 0);
		assert_int_equal(
		    keystore_list(s->ks, NULL, &items, &count, &e), 0);
		for (i = 0; i < count; i++)
			assert_null(items[i].problem);
		if (count > 0)
			assert_non_null(keystore_private(s->ks,
			    keystore_file(s->ks, STORE_USER_CERT, "a@h"), &e));
		keystore_items_free(items, count);
	}
}

static void
a_key_under_a_passphrase(void **state)
{
	const struct keystore_new how = {NULL, 10, false};
	struct store *s = *state;
	struct store_file *f;
	char right[] = "open sesame", wrong[] = "open barley";
	char path[8192];
	struct buf b;
	struct err e;

	keystore_on_passphrase(s->ks, ask, right);
	assert_int_equal(keystore_make(s->ks, "a@h", &how, &e), 0);
	snprintf(path, sizeof(path), "%s/user_key_a@h.pem", s->dir);
	b = get_file(path);
	assert_non_null(strstr((char *)b.p, "BEGIN ENCRYPTED PRIVATE KEY"));
	buf_free(&b);
	assert_int_equal(keystore_refresh(s->ks, &e), 0);
	f = keystore_file(s->ks, STORE_USER_CERT, "a@h");
	keystore_on_passphrase(s->ks, ask, wrong);
	assert_null(keystore_private(s->ks, f, &e));
	assert_int_equal(e.exit, EX_CONFIG);
	assert_non_null(strstr(e.text, "wrong"));
	keystore_on_passphrase(s->ks, NULL, NULL);
	assert_null(keystore_private(s->ks, f, &e));
	keystore_on_passphrase(s->ks, ask, right);
	assert_non_null(keystore_private(s->ks, f, &e));
}

/* Imports bytes and expects this exit status, and how many items. */
static void
take(struct store *s, struct span data, bool root, int exit, size_t want)
{
	const struct keystore_import_opts how = {
	    .path = "test", .as_root = root};
	struct keystore_item *items;
	struct err e = {0};
	size_t count;

	(void)keystore_import(s->ks, data, &how, &items, &count, &e);
	if (e.exit != exit)
		fail_msg("%d instead of %d: %s", e.exit, exit, e.text);
	assert_int_equal(count, want);
	keystore_items_free(items, count);
	assert_int_equal(files(s->dir, ".new"), 0);
}

static struct buf
pem_of(struct ident *i, bool key)
{
	BIO *b = BIO_new(BIO_s_mem());
	struct buf out = {0};
	char *data;
	long n;

	PEM_write_bio_X509(b, i->cert);
	if (key)
		PEM_write_bio_PrivateKey(b, i->key, NULL, NULL, 0, NULL, NULL);
	n = BIO_get_mem_data(b, &data);
	buf_add(&out, data, (size_t)n);
	BIO_free(b);
	return out;
}

static struct buf
der_of(struct ident *i)
{
	unsigned char *p = NULL;
	int n = i2d_X509(i->cert, &p);
	struct buf out = {0};

	buf_add(&out, p, (size_t)n);
	OPENSSL_free(p);
	return out;
}

/* The people and the host whose files are imported. */
struct brought {
	struct ident ca, a, b, host;
};

static void
certificates_are_told(struct store *s, struct brought *t)
{
	struct buf data;

	/* PEM, with its key; DER; again is no error */
	data = pem_of(&t->a, true);
	take(s, span_buf(&data), false, 0, 1);
	assert_int_equal(files(s->dir, "user_key_a@h.pem"), 1);
	buf_free(&data);
	data = der_of(&t->b);
	take(s, span_buf(&data), false, 0, 1);
	take(s, span_buf(&data), false, 0, 0);
	buf_free(&data);
	/* another one for the same address needs force */
	drop_ident(&t->b);
	t->b = make_cert(
	    &t->ca, &(struct say){.cn = "b", .san = "URI:sip:b@h"});
	data = der_of(&t->b);
	take(s, span_buf(&data), false, EX_CANTCREAT, 0);
	buf_free(&data);
	/* a CA, when one says so */
	data = pem_of(&t->ca, false);
	take(s, span_buf(&data), false, EX_USAGE, 0);
	take(s, span_buf(&data), true, 0, 1);
	assert_int_equal(files(s->dir, "root_cert_My%20CA.pem"), 1);
	buf_free(&data);
	data = pem_of(&t->a, false);
	take(s, span_buf(&data), true, EX_DATAERR, 0);
	buf_free(&data);
}

/* PKCS#12 with a passphrase and the chain */
static void
pkcs12_is_told(struct store *s, struct brought *t)
{
	STACK_OF(X509) *chain = sk_X509_new_null();
	unsigned char *der = NULL;
	char pass[] = "password";
	PKCS12 *p12;
	int n;

	sk_X509_push(chain, t->ca.cert);
	p12 = PKCS12_create(
	    pass, "host", t->host.key, t->host.cert, chain, 0, 0, 0, 0, 0);
	n = i2d_PKCS12(p12, &der);
	take(s, (struct span){der, (size_t)n}, false, EX_CONFIG, 0);
	keystore_on_passphrase(s->ks, ask, (char[]){"wrong"});
	take(s, (struct span){der, (size_t)n}, false, EX_CONFIG, 0);
	keystore_on_passphrase(s->ks, ask, pass);
	take(s, (struct span){der, (size_t)n}, false, 0, 1);
	assert_int_equal(files(s->dir, "domain_cert_host.example.pem"), 1);
	assert_int_equal(files(s->dir, "domain_key_host.example.pem"), 1);
	keystore_on_passphrase(s->ks, NULL, NULL);
	OPENSSL_free(der);
	PKCS12_free(p12);
	sk_X509_free(chain);
}

static void
p7c_is_told(struct store *s, struct brought *t)
{
	unsigned char *der = NULL;
	PKCS7 *p7 = PKCS7_new();
	int n;

	drop_file(s->dir, "user_cert_b@h.pem");
	PKCS7_set_type(p7, NID_pkcs7_signed);
	PKCS7_content_new(p7, NID_pkcs7_data);
	PKCS7_add_certificate(p7, t->b.cert);
	PKCS7_add_certificate(p7, t->ca.cert);
	n = i2d_PKCS7(p7, &der);
	take(s, (struct span){der, (size_t)n}, false, 0, 1);
	OPENSSL_free(der);
	PKCS7_free(p7);
}

static void
a_crl_is_told(struct store *s, struct brought *t)
{
	X509_CRL *crl = make_crl(&t->ca, &(struct crl_say){.revoked = NULL});
	BIO *bio = BIO_new(BIO_s_mem());
	char *p;
	long len;

	PEM_write_bio_X509_CRL(bio, crl);
	len = BIO_get_mem_data(bio, &p);
	take(s, (struct span){(unsigned char *)p, (size_t)len}, false, 0, 1);
	BIO_free(bio);
	X509_CRL_free(crl);
}

static void
a_file_tells_by_itself_what_it_is(void **state)
{
	struct store *s = *state;
	struct brought t = {
	    .ca = make_cert(NULL, &(struct say){.cn = "My CA", .ca = true})};

	t.a = make_cert(&t.ca, &(struct say){.cn = "a", .san = "URI:sip:a@h"});
	t.b = make_cert(&t.ca, &(struct say){.cn = "b", .san = "URI:sip:b@h"});
	t.host = make_cert(
	    &t.ca, &(struct say){.cn = "x", .san = "DNS:Host.Example"});
	certificates_are_told(s, &t);
	pkcs12_is_told(s, &t);
	p7c_is_told(s, &t);
	a_crl_is_told(s, &t);
	/* none of these */
	take(s, span_str("garbage"), false, EX_DATAERR, 0);
	take(s, span_str(""), false, EX_DATAERR, 0);
	take(s, span_str("-----BEGIN CERTIFICATE-----\nx\n"), false, EX_DATAERR,
	    0);
	drop_ident(&t.ca);
	drop_ident(&t.a);
	drop_ident(&t.b);
	drop_ident(&t.host);
}

static void
request_then_import_what_the_ca_made(void **state)
{
	const struct keystore_new how = {NULL, 10, false};
	struct store *s = *state;
	struct ident ca = make_cert(
			 NULL, &(struct say){.cn = "CA", .ca = true}),
		     made;
	struct buf pem = {0}, data;
	struct err e;
	X509_REQ *r;
	BIO *b;

	assert_int_equal(keystore_request(s->ks, "a@h", &how, &pem, &e), 0);
	b = BIO_new_mem_buf(pem.p, (int)pem.n);
	r = PEM_read_bio_X509_REQ(b, NULL, NULL, NULL);
	assert_non_null(r);
	made = make_cert(&ca,
	    &(struct say){.cn = "a",
		.san = "URI:sip:a@h",
		.key = X509_REQ_get0_pubkey(r)});
	data = pem_of(&made, false);
	take(s, span_buf(&data), false, 0, 1);
	assert_non_null(keystore_private(
	    s->ks, keystore_file(s->ks, STORE_USER_CERT, "a@h"), &e));
	/* a second request is for the same key */
	buf_free(&pem);
	assert_int_equal(keystore_request(s->ks, "a@h", &how, &pem, &e), 0);
	buf_free(&pem);
	buf_free(&data);
	X509_REQ_free(r);
	BIO_free(b);
	drop_ident(&ca);
	drop_ident(&made);
}

static void
pins_are_kept_and_taken_away(void **state)
{
	const struct keystore_new how = {NULL, 10, false};
	struct store *s = *state;
	struct keystore_item *items;
	struct aor who;
	size_t count;
	struct err e;
	char line[200], path[8192];
	struct buf b;

	aor_parse(span_str("sips:A%62c@H:5061"), &who, &e);
	assert_int_equal(pin_stored(s->ks, &who, &e), -1);
	assert_int_equal(e.exit, EX_CONFIG);
	assert_int_equal(keystore_make(s->ks, "Abc@h", &how, &e), 0);
	assert_int_equal(pin_stored(s->ks, &who, &e), 0);
	assert_int_equal(keystore_list(s->ks, "Abc@h", &items, &count, &e), 0);
	assert_int_equal(count, 1);
	assert_true(items[0].pinned && items[0].has_private);
	snprintf(line, sizeof(line), "%s Abc@h\n", items[0].fingerprint);
	keystore_items_free(items, count);
	snprintf(path, sizeof(path), "%s/pinned", s->dir);
	b = get_file(path);
	assert_string_equal((char *)b.p, line);
	buf_free(&b);
	assert_int_equal(keystore_untrust(s->ks, &who, &e), 0);
	assert_int_equal(keystore_untrust(s->ks, &who, &e), -1);
	aor_free(&who);
}

static void
broken_files_are_named_and_harm_no_other(void **state)
{
	const struct keystore_new how = {NULL, 10, false};
	struct store *s = *state;
	struct keystore_item *items;
	size_t count, broken = 0, i;
	struct err e;

	assert_int_equal(keystore_make(s->ks, "a@h", &how, &e), 0);
	put_file(s->dir, "user_cert_b@h.pem", "x", 1);
	put_file(s->dir, "root_cert_x.pem", "", 0);
	put_file(s->dir, "user_cert_.pem", "x", 1);
	put_file(s->dir, "user_cert_no address.pem", "x", 1);
	put_file(s->dir, "user_cert_%00@h.pem", "x", 1);
	put_file(s->dir, "README", "x", 1);
	assert_int_equal(keystore_list(s->ks, NULL, &items, &count, &e), 0);
	assert_int_equal(count, 3);
	for (i = 0; i < count; i++)
		broken += items[i].problem != NULL;
	assert_int_equal(broken, 2);
	keystore_items_free(items, count);
}

static void
a_domain_and_what_chains_above_it(void **state)
{
	struct store *s = *state;
	struct ident ca = make_cert(
	    NULL, &(struct say){.cn = "CA", .ca = true});
	struct ident middle = make_cert(
	    &ca, &(struct say){.cn = "middle", .ca = true});
	struct ident host = make_cert(
	    &middle, &(struct say){.cn = "x", .san = "DNS:h.example"});
	struct trust_domain d;
	struct err e;

	assert_false(trust_has_domain(s->ks, "h.example"));
	assert_int_equal(trust_domain_get(s->ks, "h.example", &d, &e), -1);
	assert_int_equal(e.exit, EX_CONFIG);
	put_cert(s->dir, "domain_cert_h.example.pem", host.cert);
	assert_false(trust_has_domain(s->ks, "h.example"));
	put_key(s->dir, "domain_key_h.example.pem", host.key);
	put_cert(s->dir, "ca_cert_middle.pem", middle.cert);
	put_cert(s->dir, "root_cert_ca.pem", ca.cert);
	assert_true(trust_has_domain(s->ks, "H.Example."));
	assert_int_equal(trust_domain_get(s->ks, "h.example", &d, &e), 0);
	assert_int_equal(d.above_count, 1);
	assert_true(d.key.n > 0 && d.cert.n > 0);
	trust_domain_free(&d);
	put_key(s->dir, "domain_key_h.example.pem", middle.key);
	assert_int_equal(trust_domain_get(s->ks, "h.example", &d, &e), -1);
	drop_ident(&ca);
	drop_ident(&middle);
	drop_ident(&host);
}

static void
export_and_remove(void **state)
{
	const struct keystore_new how = {NULL, 10, false};
	struct store *s = *state;
	struct buf pem = {0};
	struct err e;

	assert_int_equal(keystore_make(s->ks, "a@h", &how, &e), 0);
	assert_int_equal(keystore_export(s->ks, "a@h", false, &pem, &e), 0);
	assert_non_null(strstr((char *)pem.p, "BEGIN CERTIFICATE"));
	assert_null(strstr((char *)pem.p, "PRIVATE"));
	buf_free(&pem);
	assert_int_equal(keystore_export(s->ks, "a@h", true, &pem, &e), 0);
	assert_non_null(strstr((char *)pem.p, "BEGIN PRIVATE KEY"));
	buf_wipe(&pem);
	assert_int_equal(keystore_export(s->ks, "b@h", false, &pem, &e), -1);
	assert_int_equal(keystore_remove(s->ks, "a@h", false, &e), -1);
	assert_int_equal(files(s->dir, "user_"), 2);
	assert_int_equal(keystore_remove(s->ks, "a@h", true, &e), 0);
	assert_int_equal(files(s->dir, "user_"), 0);
	assert_int_equal(keystore_remove(s->ks, "a@h", true, &e), -1);
}

#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    T(no_address_names_a_file_outside),
	    T(keys_are_0600_and_the_directory_0700),
	    T(nothing_is_overwritten_without_force),
	    T(a_full_disk_leaves_nothing),
	    T(sigterm_leaves_no_half_file),
	    T(a_key_under_a_passphrase),
	    T(a_file_tells_by_itself_what_it_is),
	    T(request_then_import_what_the_ca_made),
	    T(pins_are_kept_and_taken_away),
	    T(broken_files_are_named_and_harm_no_other),
	    T(a_domain_and_what_chains_above_it),
	    T(export_and_remove),
	};

	return cmocka_run_group_tests_name("keys_store", tests, NULL, NULL);
}
