/* Entries of 16 MiB over what the host has behind them. */
#include "scene.h"

#define SIXTEEN_MEGABYTES 0x1000000
#define MISALIGNED 0x80000000
#define GROUP 8

/* L = 1 and LP = 0: a page of 16 MiB. One group each, which nothing else uses. */
static void enter(const char *what, uint64_t physical, uint64_t group)
{
    struct hypervisor_results results;
    uint64_t first = (0x1234000ull << 12) | HPTE_LARGE | HPTE_VALID;
    int64_t status = hypervisor_call(&results, H_ENTER, 0, group * GROUP, first, physical | ORDINARY_MEMORY);
    say("%s: H_ENTER of 16 MiB at %x said %d", what, physical, status);
}

void main(uint64_t device_tree)
{
    uint64_t touched = SCENE_SEGMENT + 0x10000;
    start_scene("large pages", device_tree);
    enter("memory that nobody has touched", 2 * SIXTEEN_MEGABYTES, 40);
    map_page("a small page", touched, SIXTEEN_MEGABYTES, ORDINARY_MEMORY, 0);
    store_to(touched, 1);
    enter("memory that is there", SIXTEEN_MEGABYTES, 41);
    enter("a slot that is not a multiple of it", MISALIGNED, 42);
    end_scene();
}
