/* What the fuzzers share: octets of an input, and the main that makes random inputs for so many seconds (-DSTANDALONE;
 * libFuzzer brings its own). */
#ifndef PROXYADDR_INPUTS_H
#define PROXYADDR_INPUTS_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static uint8_t take(const uint8_t **data, size_t *size) {
    if (!*size)
        return 0;
    --*size;
    return *(*data)++;
}

#ifdef STANDALONE
int main(int count, char **arguments) {
    double seconds = count > 1 ? atof(arguments[1]) : 10;
    uint64_t state = count > 2 ? strtoull(arguments[2], NULL, 10) : 1, runs = 0;
    uint8_t input[4096];
    time_t start = time(NULL);
    while (difftime(time(NULL), start) < seconds) {
        for (int batch = 0; batch < 100; batch++, runs++) {
            for (size_t place = 0; place < sizeof input; place += 8) {
                state ^= state << 13, state ^= state >> 7, state ^= state << 17;
                memcpy(input + place, &state, 8);
            }
            LLVMFuzzerTestOneInput(input, 64 + state % (sizeof input - 64));
        }
    }
    printf("%llu inputs in %.0f s, no finding\n", (unsigned long long)runs, seconds);
    return 0;
}
#endif

#endif
