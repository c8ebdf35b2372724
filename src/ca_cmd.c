#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../keys/testca.h"
#include "verbs.h"

enum { CA_DAYS = 3650, ISSUE_DAYS = 1095 };

static const char usage[] = "usage: signet ca init DIR [--name NAME] | "
    "issue DIR NAME [--days N] [--type p256|rsa:2048] [--force]";

struct ca_options {
	struct testca ca;
	const char *name;
	bool days_given;
};

static int
parse_options(int argc, char **argv, struct ca_options *o, struct err *e)
{
	static const struct option known[] = {
		{ "name", required_argument, NULL, 'n' },
		{ "type", required_argument, NULL, 't' },
		{ "days", required_argument, NULL, 'd' },
		{ "force", no_argument, NULL, 'f' },
		{ NULL, 0, NULL, 0 },
	};
	uint64_t days;
	int c;

	optind = 1;
	opterr = 0;
	while ((c = getopt_long(argc, argv, ":", known, NULL)) != -1) {
		switch (c) {
		case 'n':
			o->name = optarg;
			break;
		case 't':
			o->ca.type = optarg;
			break;
		case 'd':
			if (!number_parse(span_str(optarg), 36500, &days))
				return err_set(e, EX_USAGE, "--days takes a "
				    "number up to 36500, not \"%s\"", optarg);
			o->ca.days = (unsigned)days;
			o->days_given = true;
			break;
		case 'f':
			o->ca.force = true;
			break;
		default:
			return err_set(e, EX_USAGE, "%s", usage);
		}
	}
	return 0;
}

static int
ca_run(int argc, char **argv, struct err *e)
{
	struct ca_options o = { .name = "testCA" };
	bool init;

	if (argc < 1 || parse_options(argc, argv, &o, e) == -1)
		return argc < 1 ? err_set(e, EX_USAGE, "%s", usage) : -1;
	init = strcmp(argv[0], "init") == 0;
	if (argc - optind != (init ? 1 : 2) ||
	    (!init && strcmp(argv[0], "issue") != 0))
		return err_set(e, EX_USAGE, "%s", usage);
	o.ca.dir = argv[optind];
	if (!o.days_given)
		o.ca.days = init ? CA_DAYS : ISSUE_DAYS;
	if (init)
		return testca_init(&o.ca, o.name, e);
	return testca_issue(&o.ca, argv[optind + 1], e);
}

int
ca_cmd(const struct config *c, int argc, char **argv)
{
	struct err e = { 0, "" };

	(void)c;
	return ca_run(argc - 1, argv + 1, &e) == 0 ? 0 : verb_fail(&e);
}
