/*
 * Reads signet.conf, loads all settings in order, and writes a new signet.conf.
 */
#include "src/app/config_priv.h"

#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "src/base/savefile.h"

/* Parses one line "name = value". Empty lines and those that begin with a '#'
 * are skipped. */
static int
config_parse_line(struct config *c, char *line, struct err *e)
{
	struct span all = span_trim(span_str(line)), name, value;
	const struct setting *s;
	size_t equals;
	char *text;
	int rc;

	if (all.n == 0 || all.p[0] == '#')
		return 0;
	equals = span_find(all, '=', 0);
	if (equals == all.n)
		return err_set(e, EX_CONFIG, "a line must be \"name = value\"");
	name = span_trim(span_cut(all, 0, equals));
	value = span_trim(span_cut(all, equals + 1, all.n));
	s = setting_named((const char *)name.p, name.n);
	if (s == NULL || s->offset == offsetof(struct config, config))
		return err_set(e, EX_CONFIG,
		    "there is no setting \"%.*s\" (signet.conf(5) has them)",
		    (int)name.n, (const char *)name.p);
	text = xstrndup(value);
	rc = setting_put(c, s, text, e);
	free(text);
	if (rc == -1)
		e->exit = EX_CONFIG;
	return rc;
}

static int
config_read_file(struct config *c, FILE *f, const char *path, struct err *e)
{
	char *line = NULL;
	size_t cap = 0, number = 0;
	ssize_t n;
	int rc = 0;

	while (rc == 0 && (n = getline(&line, &cap, f)) != -1) {
		number++;
		if (n > 0 && line[n - 1] == '\n')
			line[--n] = '\0';
		if (n > 0 && line[n - 1] == '\r')
			line[--n] = '\0';
		rc = config_parse_line(c, line, e);
	}
	if (rc == -1)
		(void)err_in(e, "%s line %zu", path, number);
	else if (ferror(f))
		rc = err_set(e, EX_IOERR, "%s: %s", path, strerror(errno));
	free(line);
	return rc;
}

/* Returns $VARIABLE/signet/NAME, or HOME/FALLBACK/signet/NAME if the variable
 * is not set, or NULL if HOME is not set either. */
static char *
config_xdg_path(const char *variable, const char *fallback, const char *name)
{
	const char *base = getenv(variable), *home = getenv("HOME");
	struct buf b = {0};

	if (base != NULL && base[0] == '/')
		buf_addf(&b, "%s/signet/%s", base, name);
	else if (home != NULL && home[0] != '\0')
		buf_addf(&b, "%s/%s/signet/%s", home, fallback, name);
	return (char *)b.p;
}

char *
config_path(void)
{
	return config_xdg_path("XDG_CONFIG_HOME", ".config", "signet.conf");
}

char *
config_data_path(const char *name)
{
	return config_xdg_path("XDG_DATA_HOME", ".local/share", name);
}

/* The default file need not exist; one that --config names must. */
static int
config_load_file(struct config *c, const char *named, struct err *e)
{
	char *path = named != NULL ? xstrdup(named) : config_path();
	FILE *f = path == NULL ? NULL : fopen(path, "re");
	int rc = 0;

	if (f != NULL) {
		c->found = true;
		rc = config_read_file(c, f, path, e);
		(void)fclose(f);
	} else if (named != NULL || (path != NULL && errno != ENOENT))
		rc = err_set(e, EX_CONFIG,
		    "the settings file %s cannot be read: %s", path,
		    strerror(errno));
	free(path);
	return rc;
}

char **
config_words(char *const *argv, const char *letters, char **file, struct err *e)
{
	struct config scratch;
	char **words;

	config_init(&scratch);
	words = config_parse_arguments(&scratch, argv, letters, e);
	if (file != NULL) {
		*file = scratch.config;
		scratch.config = NULL;
	}
	config_free(&scratch);
	return words;
}

/* The command line is parsed twice: first for --config, then, after the file,
 * for all of its settings, so that they win. */
int
config_load(struct config *c, char *const *argv, const char *letters,
    bool impersonal, struct err *e)
{
	char *file = NULL;
	char **words = config_words(argv, letters, &file, e);
	int rc = words != NULL ? 0 : -1;

	config_words_free(words);
	config_init(c);
	if (rc == 0 && (file != NULL || !impersonal))
		rc = config_load_file(c, file, e);
	free(file);
	if (rc == 0) {
		words = config_parse_arguments(c, argv, letters, e);
		rc = words != NULL ? 0 : -1;
		config_words_free(words);
	}
	if (rc == 0 && c->keys == NULL && !impersonal) {
		c->keys_default = true;
		c->keys = config_data_path("keys");
		if (c->keys == NULL)
			rc = err_set(e, EX_CONFIG,
			    "HOME is not set, so there is no default key "
			    "store: give --keys DIR");
	}
	if (rc == -1)
		config_free(c);
	return rc;
}

/* --- a new file ----------------------------------------------------------- */

/* Checks that a line "name = value" can be read back as the same setting. */
static int
config_check_pair(
    struct config *scratch, const char *name, const char *value, struct err *e)
{
	const struct setting *s = setting_named(name, strlen(name));
	struct span all = span_str(value), trimmed = span_trim(all);

	if (s == NULL || s->offset == offsetof(struct config, config))
		return err_set(e, EX_USAGE,
		    "there is no setting \"%s\" (signet.conf(5) has them)",
		    name);
	if (strpbrk(value, "\r\n") != NULL)
		return err_set(e, EX_USAGE,
		    "the value of %s must not have a line end", name);
	if (trimmed.n != all.n)
		return err_set(e, EX_USAGE,
		    "the value of %s must not begin or end with a blank", name);
	return setting_put(scratch, s, value, e);
}

static int
config_write_lines(struct buf *out, const char *const *names,
    const char *const *values, size_t count, struct err *e)
{
	struct config scratch;
	int rc = 0;

	buf_adds(out,
	    "# The settings of signet: one \"name = value\" a line.\n"
	    "# signet.conf(5) lists all of them.\n\n");
	config_init(&scratch);
	for (size_t i = 0; i < count && rc == 0; i++) {
		rc = config_check_pair(&scratch, names[i], values[i], e);
		buf_addf(out, "%s = %s\n", names[i], values[i]);
	}
	config_free(&scratch);
	return rc;
}

/* Writes the temporary file and links it to path, unless path exists. */
static int
config_put_in_place(int fd, const char *temporary, const char *path,
    struct span s, struct err *e)
{
	if (!savefile_finish(fd, s))
		return err_set(e, EX_IOERR, "%s cannot be written: %s", path,
		    strerror(errno));
	if (savefile_link(temporary, path)) {
		savefile_sync(path);
		return 0;
	}
	if (errno == EEXIST)
		return err_set(e, EX_CANTCREAT,
		    "%s exists already, and is not overwritten", path);
	return err_set(
	    e, EX_CANTCREAT, "%s cannot be made: %s", path, strerror(errno));
}

int
config_save(const char *path, const char *const *names,
    const char *const *values, size_t count, struct err *e)
{
	struct buf text = {0}, temporary = {0};
	int fd, rc;

	if (config_write_lines(&text, names, values, count, e) == -1) {
		buf_free(&text);
		return -1;
	}
	savefile_folders(path);
	buf_addf(&temporary, "%s.XXXXXX", path);
	fd = mkstemp((char *)temporary.p);
	if (fd == -1)
		rc = err_set(e, EX_CANTCREAT, "%s cannot be made: %s", path,
		    strerror(errno));
	else {
		rc = config_put_in_place(
		    fd, (const char *)temporary.p, path, span_buf(&text), e);
		(void)unlink((const char *)temporary.p);
	}
	buf_free(&temporary);
	buf_free(&text);
	return rc;
}
