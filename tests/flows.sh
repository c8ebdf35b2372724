#!/bin/sh
# Prints docs/flows.txt: all flows and scenarios, and the draft's own messages
# with its own keys. SIGNET is the program, SRCDIR the source folder.
set -eu

cat <<HEAD
signet's call flows, in the form of draft-ietf-sip-sec-flows-01 (RFC 6216).

"make flows" writes this file, and a test compares it with signet's output.
--seed fixes only tags, branches, Call-IDs, boundaries and dates; <random>
stands for values that depend on cryptographic randomness, <time> for elapsed
times, and <port> for ports that the system chose.

TLS here is that of $(openssl version | sed 's/ [0-9]* [A-Z][a-z]* .*//').

== signet flows --seed draft ==

HEAD
"$SIGNET" flows --seed draft
cat <<HEAD
== signet flows scenarios ==

HEAD
"$SIGNET" flows scenarios
cat <<HEAD

== signet flows --keys tests/vectors/sec-flows --legacy 5.2 6.1 6.2 6.3 ==

The draft's own messages, by its own keys; encrypted content is encrypted anew.

HEAD
"$SIGNET" flows --quiet --seed draft --legacy \
    --keys "$SRCDIR/tests/vectors/sec-flows" 5.2 6.1 6.2 6.3 2>/dev/null
