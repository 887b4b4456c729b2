/* The story. Each scene is one function; the handler of an interrupt that a scene provokes stands right above it. */
#include <stdbool.h>

#include "console.h"
#include "device-tree.h"
#include "devices.h"
#include "hypervisor-call.h"
#include "interrupts.h"
#include "memory-layout.h"
#include "page-table.h"
#include "power-off.h"
#include "processor.h"

#define PAGE_SIZE_4K 0x1000
#define PAGE_SIZE_64K 0x10000
#define INSTRUCTION_SIZE 4

#define SLB_SLOT_OF_KERNEL 0
#define SLB_SLOT_OF_SCENES 1
#define SLB_SLOT_OF_MISSING 2

/* Two bits a key, key 0 leftmost; the right one of them denies loads ("Virtual Page Class Key Protection"). */
#define AMR_NO_LOADS_WITH_KEY(key) (1ull << (62 - 2 * (key)))

#define KEY_OF_THE_HYPERVISOR 31

#ifdef __LITTLE_ENDIAN__
#define OWN_ENDIANNESS "little-endian"
#else
#define OWN_ENDIANNESS "big-endian"
#endif

static struct machine machine;

/* The page that the scenes map again and again, each at its own address and with its own protection. */
static uint64_t shared_page[PAGE_SIZE_4K / sizeof(uint64_t)] __attribute__((aligned(PAGE_SIZE_4K)));
#define SHARED_VALUE 0x4b65793331ull

static struct entered_page first_page;

/* Not inlined, so that a stop on the access is a stop in a function of this name. */
static uint64_t __attribute__((noinline)) load_from(uint64_t effective_address)
{
    return *(volatile uint64_t *)effective_address;
}

static void __attribute__((noinline)) store_to(uint64_t effective_address, uint64_t value)
{
    *(volatile uint64_t *)effective_address = value;
}

/* Without this an interrupt would arrive big-endian, and the first instruction at its vector would be another one. */
static void ask_for_interrupts_in_own_endianness(void)
{
#ifdef __LITTLE_ENDIAN__
    struct hypervisor_results results;
    int64_t status =
        hypervisor_call(&results, H_SET_MODE, H_SET_MODE_LITTLE_ENDIAN, H_SET_MODE_RESOURCE_ENDIANNESS, 0, 0);
    if (status != H_SUCCESS)
        say("endianness: H_SET_MODE refused with %d", status);
#endif
}

static void greet(void)
{
    say("Key31 sample guest mmio-trap, " OWN_ENDIANNESS);
    say("processor: version register %x", read_special_register(SPECIAL_REGISTER_PVR));
    say("memory: %d MiB, hashed page table of %d groups", machine.memory_size >> 20, hashed_page_table_groups());
}

static void map_memory(uint64_t first, uint64_t end)
{
    for (uint64_t physical = first; physical < end; physical += PAGE_SIZE_64K) {
        struct entered_page page =
            enter_page(&kernel_segment, KERNEL_SEGMENT + physical, physical, ORDINARY_MEMORY, 0);
        if (page.status != H_SUCCESS) {
            say("translation: H_ENTER of %x said %d", KERNEL_SEGMENT + physical, page.status);
            power_off();
        }
        if (physical == 0)
            first_page = page;
    }
}

static void set_up_translation(void)
{
    uint64_t tree = machine.device_tree & ~(uint64_t)(PAGE_SIZE_64K - 1);
    uint64_t tree_end = machine.device_tree + machine.device_tree_size;

    map_memory(0, MAPPED_FROM_ZERO);
    map_memory(tree < MAPPED_FROM_ZERO ? MAPPED_FROM_ZERO : tree, tree_end);
    add_segment(SLB_SLOT_OF_KERNEL, &kernel_segment);
    add_segment(SLB_SLOT_OF_SCENES, &scene_segment);
    turn_translation_on();
    say("translation: on");
}

/* By now the processor has set the reference and change bits: code was fetched from that page and data stored there. */
static void read_back_an_entry(void)
{
    uint64_t first_doubleword, second_doubleword;
    int64_t status = read_entry(first_page.index, &first_doubleword, &second_doubleword);
    say("entry %x: H_ENTER was given %x %x", first_page.index, first_page.first_doubleword,
        first_page.second_doubleword);
    say("entry %x: H_READ said %d and gives %x %x", first_page.index, status,
        first_doubleword & ~(uint64_t)HPTE_SOFTWARE_BITS, second_doubleword);
}

static bool map_device(const char *name, const struct device *device, uint64_t window)
{
    if (!device->present) {
        say("%s: not in the device tree", name);
        return false;
    }
    struct entered_page page = enter_page(&scene_segment, window, device->address, DEVICE_MEMORY, 0);
    say("%s: H_ENTER of guest address %x at %x said %d", name, device->address, window, page.status);
    return page.status == H_SUCCESS;
}

/* No memory slot covers the UART: each of these accesses traps, and leaves the guest as an MMIO exit. */
static void store_to_and_load_from_the_emulated_uart(void)
{
    static const char greeting[] = "through the emulated UART\r\n";
    if (!map_device("uart", &machine.emulated_uart, UART_WINDOW))
        return;
    uint64_t registers = UART_WINDOW + machine.emulated_uart.address % PAGE_SIZE_4K;
    for (const char *character = greeting; *character; character++)
        store_to_uart(registers + UART_TRANSMIT, *character);
    store_to_uart(registers + UART_SCRATCH, 0x5a);
    say("uart: scratch register reads %x", (uint64_t)load_from_uart(registers + UART_SCRATCH));
}

/* A memory slot maps this one to the real device: the accesses look the same and do not trap. */
static void touch_the_passed_through_device(void)
{
    if (!map_device("passed-through device", &machine.passed_through, PASSED_THROUGH_WINDOW))
        return;
    uint64_t registers = PASSED_THROUGH_WINDOW + machine.passed_through.address % PAGE_SIZE_4K;
    say("passed-through device: identity %x", (uint64_t)load_from_device(registers + DEVICE_IDENTITY));
    store_to_device(registers + DEVICE_SCRATCH, 0x600df00d);
    say("passed-through device: scratch register reads %x", (uint64_t)load_from_device(registers + DEVICE_SCRATCH));
    say("passed-through device: %d reads and writes so far",
        (int64_t)load_from_device(registers + DEVICE_ACCESS_COUNT));
}

static struct entered_page map_shared_page(uint64_t effective_address, uint64_t attributes, unsigned storage_key)
{
    return enter_page(&scene_segment, effective_address, physical_address(shared_page), attributes, storage_key);
}

static void say_what_interrupted(const char *scene)
{
    say("%s: DAR %x, DSISR %x", scene, last_interrupt.data_address, last_interrupt.data_status);
}

static void enter_the_missing_page(struct interrupt_frame *frame)
{
    map_shared_page(frame->data_address, ORDINARY_MEMORY, 0);
}

static void take_a_page_fault(void)
{
    say("page fault: loading from %x, which has no entry", PAGE_FAULT_ADDRESS);
    expect_interrupt(VECTOR_DATA_STORAGE, enter_the_missing_page);
    uint64_t value = load_from(PAGE_FAULT_ADDRESS);
    say_what_interrupted("page fault");
    say("page fault: after H_ENTER the load gave %x", value);
}

static void skip_the_instruction(struct interrupt_frame *frame)
{
    frame->next_instruction += INSTRUCTION_SIZE;
}

static void take_a_protection_fault(void)
{
    map_shared_page(READ_ONLY_ADDRESS, HPTE_MEMORY_COHERENT | HPTE_READ_ONLY, 0);
    say("protection fault: storing to %x, which is read-only", READ_ONLY_ADDRESS);
    expect_interrupt(VECTOR_DATA_STORAGE, skip_the_instruction);
    store_to(READ_ONLY_ADDRESS, 0);
    say_what_interrupted("protection fault");
    say("protection fault: the page still holds %x", load_from(READ_ONLY_ADDRESS));
}

static void allow_every_key(struct interrupt_frame *frame)
{
    (void)frame;
    write_special_register(SPECIAL_REGISTER_AMR, 0);
}

/* The hypervisor must tell this fault from its own: this one is the guest's to handle. */
static void take_a_key_fault_of_its_own(void)
{
    map_shared_page(KEY_5_ADDRESS, ORDINARY_MEMORY, 5);
    say("key fault: loading from %x, whose key 5 the AMR denies", KEY_5_ADDRESS);
    write_special_register(SPECIAL_REGISTER_AMR, AMR_NO_LOADS_WITH_KEY(5));
    expect_interrupt(VECTOR_DATA_STORAGE, allow_every_key);
    uint64_t value = load_from(KEY_5_ADDRESS);
    say_what_interrupted("key fault");
    say("key fault: after clearing the AMR the load gave %x", value);
}

static void add_the_missing_segment(struct interrupt_frame *frame)
{
    (void)frame;
    add_segment(SLB_SLOT_OF_MISSING, &missing_segment);
}

/* A data segment interrupt sets the DAR only: there was no entry to have a status. */
static void take_a_segment_miss(void)
{
    enter_page(&missing_segment, SEGMENT_MISS_ADDRESS, physical_address(shared_page), ORDINARY_MEMORY, 0);
    say("segment miss: loading from %x, whose segment has no SLB entry", SEGMENT_MISS_ADDRESS);
    expect_interrupt(VECTOR_DATA_SEGMENT, add_the_missing_segment);
    uint64_t value = load_from(SEGMENT_MISS_ADDRESS);
    say("segment miss: DAR %x", last_interrupt.data_address);
    say("segment miss: after slbmte the load gave %x", value);
}

/* Key 31 is what the hypervisor itself marks a page without memory with. May a guest use it too? */
static void ask_for_key_31(void)
{
    struct entered_page page = map_shared_page(KEY_31_ADDRESS, ORDINARY_MEMORY, KEY_OF_THE_HYPERVISOR);
    if (page.status != H_SUCCESS) {
        say("key 31: H_ENTER refused with %d%s", page.status, page.status == H_PARAMETER ? " (H_PARAMETER)" : "");
        return;
    }
    uint64_t first_doubleword, second_doubleword;
    read_entry(page.index, &first_doubleword, &second_doubleword);
    say("key 31: accepted, H_READ shows key %d in the guest's view", (int64_t)storage_key_of(second_doubleword));
    say("key 31: H_REMOVE said %d", remove_page(&page));
}

void main(uint64_t device_tree)
{
    ask_for_interrupts_in_own_endianness();
    if (!read_device_tree(device_tree, &machine))
        say("no device tree at %x", device_tree);
    power_off_through(&machine);
    use_hashed_page_table_of_order(machine.page_table_order);
    shared_page[PAGE_FAULT_ADDRESS % PAGE_SIZE_4K / sizeof(uint64_t)] = SHARED_VALUE;
    shared_page[READ_ONLY_ADDRESS % PAGE_SIZE_4K / sizeof(uint64_t)] = SHARED_VALUE;

    greet();
    set_up_translation();
    read_back_an_entry();
    store_to_and_load_from_the_emulated_uart();
    touch_the_passed_through_device();
    take_a_page_fault();
    take_a_protection_fault();
    take_a_key_fault_of_its_own();
    take_a_segment_miss();
    ask_for_key_31();
    say("mmio-trap: done");
    power_off();
}
