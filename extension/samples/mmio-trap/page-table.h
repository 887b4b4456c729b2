/*
 * The hashed page table and the segment lookaside buffer (Power ISA, Book III-S, "Storage Addressing"). A guest of a
 * hypervisor never sees the table: it computes where an entry belongs and asks for it by H_ENTER.
 */
#ifndef PAGE_TABLE_H
#define PAGE_TABLE_H

#include <stdint.h>

/* First doubleword of an entry. */
/* No meaning to the processor, and so hypervisors keep marks of their own in them. */
#define HPTE_SOFTWARE_BITS 0x78
#define HPTE_LARGE 0x4
#define HPTE_VALID 0x1

/* Second doubleword. */
#define HPTE_MEMORY_COHERENT 0x10
#define HPTE_CACHE_INHIBITED 0x20
#define HPTE_GUARDED 0x08
#define HPTE_64K_PAGE 0x1000
/* PP: what a supervisor with key Ks = 0 may do (figure "PP bit protection states"). */
#define HPTE_READ_AND_WRITE 0x0
#define HPTE_READ_ONLY 0x3

#define ORDINARY_MEMORY (HPTE_MEMORY_COHERENT | HPTE_READ_AND_WRITE)
#define DEVICE_MEMORY (HPTE_CACHE_INHIBITED | HPTE_GUARDED | HPTE_READ_AND_WRITE)

struct segment {
    uint64_t effective_address;
    uint64_t virtual_segment;
    uint64_t page_shift;
};

extern const struct segment kernel_segment;
extern const struct segment scene_segment;
extern const struct segment missing_segment;

struct entered_page {
    int64_t status;
    uint64_t index;
    uint64_t first_doubleword;
    uint64_t second_doubleword;
};

void use_hashed_page_table_of_order(unsigned order);
uint64_t hashed_page_table_groups(void);

void add_segment(unsigned slot, const struct segment *segment);

/* attributes: everything of the second doubleword that is neither page number, page size nor storage key. */
struct entered_page enter_page(const struct segment *segment, uint64_t effective_address, uint64_t physical,
                               uint64_t attributes, unsigned storage_key);
int64_t read_entry(uint64_t index, uint64_t *first_doubleword, uint64_t *second_doubleword);
int64_t remove_page(const struct entered_page *page);

unsigned storage_key_of(uint64_t second_doubleword);

#endif
