/* An MMIO load whose instruction is another one by the time the hypervisor reads it: a store. */
#include "scene.h"

#define PAGE (SCENE_SEGMENT + 0x10000)
#define NO_MEMORY 0x8000000000
/* ld r3,0(r3); what the host puts in its place is std r4,0(r3). */
#define LOAD 0xe8630000

void main(uint64_t device_tree)
{
    start_scene("the instruction changes between the fault and the read", device_tree);
    map_page("a page without memory", PAGE, NO_MEMORY, DEVICE_MEMORY, 0);
    place_code(LOAD);
    wait_until_microsecond(200);
    say("loading, once: the result is %x", run_code(PAGE, 0x1234));
    end_scene();
}
