/* Memory slots over two areas, over none yet, and over one that is replaced. */
#include "scene.h"

#define TWO_AREAS 0x80000000
#define MAPPED_LATER 0x90000000
#define REPLACED 0xa0000000
#define SECOND_PAGE 0x10000

static void two_areas_in_one_slot(void)
{
    uint64_t address = SCENE_SEGMENT + 0x10000;
    struct entered_page page =
        map_page("memory behind a device", address, TWO_AREAS + SECOND_PAGE, ORDINARY_MEMORY, 0);
    if (page.status != H_SUCCESS)
        return;
    store_to(address, 0x600d);
    say("memory behind a device: holds %x", load_from(address));
}

static void a_slot_before_its_area(void)
{
    uint64_t address = SCENE_SEGMENT + 0x20000;
    wait_until_microsecond(200);
    map_page("mapped later", address, MAPPED_LATER, ORDINARY_MEMORY, 0);
    store_to(address, 0x600d);
    say("mapped later: holds %x", load_from(address));
}

static void an_area_that_is_replaced(void)
{
    uint64_t address = SCENE_SEGMENT + 0x30000;
    map_page("replaced", address, REPLACED, ORDINARY_MEMORY, 0);
    store_to(address, 0x01d);
    wait_until_microsecond(300);
    say("replaced: holds %x", load_from(address));
}

void main(uint64_t device_tree)
{
    start_scene("there is no single area behind a slot", device_tree);
    two_areas_in_one_slot();
    a_slot_before_its_area();
    an_area_that_is_replaced();
    end_scene();
}
