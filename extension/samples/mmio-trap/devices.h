/* The two devices of the story. Accesses are functions of their own, so that a stop shows which one it is. */
#ifndef DEVICES_H
#define DEVICES_H

#include <stdint.h>

/* 16550 UART: one byte a register. */
#define UART_TRANSMIT 0
#define UART_SCRATCH 7

uint8_t load_from_uart(uint64_t address);
void store_to_uart(uint64_t address, uint8_t byte);

/* Key31's device to pass through: 32-bit little-endian registers at these offsets. */
#define DEVICE_IDENTITY 0
#define DEVICE_SCRATCH 4
#define DEVICE_ACCESS_COUNT 8

uint32_t load_from_device(uint64_t address);
void store_to_device(uint64_t address, uint32_t value);

#endif
