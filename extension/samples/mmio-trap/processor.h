/* Registers of the processor that C has no words for. Numbers are those of the Power ISA, Book III-S. */
#ifndef PROCESSOR_H
#define PROCESSOR_H

#include <stdint.h>

#define SPECIAL_REGISTER_AMR 29
#define SPECIAL_REGISTER_PVR 287

#define read_special_register(number)                                          \
    ({                                                                         \
        uint64_t value_;                                                       \
        __asm__ volatile("mfspr %0, %1" : "=r"(value_) : "i"(number));         \
        value_;                                                                \
    })

/* What follows may depend on the new value ("Synchronization Requirements for Context Alterations"). */
#define write_special_register(number, value)                                  \
    __asm__ volatile("isync; mtspr %0, %1; isync" : : "i"(number), "r"((uint64_t)(value)) : "memory")

/* processor.S */
void turn_translation_on(void);

#endif
