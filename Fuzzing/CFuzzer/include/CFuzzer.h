// The entry of libFuzzer for programs with a main function of their own (llvm.org/docs/LibFuzzer.html).
#ifndef LEASTWISE_CFUZZER_H
#define LEASTWISE_CFUZZER_H

#include <stddef.h>
#include <stdint.h>

#pragma clang assume_nonnull begin

int LLVMFuzzerRunDriver(
    int *argc, char *_Nullable *_Nonnull *_Nonnull argv, int (*one_input)(const uint8_t *_Nullable data, size_t size));

#pragma clang assume_nonnull end

#endif
