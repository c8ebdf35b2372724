#include "src/ua/backoff.h"

#include "src/base/digest.h"

uint64_t
backoff_ms(unsigned failures, uint64_t max)
{
	uint64_t wait = max;
	uint32_t drawn;

	if (failures < 32 && (500ULL << failures) < max)
		wait = 500ULL << failures;
	random_bytes(&drawn, sizeof(drawn));
	return wait / 2 + drawn % (wait / 2 + 1);
}
