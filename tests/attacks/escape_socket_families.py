# Tries: families of sockets that know no network namespace, or reach hardware and the hypervisor (only made, never used)
# Must: none of them can be made
# Status: ok
# Stdout: contained
import ctypes
libc = ctypes.CDLL(None)
outside = {40: "vsock", 31: "bluetooth", 39: "nfc", 29: "can", 21: "rds", 32: "iucv", 36: "ieee802154", 42: "qipcrtr", 43: "smc", 44: "xdp", 17: "packet"}
for family, name in outside.items():
    for kind in (1, 2, 3, 5):
        for protocol in (0, 1):
            if libc.socket(family, kind, protocol) >= 0:
                print("reached:", name)
print("contained")
