# Tries: system calls by the 32-bit gate and by the x32 numbers, past a filter for 64 bits
# Must: no more is allowed there: no trace of PID 1, no mount, no key
# Status: ok|runtime_error
# Stdout: contained
import ctypes, mmap, os
area = mmap.mmap(-1, 4096, prot=7)
code = bytes.fromhex("5389f889f389d189ca") # kept simple: rewritten below
# int gate(int number, int a, int b, int c): push rbx; mov eax,edi; mov ebx,esi; xchg ecx,edx -> ecx=b, edx=c; int 0x80
code = bytes([0x53, 0x89, 0xF8, 0x89, 0xF3, 0x41, 0x89, 0xC8, 0x89, 0xD1, 0x44, 0x89, 0xC2, 0x31, 0xF6, 0x31, 0xFF, 0xCD, 0x80, 0x5B, 0xC3])
area.write(code)
gate = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_int, ctypes.c_int, ctypes.c_int, ctypes.c_int)(
    ctypes.addressof(ctypes.c_char.from_buffer(area)))
libc = ctypes.CDLL(None)
if os.fork() == 0:
    for name, number, *arguments in (("ptrace", 26, 16, 1, 0), ("setuid", 213, 0, 0, 0), ("unshare", 310, 0x10000000, 0, 0), ("reboot", 88, 0, 0, 0)):
        if gate(number, *arguments) == 0:
            os.write(1, f"reached: {name} by int 0x80\n".encode())
    os._exit(0)
os.wait()
for name, number, *arguments in (("ptrace", 521, 16, 1, 0), ("setuid", 105, 0), ("unshare", 272, 0x10000000)):
    if libc.syscall(0x40000000 | number, *arguments) == 0:
        print("reached:", name, "by x32")
print("contained")
