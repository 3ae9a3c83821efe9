/* Integer work in the manner of CoreMark: a linked list sorted and searched, small matrices, a state machine over text, a CRC over it all. */
#include "row.h"

struct node {
  struct node *next;
  int16_t key, value;
};

static uint16_t crc16(uint16_t crc, uint16_t data) {
  for (int i = 0; i < 16; i++, data >>= 1) crc = (crc ^ data) & 1 ? crc >> 1 ^ 0xa001 : crc >> 1;
  return crc;
}

static struct node *merge_sort(struct node *list, int by_value) {
  if (!list || !list->next) return list;
  struct node *slow = list, *fast = list->next;
  while (fast && fast->next) slow = slow->next, fast = fast->next->next;
  struct node *b = merge_sort(slow->next, by_value);
  slow->next = 0;
  struct node *a = merge_sort(list, by_value), *head = 0, **tail = &head;
  while (a && b) {
    int first = by_value ? a->value <= b->value : a->key <= b->key;
    struct node **from = first ? &a : &b;
    *tail = *from, tail = &(*tail)->next, *from = *tail;
  }
  *tail = a ? a : b;
  return head;
}

static uint16_t lists(struct node *nodes, int n, uint64_t *seed) {
  for (int i = 0; i < n; i++) nodes[i] = (struct node){i + 1 < n ? &nodes[i + 1] : 0, (int16_t)next(seed), (int16_t)i};
  struct node *list = merge_sort(nodes, 0);
  uint16_t crc = 0;
  for (int i = 0; i < 20; i++) {
    int16_t wanted = (int16_t)next(seed);
    struct node *p = list;
    while (p && p->key < wanted) p = p->next;
    crc = crc16(crc, p ? p->value : 0);
  }
  for (struct node *p = merge_sort(list, 1); p; p = p->next) crc = crc16(crc, p->key);
  return crc;
}

enum { SIDE = 12 };

static uint16_t matrices(uint64_t *seed) {
  int16_t a[SIDE][SIDE], b[SIDE][SIDE];
  int32_t c[SIDE][SIDE];
  uint16_t crc = 0;
  for (int i = 0; i < SIDE; i++)
    for (int j = 0; j < SIDE; j++) a[i][j] = next(seed) & 0xff, b[i][j] = next(seed) & 0xff;
  for (int i = 0; i < SIDE; i++)
    for (int j = 0; j < SIDE; j++) {
      int32_t sum = 0;
      for (int k = 0; k < SIDE; k++) sum += a[i][k] * b[k][j];
      c[i][j] = sum;
    }
  for (int i = 0; i < SIDE; i++)
    for (int j = 0; j < SIDE; j++) crc = crc16(crc, (uint16_t)(c[i][j] >> 3));
  return crc;
}

static uint16_t states(const char *text) {
  enum { START, SIGN, INTEGER, FRACTION, EXPONENT, INVALID, STATES } state = START;
  int counts[STATES] = {0};
  for (; *text; text++) {
    char c = *text;
    switch (state) {
      case START: state = c >= '0' && c <= '9' ? INTEGER : c == '+' || c == '-' ? SIGN : c == ',' ? START : INVALID; break;
      case SIGN: state = c >= '0' && c <= '9' ? INTEGER : c == '.' ? FRACTION : INVALID; break;
      case INTEGER: state = c == '.' ? FRACTION : c == 'e' ? EXPONENT : c == ',' ? START : c >= '0' && c <= '9' ? INTEGER : INVALID; break;
      case FRACTION: state = c == 'e' ? EXPONENT : c == ',' ? START : c >= '0' && c <= '9' ? FRACTION : INVALID; break;
      case EXPONENT: state = c == ',' ? START : (c >= '0' && c <= '9') || c == '-' || c == '+' ? EXPONENT : INVALID; break;
      default: state = c == ',' ? START : INVALID;
    }
    counts[state]++;
  }
  uint16_t crc = 0;
  for (int i = 0; i < STATES; i++) crc = crc16(crc, counts[i]);
  return crc;
}

int main(int argc, char **argv) {
  begin(argc, argv);
  static struct node nodes[400];
  uint64_t seed = 88172645463325252ull, check = 0;
  long n = work(4000);
  double start = now();
  for (long i = 0; i < n; i++) {
    check = check * 31 + lists(nodes, 400, &seed);
    check = check * 31 + matrices(&seed);
    check = check * 31 + states("5012,1234,-874,+122,35.54400,.1234500,-110.700,+0.64400,5.500e+3,-.123e-2,-87e+832,T0.3e-1F,-T.T++Tq,1T3.4e4z");
  }
  row("integer", start, check);
}
