/* The tables of commands and keys, from which help is made. */
#include "tests/unit/src/sip/sip_test.h"

#include "ui/commands_priv.h"
#include "ui/keys.h"
#include "ui/screen/edit_keys.h"

/* Each command has help, an example that begins as its arguments do, and names
 * of others that exist. */
static void
test_commands(void **state)
{
	const struct command *d;
	size_t i;

	(void)state;
	for (i = 0; (d = command_at(i)) != NULL; i++) {
		struct span near = span_str(d->near), word;
		size_t count = 0;

		assert_true(d->name[0] == '/' && d->help[0] != '\0');
		assert_ptr_equal(command_named(span_str(d->name)), d);
		/* What must be there is there; what cannot be is not. */
		if (d->args[0] == '\0')
			assert_string_equal(d->example, "");
		else if (d->args[0] != '[')
			assert_string_not_equal(d->example, "");
		while ((word = command_word(&near)).n > 0) {
			assert_non_null(command_named(word));
			assert_ptr_not_equal(command_named(word), d);
			count++;
		}
		assert_true(count > 0);
	}
	assert_int_equal(i, command_count());
	assert_null(command_at(i));
	assert_null(command_named(span_str("/nonsense")));
}

static void
test_keys(void **state)
{
	struct buf all = {0};
	enum edit_act edits;
	int code;

	(void)state;
	keys_help(&all);
	assert_null(strstr((char *)all.p, "(null)"));
	assert_non_null(strstr((char *)all.p, "Alt-V F3"));
	assert_non_null(strstr((char *)all.p, "^W"));
	buf_free(&all);
	for (size_t i = 0; edit_key_row(i, &code, &edits); i++)
		assert_non_null(edit_act_help(edits));
	assert_true(keys_help_of(span_str("alt-v"), &all));
	assert_string_equal((char *)all.p,
	    "  Alt-V F3                   show the full verdict of the chosen "
	    "message, or the last\n");
	buf_free(&all);
	assert_true(keys_help_of(span_str("pgup"), &all));
	buf_free(&all);
	assert_false(keys_help_of(span_str("Alt-0"), &all));
	assert_false(keys_help_of(span_str(""), &all));
	buf_free(&all);
}

/* Each act of the table has a key: KEY_ACTS is behind the last. */
static void
test_acts(void **state)
{
	bool has[KEY_ACTS] = {false};
	enum key_act act;

	(void)state;
	for (int code = 0; code < SCREEN_PASTE; code++)
		if (code < 256 || code >= SCREEN_KEY)
			for (int alt = 0; alt <= SCREEN_ALT; alt += SCREEN_ALT)
				if (key_act(code | alt, &act))
					has[act] = true;
	for (int i = 0; i < KEY_ACTS; i++)
		assert_true(has[i]);
	assert_true(key_act(SCREEN_META('V'), &act) && act == KEY_DETAILS);
	assert_true(key_act(SCREEN_META('v'), &act) && act == KEY_DETAILS);
	assert_false(key_act('v', &act));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_commands),
	    cmocka_unit_test(test_keys),
	    cmocka_unit_test(test_acts),
	};

	return cmocka_run_group_tests_name("tables", tests, NULL, NULL);
}
