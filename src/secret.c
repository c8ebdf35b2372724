#include "secret.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../keys/passphrase.h"

int
secret_command(const char *command, struct buf *out, struct err *e)
{
	FILE *f = popen(command, "r");
	bool line = false, too_long = false;
	int c, status;

	if (f == NULL)
		return err_set(e, EX_OSERR, "%s cannot be run: %s", command,
		    strerror(errno));
	/* stdio would keep a copy in its buffer. */
	(void)setvbuf(f, NULL, _IONBF, 0);
	buf_reserve(out, PASSPHRASE_MAX);
	while ((c = getc(f)) != EOF) {
		char byte = (char)c;

		line = line || c == '\n';
		if (!line && out->n < PASSPHRASE_MAX - 1)
			buf_add(out, &byte, 1);
		else if (!line)
			too_long = true;
	}
	status = pclose(f);
	if (too_long) {
		buf_wipe(out);
		return err_set(e, EX_CONFIG,
		    "what the command \"%s\" prints is longer than a "
		    "passphrase can be (%d bytes)",
		    command, PASSPHRASE_MAX - 1);
	}
	if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
		buf_wipe(out);
		return err_set(e, EX_CONFIG,
		    "the command \"%s\" failed, and gave no secret", command);
	}
	return 0;
}

int
secret_ask(void *arg, const char *what, bool fresh, struct buf *out,
    struct err *e)
{
	const char *command = arg;
	char prompt[512];

	if (command != NULL)
		return secret_command(command, out, e);
	if (fresh && !isatty(STDIN_FILENO))
		return 0;
	(void)snprintf(prompt, sizeof(prompt),
	    fresh ? "New passphrase for %.400s (empty: none): "
		  : "Passphrase for %.400s: ",
	    what);
	return passphrase_read(prompt, fresh, out, e);
}
