/*
 * The first run: who one is, asked in one short screen, tried out, and kept.
 */
#ifndef SIGNET_UI_SETUP_SETUP_H
#define SIGNET_UI_SETUP_SETUP_H

struct config;
struct err;

enum setup_result {
	SETUP_LEFT, /* the user left */
	SETUP_FAILED,
	SETUP_DEMO, /* the user asked for the demo */
	SETUP_DONE /* the client goes on with the settings */
};

/* Runs the client with the settings that were filled in. */
typedef int setup_client_fn(const struct config *config);

/* Asks, registers, offers to make keys and writes signet.conf; then gives the
 * settings to goes_on, whose result is *exit then. e: of FIRST_FAILED. */
enum setup_result setup_run(const struct config *config,
    setup_client_fn *start_client, int *exit, struct err *e);

#endif
