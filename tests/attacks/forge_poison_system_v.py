# Tries: System V memory, semaphores and queues with a message, which outlive all processes
# Must: gone
# Status: ok
# Stdout: contained
import ctypes
libc = ctypes.CDLL(None)
for key in (0, 1, 77):
    libc.shmget(key, 4096, 0o1666)
    libc.semget(key, 5, 0o1666)
    queue = libc.msgget(key, 0o1666)
    libc.msgsnd(queue, ctypes.create_string_buffer(b"\1" + bytes(7) + b"the first test was: 1 2 3"), 26, 0o4000)
print("contained")
