/*
 * Where a torture program begins: in real mode and big-endian, as a pseries guest does. It goes on in its own byte
 * order, with floating point and vectors on, and ends through RTAS: main's 0 powers the machine off, all else reboots it.
 */
        .machine power8

        .section .entry, "ax", @progbits
        .globl  entry
entry:
#ifdef __LITTLE_ENDIAN__
        /* bcl 20,31,.+4; mflr r10; addi r10,r10,28; mtsrr0 r10; mfmsr r11; ori r11,r11,1; mtsrr1 r11; rfid */
        .byte   0x42, 0x9f, 0x00, 0x05, 0x7d, 0x48, 0x02, 0xa6, 0x39, 0x4a, 0x00, 0x1c, 0x7d, 0x5a, 0x03, 0xa6
        .byte   0x7d, 0x60, 0x00, 0xa6, 0x61, 0x6b, 0x00, 0x01, 0x7d, 0x7b, 0x03, 0xa6, 0x4c, 0x00, 0x00, 0x24
#endif
        /* MSR[VEC, VSX, FP]. */
        mfmsr   r3
        oris    r3, r3, 0x0280
        ori     r3, r3, 0x2000
        mtmsrd  r3
        isync
        lis     r2, .TOC.@h
        ori     r2, r2, .TOC.@l
        lis     r1, stack_top@h
        ori     r1, r1, stack_top@l
        li      r0, 0
        stdu    r0, -128(r1)
        /* main(1, { "" }). */
        li      r3, 1
        lis     r4, arguments@h
        ori     r4, r4, arguments@l
        bl      main
        nop
        bl      exit
        nop

        .text
        .globl  call_rtas
/* r3: address of the arguments. */
call_rtas:
        mr      r4, r3
        lis     r3, 0
        ori     r3, r3, 0xf000
        sc      1
        b       .

        .data
        .balign 8
arguments:
        .quad   no_text, 0
no_text:
        .quad   0

        .section .note.GNU-stack, "", @progbits
