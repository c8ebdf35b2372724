#include "src/base/home.h"

#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "src/base/bytes.h"

char *
home_expand(const char *path, struct err *e)
{
	const size_t n = strcspn(path, "/");
	struct buf out = {0};
	const char *home = NULL;
	const struct passwd *who;
	char *user;

	if (path[0] != '~')
		return xstrdup(path);
	user = xstrndup((struct span){(const unsigned char *)path, n});
	if (user[1] == '\0')
		home = getenv("HOME");
	if (home == NULL || home[0] == '\0') {
		who = user[1] == '\0' ? getpwuid(getuid()) : getpwnam(user + 1);
		home = who != NULL ? who->pw_dir : NULL;
	}
	if (home == NULL)
		err_set(e, EX_USAGE,
		    "%s: there is no home folder %s; write ./%s for a folder "
		    "of that name",
		    path, user, user);
	else
		buf_addf(&out, "%s%s", home, path + n);
	free(user);
	return (char *)out.p;
}
