# Tries: a small compressed text that unpacks to more than there is memory
# Must: the memory limit holds
# Status: memory_limit_exceeded
import zlib
packer = zlib.compressobj()
small = b"".join(packer.compress(bytes(1 << 20)) for _ in range(100)) + packer.flush()
zlib.decompress(small)
