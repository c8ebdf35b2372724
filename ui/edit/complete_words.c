/*
 * The candidates for a word: names that begin with it, and files.
 */
#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "src/base/home.h"
#include "src/base/text.h"
#include "ui/edit/complete_priv.h"

static void
complete_add_candidate(struct complete *c, struct span word)
{
	c->words = vec_grow(c->words, c->count, &c->cap, sizeof(*c->words));
	c->words[c->count++] = xstrndup(word);
}

/* --- names ---------------------------------------------------------------- */

static void
complete_find_commands(struct complete *c, struct span word)
{
	const char *name;
	size_t i;

	for (i = 0; (name = c->name(c->arg, COMPLETE_COMMAND, i)) != NULL; i++)
		if (text_begins(span_str(name), word))
			complete_add_candidate(c, span_str(name));
}

static void
complete_find_contacts(struct complete *c, struct span word)
{
	struct span name, address;
	const char *both;
	size_t i, tab;

	for (i = 0; (both = c->name(c->arg, COMPLETE_CONTACT, i)) != NULL;
	     i++) {
		name = address = span_str(both);
		tab = span_find(name, '\t', 0);
		if (tab < name.n) {
			address = span_cut(name, tab + 1, name.n);
			name = span_cut(name, 0, tab);
		}
		if (name.n > 0 && !text_begins(name, word) &&
		    !text_begins(address, word))
			continue;
		if (name.n == 0 || span_find(name, ' ', 0) < name.n)
			name = address;
		if (span_find(name, ' ', 0) == name.n)
			complete_add_candidate(c, name);
	}
}

static void
complete_find_in_list(struct complete *c, struct span list, struct span word)
{
	size_t from, to;

	for (from = 0; from < list.n; from = to + 1) {
		to = span_find(list, '|', from);
		if (text_begins(span_cut(list, from, to), word))
			complete_add_candidate(c, span_cut(list, from, to));
	}
}

/* --- files ---------------------------------------------------------------- */

char *
complete_path(struct span word, struct err *e)
{
	struct buf path = {0};
	char *expanded;

	buf_adds(&path, "");
	for (size_t i = 0; i < word.n; i++) {
		if (word.p[i] == '\\' && i + 1 < word.n)
			i++;
		buf_add(&path, &word.p[i], 1);
	}
	if (word.n == 0 || word.p[0] != '~')
		return (char *)path.p;
	expanded = home_expand((const char *)path.p, e);
	buf_free(&path);
	return expanded;
}

static void
complete_add_escaped(struct buf *out, struct span name)
{
	size_t i;

	for (i = 0; i < name.n; i++) {
		if (strchr(" \\", name.p[i]) != NULL ||
		    (name.p[i] == '~' && out->n == 0))
			buf_adds(out, "\\");
		buf_add(out, &name.p[i], 1);
	}
}

static bool
complete_is_folder(const char *folder, const char *name)
{
	struct buf path = {0};
	struct stat st;
	bool is;

	buf_addf(&path, "%s/%s", folder, name);
	is = stat((char *)path.p, &st) == 0 && S_ISDIR(st.st_mode);
	buf_free(&path);
	return is;
}

static bool
complete_file_fits(const char *name, struct span begin)
{
	struct span s = span_str(name);
	char *shown;
	bool same;

	/* Leaves out ".", "..", hidden files and names that cannot be typed. */
	if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0 ||
	    (name[0] == '.' && begin.n == 0) || !text_begins(s, begin))
		return false;
	shown = text_escape_line(s);
	same = strcmp(shown, name) == 0;
	free(shown);
	return same;
}

static void
complete_find_files(struct complete *c, struct span word)
{
	size_t slash = word.n;
	char *folder, *begin;
	struct dirent *entry;
	struct buf b = {0};
	struct err e;
	DIR *d;

	if (span_is(word, "~")) {
		complete_add_candidate(c, span_str("~/"));
		return;
	}
	while (slash > 0 && word.p[slash - 1] != '/')
		slash--;
	c->hidden = slash;
	folder = slash > 0 ? complete_path(span_cut(word, 0, slash), &e)
			   : xstrdup(".");
	begin = complete_path(span_cut(word, slash, word.n), &e);
	d = folder != NULL && begin != NULL ? opendir(folder) : NULL;
	while (d != NULL && (entry = readdir(d)) != NULL) {
		if (!complete_file_fits(entry->d_name, span_str(begin)))
			continue;
		buf_addspan(&b, span_cut(word, 0, slash));
		complete_add_escaped(&b, span_str(entry->d_name));
		if (complete_is_folder(folder, entry->d_name))
			buf_adds(&b, "/");
		complete_add_candidate(c, span_buf(&b));
		buf_free(&b);
	}
	if (d != NULL)
		closedir(d);
	free(folder);
	free(begin);
}

/* --- all ------------------------------------------------------------------ */

static int
complete_by_word(const void *a, const void *b)
{
	const char *one = *(char *const *)a, *two = *(char *const *)b;
	int order = text_order(span_str(one), span_str(two));

	return order != 0 ? order : strcmp(one, two);
}

static void
complete_sort_candidates(struct complete *c)
{
	size_t i, kept = 0;

	if (c->count == 0)
		return;
	qsort(c->words, c->count, sizeof(*c->words), complete_by_word);
	for (i = 1; i < c->count; i++)
		if (strcmp(c->words[i], c->words[kept]) == 0)
			free(c->words[i]);
		else
			c->words[++kept] = c->words[i];
	c->count = kept + 1;
}

void
complete_words(struct complete *c, enum complete_kind kind, const char *list,
    struct span word)
{
	switch (kind) {
	case COMPLETE_NOTHING:
		break;
	case COMPLETE_COMMAND:
		complete_find_commands(c, word);
		break;
	case COMPLETE_CONTACT:
		complete_find_contacts(c, word);
		break;
	case COMPLETE_FILE:
		complete_find_files(c, word);
		break;
	case COMPLETE_WORDS:
		complete_find_in_list(c, span_str(list), word);
		break;
	}
	if (kind != COMPLETE_WORDS)
		complete_sort_candidates(c);
}
