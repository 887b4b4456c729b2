#include "assembly.h"

        .file   "processor.S"
        .machine power7
        .text

/*
 * The caller runs at linked addresses in real mode, so its return address is already the right one. rfid changes
 * MSR[IR] and the instruction address in one step: no instruction is fetched with one and not the other.
 */
        .globl  turn_translation_on
        .type   turn_translation_on, @function
turn_translation_on:
        .cfi_startproc
        mflr    r3
        mtsrr0  r3
        mfmsr   r4
        ori     r4, r4, MSR_INSTRUCTION_RELOCATE | MSR_DATA_RELOCATE
        mtsrr1  r4
        rfid
        .cfi_endproc
        .size   turn_translation_on, . - turn_translation_on

        .section .note.GNU-stack, "", @progbits
