/* People, and the file that they are kept in. */
#include "tests/unit/src/sip/sip_test.h"

#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <signal.h>

#include "ui/contacts/contacts.h"

#define SEEN                               \
	"00112233445566778899aabbccddeeff" \
	"00112233445566778899aabbccddeeff"

#define OTHER                              \
	"10112233445566778899aabbccddeeff" \
	"00112233445566778899aabbccddeeff"

static char dir[64], file[128];

static int
setup(void **state)
{
	(void)state;
	snprintf(dir, sizeof(dir), "/tmp/signet-people-XXXXXX");
	if (mkdtemp(dir) == NULL)
		return -1;
	snprintf(file, sizeof(file), "%s/people", dir);
	return 0;
}

static int
teardown(void **state)
{
	char command[128];

	(void)state;
	snprintf(command, sizeof(command), "rm -rf '%s'", dir);
	return system(command);
}

static void
put(const char *path, struct span s)
{
	FILE *f = fopen(path, "wb");

	assert_non_null(f);
	assert_int_equal(fwrite(s.p, 1, s.n, f), s.n);
	assert_int_equal(fclose(f), 0);
}

static void
assert_file(const char *path, const char *want)
{
	char got[4096];
	FILE *f = fopen(path, "rb");
	size_t n;

	assert_non_null(f);
	n = fread(got, 1, sizeof(got) - 1, f);
	got[n] = '\0';
	fclose(f);
	assert_string_equal(got, want);
}

static struct contacts *
load(void)
{
	struct contacts *p = NULL;
	struct err e = {0};
	bool fresh;

	if (contacts_open(file, &p, &fresh, &e) == -1)
		fail_msg("%s", e.text);
	return p;
}

static struct contact *
add(struct contacts *p, const char *uri)
{
	struct contact *who;
	struct err e = {0};

	if (contacts_add(p, span_str(uri), &who, &e) == -1)
		fail_msg("%s", e.text);
	return who;
}

static void
save(struct contacts *p)
{
	struct err e = {0};

	if (contacts_save(p, &e) == -1)
		fail_msg("%s", e.text);
}

/* --- the file ------------------------------------------------------------- */

/* What a line becomes when it is written again; NULL: it is refused, and the
 * sentence has `out`. */
static const struct {
	struct span in;
	const char *out, *why;
} lines[] = {
    {TEXT("sips:bob@example.net"), "sips:bob@example.net\n", NULL},
    {TEXT("sip:bob@example.net;transport=tcp\n"),
	"sip:bob@example.net;transport=tcp\n", NULL},
    {TEXT("bob@example.net\r\n"), "sips:bob@example.net\n", NULL},
    {TEXT("  \t\n#\xff\0y\n\nbob@h"), "  \t\n#\xff", NULL},
    {TEXT("bob@h ignored\tencrypt  no-sign"),
	"sips:bob@h no-sign encrypt ignored\n", NULL},
    {TEXT("bob@h sign no-encrypt seen=" SEEN " name=Bob  B. name=x \n"),
	"sips:bob@h sign no-encrypt seen=" SEEN " name=Bob  B. name=x\n", NULL},
    {TEXT("bob@h verified=" SEEN " name=x"),
	"sips:bob@h verified=" SEEN " name=x\n", NULL},
    {TEXT("bob@h verified=" OTHER "/" SEEN " seen=" SEEN),
	"sips:bob@h seen=" SEEN " verified=" SEEN "/" OTHER "\n", NULL},
    {TEXT("bob@h name=\n"), "sips:bob@h\n", NULL},
    {TEXT("bob@h name=\u00dc\u4e2d"), "sips:bob@h name=\u00dc\u4e2d\n", NULL},

    {TEXT("# \nbob"), NULL, "line 2: "},
    {TEXT("mailto:bob@h"), NULL, "line 1: "},
    {TEXT("sips:h"), NULL, "line 1: "},
    {TEXT("bob@h bold"), NULL, "line 1: \"bold\""},
    {TEXT("bob@h SIGN"), NULL, "line 1: \"SIGN\""},
    {TEXT("bob@h sign no-sign"), NULL, "line 1: \"no-sign\""},
    {TEXT("bob@h seen=12"), NULL, "line 1: \"seen=\""},
    {TEXT("bob@h seen=" SEEN "0"), NULL, "line 1: \"seen=\""},
    {TEXT("bob@h seen=x" SEEN), NULL, "line 1: \"seen=\""},
    {TEXT("bob@h seen=" SEEN " seen=" SEEN), NULL, "line 1: "},
    {TEXT("bob@h verified="), NULL, "line 1: \"verified=\""},
    {TEXT("bob@h verified"), NULL, "line 1: \"verified\""},
    {TEXT("bob@h verified=" SEEN "/"), NULL, "line 1: \"verified=\""},
    {TEXT("bob@h verified=" SEEN "0"), NULL, "line 1: \"verified=\""},
    {TEXT("bob@h verified=" SEEN " verified=" OTHER), NULL, "line 1: "},
    {TEXT("bob@h name=b\xff"), NULL, "line 1: the name"},
    {TEXT("bob@h name=b\0c"), NULL, "line 1: the name"},
    {TEXT("bob@h name=\033[2J"), NULL, "line 1: the name"},
    {TEXT("bob@h name=alice@h"), NULL, "line 1: the name"},
    {TEXT("a@h\n\nb@h\nsip:a@H\nc@h"), NULL, "line 4: "},
    {TEXT("z@h\nA@h\n%7A@h."), NULL, "line 3: "},
    {TEXT("\xef\xbb\xbf"
	  "a@h"),
	NULL, "line 1: "},
};

static void
test_lines(void **state)
{
	struct contacts *p;
	struct err e;
	size_t i;
	bool fresh;

	(void)state;
	for (i = 0; i < COUNT(lines); i++) {
		put(file, lines[i].in);
		e = (struct err){0};
		if (contacts_open(file, &p, &fresh, &e) == -1) {
			if (lines[i].out != NULL)
				fail_msg("%zu: %s", i, e.text);
			assert_int_equal(e.exit, EX_CONFIG);
			assert_non_null(strstr(e.text, file));
			assert_non_null(strstr(e.text, "correct or remove it"));
			if (strstr(e.text, lines[i].why) == NULL)
				fail_msg("%zu: %s", i, e.text);
			continue;
		}
		if (lines[i].out == NULL)
			fail_msg("%zu was taken", i);
		assert_false(fresh);
		add(p, "another@h");
		contacts_remove(p, add(p, "another@h"));
		save(p);
		contacts_free(p);
		assert_file(file, lines[i].out);
	}
	contacts_free(NULL);
}

static void
test_fresh(void **state)
{
	struct contacts *p;
	struct contact *bob;
	struct err e = {0};
	struct stat st;
	bool fresh;
	char path[160];

	(void)state;
	snprintf(path, sizeof(path), "%s/some/folder/people", dir);
	assert_int_equal(contacts_open(path, &p, &fresh, &e), 0);
	assert_true(fresh);
	assert_int_equal(contacts_count(p), 0);
	assert_null(contacts_at(p, 0));
	/* Nothing changed: nothing is written. */
	save(p);
	assert_int_equal(stat(path, &st), -1);
	bob = add(p, "bob@example.net");
	bob->sign = CHOICE_ON;
	save(p);
	assert_file(path, "sips:bob@example.net sign\n");
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	*strrchr(path, '/') = '\0';
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0700);
	contacts_free(p);
	/* What is no file. */
	assert_int_equal(contacts_open(path, &p, &fresh, &e), -1);
	assert_int_equal(e.exit, EX_CONFIG);
}

static void
test_comments_stay(void **state)
{
	struct contacts *p;
	struct err e = {0};

	(void)state;
	put(file, BYTES("# work\nzoe@h name=Zoe\nbob@h\n\n# home\namy@h\n"));
	p = load();
	contacts_remove(p, contacts_find(p, BYTES("bob@h")));
	contacts_find(p, BYTES("zoe"))->ignored = true;
	assert_int_equal(contacts_rename(p, contacts_find(p, BYTES("amy@h")),
			     BYTES("Amy"), &e),
	    0);
	add(p, "sip:new@h");
	save(p);
	contacts_free(p);
	assert_file(file,
	    "# work\nsips:zoe@h ignored name=Zoe\n\n"
	    "# home\nsips:amy@h name=Amy\nsip:new@h\n");
}

static void
test_links(void **state)
{
	char real[160], link1[160];
	struct contacts *p;
	struct stat st;

	(void)state;
	snprintf(real, sizeof(real), "%s/there/real", dir);
	snprintf(link1, sizeof(link1), "%s/link", dir);
	/* Two links, one of them relative, to what is not there yet. */
	unlink(file);
	assert_int_equal(symlink("link", file), 0);
	assert_int_equal(symlink(real, link1), 0);
	p = load();
	add(p, "bob@h");
	save(p);
	assert_file(real, "sips:bob@h\n");
	add(p, "amy@h");
	save(p);
	contacts_free(p);
	assert_file(real, "sips:bob@h\nsips:amy@h\n");
	assert_int_equal(lstat(file, &st), 0);
	assert_true(S_ISLNK(st.st_mode));
	assert_int_equal(lstat(link1, &st), 0);
	assert_true(S_ISLNK(st.st_mode));
	unlink(file);
}

static void
test_no_room(void **state)
{
	struct rlimit none = {8, RLIM_INFINITY}, all;
	char command[160];
	struct contacts *p;
	struct err e = {0};

	(void)state;
	put(file, BYTES("bob@example.net\n"));
	p = load();
	add(p, "amy@example.net");
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &all), 0);
	none.rlim_max = all.rlim_max;
	(void)signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &none), 0);
	assert_int_equal(contacts_save(p, &e), -1);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &all), 0);
	assert_int_equal(e.exit, EX_IOERR);
	assert_non_null(strstr(e.text, file));
	assert_file(file, "bob@example.net\n");
	snprintf(
	    command, sizeof(command), "ls -a '%s' | grep -q 'people.new'", dir);
	assert_int_not_equal(system(command), 0);
	/* It is tried again. */
	save(p);
	assert_file(file, "sips:bob@example.net\nsips:amy@example.net\n");
	contacts_free(p);
}

/* --- persons -------------------------------------------------------------- */

static void
assert_order(struct contacts *p, const char *want)
{
	struct buf b = {0};
	size_t i;

	buf_adds(&b, "");
	for (i = 0; i < contacts_count(p); i++)
		buf_addf(&b, "%s,", contact_name(contacts_at(p, i)));
	assert_string_equal((char *)b.p, want);
	buf_free(&b);
}

static int
rename_to(struct contacts *p, struct contact *who, const char *name)
{
	struct err e = {0};
	int rc = contacts_rename(p, who, span_str(name), &e);

	if (rc == -1)
		assert_int_equal(e.exit, EX_DATAERR);
	return rc;
}

static void
test_order_and_names(void **state)
{
	struct contacts *p;
	struct contact *bob, *amy, *zoe;

	(void)state;
	unlink(file);
	p = load();
	bob = add(p, "bob@h");
	zoe = add(p, "zoe@h");
	amy = add(p, " sip:Amy@h ");
	assert_order(p, "Amy@h,bob@h,zoe@h,");
	assert_int_equal(rename_to(p, zoe, " \u00c4nne\t"), 0);
	assert_int_equal(rename_to(p, amy, "Zed"), 0);
	assert_order(p, "bob@h,Zed,\u00c4nne,");
	/* Its own, in other letters, may be taken. */
	assert_int_equal(rename_to(p, zoe, "\u00e4NNE"), 0);
	assert_int_equal(rename_to(p, bob, "\u00c4nne"), -1);
	assert_int_equal(rename_to(p, bob, "zed"), -1);
	assert_int_equal(rename_to(p, bob, "zoe@h"), -1);
	assert_int_equal(rename_to(p, bob, "zoe\uff20h"), -1);
	assert_int_equal(rename_to(p, bob, "sips:zoe"), -1);
	assert_int_equal(rename_to(p, bob, "a\nb"), -1);
	assert_int_equal(rename_to(p, bob, "a\u202e"), -1);
	assert_int_equal(rename_to(p, bob, "a\xff"), -1);
	assert_order(p, "bob@h,Zed,\u00e4NNE,");
	assert_null(bob->name);

	assert_ptr_equal(contacts_find(p, BYTES("ZED")), amy);
	assert_ptr_equal(contacts_find(p, BYTES("\u00c4nne")), zoe);
	assert_ptr_equal(contacts_find(p, BYTES("bob@H")), bob);
	assert_ptr_equal(contacts_find(p, BYTES("sip:bob@h;x=y")), bob);
	assert_null(contacts_find(p, BYTES("bob")));
	assert_null(contacts_find(p, BYTES("BOB@h")));
	assert_null(contacts_find(p, BYTES("")));
	assert_ptr_equal(contacts_by_aor(p, &amy->aor), amy);

	/* The same address is the same person, however it is written. */
	assert_ptr_equal(add(p, "sip:%62ob@H.:5070"), bob);
	assert_string_equal(bob->uri, "sips:bob@h");
	assert_int_equal(contacts_count(p), 3);
	assert_int_equal(rename_to(p, amy, ""), 0);
	assert_null(amy->name);
	contacts_remove(p, bob);
	assert_null(contacts_find(p, BYTES("bob@h")));
	assert_order(p, "Amy@h,\u00e4NNE,");
	contacts_free(p);
}

static void
test_bad_address(void **state)
{
	static const char *const bad[] = {"", "bob", "bob@", "@h", "im:bob@h",
	    "sips:h", "bob@h h", "b\nb@h", "sip:bob@h\n"};
	struct contacts *p;
	struct contact *who;
	struct err e;
	size_t i;

	(void)state;
	unlink(file);
	p = load();
	for (i = 0; i < COUNT(bad); i++) {
		e = (struct err){0};
		if (contacts_add(p, span_str(bad[i]), &who, &e) == 0)
			fail_msg("\"%s\" was taken", bad[i]);
		assert_int_equal(e.exit, EX_DATAERR);
	}
	assert_int_equal(contacts_count(p), 0);
	contacts_free(p);
}

static void
test_same_name_in_the_file(void **state)
{
	struct contacts *p;

	(void)state;
	put(file, BYTES("a@h name=Bob\nb@h name=bob\nc@h name=Bo\n"));
	p = load();
	assert_order(p, "Bo,Bob,bob,");
	assert_null(contacts_find(p, BYTES("bob")));
	assert_non_null(contacts_find(p, BYTES("bo")));
	assert_int_equal(
	    rename_to(p, contacts_find(p, BYTES("b@h")), "Ben"), 0);
	assert_string_equal(contacts_find(p, BYTES("bob"))->uri, "sips:a@h");
	contacts_free(p);
}

/* Pinned and verified are two things: only what was compared is verified, and
 * all of it has to be. */
static void
test_verified(void **state)
{
	struct contacts *p;
	struct contact *bob, *amy, *zoe;
	struct fingerprints f = {.count = 0};

	(void)state;
	assert_true(fingerprints_add_hex(&f, BYTES(SEEN "/" OTHER), '/'));
	put(file,
	    BYTES("bob@h verified=" SEEN "\namy@h verified=" SEEN "/" OTHER
		  "\nzoe@h seen=" SEEN "\n"));
	p = load();
	bob = contacts_find(p, BYTES("bob@h"));
	amy = contacts_find(p, BYTES("amy@h"));
	zoe = contacts_find(p, BYTES("zoe@h"));
	assert_int_equal(bob->pin, CONTACT_NOT_PINNED);
	contacts_pinned(p, bob->aor.key, f.list[0]);
	contacts_pinned(p, amy->aor.key, f.list[1]);
	contacts_pinned(p, amy->aor.key, f.list[0]);
	contacts_pinned(p, zoe->aor.key, f.list[0]);
	contacts_pinned(p, "nobody@h", f.list[0]);
	contacts_pinned(p, "zzz@h", f.list[0]);
	assert_int_equal(bob->pin, CONTACT_VERIFIED);
	assert_int_equal(amy->pin, CONTACT_VERIFIED);
	assert_int_equal(zoe->pin, CONTACT_UNVERIFIED);
	/* one of two is another, in whatever order they come */
	contacts_no_pins(p);
	assert_int_equal(amy->pin, CONTACT_NOT_PINNED);
	contacts_pinned(p, bob->aor.key, f.list[1]);
	contacts_pinned(p, bob->aor.key, f.list[0]);
	assert_int_equal(bob->pin, CONTACT_UNVERIFIED);
	contacts_no_pins(p);
	contacts_pinned(p, bob->aor.key, f.list[0]);
	contacts_pinned(p, bob->aor.key, f.list[1]);
	assert_int_equal(bob->pin, CONTACT_UNVERIFIED);
	contacts_free(p);
}

static void
test_many(void **state)
{
	struct buf b = {0};
	struct contacts *p;
	char uri[64];
	unsigned i;

	(void)state;
	for (i = 0; i < 20000; i++)
		buf_addf(&b,
		    "sips:u%05u@example.net seen=" SEEN " name=Person %u\n",
		    i * 7919 % 20000, i);
	put(file, span_buf(&b));
	buf_free(&b);
	p = load();
	assert_int_equal(contacts_count(p), 20000);
	for (i = 0; i < 20000; i++) {
		snprintf(uri, sizeof(uri), "u%05u@example.net", i);
		assert_non_null(contacts_find(p, span_str(uri)));
	}
	while (contacts_count(p) > 19000)
		contacts_remove(p, contacts_at(p, contacts_count(p) / 2));
	for (i = 1; i < contacts_count(p); i++)
		assert_true(strcmp(contact_name(contacts_at(p, i - 1)),
				contact_name(contacts_at(p, i))) < 0);
	contacts_free(p);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_lines),
	    cmocka_unit_test(test_fresh),
	    cmocka_unit_test(test_comments_stay),
	    cmocka_unit_test(test_links),
	    cmocka_unit_test(test_no_room),
	    cmocka_unit_test(test_order_and_names),
	    cmocka_unit_test(test_bad_address),
	    cmocka_unit_test(test_same_name_in_the_file),
	    cmocka_unit_test(test_verified),
	    cmocka_unit_test(test_many),
	};

	return cmocka_run_group_tests_name("people", tests, setup, teardown);
}
