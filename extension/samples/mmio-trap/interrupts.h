/* Interrupts that a scene provokes on purpose. Any other one is reported and ends the run. */
#ifndef INTERRUPTS_H
#define INTERRUPTS_H

#include "interrupt-frame.h"

#define VECTOR_DATA_STORAGE 0x300
#define VECTOR_DATA_SEGMENT 0x380

/* Runs in real mode on the interrupt stack; changes what made the access fail, or the frame to return to. */
typedef void interrupt_handler(struct interrupt_frame *frame);

/* For one interrupt: a second one would mean that the handler did not help. */
void expect_interrupt(uint64_t vector, interrupt_handler *handler);

/* Copied out of the frame, since the next interrupt reuses the stack. */
extern struct interrupt_frame last_interrupt;

#endif
