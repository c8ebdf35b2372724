/* Completion: words, people and files. */
#include "tests/unit/src/sip/sip_test.h"

#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include "src/base/text.h"
#include "ui/edit/complete.h"

static char dir[64];

/* Commands at the start; then what the command says. */
static enum complete_kind
place(void *arg, struct span text, size_t from, const char **words)
{
	(void)arg;
	if (from == 0)
		return text.n > 0 && text.p[0] == '/' ? COMPLETE_COMMAND
						      : COMPLETE_NOTHING;
	if (span_starts_nocase(text, "/msg "))
		return COMPLETE_CONTACT;
	if (span_starts_nocase(text, "/file "))
		return COMPLETE_FILE;
	*words = "on|off|other";
	return span_starts_nocase(text, "/set ") ? COMPLETE_WORDS
						 : COMPLETE_NOTHING;
}

static const char *
name(void *arg, enum complete_kind kind, size_t i)
{
	static const char *const commands[] = {
	    "/msg", "/set", "/file", "/settle", "/find"};
	static const char *const contacts[] = {"Bob\tbob@example.net",
	    "Anna Berta\tanna@example.net", "amy@example.net",
	    "\u00c4nne\tx1@example.net", "Zoe\trobert@example.net",
	    "Bo\tbo@example.net", "Two Words"};

	(void)arg;
	if (kind == COMPLETE_COMMAND)
		return i < COUNT(commands) ? commands[i] : NULL;
	assert_int_equal(kind, COMPLETE_CONTACT);
	return i < COUNT(contacts) ? contacts[i] : NULL;
}

/* "before|after", the cursor at the '|'. */
static void
set(struct edit *e, const char *text)
{
	struct span s = span_str(text);
	size_t at = span_find(s, '|', 0);

	edit_set(e, span_cut(s, at + 1, s.n));
	edit_do(e, EDIT_START);
	edit_insert(e, span_cut(s, 0, at));
}

static const char *
shown(const struct edit *e)
{
	static char out[4096];
	struct span s = edit_text(e);
	size_t at = edit_cursor(e);

	snprintf(out, sizeof(out), "%.*s|%s", (int)at, (const char *)s.p,
	    (const char *)s.p + at);
	return out;
}

static const struct {
	const char *before;
	const char *after[6]; /* each Tab; NULL first: a bell */
} tabs[] = {
    {"/m|", {"/msg |"}},
    {"/M|", {"/msg |"}},
    {"/m| x", {"/msg| x"}},
    {"/x|", {NULL}},
    {"hello|", {NULL}},
    {"|", {NULL}},
    {"/s|", {"/set|", "/set|", "/settle|", "/s|", "/set|"}},
    {"/f|x", {"/fi|x", "/file|x", "/find|x", "/f|x"}},
    {"/set |",
	{"/set o|", "/set on|", "/set off|", "/set other|", "/set |",
	    "/set on|"}},
    {"/set OF|", {"/set off |"}},
    {"/set ofx|", {NULL}},

    {"/msg bob|", {"/msg Bob |"}},
    {"/msg rob|", {"/msg Zoe |"}},
    {"/msg BO|", {"/msg BO|", "/msg Bo|", "/msg Bob|", "/msg BO|"}},
    {"/msg ann|", {"/msg anna@example.net |"}},
    {"/msg \u00e4|", {"/msg \u00c4nne |"}},
    {"/msg a|",
	{"/msg a|", "/msg amy@example.net|", "/msg anna@example.net|",
	    "/msg a|"}},
    {"/msg two|", {NULL}},

    {"/file al|", {"/file alpha |"}},
    {"/file b|", {"/file b|", "/file beta|", "/file bin/|", "/file b|"}},
    {"/file bin|", {"/file bin/|", "/file bin/tool |"}},
    {"/file o|",
	{"/file one\\ t|", "/file one\\ three|", "/file one\\ two|",
	    "/file o|"}},
    {"/file one\\ tw|", {"/file one\\ two |"}},
    {"/file one tw|", {NULL}},
    {"/file ./AL|", {"/file ./alpha |"}},
    {"/file .|", {"/file .hidden |"}},
    {"/file \\~|", {"/file \\~tilde |"}},
    {"/file ~|", {"/file ~/|"}},
    {"/file ~/.h|", {"/file ~/.hidden |"}},
    {"/file q|", {"/file q|", "/file q\\ x|", "/file q\\\\x|"}},
    {"/file k|", {"/file k\\\\slash |"}},
    {"/file k\\\\s|", {"/file k\\\\slash |"}},
    {"/file w\\ d/|", {"/file w\\ d/x\\ y |"}},
    {"/file nowhere/|", {NULL}},
    {"/file line|", {NULL}}, /* there, but not to be typed */
    {"/file /tm|", {"/file /tmp/|"}},
};

static void
test_tabs(void **state)
{
	struct edit_kills *k = edit_kills_new();
	struct complete *c = complete_new(place, name, NULL);
	struct edit *e = edit_new(k);
	size_t i, n;

	(void)state;
	for (i = 0; i < COUNT(tabs); i++) {
		set(e, tabs[i].before);
		if (tabs[i].after[0] == NULL) {
			if (complete_tab(c, e, false))
				fail_msg("%s: %s", tabs[i].before, shown(e));
			assert_string_equal(shown(e), tabs[i].before);
			assert_string_equal(complete_shown(c, 80), "");
		}
		for (n = 0; n < 6 && tabs[i].after[n] != NULL; n++)
			if (!complete_tab(c, e, false) ||
			    strcmp(shown(e), tabs[i].after[n]) != 0)
				fail_msg("%s: Tab %zu: %s", tabs[i].before,
				    n + 1, shown(e));
	}
	edit_free(e);
	edit_kills_free(k);
	complete_free(c);
	complete_free(NULL);
}

static void
test_back_and_anew(void **state)
{
	struct edit_kills *k = edit_kills_new();
	struct complete *c = complete_new(place, name, NULL);
	struct edit *e = edit_new(k), *other = edit_new(k);

	(void)state;
	set(e, "/set o|");
	assert_true(complete_tab(c, e, true));
	assert_true(complete_tab(c, e, true));
	assert_string_equal(shown(e), "/set other|");
	assert_true(complete_tab(c, e, true));
	assert_string_equal(shown(e), "/set off|");
	assert_true(complete_tab(c, e, false));
	assert_true(complete_tab(c, e, false));
	assert_string_equal(shown(e), "/set o|");
	assert_true(complete_tab(c, e, false));
	assert_string_equal(shown(e), "/set on|");
	/* What is typed, and a step of the cursor, begin anew. */
	edit_insert(e, BYTES(" "));
	edit_do(e, EDIT_BACKSPACE);
	assert_true(complete_tab(c, e, false));
	assert_string_equal(shown(e), "/set on |");
	set(e, "/set o|");
	complete_tab(c, e, false);
	edit_do(e, EDIT_LEFT);
	edit_do(e, EDIT_RIGHT);
	complete_tab(c, e, false);
	assert_string_equal(shown(e), "/set o|");
	/* And another line. */
	set(other, "/set of|");
	assert_true(complete_tab(c, other, false));
	assert_string_equal(shown(other), "/set off |");
	assert_string_equal(shown(e), "/set o|");
	edit_free(e);
	edit_free(other);
	edit_kills_free(k);
	complete_free(c);
}

static void
test_shown(void **state)
{
	struct edit_kills *k = edit_kills_new();
	struct complete *c = complete_new(place, name, NULL);
	struct edit *e = edit_new(k);
	size_t width;
	int i;

	(void)state;
	assert_string_equal(complete_shown(c, 80), "");
	set(e, "/set o|");
	complete_tab(c, e, false);
	assert_string_equal(complete_shown(c, 80), "on  off  other");
	assert_string_equal(complete_shown(c, 14), "on  off  other");
	assert_string_equal(complete_shown(c, 13), "on  off  ...");
	assert_string_equal(complete_shown(c, 11), "on  ...");
	assert_string_equal(complete_shown(c, 1), "o");
	assert_string_equal(complete_shown(c, 0), "");
	for (i = 0; i < 3; i++)
		complete_tab(c, e, false);
	assert_string_equal(shown(e), "/set other|");
	assert_string_equal(complete_shown(c, 13), "other");
	for (width = 0; width < 20; width++)
		assert_true(
		    text_width(span_str(complete_shown(c, width))) <= width);
	/* Without the folder that they are in. */
	set(e, "/file ./b|");
	complete_tab(c, e, false);
	assert_string_equal(complete_shown(c, 80), "beta  bin/");
	/* One alone says itself. */
	set(e, "/set of|");
	complete_tab(c, e, false);
	assert_string_equal(complete_shown(c, 80), "");
	edit_free(e);
	edit_kills_free(k);
	complete_free(c);
}

static void
test_path(void **state)
{
	static const struct {
		const char *word, *path;
	} paths[] = {{"", ""}, {"a\\ b", "a b"}, {"a\\\\b", "a\\b"},
	    {"a\\", "a\\"}, {"~", "HOME"}, {"~/x", "HOME/x"},
	    {"~root/x", "ROOT/x"}, {"\\~/x", "~/x"}, {"a/~/b", "a/~/b"}};
	const struct passwd *root = getpwuid(0);
	char want[128], *got;
	struct err e;
	size_t i;

	(void)state;
	assert_non_null(root);
	for (i = 0; i < COUNT(paths); i++) {
		const char *path = paths[i].path, *home = "";

		if (strncmp(path, "HOME", 4) == 0)
			home = dir;
		else if (strncmp(path, "ROOT", 4) == 0)
			home = root->pw_dir;
		snprintf(want, sizeof(want), "%s%s", home,
		    path + (home[0] != '\0' ? 4 : 0));
		got = complete_path(span_str(paths[i].word), &e);
		assert_string_equal(got, want);
		free(got);
	}
	assert_null(complete_path(span_str("~no-such-user/x"), &e));
	assert_non_null(strstr(e.text, "no home folder ~no-such-user"));
}

static int
setup(void **state)
{
	static const char *const files[] = {"alpha", "beta", "bin/tool",
	    "one two", "one three", ".hidden", "~tilde", "k\\slash", "w d/x y",
	    "q x", "q\\x", "line\nend", "gr\xff"};
	size_t i;
	FILE *f;

	(void)state;
	snprintf(dir, sizeof(dir), "/tmp/signet-complete-XXXXXX");
	if (mkdtemp(dir) == NULL || chdir(dir) == -1 ||
	    mkdir("bin", 0700) == -1 || mkdir("w d", 0700) == -1)
		return -1;
	for (i = 0; i < COUNT(files); i++) {
		f = fopen(files[i], "w");
		if (f == NULL || fclose(f) != 0)
			return -1;
	}
	return setenv("HOME", dir, 1);
}

static int
teardown(void **state)
{
	char command[128];

	(void)state;
	snprintf(command, sizeof(command), "rm -rf '%s'", dir);
	return chdir("/") == -1 ? -1 : system(command);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_tabs),
	    cmocka_unit_test(test_back_and_anew),
	    cmocka_unit_test(test_shown),
	    cmocka_unit_test(test_path),
	};

	return cmocka_run_group_tests_name("complete", tests, setup, teardown);
}
