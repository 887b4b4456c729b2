#include "device-tree.h"

#include <stddef.h>

#include "memory-layout.h"

#define MAGIC 0xd00dfeed
#define TOKEN_BEGIN_NODE 1
#define TOKEN_END_NODE 2
#define TOKEN_PROPERTY 3
#define TOKEN_NOTHING 4

/* The root node gives two cells to an address and two to a size; every node read here is a child of it. */
#define BYTES_OF_ADDRESS 8
#define BYTES_OF_ADDRESS_AND_SIZE 16

struct property {
    const char *name;
    const uint8_t *value;
    uint32_t length;
};

/* A node's properties all come before its children, so one node at a time is enough. */
struct node {
    const char *name;
    struct property device_type;
    struct property compatible;
    struct property registers;
};

/* Byte by byte: the tree is big-endian, the guest perhaps not, and nothing promises alignment. */
static uint32_t word_at(const uint8_t *bytes)
{
    return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

static uint64_t doubleword_at(const uint8_t *bytes)
{
    return (uint64_t)word_at(bytes) << 32 | word_at(bytes + 4);
}

static bool equal(const char *first, const char *second)
{
    while (*first && *first == *second) {
        first++;
        second++;
    }
    return *first == *second;
}

/* The value of "compatible" is several strings one after the other. */
static bool lists(const struct property *property, const char *wanted)
{
    const char *string = (const char *)property->value;
    const char *end = string + property->length;
    while (string < end) {
        if (equal(string, wanted))
            return true;
        while (*string++)
            ;
    }
    return false;
}

static void read_property(struct machine *machine, struct node *node, const struct property *property)
{
    const char *name = property->name;
    if (equal(name, "device_type"))
        node->device_type = *property;
    else if (equal(name, "compatible"))
        node->compatible = *property;
    else if (equal(name, "reg"))
        node->registers = *property;
    else if (equal(name, "ibm,pft-size"))
        machine->page_table_order = word_at(property->value + 4);
    else if (equal(node->name, "rtas")) {
        if (equal(name, "power-off"))
            machine->rtas_power_off = word_at(property->value);
        else if (equal(name, "linux,rtas-base"))
            machine->rtas_base = word_at(property->value);
        else if (equal(name, "linux,rtas-entry")) {
            machine->rtas_entry = word_at(property->value);
            machine->has_rtas_entry = true;
        }
    }
}

static struct device device_at(const struct property *registers)
{
    struct device device = {
        .present = true,
        .address = doubleword_at(registers->value),
        .size = doubleword_at(registers->value + BYTES_OF_ADDRESS),
    };
    return device;
}

static void finish_node(struct machine *machine, const struct node *node)
{
    if (node->registers.length < BYTES_OF_ADDRESS_AND_SIZE)
        return;
    if (lists(&node->device_type, "memory"))
        machine->memory_size += device_at(&node->registers).size;
    else if (lists(&node->compatible, "ns16550a"))
        machine->emulated_uart = device_at(&node->registers);
    else if (lists(&node->compatible, "key31,passed-through-device"))
        machine->passed_through = device_at(&node->registers);
}

static const uint8_t *align_to_word(const uint8_t *position)
{
    return (const uint8_t *)(((uintptr_t)position + 3) & ~(uintptr_t)3);
}

static void read_nodes(struct machine *machine, const uint8_t *position, const char *names)
{
    struct node node = {0};
    for (;;) {
        uint32_t token = word_at(position);
        position += 4;
        switch (token) {
        case TOKEN_BEGIN_NODE:
            finish_node(machine, &node);
            node = (struct node){.name = (const char *)position};
            while (*position++)
                ;
            position = align_to_word(position);
            break;
        case TOKEN_PROPERTY: {
            struct property property = {names + word_at(position + 4), position + 8, word_at(position)};
            read_property(machine, &node, &property);
            position = align_to_word(property.value + property.length);
            break;
        }
        case TOKEN_END_NODE:
            finish_node(machine, &node);
            node = (struct node){.name = ""};
            break;
        case TOKEN_NOTHING:
            break;
        default:
            return;
        }
    }
}

bool read_device_tree(uint64_t device_tree, struct machine *machine)
{
    const uint8_t *header = linked_address(device_tree);
    *machine = (struct machine){.device_tree = device_tree};
    if (word_at(header) != MAGIC)
        return false;
    machine->device_tree_size = word_at(header + 4);
    read_nodes(machine, header + word_at(header + 8), (const char *)header + word_at(header + 12));
    return true;
}
