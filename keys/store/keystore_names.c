/*
 * The file names in a key store: SIPimp's, with every byte escaped that could
 * turn an address into a path.
 */
#include <stdlib.h>
#include <string.h>

#include "keys/store/keystore_priv.h"

static const char *const prefixes[STORE_KINDS] = {
    [STORE_USER_CERT] = "user_cert_",
    [STORE_USER_KEY] = "user_key_",
    [STORE_DOMAIN_CERT] = "domain_cert_",
    [STORE_DOMAIN_KEY] = "domain_key_",
    [STORE_ROOT_CERT] = "root_cert_",
    [STORE_ROOT_KEY] = "root_key_",
    [STORE_CA_CERT] = "ca_cert_",
    [STORE_CA_KEY] = "ca_key_",
    [STORE_CRL] = "crl_",
};

static bool
keystore_is_plain(unsigned char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	    (c >= '0' && c <= '9') || (c != '\0' && strchr("._+@-", c));
}

void
keystore_escape(struct buf *out, struct span name)
{
	for (size_t i = 0; i < name.n; i++)
		if (keystore_is_plain(name.p[i]))
			buf_add(out, &name.p[i], 1);
		else
			buf_addf(out, "%%%02X", name.p[i]);
}

void
keystore_file_name(struct buf *out, enum store_kind kind, struct span name)
{
	buf_adds(out, prefixes[kind]);
	keystore_escape(out, name);
	buf_adds(out, ".pem");
}

static int
keystore_hex(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* Takes +encrypt off the end of a person's NAME. No host has a '+', so that this
 * is no part of an address. */
static bool
keystore_name_second(enum store_kind kind, struct buf *name)
{
	static const char suffix[] = "+encrypt";
	const size_t n = sizeof(suffix) - 1;

	if ((kind != STORE_USER_CERT && kind != STORE_USER_KEY) ||
	    name->n <= n || memcmp(name->p + name->n - n, suffix, n) != 0)
		return false;
	name->n -= n;
	name->p[name->n] = '\0';
	return true;
}

bool
keystore_file_kind(
    const char *file, enum store_kind *kind, char **name, bool *second)
{
	struct span s = span_str(file);
	struct buf out = {0};
	size_t i;
	int k;

	for (k = 0; k < STORE_KINDS; k++)
		if (strncmp(file, prefixes[k], strlen(prefixes[k])) == 0)
			break;
	if (k == STORE_KINDS || s.n < strlen(prefixes[k]) + 5 ||
	    strcmp(file + s.n - 4, ".pem") != 0)
		return false;
	s = span_cut(s, strlen(prefixes[k]), s.n - 4);
	for (i = 0; i < s.n; i++) {
		unsigned char c = s.p[i];

		if (c == '%' && s.n - i >= 3 &&
		    keystore_hex((char)s.p[i + 1]) >= 0 &&
		    keystore_hex((char)s.p[i + 2]) >= 0) {
			c = (unsigned char)(keystore_hex((char)s.p[i + 1]) *
				16 +
			    keystore_hex((char)s.p[i + 2]));
			i += 2;
		}
		if (c == '\0') {
			buf_free(&out);
			return false;
		}
		buf_add(&out, &c, 1);
	}
	*kind = (enum store_kind)k;
	*second = keystore_name_second(*kind, &out);
	*name = (char *)out.p;
	return true;
}

char *
keystore_key(enum store_kind kind, struct span name)
{
	struct err ignored;
	struct aor a;
	char *key;
	size_t i;

	if (kind == STORE_USER_CERT || kind == STORE_USER_KEY) {
		if (aor_parse(name, &a, &ignored) == -1)
			return NULL;
		key = xstrdup(a.key);
		aor_free(&a);
		return key;
	}
	key = xstrndup(name);
	if (kind != STORE_DOMAIN_CERT && kind != STORE_DOMAIN_KEY)
		return key;
	for (i = 0; i < name.n; i++)
		if (key[i] >= 'A' && key[i] <= 'Z')
			key[i] = (char)(key[i] + 32);
	if (name.n > 1 && key[name.n - 1] == '.')
		key[name.n - 1] = '\0';
	return key;
}
