/* One interrupt after the other: out of translated code, through the vector, a handler in C, and back. */
#include "interrupts.h"
#include "workload.h"

#define VECTOR_PROGRAM 0x700

const char workload_name[] = "exceptions";

static uint64_t taken;

static void skip_trap(struct interrupt_frame *frame)
{
    taken++;
    frame->next_instruction += 4;
}

uint64_t work(const struct machine *machine)
{
    (void)machine;
    for (uint32_t i = 0; i < 300000; i++) {
        expect_interrupt(VECTOR_PROGRAM, skip_trap);
        __asm__ volatile("trap" ::: "memory");
    }
    return taken;
}
