/* The host takes the right to write away after the slot was made. */
#include "scene.h"

#define MEMORY 0x80000000
#define PRIVATE_FILE 0x90000000

void main(uint64_t device_tree)
{
    uint64_t address = SCENE_SEGMENT + 0x10000;
    uint64_t file = SCENE_SEGMENT + 0x20000;
    start_scene("permission is asked when the page is got", device_tree);
    map_page("private file", file, PRIVATE_FILE, ORDINARY_MEMORY, 0);
    store_to(file, 0xc0b1ed);
    say("private file: a copy of the page holds %x", load_from(file));
    map_page("memory", address, MEMORY, ORDINARY_MEMORY, 0);
    store_to(address, 1);
    say("memory: holds %x", load_from(address));
    wait_until_microsecond(200);
    say("memory: still readable, %x", load_from(address));
    store_to(address, 2);
    say("memory: the store went through, %x", load_from(address));
    end_scene();
}
