#include "power-off.h"

#include "console.h"
#include "hypervisor-call.h"
#include "memory-layout.h"

/* rtas-entry.S */
void call_rtas_firmware(uint64_t arguments, uint64_t base, uint64_t entry);

static const struct machine *known_machine;

/* Run-Time Abstraction Services take all their arguments as big-endian words, whatever the caller is. */
struct rtas_arguments {
    uint8_t token[4];
    uint8_t argument_count[4];
    uint8_t result_count[4];
    uint8_t arguments[2][4];
    uint8_t status[4];
};

static void put_word(uint8_t *bytes, uint32_t word)
{
    for (int shift = 24; shift >= 0; shift -= 8)
        *bytes++ = word >> shift;
}

static uint32_t word_at(const uint8_t *bytes)
{
    uint32_t word = 0;
    for (int index = 0; index < 4; index++)
        word = word << 8 | bytes[index];
    return word;
}

void power_off_through(const struct machine *machine)
{
    known_machine = machine;
}

static void call_rtas(struct rtas_arguments *arguments)
{
    struct hypervisor_results results;
    if (known_machine->has_rtas_entry)
        call_rtas_firmware(physical_address(arguments), known_machine->rtas_base, known_machine->rtas_entry);
    else
        /* Whoever starts a guest without firmware has no RTAS to enter, but its hypervisor call is there. */
        hypervisor_call(&results, H_RTAS, physical_address(arguments), 0, 0, 0);
}

_Noreturn void power_off(void)
{
    static struct rtas_arguments arguments;
    if (!known_machine)
        for (;;)
            ;
    put_word(arguments.token, known_machine->rtas_power_off);
    put_word(arguments.argument_count, 2);
    put_word(arguments.result_count, 1);
    /* The mask of events that may switch the machine on again (PAPR, "power-off"): all of them. */
    put_word(arguments.arguments[0], 0xffffffff);
    put_word(arguments.arguments[1], 0xffffffff);
    call_rtas(&arguments);
    say("power off: RTAS came back with status %d", (int64_t)(int32_t)word_at(arguments.status));
    for (;;)
        ;
}
