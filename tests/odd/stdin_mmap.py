import mmap
with mmap.mmap(0, 0, access=mmap.ACCESS_READ) as data:
    print(data[:], data.find(b"needle"))
