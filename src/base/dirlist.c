#include "src/base/dirlist.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/bytes.h"

static int
dirlist_name_order(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

int
dirlist_read(const char *path, struct dirlist *out, struct err *e)
{
	DIR *d = opendir(path);
	struct dirent *entry;
	int failed = errno;

	*out = (struct dirlist){.count = 0};
	while (d != NULL && (errno = 0, entry = readdir(d)) != NULL) {
		if (strcmp(entry->d_name, ".") == 0 ||
		    strcmp(entry->d_name, "..") == 0)
			continue;
		out->names = xrealloc(
		    out->names, (out->count + 1) * sizeof(*out->names));
		out->names[out->count++] = xstrdup(entry->d_name);
	}
	if (d != NULL) {
		failed = errno;
		(void)closedir(d);
	}
	if (out->count > 0)
		qsort(out->names, out->count, sizeof(*out->names),
		    dirlist_name_order);
	if (d == NULL || failed != 0)
		return err_set(e, EX_NOINPUT, "%s cannot be read: %s", path,
		    strerror(failed));
	return 0;
}

void
dirlist_free(struct dirlist *l)
{
	for (size_t i = 0; i < l->count; i++)
		free(l->names[i]);
	free(l->names);
	*l = (struct dirlist){.count = 0};
}
