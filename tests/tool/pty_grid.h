/*
 * The screen of a terminal, cell by cell, as what comes draws it. As strict as
 * the plainest: a row that is full goes on in the next one, and the region that
 * scrolls stays as it was when the size changes.
 */
#ifndef SIGNET_TESTS_TOOL_PTY_GRID_H
#define SIGNET_TESTS_TOOL_PTY_GRID_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/bytes.h"
#include "src/base/text.h"

enum { GRID_MOST = 256, GRID_TEXT = 56, GRID_ARGS = 16 };

/* How many columns a character takes, on which terminals disagree. */
enum grid_widths {
	GRID_PLAIN, /* each on its own */
	GRID_JOINS, /* emoji of several are one, of two columns */
	GRID_WIDE /* ambiguous ones take two */
};

struct grid_cell {
	char text[GRID_TEXT];
	int style; /* bits of attributes, and the colour above them */
	int columns; /* 0: the right half of the one before */
};

struct grid {
	int rows, columns, y, x, top, bottom, style;
	enum grid_widths widths;
	bool wraps, hidden;
	bool full; /* the next character goes on in the next row */
	bool region; /* top and bottom were set */
	int last_y, last_x; /* of the character just drawn; x -1: moved since */
	uint32_t last;
	struct grid_cell cells[GRID_MOST][GRID_MOST];
	/* what comes */
	enum { GRID_GROUND, GRID_ESC, GRID_CSI, GRID_OSC, GRID_SKIP } state;
	char csi[40], utf8[4];
	size_t csi_n, utf8_n;
	char unknown[64]; /* the first sequence that is not known */
};

static void
grid_blank(struct grid *g, int y, int from, int to)
{
	for (int x = from; x < to && x < GRID_MOST; x++)
		g->cells[y][x] = (struct grid_cell){.text = " ", .columns = 1};
}

static void
grid_init(struct grid *g)
{
	memset(g, 0, sizeof(*g));
	g->wraps = true;
	g->last_x = -1;
	for (int y = 0; y < GRID_MOST; y++)
		grid_blank(g, y, 0, GRID_MOST);
}

static void
grid_size(struct grid *g, int rows, int columns)
{
	/* A terminal that has no size still has a cell for the cursor. */
	g->rows = rows < 1 ? 1 : rows < GRID_MOST ? rows : GRID_MOST;
	g->columns = columns < 1  ? 1
	    : columns < GRID_MOST ? columns
				  : GRID_MOST;
	for (int y = 0; y < GRID_MOST; y++)
		grid_blank(g, y, y < g->rows ? g->columns : 0, GRID_MOST);
	if (!g->region)
		g->bottom = g->rows - 1;
	if (g->y >= g->rows)
		g->y = g->rows - 1;
	if (g->x >= g->columns)
		g->x = g->columns - 1;
}

/* Blanks the other half of a wide character. */
static void
grid_split(struct grid *g, int y, int x)
{
	if (x > 0 && x < g->columns && g->cells[y][x].columns == 0)
		grid_blank(g, y, x - 1, x + 1);
	else if (x + 1 < g->columns && g->cells[y][x].columns == 2)
		grid_blank(g, y, x, x + 2);
}

static void
grid_down(struct grid *g)
{
	if (g->y != g->bottom) {
		g->y += g->y + 1 < g->rows;
		return;
	}
	memmove(g->cells[g->top], g->cells[g->top + 1],
	    (size_t)(g->bottom - g->top) * sizeof(g->cells[0]));
	grid_blank(g, g->bottom, 0, g->columns);
}

/* Whether c joins the character just drawn. */
static bool
grid_joins(const struct grid *g, uint32_t c)
{
	bool flag = c >= 0x1f1e6 && c <= 0x1f1ff;

	if (text_columns(c) == 0)
		return true;
	return g->widths == GRID_JOINS && g->last_x >= 0 &&
	    (g->last == 0x200d || (c >= 0x1f3fb && c <= 0x1f3ff) ||
		(flag && g->last >= 0x1f1e6 && g->last <= 0x1f1ff));
}

static int
grid_columns(const struct grid *g, uint32_t c)
{
	if (g->widths == GRID_WIDE && c >= 0xa1 && text_columns(c) == 1)
		return 2;
	if (g->widths == GRID_JOINS && c >= 0x1f1e6 && c <= 0x1f1ff)
		return 2;
	return (int)text_columns(c);
}

static void
grid_join(struct grid *g, const char *text, uint32_t c)
{
	struct grid_cell *cell;

	if (g->last_x < 0)
		return;
	cell = &g->cells[g->last_y][g->last_x];
	if (strlen(cell->text) + strlen(text) < sizeof(cell->text))
		strcat(cell->text, text);
	g->last = c;
	/* An emoji's own form takes two columns. */
	if (g->widths != GRID_JOINS || c != 0xfe0f || cell->columns != 1 ||
	    g->x >= g->columns || g->full)
		return;
	grid_split(g, g->y, g->x);
	cell->columns = 2;
	cell[1] = (struct grid_cell){.style = cell->style};
	g->x++;
}

static void
grid_character(struct grid *g, const char *text, uint32_t c)
{
	int n = grid_columns(g, c);

	if (grid_joins(g, c)) {
		grid_join(g, text, c);
		return;
	}
	if (n > g->columns)
		return;
	if (g->full || g->x + n > g->columns) {
		if (g->wraps) {
			g->x = 0;
			grid_down(g);
		} else
			g->x = g->columns - n;
		g->full = false;
	}
	grid_split(g, g->y, g->x);
	if (n == 2)
		grid_split(g, g->y, g->x + 1);
	g->cells[g->y][g->x] = (struct grid_cell){
	    .style = g->style, .columns = n};
	strcpy(g->cells[g->y][g->x].text, text);
	if (n == 2)
		g->cells[g->y][g->x + 1] = (struct grid_cell){
		    .style = g->style};
	g->last_y = g->y;
	g->last_x = g->x;
	g->last = c;
	g->x += n;
	g->full = g->x >= g->columns;
	if (g->full)
		g->x = g->columns - 1;
}

static void
grid_place(struct grid *g, int y, int x)
{
	g->y = y < 0 ? 0 : y >= g->rows ? g->rows - 1 : y;
	g->x = x < 0 ? 0 : x >= g->columns ? g->columns - 1 : x;
	g->full = false;
	g->last_x = -1;
}

static void
grid_erase(struct grid *g, bool all, int how)
{
	int from = how == 0 ? g->x : 0, to = how == 1 ? g->x + 1 : g->columns;

	grid_split(g, g->y, from);
	grid_blank(g, g->y, from, to);
	for (int y = 0; all && y < g->rows; y++)
		if (how >= 2 || (how == 0 ? y > g->y : y < g->y))
			grid_blank(g, y, 0, g->columns);
}

static void
grid_sgr(struct grid *g, const int *args, int n)
{
	for (int i = 0; i < n; i++) {
		int a = args[i];

		if (a == 0)
			g->style = 0;
		else if (a < 10)
			g->style |= 1 << a;
		else if (a == 10)
			continue; /* the first font */
		else if (a < 30)
			g->style &= a == 22 ? ~6 : ~(1 << (a - 20));
		else if (a == 38 && i + 2 < n && args[i + 1] == 5) {
			g->style = (g->style & 1023) | (args[i + 2] + 1) << 10;
			i += 2;
		} else if (a == 39)
			g->style &= 1023;
		else if (a < 38)
			g->style = (g->style & 1023) | (a - 29) << 10;
	}
}

static void
grid_mode(struct grid *g, const char *modes, bool on)
{
	static const char *const known[] = {"1", "7", "12", "25", "47", "1000",
	    "1004", "1006", "1034", "1049", "2004", "12;25"};
	bool is_known = false;

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		is_known |= strcmp(modes, known[i]) == 0;
	if (!is_known)
		snprintf(g->unknown, sizeof(g->unknown), "mode %s", modes);
	if (strcmp(modes, "7") == 0)
		g->wraps = on;
	else if (strstr(modes, "25") != NULL)
		g->hidden = !on;
}

static int
grid_args(const char *csi, int *args)
{
	int n = 0;

	do {
		args[n++] = atoi(csi);
		csi = strchr(csi, ';');
	} while (csi++ != NULL && n < GRID_ARGS);
	return n;
}

static void
grid_region(struct grid *g, int top, int bottom)
{
	g->region = true;
	g->top = top > 0 ? top - 1 : 0;
	g->bottom = bottom > 0 && bottom <= g->rows ? bottom - 1 : g->rows - 1;
	grid_place(g, 0, 0);
}

static void
grid_csi(struct grid *g, char c)
{
	int args[GRID_ARGS], n = grid_args(g->csi, args), one;

	one = args[0] > 0 ? args[0] : 1;
	if (g->csi[0] == '?' && c == 'c')
		return; /* the cursor's form */
	if (g->csi[0] == '?')
		grid_mode(g, g->csi + 1, c == 'h');
	else if (c == 'H')
		grid_place(g, args[0] - 1, n > 1 ? args[1] - 1 : 0);
	else if (c == 'A' || c == 'B')
		grid_place(g, g->y + (c == 'A' ? -one : one), g->x);
	else if (c == 'C' || c == 'D')
		grid_place(g, g->y, g->x + (c == 'D' ? -one : one));
	else if (c == 'G')
		grid_place(g, g->y, one - 1);
	else if (c == 'd')
		grid_place(g, one - 1, g->x);
	else if (c == 'J' || c == 'K')
		grid_erase(g, c == 'J', args[0]);
	else if (c == 'X')
		grid_blank(g, g->y, g->x, g->x + one);
	else if (c == 'm')
		grid_sgr(g, args, n);
	else if (c == 'r')
		grid_region(g, args[0], n > 1 ? args[1] : 0);
	else if (c != 't' && c != 'l' && c != 'h')
		snprintf(
		    g->unknown, sizeof(g->unknown), "ESC [ %s %c", g->csi, c);
}

static void
grid_byte(struct grid *g, unsigned char c)
{
	uint32_t code = 0;

	if (g->utf8_n == sizeof(g->utf8))
		g->utf8_n = 0;
	g->utf8[g->utf8_n++] = (char)c;
	if (text_decode((struct span){(unsigned char *)g->utf8, g->utf8_n}, 0,
		&code) == g->utf8_n) {
		char text[5] = "";

		memcpy(text, g->utf8, g->utf8_n);
		g->utf8_n = 0;
		grid_character(g, text, code);
	}
}

static void
grid_control(struct grid *g, unsigned char c)
{
	if (c == '\033')
		g->state = GRID_ESC;
	else if (c == '\r')
		grid_place(g, g->y, 0);
	else if (c == '\b')
		grid_place(g, g->y, g->x - 1);
	else if (c == '\n')
		grid_down(g);
}

static void
grid_escape(struct grid *g, unsigned char c)
{
	g->csi_n = 0;
	g->csi[0] = '\0';
	g->state = c == '['        ? GRID_CSI
	    : c == ']'             ? GRID_OSC
	    : c == '(' || c == ')' ? GRID_SKIP
				   : GRID_GROUND;
	if (c == 'c') {
		grid_region(g, 0, 0);
		g->wraps = true;
		g->hidden = false;
		g->style = 0;
		grid_erase(g, true, 2);
	} else if (strchr("[]()=>78HZ\\", c) == NULL)
		snprintf(g->unknown, sizeof(g->unknown), "ESC %c", c);
}

static void
grid_feed(struct grid *g, unsigned char c)
{
	if (g->state == GRID_GROUND && c >= ' ')
		grid_byte(g, c);
	else if (g->state == GRID_GROUND)
		grid_control(g, c);
	else if (g->state == GRID_ESC)
		grid_escape(g, c);
	else if (g->state == GRID_CSI && c >= '@') {
		g->state = GRID_GROUND;
		grid_csi(g, (char)c);
	} else if (g->state == GRID_CSI && g->csi_n + 1 < sizeof(g->csi)) {
		g->csi[g->csi_n++] = (char)c;
		g->csi[g->csi_n] = '\0';
	} else if (g->state == GRID_OSC && c == '\033')
		g->state = GRID_ESC; /* of its end, ESC \ */
	else if (g->state == GRID_SKIP || c == '\a')
		g->state = GRID_GROUND;
}

/* The text of a row, without the blanks at its end. */
static const char *
grid_row(const struct grid *g, int y)
{
	static char row[GRID_MOST * GRID_TEXT];
	size_t n = 0;

	for (int x = 0; x < g->columns; x++) {
		strcpy(row + n, g->cells[y][x].text);
		n += strlen(row + n);
	}
	while (n > 0 && row[n - 1] == ' ')
		n--;
	row[n] = '\0';
	return row;
}

static bool
grid_has(const struct grid *g, const char *pattern)
{
	for (int y = 0; y < g->rows; y++)
		if (strstr(grid_row(g, y), pattern) != NULL)
			return true;
	return false;
}

/* The first cell in which the two differ, as y * GRID_MOST + x, or -1. */
static int
grid_differ(const struct grid *a, const struct grid *b)
{
	for (int y = 0; y < a->rows; y++)
		for (int x = 0; x < a->columns; x++)
			if (a->cells[y][x].style != b->cells[y][x].style ||
			    strcmp(a->cells[y][x].text, b->cells[y][x].text))
				return y * GRID_MOST + x;
	/* Where the cursor is hidden, its place does not matter. */
	return a->hidden == b->hidden &&
		(a->hidden || (a->y == b->y && a->x == b->x))
	    ? -1
	    : a->y * GRID_MOST + a->x;
}

#endif
