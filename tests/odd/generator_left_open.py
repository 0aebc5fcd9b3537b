def numbers():
    try:
        yield 1
        yield 2
    finally:
        print("closed")
left = numbers()
print(next(left))
