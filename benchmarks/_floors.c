/* The floors that the matcher is compared with: every byte of an Arrow column read, or each text hashed byte by byte. */
#include <stddef.h>
#include <stdint.h>

uint64_t floor_read(const uint8_t *data, const int32_t *offsets, size_t count) {
    uint64_t sum = 0;
    for (int64_t place = offsets[0]; place < offsets[count]; place++)
        sum += data[place];
    return sum;
}

uint64_t floor_hash(const uint8_t *data, const int32_t *offsets, size_t count) {
    uint64_t sum = 0;
    for (size_t row = 0; row < count; row++) {
        uint64_t hash = UINT64_C(0xcbf29ce484222325);
        for (int32_t place = offsets[row]; place < offsets[row + 1]; place++)
            hash = (hash ^ data[place]) * UINT64_C(0x100000001b3);
        sum ^= hash;
    }
    return sum;
}
