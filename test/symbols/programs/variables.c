/* Variables of every kind of type and place, for what a debugger says of them to be compared with gdb. */
typedef unsigned long word;
typedef signed char tiny;
enum color { RED, GREEN = 5, BLUE = -3 };
enum flags { READ = 1, WRITE = 2, EXECUTE = 4 };
struct point { int x, y; };
struct node { struct node *next; const char *name; struct point at; };
struct bits { unsigned a : 3; int b : 7; unsigned long c : 40; unsigned char d; int e : 1; };
union view { word whole; unsigned char bytes[8]; struct point parts; };
struct record {
    tiny small;
    short medium;
    struct bits bits;
    union { int number; float fraction; };
    struct { long inner; } named;
    union view view;
    enum color color;
    char text[8];
    int (*handler)(int, const char *);
    int matrix[2][3];
    _Bool yes;
    double wide;
    int flexible[];
};
struct pair { long first, second; };

static int global_counter = 41;
struct record global_record = { .small = -1, .medium = -300, .bits = { 5, -60, 0x123456789a, 200, -1 }, .number = 77,
    .named = { 1l << 40 }, .view = { 0x0102030405060708 }, .color = BLUE, .text = "text", .matrix = { { 1, 2, 3 }, { 4, 5, 6 } },
    .yes = 1, .wide = 0.1 };
volatile word sink;
const char *const names[] = { "zero", "one", "two\n" };

__attribute__((noinline)) static int consume(long value) { sink += value; return (int)sink; }

static int handle(int code, const char *text)
{
    int length = 0;
    while (text[length])
        length++;
    return consume(code + length);
}

static inline int twice(int value)
{
    int doubled = value * 2;
    consume(doubled);
    return doubled + 1;
}
static inline int nested(int value)
{
    int before = twice(value);
    int after = twice(before);
    return before ^ after;
}

__attribute__((noinline)) static struct pair split(struct pair given, word by)
{
    struct pair result = { given.first / (long)by, given.second % (long)by };
    consume(result.first);
    if (by > 2) {
        long by_hidden = by - 1;
        struct pair given = { by_hidden, result.second };
        consume(given.first);
        result.first += given.second;
    }
    return result;
}

__attribute__((noinline)) static int chain(struct node *node, int depth)
{
    struct node next = { node, names[depth % 3], { depth, -depth } };
    int total = depth;
    if (depth > 0)
        total += chain(&next, depth - 1);
    else
        total += consume((long)next.at.x);
    total += next.at.y;
    return total;
}

__attribute__((noinline)) static int kept(int argument, const char *text, enum flags how)
{
    int first = consume(argument);
    word second = (word)text + first;
    consume(second);
    return argument + (how == WRITE);
}

__attribute__((noinline)) static long mixture(int count, unsigned char byte, short half, float fraction, double wide)
{
    long sum = 0;
    unsigned wrapped = (unsigned)-count;
    enum flags how = READ | EXECUTE;
    int values[5] = { count, count + 1, byte, half };
    struct record copy = global_record;
    struct record *pointer = &copy;
    for (int index = 0; index < 2; index++) {
        long step = values[index] * 3l;
        sum += step;
        consume(sum);
    }
    pointer->bits.b += 1;
    pointer->handler = handle;
    sum += pointer->handler(count, "abc");
    sum += nested(count);
    sum += kept((int)sum, "kept", WRITE);
    struct pair pair = split((struct pair){ sum, -sum }, byte);
    sum += pair.first + pair.second;
    sum += chain((struct node *)0, 2);
    sum += (long)(fraction * 2) + (long)wide;
    global_counter += (int)sum + (int)wrapped + (int)how;
    return consume(sum);
}

int main(int argc, char **argv)
{
    int result = (int)mixture(argc + 6, 200, -5, 1.5f, 2.25);
    consume(result);
    return global_counter + (argv != 0);
}

void exit(int status)
{
    for (;;)
        consume(status);
}
void *memcpy(void *to, const void *from, unsigned long size)
{
    unsigned char *destination = to;
    const unsigned char *source = from;
    while (size-- > 0)
        *destination++ = *source++;
    return to;
}
void *memset(void *to, int byte, unsigned long size)
{
    unsigned char *destination = to;
    while (size-- > 0)
        *destination++ = (unsigned char)byte;
    return to;
}
