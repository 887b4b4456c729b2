/* What interrupts.S saves and interrupts.c reads. Each half states the layout; interrupts.c checks that they agree. */
#ifndef INTERRUPT_FRAME_H
#define INTERRUPT_FRAME_H

#define FRAME_GENERAL_REGISTERS 0
#define FRAME_NEXT_INSTRUCTION 256
#define FRAME_MACHINE_STATE 264
#define FRAME_LINK 272
#define FRAME_COUNT 280
#define FRAME_CONDITION 288
#define FRAME_FIXED_POINT_EXCEPTION 296
#define FRAME_DATA_ADDRESS 304
#define FRAME_DATA_STATUS 312
#define FRAME_VECTOR 320
#define FRAME_SIZE 336

#ifndef __ASSEMBLER__
#include <stdint.h>

struct interrupt_frame {
    uint64_t general_registers[32];
    uint64_t next_instruction; /* SRR0 */
    uint64_t machine_state;    /* SRR1 */
    uint64_t link;
    uint64_t count;
    uint64_t condition;
    uint64_t fixed_point_exception;
    uint64_t data_address; /* DAR */
    uint64_t data_status;  /* DSISR */
    uint64_t vector;
};
#endif

#endif
