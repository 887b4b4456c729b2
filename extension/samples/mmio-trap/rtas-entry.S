#include "assembly.h"

        .file   "rtas-entry.S"
        .machine power7
        .text

#define FRAME_BYTES 64
#define SAVED_R30 (FRAME_BYTES - 16)
#define SAVED_R31 (FRAME_BYTES - 8)

/*
 * void call_rtas_firmware(arguments, base, entry): PAPR ("RTAS Environment") has RTAS called big-endian, in
 * real mode, with physical addresses in r3 and r4 and the return address in LR. RTAS keeps r1, r2 and r13 to r31.
 */
        .globl  call_rtas_firmware
        .type   call_rtas_firmware, @function
call_rtas_firmware:
        .cfi_startproc
        mflr    r0
        std     r0, LINK_REGISTER_SAVE(r1)
        stdu    r1, -FRAME_BYTES(r1)
        .cfi_def_cfa_offset FRAME_BYTES
        .cfi_offset lr, LINK_REGISTER_SAVE
        std     r30, SAVED_R30(r1)
        .cfi_offset r30, SAVED_R30 - FRAME_BYTES
        std     r31, SAVED_R31(r1)
        .cfi_offset r31, SAVED_R31 - FRAME_BYTES
        mfmsr   r30
        load_linked_address r6, back_from_rtas
        clrldi  r6, r6, 4
        mtlr    r6
        li      r7, MSR_INSTRUCTION_RELOCATE | MSR_DATA_RELOCATE | MSR_LITTLE_ENDIAN
        andc    r7, r30, r7
        mtsrr0  r5
        mtsrr1  r7
        rfid

back_from_rtas:
        continue_in_own_endianness
        load_linked_address r4, back_as_called
        mtsrr0  r4
        mtsrr1  r30
        rfid

back_as_called:
        ld      r30, SAVED_R30(r1)
        ld      r31, SAVED_R31(r1)
        addi    r1, r1, FRAME_BYTES
        .cfi_restore r30
        .cfi_restore r31
        .cfi_def_cfa_offset 0
        ld      r0, LINK_REGISTER_SAVE(r1)
        mtlr    r0
        .cfi_restore lr
        blr
        .cfi_endproc
        .size   call_rtas_firmware, . - call_rtas_firmware

        .section .note.GNU-stack, "", @progbits
