#include "devices.h"

/*
 * Stores to cache-inhibited, guarded storage stay in program order, but a load may overtake them unless eieio stands
 * between (Power ISA, Book II, "Storage Access Ordering").
 */
static inline __attribute__((always_inline)) void order_device_accesses(void)
{
    __asm__ volatile("eieio" : : : "memory");
}

static uint32_t little_endian(uint32_t value)
{
#ifdef __LITTLE_ENDIAN__
    return value;
#else
    return __builtin_bswap32(value);
#endif
}

uint8_t load_from_uart(uint64_t address)
{
    order_device_accesses();
    return *(volatile uint8_t *)address;
}

void store_to_uart(uint64_t address, uint8_t byte)
{
    order_device_accesses();
    *(volatile uint8_t *)address = byte;
}

uint32_t load_from_device(uint64_t address)
{
    order_device_accesses();
    return little_endian(*(volatile uint32_t *)address);
}

void store_to_device(uint64_t address, uint32_t value)
{
    order_device_accesses();
    *(volatile uint32_t *)address = little_endian(value);
}
