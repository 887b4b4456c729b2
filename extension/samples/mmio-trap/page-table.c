#include "page-table.h"

#include "hypervisor-call.h"
#include "memory-layout.h"

#define SEGMENT_SHIFT 28
#define OFFSET_IN_SEGMENT ((1ull << SEGMENT_SHIFT) - 1)
#define PAGE_SHIFT_4K 12
#define PAGE_SHIFT_64K 16

/* slbmte, register RB. */
#define SLB_VALID (1ull << 27)
/* slbmte, register RS. */
#define SLB_VSID_SHIFT 12
#define SLB_PROBLEM_STATE_KEY 0x400
#define SLB_64K_BASE_PAGES 0x110

#define ENTRIES_IN_GROUP 8
#define GROUP_SIZE_SHIFT 7
#define AVPN_MASK (~0x7full)

/* Virtual segment numbers are the guest's to choose; these are easy to spot in a table. */
const struct segment kernel_segment = {KERNEL_SEGMENT, 0xc0c0c, PAGE_SHIFT_64K};
const struct segment scene_segment = {SCENE_SEGMENT, 0xd0d0d, PAGE_SHIFT_4K};
const struct segment missing_segment = {MISSING_SEGMENT, 0xe0e0e, PAGE_SHIFT_4K};

static uint64_t group_mask;

void use_hashed_page_table_of_order(unsigned order)
{
    group_mask = (1ull << (order - GROUP_SIZE_SHIFT)) - 1;
}

uint64_t hashed_page_table_groups(void)
{
    return group_mask + 1;
}

/* Ks is left 0 and Kp is 1: a supervisor may do what PP says for key 0, a user what it says for key 1. */
void add_segment(unsigned slot, const struct segment *segment)
{
    uint64_t page_size = segment->page_shift == PAGE_SHIFT_64K ? SLB_64K_BASE_PAGES : 0;
    uint64_t segment_half = (segment->virtual_segment << SLB_VSID_SHIFT) | SLB_PROBLEM_STATE_KEY | page_size;
    uint64_t address_half = segment->effective_address | SLB_VALID | slot;
    /* "Synchronization Requirements for Context Alterations" has slbmte between two of them. */
    __asm__ volatile("isync; slbmte %0, %1; isync" : : "r"(segment_half), "r"(address_half) : "memory");
}

/* "Page Table Search", the primary hash. */
static uint64_t group_of(const struct segment *segment, uint64_t effective_address)
{
    uint64_t page_in_segment = (effective_address & OFFSET_IN_SEGMENT) >> segment->page_shift;
    return (segment->virtual_segment ^ page_in_segment) & group_mask;
}

/* The virtual address without its low 23 bits; the lookup derives most of those from the group it searches. */
static uint64_t abbreviated_virtual_page_number(const struct segment *segment, uint64_t effective_address)
{
    uint64_t virtual_address = (segment->virtual_segment << SEGMENT_SHIFT) | (effective_address & OFFSET_IN_SEGMENT);
    return (virtual_address >> 16) & AVPN_MASK;
}

/* The five key bits lie in two places (figure "Hashed Page Table Entry"): 2 and 3, then 52 to 54. */
static uint64_t storage_key_bits(unsigned key)
{
    return ((uint64_t)(key >> 3) << 60) | ((uint64_t)(key & 7) << 9);
}

unsigned storage_key_of(uint64_t second_doubleword)
{
    return ((second_doubleword >> 57) & 0x18) | ((second_doubleword >> 9) & 7);
}

struct entered_page enter_page(const struct segment *segment, uint64_t effective_address, uint64_t physical,
                               uint64_t attributes, unsigned storage_key)
{
    struct hypervisor_results results;
    struct entered_page page;
    uint64_t page_mask = ~((1ull << segment->page_shift) - 1);

    page.first_doubleword = abbreviated_virtual_page_number(segment, effective_address) | HPTE_VALID;
    page.second_doubleword = (physical & page_mask) | attributes | storage_key_bits(storage_key);
    if (segment->page_shift == PAGE_SHIFT_64K) {
        page.first_doubleword |= HPTE_LARGE;
        page.second_doubleword |= HPTE_64K_PAGE;
    }
    /* No flags: the hypervisor takes the first free entry of the group and says which. */
    page.status = hypervisor_call(&results, H_ENTER, 0, group_of(segment, effective_address) * ENTRIES_IN_GROUP,
                                  page.first_doubleword, page.second_doubleword);
    page.index = results.values[0];
    return page;
}

int64_t read_entry(uint64_t index, uint64_t *first_doubleword, uint64_t *second_doubleword)
{
    struct hypervisor_results results;
    int64_t status = hypervisor_call(&results, H_READ, 0, index, 0, 0);
    *first_doubleword = results.values[0];
    *second_doubleword = results.values[1];
    return status;
}

int64_t remove_page(const struct entered_page *page)
{
    struct hypervisor_results results;
    return hypervisor_call(&results, H_REMOVE, H_AVPN, page->index, page->first_doubleword & AVPN_MASK, 0);
}
