// Hashes, comparisons in constant time and random bytes, as OpenSSL's libcrypto has them.
#ifndef LEASTWISE_CLIBCRYPTO_SHIM_H
#define LEASTWISE_CLIBCRYPTO_SHIM_H

#include <openssl/crypto.h>
#include <openssl/rand.h>
#include <openssl/sha.h>

#endif
