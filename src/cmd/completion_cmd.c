#include "src/cmd/verbs.h"

#include <string.h>

#include "src/app/completion.h"
#include "src/app/verb.h"
#include "src/show/report.h"

static int
completion_verb_run(const struct config *c, const struct verb_args *a)
{
	struct buf out = {0};
	struct err e = {0};
	int rc;

	(void)c;
	if (strcmp(a->words[0], "bash") == 0)
		completion_bash(verbs, &out);
	else if (strcmp(a->words[0], "zsh") == 0)
		completion_zsh(verbs, &out);
	else if (strcmp(a->words[0], "fish") == 0)
		completion_fish(verbs, &out);
	rc = out.n > 0 ? report_write(&out, &e) : verb_usage(a, &e);
	buf_free(&out);
	return rc == 0 ? 0 : verb_fail(&e);
}

const struct verb completion_verb = {.name = "completion",
    .args = "bash|zsh|fish",
    .help = "print a script that has the shell complete signet's words",
    .least = 1,
    .most = 1,
    .impersonal = true,
    .run = completion_verb_run};
