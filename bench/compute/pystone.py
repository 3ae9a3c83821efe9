# Work for a Python interpreter: calls, attributes, lists, dictionaries, strings, integers beyond a word. pystone.py SCALE
import sys
import time


class Record:
    def __init__(self, key, value, following=None):
        self.key, self.value, self.following = key, value, following

    def step(self, by):
        self.value = (self.value * 31 + by) % 1000003
        return self


def count(words):
    seen = {}
    for word in words:
        seen[word] = seen.get(word, 0) + 1
    return seen


def main(scale):
    rounds = max(1, int(2400 * scale))
    start = time.monotonic()
    check = 0
    for n in range(rounds):
        head = None
        for i in range(100):
            head = Record(i, n + i, head)
        at, total = head, 0
        while at is not None:
            total += at.step(n).value
            at = at.following
        words = [chr(97 + (i * i + n) % 26) + str(i % 17) for i in range(200)]
        seen = count(words)
        text = ",".join(sorted(seen))
        check = (check * 65537 + total + len(text) + sum(seen.values())) & 0xFFFFFFFFFFFFFFFFFFFF
        check ^= pow(3, 1000 + n, 2**89 - 1) & 0xFFFF
    print("ROW python3 %.6f %x" % (time.monotonic() - start, check), flush=True)


main(float(sys.argv[1]))
