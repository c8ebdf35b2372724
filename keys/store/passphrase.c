#include "keys/store/passphrase.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include <openssl/crypto.h>
#include <openssl/evp.h>

int
passphrase_read(const char *prompt, bool again, struct buf *out, struct err *e)
{
	char typed[PASSPHRASE_MAX];
	int tty = open("/dev/tty", O_RDWR | O_CLOEXEC), rc;

	/* Without a terminal OpenSSL would read standard input, which is for a
	 * message or a script. */
	if (tty == -1)
		return err_set(e, EX_CONFIG,
		    "there is no terminal to ask on; give a command that "
		    "prints it: "
		    "--passphrase-command for a key, --password-command for an "
		    "account");
	(void)close(tty);
	rc = EVP_read_pw_string(typed, sizeof(typed), prompt, again);
	if (rc == 0) {
		buf_reserve(out, sizeof(typed));
		buf_add(out, typed, strlen(typed));
	}
	OPENSSL_cleanse(typed, sizeof(typed));
	if (rc != 0)
		return err_set(e, EX_NOPERM,
		    rc > 0 ? "the two passphrases differ"
			   : "no passphrase was given");
	return 0;
}
