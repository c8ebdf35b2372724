/*
 * Settings. One table of names drives the command line, signet.conf and
 * --help.
 */
#ifndef SIGNET_SRC_APP_CONFIG_H
#define SIGNET_SRC_APP_CONFIG_H

#include "keys/smime/smime.h"
#include "keys/trust/trust.h"

struct config_list {
	char **items;
	size_t count;
};

enum { CONFIG_SETTINGS = 64 };
enum config_maybe { MAYBE_DEFAULT, MAYBE_YES, MAYBE_NO };
enum config_theme { THEME_AUTO, THEME_DARK, THEME_LIGHT, THEME_MONO };
enum config_register { REGISTER_AUTO, REGISTER_YES, REGISTER_NO };

/* Whether texts are put into message/cpim: auto is for those who showed that
 * they take it. */
enum config_wrap { WRAP_AUTO, WRAP_YES, WRAP_NO };
/* Which receipts are given to contacts who ask for them. */
enum config_receipts { RECEIPTS_DELIVERY, RECEIPTS_NO, RECEIPTS_READ };

struct config {
	char *config, *keys, *proxy, *trace, *passphrase_command;
	char *history_file;
	int history; /* enum config_maybe */
	uint64_t history_days;
	char *password_command, *password_file, *auth_user, *realm;
	int registering; /* enum config_register */
	bool md5_in_clear, strict_files;
	struct config_list aors, listens, dns;
	bool sign, encrypt, json, verbose, quiet;
	bool attach_cert;
	bool quiet_bell, no_notify, mouse; /* of the client */
	char *highlight; /* words, commas between; or NULL */
	char *open_command; /* NULL: xdg-open */
	struct config_list aliases; /* "/NAME COMMAND" */
	int theme; /* enum config_theme */
	int cipher; /* enum smime_cipher */
	int nesting; /* enum smime_nesting */
	int wrap; /* enum config_wrap */
	int receipts; /* enum config_receipts */
	bool no_typing;
	int client_certs; /* enum tls_client_certs */
	struct policy policy;
	/* In seconds. */
	uint64_t expires, idle_timeout, message_timeout, connect_timeout;
	uint64_t register_expires, keep_alive, retry_max;
	uint64_t max_header, max_headers, max_body, max_connections, max_unsent,
	    max_buffered, max_answered;
	bool found; /* a settings file was read */
	bool keys_default; /* keys was set nowhere */
	bool replace[CONFIG_SETTINGS]; /* private to config*.c */
};

/* Returns the words of the command line that are not settings: argv[0] first,
 * NULL last, copies for config_words_free. A verb's words, its own options and
 * everything after "--" stay, in order. letters are those of the verbs'
 * options, with a ':' after each that takes a value (verb_letters). Unless file
 * is NULL, *file gets the value of --config, for free, or NULL. Returns NULL on
 * error: EX_USAGE. */
char **config_words(
    char *const *argv, const char *letters, char **file, struct err *e);
void config_words_free(char **words);

/* Fills c from the defaults, then signet.conf, then the settings in argv, which
 * is not changed. The file is the one that --config names, or
 * $XDG_CONFIG_HOME/signet/signet.conf, which need not exist. If impersonal, no
 * file is read and no key store is set unless argv names one. Free c with
 * config_free. EX_USAGE or EX_CONFIG. */
int config_load(struct config *c, char *const *argv, const char *letters,
    bool impersonal, struct err *e);
/* Appends the words that run signet with these settings and this key store in
 * any shell, in any folder. */
void config_shell(const struct config *c, struct buf *out);
/* Appends a recipe, in which "$" stands for these words, "#" for what it is
 * about as the last word of a command, and "%" for the same elsewhere. */
void config_recipe(const struct config *c, const char *recipe,
    const char *about, struct buf *out);
/* Appends what can be done about the cause of an error at a shell. False: nothing
 * is known. */
bool config_advice(
    const struct config *c, const struct err *e, struct buf *out);
/* Appends to the text of an error what can be done about its cause at a shell,
 * if something can; once. */
void config_advise(const struct config *c, struct err *e);
/* Says that no address is set, and what to do. Returns -1. EX_CONFIG. */
int config_no_aor(struct err *e);
/* Fills c from the defaults only. */
void config_init(struct config *c);
/* Fills c for an agent that signet makes for itself, in the demo and in flows:
 * defaults, its key store, its address and where it listens (NULL: nowhere). It
 * does not register. */
void config_ephemeral(
    struct config *c, const char *keys, const char *aor, const char *listen);
void config_free(struct config *c);

/* Returns whether the settings have a source of the SIP password. */
bool config_has_password(const struct config *c);

/* Changes a setting while signet runs. EX_USAGE, also if the setting needs a
 * restart. */
int config_set(
    struct config *c, const char *name, const char *value, struct err *e);
/* Parses a time (RFC 3339): 2005-11-19T23:34:50Z, one with an offset, or a date
 * alone. EX_USAGE. */
int config_time(time_t *to, const char *value, struct err *e);
/* Appends the names of the settings that config_set can change, with '|'
 * between; or, for the name of one, the words that it takes, nothing where it
 * takes others. */
void config_words_to_set(struct buf *out);
void config_words_of(struct span name, struct buf *out);
/* Appends the help of one setting. False: there is none of that name. */
bool config_help_of(struct span name, struct buf *out);
/* Appends each setting that config_set can change as a line "name = value". */
void config_show(const struct config *c, struct buf *out);

/* Returns the path of the default settings file, for the caller to free, or
 * NULL if neither XDG_CONFIG_HOME nor HOME is set. */
char *config_path(void);
/* Returns $XDG_DATA_HOME/signet/NAME, or the like below HOME; for the caller to
 * free, NULL if neither is set. */
char *config_data_path(const char *name);
/* Writes a new settings file, mode 0600, whole or not at all, and makes missing
 * folders above it. EX_USAGE for a setting that could not be read back,
 * EX_CANTCREAT also if the file exists, EX_IOERR. */
int config_save(const char *path, const char *const *names,
    const char *const *values, size_t count, struct err *e);

/* Appends the help of all settings, a line each; or of those named in names,
 * which are separated by blanks and must exist. */
void config_help(struct buf *out);
void config_help_some(const char *names, struct buf *out);

#endif
