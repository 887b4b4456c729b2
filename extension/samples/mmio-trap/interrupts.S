/*
 * The interrupt vectors (Power ISA, Book III-S, "Interrupt Definitions") and the way from them to C and back. An
 * interrupt arrives in real mode; the handlers stay there, so that no handler can miss in the hashed page table that it
 * is about to mend.
 */
#include "assembly.h"
#include "interrupt-frame.h"

        .file   "interrupts.S"
        .machine power7

#define SAVED(field) (STACK_HEADER_SIZE + FRAME_##field)
#define SAVED_REGISTER(number) (STACK_HEADER_SIZE + FRAME_GENERAL_REGISTERS + 8 * number)
#define STACK_USED (STACK_HEADER_SIZE + FRAME_SIZE)

/*
 * A function that was interrupted has both a return address in LR and an address to go on at. Debug information needs a
 * second register for the latter: number 67, which no Power register has.
 */
#define DWARF_INTERRUPTED_AT 67

/*
 * Some vectors have room for eight instructions only. The link register, not the count register, carries the jump to
 * the linked address: the three SPRGs are then enough to lose nothing.
 */
.macro vector address
        .org    \address - 0x100
        mtsprg0 r1
        mtsprg1 r3
        mflr    r3
        mtsprg2 r3
        li      r3, \address
        b       leave_vectors
.endm

        .section .vectors, "ax", @progbits
        .globl  interrupt_vectors
interrupt_vectors:
        vector  0x100 /* system reset */
        vector  0x200 /* machine check */
        vector  0x300 /* data storage */
        vector  0x380 /* data segment */
        vector  0x400 /* instruction storage */
        vector  0x480 /* instruction segment */
        vector  0x500 /* external */
        vector  0x600 /* alignment */
        vector  0x700 /* program */
        vector  0x800 /* floating-point unavailable */
        vector  0x900 /* decrementer */
        vector  0xa00 /* directed privileged doorbell */
        vector  0xc00 /* system call */
        vector  0xd00 /* trace */
        vector  0xf00 /* performance monitor */
        vector  0xf20 /* vector unavailable */
        vector  0xf40 /* VSX unavailable */
        vector  0xf60 /* facility unavailable */

leave_vectors:
        load_linked_address r1, save_and_handle
        mtlr    r1
        blr

        .text
        .globl  save_and_handle
        .type   save_and_handle, @function
save_and_handle:
        .cfi_startproc
        .cfi_signal_frame
        .cfi_return_column DWARF_INTERRUPTED_AT
        .cfi_undefined DWARF_INTERRUPTED_AT
        load_linked_address r1, interrupt_stack_top
        subi    r1, r1, STACK_USED
        std     r0, SAVED_REGISTER(0)(r1)
        std     r2, SAVED_REGISTER(2)(r1)
        .set    number, 4
        .rept   28
        std     number, SAVED_REGISTER(number)(r1)
        .set    number, number + 1
        .endr
        mfsprg0 r4
        std     r4, SAVED_REGISTER(1)(r1)
        mfsprg1 r5
        std     r5, SAVED_REGISTER(3)(r1)
        mfsprg2 r6
        std     r6, SAVED(LINK)(r1)
        mfsrr0  r7
        std     r7, SAVED(NEXT_INSTRUCTION)(r1)
        mfsrr1  r8
        std     r8, SAVED(MACHINE_STATE)(r1)
        mfctr   r9
        std     r9, SAVED(COUNT)(r1)
        mfcr    r10
        std     r10, SAVED(CONDITION)(r1)
        mfxer   r11
        std     r11, SAVED(FIXED_POINT_EXCEPTION)(r1)
        mfdar   r12
        std     r12, SAVED(DATA_ADDRESS)(r1)
        mfdsisr r0
        std     r0, SAVED(DATA_STATUS)(r1)
        std     r3, SAVED(VECTOR)(r1)

        /* The chain leads on to the interrupted function's frame. */
        std     r4, 0(r1)
        .cfi_def_cfa r1, STACK_USED
        .irp    number, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
        .cfi_offset \number, SAVED_REGISTER(\number) - STACK_USED
        .endr
        .irp    number, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
        .cfi_offset \number, SAVED_REGISTER(\number) - STACK_USED
        .endr
        .cfi_offset lr, SAVED(LINK) - STACK_USED
        .cfi_offset DWARF_INTERRUPTED_AT, SAVED(NEXT_INSTRUCTION) - STACK_USED

        load_linked_address r2, .TOC.
        addi    r3, r1, STACK_HEADER_SIZE
        bl      handle_interrupt
        nop

        ld      r3, SAVED(NEXT_INSTRUCTION)(r1)
        mtsrr0  r3
        ld      r4, SAVED(MACHINE_STATE)(r1)
        mtsrr1  r4
        ld      r5, SAVED(LINK)(r1)
        mtlr    r5
        ld      r6, SAVED(COUNT)(r1)
        mtctr   r6
        ld      r7, SAVED(CONDITION)(r1)
        mtcr    r7
        ld      r8, SAVED(FIXED_POINT_EXCEPTION)(r1)
        mtxer   r8
        ld      r0, SAVED_REGISTER(0)(r1)
        .set    number, 2
        .rept   30
        ld      number, SAVED_REGISTER(number)(r1)
        .set    number, number + 1
        .endr
        ld      r1, SAVED_REGISTER(1)(r1)
        rfid
        .cfi_endproc
        .size   save_and_handle, . - save_and_handle

        .section .note.GNU-stack, "", @progbits
