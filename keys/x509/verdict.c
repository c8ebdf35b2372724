#include "keys/x509/verdict.h"

const char *
verdict_transport_name(enum verdict_transport t)
{
	switch (t) {
	case TRANSPORT_NONE:
		return "none";
	case TRANSPORT_UDP:
		return "udp";
	case TRANSPORT_TCP:
		return "tcp";
	case TRANSPORT_TLS:
		return "tls";
	case TRANSPORT_TLS_MUTUAL:
		return "tls-mutual";
	}
	return "";
}

const char *
verdict_encryption_name(enum verdict_encryption e)
{
	switch (e) {
	case ENCRYPTION_NONE:
		return "none";
	case ENCRYPTION_OPENED:
		return "opened";
	case ENCRYPTION_UNOPENED:
		return "unopened";
	case ENCRYPTION_NO_KEY:
		return "no-key";
	case ENCRYPTION_FAILED:
		return "failed";
	case ENCRYPTION_MALFORMED:
		return "malformed";
	}
	return "";
}

const char *
verdict_signature_name(enum verdict_signature s)
{
	switch (s) {
	case SIGNATURE_MALFORMED:
		return "malformed";
	case SIGNATURE_UNKNOWN_SIGNER:
		return "unknown-signer";
	case SIGNATURE_TAMPERED:
		return "tampered";
	case SIGNATURE_REVOKED:
		return "revoked";
	case SIGNATURE_CHANGED:
		return "changed";
	case SIGNATURE_UNTRUSTED:
		return "untrusted";
	case SIGNATURE_EXPIRED:
		return "expired";
	case SIGNATURE_NOT_YET_VALID:
		return "not-yet-valid";
	case SIGNATURE_WEAK:
		return "weak";
	case SIGNATURE_IDENTITY_MISMATCH:
		return "identity-mismatch";
	case SIGNATURE_NO_CRL:
		return "no-crl";
	case SIGNATURE_GOOD:
		return "good";
	case SIGNATURE_NONE:
		return "none";
	}
	return "";
}

const char *
verdict_covers_name(enum verdict_covers c)
{
	switch (c) {
	case COVERS_NOTHING:
		return "";
	case COVERS_TEXT:
		return "text";
	case COVERS_CIPHERTEXT:
		return "ciphertext";
	}
	return "";
}

bool
verdict_signature_bad(enum verdict_signature s)
{
	return s != SIGNATURE_GOOD && s != SIGNATURE_NONE &&
	    s != SIGNATURE_UNKNOWN_SIGNER;
}
