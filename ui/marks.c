#include "ui/marks.h"

static const struct {
	const char *sign, *plain, *words;
} marks[MARKS] = {
    [MARK_BLANK] = {" ", " ", NULL},
    [MARK_GOOD] = {"\u2713", "+", "good: they signed it"},
    [MARK_ALARM] = {"!", "!", "refused, or alarming: the line below says why"},
    [MARK_UNKNOWN] = {"?", "?", "signed by somebody who is not known here"},
    [MARK_NONE] = {"\u00b7", ".", "not signed"},
    [MARK_WAITING] = {"-", "-", "of yours: waiting for a connection"},
    [MARK_SENT] = {">", ">", "of yours: sent, without an answer yet"},
    [MARK_ACCEPTED] = {"=", "=", "of yours: accepted by a server"},
    [MARK_DELIVERED] = {"\u2713", "+", "of yours: delivered"},
    [MARK_DISPLAYED] = {"*", "*", "of yours: displayed to them"},
    [MARK_FAILED] = {"!", "!", "of yours: failed"},
    [MARK_ENCRYPTED] = {"\u26bf", "#", "encrypted"},
};

/* Those of them that not every terminal draws. */
static const char beyond_ascii[] = "\u2713\u00b7\u26bf";

/* --- verdicts ------------------------------------------------------------- */

static struct mark_of
marks_of_theirs(const struct log_line *line)
{
	struct mark_of m = {
	    verdict_signature_name(line->signature), MARK_ALARM, STYLE_BAD};

	if (line->alarm)
		m.word = "NOT SIGNED";
	else if (line->signature == SIGNATURE_GOOD) {
		m.mark = MARK_GOOD;
		m.style = STYLE_GOOD;
	} else if (line->signature == SIGNATURE_NONE) {
		m.mark = MARK_NONE;
		m.style = STYLE_DIM;
	} else if (line->signature == SIGNATURE_UNKNOWN_SIGNER) {
		m.mark = MARK_UNKNOWN;
		m.style = STYLE_WARN;
	}
	return m;
}

/* Why a message was refused: the signature's verdict, else the encryption's. */
static const char *
marks_refusal(const struct log_line *line)
{
	if (line->alarm)
		return "NOT SIGNED";
	if (!line->judged)
		return "refused";
	if (line->signature != SIGNATURE_GOOD &&
	    line->signature != SIGNATURE_NONE)
		return verdict_signature_name(line->signature);
	if (line->encryption != ENCRYPTION_NONE &&
	    line->encryption != ENCRYPTION_OPENED)
		return verdict_encryption_name(line->encryption);
	return "refused";
}

static struct mark_of
marks_of_mine(enum log_state state)
{
	switch (state) {
	case LOG_WAITING:
		return (struct mark_of){"waiting", MARK_WAITING, STYLE_WARN};
	case LOG_SENT:
		return (struct mark_of){"sent", MARK_SENT, STYLE_DIM};
	case LOG_ACCEPTED:
		return (struct mark_of){"accepted", MARK_ACCEPTED, STYLE_DIM};
	case LOG_DISPLAYED:
		return (struct mark_of){
		    "displayed", MARK_DISPLAYED, STYLE_GOOD};
	case LOG_DELIVERED:
		return (struct mark_of){
		    "delivered", MARK_DELIVERED, STYLE_GOOD};
	case LOG_FAILED:
		break;
	}
	return (struct mark_of){"failed", MARK_FAILED, STYLE_BAD};
}

struct mark_of
marks_of(const struct log_line *line)
{
	switch (line->kind) {
	case LOG_THEIRS:
		return marks_of_theirs(line);
	case LOG_REFUSED:
		return (struct mark_of){
		    marks_refusal(line), MARK_ALARM, STYLE_BAD};
	case LOG_MINE:
		return marks_of_mine(line->state);
	case LOG_LOUD:
		return (struct mark_of){"signet", MARK_BLANK, STYLE_LOUD};
	case LOG_NOTE:
		break;
	}
	return (struct mark_of){"signet", MARK_BLANK, STYLE_NOTE};
}

bool
marks_alarm(const struct log_line *line)
{
	enum mark mark = marks_of(line).mark;

	return mark == MARK_ALARM || mark == MARK_UNKNOWN ||
	    mark == MARK_FAILED || mark == MARK_WAITING;
}

bool
marks_encrypted(const struct log_line *line)
{
	return line->kind == LOG_MINE
	    ? line->encrypt
	    : line->judged && line->encryption == ENCRYPTION_OPENED;
}

/* --- the marks ------------------------------------------------------------ */

const char *
marks_sign(enum mark mark)
{
	/* All or none: a reader learns one set. */
	return screen_draws(beyond_ascii) ? marks[mark].sign
					  : marks[mark].plain;
}

void
marks_help(struct buf *out)
{
	for (int i = 0; i < MARKS; i++)
		if (marks[i].words != NULL)
			buf_addf(out, "  %s  %s\n", marks_sign((enum mark)i),
			    marks[i].words);
}
