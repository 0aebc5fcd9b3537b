# Tries: ends well at exit, after an exception
# Must: as in a plain run: ended well, without an answer
# Status: ok
import atexit, os
atexit.register(os._exit, 0)
1 / 0
