# Tries: a system-call filter on itself that leaves no way to exit
# Must: refused, or killed, for SIGKILL needs no system call
# Status: ok|time_limit_exceeded|runtime_error
# Stdout: contained
# Limits: cpu_s=0.3 wall_s=0.5
import ctypes, os, struct
filter = struct.pack("HBBI", 0x20, 0, 0, 0)
for number in (60, 231):
    filter += struct.pack("HBBI", 0x15, 0, 1, number) + struct.pack("HBBI", 0x06, 0, 0, 0x00050001)
filter += struct.pack("HBBI", 0x06, 0, 0, 0x7FFF0000)
buffer = ctypes.create_string_buffer(filter)
program = struct.pack("HxxxxxxQ", len(filter) // 8, ctypes.addressof(buffer))
ctypes.CDLL(None).prctl(22, 2, program, 0, 0)
print("contained", flush=True)
while True:
    try:
        os._exit(0)
    except BaseException:
        pass
