/* What the guest wants to know of its machine: read from the flattened device tree (Devicetree Specification). */
#ifndef DEVICE_TREE_H
#define DEVICE_TREE_H

#include <stdbool.h>
#include <stdint.h>

struct device {
    bool present;
    uint64_t address;
    uint64_t size;
};

struct machine {
    uint64_t device_tree; /* physical */
    uint64_t device_tree_size;
    uint64_t memory_size;
    uint32_t page_table_order;
    bool has_rtas_entry;
    uint32_t rtas_base;
    uint32_t rtas_entry;
    uint32_t rtas_power_off;
    struct device emulated_uart;
    struct device passed_through;
};

/* Returns false if there is no device tree at that physical address. */
bool read_device_tree(uint64_t device_tree, struct machine *machine);

#endif
