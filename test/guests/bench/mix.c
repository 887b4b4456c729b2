/* What CoreMark is made of, written anew: a list that is searched and sorted, a matrix, a state machine and a CRC. */
#include "workload.h"

const char workload_name[] = "mix";

#define NODES 256
#define SIDE 24

struct node {
    struct node *next;
    uint16_t key;
    uint16_t data;
};

static struct node nodes[NODES];
static int32_t left[SIDE][SIDE], right[SIDE][SIDE], product[SIDE][SIDE];
static const char text[] = "5012,1.5e3,-17,+4.25,x9,0x1f,,12e-2,99999,-.5,7.,+e,3141592";

static uint16_t crc(uint16_t sum, uint32_t value)
{
    for (int bit = 0; bit < 16; bit++) {
        uint16_t carry = (sum ^ value) & 1;
        sum >>= 1;
        value >>= 1;
        if (carry)
            sum ^= 0xa001;
    }
    return sum;
}

static struct node *merge(struct node *a, struct node *b)
{
    struct node *head = 0, **tail = &head;
    while (a && b) {
        struct node **least = a->key <= b->key ? &a : &b;
        *tail = *least;
        tail = &(*least)->next;
        *least = (*least)->next;
    }
    *tail = a ? a : b;
    return head;
}

static struct node *sorted(struct node *list, int length)
{
    if (length <= 1) {
        list->next = 0;
        return list;
    }
    struct node *second = list;
    for (int i = 0; i < length / 2; i++)
        second = second->next;
    struct node *b = sorted(second, length - length / 2);
    return merge(sorted(list, length / 2), b);
}

static uint16_t use_list(uint32_t seed)
{
    uint16_t sum = 0;
    for (int i = 0; i < NODES; i++) {
        seed = seed * 1103515245 + 12345;
        nodes[i].next = &nodes[i + 1 < NODES ? i + 1 : 0];
        nodes[i].key = seed >> 16;
        nodes[i].data = i;
    }
    for (struct node *node = sorted(nodes, NODES); node; node = node->next)
        sum = crc(sum, node->key + node->data);
    return sum;
}

static uint16_t use_matrix(int32_t seed)
{
    uint16_t sum = 0;
    for (int i = 0; i < SIDE; i++)
        for (int j = 0; j < SIDE; j++) {
            left[i][j] = (i * seed + j) & 0xff;
            right[i][j] = (j * seed - i) & 0xff;
        }
    for (int i = 0; i < SIDE; i++)
        for (int j = 0; j < SIDE; j++) {
            int32_t cell = 0;
            for (int k = 0; k < SIDE; k++)
                cell += left[i][k] * right[k][j];
            product[i][j] = cell;
        }
    for (int i = 0; i < SIDE; i++)
        sum = crc(sum, product[i][i]);
    return sum;
}

static uint16_t use_states(void)
{
    enum { START, SIGN, WHOLE, FRACTION, EXPONENT, WRONG } state = START;
    uint16_t counts[6] = {0}, sum = 0;
    for (const char *at = text; *at; at++) {
        char c = *at;
        int digit = c >= '0' && c <= '9';
        if (c == ',') {
            counts[state]++;
            state = START;
            continue;
        }
        switch (state) {
        case START: state = digit ? WHOLE : c == '+' || c == '-' ? SIGN : c == '.' ? FRACTION : WRONG; break;
        case SIGN: state = digit ? WHOLE : c == '.' ? FRACTION : WRONG; break;
        case WHOLE: state = digit ? WHOLE : c == '.' ? FRACTION : c == 'e' ? EXPONENT : WRONG; break;
        case FRACTION: state = digit ? FRACTION : c == 'e' ? EXPONENT : WRONG; break;
        case EXPONENT: state = digit || c == '-' ? EXPONENT : WRONG; break;
        case WRONG: break;
        }
    }
    for (int i = 0; i < 6; i++)
        sum = crc(sum, counts[i]);
    return sum;
}

uint64_t work(const struct machine *machine)
{
    uint64_t sum = machine->memory_size;
    for (uint32_t round = 0; round < 800; round++) {
        sum = sum * 31 + use_list(round);
        sum = sum * 31 + use_matrix(round);
        for (int i = 0; i < 8; i++)
            sum = sum * 31 + use_states();
    }
    return sum;
}
