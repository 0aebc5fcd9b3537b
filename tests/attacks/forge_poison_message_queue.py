# Tries: POSIX message queues, which outlive all processes, with a message and as many as there may be
# Must: gone
# Status: ok
# Stdout: contained
import ctypes
libc = ctypes.CDLL(None)
for number in range(300):
    queue = libc.mq_open(b"/codegym%d" % number, 0o102, 0o666, None)
    if queue < 0:
        break
    libc.mq_send(queue, b"the first test was: 1 2 3", 25, 0)
    libc.close(queue)
print("contained")
