/* Calls, returns, and calls through a table. */
#include "workload.h"

const char workload_name[] = "calls";

static uint64_t __attribute__((noinline)) increment(uint64_t x) { return x + 1; }
static uint64_t __attribute__((noinline)) shift(uint64_t x) { return x ^ (x << 1); }
static uint64_t __attribute__((noinline)) mix(uint64_t x) { return increment(shift(x)) * 3; }
static uint64_t __attribute__((noinline)) invert(uint64_t x) { return ~x; }

static uint64_t (*volatile const table[4])(uint64_t) = {increment, shift, mix, invert};

uint64_t work(const struct machine *machine)
{
    uint64_t sum = machine->memory_size;
    for (uint32_t i = 0; i < 10000000; i++) {
        sum = table[i & 3](sum);
        sum += mix(i);
    }
    return sum;
}
