/* A verb's words: options in any place, their values, and what is refused. */
#include "tests/unit/keys/keys_check.h"

#include "src/app/verb_args.h"

static const struct verb_option own[] = {{"force", 'f', NULL, "f"},
    {"name", 'n', "NAME", "n"}, {"names", 0, NULL, "ns"},
    {NULL, 'b', NULL, "b"}, {NULL, 0, NULL, NULL}};
static const struct verb some = {.name = "some",
    .args = "[-b] WORD..",
    .help = "h",
    .options = own,
    .least = 1,
    .most = 3};
static const struct verb texts = {.name = "texts",
    .args = "TO TEXT",
    .help = "h",
    .options = own,
    .most = 3,
    .stops = true};
static const struct verb actions[] = {
    {.name = "many one", .args = "", .help = "h"},
    {.name = "many two",
	.args = "[--force] X",
	.help = "h",
	.options = own,
	.least = 1,
	.most = 1},
    {.name = NULL}};
static const struct verb many = {
    .name = "many", .args = "one|two", .help = "h", .actions = actions};

/* Parses words with blanks between them; says "f n=NAME b: WORD.." or the
 * error. */
static void
parses(const struct verb *v, const char *line, const char *wanted)
{
	char copy[200], *words[20], *rest;
	struct verb_args a;
	struct buf said = {0};
	struct err e;
	size_t n = 0;

	snprintf(copy, sizeof(copy), "%s", line);
	for (char *w = strtok_r(copy, " ", &rest); w != NULL;
	     w = strtok_r(NULL, " ", &rest))
		words[n++] = w;
	words[n] = NULL;
	if (verb_args_parse(v, words, &a, &e) == -1) {
		assert_int_equal(e.exit, EX_USAGE);
		buf_adds(&said, e.text);
	} else {
		buf_adds(&said, verb_has(&a, "force") ? "f " : "");
		if (verb_has(&a, "name"))
			buf_addf(&said, "n=%s ", verb_value(&a, "name"));
		buf_adds(&said, verb_has(&a, "names") ? "ns " : "");
		buf_adds(&said, verb_has(&a, "b") ? "b " : "");
		buf_adds(&said, ":");
		for (int i = 0; i < a.count; i++)
			buf_addf(&said, " %s", a.words[i]);
		assert_null(a.words[a.count]);
	}
	assert_string_equal((char *)said.p, wanted);
	verb_args_free(&a);
	buf_free(&said);
}

static void
options_stand_anywhere_before_two_dashes(void **state)
{
	(void)state;
	parses(&some, "some x", ": x");
	parses(&some, "some -f x -b", "f b : x");
	parses(&some, "some -fbn N x", "f n=N b : x");
	parses(&some, "some -nN x", "n=N : x");
	parses(&some, "some x --name N --force", "f n=N : x");
	parses(&some, "some x --name=N=M", "n=N=M : x");
	parses(&some, "some -n -- x", "n=-- : x");
	parses(&some, "some -- -f --name", ": -f --name");
	parses(&some, "some - x", ": - x");
}

static void
a_beginning_names_what_it_can_be_of_alone(void **state)
{
	(void)state;
	parses(&some, "some --fo x", "f : x");
	parses(&some, "some --name N x", "n=N : x");
	parses(&some, "some --names x", "ns : x");
	parses(&some, "some --na N x", "usage: signet some [-b] WORD..");
}

static void
what_is_no_option_or_too_much_is_refused(void **state)
{
	static const char usage[] = "usage: signet some [-b] WORD..";

	(void)state;
	parses(&some, "some", usage);
	parses(&some, "some 1 2 3 4", usage);
	parses(&some, "some -x 1", usage);
	parses(&some, "some -fx 1", usage);
	parses(&some, "some --xyz 1", usage);
	parses(&some, "some 1 --name", usage);
	parses(&some, "some 1 -n", usage);
	parses(&some, "some 1 --force=yes", usage);
	parses(&some, "some 1 --b", usage);
}

static void
a_text_is_no_option(void **state)
{
	(void)state;
	parses(&texts, "texts to -f", ": to -f");
	parses(&texts, "texts -f to --name", "f : to --name");
	parses(&texts, "texts to -- x", ": to -- x");
}

static void
an_action_has_options_of_its_own(void **state)
{
	(void)state;
	parses(&many, "many one", ":");
	parses(&many, "many one --force", "usage: signet many one");
	parses(&many, "many two --force y", "f : y");
	parses(&many, "many two", "usage: signet many two [--force] X");
	parses(&many, "many", "usage: signet many one|two");
	parses(&many, "many three", "usage: signet many one|two");
}

static void
a_number_is_checked(void **state)
{
	char *words[] = {"some", "x", "--name", "12", NULL};
	struct verb_args a;
	unsigned n = 7;
	struct err e;

	(void)state;
	assert_int_equal(verb_args_parse(&some, words, &a, &e), 0);
	assert_int_equal(verb_number(&a, "force", 9, &n, &e), 0);
	assert_int_equal(n, 7);
	assert_int_equal(verb_number(&a, "name", 12, &n, &e), 0);
	assert_int_equal(n, 12);
	assert_int_equal(verb_number(&a, "name", 11, &n, &e), -1);
	assert_string_equal(
	    e.text, "--name needs a number up to 11, not \"12\"");
	verb_args_free(&a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(options_stand_anywhere_before_two_dashes),
	    cmocka_unit_test(a_beginning_names_what_it_can_be_of_alone),
	    cmocka_unit_test(what_is_no_option_or_too_much_is_refused),
	    cmocka_unit_test(a_text_is_no_option),
	    cmocka_unit_test(an_action_has_options_of_its_own),
	    cmocka_unit_test(a_number_is_checked),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
