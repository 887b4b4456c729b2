/* What the assembly files share. Special purpose registers have the assembler's own names where it knows them. */
#ifndef ASSEMBLY_H
#define ASSEMBLY_H

#define KERNEL_SEGMENT_HIGH 0xc000 /* the top 16 bits of every address this guest is linked at */

#define MSR_INSTRUCTION_RELOCATE 0x20
#define MSR_DATA_RELOCATE 0x10
#define MSR_LITTLE_ENDIAN 0x1

#define STACK_HEADER_SIZE 96 /* ELFv2: 32 bytes of header and room for eight parameters */
#define LINK_REGISTER_SAVE 16 /* ELFv2: where a callee stores its return address in its caller's frame */

/* Independent of where the code runs: gives the linked address even in a copy that a loader put elsewhere. */
.macro load_linked_address register, symbol
        lis     \register, KERNEL_SEGMENT_HIGH
        sldi    \register, \register, 32
        oris    \register, \register, \symbol@high
        ori     \register, \register, \symbol@l
.endm

.macro big_endian_instruction word
        .byte   (\word >> 24) & 0xff, (\word >> 16) & 0xff, (\word >> 8) & 0xff, \word & 0xff
.endm

/*
 * Reached with the processor big-endian, whatever the image is: firmware and loaders hand over that way. rfid
 * changes MSR[LE] together with the address of the next instruction (Power ISA, Book III-S, "System Linkage
 * Instructions"), so that none is fetched in the wrong order.
 * Destroys r4, r5 and LR; r3 holds what the caller was given.
 */
.macro continue_in_own_endianness
#ifdef __LITTLE_ENDIAN__
        big_endian_instruction 0x429f0005 /* bcl    20, 31, .+4 */
        big_endian_instruction 0x7c8802a6 /* mflr   r4          */
        big_endian_instruction 0x3884001c /* addi   r4, r4, 28  */
        big_endian_instruction 0x7ca000a6 /* mfmsr  r5          */
        big_endian_instruction 0x60a50001 /* ori    r5, r5, 1   */
        big_endian_instruction 0x7c9a03a6 /* mtsrr0 r4          */
        big_endian_instruction 0x7cbb03a6 /* mtsrr1 r5          */
        big_endian_instruction 0x4c000024 /* rfid               */
        /* 28: from the mflr, whose address bcl left in LR, to the instruction after this macro. */
#endif
.endm

#endif
