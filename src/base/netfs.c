#include "src/base/netfs.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* These are part of Linux alone. */
#ifdef __linux__
#include <sys/sysmacros.h>
#include <sys/vfs.h>
#endif

enum { NETFS_FUSE = 0x65735546 };

const char *
netfs_by_magic(unsigned long magic)
{
	static const struct {
		unsigned long magic;
		const char *name;
	} known[] = {
	    {0x6969, "NFS"},
	    {0xff534d42, "CIFS"},
	    {0xfe534d42, "SMB"},
	    {0x517b, "SMB"},
	    {0x01021997, "9P"},
	    {0x5346414f, "AFS"},
	    {0x6b414653, "AFS"},
	    {0x73757245, "Coda"},
	    {0x00c36400, "Ceph"},
	};

	/* A 32-bit f_type may have been extended by its sign. */
	magic &= 0xffffffff;
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (known[i].magic == magic)
			return known[i].name;
	return NULL;
}

const char *
netfs_by_fuse(struct span name)
{
	static const char *const known[] = {"sshfs", "s3fs", "rclone",
	    "glusterfs", "cephfs", "ceph-fuse", "curlftpfs", "davfs",
	    "gvfsd-fuse", "smbnetfs"};

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (span_is(name, known[i]))
			return known[i];
	return NULL;
}

#ifdef __linux__
/* Returns the network file system of a line of mountinfo (proc(5)), if it is
 * the mount with this device number. */
static const char *
netfs_of_mount(const char *line, struct span device)
{
	const char *type = strstr(line, " - fuse.");
	struct span rest = span_str(line), name;

	for (int i = 0; i < 2; i++)
		rest = span_cut(rest, span_find(rest, ' ', 0) + 1, rest.n);
	if (type == NULL ||
	    !span_eq(span_cut(rest, 0, span_find(rest, ' ', 0)), device))
		return NULL;
	name = span_str(type + strlen(" - fuse."));
	return netfs_by_fuse(span_cut(name, 0, span_find(name, ' ', 0)));
}

static const char *
netfs_of_fuse(const char *path)
{
	FILE *f = fopen("/proc/self/mountinfo", "r");
	const char *found = NULL;
	struct buf device = {0};
	char *line = NULL;
	size_t room = 0;
	struct stat st;

	if (f != NULL && stat(path, &st) == 0) {
		buf_addf(&device, "%u:%u", major(st.st_dev), minor(st.st_dev));
		while (found == NULL && getline(&line, &room, f) > 0)
			found = netfs_of_mount(line, span_buf(&device));
	}
	free(line);
	buf_free(&device);
	if (f != NULL)
		(void)fclose(f);
	return found;
}

static const char *
netfs_of(const char *path, bool *there)
{
	struct statfs s;

	*there = statfs(path, &s) == 0;
	if (!*there)
		return NULL;
	return ((unsigned long)s.f_type & 0xffffffff) == NETFS_FUSE
	    ? netfs_of_fuse(path)
	    : netfs_by_magic((unsigned long)s.f_type);
}

const char *
netfs_find(const char *path)
{
	const char *slash = strrchr(path, '/');
	bool there;
	const char *found = netfs_of(path, &there);
	char *folder;

	if (there)
		return found;
	folder = slash != NULL && slash > path
	    ? xstrndup((struct span){
		  (const unsigned char *)path, (size_t)(slash - path)})
	    : xstrdup(slash != NULL ? "/" : ".");
	found = netfs_of(folder, &there);
	free(folder);
	return found;
}
#else
const char *
netfs_find(const char *path)
{
	(void)path;
	return NULL;
}
#endif
