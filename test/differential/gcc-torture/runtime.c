/* What torture programs take from a C library, and no more. */
typedef __SIZE_TYPE__ size_t;
typedef __builtin_va_list va_list;

void call_rtas(const void *arguments) __attribute__((noreturn));

/* The tokens that emulator/machine/rtas and QEMU give to these calls; all numbers are big-endian. */
enum { POWER_OFF = 0x2003, SYSTEM_REBOOT = 0x2004 };
static void end(int token) __attribute__((noreturn));
static void end(int token)
{
        static unsigned char arguments[64] __attribute__((aligned(16)));

        arguments[2] = token >> 8;
        arguments[3] = token;
        arguments[11] = 1;
        call_rtas(arguments);
}

void exit(int status) { end(status == 0 ? POWER_OFF : SYSTEM_REBOOT); }
void _exit(int status) { exit(status); }
void abort(void) { end(SYSTEM_REBOOT); }
void __assert_fail(void) { end(SYSTEM_REBOOT); }
void __stack_chk_fail(void) { end(SYSTEM_REBOOT); }

void *memset(void *to, int byte, size_t length)
{
        for (unsigned char *p = to; length > 0; length--)
                *p++ = byte;
        return to;
}
void *memcpy(void *to, const void *from, size_t length)
{
        const unsigned char *source = from;

        for (unsigned char *p = to; length > 0; length--)
                *p++ = *source++;
        return to;
}
void *mempcpy(void *to, const void *from, size_t length) { return (char *)memcpy(to, from, length) + length; }
void *memmove(void *to, const void *from, size_t length)
{
        unsigned char *target = to;
        const unsigned char *source = from;

        if (target < source)
                return memcpy(to, from, length);
        while (length > 0) {
                length--;
                target[length] = source[length];
        }
        return to;
}
int memcmp(const void *a, const void *b, size_t length)
{
        const unsigned char *x = a, *y = b;

        for (; length > 0; length--, x++, y++)
                if (*x != *y)
                        return *x - *y;
        return 0;
}
void *memchr(const void *in, int byte, size_t length)
{
        for (const unsigned char *p = in; length > 0; length--, p++)
                if (*p == (unsigned char)byte)
                        return (void *)p;
        return 0;
}
void bcopy(const void *from, void *to, size_t length) { memmove(to, from, length); }
void bzero(void *to, size_t length) { memset(to, 0, length); }

size_t strlen(const char *text)
{
        size_t length = 0;

        while (text[length])
                length++;
        return length;
}
size_t strnlen(const char *text, size_t most)
{
        size_t length = 0;

        while (length < most && text[length])
                length++;
        return length;
}
int strncmp(const char *a, const char *b, size_t length)
{
        for (; length > 0; length--, a++, b++)
                if (*a != *b || !*a)
                        return (unsigned char)*a - (unsigned char)*b;
        return 0;
}
int strcmp(const char *a, const char *b) { return strncmp(a, b, (size_t)-1); }
char *strncpy(char *to, const char *from, size_t length)
{
        size_t i = 0;

        for (; i < length && from[i]; i++)
                to[i] = from[i];
        for (; i < length; i++)
                to[i] = 0;
        return to;
}
char *strcpy(char *to, const char *from) { return memcpy(to, from, strlen(from) + 1); }
char *stpcpy(char *to, const char *from) { return strcpy(to, from) + strlen(from); }
char *strcat(char *to, const char *from)
{
        strcpy(to + strlen(to), from);
        return to;
}
char *strncat(char *to, const char *from, size_t length)
{
        char *end_of_text = to + strlen(to);
        size_t taken = strnlen(from, length);

        memcpy(end_of_text, from, taken);
        end_of_text[taken] = 0;
        return to;
}
char *strchr(const char *text, int byte)
{
        for (;; text++) {
                if (*text == (char)byte)
                        return (char *)text;
                if (!*text)
                        return 0;
        }
}
char *strrchr(const char *text, int byte)
{
        const char *found = 0;

        for (;; text++) {
                if (*text == (char)byte)
                        found = text;
                if (!*text)
                        return (char *)found;
        }
}
char *index(const char *text, int byte) { return strchr(text, byte); }
char *rindex(const char *text, int byte) { return strrchr(text, byte); }
char *strstr(const char *text, const char *wanted)
{
        size_t length = strlen(wanted);

        for (;; text++) {
                if (strncmp(text, wanted, length) == 0)
                        return (char *)text;
                if (!*text)
                        return 0;
        }
}
size_t strspn(const char *text, const char *among)
{
        size_t length = 0;

        while (text[length] && strchr(among, text[length]))
                length++;
        return length;
}
size_t strcspn(const char *text, const char *among)
{
        size_t length = 0;

        while (text[length] && !strchr(among, text[length]))
                length++;
        return length;
}
char *strpbrk(const char *text, const char *among)
{
        text += strcspn(text, among);
        return *text ? (char *)text : 0;
}

/* Memory is handed out and never taken back; its length stands before it. */
extern char heap_start[], heap_end[];
static char *next_free = heap_start;

void *malloc(size_t length)
{
        size_t *block = (size_t *)next_free;
        size_t taken = 16 + ((length + 15) & ~(size_t)15);

        if (taken < length || taken > (size_t)(heap_end - next_free))
                return 0;
        next_free += taken;
        *block = length;
        return block + 2;
}
void free(void *block) { (void)block; }
void *calloc(size_t count, size_t size)
{
        void *block = malloc(count * size);

        return block ? memset(block, 0, count * size) : 0;
}
void *realloc(void *old, size_t length)
{
        size_t before = old ? ((size_t *)old)[-2] : 0;
        void *block = malloc(length);

        return block ? memcpy(block, old, before < length ? before : length) : 0;
}

int abs(int value) { return value < 0 ? -value : value; }
long labs(long value) { return value < 0 ? -value : value; }
long long llabs(long long value) { return value < 0 ? -value : value; }

int isprint(int c) { return c >= 32 && c < 127; }
int isdigit(int c) { return c >= '0' && c <= '9'; }
int isspace(int c) { return c == ' ' || (c >= 9 && c <= 13); }
int isalpha(int c) { return (c | 32) >= 'a' && (c | 32) <= 'z'; }
int isalnum(int c) { return isalpha(c) || isdigit(c); }
int isupper(int c) { return c >= 'A' && c <= 'Z'; }
int islower(int c) { return c >= 'a' && c <= 'z'; }
int toupper(int c) { return islower(c) ? c - 32 : c; }
int tolower(int c) { return isupper(c) ? c + 32 : c; }
long strtol(const char *text, char **rest, int base)
{
        long value = 0;
        int negative = 0;

        while (isspace(*text))
                text++;
        if (*text == '-' || *text == '+')
                negative = *text++ == '-';
        if ((base == 0 || base == 16) && text[0] == '0' && (text[1] | 32) == 'x') {
                text += 2;
                base = 16;
        }
        for (base = base ? base : 10;; text++) {
                int digit = isdigit(*text) ? *text - '0' : isalpha(*text) ? (*text | 32) - 'a' + 10 : base;

                if (digit >= base)
                        break;
                value = value * base + digit;
        }
        if (rest)
                *rest = (char *)text;
        return negative ? -value : value;
}
int atoi(const char *text) { return strtol(text, 0, 10); }

void qsort(void *array, size_t count, size_t size, int (*compare)(const void *, const void *))
{
        char *first = array;

        for (size_t sorted = 1; sorted < count; sorted++)
                for (char *p = first + sorted * size; p > first && compare(p - size, p) > 0; p -= size)
                        for (size_t i = 0; i < size; i++) {
                                char byte = p[i];

                                p[i] = p[i - size];
                                p[i - size] = byte;
                        }
}

/* Of printf all but wide characters, exponents and the arguments' positions. */
struct output {
        char *next;
        size_t room, written;
};
static void put(struct output *to, char c)
{
        if (to->room > 1) {
                *to->next++ = c;
                to->room--;
        }
        to->written++;
}
static void put_times(struct output *to, char c, int times)
{
        for (; times > 0; times--)
                put(to, c);
}
struct directive {
        int left, sign, space, alternate, zero;
        int width, precision; /* -1: none */
        int longs;            /* h counts as -1 */
};
/* A sign or a base before, zeros that a precision asks for, then the text itself. */
static void put_padded(struct output *to, const struct directive *how, const char *prefix, int zeros, const char *text,
                       int length)
{
        int missing = how->width - (int)strlen(prefix) - (zeros > 0 ? zeros : 0) - length;

        if (!how->left && !how->zero)
                put_times(to, ' ', missing);
        for (; *prefix; prefix++)
                put(to, *prefix);
        if (!how->left && how->zero)
                put_times(to, '0', missing);
        put_times(to, '0', zeros);
        for (int i = 0; i < length; i++)
                put(to, text[i]);
        if (how->left)
                put_times(to, ' ', missing);
}
static const char *sign_of(const struct directive *how, int negative)
{
        return negative ? "-" : how->sign ? "+" : how->space ? " " : "";
}
/* Writes the digits that end before `end`, and says where they start. */
static char *digits_before(char *end, unsigned long value, unsigned base, int capital)
{
        for (; value; value /= base)
                *--end = (capital ? "0123456789ABCDEF" : "0123456789abcdef")[value % base];
        return end;
}
static void put_number(struct output *to, const struct directive *how, const char *sign, unsigned long value,
                       unsigned base, int capital)
{
        struct directive plain = *how;
        char digits[72], *end = digits + sizeof digits;
        int least = how->precision < 0 ? 1 : how->precision;
        int count = end - digits_before(end, value, base, capital);

        plain.zero = how->zero && how->precision < 0;
        if (how->alternate && base == 8 && least <= count)
                least = count + 1;
        if (how->alternate && base == 16 && value)
                sign = capital ? "0X" : "0x";
        put_padded(to, &plain, sign, least - count, end - count, count);
}
/* For numbers below 2 to the 63rd, and as many digits as an unsigned long has. */
static void put_floating(struct output *to, const struct directive *how, double value)
{
        int negative = __builtin_signbit(value), places = how->precision < 0 ? 6 : how->precision;
        double magnitude = negative ? -value : value, scale = 1;
        unsigned long whole = magnitude, fraction;
        char digits[72], *end = digits + sizeof digits, *start = end;

        for (int i = 0; i < places; i++)
                scale *= 10;
        fraction = (magnitude - whole) * scale + 0.5;
        if (fraction >= scale) {
                fraction = 0;
                whole++;
        }
        if (places > 0) {
                start = digits_before(end, fraction, 10, 0);
                while (end - start < places)
                        *--start = '0';
                *--start = '.';
        } else if (how->alternate)
                *--start = '.';
        start = digits_before(start, whole, 10, 0);
        if (!whole)
                *--start = '0';
        put_padded(to, how, sign_of(how, negative), 0, start, end - start);
}
static long narrowed(long value, int longs)
{
        return longs > 0 ? value : longs == 0 ? (int)value : longs == -1 ? (short)value : (signed char)value;
}
static unsigned long narrowed_unsigned(unsigned long value, int longs)
{
        return longs > 0 ? value : value & (longs == 0 ? 0xffffffff : longs == -1 ? 0xffff : 0xff);
}
static const char *read_directive(struct directive *how, const char *format, va_list *arguments)
{
        for (;; format++)
                if (*format == '-')
                        how->left = 1;
                else if (*format == '+')
                        how->sign = 1;
                else if (*format == ' ')
                        how->space = 1;
                else if (*format == '#')
                        how->alternate = 1;
                else if (*format == '0')
                        how->zero = 1;
                else
                        break;
        if (*format == '*') {
                how->width = __builtin_va_arg(*arguments, int);
                format++;
        }
        for (; isdigit(*format); format++)
                how->width = how->width * 10 + *format - '0';
        if (how->width < 0) {
                how->left = 1;
                how->width = -how->width;
        }
        if (*format == '.') {
                how->precision = 0;
                if (*++format == '*') {
                        how->precision = __builtin_va_arg(*arguments, int);
                        format++;
                }
                for (; isdigit(*format); format++)
                        how->precision = how->precision * 10 + *format - '0';
        }
        for (; *format == 'l' || *format == 'z' || *format == 'j' || *format == 't' || *format == 'h'; format++)
                how->longs += *format == 'h' ? -1 : 1;
        return format;
}
int vsnprintf(char *buffer, size_t room, const char *format, va_list passed)
{
        struct output to = { buffer, room, 0 };
        va_list arguments;

        __builtin_va_copy(arguments, passed);
        for (; *format; format++) {
                struct directive how = { .precision = -1 };

                if (*format != '%') {
                        put(&to, *format);
                        continue;
                }
                format = read_directive(&how, format + 1, &arguments);
                switch (*format) {
                case 'd':
                case 'i': {
                        long value = narrowed(__builtin_va_arg(arguments, long), how.longs);

                        put_number(&to, &how, sign_of(&how, value < 0), value < 0 ? -(unsigned long)value : value, 10,
                                   0);
                        break;
                }
                case 'p':
                        how.longs = how.alternate = 1;
                        /* fallthrough */
                case 'u':
                case 'x':
                case 'X':
                case 'o':
                        put_number(&to, &how, "",
                                   narrowed_unsigned(__builtin_va_arg(arguments, unsigned long), how.longs),
                                   *format == 'u' ? 10 : *format == 'o' ? 8 : 16, *format == 'X');
                        break;
                case 'f':
                        put_floating(&to, &how, __builtin_va_arg(arguments, double));
                        break;
                case 'c': {
                        char c = __builtin_va_arg(arguments, int);

                        put_padded(&to, &how, "", 0, &c, 1);
                        break;
                }
                case 's': {
                        const char *text = __builtin_va_arg(arguments, const char *);

                        text = text ? text : "(null)";
                        put_padded(&to, &how, "", 0, text, strnlen(text, how.precision));
                        break;
                }
                default:
                        put(&to, *format);
                }
        }
        __builtin_va_end(arguments);
        if (room > 0)
                *to.next = 0;
        return to.written;
}
#define FORMATTED(buffer, room, format)                                  \
        va_list arguments;                                               \
        __builtin_va_start(arguments, format);                           \
        int length = vsnprintf(buffer, room, format, arguments);         \
        __builtin_va_end(arguments);                                     \
        return length
int snprintf(char *buffer, size_t room, const char *format, ...) { FORMATTED(buffer, room, format); }
int sprintf(char *buffer, const char *format, ...) { FORMATTED(buffer, (size_t)-1, format); }
int vsprintf(char *buffer, const char *format, va_list arguments)
{
        return vsnprintf(buffer, (size_t)-1, format, arguments);
}
/* What is printed goes nowhere. */
void *stdout, *stderr, *stdin;
int printf(const char *format, ...) { FORMATTED(0, 0, format); }
int fprintf(void *to, const char *format, ...) { (void)to; FORMATTED(0, 0, format); }
int vprintf(const char *format, va_list arguments) { return vsnprintf(0, 0, format, arguments); }
int vfprintf(void *to, const char *format, va_list arguments) { (void)to; return vprintf(format, arguments); }
int puts(const char *text) { return strlen(text) + 1; }
int putchar(int c) { return c; }
int fputs(const char *text, void *to) { (void)to; return strlen(text); }
int fputc(int c, void *to) { (void)to; return c; }
int fflush(void *to) { (void)to; return 0; }
size_t fwrite(const void *from, size_t size, size_t count, void *to) { (void)from, (void)size, (void)to; return count; }
