/* A load from a page without an entry; its handler asks the hypervisor for one, which is then taken out again. */
#include "interrupts.h"
#include "memory-layout.h"
#include "page-table.h"
#include "workload.h"

#define FIRST_PAGE (SCENE_SEGMENT + 0x100000)
#define PAGE_SIZE 0x1000
#define PAGES 64

const char workload_name[] = "page-faults";

static uint64_t data[PAGE_SIZE / sizeof(uint64_t)] __attribute__((aligned(PAGE_SIZE)));
static struct entered_page entered;

static void enter_missing_page(struct interrupt_frame *frame)
{
    uint64_t page = frame->data_address & ~(uint64_t)(PAGE_SIZE - 1);
    entered = enter_page(&scene_segment, page, physical_address(data), ORDINARY_MEMORY, 0);
}

uint64_t work(const struct machine *machine)
{
    (void)machine;
    uint64_t sum = 0;
    data[0] = 31;
    for (uint32_t i = 0; i < 100000; i++) {
        expect_interrupt(VECTOR_DATA_STORAGE, enter_missing_page);
        sum += *(volatile uint64_t *)(FIRST_PAGE + (i % PAGES) * PAGE_SIZE);
        sum += remove_page(&entered);
    }
    return sum;
}
