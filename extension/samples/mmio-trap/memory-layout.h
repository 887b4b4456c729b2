/* Where things are: addresses of the linker script, and the effective addresses that the scenes use. */
#ifndef MEMORY_LAYOUT_H
#define MEMORY_LAYOUT_H

#include <stdint.h>

/* RAM, one to one: effective address = KERNEL_SEGMENT + physical address. 64 KiB pages. */
#define KERNEL_SEGMENT 0xc000000000000000
/* Everything that a scene maps for itself. 4 KiB pages, each scene 64 KiB from the next. */
#define SCENE_SEGMENT 0xd000000000000000
/* Has no segment lookaside buffer entry until the segment-miss scene needs one. */
#define MISSING_SEGMENT 0xe000000000000000

#define UART_WINDOW (SCENE_SEGMENT + 0x10000)
#define PASSED_THROUGH_WINDOW (SCENE_SEGMENT + 0x20000)
#define PAGE_FAULT_ADDRESS (SCENE_SEGMENT + 0x30128)
#define READ_ONLY_ADDRESS (SCENE_SEGMENT + 0x40010)
#define KEY_5_ADDRESS (SCENE_SEGMENT + 0x50128)
#define KEY_31_ADDRESS (SCENE_SEGMENT + 0x60000)
#define SEGMENT_MISS_ADDRESS (MISSING_SEGMENT + 0x70128)

/* Enough for the image and its stacks, and a good view of a group that fills up. */
#define MAPPED_FROM_ZERO 0x200000

static inline uint64_t physical_address(const volatile void *pointer)
{
    return (uint64_t)pointer & ~KERNEL_SEGMENT;
}

static inline void *linked_address(uint64_t physical)
{
    return (void *)(physical | KERNEL_SEGMENT);
}

#endif
