# Tries: ends well without an answer
# Must: no success without an output
# Status: ok
import sys
sys.exit(0)
