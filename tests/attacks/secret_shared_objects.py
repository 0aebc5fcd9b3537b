# Tries: looks for shared memory, semaphores and queues of others by number, past their keys
# Must: none
# Status: ok
# Stdout: contained
import ctypes, os
libc = ctypes.CDLL(None)
room = ctypes.create_string_buffer(512)
for number in range(2000):
    if libc.shmctl(number, 13, room) >= 0 or libc.msgctl(number, 11, room) >= 0 or libc.semctl(number, 0, 18, room) >= 0:
        print("reached: object", number)
for folder in ("/dev/shm", "/dev/mqueue"):
    if os.path.isdir(folder) and os.listdir(folder):
        print("reached:", os.listdir(folder))
print("contained")
