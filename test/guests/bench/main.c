/* Sets translation up as the sample guest mmio-trap does, and runs one workload. The host measures from line to line. */
#include "console.h"
#include "device-tree.h"
#include "hypervisor-call.h"
#include "memory-layout.h"
#include "page-table.h"
#include "power-off.h"
#include "processor.h"
#include "workload.h"

#define PAGE_SIZE_64K 0x10000

static struct machine machine;

static void ask_for_interrupts_in_own_endianness(void)
{
#ifdef __LITTLE_ENDIAN__
    struct hypervisor_results results;
    hypervisor_call(&results, H_SET_MODE, H_SET_MODE_LITTLE_ENDIAN, H_SET_MODE_RESOURCE_ENDIANNESS, 0, 0);
#endif
}

static void map_memory(uint64_t first, uint64_t end)
{
    for (uint64_t physical = first; physical < end; physical += PAGE_SIZE_64K)
        enter_page(&kernel_segment, KERNEL_SEGMENT + physical, physical, ORDINARY_MEMORY, 0);
}

static void set_up_translation(void)
{
    uint64_t tree = machine.device_tree & ~(uint64_t)(PAGE_SIZE_64K - 1);
    map_memory(0, MAPPED_FROM_ZERO);
    map_memory(tree < MAPPED_FROM_ZERO ? MAPPED_FROM_ZERO : tree, machine.device_tree + machine.device_tree_size);
    add_segment(0, &kernel_segment);
    add_segment(1, &scene_segment);
    turn_translation_on();
}

void main(uint64_t device_tree)
{
    ask_for_interrupts_in_own_endianness();
    read_device_tree(device_tree, &machine);
    power_off_through(&machine);
    use_hashed_page_table_of_order(machine.page_table_order);
    set_up_translation();
    say("%s: begins", workload_name);
    uint64_t result = work(&machine);
    say("%s: %x", workload_name, result);
    power_off();
}
