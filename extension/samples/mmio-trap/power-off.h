#ifndef POWER_OFF_H
#define POWER_OFF_H

#include "device-tree.h"

/* Remembered, because an unexpected interrupt powers off without anyone at hand to ask. */
void power_off_through(const struct machine *machine);

_Noreturn void power_off(void);

#endif
