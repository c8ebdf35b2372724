/*
 * The command that a person is told to type into a shell.
 */
#include "src/app/config.h"

#include <stdio.h>
#include <string.h>

#include "src/base/shell.h"

void
config_shell(const struct config *c, struct buf *out)
{
	buf_adds(out, "signet");
	if (c->config != NULL) {
		buf_adds(out, " -c ");
		shell_path(out, c->config);
	}
	if (c->keys == NULL || c->keys_default)
		return;
	buf_adds(out, " -k ");
	shell_path(out, c->keys);
}

void
config_recipe(const struct config *c, const char *recipe, const char *about,
    struct buf *out)
{
	for (; *recipe != '\0'; recipe++)
		if (*recipe == '$')
			config_shell(c, out);
		else if (*recipe == '#')
			shell_name(out, about);
		else if (*recipe == '%')
			buf_adds(out, about);
		else
			buf_add(out, recipe, 1);
}

/* The advice for each cause: a command that the user can type into a shell. */
static const char *const recipes[] = {
    [CAUSE_NO_OWN_CERT] = "make one with $ keys new #",
    [CAUSE_OWN_CERT_ENDS] =
	"make a new one before with $ keys new --force #, or take one with $ "
	"keys import --force FILE",
    [CAUSE_OWN_CERT_REFUSED] =
	"make a new one with $ keys new --force #, take one with $ keys "
	"import --force FILE, or send it unsigned with --no-sign",
    [CAUSE_NO_PEER_CERT] = "take theirs with $ keys import FILE",
    [CAUSE_PEER_CERT_UNPINNED] =
	"compare it with theirs, and pin it with $ keys trust #",
    [CAUSE_PEER_CERT_NO_CRL] =
	"take a new CRL of its issuer with $ keys import --force FILE",
    [CAUSE_PEER_CERT_REFUSED] =
	"take a new one of theirs with $ keys import --force FILE",
    [CAUSE_NO_DOMAIN_CERT] =
	"make one with $ keys new #, or take one with $ keys import FILE",
    [CAUSE_NO_CA] = "make one with $ ca init #",
};

bool
config_advice(const struct config *c, const struct err *e, struct buf *out)
{
	if ((size_t)e->cause >= sizeof(recipes) / sizeof(recipes[0]) ||
	    recipes[e->cause] == NULL || e->about[0] == '\0')
		return false;
	config_recipe(c, recipes[e->cause], e->about, out);
	return true;
}

void
config_advise(const struct config *c, struct err *e)
{
	size_t n = strlen(e->text);
	struct buf b = {0};

	if (!config_advice(c, e, &b))
		return;
	/* A command that is cut is another one. */
	if (b.n + 2 < sizeof(e->text) - n)
		(void)snprintf(e->text + n, sizeof(e->text) - n, "; %s",
		    (const char *)b.p);
	buf_free(&b);
	e->cause = CAUSE_NONE;
}
