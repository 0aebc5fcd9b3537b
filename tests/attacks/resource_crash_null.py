# Tries: reads address 0 with core dumps asked for
# Must: ended by a signal, no core file
# Status: runtime_error
import ctypes, resource
try:
    resource.setrlimit(resource.RLIMIT_CORE, (-1, -1))
except (ValueError, OSError):
    pass
ctypes.string_at(0)
