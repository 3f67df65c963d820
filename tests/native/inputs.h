/* What the fuzzers share: bytes of an input, the digest of all answers, and the main that makes random inputs for so many
 * seconds, or until there were so many (-DSTANDALONE; libFuzzer brings its own). Inputs and digest are those of the seed on
 * every platform. */
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

static uint64_t digest = UINT64_C(0xcbf29ce484222325);

static void note(int64_t answer) { digest = (digest ^ (uint64_t)answer) * UINT64_C(0x100000001b3); }

#ifdef STANDALONE
int main(int count, char **arguments) {
    double seconds = count > 1 ? atof(arguments[1]) : 10;
    uint64_t state = count > 2 ? strtoull(arguments[2], NULL, 10) : 1, runs = 0;
    uint64_t most = count > 3 ? strtoull(arguments[3], NULL, 10) : UINT64_MAX;
    uint8_t input[4096];
    time_t start = time(NULL);
    while (runs < most && difftime(time(NULL), start) < seconds) {
        for (int batch = 0; batch < 100; batch++, runs++) {
            for (size_t place = 0; place < sizeof input; place++) {
                if (place % 8 == 0)
                    state ^= state << 13, state ^= state >> 7, state ^= state << 17;
                input[place] = (uint8_t)(state >> place % 8 * 8);
            }
            LLVMFuzzerTestOneInput(input, 64 + state % (sizeof input - 64));
        }
    }
    printf("%llu inputs in %.0f s, no finding; answers %016llx\n", (unsigned long long)runs, difftime(time(NULL), start),
           (unsigned long long)digest);
    return 0;
}
#endif

#endif
