#include "console.h"

#include <stdarg.h>
#include <stdint.h>

#include "hypervisor-call.h"

#define DEFAULT_TERMINAL 0
#define BYTES_IN_ONE_CALL 16

static char waiting[BYTES_IN_ONE_CALL];
static unsigned waiting_count;

/* The call takes bytes as parts of registers, first byte most significant, whatever the byte order of memory is. */
static uint64_t eight_bytes_as_register(const char *bytes)
{
    uint64_t value = 0;
    for (int index = 0; index < 8; index++)
        value = (value << 8) | (uint8_t)bytes[index];
    return value;
}

static void send_waiting_bytes(void)
{
    struct hypervisor_results results;
    int64_t status;
    do
        status = hypervisor_call(&results, H_PUT_TERM_CHAR, DEFAULT_TERMINAL, waiting_count,
                                 eight_bytes_as_register(waiting), eight_bytes_as_register(waiting + 8));
    while (status == H_BUSY);
    waiting_count = 0;
}

static void put_character(char character)
{
    waiting[waiting_count++] = character;
    if (waiting_count == BYTES_IN_ONE_CALL)
        send_waiting_bytes();
}

static void put_string(const char *string)
{
    while (*string)
        put_character(*string++);
}

static void put_hexadecimal(uint64_t value)
{
    int shift = 60;
    while (shift > 0 && (value >> shift) == 0)
        shift -= 4;
    put_string("0x");
    for (; shift >= 0; shift -= 4)
        put_character("0123456789abcdef"[(value >> shift) & 0xf]);
}

static void put_decimal(int64_t value)
{
    char digits[20];
    int count = 0;
    uint64_t magnitude = value < 0 ? -(uint64_t)value : (uint64_t)value;
    if (value < 0)
        put_character('-');
    do
        digits[count++] = '0' + magnitude % 10;
    while (magnitude /= 10);
    while (count > 0)
        put_character(digits[--count]);
}

void say(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    for (; *format; format++) {
        if (*format != '%') {
            put_character(*format);
            continue;
        }
        switch (*++format) {
        case 's':
            put_string(va_arg(arguments, const char *));
            break;
        case 'x':
            put_hexadecimal(va_arg(arguments, uint64_t));
            break;
        case 'd':
            put_decimal(va_arg(arguments, int64_t));
            break;
        default:
            put_character(*format);
        }
    }
    va_end(arguments);
    /* Nothing between here and the person's terminal adds the carriage return that a line feed alone lacks. */
    put_string("\r\n");
    if (waiting_count > 0)
        send_waiting_bytes();
}
