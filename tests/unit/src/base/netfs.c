/* Which file systems are of a network, by what Linux calls them. */
#include "tests/unit/keys/keys_check.h"

#include "src/base/netfs.h"

static void
each_is_known_by_its_number(void **state)
{
	static const struct {
		unsigned long magic;
		const char *name; /* NULL: local */
	} t[] = {
	    {0x6969, "NFS"},
	    {0xff534d42, "CIFS"},
	    {0xfe534d42, "SMB"},
	    {0x517b, "SMB"},
	    {0x01021997, "9P"},
	    {0x5346414f, "AFS"},
	    {0x00c36400, "Ceph"},
	    {0x73757245, "Coda"},
	    {0xef53, NULL}, /* ext4 */
	    {0x9123683e, NULL}, /* btrfs */
	    {0x58465342, NULL}, /* XFS */
	    {0x01021994, NULL}, /* tmpfs */
	    {0x794c7630, NULL}, /* overlay */
	    {0x2fc12fc1, NULL}, /* ZFS */
	    {0xf15f, NULL}, /* eCryptfs */
	    {0x65735546, NULL}, /* FUSE, which may be anything */
	    {0, NULL},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		const char *got = netfs_by_magic(t[i].magic);

		if (t[i].name == NULL)
			assert_null(got);
		else
			assert_string_equal(got, t[i].name);
	}
	/* As a signed number of 32 bits has it. */
	assert_string_equal(
	    netfs_by_magic((unsigned long)(int)0xff534d42), "CIFS");
}

static void
one_in_user_space_is_known_by_its_name(void **state)
{
	(void)state;
	assert_string_equal(netfs_by_fuse(span_str("sshfs")), "sshfs");
	assert_string_equal(netfs_by_fuse(span_str("rclone")), "rclone");
	assert_null(netfs_by_fuse(span_str("gocryptfs")));
	assert_null(netfs_by_fuse(span_str("sshfs2")));
	assert_null(netfs_by_fuse(span_str("")));
}

static void
a_file_that_is_not_there_is_where_its_folder_is(void **state)
{
	(void)state;
	assert_null(netfs_find("/"));
	assert_null(netfs_find("/proc/no such file"));
	assert_null(netfs_find("no such file"));
	assert_null(netfs_find("/no such folder/no such file"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(each_is_known_by_its_number),
	    cmocka_unit_test(one_in_user_space_is_known_by_its_name),
	    cmocka_unit_test(a_file_that_is_not_there_is_where_its_folder_is),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
