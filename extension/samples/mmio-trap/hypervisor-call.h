/* Hypervisor calls: numbers, flags and status values are those of PAPR, "Hypervisor Call Functions". */
#ifndef HYPERVISOR_CALL_H
#define HYPERVISOR_CALL_H

#include <stdint.h>

#define H_REMOVE 0x04
#define H_ENTER 0x08
#define H_READ 0x0c
#define H_PUT_TERM_CHAR 0x58
#define H_SET_MODE 0x31c
/* Not PAPR: what the firmware stub of KVM and QEMU calls to have RTAS done by user space. */
#define H_RTAS 0xf000

#define H_SUCCESS 0
#define H_BUSY 1
#define H_PARAMETER (-4)

/* H_REMOVE: only if the entry still translates the page that the caller means. */
#define H_AVPN 0x80000000

#define H_SET_MODE_RESOURCE_ENDIANNESS 4
#define H_SET_MODE_LITTLE_ENDIAN 1

/* Every call returns its status in r3 and up to this many values from r4 on. */
struct hypervisor_results {
    uint64_t values[4];
};

int64_t hypervisor_call(struct hypervisor_results *results, uint64_t number, uint64_t first, uint64_t second,
                        uint64_t third, uint64_t fourth);

#endif
