#include "src/app/comparison.h"

#include <stdlib.h>

int
comparison_add(struct keystore *ks, const char *address, struct fingerprints *f,
    struct err *e)
{
	char shown[KEYSTORE_SHOWN];
	struct aor who;
	int rc;

	if (aor_parse(span_str(address), &who, e) == -1)
		return -1;
	rc = keystore_shown(ks, &who, shown, e);
	aor_free(&who);
	if (rc == 0)
		(void)fingerprints_add_hex(f, span_str(shown), ' ');
	return rc;
}

int
comparison_words(struct keystore *ks, const char *me, const char *them,
    const char *indent, struct buf *out, struct err *e)
{
	struct fingerprints both = {.count = 0};

	if (comparison_add(ks, me, &both, e) == -1 ||
	    comparison_add(ks, them, &both, e) == -1)
		return -1;
	fingerprints_put_words(out, &both, indent);
	return 0;
}

int
comparison_code(
    struct keystore *ks, const char *address, struct buf *out, struct err *e)
{
	struct fingerprints f = {.count = 0};
	struct aor who;

	if (comparison_add(ks, address, &f, e) == -1 ||
	    aor_parse(span_str(address), &who, e) == -1)
		return -1;
	fingerprints_put_text(out, who.text, &f);
	aor_free(&who);
	return 0;
}

int
comparison_check(
    struct keystore *ks, struct span text, struct aor *who, struct err *e)
{
	struct fingerprints scanned, here = {.count = 0};
	int rc;

	if (fingerprints_read_text(text, who, &scanned, e) == -1)
		return -1;
	rc = comparison_add(ks, who->text, &here, e);
	if (rc == 0 && !fingerprints_equal(&scanned, &here))
		rc = err_set(e, EX_NOPERM,
		    "NOT THE SAME: the code has another certificate for %s "
		    "than the one here; one of the two is not theirs",
		    who->text);
	if (rc == -1)
		aor_free(who);
	return rc;
}
