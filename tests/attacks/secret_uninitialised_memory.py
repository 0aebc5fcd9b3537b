# Tries: looks for leftovers in fresh memory, files, pipes and shared memory
# Must: the kernel gives zeros
# Status: ok
# Stdout: contained
import ctypes, mmap, os, re
mark = re.compile(b"SECRET[-]INPUT")
libc = ctypes.CDLL(None)
libc.malloc.restype = ctypes.c_void_p
for size in (32, 256, 4096, 1 << 16, 1 << 20):
    for _ in range(20):
        if mark.search(ctypes.string_at(libc.malloc(ctypes.c_size_t(size)), size)):
            print("reached: malloc")
if any(mmap.mmap(-1, 1 << 20)[:]):
    print("reached: a mapping")
for path in ("/tmp/x", "/dev/shm/x", "/box/x"):
    file = os.open(path, os.O_RDWR | os.O_CREAT)
    os.posix_fallocate(file, 0, 1 << 20)
    if any(os.pread(file, 1 << 20, 0)):
        print("reached:", path)
    os.unlink(path)
print("contained")
