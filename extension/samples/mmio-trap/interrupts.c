#include "interrupts.h"

#include <stddef.h>

#include "console.h"
#include "power-off.h"

#define AGREE(member, offset) _Static_assert(offsetof(struct interrupt_frame, member) == offset, #member)
AGREE(general_registers, FRAME_GENERAL_REGISTERS);
AGREE(next_instruction, FRAME_NEXT_INSTRUCTION);
AGREE(machine_state, FRAME_MACHINE_STATE);
AGREE(link, FRAME_LINK);
AGREE(count, FRAME_COUNT);
AGREE(condition, FRAME_CONDITION);
AGREE(fixed_point_exception, FRAME_FIXED_POINT_EXCEPTION);
AGREE(data_address, FRAME_DATA_ADDRESS);
AGREE(data_status, FRAME_DATA_STATUS);
AGREE(vector, FRAME_VECTOR);
_Static_assert(sizeof(struct interrupt_frame) <= FRAME_SIZE && FRAME_SIZE % 16 == 0, "FRAME_SIZE");

struct interrupt_frame last_interrupt;

static uint64_t expected_vector;
static interrupt_handler *expected_handler;

void expect_interrupt(uint64_t vector, interrupt_handler *handler)
{
    expected_handler = handler;
    expected_vector = vector;
}

static _Noreturn void report_and_power_off(const struct interrupt_frame *frame)
{
    say("unexpected interrupt %x: SRR0 %x, SRR1 %x, DAR %x, DSISR %x", frame->vector, frame->next_instruction,
        frame->machine_state, frame->data_address, frame->data_status);
    power_off();
}

/* Called by interrupts.S. */
void handle_interrupt(struct interrupt_frame *frame)
{
    if (frame->vector != expected_vector)
        report_and_power_off(frame);
    last_interrupt = *frame;
    expected_vector = 0;
    expected_handler(frame);
}
