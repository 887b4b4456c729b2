/* Registers only: adds, shifts, logic, compares and branches. */
#include "workload.h"

const char workload_name[] = "arithmetic";

uint64_t work(const struct machine *machine)
{
    uint64_t a = machine->memory_size, b = 0x9e3779b97f4a7c15, c = 1, d = 0;
    for (uint32_t i = 0; i < 50000000; i++) {
        a ^= b >> 7;
        b += a << 3;
        c = (c + 0x1234) ^ (a & 0xffff);
        if (c & 1)
            d += b;
        else
            d ^= c;
        b = (b << 13) | (b >> 51);
    }
    return a ^ b ^ c ^ d;
}
