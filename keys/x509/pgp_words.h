/*
 * The PGP word list: bytes as words that can be told apart on the telephone.
 */
#ifndef SIGNET_KEYS_X509_PGP_WORDS_H
#define SIGNET_KEYS_X509_PGP_WORDS_H

#include <stddef.h>

enum { PGP_WORD_EVEN = 9, PGP_WORD_ODD = 11 }; /* letters of the longest */

/* Returns the word for a byte at a place, which counts from 0. */
const char *pgp_word(size_t place, unsigned char value);

#endif
