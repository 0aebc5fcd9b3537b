# Tries: an exit status of 256, which the kernel cuts to 0
# Must: as in a plain run: ended well, without an answer
# Status: ok
raise SystemExit(256)
