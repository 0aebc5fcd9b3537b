# Tries: sends to addresses of documentation, which no network routes
# Must: no route at all leaves the box
# Status: ok
# Stdout: contained
import errno, socket
for family, address in ((socket.AF_INET, "192.0.2.1"), (socket.AF_INET6, "2001:db8::1")):
    for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
        try:
            with socket.socket(family, kind) as one:
                one.setblocking(False)
                one.connect((address, 9))
                print("reached: a route")
        except OSError as error:
            if error.errno == errno.EINPROGRESS:
                print("reached: a route")
print("contained")
