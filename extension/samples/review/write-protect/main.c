/* The host write-protects, writes out and moves pages that the guest has mapped writable. */
#include "scene.h"

#define MEMORY 0x80000000
#define SECOND_PAGE 0x10000

void main(uint64_t device_tree)
{
    uint64_t one = SCENE_SEGMENT + 0x10000;
    uint64_t other = SCENE_SEGMENT + 0x20000;
    start_scene("the host write-protects a page", device_tree);
    map_page("one", one, MEMORY, ORDINARY_MEMORY, 0);
    map_page("other", other, MEMORY + SECOND_PAGE, ORDINARY_MEMORY, 0);
    store_to(one, 0x5a3e);
    store_to(other, 0x5a3e);
    wait_until_microsecond(200);
    store_to(one, 1);
    say("after merging: one %x, other %x", load_from(one), load_from(other));
    wait_until_microsecond(300);
    store_to(one, 2);
    say("after the fork: one %x", load_from(one));
    wait_until_microsecond(400);
    say("after user space wrote: one %x", load_from(one));
    wait_until_microsecond(500);
    say("after swapping and moving: one %x, other %x", load_from(one), load_from(other));
    end_scene();
}
