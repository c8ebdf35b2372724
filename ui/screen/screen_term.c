/*
 * Apart from the other files: term.h makes macros of words such as columns.
 */
#include "ui/screen/screen_priv.h"

#include <term.h>
#include <unistd.h>

bool
screen_is_known(void)
{
	int found;

	/* newterm, which fails too, would leave memory behind. */
	if (setupterm(NULL, STDOUT_FILENO, &found) != OK)
		return false;
	(void)del_curterm(cur_term);
	return true;
}
