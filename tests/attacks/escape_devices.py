# Tries: opens devices of this machine
# Must: not there
# Status: ok
# Stdout: contained
import glob, os
for path in ("/dev/tty", "/dev/console", "/dev/kmsg", "/dev/mem", "/dev/port", "/dev/kvm", "/dev/fuse", "/dev/net/tun", "/dev/vsock",
             "/dev/vhost-vsock", "/dev/loop-control", "/dev/mapper/control", *glob.glob("/dev/[svhn][dv]*"), *glob.glob("/dev/tty[0-9S]*")):
    for mode in (os.O_RDONLY, os.O_WRONLY):
        try:
            os.close(os.open(path, mode | os.O_NONBLOCK))
            print("reached:", path)
        except OSError:
            pass
print("contained")
