/* The hypervisor's console: no device, no interrupt, one hypervisor call for up to 16 bytes. */
#ifndef CONSOLE_H
#define CONSOLE_H

/* A small printf: %s, %x (uint64_t, hexadecimal with 0x), %d (int64_t, decimal) and %%. Ends the line itself. */
void say(const char *format, ...);

#endif
