# Tries: gives its interface an address and looks for one beside the loopback
# Must: refused, none
# Status: ok
# Stdout: contained
import fcntl, socket, struct
try:
    if {name for _, name in socket.if_nameindex()} - {"lo"}:
        print("reached:", socket.if_nameindex())
    one = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
except OSError:
    one = 0
request = struct.pack("16sH2s4s8s", b"lo", socket.AF_INET, b"", bytes([10, 0, 0, 1]), b"")
for number in (0x8916, 0x8914, 0x8922, 0x89A0):
    try:
        fcntl.ioctl(one, number, request)
        print("reached: interface", hex(number))
    except OSError:
        pass
print("contained")
