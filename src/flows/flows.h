/*
 * The verb flows: runs and prints the draft's call flows.
 */
#ifndef SIGNET_SRC_FLOWS_FLOWS_H
#define SIGNET_SRC_FLOWS_FLOWS_H

#include "src/app/verb_args.h"

extern const struct verb flows_verb;

#endif
