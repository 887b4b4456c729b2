/* Loads and stores of every size with translation on, over more pages than one. */
#include "workload.h"

const char workload_name[] = "loads-and-stores";

static volatile uint64_t words[8192];

uint64_t work(const struct machine *machine)
{
    uint64_t sum = machine->memory_size;
    for (uint32_t round = 0; round < 4000; round++)
        for (uint32_t i = 0; i < 8192 - 16; i += 4) {
            uint64_t value = words[i] + round;
            sum += value ^ words[i + 9];
            words[i] = sum;
            *(volatile uint32_t *)&words[i + 1] = value;
            sum += *(volatile uint16_t *)&words[i + 2];
            *(volatile uint8_t *)&words[i + 2] = sum;
            sum += *(volatile uint32_t *)&words[i + 3];
        }
    return sum;
}
