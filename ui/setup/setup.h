/*
 * The setup: a form for the address and account, which are tried and saved.
 */
#ifndef SIGNET_UI_SETUP_SETUP_H
#define SIGNET_UI_SETUP_SETUP_H

struct config;
struct err;

enum setup_result {
	SETUP_LEFT, /* the user quit */
	SETUP_FAILED,
	SETUP_DEMO, /* the user asked for the demo */
	SETUP_DONE /* the client has run with the settings */
};

/* Runs the client with the new settings. */
typedef int setup_client_fn(const struct config *config);

/* Asks, registers, offers to make a key and writes signet.conf. Then it calls
 * start_client, whose result goes into *exit. e is set for SETUP_FAILED. */
enum setup_result setup_run(const struct config *config,
    setup_client_fn *start_client, int *exit, struct err *e);

#endif
