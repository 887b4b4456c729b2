#include "assembly.h"

        .file   "hypervisor-call.S"
        .machine power7
        .text

#define FRAME_BYTES 48
#define SAVED_RESULTS 32

/*
 * int64_t hypervisor_call(results, number, first, second, third, fourth): PAPR wants the number in r3 and the
 * arguments from r4 on, one register lower than C put them. The hypervisor keeps r1, r2 and r13 to r31.
 */
        .globl  hypervisor_call
        .type   hypervisor_call, @function
hypervisor_call:
        .cfi_startproc
        mflr    r0
        std     r0, LINK_REGISTER_SAVE(r1)
        stdu    r1, -FRAME_BYTES(r1)
        .cfi_def_cfa_offset FRAME_BYTES
        .cfi_offset lr, LINK_REGISTER_SAVE
        std     r3, SAVED_RESULTS(r1)
        mr      r3, r4
        mr      r4, r5
        mr      r5, r6
        mr      r6, r7
        mr      r7, r8
        sc      1
        ld      r8, SAVED_RESULTS(r1)
        std     r4, 0(r8)
        std     r5, 8(r8)
        std     r6, 16(r8)
        std     r7, 24(r8)
        addi    r1, r1, FRAME_BYTES
        .cfi_def_cfa_offset 0
        ld      r0, LINK_REGISTER_SAVE(r1)
        mtlr    r0
        .cfi_restore lr
        blr
        .cfi_endproc
        .size   hypervisor_call, . - hypervisor_call

        .section .note.GNU-stack, "", @progbits
