/* GCC calls these for struct assignments even in a freestanding program (GCC manual, section 2.1). */
#include <stddef.h>

void *memcpy(void *destination, const void *source, size_t size)
{
    char *to = destination;
    const char *from = source;
    while (size-- > 0)
        *to++ = *from++;
    return destination;
}

void *memset(void *destination, int value, size_t size)
{
    char *to = destination;
    while (size-- > 0)
        *to++ = value;
    return destination;
}
