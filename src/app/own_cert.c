#include "src/app/own_cert.h"

#include <time.h>

#include "src/base/time.h"

enum own_cert_state
own_cert_look(struct keystore *ks, const struct policy *policy,
    const struct aor *who, struct buf *remark)
{
	time_t now = policy->at != 0 ? policy->at : time(NULL);
	struct smime_preflight p;
	long long days;

	smime_preflight_own(ks, policy, who, &p);
	if (p.sign == SMIME_OWN_CERT_REFUSED) {
		buf_adds(remark, p.sign_why);
		return OWN_CERT_REFUSED;
	}
	if (p.own_not_after == 0)
		return OWN_CERT_NONE;
	days = ((long long)p.own_not_after - (long long)now) / 86400;
	if (days >= OWN_CERT_SOON)
		return OWN_CERT_GOOD;
	buf_addf(remark, "ends in %lld day%s, on ", days, days == 1 ? "" : "s");
	time_rfc3339(remark, p.own_not_after);
	return OWN_CERT_ENDS;
}
