#include "ui/programs.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "src/base/child.h"
#include "src/base/savefile.h"
#include "src/base/scratch.h"
#include "ui/conversation.h"
#include "ui/notice.h"

enum {
	PROGRAMS_LINKS = 8, /* programs with links that may run at once */
	PROGRAMS_WORDS = 16, /* words of open-command */
	PROGRAMS_PATH = 320,
	PROGRAMS_LATE = 100 /* ms in which a ^C was still for the editor */
};

struct programs {
	struct child links[PROGRAMS_LINKS];
	struct child editor;
	char folder[300]; /* of its file */
	struct conversation *editing; /* whose line it has */
	uint64_t ended; /* when, as loop_now counts; 0: it never ran */
};

/* --- links ---------------------------------------------------------------- */

int
programs_open_link(struct client *c, struct span link, struct err *e)
{
	const char *command = c->config.open_command;
	char *words[PROGRAMS_WORDS + 2], *copy, *rest = NULL, *word;
	size_t n = 0, free_one = 0;
	int rc;

	while (
	    free_one < PROGRAMS_LINKS && c->programs->links[free_one].pid != 0)
		free_one++;
	if (free_one == PROGRAMS_LINKS)
		return err_set(e, EX_TEMPFAIL,
		    "%d programs with links run already: close one",
		    PROGRAMS_LINKS);
	copy = xstrdup(
	    command == NULL || command[0] == '\0' ? "xdg-open" : command);
	for (word = strtok_r(copy, " \t", &rest);
	     word != NULL && n < PROGRAMS_WORDS;
	     word = strtok_r(NULL, " \t", &rest))
		words[n++] = word;
	words[n] = xstrndup(link);
	words[n + 1] = NULL;
	rc = n == 0 ? err_set(e, EX_USAGE, "open-command is blank")
		    : child_run(&c->programs->links[free_one], c->loop, words,
			  false, e);
	free(words[n]);
	free(copy);
	return rc;
}

/* Says where a program was of no use. */
static void
programs_link_ended(struct client *c, int status)
{
	if (WIFEXITED(status) && WEXITSTATUS(status) != 0)
		notice_logf(c, NULL, true,
		    "the link was not opened: open-command ended with status "
		    "%d (/set open-command changes it)",
		    WEXITSTATUS(status));
}

/* --- the editor ----------------------------------------------------------- */

static void
programs_path(const struct programs *p, char out[PROGRAMS_PATH])
{
	(void)snprintf(out, PROGRAMS_PATH, "%s/message", p->folder);
}

/* The shell's line that edits the file "$1". VISUAL and EDITOR may have options,
 * and quotes around a name with blanks. For free(). */
static char *
programs_editor_line(void)
{
	static const char *const names[] = {"VISUAL", "EDITOR"};
	const char *editor = "vi";
	struct buf line = {0};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		const char *value = getenv(names[i]);

		if (value != NULL && value[0] != '\0') {
			editor = value;
			break;
		}
	}
	buf_addf(&line, "%s \"$1\"", editor);
	return (char *)line.p;
}

static void
programs_start_editor(struct client *c, struct err *e)
{
	struct programs *p = c->programs;
	struct conversation *v = conversation_current(c);
	char path[PROGRAMS_PATH], sh[] = "sh", option[] = "-c", *script;
	int rc;

	if (scratch_new("message", p->folder, e) == -1)
		return;
	programs_path(p, path);
	script = programs_editor_line();
	rc = savefile_new(path, edit_text(v->edit), e);
	if (rc == 0) {
		char *argv[] = {sh, option, script, sh, path, NULL};

		screen_lend(c->screen);
		rc = child_run(&p->editor, c->loop, argv, true, e);
		if (rc == -1)
			screen_take_back(c->screen);
	}
	free(script);
	if (rc == -1)
		scratch_remove(p->folder);
	else
		p->editing = v;
}

void
programs_edit(struct client *c)
{
	struct err e = {0};

	programs_start_editor(c, &e);
	if (e.exit != 0)
		notice_log(c, NULL, true, e.text);
}

bool
programs_editing(const struct client *c)
{
	const struct programs *p = c->programs;

	/* Its end may be told before the ^C that ended it. */
	return p != NULL &&
	    (p->editor.pid != 0 ||
		(p->ended != 0 &&
		    loop_now(c->loop) - p->ended < PROGRAMS_LATE));
}

/* Puts what is in the file into the line. Editors end it with a line end, which
 * is no part of the message. */
static void
programs_take_text(struct client *c, struct conversation *v)
{
	char path[PROGRAMS_PATH];
	struct buf text = {0};
	struct span all;
	struct err e = {0};
	bool there;

	programs_path(c->programs, path);
	if (savefile_read(path, &text, &there, &e) == -1) {
		notice_log(c, NULL, true, e.text);
		return;
	}
	all = span_buf(&text);
	if (all.n > 0 && all.p[all.n - 1] == '\n')
		all.n--;
	if (!there || all.n > EDIT_MAX)
		notice_bar(c,
		    there ? "the text is too long: the line is as it was"
			  : "the editor removed the file: the line is as it "
			    "was");
	else
		edit_set(v->edit, all);
	buf_wipe(&text);
}

static void
programs_editor_ended(struct client *c, int status)
{
	struct programs *p = c->programs;
	struct conversation *v = p->editing;
	size_t i = 0;

	p->ended = loop_now(c->loop);
	screen_take_back(c->screen);
	while (i < c->count && c->conversations[i] != v)
		i++;
	if (i == c->count)
		notice_bar(c, "the conversation was closed meanwhile");
	else if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		programs_take_text(c, v);
	else
		notice_bar(c, "the editor failed: the line is as it was");
	scratch_remove(p->folder);
	p->folder[0] = '\0';
	p->editing = NULL;
}

/* --- both ----------------------------------------------------------------- */

static void
programs_on_child(void *arg, int signo)
{
	struct client *c = arg;
	struct programs *p = c->programs;
	int status;

	(void)signo;
	for (size_t i = 0; i < PROGRAMS_LINKS; i++)
		if (child_ended(&p->links[i], &status))
			programs_link_ended(c, status);
	if (child_ended(&p->editor, &status))
		programs_editor_ended(c, status);
}

int
programs_open(struct client *c, struct err *e)
{
	c->programs = xcalloc(1, sizeof(*c->programs));
	return loop_signal(c->loop, SIGCHLD, programs_on_child, c, e);
}

void
programs_free(struct client *c)
{
	if (c->programs == NULL)
		return;
	if (c->programs->editor.pid != 0) {
		child_kill(&c->programs->editor);
		screen_take_back(c->screen);
	}
	if (c->programs->folder[0] != '\0')
		scratch_remove(c->programs->folder);
	free(c->programs);
	c->programs = NULL;
}
