/* What a benchmark does between its two lines on the console. */
#ifndef WORKLOAD_H
#define WORKLOAD_H

#include <stdint.h>

#include "device-tree.h"

extern const char workload_name[];

/* Returns a number that depends on all of the work, so that every machine can be seen to have done it. */
uint64_t work(const struct machine *machine);

#endif
