import threading
local = threading.local()
local.x = 1
seen = []
timer = threading.Timer(0.01, lambda: seen.append(hasattr(local, "x")))
timer.start()
timer.join()
print(seen, local.x)
