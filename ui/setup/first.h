/*
 * The first run: who one is, asked in one short screen, tried out, and kept.
 */
#ifndef SIGNET_UI_SETUP_FIRST_H
#define SIGNET_UI_SETUP_FIRST_H

struct config;
struct err;

enum first_result {
	FIRST_LEFT, /* the user left */
	FIRST_FAILED,
	FIRST_DEMO, /* the user asked for the demo */
	FIRST_DONE /* the client goes on with the settings */
};

/* Runs the client with the settings that were filled in. */
typedef int first_client_fn(const struct config *config);

/* Asks, registers, offers to make keys and writes signet.conf; then gives the
 * settings to goes_on, whose result is *exit then. e: of FIRST_FAILED. */
enum first_result first_run(const struct config *config,
    first_client_fn *goes_on, int *exit, struct err *e);

#endif
