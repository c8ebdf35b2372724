#include "src/base/text.h"

#include <langinfo.h>
#include <locale.h>
#include <string.h>

bool
text_locale_utf8(void)
{
	locale_t here;
	bool utf8;

	if (strcmp(nl_langinfo(CODESET), "UTF-8") == 0)
		return true;
	here = newlocale(LC_CTYPE_MASK, "", (locale_t)0);
	if (here == (locale_t)0)
		return false;
	utf8 = strcmp(nl_langinfo_l(CODESET, here), "UTF-8") == 0;
	freelocale(here);
	return utf8;
}
