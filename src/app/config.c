#include "src/app/config_priv.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "src/base/time.h"

#define AT(member) offsetof(struct config, member)

static const struct setting settings[] = {
    {"config", 'c', TEXT, FIXED, AT(config), 0, 0, "FILE",
	"settings (signet/signet.conf where XDG says)"},
    {"keys", 'k', TEXT, FIXED, AT(keys), 0, 0, "DIR",
	"the key store (signet/keys where XDG says)"},
    {"aor", 'a', LIST, FIXED, AT(aors), 0, 0, "URI",
	"who I am, sips:alice@example.com; listen takes several"},
    {"passphrase-command", 0, TEXT, FIXED, AT(passphrase_command), 0, 0, "CMD",
	"prints the private keys' passphrase"},
    {"password-command", 'p', TEXT, FIXED, AT(password_command), 0, 0, "CMD",
	"prints the SIP password"},
    {"password-file", 0, TEXT, FIXED, AT(password_file), 0, 0, "FILE",
	"has the SIP password in its first line"},
    {"auth-user", 0, TEXT, FIXED, AT(auth_user), 0, 0, "NAME",
	"whose the password is (the user of aor)"},
    {"realm", 0, TEXT, FIXED, AT(realm), 0, 0, "NAME",
	"what the password is for (the domain of aor)"},
    {"md5-in-clear", 0, YES_NO, FIXED, AT(md5_in_clear), 0, 0, NULL,
	"answer an MD5 challenge without TLS"},
    {"register", 0, CHOICE, FIXED, AT(registering), 0, 0, "auto|yes|no",
	"whether listen registers; auto: where there is a password source"},
    {"register-expires", 0, NUMBER, FIXED, AT(register_expires), 3600, 604800,
	"SECONDS", "how long a registration is asked for"},
    {"keep-alive", 0, NUMBER, FIXED, AT(keep_alive), 110, 86400, "SECONDS",
	"a registered connection is tried after this; 0: never"},
    {"retry-max", 0, NUMBER, FIXED, AT(retry_max), 300, 86400, "SECONDS",
	"longest wait before what failed is tried again"},
    {"proxy", 'P', TEXT, FIXED, AT(proxy), 0, 0, "URI", "outbound proxy"},
    {"listen", 'l', LIST, FIXED, AT(listens), 0, 0, "ADDR",
	"[udp:|tcp:|tls:]host:port; several (tls:localhost:5061)"},
    {"dns", 0, LIST, FIXED, AT(dns), 0, 0, "HOST:PORT",
	"name server instead of the system's; several"},
    {"sign", 's', YES_NO, LIVE, AT(sign), 0, 0, NULL, "sign what is sent"},
    {"encrypt", 'e', YES_NO, LIVE, AT(encrypt), 0, 0, NULL,
	"seal what is sent"},
    {"trace", 0, TEXT, FIXED, AT(trace), 0, 0, "FILE",
	"the wire, decrypted, as a person reads it; - is standard error"},
    {"json", 0, YES_NO, FIXED, AT(json), 0, 0, NULL, "one JSON object a line"},
    {"at", 0, TIME, FIXED, AT(policy.at), 0, 0, "TIME",
	"judge certificates at this time (RFC 3339)"},
    {"legacy", 0, YES_NO, FIXED, AT(policy.legacy), 0, 0, NULL,
	"admit RSA-1024 and SHA-1 for this run"},
    {"expires", 0, NUMBER, LIVE, AT(expires), 0, 86400 * 7, "SECONDS",
	"send gives up after this; 0: when every target failed"},
    {"cipher", 0, CHOICE, LIVE, AT(cipher), 0, 0,
	"auto|aes-128-cbc|aes-128-gcm", "what seals"},
    {"nesting", 0, CHOICE, LIVE, AT(nesting), 0, 0, "auto|outer|inner",
	"where the signature is, when both"},
    {"attach-cert", 0, YES_NO, LIVE, AT(attach_cert), 0, 0, NULL,
	"send the certificate with a signature"},
    {"bad-signature", 0, CHOICE, LIVE, AT(policy.show_bad), 0, 0, "refuse|show",
	"messages with a bad signature"},
    {"unknown-signer", 0, CHOICE, LIVE, AT(policy.refuse_unknown), 0, 0,
	"show|refuse", "messages of a signer without a certificate here"},
    {"crl", 0, CHOICE, LIVE, AT(policy.crl_require), 0, 0, "optional|require",
	"whether an issuer without a CRL is a fault"},
    {"system-roots", 0, YES_NO, FIXED, AT(policy.system_roots), 0, 0, NULL,
	"trust the system's CAs, for TLS alone"},
    {"tls-names", 0, CHOICE, FIXED, AT(policy.rfc5922), 0, 0,
	"sec-flows|rfc5922", "how a TLS server's names are judged"},
    {"client-certs", 0, CHOICE, FIXED, AT(client_certs), 0, 0, "ask|require|no",
	"whether a TLS listener wants certificates of those who call"},
    {"idle-timeout", 0, NUMBER, FIXED, AT(idle_timeout), 900, 604800, "SECONDS",
	"an unused connection is closed after this"},
    {"message-timeout", 0, NUMBER, FIXED, AT(message_timeout), 32, 3600,
	"SECONDS", "a connection has this long to bring a whole message"},
    {"connect-timeout", 0, NUMBER, FIXED, AT(connect_timeout), 3, 3600,
	"SECONDS", "a connection has this long to open"},
    {"max-header", 0, NUMBER, FIXED, AT(max_header), 65536, 1 << 24, "BYTES",
	"longest head of a message"},
    {"max-headers", 0, NUMBER, FIXED, AT(max_headers), 256, 65536, "COUNT",
	"most header fields of a message"},
    {"max-body", 0, NUMBER, FIXED, AT(max_body), 4 << 20, 1 << 30, "BYTES",
	"longest body of a message"},
    {"max-connections", 0, NUMBER, FIXED, AT(max_connections), 2000, 100000,
	"COUNT", "most connections that others open"},
    {"max-unsent", 0, NUMBER, FIXED, AT(max_unsent), 4 << 20, 1 << 30, "BYTES",
	"most that waits for a slow peer to read"},
    {"max-buffered", 0, NUMBER, FIXED, AT(max_buffered), 64 << 20, 1ULL << 40,
	"BYTES", "most that all connections hold of messages"},
    {"max-answered", 0, NUMBER, FIXED, AT(max_answered), 16384, 1 << 24,
	"COUNT", "answered messages that are remembered"},
    {"bell", 0, CHOICE, LIVE, AT(quiet_bell), 0, 0, "yes|no",
	"the client rings when a message comes"},
    {"notify", 0, CHOICE, LIVE, AT(no_notify), 0, 0, "yes|no",
	"the client has the terminal show notifications (OSC 777)"},
    {"mouse", 0, CHOICE, LIVE, AT(no_mouse), 0, 0, "yes|no",
	"the client takes the mouse"},
    {"theme", 0, CHOICE, LIVE, AT(theme), 0, 0, "auto|dark|light|mono",
	"the client's colours"},
    {"verbose", 'v', YES_NO, LIVE, AT(verbose), 0, 0, NULL, "say more"},
    {"quiet", 'q', YES_NO, FIXED, AT(quiet), 0, 0, NULL, "say less"},
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

/* --- values ------------------------------------------------------------------ */

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
		if (settings[i].kind == NUMBER)
			*(uint64_t *)setting_value(
			    c, &settings[i]) = settings[i].def;
}

static void
clear_list(struct config_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		free(list->items[i]);
	free(list->items);
	*list = (struct config_list){0};
}

static void
one_item(struct config_list *list, const char *item)
{
	list->items = xcalloc(1, sizeof(*list->items));
	list->items[0] = xstrdup(item);
	list->count = 1;
}

void
config_throw_away(
    struct config *c, const char *keys, const char *aor, const char *listen)
{
	config_init(c);
	c->keys = xstrdup(keys);
	one_item(&c->aors, aor);
	if (listen != NULL)
		one_item(&c->listens, listen);
	c->registering = REGISTER_NO;
}

void
config_free(struct config *c)
{
	for (size_t i = 0; i < SETTINGS; i++) {
		if (settings[i].kind == TEXT)
			free(*(char **)setting_value(c, &settings[i]));
		if (settings[i].kind == LIST)
			clear_list(setting_value(c, &settings[i]));
	}
}

static int
set_choice(const struct setting *s, void *to, const char *value, struct err *e)
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

	switch (s->kind) {
	case YES_NO:
		if (strcmp(value, "yes") != 0 && strcmp(value, "no") != 0)
			return err_set(e, EX_USAGE, "%s is yes or no", s->name);
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
		list->items = xrealloc(
		    list->items, (list->count + 1) * sizeof(*list->items));
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
		if (config_time(to, value, e) == -1)
			return err_in(e, "%s", s->name);
		return 0;
	}
	return 0;
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
		buf_addf(out, "--%s%s%s", s->name, s->value == NULL ? "" : " ",
		    s->value == NULL ? "" : s->value);
		if (out->n - start > 30) {
			buf_adds(out, "\n");
			start = out->n;
		}
		buf_addf(
		    out, "%*s %s\n", (int)(30 - (out->n - start)), "", s->help);
	}
}

/* --- while it runs ----------------------------------------------------------- */

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
		    "%s takes a restart: write it into signet.conf", name);
	return setting_put(c, s, value, e);
}

static void
put_choice(struct buf *out, const struct setting *s, const void *value)
{
	struct span words = span_str(s->value);
	size_t at = 0, end;
	bool two;
	int index;

	end = span_find(words, '|', 0);
	two = span_find(words, '|', end + 1) == words.n;
	index = two ? *(const bool *)value : *(const int *)value;
	for (; index > 0; index--) {
		at = end + 1;
		end = span_find(words, '|', at);
	}
	buf_addspan(out, span_cut(words, at, end));
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
		if (s->kind == YES_NO)
			buf_adds(out, *(const bool *)value ? "yes" : "no");
		else if (s->kind == NUMBER)
			buf_addf(out, "%llu",
			    (unsigned long long)*(const uint64_t *)value);
		else
			put_choice(out, s, value);
		buf_adds(out, "\n");
	}
}
