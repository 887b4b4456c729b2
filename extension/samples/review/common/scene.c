#include "scene.h"

#include "device-tree.h"
#include "processor.h"

#define PAGE_SIZE_64K 0x10000
#define INSTRUCTION_SIZE 4
#define TICKS_IN_MICROSECOND 512
#define RETURN_INSTRUCTION 0x4e800020

static struct machine machine;

static void map_memory(uint64_t first, uint64_t end)
{
    for (uint64_t physical = first; physical < end; physical += PAGE_SIZE_64K)
        enter_page(&kernel_segment, KERNEL_SEGMENT + physical, physical, ORDINARY_MEMORY, 0);
}

void start_scene(const char *name, uint64_t device_tree)
{
    if (!read_device_tree(device_tree, &machine))
        say("no device tree at %x", device_tree);
    power_off_through(&machine);
    use_hashed_page_table_of_order(machine.page_table_order);
    uint64_t tree = machine.device_tree & ~(uint64_t)(PAGE_SIZE_64K - 1);
    map_memory(0, MAPPED_FROM_ZERO);
    map_memory(tree < MAPPED_FROM_ZERO ? MAPPED_FROM_ZERO : tree, machine.device_tree + machine.device_tree_size);
    add_segment(0, &kernel_segment);
    add_segment(1, &scene_segment);
    turn_translation_on();
    say("%s", name);
}

void end_scene(void)
{
    say("done");
    power_off();
}

void wait_until_microsecond(uint64_t moment)
{
    uint64_t now;
    do
        __asm__ volatile("mftb %0" : "=r"(now));
    while (now < moment * TICKS_IN_MICROSECOND);
}

struct entered_page map_page(const char *what, uint64_t effective_address, uint64_t physical, uint64_t attributes,
                             unsigned storage_key)
{
    struct entered_page page = enter_page(&scene_segment, effective_address, physical, attributes, storage_key);
    say("%s: H_ENTER of guest address %x said %d", what, physical, page.status);
    return page;
}

uint64_t __attribute__((noinline)) load_from(uint64_t effective_address)
{
    return *(volatile uint64_t *)effective_address;
}

void __attribute__((noinline)) store_to(uint64_t effective_address, uint64_t value)
{
    *(volatile uint64_t *)effective_address = value;
}

void skip_the_instruction(struct interrupt_frame *frame)
{
    frame->next_instruction += INSTRUCTION_SIZE;
}

void place_code(uint32_t instruction)
{
    volatile uint32_t *code = linked_address(CODE_TO_CHANGE);
    code[0] = instruction;
    code[1] = RETURN_INSTRUCTION;
    __asm__ volatile("dcbst 0, %0; sync; icbi 0, %0; sync; isync" : : "r"(code) : "memory");
}

uint64_t run_code(uint64_t address, uint64_t value)
{
    uint64_t (*code)(uint64_t, uint64_t) = (uint64_t(*)(uint64_t, uint64_t))(uintptr_t)linked_address(CODE_TO_CHANGE);
    return code(address, value);
}
