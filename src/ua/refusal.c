#include <stddef.h>

#include "src/ua/refusal.h"

/*
 * 437 Unsupported Credential (RFC 8224) is for signatures, 493 Undecipherable
 * (RFC 3261) for encryption, 413 and 415 for content that is too large or of
 * an unsupported kind.
 */
static const struct {
	int status;
	const char *warning;
} refusals[REFUSALS] = {
    [REFUSAL_NONE] = {200, NULL},
    [REFUSAL_SIGNATURE_MALFORMED] = {437, "The signature is malformed"},
    [REFUSAL_SIGNATURE_UNKNOWN_SIGNER] = {437,
	"The signer's certificate is unknown"},
    [REFUSAL_SIGNATURE_TAMPERED] = {437,
	"The signature does not match the content"},
    [REFUSAL_SIGNATURE_REVOKED] = {437, "The signer's certificate is revoked"},
    [REFUSAL_SIGNATURE_CHANGED] = {437,
	"The signer's certificate is not the pinned one"},
    [REFUSAL_SIGNATURE_UNTRUSTED] = {437,
	"The signer's certificate is not trusted"},
    [REFUSAL_SIGNATURE_EXPIRED] = {437, "The signer's certificate has expired"},
    [REFUSAL_SIGNATURE_NOT_YET_VALID] = {437,
	"The signer's certificate is not valid yet"},
    [REFUSAL_SIGNATURE_WEAK] = {437,
	"The signature or its certificate is weak"},
    [REFUSAL_SIGNATURE_IDENTITY_MISMATCH] = {437,
	"The signer's certificate does not name the sender"},
    [REFUSAL_SIGNATURE_NO_CRL] = {437,
	"The signer's revocation cannot be checked"},
    [REFUSAL_UNSIGNED] = {437, "The message is not signed, unlike before"},
    [REFUSAL_ENCRYPTION_MALFORMED] = {493, "The encrypted part is malformed"},
    [REFUSAL_ENCRYPTION_NO_KEY] = {493, "No private key here decrypts it"},
    [REFUSAL_ENCRYPTION_FAILED] = {493,
	"The encrypted part cannot be decrypted"},
    [REFUSAL_LAYERS] = {413, "Too many layers"},
    [REFUSAL_PARTS] = {413, "Too many parts"},
    [REFUSAL_NO_CONTENT_TYPE] = {415, "The body has no Content-Type"},
    [REFUSAL_CONTENT_ENCODING] = {415, "Content-Encoding is not supported"},
    [REFUSAL_TRANSFER_ENCODING_UNKNOWN] = {415, "Unknown transfer encoding"},
    [REFUSAL_TRANSFER_ENCODING_BROKEN] = {415,
	"The transfer encoding is broken"},
    [REFUSAL_COMPRESSED] = {415, "Compressed content is not supported"},
    [REFUSAL_MULTIPART_MALFORMED] = {415, "A multipart is malformed"},
    [REFUSAL_PART_MALFORMED] = {415, "A part of a multipart is malformed"},
    [REFUSAL_NO_TEXT] = {415, "There is no text/plain in it"},
    [REFUSAL_CHARSET] = {415, "The character set is unknown"},
    [REFUSAL_SIGNED_FROM_ANOTHER] = {437,
	"The From inside the signature is another one"},
    [REFUSAL_SIGNED_FOR_ANOTHER] = {437, "It is signed for somebody else"},
    [REFUSAL_CPIM_MALFORMED] = {400, "The message/cpim is malformed"},
    [REFUSAL_CPIM_REQUIRES] = {415,
	"The message/cpim requires a field that is not known here"},
    [REFUSAL_CPIM_CONTENT] = {415,
	"The message/cpim holds neither a text nor a receipt"},
    [REFUSAL_INTRODUCTION_MALFORMED] = {400, "The introduction is malformed"},
    [REFUSAL_INTRODUCTION_OTHER] = {437,
	"The introduction is not of the sender alone"},
    [REFUSAL_INTRODUCTION_INSIDE] = {415,
	"An introduction stands alone and in clear"},
    [REFUSAL_NOTICE_LARGE] = {413, "The receipt is too large"},
};

int
refusal_status(enum smime_refusal why)
{
	return refusals[why].status;
}

const char *
refusal_warning(enum smime_refusal why)
{
	return refusals[why].warning;
}
