# Tries: becomes /bin/true
# Must: no success without an output
# Status: ok
import os
os.execv("/bin/true", ["true"])
