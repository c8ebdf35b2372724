/*
 * The arguments of commands.
 */
#include "src/base/text.h"
#include "ui/commands_priv.h"
#include "ui/conversation.h"
#include "ui/notice.h"

struct span
command_word(struct span *args)
{
	struct span all = span_trim(*args);
	size_t end = span_find(all, ' ', 0);

	*args = span_trim(span_cut(all, end, all.n));
	return span_cut(all, 0, end);
}

struct conversation *
command_conversation(struct client *c, struct span word)
{
	struct conversation *v = conversation_current(c);

	if (word.n > 0)
		return conversation_with(c, word);
	if (v->kind == CONVERSATION_PEER)
		return v;
	notice_bar(c, "name somebody: an address or a contact's name");
	return NULL;
}
