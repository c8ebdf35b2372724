#include "src/app/config_priv.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "src/base/home.h"
#include "src/base/time.h"

/* The offset of a member of struct config. The array has a negative size, which
 * is a compile error, if the member's size is not that of the setting's
 * type. */
#define AT(member, type)                                                      \
	(offsetof(struct config, member) +                                    \
	    0 *                                                               \
		sizeof(                                                       \
		    char[sizeof(((struct config *)0)->member) == sizeof(type) \
			    ? 1                                               \
			    : -1]))

#define YES_NO(name, letter, when, member, help)                            \
	{                                                                   \
		name, letter, SETTING_YES_NO, when, AT(member, bool), 0, 0, \
		    NULL, help                                              \
	}
/* The same where saying nothing is a third answer; the member is an enum
 * config_maybe. */
#define MAYBE(name, when, member, help)                                     \
	{                                                                   \
		name, 0, SETTING_YES_NO, when, AT(member, int), 0, 1, NULL, \
		    help                                                    \
	}
#define TEXT(name, letter, when, member, value, help)                       \
	{                                                                   \
		name, letter, SETTING_TEXT, when, AT(member, char *), 0, 0, \
		    value, help                                             \
	}
#define PATH(name, letter, when, member, value, help)                       \
	{                                                                   \
		name, letter, SETTING_PATH, when, AT(member, char *), 0, 0, \
		    value, help                                             \
	}
#define LIST(name, letter, when, member, value, help)                 \
	{                                                             \
		name, letter, SETTING_LIST, when,                     \
		    AT(member, struct config_list), 0, 0, value, help \
	}
#define NUMBER(name, when, member, def, max, value, help)                      \
	{                                                                      \
		name, 0, SETTING_NUMBER, when, AT(member, uint64_t), def, max, \
		    value, help                                                \
	}
/* One of several words; the member is the index of the word. */
#define CHOICE(name, when, member, words, help)                              \
	{                                                                    \
		name, 0, SETTING_CHOICE, when, AT(member, int), 0, 0, words, \
		    help                                                     \
	}
/* One of two words; the member is true for the second. */
#define EITHER(name, when, member, words, help)                               \
	{                                                                     \
		name, 0, SETTING_EITHER, when, AT(member, bool), 0, 0, words, \
		    help                                                      \
	}
#define TIME(name, letter, when, member, value, help)                       \
	{                                                                   \
		name, letter, SETTING_TIME, when, AT(member, time_t), 0, 0, \
		    value, help                                             \
	}

static const struct setting settings[] = {
    PATH("config", 'c', FIXED, config, "FILE",
	"settings ($XDG_CONFIG_HOME/signet/signet.conf)"),
    PATH("keys", 'k', FIXED, keys, "DIR",
	"key store ($XDG_DATA_HOME/signet/keys)"),
    YES_NO("strict-files", 0, FIXED, strict_files,
	"refuse a key store that others can read or write"),
    LIST("aor", 'a', FIXED, aors, "URI", "your address; listen takes several"),
    TEXT("passphrase-command", 0, FIXED, passphrase_command, "CMD",
	"prints the private keys' passphrase"),
    TEXT("password-command", 'p', FIXED, password_command, "CMD",
	"prints the SIP password"),
    PATH("password-file", 0, FIXED, password_file, "FILE",
	"has the SIP password in its first line"),
    TEXT("auth-user", 0, FIXED, auth_user, "NAME",
	"user name for the password (the user of aor)"),
    TEXT("realm", 0, FIXED, realm, "NAME",
	"realm of the password (the domain of aor)"),
    YES_NO("md5-in-clear", 0, FIXED, md5_in_clear,
	"answer an MD5 challenge without TLS"),
    CHOICE("register", FIXED, registering, "auto|yes|no",
	"whether listen registers; auto: with a password"),
    NUMBER("register-expires", FIXED, register_expires, 3600, 604800, "SECONDS",
	"lifetime of a registration"),
    NUMBER("keep-alive", FIXED, keep_alive, 110, 86400, "SECONDS",
	"longest time between keep-alives; 0: never"),
    NUMBER("retry-max", FIXED, retry_max, 300, 86400, "SECONDS",
	"longest wait before trying again after a failure"),
    TEXT("proxy", 'P', FIXED, proxy, "URI", "outbound proxy"),
    LIST("listen", 'l', FIXED, listens, "ADDR",
	"[udp:|tcp:|tls:]host:port; several (tls:localhost:5061)"),
    LIST("dns", 0, FIXED, dns, "HOST:PORT",
	"name server instead of the system's; several"),
    YES_NO("sign", 's', LIVE, sign, "sign what is sent"),
    YES_NO("encrypt", 'e', LIVE, encrypt, "encrypt what is sent"),
    PATH("trace", 0, FIXED, trace, "FILE",
	"append decrypted messages; - is standard error"),
    YES_NO("json", 0, FIXED, json, "one JSON object a line"),
    TIME("at", 0, FIXED, policy.at, "TIME",
	"judge certificates at this time (RFC 3339)"),
    YES_NO("legacy", 0, FIXED, policy.legacy,
	"accept RSA-1024 and SHA-1 in this run"),
    NUMBER("expires", LIVE, expires, 0, 86400 * 7, "SECONDS",
	"send gives up then; 0: when all targets failed"),
    CHOICE(
	"cipher", LIVE, cipher, "auto|aes-128-cbc|aes-128-gcm", "the cipher"),
    CHOICE("nesting", LIVE, nesting, "auto|outer|inner",
	"outer: encrypt, then sign; inner: the reverse"),
    CHOICE("wrap", LIVE, wrap, "auto|yes|no",
	"put texts into message/cpim; auto: for those who take it"),
    CHOICE("receipts", LIVE, receipts, "delivery|no|read",
	"tell contacts that a message came, or was read (client)"),
    EITHER("typing", LIVE, no_typing, "yes|no",
	"tell contacts that you are typing (client)"),
    YES_NO("attach-cert", 0, LIVE, attach_cert,
	"attach your certificate to a signature"),
    EITHER("bad-signature", LIVE, policy.show_bad, "refuse|show",
	"refuse or show messages with a bad signature"),
    EITHER("unknown-signer", LIVE, policy.refuse_unknown, "show|refuse",
	"the same if the signer's certificate is not here"),
    CHOICE("unsigned", LIVE, policy.unsigned_texts, "warn|show|refuse",
	"messages without a signature from senders who sign"),
    EITHER("crl", LIVE, policy.crl_require, "optional|require",
	"whether a certificate needs its issuer's CRL"),
    YES_NO("system-roots", 0, FIXED, policy.system_roots,
	"trust the system's CAs, for TLS only"),
    EITHER("tls-names", FIXED, policy.rfc5922, "sec-flows|rfc5922",
	"how a TLS server's names are checked"),
    CHOICE("client-certs", FIXED, client_certs, "ask|require|no",
	"whether to request TLS clients' certificates"),
    NUMBER("idle-timeout", FIXED, idle_timeout, 900, 604800, "SECONDS",
	"an unused connection is closed after this time"),
    NUMBER("message-timeout", FIXED, message_timeout, 32, 3600, "SECONDS",
	"time for a connection to bring a whole message"),
    NUMBER("connect-timeout", FIXED, connect_timeout, 3, 3600, "SECONDS",
	"time for a connection to open"),
    NUMBER("max-header", FIXED, max_header, 65536, 1 << 24, "BYTES",
	"longest start line and fields of a message"),
    NUMBER("max-headers", FIXED, max_headers, 256, 65536, "COUNT",
	"most header fields of a message"),
    NUMBER("max-body", FIXED, max_body, 4 << 20, 1 << 30, "BYTES",
	"longest body of a message"),
    NUMBER("max-connections", FIXED, max_connections, 2000, 100000, "COUNT",
	"most connections that others may open"),
    NUMBER("max-unsent", FIXED, max_unsent, 4 << 20, 1 << 30, "BYTES",
	"most data that waits for a slow peer"),
    NUMBER("max-buffered", FIXED, max_buffered, 64 << 20, 1ULL << 40, "BYTES",
	"most data that all connections hold of messages"),
    NUMBER("max-answered", FIXED, max_answered, 16384, 1 << 24, "COUNT",
	"most answered messages that are remembered"),
    EITHER("bell", LIVE, quiet_bell, "yes|no",
	"ring the bell when a message arrives (client)"),
    EITHER("notify", LIVE, no_notify, "yes|no",
	"show a notification, OSC 777 (client)"),
    YES_NO("mouse", 0, LIVE, mouse, "take clicks and the wheel (client)"),
    TEXT("highlight", 0, LIVE, highlight, "WORDS",
	"words that stand out, commas between (client)"),
    TEXT("open-command", 0, LIVE, open_command, "CMD",
	"opens a link of /url (xdg-open)"),
    LIST("alias", 0, FIXED, aliases, "ALIAS",
	"a command of your own: \"/NAME COMMAND\"; several (client)"),
    CHOICE("theme", LIVE, theme, "auto|dark|light|mono", "colours (client)"),
    MAYBE("history", FIXED, history,
	"keep what is said, encrypted (client yes, listen no)"),
    PATH("history-file", 0, FIXED, history_file, "FILE",
	"the history ($XDG_DATA_HOME/signet/history-AOR.db)"),
    NUMBER("history-days", FIXED, history_days, 0, 36500, "DAYS",
	"what is older is deleted from the history; 0: never"),
    YES_NO("verbose", 'v', LIVE, verbose, "print more"),
    YES_NO("quiet", 'q', FIXED, quiet, "print less"),
};

enum { SETTINGS = sizeof(settings) / sizeof(settings[0]) };
_Static_assert(
    (int)SETTINGS <= (int)CONFIG_SETTINGS, "config.h leaves too little room");

const struct setting *
setting_at(size_t index)
{
	return index < SETTINGS ? &settings[index] : NULL;
}

const struct setting *
setting_named(const char *name, size_t n)
{
	for (size_t i = 0; i < SETTINGS; i++)
		if (strlen(settings[i].name) == n &&
		    strncmp(settings[i].name, name, n) == 0)
			return &settings[i];
	return NULL;
}

const struct setting *
setting_lettered(char letter)
{
	for (size_t i = 0; i < SETTINGS; i++)
		if (letter != '\0' && settings[i].letter == letter)
			return &settings[i];
	return NULL;
}

/* --- values --------------------------------------------------------------- */

void *
setting_value(struct config *c, const struct setting *s)
{
	return (char *)c + s->offset;
}

void
config_init(struct config *c)
{
	memset(c, 0, sizeof(*c));
	for (size_t i = 0; i < SETTINGS; i++)
		if (settings[i].kind == SETTING_NUMBER)
			*(uint64_t *)setting_value(
			    c, &settings[i]) = settings[i].def;
}

static void
config_clear_list(struct config_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		free(list->items[i]);
	free(list->items);
	*list = (struct config_list){0};
}

static void
config_one_item(struct config_list *list, const char *item)
{
	list->items = xcalloc(1, sizeof(*list->items));
	list->items[0] = xstrdup(item);
	list->count = 1;
}

void
config_ephemeral(
    struct config *c, const char *keys, const char *aor, const char *listen)
{
	config_init(c);
	c->keys = xstrdup(keys);
	config_one_item(&c->aors, aor);
	if (listen != NULL)
		config_one_item(&c->listens, listen);
	c->registering = REGISTER_NO;
	c->history = MAYBE_NO;
}

void
config_free(struct config *c)
{
	for (size_t i = 0; i < SETTINGS; i++) {
		if (settings[i].kind == SETTING_TEXT ||
		    settings[i].kind == SETTING_PATH)
			free(*(char **)setting_value(c, &settings[i]));
		if (settings[i].kind == SETTING_LIST)
			config_clear_list(setting_value(c, &settings[i]));
	}
}

static int
config_find_choice(
    const struct setting *s, const char *value, int *chosen, struct err *e)
{
	const char *word = s->value;

	for (int i = 0;; i++) {
		size_t n = strcspn(word, "|");

		if (strlen(value) == n && strncmp(word, value, n) == 0) {
			*chosen = i;
			return 0;
		}
		if (word[n] == '\0')
			return err_set(
			    e, EX_USAGE, "%s is one of %s", s->name, s->value);
		word += n + 1;
	}
}

int
config_time(time_t *to, const char *value, struct err *e)
{
	if (time_read(value, to))
		return 0;
	return err_set(
	    e, EX_USAGE, "a time is written as 2005-11-19T23:34:50Z");
}

int
setting_put(
    struct config *c, const struct setting *s, const char *value, struct err *e)
{
	void *to = setting_value(c, s);
	struct config_list *list = to;
	uint64_t number;
	char *path;
	int chosen;

	switch (s->kind) {
	case SETTING_YES_NO:
		if (strcmp(value, "yes") != 0 && strcmp(value, "no") != 0)
			return err_set(e, EX_USAGE, "%s is yes or no", s->name);
		if (s->max != 0)
			*(int *)to = value[0] == 'y' ? MAYBE_YES : MAYBE_NO;
		else
			*(bool *)to = value[0] == 'y';
		return 0;
	case SETTING_TEXT:
		free(*(char **)to);
		*(char **)to = xstrdup(value);
		return 0;
	case SETTING_PATH:
		path = home_expand(value, e);
		if (path == NULL)
			return err_in(e, "%s", s->name);
		free(*(char **)to);
		*(char **)to = path;
		return 0;
	case SETTING_LIST:
		if (c->replace[s - settings])
			config_clear_list(list);
		c->replace[s - settings] = false;
		list->items = xrealloc(
		    list->items, (list->count + 1) * sizeof(*list->items));
		list->items[list->count++] = xstrdup(value);
		return 0;
	case SETTING_NUMBER:
		/* 0 is allowed only if it is the default. */
		if (!number_parse(span_str(value), s->max, &number) ||
		    (number == 0 && s->def != 0))
			return err_set(e, EX_USAGE,
			    "%s is a number from %d to %llu", s->name,
			    s->def == 0 ? 0 : 1, (unsigned long long)s->max);
		*(uint64_t *)to = number;
		return 0;
	case SETTING_CHOICE:
		return config_find_choice(s, value, to, e);
	case SETTING_EITHER:
		if (config_find_choice(s, value, &chosen, e) == -1)
			return -1;
		*(bool *)to = chosen == 1;
		return 0;
	case SETTING_TIME:
		if (config_time(to, value, e) == -1)
			return err_in(e, "%s", s->name);
		return 0;
	}
	return 0;
}

static void
config_help_setting(const struct setting *s, struct buf *out)
{
	size_t start = out->n;

	if (s->letter != 0)
		buf_addf(out, "  -%c, ", s->letter);
	else
		buf_adds(out, "      ");
	buf_addf(out, "--%s%s%s", s->name, s->value == NULL ? "" : " ",
	    s->value == NULL ? "" : s->value);
	if (out->n - start > 30) {
		buf_adds(out, "\n");
		start = out->n;
	}
	buf_addf(out, "%*s %s\n", (int)(30 - (out->n - start)), "", s->help);
}

void
config_help(struct buf *out)
{
	for (size_t i = 0; i < SETTINGS; i++)
		config_help_setting(&settings[i], out);
}

void
config_help_some(const char *names, struct buf *out)
{
	for (size_t n; *names != '\0'; names += n + (names[n] == ' ')) {
		n = strcspn(names, " ");
		config_help_setting(setting_named(names, n), out);
	}
}

/* --- while it runs -------------------------------------------------------- */

int
config_set(struct config *c, const char *name, const char *value, struct err *e)
{
	const struct setting *s = setting_named(name, strlen(name));

	if (s == NULL)
		return err_set(e, EX_USAGE,
		    "there is no setting \"%s\" (signet.conf(5) has them)",
		    name);
	if (s->when == FIXED)
		return err_set(e, EX_USAGE,
		    "%s needs a restart: write it into signet.conf", name);
	return setting_put(c, s, value, e);
}

/* Appends the word at index of a choice. */
static void
config_put_choice(struct buf *out, const struct setting *s, int index)
{
	struct span words = span_str(s->value);
	size_t at = 0, end = span_find(words, '|', 0);

	for (; index > 0; index--) {
		at = end + 1;
		end = span_find(words, '|', at);
	}
	buf_addspan(out, span_cut(words, at, end));
}

void
config_words_to_set(struct buf *out)
{
	for (size_t i = 0; i < SETTINGS; i++)
		if (settings[i].when == LIVE)
			buf_addf(out, "%s%s", out->n > 0 ? "|" : "",
			    settings[i].name);
}

void
config_words_of(struct span name, struct buf *out)
{
	const struct setting *s = setting_named((const char *)name.p, name.n);

	if (s == NULL || s->when != LIVE)
		return;
	if (s->kind == SETTING_YES_NO)
		buf_adds(out, "yes|no");
	else if (s->kind == SETTING_CHOICE || s->kind == SETTING_EITHER)
		buf_adds(out, s->value);
}

bool
config_help_of(struct span name, struct buf *out)
{
	const struct setting *s = setting_named((const char *)name.p, name.n);

	if (s == NULL)
		return false;
	config_help_setting(s, out);
	return true;
}

void
config_show(const struct config *c, struct buf *out)
{
	for (size_t i = 0; i < SETTINGS; i++) {
		const struct setting *s = &settings[i];
		const void *value = (const char *)c + s->offset;

		if (s->when == FIXED)
			continue;
		buf_addf(out, "%s = ", s->name);
		if (s->kind == SETTING_YES_NO)
			buf_adds(out, *(const bool *)value ? "yes" : "no");
		else if (s->kind == SETTING_NUMBER)
			buf_addf(out, "%llu",
			    (unsigned long long)*(const uint64_t *)value);
		else if (s->kind == SETTING_TEXT)
			buf_adds(out,
			    *(char *const *)value != NULL
				? *(char *const *)value
				: "");
		else if (s->kind == SETTING_CHOICE)
			config_put_choice(out, s, *(const int *)value);
		else
			config_put_choice(out, s, *(const bool *)value);
		buf_adds(out, "\n");
	}
}

bool
config_has_password(const struct config *c)
{
	return c->password_command != NULL || c->password_file != NULL;
}

int
config_no_aor(struct err *e)
{
	return err_set(e, EX_CONFIG,
	    "no address is set: give --aor sips:you@example.com, or write aor "
	    "into signet.conf");
}
