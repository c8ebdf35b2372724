/*
 * Runs a program in a terminal of its own, types, and measures what comes
 * back. The terminal answers nothing and reads all.
 *
 *     pty [COLUMNSxROWS] STEP.. -- COMMAND..
 *
 * STEPs, one after the other, with what they print:
 *     wait PATTERN       until the screen was given PATTERN
 *     osc PATTERN        until an operating system command had PATTERN
 *     shows PATTERN      types ^L until what is drawn anew has PATTERN
 *     paint PATTERN      as wait; "paint MS", since the program was started
 *     type KEYS          types these bytes
 *     echo COUNT         COUNT times: types a character that nobody else uses,
 *                        until it is there; "echo MEDIAN P95", microseconds
 *     repaint COUNT A B  COUNT times: types A, or B in turn, until nothing more
 *                        comes; "repaint MEDIAN P95", microseconds to the
 *                        last byte
 *     memory             "memory RSS HIGHEST", kB
 *     idle SECONDS       "idle WAKEUPS" in that time
 *     run WORDS          with and join at once
 *     with WORDS         runs them with sh beside what follows
 *     join               until they have ended, which has to be well
 *     blind              the same, and the terminal reads nothing meanwhile;
 *                        "blind BYTES", those that come once it reads again
 *     fuzz SEED SECONDS  random keys and sizes; starts the program anew when
 *                        it was told to quit
 *     size COLUMNSxROWS  makes the terminal as large
 *     widths KIND        of characters that are not ASCII: plain, joins (emoji
 *                        of several are one), wide (ambiguous ones take two)
 *     cells PATTERN      until a row of the screen has PATTERN
 *     same               what the screen shows is what ^L draws, cell by cell
 *     grid               prints the screen's rows
 *     quit KEYS          types KEYS, until the program has ended
 *
 * COMMAND is a session of its own; its standard error is ours. At the end it
 * gets SIGTERM. A status other than 0, a terminal that is not left as it was,
 * or a step that does not come to its end, is told, and pty ends with 1.
 */
#define _XOPEN_SOURCE 700
#include "tests/tool/pty_keys.h"
#include "tests/tool/pty_term.h"

enum {
	PTY_SAMPLES = 100000,
	PTY_CLOCK = 5 /* s that a clock on the screen may be late */
};

/* --- numbers ------------------------------------------------------------- */

static uint64_t
number(const char *word)
{
	uint64_t n;

	if (!number_parse(span_str(word), UINT32_MAX, &n))
		die(NULL, "this is no number", word);
	return n;
}

static int
by_size(const void *a, const void *b)
{
	uint32_t one = *(const uint32_t *)a, two = *(const uint32_t *)b;

	return one < two ? -1 : one > two;
}

static void
print_samples(const char *name, uint32_t *samples, size_t n)
{
	qsort(samples, n, sizeof(*samples), by_size);
	printf("%s %u %u\n", name, samples[n / 2], samples[n * 95 / 100]);
}

static uint32_t *
samples_new(struct pty *p, size_t count)
{
	if (count == 0 || count > PTY_SAMPLES)
		die(p, "how often", NULL);
	return xcalloc(count, sizeof(uint32_t));
}

/* A field of /proc/PID/status. */
static unsigned long
status_of(struct pty *p, const char *field)
{
	char path[64], line[256];
	unsigned long value = 0;
	bool found = false;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%ld/status", (long)p->child);
	f = fopen(path, "r");
	while (f != NULL && fgets(line, sizeof(line), f) != NULL)
		if (strncmp(line, field, strlen(field)) == 0 &&
		    line[strlen(field)] == ':') {
			value = strtoul(line + strlen(field) + 1, NULL, 10);
			found = true;
		}
	if (f != NULL)
		(void)fclose(f);
	if (!found)
		die(p, "there is no", field);
	return value;
}

/* --- steps --------------------------------------------------------------- */

static void
step_wait(struct pty *p, char **arg)
{
	await(p, arg[0]);
}

/* Only what has changed is drawn, so that of a pattern, too. */
static void
step_osc(struct pty *p, char **arg)
{
	uint64_t end = now() + PTY_STEP * 1000;

	while (p->osc.n == 0 || strstr((char *)p->osc.p, arg[0]) == NULL) {
		(void)pump(p, 20);
		if (now() > end)
			die(p, "no such command ever came", arg[0]);
	}
}

static void
step_shows(struct pty *p, char **arg)
{
	uint64_t end = now() + PTY_STEP * 1000;

	do {
		if (now() > end)
			die(p, "it never showed", arg[0]);
		forget(p);
		type_words(p, "\f");
		pump_for(p, 200000);
	} while (!has(p, arg[0]));
}

static void
step_paint(struct pty *p, char **arg)
{
	await(p, arg[0]);
	printf("paint %.2f\n", (double)(p->last - p->began) / 1000);
}

static void
step_type(struct pty *p, char **arg)
{
	forget(p);
	type_words(p, arg[0]);
}

/* Each character is another than the one before, and taken away again. */
static void
step_echo(struct pty *p, char **arg)
{
	size_t count = number(arg[0]);
	uint32_t *samples = samples_new(p, count);
	static const char *const marks[] = {"~", "^", "{", "}"};

	pump_for(p, 100000);
	for (size_t i = 0; i < count; i++) {
		const char *mark = marks[i % 4];
		uint64_t typed = now();

		forget(p);
		type_words(p, mark);
		await(p, mark);
		samples[i] = (uint32_t)(now() - typed);
		type_words(p, "\177");
		/* At any moment of the frames. */
		pump_for(p, 3000 + roll(&p->random, 25000));
	}
	print_samples("echo", samples, count);
	free(samples);
}

static void
step_repaint(struct pty *p, char **arg)
{
	size_t count = number(arg[0]);
	uint32_t *samples = samples_new(p, count);

	for (size_t i = 0; i < count; i++) {
		uint64_t typed = now();

		p->last = 0;
		type_words(p, arg[1 + i % 2]);
		while (p->last == 0 && now() < typed + 1000000)
			(void)pump(p, 20);
		while (pump(p, PTY_QUIET))
			continue;
		if (p->last == 0)
			die(p, "nothing comes for a key", NULL);
		samples[i] = (uint32_t)(p->last - typed);
	}
	print_samples("repaint", samples, count);
	free(samples);
}

static void
step_memory(struct pty *p, char **arg)
{
	(void)arg;
	printf(
	    "memory %lu %lu\n", status_of(p, "VmRSS"), status_of(p, "VmHWM"));
}

static void
step_idle(struct pty *p, char **arg)
{
	unsigned long before;

	pump_for(p, 2000000);
	before = status_of(p, "voluntary_ctxt_switches");
	pump_for(p, number(arg[0]) * 1000000);
	printf("idle %lu\n", status_of(p, "voluntary_ctxt_switches") - before);
}

static void
step_with(struct pty *p, char **arg)
{
	(void)fflush(stdout);
	p->beside = fork();
	if (p->beside == -1)
		die(p, "fork", strerror(errno));
	if (p->beside == 0) {
		execl("/bin/sh", "sh", "-c", arg[0], (char *)NULL);
		_exit(127);
	}
}

/* Waits for what runs beside, reading or not. */
static void
join(struct pty *p, bool reads)
{
	const struct timespec pause = {.tv_nsec = 5000000};
	uint64_t end = now() + (uint64_t)PTY_RUN * 1000;
	int status = 0;

	while (p->beside != 0 && waitpid(p->beside, &status, WNOHANG) == 0) {
		if (reads)
			(void)pump(p, 5);
		else
			(void)nanosleep(&pause, NULL);
		if (now() > end)
			die(p, "what was run does not end", NULL);
	}
	p->beside = 0;
	if (status != 0)
		die(p, "what was run has failed", NULL);
}

static void
step_join(struct pty *p, char **arg)
{
	(void)arg;
	join(p, true);
}

static void
step_blind(struct pty *p, char **arg)
{
	size_t before = p->bytes;

	(void)arg;
	join(p, false);
	pump_for(p, 500000);
	printf("blind %zu\n", p->bytes - before);
}

static void
step_run(struct pty *p, char **arg)
{
	step_with(p, arg);
	join(p, true);
}

static void
step_quit(struct pty *p, char **arg)
{
	type_words(p, arg[0]);
	if (!wait_end(p))
		die(p, "it does not end", NULL);
}

/* --- cells --------------------------------------------------------------- */

static void
size_of(const char *word, int *columns, int *rows)
{
	const char *x = strchr(word, 'x');
	char first[16];

	if (x == NULL || (size_t)(x - word) >= sizeof(first))
		die(NULL, "this is no size", word);
	memcpy(first, word, (size_t)(x - word));
	first[x - word] = '\0';
	*columns = (int)number(first);
	*rows = (int)number(x + 1);
}

/* Until nothing more comes. */
static void
settle(struct pty *p)
{
	pump_for(p, 30000);
	while (pump(p, PTY_QUIET))
		continue;
}

static void
step_size(struct pty *p, char **arg)
{
	int columns, rows;

	size_of(arg[0], &columns, &rows);
	resize(p, (unsigned)rows, (unsigned)columns);
	settle(p);
}

static void
step_widths(struct pty *p, char **arg)
{
	p->grid.widths = strcmp(arg[0], "joins") == 0 ? GRID_JOINS
	    : strcmp(arg[0], "wide") == 0             ? GRID_WIDE
						      : GRID_PLAIN;
}

static void
step_grid(struct pty *p, char **arg)
{
	(void)arg;
	settle(p);
	for (int y = 0; y < p->grid.rows; y++)
		printf("%s\n", grid_row(&p->grid, y));
}

static void
step_cells(struct pty *p, char **arg)
{
	uint64_t end = now() + PTY_STEP / 3 * 1000;

	while (!grid_has(&p->grid, arg[0])) {
		if (!pump(p, 20))
			reap(p);
		if (p->ended || now() > end) {
			step_grid(p, arg);
			die(p, "no row ever had", arg[0]);
		}
	}
}

static void
step_same(struct pty *p, char **arg)
{
	static struct grid before;
	time_t minute;
	int differ;

	(void)arg;
	do {
		minute = (time(NULL) - PTY_CLOCK) / 60;
		settle(p);
		before = p->grid;
		type_words(p, "\f");
		settle(p);
		differ = grid_differ(&before, &p->grid);
		/* Between the two a clock may go on, on a busy machine a while
		 * after its minute began. */
	} while (differ != -1 && time(NULL) / 60 != minute);
	if (p->grid.unknown[0] != '\0')
		die(p, "no terminal is asked for", p->grid.unknown);
	if (differ == -1)
		return;
	printf("row %d, column %d\nbefore %s\n", differ / GRID_MOST,
	    differ % GRID_MOST, grid_row(&before, differ / GRID_MOST));
	printf("drawn anew %s\n", grid_row(&p->grid, differ / GRID_MOST));
	die(p, "the screen is another once it is drawn anew", NULL);
}

/* --- random keys --------------------------------------------------------- */

static void
random_size(struct pty *p)
{
	if (roll(&p->random, 3) == 0)
		resize(p, 1 + roll(&p->random, 8), 1 + roll(&p->random, 12));
	else
		resize(p, 1 + roll(&p->random, 60), 1 + roll(&p->random, 200));
}

/* Keys, or another size, or a moment of nothing. */
static void
random_step(struct pty *p)
{
	uint32_t what = roll(&p->random, 100);
	struct buf b = {0};

	if (what < 15)
		random_size(p);
	else if (what < 22)
		pump_for(p, roll(&p->random, 60000));
	else
		keys_random(&p->random, &b);
	type(p, b.p, b.n);
	buf_free(&b);
}

/* The program is ready once it has taken the terminal and drawn. */
static void
await_ready(struct pty *p)
{
	uint64_t end = now() + PTY_STEP * 1000;

	while (!p->ended && (!p->alternate || p->text.n == 0)) {
		if (!pump(p, 20))
			reap(p);
		if (now() > end)
			die(p, "it draws nothing", NULL);
	}
}

static void
step_fuzz(struct pty *p, char **arg)
{
	uint64_t seed = number(arg[0]), end = now() + number(arg[1]) * 1000000;
	unsigned long actions = 0, restarts = 0;

	p->random = seed * 0x9e3779b97f4a7c15u + 1;
	await_ready(p);
	while (now() < end) {
		random_step(p);
		actions++;
		while (pump(p, 0))
			continue;
		reap(p);
		if (!p->ended)
			continue;
		if (!ended_well(p))
			die(p, "the seed was", arg[0]);
		restarts++;
		(void)tcflush(p->slave, TCIOFLUSH);
		start(p);
		await_ready(p);
	}
	printf("fuzz %s: %lu actions, %zu bytes drawn, started anew %lu "
	       "times, %lu kB\n",
	    arg[0], actions, p->bytes, restarts, status_of(p, "VmHWM"));
	/* It still hears. */
	resize(p, 24, 80);
	pump_for(p, 100000);
	/* The end of what was broken off, and out of what may be open. */
	type_words(p, "M\033[201~q\007");
	pump_for(p, 100000);
	forget(p);
	type_words(p, "\f");
	await(p, "");
}

/* --- all of it ----------------------------------------------------------- */

static const struct {
	const char *name;
	int args;
	void (*fn)(struct pty *p, char **arg);
} steps[] = {
    {"wait", 1, step_wait},
    {"osc", 1, step_osc},
    {"shows", 1, step_shows},
    {"paint", 1, step_paint},
    {"type", 1, step_type},
    {"echo", 1, step_echo},
    {"repaint", 3, step_repaint},
    {"memory", 0, step_memory},
    {"idle", 1, step_idle},
    {"blind", 0, step_blind},
    {"run", 1, step_run},
    {"with", 1, step_with},
    {"join", 0, step_join},
    {"fuzz", 2, step_fuzz},
    {"size", 1, step_size},
    {"widths", 1, step_widths},
    {"cells", 1, step_cells},
    {"same", 0, step_same},
    {"grid", 0, step_grid},
    {"quit", 1, step_quit},
};

/* Runs the step at *arg, and returns where the next one is. */
static char **
step(struct pty *p, char **arg)
{
	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		if (strcmp(*arg, steps[i].name) != 0)
			continue;
		for (int k = 1; k <= steps[i].args; k++)
			if (arg + k >= p->command - 1)
				die(p, "not enough words for", *arg);
		steps[i].fn(p, arg + 1);
		(void)fflush(stdout);
		return arg + 1 + steps[i].args;
	}
	die(p, "there is no step", *arg);
	return arg;
}

int
main(int argc, char **argv)
{
	static struct pty p = {.columns = 100, .rows = 30, .random = 1};
	char **arg = argv + 1;

	for (p.command = arg;
	     p.command < argv + argc && strcmp(*p.command, "--") != 0;
	     p.command++)
		continue;
	if (++p.command >= argv + argc)
		die(NULL, "usage: pty [COLUMNSxROWS] STEP.. -- COMMAND..",
		    NULL);
	if (strchr("123456789", arg[0][0]) != NULL)
		size_of(*arg++, &p.columns, &p.rows);
	(void)signal(SIGPIPE, SIG_IGN);
	open_pty(&p);
	start(&p);
	while (arg < p.command - 1)
		arg = step(&p, arg);
	end_all(&p);
	buf_free(&p.text);
	buf_free(&p.osc);
	return ended_well(&p) ? 0 : 1;
}
