/* A guest asks for the key that the hypervisor marks pages without memory with. */
#include "scene.h"

#define PAGE (SCENE_SEGMENT + 0x10000)
#define OTHER_PAGE (SCENE_SEGMENT + 0x20000)
#define MEMORY 0x100000
#define H_PROTECT 0x18
#define KEY_31 31
/* H_PROTECT takes the key's bits where an entry has the lower ones, and the upper ones 48 to the right. */
#define KEY_31_FLAGS 0x3e00

void main(uint64_t device_tree)
{
    struct hypervisor_results results;
    uint64_t first, second;
    start_scene("key 31 from the guest's side", device_tree);
    struct entered_page page = map_page("key 31", PAGE, MEMORY, ORDINARY_MEMORY, KEY_31);
    if (page.status == H_SUCCESS) {
        store_to(PAGE, 0x31);
        say("key 31: the page holds %x", load_from(PAGE));
    }
    page = map_page("key 0", OTHER_PAGE, MEMORY, ORDINARY_MEMORY, 0);
    say("key 0: H_PROTECT to key 31 said %d",
        hypervisor_call(&results, H_PROTECT, KEY_31_FLAGS, page.index, 0, 0));
    read_entry(page.index, &first, &second);
    say("key 0: the guest's view now has key %d", (int64_t)storage_key_of(second));
    end_scene();
}
