/* Settings that change while signet runs, and a file of them that is made. */
#include "tests/unit/keys/keys_make.h"

#include "src/app/config.h"

static void
settings_change_while_it_runs(void **state)
{
	struct config c;
	struct err e;

	(void)state;
	config_init(&c);
	assert_int_equal(config_set(&c, "sign", "yes", &e), 0);
	assert_true(c.sign);
	assert_int_equal(config_set(&c, "sign", "no", &e), 0);
	assert_false(c.sign);
	assert_int_equal(config_set(&c, "cipher", "aes-128-gcm", &e), 0);
	assert_int_equal(c.cipher, CIPHER_AES_128_GCM);
	assert_int_equal(config_set(&c, "bell", "no", &e), 0);
	assert_int_equal(config_set(&c, "notify", "no", &e), 0);
	assert_int_equal(config_set(&c, "mouse", "yes", &e), 0);
	assert_true(c.quiet_bell && c.no_notify && c.mouse);
	assert_int_equal(config_set(&c, "theme", "light", &e), 0);
	assert_int_equal(c.theme, THEME_LIGHT);
	assert_int_equal(config_set(&c, "expires", "60", &e), 0);
	assert_int_equal(c.expires, 60);
	/* what is no value leaves what was */
	assert_int_equal(config_set(&c, "theme", "pink", &e), -1);
	assert_int_equal(e.exit, EX_USAGE);
	assert_int_equal(c.theme, THEME_LIGHT);
	assert_int_equal(config_set(&c, "proxy", "sip:p", &e), -1);
	assert_int_equal(e.exit, EX_USAGE);
	assert_non_null(strstr(e.text, "restart"));
	assert_null(c.proxy);
	assert_int_equal(config_set(&c, "nonsense", "yes", &e), -1);
	assert_int_equal(e.exit, EX_USAGE);
	config_free(&c);
}

static void
settings_are_shown(void **state)
{
	static const char *const wanted =
	    "sign = yes\nencrypt = no\n"
	    "expires = 0\ncipher = auto\nnesting = inner\n"
	    "wrap = auto\nreceipts = delivery\ntyping = yes\nattach-cert = no\n"
	    "bad-signature = refuse\nunknown-signer = refuse\n"
	    "unsigned = warn\n"
	    "crl = optional\nbell = no\nnotify = yes\nmouse = no\n"
	    "highlight = \nopen-command = \ntheme = mono\nverbose = no\n";
	struct buf out = {0}, again = {0};
	struct config c, other;
	struct err e;
	char *line, *rest;

	(void)state;
	config_init(&c);
	config_init(&other);
	assert_int_equal(config_set(&c, "sign", "yes", &e), 0);
	assert_int_equal(config_set(&c, "nesting", "inner", &e), 0);
	assert_int_equal(config_set(&c, "unknown-signer", "refuse", &e), 0);
	assert_int_equal(config_set(&c, "bell", "no", &e), 0);
	assert_int_equal(config_set(&c, "theme", "mono", &e), 0);
	config_show(&c, &out);
	assert_string_equal((char *)out.p, wanted);
	/* and every line of it can be set */
	for (line = strtok_r((char *)out.p, "\n", &rest); line != NULL;
	     line = strtok_r(NULL, "\n", &rest)) {
		char *equals = strstr(line, " = ");

		*equals = '\0';
		assert_int_equal(config_set(&other, line, equals + 3, &e), 0);
	}
	config_show(&other, &again);
	assert_string_equal((char *)again.p, wanted);
	buf_free(&out);
	buf_free(&again);
	config_free(&c);
	config_free(&other);
}

static int
load(struct config *c, const char *path, struct err *e)
{
	char *argv[] = {"signet", "--config", (char *)path, NULL};

	return config_load(c, argv, "", false, e);
}

static void
a_file_is_made_once(void **state)
{
	static const char *const names[] = {"aor", "sign", "theme"};
	static const char *const values[] = {
	    "sips:alice@example.com", "yes", "dark"};
	static const char *const others[] = {
	    "sips:eve@example.com", "no", "light"};
	char *dir = make_dir(), above[8192], path[8300], temporary[8300];
	struct config c;
	struct stat st;
	struct err e;

	(void)state;
	snprintf(above, sizeof(above), "%s/signet", dir);
	snprintf(path, sizeof(path), "%s/signet.conf", above);
	assert_int_equal(config_save(path, names, values, 3, &e), 0);
	assert_int_equal(stat(above, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0700);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_int_equal(st.st_nlink, 1);
	assert_int_equal(config_save(path, names, others, 3, &e), -1);
	assert_int_equal(e.exit, EX_CANTCREAT);
	assert_int_equal(load(&c, path, &e), 0);
	assert_true(c.found && c.sign);
	assert_int_equal(c.aors.count, 1);
	assert_string_equal(c.aors.items[0], values[0]);
	assert_int_equal(c.theme, THEME_DARK);
	config_free(&c);
	/* nothing is left beside it */
	assert_int_equal(unlink(path), 0);
	assert_int_equal(rmdir(above), 0);
	/* no folder: what cannot be made */
	put_file(dir, "signet", "", 0);
	assert_int_equal(config_save(path, names, values, 3, &e), -1);
	assert_int_equal(e.exit, EX_CANTCREAT);
	snprintf(temporary, sizeof(temporary), "%s/none.conf", dir);
	assert_int_equal(load(&c, temporary, &e), -1);
	drop_dir(dir);
}

static void
what_could_not_be_read_back_is_not_written(void **state)
{
	static const char *const bad[][2] = {{"aor", "a\nsign = no"},
	    {"aor", "a\r"}, {"aor", " a"}, {"sign", "maybe"},
	    {"nonsense", "yes"}, {"config", "other.conf"}};
	char *dir = make_dir(), path[8192];
	struct stat st;
	struct err e;
	size_t i;

	(void)state;
	snprintf(path, sizeof(path), "%s/signet.conf", dir);
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		assert_int_equal(
		    config_save(path, &bad[i][0], &bad[i][1], 1, &e), -1);
		assert_int_equal(e.exit, EX_USAGE);
		assert_int_equal(stat(path, &st), -1);
	}
	drop_dir(dir);
}

static void
the_place_is_where_xdg_says(void **state)
{
	char *path;

	(void)state;
	setenv("HOME", "/home/alice", 1);
	unsetenv("XDG_CONFIG_HOME");
	path = config_path();
	assert_string_equal(path, "/home/alice/.config/signet/signet.conf");
	free(path);
	setenv("XDG_CONFIG_HOME", "/etc/alice", 1);
	path = config_path();
	assert_string_equal(path, "/etc/alice/signet/signet.conf");
	free(path);
	unsetenv("XDG_CONFIG_HOME");
	unsetenv("HOME");
	assert_null(config_path());
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(settings_change_while_it_runs),
	    cmocka_unit_test(settings_are_shown),
	    cmocka_unit_test(a_file_is_made_once),
	    cmocka_unit_test(what_could_not_be_read_back_is_not_written),
	    cmocka_unit_test(the_place_is_where_xdg_says),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
