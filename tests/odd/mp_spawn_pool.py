import multiprocessing
print("imported as", __name__, flush=True) if __name__ == "__main__" else None
def square(n):
    return n * n, __name__
if __name__ == "__main__":
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        print(pool.map(square, range(5)))
