/* User space asks for a slot with the hypervisor's own flag. */
#include "scene.h"

#define MEMORY 0x80000000

void main(uint64_t device_tree)
{
    uint64_t address = SCENE_SEGMENT + 0x10000;
    start_scene("a flag that is the hypervisor's own", device_tree);
    wait_until_microsecond(200);
    struct entered_page page = map_page("ordinary memory", address, MEMORY, ORDINARY_MEMORY, 0);
    if (page.status == H_SUCCESS)
        say("ordinary memory: reads %x", load_from(address));
    end_scene();
}
