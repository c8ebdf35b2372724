#include "config.h"

#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum kind { YES_NO, TEXT, LIST, NUMBER, CHOICE, TIME };

struct setting {
	const char *name;
	char letter; /* 0: none */
	enum kind kind;
	size_t offset;
	uint64_t def, max; /* NUMBER; def of YES_NO and CHOICE is 0 */
	const char *value; /* what stands for it in --help; of a CHOICE its
	                    * words, '|' between them, the default first */
	const char *help;
};

#define AT(member) offsetof(struct config, member)

static const struct setting settings[] = {
    {"config", 'c', TEXT, AT(config), 0, 0, "FILE",
	"settings (signet/signet.conf where XDG says)"},
    {"keys", 'k', TEXT, AT(keys), 0, 0, "DIR",
	"the key store (signet/keys where XDG says)"},
    {"aor", 'a', LIST, AT(aors), 0, 0, "URI",
	"who I am, sips:alice@example.com; listen takes several"},
    {"passphrase-command", 0, TEXT, AT(passphrase_command), 0, 0, "CMD",
	"prints the private keys' passphrase"},
    {"password-command", 'p', TEXT, AT(password_command), 0, 0, "CMD",
	"prints the SIP password"},
    {"password-file", 0, TEXT, AT(password_file), 0, 0, "FILE",
	"has the SIP password in its first line"},
    {"auth-user", 0, TEXT, AT(auth_user), 0, 0, "NAME",
	"whose the password is (the user of aor)"},
    {"realm", 0, TEXT, AT(realm), 0, 0, "NAME",
	"what the password is for (the domain of aor)"},
    {"md5-in-clear", 0, YES_NO, AT(md5_in_clear), 0, 0, NULL,
	"answer an MD5 challenge without TLS"},
    {"register", 0, CHOICE, AT(registering), 0, 0, "auto|yes|no",
	"whether listen registers; auto: where there is a password source"},
    {"register-expires", 0, NUMBER, AT(register_expires), 3600, 604800,
	"SECONDS", "how long a registration is asked for"},
    {"keep-alive", 0, NUMBER, AT(keep_alive), 110, 86400, "SECONDS",
	"a registered connection is tried after this; 0: never"},
    {"retry-max", 0, NUMBER, AT(retry_max), 300, 86400, "SECONDS",
	"longest wait before what failed is tried again"},
    {"proxy", 'P', TEXT, AT(proxy), 0, 0, "URI", "outbound proxy"},
    {"listen", 'l', LIST, AT(listens), 0, 0, "ADDR",
	"[udp:|tcp:|tls:]host:port; several (tls:localhost:5061)"},
    {"dns", 0, LIST, AT(dns), 0, 0, "HOST:PORT",
	"name server instead of the system's; several"},
    {"sign", 's', YES_NO, AT(sign), 0, 0, NULL, "sign what is sent"},
    {"encrypt", 'e', YES_NO, AT(encrypt), 0, 0, NULL, "seal what is sent"},
    {"trace", 0, TEXT, AT(trace), 0, 0, "FILE",
	"the wire, decrypted, as a person reads it; - is standard error"},
    {"json", 0, YES_NO, AT(json), 0, 0, NULL, "one JSON object a line"},
    {"at", 0, TIME, AT(policy.at), 0, 0, "TIME",
	"judge certificates at this time (RFC 3339)"},
    {"legacy", 0, YES_NO, AT(policy.legacy), 0, 0, NULL,
	"admit RSA-1024 and SHA-1 for this run"},
    {"expires", 0, NUMBER, AT(expires), 0, 86400 * 7, "SECONDS",
	"send gives up after this; 0: when every target failed"},
    {"cipher", 0, CHOICE, AT(cipher), 0, 0, "auto|aes-128-cbc|aes-128-gcm",
	"what seals"},
    {"nesting", 0, CHOICE, AT(nesting), 0, 0, "auto|outer|inner",
	"where the signature is, when both"},
    {"attach-cert", 0, YES_NO, AT(attach_cert), 0, 0, NULL,
	"send the certificate with a signature"},
    {"bad-signature", 0, CHOICE, AT(policy.show_bad), 0, 0, "refuse|show",
	"messages with a bad signature"},
    {"unknown-signer", 0, CHOICE, AT(policy.refuse_unknown), 0, 0,
	"show|refuse", "messages of a signer without a certificate here"},
    {"crl", 0, CHOICE, AT(policy.crl_require), 0, 0, "optional|require",
	"whether an issuer without a CRL is a fault"},
    {"system-roots", 0, YES_NO, AT(policy.system_roots), 0, 0, NULL,
	"trust the system's CAs, for TLS alone"},
    {"tls-names", 0, CHOICE, AT(policy.rfc5922), 0, 0, "sec-flows|rfc5922",
	"how a TLS server's names are judged"},
    {"client-certs", 0, CHOICE, AT(client_certs), 0, 0, "ask|require|no",
	"whether a TLS listener wants certificates of those who call"},
    {"idle-timeout", 0, NUMBER, AT(idle_timeout), 900, 604800, "SECONDS",
	"an unused connection is closed after this"},
    {"message-timeout", 0, NUMBER, AT(message_timeout), 32, 3600, "SECONDS",
	"a connection has this long to bring a whole message"},
    {"connect-timeout", 0, NUMBER, AT(connect_timeout), 3, 3600, "SECONDS",
	"a connection has this long to open"},
    {"max-header", 0, NUMBER, AT(max_header), 65536, 1 << 24, "BYTES",
	"longest head of a message"},
    {"max-headers", 0, NUMBER, AT(max_headers), 256, 65536, "COUNT",
	"most header fields of a message"},
    {"max-body", 0, NUMBER, AT(max_body), 4 << 20, 1 << 30, "BYTES",
	"longest body of a message"},
    {"max-connections", 0, NUMBER, AT(max_connections), 2000, 100000,
	"COUNT", "most connections that others open"},
    {"max-unsent", 0, NUMBER, AT(max_unsent), 4 << 20, 1 << 30, "BYTES",
	"most that waits for a slow peer to read"},
    {"max-buffered", 0, NUMBER, AT(max_buffered), 64 << 20, 1ULL << 40,
	"BYTES", "most that all connections hold of messages"},
    {"max-answered", 0, NUMBER, AT(max_answered), 16384, 1 << 24, "COUNT",
	"answered messages that are remembered"},
    {"verbose", 'v', YES_NO, AT(verbose), 0, 0, NULL, "say more"},
    {"quiet", 'q', YES_NO, AT(quiet), 0, 0, NULL, "say less"},
};

enum { SETTINGS = sizeof(settings) / sizeof(settings[0]) };
_Static_assert((int)SETTINGS <= (int)CONFIG_SETTINGS,
    "config.h leaves too little room");

/* --- values ---------------------------------------------------------------------- */

static void *
member(struct config *c, const struct setting *s)
{
	return (char *)c + s->offset;
}

void
config_init(struct config *c)
{
	memset(c, 0, sizeof(*c));
	for (size_t i = 0; i < SETTINGS; i++)
		if (settings[i].kind == NUMBER)
			*(uint64_t *)member(c, &settings[i]) =
			    settings[i].def;
}

static void
clear_list(struct config_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		free(list->items[i]);
	free(list->items);
	*list = (struct config_list){0};
}

void
config_free(struct config *c)
{
	for (size_t i = 0; i < SETTINGS; i++) {
		if (settings[i].kind == TEXT)
			free(*(char **)member(c, &settings[i]));
		if (settings[i].kind == LIST)
			clear_list(member(c, &settings[i]));
	}
}

static int
set_choice(const struct setting *s, void *to, const char *value,
    struct err *e)
{
	const char *word = s->value;

	for (int i = 0;; i++) {
		size_t n = strcspn(word, "|");

		if (strlen(value) == n && strncmp(word, value, n) == 0) {
			/* A choice of two is a bool that says "the other". */
			if (strchr(strchr(s->value, '|') + 1, '|') != NULL)
				*(int *)to = i;
			else
				*(bool *)to = i != 0;
			return 0;
		}
		if (word[n] == '\0')
			return err_set(e, EX_USAGE, "%s is one of %s",
			    s->name, s->value);
		word += n + 1;
	}
}

/* RFC 3339: 2005-11-19T23:34:50Z, or with an offset, or a date alone. */
static int
set_time(time_t *to, const char *value, struct err *e)
{
	int y, mon, d, h = 0, min = 0, s = 0, oh = 0, om = 0, n = 0;
	char sign = 'Z';
	bool leap;
	long days;
	static const int before[] = {
	    0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 365};

	if (sscanf(value, "%4d-%2d-%2d%n", &y, &mon, &d, &n) != 3 || n != 10)
		goto bad;
	value += n;
	if (*value == 'T' || *value == 't' || *value == ' ') {
		if (sscanf(value + 1, "%2d:%2d:%2d%n", &h, &min, &s, &n) !=
			3 ||
		    n != 8)
			goto bad;
		value += 9;
		if (*value == '.')
			value += 1 + strspn(value + 1, "0123456789");
		sign = *value++;
		if (sign == '+' || sign == '-') {
			if (sscanf(value, "%2d:%2d%n", &oh, &om, &n) != 2 ||
			    n != 5)
				goto bad;
			value += n;
		} else if (sign != 'Z' && sign != 'z')
			goto bad;
	}
	leap = y % 4 == 0 && (y % 100 != 0 || y % 400 == 0);
	if (*value != '\0' || y < 1970 || mon < 1 || mon > 12 || d < 1 ||
	    d > before[mon] - before[mon - 1] + (mon == 2 && leap) || h > 23 || min > 59 || s > 60 || oh > 23 || om > 59)
		goto bad;
	days = (y - 1970) * 365L + (y - 1969) / 4 - (y - 1901) / 100 +
	    (y - 1601) / 400 + before[mon - 1] + d - 1;
	if (mon > 2 && leap)
		days++;
	*to = (time_t)(days * 86400 + h * 3600 + min * 60 + s);
	*to += (sign == '-' ? 1 : sign == '+' ? -1 : 0) *
	    (oh * 3600 + om * 60);
	return 0;
bad:
	return err_set(e, EX_USAGE,
	    "a time is written as 2005-11-19T23:34:50Z");
}

static int
set_value(struct config *c, const struct setting *s, const char *value,
    struct err *e)
{
	void *to = member(c, s);
	struct config_list *list = to;
	uint64_t number;

	switch (s->kind) {
	case YES_NO:
		if (strcmp(value, "yes") != 0 && strcmp(value, "no") != 0)
			return err_set(e, EX_USAGE, "%s is yes or no",
			    s->name);
		*(bool *)to = value[0] == 'y';
		return 0;
	case TEXT:
		free(*(char **)to);
		*(char **)to = xstrdup(value);
		return 0;
	case LIST:
		if (c->replace[s - settings])
			clear_list(list);
		c->replace[s - settings] = false;
		list->items = xrealloc(list->items,
		    (list->count + 1) * sizeof(*list->items));
		list->items[list->count++] = xstrdup(value);
		return 0;
	case NUMBER:
		/* Where 0 has a meaning it is the default. */
		if (!number_parse(span_str(value), s->max, &number) ||
		    (number == 0 && s->def != 0))
			return err_set(e, EX_USAGE,
			    "%s is a number from %d to %llu", s->name,
			    s->def == 0 ? 0 : 1, (unsigned long long)s->max);
		*(uint64_t *)to = number;
		return 0;
	case CHOICE:
		return set_choice(s, to, value, e);
	case TIME:
		if (set_time(to, value, e) == -1)
			return err_in(e, "%s", s->name);
		return 0;
	}
	return 0;
}

/* --- the command line ------------------------------------------------------------ */

static const struct setting *
by_name(const char *name, size_t n)
{
	for (size_t i = 0; i < SETTINGS; i++)
		if (strlen(settings[i].name) == n &&
		    strncmp(settings[i].name, name, n) == 0)
			return &settings[i];
	return NULL;
}

/* The letters of verbs' own options; n has a value after it. */
static const char verb_letters[] = "bn";

static const struct setting *
by_letter(char letter)
{
	for (size_t i = 0; i < SETTINGS; i++)
		if (letter != '\0' && settings[i].letter == letter)
			return &settings[i];
	return NULL;
}

/* 1: taken, 0: not a setting, -1. *used counts words beyond the first. */
static int
take_long(struct config *c, const char *arg, const char *next, int *used,
    struct err *e)
{
	const char *name = arg + 2, *equals = strchr(name, '=');
	size_t n = equals == NULL ? strlen(name) : (size_t)(equals - name);
	const struct setting *s = by_name(name, n);
	bool no = s == NULL && strncmp(name, "no-", 3) == 0;

	if (no)
		s = by_name(name + 3, n - 3);
	if (s == NULL || (no && s->kind != YES_NO))
		return 0;
	if (s->kind == YES_NO) {
		if (equals != NULL && no)
			return err_set(e, EX_USAGE, "%s takes no value", arg);
		return set_value(c, s,
			   equals != NULL ? equals + 1
			       : no       ? "no"
					  : "yes",
			   e) == -1
		    ? -1
		    : 1;
	}
	if (equals == NULL) {
		if (next == NULL)
			return err_set(e, EX_USAGE, "--%s needs %s after it",
			    s->name, s->value);
		*used = 1;
	}
	return set_value(c, s, equals != NULL ? equals + 1 : next, e) == -1
	    ? -1
	    : 1;
}

/* Whether a word that begins with '-' is a bundle of letters that all are
 * settings' or verbs': anything else is somebody's text, and stays whole. */
static bool
is_bundle(const char *arg)
{
	for (const char *p = arg + 1; *p != '\0'; p++) {
		const struct setting *s = by_letter(*p);

		if (s == NULL && strchr(verb_letters, *p) == NULL)
			return false;
		if (s != NULL ? s->kind != YES_NO : *p == 'n')
			return true; /* the rest is its value */
	}
	return true;
}

/* A bundle such as -se, whose last letter may have a value. A verb's letters
 * stay behind in arg. */
static int
take_short(struct config *c, char *arg, const char *next, int *used,
    struct err *e)
{
	char *keep = arg + 1;

	if (!is_bundle(arg))
		return 0;
	for (char *p = arg + 1; *p != '\0'; p++) {
		const struct setting *s = by_letter(*p);
		const char *value = "yes";

		if (s == NULL && *p == 'n') {
			memmove(keep, p, strlen(p) + 1);
			return 0;
		}
		if (s == NULL) {
			*keep++ = *p;
			continue;
		}
		if (s->kind != YES_NO) {
			value = p[1] != '\0' ? p + 1 : next;
			if (value == NULL)
				return err_set(e, EX_USAGE,
				    "-%c needs %s after it", *p, s->value);
			*used = p[1] == '\0';
			p += strlen(p) - 1;
		}
		if (set_value(c, s, value, e) == -1)
			return -1;
	}
	*keep = '\0';
	return keep == arg + 1;
}

/* Takes the settings out of argv; a verb's words and own options stay there,
 * in order, and all that follows "--". */
static int
take_arguments(struct config *c, int *argc, char **argv, struct err *e)
{
	int to = 1, i = 1;

	/* A list on the command line replaces the file's. */
	for (size_t k = 0; k < SETTINGS; k++)
		c->replace[k] = settings[k].kind == LIST;

	for (; i < *argc; i++) {
		char *arg = argv[i], *next = i + 1 < *argc ? argv[i + 1] : NULL;
		int taken = 0, used = 0;

		if (strcmp(arg, "--") == 0)
			break;
		if (strncmp(arg, "--", 2) == 0)
			taken = take_long(c, arg, next, &used, e);
		else if (arg[0] == '-' && arg[1] != '\0')
			taken = take_short(c, arg, next, &used, e);
		if (taken == -1)
			return -1;
		if (taken == 0)
			argv[to++] = arg;
		i += used;
	}
	while (i < *argc)
		argv[to++] = argv[i++];
	argv[to] = NULL;
	*argc = to;
	return 0;
}

/* --- signet.conf ------------------------------------------------------------------ */

/* One line "name = value"; what follows a '#' at the start is for people. */
static int
take_line(struct config *c, char *line, struct err *e)
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
		return err_set(e, EX_CONFIG, "a line is \"name = value\"");
	name = span_trim(span_cut(all, 0, equals));
	value = span_trim(span_cut(all, equals + 1, all.n));
	s = by_name((const char *)name.p, name.n);
	if (s == NULL || s->offset == AT(config))
		return err_set(e, EX_CONFIG,
		    "there is no setting \"%.*s\" (signet.conf(5) has them)",
		    (int)name.n, (const char *)name.p);
	text = xstrndup(value);
	rc = set_value(c, s, text, e);
	free(text);
	if (rc == -1)
		e->exit = EX_CONFIG;
	return rc;
}

static int
read_file(struct config *c, FILE *f, const char *path, struct err *e)
{
	char *line = NULL;
	size_t cap = 0, number = 0;
	ssize_t n;
	int rc = 0;

	while (rc == 0 && (n = getline(&line, &cap, f)) != -1) {
		number++;
		if (n > 0 && line[n - 1] == '\n')
			line[--n] = '\0';
		rc = take_line(c, line, e);
	}
	if (rc == -1)
		(void)err_in(e, "%s line %zu", path, number);
	else if (ferror(f))
		rc = err_set(e, EX_IOERR, "%s: %s", path, strerror(errno));
	free(line);
	return rc;
}

/* $VARIABLE/signet/NAME, or the same below HOME/FALLBACK. NULL where neither
 * is set. */
static char *
xdg_path(const char *variable, const char *fallback, const char *name)
{
	const char *base = getenv(variable), *home = getenv("HOME");
	struct buf b = {0};

	if (base != NULL && base[0] == '/')
		buf_addf(&b, "%s/signet/%s", base, name);
	else if (home != NULL && home[0] != '\0')
		buf_addf(&b, "%s/%s/signet/%s", home, fallback, name);
	return (char *)b.p;
}

/* Without --config the file need not be there. */
static int
load_file(struct config *c, const char *named, struct err *e)
{
	char *path = named != NULL
	    ? xstrdup(named)
	    : xdg_path("XDG_CONFIG_HOME", ".config", "signet.conf");
	FILE *f = path == NULL ? NULL : fopen(path, "re");
	int rc = 0;

	if (f != NULL) {
		rc = read_file(c, f, path, e);
		(void)fclose(f);
	} else if (named != NULL || (path != NULL && errno != ENOENT))
		rc = err_set(e, EX_CONFIG, "the settings in %s: %s", path,
		    strerror(errno));
	free(path);
	return rc;
}

/* The file that the command line names, which is read before the rest of the
 * command line, so that the latter wins. */
static int
find_file(int argc, char **argv, char **out, struct err *e)
{
	struct config scratch;
	size_t count = (size_t)argc;
	char **words = xcalloc(count + 1, sizeof(*words));
	char **copies = xcalloc(count + 1, sizeof(*copies));
	int rc;

	for (size_t i = 0; i < count; i++)
		words[i] = copies[i] = xstrdup(argv[i]);
	config_init(&scratch);
	rc = take_arguments(&scratch, &argc, words, e);
	*out = scratch.config;
	scratch.config = NULL;
	config_free(&scratch);
	for (size_t i = 0; i < count; i++)
		free(copies[i]);
	free(copies);
	free(words);
	return rc;
}

int
config_load(struct config *c, int *argc, char **argv, struct err *e)
{
	char *file = NULL;
	int rc = find_file(*argc, argv, &file, e);

	config_init(c);
	if (rc == 0)
		rc = load_file(c, file, e);
	free(file);
	if (rc == 0)
		rc = take_arguments(c, argc, argv, e);
	if (rc == 0 && c->keys == NULL) {
		c->keys = xdg_path("XDG_DATA_HOME", ".local/share", "keys");
		if (c->keys == NULL)
			rc = err_set(e, EX_CONFIG,
			    "there is no HOME to keep keys in: name a folder "
			    "with --keys");
	}
	if (rc == -1)
		config_free(c);
	return rc;
}

void
config_help(struct buf *out)
{
	for (size_t i = 0; i < SETTINGS; i++) {
		const struct setting *s = &settings[i];
		size_t start = out->n;

		if (s->letter != 0)
			buf_addf(out, "  -%c, ", s->letter);
		else
			buf_adds(out, "      ");
		buf_addf(out, "--%s%s%s", s->name,
		    s->value == NULL ? "" : " ",
		    s->value == NULL ? "" : s->value);
		if (out->n - start > 30) {
			buf_adds(out, "\n");
			start = out->n;
		}
		buf_addf(out, "%*s %s\n", (int)(30 - (out->n - start)), "",
		    s->help);
	}
}
