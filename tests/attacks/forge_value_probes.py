# Tries: a mapping of integers whose hashes all differ, but follow each other in its table, past the encoder
# Must: the judge refuses the value soon
# Status: ok|runtime_error
# Limits: cpu_s=5 wall_s=12
# Kind: function
import os
SIZE = 1 << 17
def f(x):
    taken, place, keys = bytearray(SIZE), 12345, []
    for _ in range(50_000):
        taken[place] = 1
        keys.append(place)
        place = (5 * place + 1) % SIZE
    for number in range(SIZE, 5_000_000):
        place, rest = number % SIZE, number
        for _ in range(4):
            if not taken[place]:
                break
            rest >>= 5
            place = (5 * place + rest + 1) % SIZE
        else:
            keys.append(number)
            if len(keys) == 85_000:
                break
    data = b'{"dict":[' + b",".join(b"[%d,0]" % key for key in keys) + b"]}"
    for descriptor in range(3, 64):
        try:
            rest = memoryview(data)
            while rest:
                rest = rest[os.write(descriptor, rest) :]
        except OSError:
            pass
    os._exit(0)
