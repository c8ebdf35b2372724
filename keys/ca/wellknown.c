/*
 * The certificate and key as appendix A.1 of the draft prints them.
 */
#include <string.h>

#include <openssl/pem.h>

#include "keys/ca/wellknown.h"
#include "keys/store/keystore_write.h"

const char wellknown_name[] = "fluffyCA";

const char wellknown_warning[] =
    "warning: the root fluffyCA "
    "(draft-ietf-sip-sec-flows) is trusted here, and everybody has its "
    "private key: anybody can be anybody; for interop tests alone";

static const unsigned char fingerprint[CERT_FINGERPRINT] = {0xef, 0xaa, 0x1e,
    0x33, 0xb8, 0x5c, 0x95, 0xeb, 0xa1, 0x25, 0x7a, 0xc8, 0xdc, 0x54, 0x16,
    0x37, 0x5b, 0x75, 0x3e, 0x3d, 0x5f, 0x9c, 0xa5, 0xc0, 0xcd, 0xe9, 0x3e,
    0xb3, 0xe5, 0xcc, 0xd9, 0x62};

static const char cert_pem[] =
    "-----BEGIN CERTIFICATE-----\n"
    "MIIDJDCCAo2gAwIBAgIBADANBgkqhkiG9w0BAQUFADBwMQswCQYDVQQGEwJVUzET\n"
    "MBEGA1UECBMKQ2FsaWZvcm5pYTERMA8GA1UEBxMIU2FuIEpvc2UxDjAMBgNVBAoT\n"
    "BXNpcGl0MSkwJwYDVQQLEyBTaXBpdCBUZXN0IENlcnRpZmljYXRlIEF1dGhvcml0\n"
    "eTAeFw0wMzA3MTgxMjIxNTJaFw0xMzA3MTUxMjIxNTJaMHAxCzAJBgNVBAYTAlVT\n"
    "MRMwEQYDVQQIEwpDYWxpZm9ybmlhMREwDwYDVQQHEwhTYW4gSm9zZTEOMAwGA1UE\n"
    "ChMFc2lwaXQxKTAnBgNVBAsTIFNpcGl0IFRlc3QgQ2VydGlmaWNhdGUgQXV0aG9y\n"
    "aXR5MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDDIh6DkcUDLDyK9BEUxkud\n"
    "+nJ4xrCVGKfgjHm6XaSuHiEtnfELHM+9WymzkBNzZpJu30yzsxwfKoIKugdNUrD4\n"
    "N3viCicwcN35LgP/KnbN34cavXHr4ZlqxH+OdKB3hQTpQa38A7YXdaoz6goW2ft5\n"
    "Mi74z03GNKP/G9BoKOGd5QIDAQABo4HNMIHKMB0GA1UdDgQWBBRrRhcU6pR2JYBU\n"
    "bhNU2qHjVBShtjCBmgYDVR0jBIGSMIGPgBRrRhcU6pR2JYBUbhNU2qHjVBShtqF0\n"
    "pHIwcDELMAkGA1UEBhMCVVMxEzARBgNVBAgTCkNhbGlmb3JuaWExETAPBgNVBAcT\n"
    "CFNhbiBKb3NlMQ4wDAYDVQQKEwVzaXBpdDEpMCcGA1UECxMgU2lwaXQgVGVzdCBD\n"
    "ZXJ0aWZpY2F0ZSBBdXRob3JpdHmCAQAwDAYDVR0TBAUwAwEB/zANBgkqhkiG9w0B\n"
    "AQUFAAOBgQCWbRvv1ZGTRXxbH8/EqkdSCzSoUPrs+rQqR0xdQac9wNY/nlZbkR3O\n"
    "qAezG6Sfmklvf+DOg5RxQq/+Y6I03LRepc7KeVDpaplMFGnpfKsibETMipwzayNQ\n"
    "QgUf4cKBiF+65Ue7hZuDJa2EMv8qW4twEhGDYclpFU9YozyS1OhvUg==\n"
    "-----END CERTIFICATE-----\n";

/* The passphrase is the draft's. */
static const char passphrase[] = "password";
static const char key_pem[] =
    "-----BEGIN RSA PRIVATE KEY-----\n"
    "Proc-Type: 4,ENCRYPTED\n"
    "DEK-Info: DES-EDE3-CBC,4B47A0A73ADE342E\n"
    "\n"
    "aHmlPa+ZrOV6v+Jk0SClxzpxoG3j0ZuyoVkF9rzq2bZkzVBKLU6xhWwjMDqwA8dH\n"
    "3fCRLhMGIUVnmymXYhTW9svI1gpFxMBQHJcKpV/SmgFn/fbYk98Smo2izHOniIiu\n"
    "NOu2zr+bMiaBphOAZ/OCtVUxUOoBDKN9lR39UCDOgkEQzp9Vbw7l736yu5H9GMHP\n"
    "JtGLJyx3RhS3TvLfLAJZhjm/wZ/9QM8GjyJEiDhMQRJVeIZGvv4Yr1u6yYHiHfjX\n"
    "tX2eds8Luc83HbSvjAyjnkLtJsAZ/8cFzrd7pjFzbogLdWuil+kpkkf5h1uzh7oa\n"
    "um0M1EXBE4tcDHsfg1iqEsDMIei/U+/rWfk1PrzYlklwZp8S03vulkDm1fT76W7d\n"
    "mRBg4+CrHA6qYn6EPWB37OBtfEqAfINnIcI1dWzso9A0bTPD4EJO0JA0PcZ/2JgT\n"
    "PaKySgooHQ8AHNQebelch6M5LFExpaOADJKrqauKcc2HeUxXaYIpac5/7drIl3io\n"
    "UloqUnMlGa3eLP7BZIMsZKCfHZ8oqwU4g6mmmJath2gODRDx3mfhH6yaimDL7v4i\n"
    "SAIIkrEHXfSyovrTJymfSfQtYxUraVZDqax6oj/eGllRxliGfMLYG9ceU+yU/8FN\n"
    "LE7P+Cs19H5tHHzx1LlieaK43u/XvbXHlB5mqL/fZdkUIBJsjbBVx0HR8eQl2CH9\n"
    "YJDMOPLADecwHoyKA0AY59oN9d41oF7yZtN9KwNdslROYH7mNJlqMMenhXCLN+Nz\n"
    "vVU5/7/ugZFhZqfS46c1WdmSvuqpDp7TBtMeaH/PXjysBr0iZffOxQ==\n"
    "-----END RSA PRIVATE KEY-----\n";

bool
wellknown_trusted(struct keystore *ks)
{
	const struct store_issuers *known = keystore_issuers(ks);
	struct err ignored;
	size_t i;

	if (keystore_refresh(ks, &ignored) == -1)
		return false;
	for (i = 0; i < known->root_count; i++)
		if (memcmp(known->roots[i]->fingerprint, fingerprint,
			sizeof(fingerprint)) == 0)
			return true;
	return false;
}

static int
wellknown_give_passphrase(char *out, int size, int writing, void *arg)
{
	int n = (int)sizeof(passphrase) - 1;

	(void)writing;
	(void)arg;
	if (n > size)
		return -1;
	memcpy(out, passphrase, (size_t)n);
	return n;
}

int
wellknown_load(X509 **x, EVP_PKEY **key, struct err *e)
{
	BIO *c = BIO_new_mem_buf(cert_pem, -1);
	BIO *k = BIO_new_mem_buf(key_pem, -1);

	*x = c != NULL ? PEM_read_bio_X509(c, NULL, NULL, NULL) : NULL;
	*key = k != NULL
	    ? PEM_read_bio_PrivateKey(k, NULL, wellknown_give_passphrase, NULL)
	    : NULL;
	BIO_free(c);
	BIO_free(k);
	if (*x != NULL && *key != NULL)
		return 0;
	X509_free(*x);
	EVP_PKEY_free(*key);
	return err_ssl(e, EX_SOFTWARE,
	    "the well-known root cannot be read "
	    "(its key is under DES-EDE3 and MD5)");
}
