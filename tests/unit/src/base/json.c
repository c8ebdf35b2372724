/* JSON as it is written: commas, lists, escapes. */
#include "tests/unit/keys/keys_check.h"

#include "src/base/json.h"

static void
objects_on_lines(void **state)
{
	struct buf b = {0};

	(void)state;
	json_open(&b);
	json_member(&b, "a", "x\"\n");
	json_member(&b, "b", NULL);
	json_number(&b, "c", UINT64_MAX);
	json_bool(&b, "d", true);
	json_bool(&b, "e", false);
	json_null(&b, "f");
	json_time(&b, "g", 0);
	json_close_line(&b);
	json_open(&b);
	json_close_line(&b);
	assert_string_equal((char *)b.p,
	    "{\"a\":\"x\\\"\\u000a\",\"b\":null,\"c\":18446744073709551615,"
	    "\"d\":true,\"e\":false,\"f\":null,"
	    "\"g\":\"1970-01-01T00:00:00Z\"}\n{}\n");
	buf_free(&b);
}

static void
lists(void **state)
{
	struct buf b = {0};

	(void)state;
	json_open(&b);
	json_list(&b, "none");
	json_list_end(&b);
	json_list(&b, "words");
	json_string(&b, "{");
	json_string(&b, "[");
	json_list_end(&b);
	json_list(&b, "objects");
	json_open(&b);
	json_member(&b, "a", "");
	json_close(&b);
	json_open(&b);
	json_close(&b);
	json_list_end(&b);
	json_number(&b, "last", 0);
	json_close_line(&b);
	assert_string_equal((char *)b.p,
	    "{\"none\":[],\"words\":[\"{\",\"[\"],"
	    "\"objects\":[{\"a\":\"\"},{}],\"last\":0}\n");
	buf_free(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(objects_on_lines),
	    cmocka_unit_test(lists),
	};

	return cmocka_run_group_tests_name("base_json", tests, NULL, NULL);
}
