# Tries: turns each exception into a good end
# Must: as in a plain run: ended well, without an answer
# Status: ok
import os, sys
sys.excepthook = lambda *_: os._exit(0)
1 / 0
