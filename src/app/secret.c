#include "src/app/secret.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "keys/store/passphrase.h"
#include "src/base/shell.h"

/* Appends the first line of f, which is read to its end, without the CR of files
 * from other systems. Returns false if the line is too long. */
static bool
secret_first_line(FILE *f, struct buf *out)
{
	bool line = false, too_long = false;
	int c;

	/* Unbuffered, so that stdio keeps no copy of the secret. */
	(void)setvbuf(f, NULL, _IONBF, 0);
	buf_reserve(out, PASSPHRASE_MAX + 1);
	while ((c = getc(f)) != EOF) {
		char byte = (char)c;

		line = line || c == '\n';
		if (!line && out->n < PASSPHRASE_MAX)
			buf_add(out, &byte, 1);
		else if (!line)
			too_long = true;
	}
	if (out->n > 0 && out->p[out->n - 1] == '\r')
		out->n--;
	too_long = too_long || out->n == PASSPHRASE_MAX;
	return !too_long;
}

/* run: what the shell gets, which may be more than the command. */
static int
secret_run(const char *run, const char *command, struct buf *out, struct err *e)
{
	FILE *f = popen(run, "r");
	bool too_long;
	int status;

	if (f == NULL)
		return err_set(e, EX_OSERR, "%s cannot be run: %s", command,
		    strerror(errno));
	too_long = !secret_first_line(f, out);
	status = pclose(f);
	if (too_long) {
		buf_wipe(out);
		return err_set(e, EX_CONFIG,
		    "the command \"%s\" prints a line longer than a secret "
		    "may be (%d bytes)",
		    command, PASSPHRASE_MAX - 1);
	}
	if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
		buf_wipe(out);
		return err_set(e, EX_CONFIG,
		    "the command \"%s\" failed, so there is no secret",
		    command);
	}
	return 0;
}

int
secret_command(const char *command, struct buf *out, struct err *e)
{
	return secret_run(command, command, out, e);
}

static int
secret_command_quietly(const char *command, struct buf *out, struct err *e)
{
	struct buf run = {0};
	int rc;

	buf_addf(&run, "exec </dev/null 2>/dev/null\n%s", command);
	rc = secret_run((const char *)run.p, command, out, e);
	buf_free(&run);
	return rc;
}

static int
secret_prompt_passphrase(
    const char *what, bool fresh, struct buf *out, struct err *e)
{
	struct buf prompt = {0};
	int rc;

	buf_addf(&prompt,
	    "%s for %s%s: ", fresh ? "New passphrase" : "Passphrase", what,
	    fresh ? " (empty: none)" : "");
	rc = passphrase_read((char *)prompt.p, fresh, out, e);
	buf_free(&prompt);
	return rc;
}

static int
secret_prompt_password(
    const char *who, const char *more, struct buf *out, struct err *e)
{
	struct buf prompt = {0};
	int rc;

	buf_addf(&prompt, "SIP password for %s%s: ", who, more);
	rc = passphrase_read((char *)prompt.p, false, out, e);
	buf_free(&prompt);
	return rc;
}

/* Static, since it is handed from the setup to the client behind it. */
static struct buf secret_kept;

void
secret_keep(struct span passphrase)
{
	secret_forget();
	if (passphrase.n == 0)
		return;
	buf_reserve(&secret_kept, passphrase.n + 1);
	buf_addspan(&secret_kept, passphrase);
}

void
secret_forget(void)
{
	buf_wipe(&secret_kept);
}

int
secret_passphrase(
    void *arg, const char *what, bool fresh, struct buf *out, struct err *e)
{
	const char *command = arg;

	if (command != NULL)
		return secret_command(command, out, e);
	if (fresh && !isatty(STDIN_FILENO))
		return 0;
	if (!fresh && secret_kept.n > 0) {
		buf_reserve(out, secret_kept.n + 1);
		buf_addspan(out, span_buf(&secret_kept));
		secret_forget();
		return 0;
	}
	return secret_prompt_passphrase(what, fresh, out, e);
}

static int
secret_file(const char *file, struct buf *out, struct err *e)
{
	FILE *f = fopen(file, "r");
	struct buf word = {0};
	struct stat st;
	bool whole;

	if (f == NULL)
		return err_set(e, EX_CONFIG,
		    "the password file %s cannot be read: %s", file,
		    strerror(errno));
	if (fstat(fileno(f), &st) == 0 && S_ISREG(st.st_mode) &&
	    (st.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
		(void)fclose(f);
		shell_path(&word, file);
		(void)err_set(e, EX_CONFIG,
		    "the password file %s is readable by others; run "
		    "chmod 600 %s",
		    file, (const char *)word.p);
		buf_free(&word);
		return -1;
	}
	whole = secret_first_line(f, out) && ferror(f) == 0;
	(void)fclose(f);
	if (whole && out->n > 0)
		return 0;
	buf_wipe(out);
	return err_set(e, EX_CONFIG,
	    "the password file %s must have the password in its first line, "
	    "of at most %d bytes",
	    file, PASSPHRASE_MAX - 1);
}

enum secret_source
secret_source(const char *command, const char *file)
{
	struct stat st;

	if (command != NULL)
		return SECRET_COMMAND;
	if (file == NULL)
		return SECRET_TYPED;
	/* A file that is missing now may be there at the next try. */
	return stat(file, &st) == -1 || S_ISREG(st.st_mode) ? SECRET_FILE
							    : SECRET_ONCE;
}

int
secret_password(const char *command, const char *file, const char *who,
    struct buf *out, struct err *e)
{
	if (command != NULL)
		return secret_command(command, out, e);
	if (file != NULL)
		return secret_file(file, out, e);
	return secret_prompt_password(who, "", out, e);
}

int
secret_password_quietly(const char *command, const char *file, const char *who,
    struct buf *out, struct err *e)
{
	if (command != NULL)
		return secret_command_quietly(command, out, e);
	if (file != NULL)
		return secret_file(file, out, e);
	return err_set(
	    e, EX_CONFIG, "there is no password of %s to answer with", who);
}

/* A job in the background that reads the terminal is stopped. */
static bool
secret_terminal_is_ours(void)
{
	int tty = open("/dev/tty", O_RDWR | O_CLOEXEC);
	bool ours = tty != -1 && tcgetpgrp(tty) == getpgrp();

	if (tty != -1)
		(void)close(tty);
	return ours;
}

int
secret_password_again(const char *who, struct buf *out, struct err *e)
{
	if (!secret_terminal_is_ours())
		return err_set(e, EX_CONFIG,
		    "there is no terminal to ask on for another password");
	return secret_prompt_password(
	    who, " (the last one was refused)", out, e);
}
