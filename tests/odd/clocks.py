import time
started = time.monotonic(), time.perf_counter(), time.time()
time.sleep(0.02)
print(all(now > then for now, then in zip((time.monotonic(), time.perf_counter(), time.time()), started)))
print(time.process_time() < 1, time.thread_time() < 1, 1.6e9 < time.time() < 1e10)
