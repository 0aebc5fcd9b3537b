# Tries: overwrites the interpreter, its library and the runner, by path and by /proc/self/exe
# Must: read-only
# Status: ok
# Stdout: contained
import glob, os, sys
for path in ("/proc/self/exe", os.path.realpath(sys.executable or "/usr/bin/python3"), os.__file__, *glob.glob("/opt/codegym/**", recursive=True), *glob.glob(os.path.dirname(os.__file__) + "/__pycache__/o*.pyc")):
    for flags in (os.O_WRONLY, os.O_RDWR | os.O_TRUNC):
        try:
            os.open(path, flags)
            print("reached:", path)
        except OSError:
            pass
    for call, arguments in ((os.unlink, (path,)), (os.chmod, (path, 0o777)), (os.rename, (path, path + "x")), (os.utime, (path, (0, 0)))):
        try:
            if path != "/proc/self/exe":
                call(*arguments)
                print("reached:", call.__name__, path)
        except OSError:
            pass
print("contained")
