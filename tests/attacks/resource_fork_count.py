# Tries: holds as many sleeping children as it can
# Must: is refused long before this machine notices
# Status: ok|runtime_error
# Stdout: contained
import os, time
count = 0
try:
    while count < 500:
        if os.fork() == 0:
            time.sleep(60)
            os._exit(0)
        count += 1
except OSError:
    pass
print("contained" if count < 100 else f"reached: {count} processes")
