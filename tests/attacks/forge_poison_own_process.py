# Tries: everything that a process hands on to its children
# Must: the next program is no child of this one
# Status: ok
# Stdout: contained
import ctypes, locale, os, resource, signal
libc = ctypes.CDLL(None)
os.umask(0)
os.chdir("/tmp")
os.nice(10)
os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
signal.pthread_sigmask(signal.SIG_BLOCK, signal.Signals)
for number in (signal.SIGTERM, signal.SIGCHLD, signal.SIGHUP):
    signal.signal(number, signal.SIG_IGN)
for number in range(16):
    try:
        resource.setrlimit(number, (1 << 20, 1 << 20) if number != resource.RLIMIT_NOFILE else (16, 16))
    except (ValueError, OSError):
        pass
libc.personality(0x0040000)
for option in (4, 29, 41, 38):
    libc.prctl(option, 1, 0, 0, 0)
os.write(1, b"contained\n")
