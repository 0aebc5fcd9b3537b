# Tries: sockets that forge packets
# Must: refused
# Status: ok
# Stdout: contained
import socket
for family, protocol in ((socket.AF_INET, 1), (socket.AF_INET, 255), (socket.AF_INET6, 58)):
    try:
        socket.socket(family, socket.SOCK_RAW, protocol)
        print("reached: raw", family, protocol)
    except OSError:
        pass
print("contained")
