#include "src/store/store_merge.h"

#include <stdlib.h>
#include <string.h>

#include "src/base/digest.h"
#include "src/store/record.h"

enum { MERGE_NAME = 16 /* bytes of a digest that a message is known by */ };

/* A message: its number before and after. One of the other history that is here
 * already has no new one, but its place among those that are here. */
struct merge_number {
	uint64_t id, to;
	time_t when; /* of one that is here: it was written, or came */
	size_t here; /* of the other history's */
};

/* One that is here, by its name. Two may have one, so each is used once. */
struct merge_name {
	unsigned char name[MERGE_NAME];
	size_t here;
	bool used;
};

struct merge {
	struct writer *to;
	struct digest *digest;
	struct merge_number *here, *there;
	struct merge_name *names;
	size_t here_count, here_room, names_count, names_room;
	size_t there_count, there_room;
	time_t when; /* of the one that was learnt last */
	size_t next; /* of those here: the first that may have to move */
	bool moves; /* an older one came: what follows moves */
	bool settled; /* no more messages come */
	uint64_t inputs; /* the first number of a line that was not there */
	uint64_t taken;
};

/* --- which messages are the same ------------------------------------------ */

static time_t
merge_when(const struct store_message *m)
{
	return m->direction == STORE_OUT ? m->sent : m->arrived;
}

/* What a message says of itself, but for what becomes of it. */
static void
merge_name(struct digest *d, const struct store_message *m,
    unsigned char out[MERGE_NAME])
{
	bool ours = m->direction == STORE_OUT;
	unsigned char time[9], whole[DIGEST_SIZE];
	struct span parts[] = {{time, sizeof(time)}, span_str(m->peer),
	    span_str(m->from), span_str(m->to),
	    span_str(ours ? NULL : m->call_id),
	    {(const unsigned char *)m->text, m->text_len}};

	time[0] = ours;
	number_write(time + 1, 8, (uint64_t)merge_when(m));
	digest_spans(d, parts, sizeof(parts) / sizeof(parts[0]), whole);
	memcpy(out, whole, MERGE_NAME);
}

static int
merge_compare_names(const void *a, const void *b)
{
	const struct merge_name *x = a, *y = b;
	int order = memcmp(x->name, y->name, MERGE_NAME);

	return order != 0 ? order : (x->here > y->here) - (x->here < y->here);
}

/* Finds one with this name that stands for no other yet. */
static struct merge_name *
merge_find(struct merge *m, const unsigned char name[MERGE_NAME])
{
	size_t low = 0, high = m->names_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (memcmp(m->names[middle].name, name, MERGE_NAME) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	for (; low < m->names_count &&
	     memcmp(m->names[low].name, name, MERGE_NAME) == 0;
	     low++)
		if (!m->names[low].used)
			return &m->names[low];
	return NULL;
}

/* --- what is here --------------------------------------------------------- */

static bool
merge_learn(void *arg, const struct db_row *row)
{
	struct merge *m = arg;
	struct merge_number *last;
	struct merge_name *name;
	struct store_message message;
	struct buf record = {0};

	m->here = vec_grow(
	    m->here, m->here_count, &m->here_room, sizeof(*m->here));
	last = &m->here[m->here_count++];
	*last = (struct merge_number){
	    .id = row->id, .to = row->id, .when = m->when};
	if (box_open(m->to->keys, DB_MESSAGES, row, &record) &&
	    record_read_message(span_buf(&record), &message)) {
		m->names = vec_grow(m->names, m->names_count, &m->names_room,
		    sizeof(*m->names));
		name = &m->names[m->names_count++];
		*name = (struct merge_name){.here = m->here_count - 1};
		last->when = m->when = merge_when(&message);
		merge_name(m->digest, &message, name->name);
	}
	buf_wipe(&record);
	return true;
}

int
merge_begin(struct writer *to, struct merge **out, struct err *e)
{
	static const struct db_query all;
	struct merge *m = xcalloc(1, sizeof(*m));

	m->to = to;
	m->digest = digest_new();
	if (db_next(to->db, DB_INPUTS, &m->inputs, e) == -1 ||
	    db_each(to->db, DB_MESSAGES, &all, merge_learn, m, e) == -1) {
		merge_free(m);
		return -1;
	}
	if (m->names_count > 0)
		qsort(m->names, m->names_count, sizeof(*m->names),
		    merge_compare_names);
	*out = m;
	return 0;
}

void
merge_free(struct merge *m)
{
	if (m == NULL)
		return;
	digest_free(m->digest);
	free(m->here);
	free(m->names);
	free(m->there);
	free(m);
}

/* The last of them up to a number, or NULL. */
static const struct merge_number *
merge_last(const struct merge_number *all, size_t count, uint64_t id)
{
	size_t low = 0, high = count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (all[middle].id <= id)
			low = middle + 1;
		else
			high = middle;
	}
	return low > 0 ? &all[low - 1] : NULL;
}

/* --- moving --------------------------------------------------------------- */

/* Opens what the table has under a number. *sound is false for what is damaged,
 * *there for nothing. */
static int
merge_open(struct merge *m, enum db_table t, uint64_t id, struct db_row *row,
    struct buf *record, bool *there, bool *sound, struct err *e)
{
	struct buf box = {0};
	int rc = db_read(m->to->db, t, id, row, &box, e);

	*there = rc == 0;
	if (rc == 0 && !box_open(m->to->keys, t, row, record))
		*sound = false;
	buf_free(&box);
	return rc == -1 && e->exit == EX_NOINPUT ? 0 : rc;
}

/* Gives a message the next number, and what belongs to it. One that is damaged
 * stays where it is: its box is of its number. */
static int
merge_move(struct merge *m, struct merge_number *here, struct err *e)
{
	static const enum db_table tables[] = {
	    DB_MESSAGES, DB_REQUESTS, DB_SIGNED};
	enum { MERGE_TABLES = sizeof(tables) / sizeof(tables[0]) };
	struct buf records[MERGE_TABLES] = {{0}};
	struct db_row rows[MERGE_TABLES];
	bool there[MERGE_TABLES] = {false}, sound = true;
	uint64_t to = here->id;
	int rc = 0;

	for (size_t i = 0; i < MERGE_TABLES && rc == 0; i++)
		rc = merge_open(m, tables[i], here->id, &rows[i], &records[i],
		    &there[i], &sound, e);
	if (rc == 0 && sound && there[0]) {
		rc = db_next(m->to->db, DB_MESSAGES, &to, e);
		if (rc == 0)
			rc = db_delete(m->to->db, DB_MESSAGES, here->id, e);
		for (size_t i = 0; i < MERGE_TABLES && rc == 0; i++) {
			rows[i].id = to;
			if (there[i])
				rc = write_row(m->to, tables[i], &rows[i],
				    span_buf(&records[i]), e);
		}
	}
	here->to = to;
	for (size_t i = 0; i < MERGE_TABLES; i++)
		buf_wipe(&records[i]);
	return rc;
}

/* Brings those that are here and are of this time or older before what comes
 * next; all: whenever they are of. */
static int
merge_up_to(struct merge *m, time_t when, bool all, struct err *e)
{
	while (
	    m->next < m->here_count && (all || m->here[m->next].when <= when)) {
		if (m->moves && merge_move(m, &m->here[m->next], e) == -1)
			return -1;
		m->next++;
	}
	return 0;
}

/* People who are here: their rows. */
struct merge_people {
	uint64_t *ids;
	size_t count, room;
};

static bool
merge_add_person(void *arg, const struct db_row *row)
{
	struct merge_people *p = arg;

	p->ids = vec_grow(p->ids, p->count, &p->room, sizeof(*p->ids));
	p->ids[p->count++] = row->id;
	return true;
}

/* How far was read goes with the messages that move. */
static int
merge_move_person(struct merge *m, uint64_t id, struct err *e)
{
	struct buf record = {0}, changed = {0};
	struct db_row row = {.id = 0};
	struct store_person p;
	const struct merge_number *last;
	bool there, sound = true;
	int rc = merge_open(m, DB_PEOPLE, id, &row, &record, &there, &sound, e);

	if (rc == 0 && there && sound &&
	    record_read_person(span_buf(&record), &p)) {
		last = merge_last(m->here, m->here_count, p.read);
		p.read = last != NULL ? last->to : 0;
		record_write_person(&p, &changed);
		rc = write_row(m->to, DB_PEOPLE, &row, span_buf(&changed), e);
	}
	buf_wipe(&record);
	buf_wipe(&changed);
	return rc;
}

/* All messages of the other history have come. */
static int
merge_settle(struct merge *m, struct err *e)
{
	static const struct db_query all;
	struct merge_people people = {NULL, 0, 0};
	int rc;

	if (m->settled)
		return 0;
	m->settled = true;
	rc = merge_up_to(m, 0, true, e);
	if (rc == 0 && m->moves)
		rc = db_each(
		    m->to->db, DB_PEOPLE, &all, merge_add_person, &people, e);
	for (size_t i = 0; i < people.count && rc == 0; i++)
		rc = merge_move_person(m, people.ids[i], e);
	free(people.ids);
	return rc;
}

/* --- messages ------------------------------------------------------------- */

static int
merge_message(struct merge *m, uint64_t id, const struct db_row *row,
    struct span record, struct err *e)
{
	unsigned char name[MERGE_NAME];
	struct store_message message;
	struct merge_number *there;
	struct merge_name *same;
	struct db_row taken = *row;

	m->there = vec_grow(
	    m->there, m->there_count, &m->there_room, sizeof(*m->there));
	there = &m->there[m->there_count++];
	*there = (struct merge_number){.id = id};
	if (!record_read_message(record, &message))
		return err_set(e, EX_DATAERR, "a message cannot be read");
	merge_name(m->digest, &message, name);
	same = merge_find(m, name);
	if (same != NULL) {
		same->used = true;
		there->here = same->here;
		return 0;
	}
	if (merge_up_to(m, merge_when(&message), false, e) == -1)
		return -1;
	m->moves = m->moves || m->next < m->here_count;
	if (db_next(m->to->db, DB_MESSAGES, &taken.id, e) == -1)
		return -1;
	there->to = taken.id;
	m->taken++;
	return write_row(m->to, DB_MESSAGES, &taken, record, e);
}

/* --- what is beside them -------------------------------------------------- */

/* What belongs to a message goes where that went. */
static int
merge_beside(struct merge *m, enum db_table t, uint64_t id,
    const struct db_row *row, struct span record, struct err *e)
{
	const struct merge_number *there = merge_last(
	    m->there, m->there_count, id);
	struct db_row taken = *row;

	if (there == NULL || there->id != id)
		return err_set(
		    e, EX_DATAERR, "something belongs to no message");
	taken.id = there->to;
	return there->to != 0 ? write_row(m->to, t, &taken, record, e) : 0;
}

static int
merge_person(struct merge *m, const struct db_row *row, struct span record,
    struct err *e)
{
	const struct merge_number *last;
	struct buf box = {0}, changed = {0};
	struct store_person p;
	struct db_row other;
	int rc = db_read(m->to->db, DB_PEOPLE, row->id, &other, &box, e);

	buf_free(&box);
	if (rc == 0 || e->exit != EX_NOINPUT)
		return rc;
	if (!record_read_person(record, &p))
		return err_set(e, EX_DATAERR, "a person cannot be read");
	last = merge_last(m->there, m->there_count, p.read);
	p.read = last == NULL ? 0
	    : last->to != 0   ? last->to
			      : m->here[last->here].to;
	record_write_person(&p, &changed);
	rc = write_row(m->to, DB_PEOPLE, row, span_buf(&changed), e);
	buf_wipe(&changed);
	return rc;
}

static bool
merge_is_there(void *arg, const struct db_row *row)
{
	(void)row;
	*(bool *)arg = true;
	return false;
}

static int
merge_line(struct merge *m, const struct db_row *row, struct span record,
    struct err *e)
{
	struct db_query theirs = {.talk = row->talk, .before = m->inputs};
	struct db_row taken = *row;
	bool there = false;

	if (db_each(m->to->db, DB_INPUTS, &theirs, merge_is_there, &there, e) ==
	    -1)
		return -1;
	return there ? 0 : write_line(m->to, &taken, record, e);
}

int
merge_row(struct merge *m, enum db_table t, uint64_t id,
    const struct db_row *row, struct span record, struct err *e)
{
	if (t == DB_MESSAGES) {
		if (m->settled ||
		    (m->there_count > 0 &&
			m->there[m->there_count - 1].id >= id))
			return err_set(
			    e, EX_DATAERR, "messages are out of order");
		return merge_message(m, id, row, record, e);
	}
	if (merge_settle(m, e) == -1)
		return -1;
	if (t == DB_PEOPLE)
		return merge_person(m, row, record, e);
	return t == DB_INPUTS ? merge_line(m, row, record, e)
			      : merge_beside(m, t, id, row, record, e);
}

int
merge_end(struct merge *m, uint64_t *count, struct err *e)
{
	*count = m->taken;
	return merge_settle(m, e);
}
