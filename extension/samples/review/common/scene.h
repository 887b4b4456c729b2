/* What every scenario begins with, and how it leaves the host its turn. */
#ifndef SCENE_H
#define SCENE_H

#include "console.h"
#include "hypervisor-call.h"
#include "interrupts.h"
#include "memory-layout.h"
#include "page-table.h"
#include "power-off.h"

/* Memory and translation; afterwards the guest's first 2 MiB are at KERNEL_SEGMENT. */
void start_scene(const char *name, uint64_t device_tree);
void end_scene(void) __attribute__((noreturn));

/*
 * Waits until the guest has run for so long: a thousand instructions are a microsecond. Launch configurations place
 * their host events between two of these moments.
 */
void wait_until_microsecond(uint64_t moment);

/* Enters a page of the scene segment and says what the hypervisor answered. */
struct entered_page map_page(const char *what, uint64_t effective_address, uint64_t physical, uint64_t attributes,
                             unsigned storage_key);
/* Functions of their own, so that a stop on the access is a stop in a function of this name. */
uint64_t load_from(uint64_t effective_address);
void store_to(uint64_t effective_address, uint64_t value);

/* A handler that goes on after the instruction. */
void skip_the_instruction(struct interrupt_frame *frame);

/* Puts an instruction, and a return after it, where launch configurations expect them; and calls them. */
#define CODE_TO_CHANGE 0x1f0000
void place_code(uint32_t instruction);
uint64_t run_code(uint64_t address, uint64_t value);

#endif
