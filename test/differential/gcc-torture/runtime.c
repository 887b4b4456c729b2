/* What torture programs take from a C library, and no more. */
typedef __SIZE_TYPE__ size_t;
typedef __builtin_va_list va_list;

void call_rtas(const void *arguments) __attribute__((noreturn));

/* Token 1 is power-off, token 2 system-reboot (emulator/machine/rtas.ts); all numbers are big-endian. */
static void end(unsigned char token) __attribute__((noreturn));
static void end(unsigned char token)
{
        static unsigned char arguments[64] __attribute__((aligned(16)));

        arguments[3] = token;
        arguments[11] = 1;
        call_rtas(arguments);
}

void exit(int status) { end(status == 0 ? 1 : 2); }
void _exit(int status) { exit(status); }
void abort(void) { end(2); }
void __assert_fail(void) { end(2); }
void __stack_chk_fail(void) { end(2); }

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

/* Enough of printf for what programs compare: whole numbers, characters and text. */
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
static void put_number(struct output *to, unsigned long value, unsigned base, int capital, int negative, int width,
                       char pad)
{
        char digits[72];
        int count = 0;

        do {
                unsigned digit = value % base;

                digits[count++] = digit < 10 ? '0' + digit : (capital ? 'A' : 'a') + digit - 10;
                value /= base;
        } while (value);
        if (negative)
                digits[count++] = '-';
        for (; width > count; width--)
                put(to, pad);
        while (count > 0)
                put(to, digits[--count]);
}
int vsnprintf(char *buffer, size_t room, const char *format, va_list arguments)
{
        struct output to = { buffer, room, 0 };

        for (; *format; format++) {
                int width = 0, longs = 0;
                char pad = ' ';

                if (*format != '%') {
                        put(&to, *format);
                        continue;
                }
                format++;
                while (*format == '0' || *format == '-' || *format == '#' || *format == '+' || *format == ' ')
                        pad = *format++ == '0' ? '0' : pad;
                for (; isdigit(*format); format++)
                        width = width * 10 + *format - '0';
                if (*format == '.')
                        for (format++; isdigit(*format); format++)
                                ;
                for (; *format == 'l' || *format == 'z' || *format == 'h'; format++)
                        longs += *format != 'h';
                switch (*format) {
                case 'd':
                case 'i': {
                        long value = longs ? __builtin_va_arg(arguments, long) : __builtin_va_arg(arguments, int);

                        put_number(&to, value < 0 ? -(unsigned long)value : value, 10, 0, value < 0, width, pad);
                        break;
                }
                case 'u':
                case 'x':
                case 'X':
                case 'o':
                case 'p': {
                        unsigned base = *format == 'u' ? 10 : *format == 'o' ? 8 : 16;
                        unsigned long value = longs || *format == 'p' ? __builtin_va_arg(arguments, unsigned long)
                                                                      : __builtin_va_arg(arguments, unsigned);

                        put_number(&to, value, base, *format == 'X', 0, width, pad);
                        break;
                }
                case 'c':
                        put(&to, __builtin_va_arg(arguments, int));
                        break;
                case 's':
                        for (const char *text = __builtin_va_arg(arguments, const char *); *text; text++)
                                put(&to, *text);
                        break;
                default:
                        put(&to, *format);
                }
        }
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
