// Hashes, comparisons in constant time and random bytes, as OpenSSL's libcrypto has them.
#ifndef LEASTWISE_CLIBCRYPTO_SHIM_H
#define LEASTWISE_CLIBCRYPTO_SHIM_H

// SHA-256 in pieces: OpenSSL 3 prefers its EVP interface, and keeps this one.
#define OPENSSL_SUPPRESS_DEPRECATED 1
#include <openssl/crypto.h>
#include <openssl/rand.h>
#include <openssl/sha.h>

#endif
