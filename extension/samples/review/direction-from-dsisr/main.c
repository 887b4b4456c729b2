/* The same race on a page that the guest has mapped read-only: what is the store allowed by? */
#include "scene.h"

#define PAGE (SCENE_SEGMENT + 0x10000)
#define NO_MEMORY 0x8000000000
#define READ_ONLY_DEVICE (HPTE_CACHE_INHIBITED | HPTE_GUARDED | HPTE_READ_ONLY)
#define LOAD 0xe8630000

void main(uint64_t device_tree)
{
    start_scene("a store with a load's permission", device_tree);
    map_page("a read-only page without memory", PAGE, NO_MEMORY, READ_ONLY_DEVICE, 0);
    expect_interrupt(VECTOR_DATA_STORAGE, skip_the_instruction);
    place_code(LOAD);
    wait_until_microsecond(200);
    run_code(PAGE, 0x1234);
    if (last_interrupt.vector == VECTOR_DATA_STORAGE)
        say("the store was refused: DSISR %x", last_interrupt.data_status);
    else
        say("no interrupt: the store went out");
    end_scene();
}
