/* Loads from a device that user space emulates; where there is none, as on QEMU's machine, nothing is done. */
#include "memory-layout.h"
#include "page-table.h"
#include "workload.h"

#define SCRATCH 7

const char workload_name[] = "mmio";

uint64_t work(const struct machine *machine)
{
    uint64_t sum = 0;
    if (!machine->emulated_uart.present)
        return 0;
    enter_page(&scene_segment, UART_WINDOW, machine->emulated_uart.address, DEVICE_MEMORY, 0);
    volatile uint8_t *uart = (volatile uint8_t *)(UART_WINDOW + machine->emulated_uart.address % 0x1000);
    for (uint32_t i = 0; i < 100000; i++) {
        uart[SCRATCH] = i;
        sum += uart[SCRATCH];
    }
    return sum;
}
