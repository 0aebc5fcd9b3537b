from concurrent.futures import ThreadPoolExecutor
executor = ThreadPoolExecutor(3)
print(list(executor.map(lambda n: n * n, range(10))))
future = executor.submit(print, "left to run at the end")
