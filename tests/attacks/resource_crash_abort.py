# Tries: aborts
# Must: ended by a signal
# Status: runtime_error
import os
os.abort()
