/*
 * Settings: one table of names that the command line, signet.conf and --help
 * are all read from.
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
enum config_theme { THEME_AUTO, THEME_DARK, THEME_LIGHT, THEME_MONO };
enum config_register { REGISTER_AUTO, REGISTER_YES, REGISTER_NO };

struct config {
	char *config, *keys, *proxy, *trace, *passphrase_command;
	char *password_command, *password_file, *auth_user, *realm;
	int registering; /* enum config_register */
	bool md5_in_clear;
	struct config_list aors, listens, dns;
	bool sign, encrypt, json, verbose, quiet;
	bool attach_cert;
	bool quiet_bell, no_notify, no_mouse; /* of the client */
	int theme; /* enum config_theme */
	int cipher; /* enum smime_cipher */
	int nesting; /* enum smime_nesting */
	int client_certs; /* enum tls_client_certs */
	struct policy policy;
	/* Seconds, but for those that say otherwise. */
	uint64_t expires, idle_timeout, message_timeout, connect_timeout;
	uint64_t register_expires, keep_alive, retry_max;
	uint64_t max_header, max_headers, max_body, max_connections, max_unsent,
	    max_buffered, max_answered;
	bool found; /* a settings file, which was read */
	bool replace[CONFIG_SETTINGS]; /* private to config*.c */
};

/* The words of the command line that are no settings: argv[0] first and NULL
 * last, copies for config_words_free. A verb's words and its own options stay,
 * in order, and so does whatever follows "--". letters are those of verbs'
 * options, a ':' behind each that has a value. file is NULL, or gets the file
 * that --config names, for free, or NULL. NULL: EX_USAGE. */
char **config_words(
    char *const *argv, const char *letters, char **file, struct err *e);
void config_words_free(char **words);

/* Fills c: defaults, then signet.conf ($XDG_CONFIG_HOME/signet/signet.conf,
 * which need not exist, or the one that --config names), then the settings in
 * argv, which stays as it is. impersonal: no file is read, and there are no
 * keys, unless they are named. For config_free. EX_USAGE or EX_CONFIG. */
int config_load(struct config *c, char *const *argv, const char *letters,
    bool impersonal, struct err *e);
/* Defaults alone. */
void config_init(struct config *c);
/* Those of a user agent that is nobody's: its key store, who it is, and where
 * it listens (NULL: nowhere); it registers with nobody. */
void config_ephemeral(
    struct config *c, const char *keys, const char *aor, const char *listen);
void config_free(struct config *c);

/* Whether the settings say where the SIP password comes from. */
bool config_has_password(const struct config *c);

/* Changes a setting while signet runs. EX_USAGE, also for one that takes a
 * restart. */
int config_set(
    struct config *c, const char *name, const char *value, struct err *e);
/* Reads a time: 2005-11-19T23:34:50Z, with an offset, or a date alone (RFC
 * 3339). EX_USAGE. */
int config_time(time_t *to, const char *value, struct err *e);
/* Those that may change, a line "name = value" each. */
void config_show(const struct config *c, struct buf *out);

/* The file that is read when none is named, for the caller to free; NULL where
 * there is no HOME. */
char *config_path(void);
/* Writes a new settings file, mode 0600, whole or not at all, and the folders
 * above it where they are missing. EX_USAGE for what could not be read back,
 * EX_CANTCREAT also when there is such a file already, EX_IOERR. */
int config_save(const char *path, const char *const *names,
    const char *const *values, size_t count, struct err *e);

/* The table, a line each, for --help; and those of some names, with blanks
 * between them, all of which there must be. */
void config_help(struct buf *out);
void config_help_some(const char *names, struct buf *out);

#endif
