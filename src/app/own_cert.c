#include "src/app/own_cert.h"

#include "src/base/time.h"

bool
own_cert_ends_soon(const struct smime_preflight *p, time_t now)
{
	return p->own_not_after != 0 &&
	    p->own_not_after < now + OWN_CERT_SOON * (time_t)86400;
}

enum own_cert_state
own_cert_look(struct keystore *ks, const struct policy *policy,
    const struct aor *who, struct buf *remark)
{
	time_t now = trust_now(policy);
	struct smime_preflight p;
	long long days;

	smime_preflight_own(ks, policy, who, &p);
	if (p.sign == SMIME_OWN_CERT_REFUSED) {
		buf_adds(remark, p.sign_why);
		return OWN_CERT_REFUSED;
	}
	if (p.own_not_after == 0)
		return OWN_CERT_NONE;
	if (!own_cert_ends_soon(&p, now))
		return OWN_CERT_GOOD;
	days = ((long long)p.own_not_after - (long long)now) / 86400;
	buf_addf(remark, "ends in %lld day%s, on ", days, days == 1 ? "" : "s");
	time_rfc3339(remark, p.own_not_after);
	return OWN_CERT_ENDS;
}
