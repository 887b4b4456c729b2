/*
 * Where the machine enters the guest, as Linux on pseries is entered without Open Firmware: real mode, big-endian,
 * r3 = physical address of the flattened device tree.
 */
#include "assembly.h"

        .file   "start.S"
        .machine power7

        .section .entry, "ax", @progbits
        .globl  entry
        .type   entry, @function
entry:
        .cfi_startproc
        .cfi_undefined lr
        continue_in_own_endianness
        mr      r31, r3
        bcl     20, 31, 1f
1:      mflr    r30
        subi    r30, r30, 1b - entry
        b       move_to_physical_zero
        .cfi_endproc
        .size   entry, . - entry

        .text
/* Interrupt vectors are at fixed physical addresses, and a loader may have put the image elsewhere. */
        .type   move_to_physical_zero, @function
move_to_physical_zero:
        .cfi_startproc
        .cfi_undefined lr
        cmpdi   r30, 0
        beq     enter_linked_addresses
        load_linked_address r5, image_start
        load_linked_address r6, image_loaded_end
        subf    r6, r5, r6
        srdi    r7, r6, 3
        mtctr   r7
        li      r8, 0
1:      ldx     r9, r30, r8
        stdx    r9, r5, r8
        addi    r8, r8, 8
        bdnz    1b

        /* Instruction caches are not kept coherent with stores (Power ISA, Book II, "Instruction Storage"). */
        addi    r7, r6, 127
        srdi    r7, r7, 7
        mtctr   r7
        li      r8, 0
2:      dcbst   r5, r8
        sync
        icbi    r5, r8
        addi    r8, r8, 128
        bdnz    2b
        sync
        isync

/*
 * Still in real mode, where the top four bits of an address are ignored (Power ISA, Book III-S, "Real
 * Addressing Mode"): the linked addresses work before there is any translation.
 */
enter_linked_addresses:
        load_linked_address r4, start_with_stack
        mtctr   r4
        bctr
        .cfi_endproc
        .size   move_to_physical_zero, . - move_to_physical_zero

        .type   start_with_stack, @function
start_with_stack:
        .cfi_startproc
        .cfi_undefined lr
        load_linked_address r2, .TOC.
        load_linked_address r1, stack_top
        /* A back chain of zero ends every backtrace. */
        li      r0, 0
        stdu    r0, -STACK_HEADER_SIZE(r1)
        load_linked_address r4, bss_start
        load_linked_address r5, bss_end
1:      cmpld   r4, r5
        bge     2f
        std     r0, 0(r4)
        addi    r4, r4, 8
        b       1b
2:      mr      r3, r31
        bl      main
        nop
3:      b       3b
        .cfi_endproc
        .size   start_with_stack, . - start_with_stack

        .section .stacks, "aw", @nobits
        .balign 16
        .space  8192
stack_top:
        .space  8192
        .globl  interrupt_stack_top
interrupt_stack_top:

        .section .note.GNU-stack, "", @progbits
