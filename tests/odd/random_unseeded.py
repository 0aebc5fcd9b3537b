import random
import secrets
import subprocess
import sys
import uuid
if sys.argv[1:]:
    print(random.random())
    sys.exit()
other = subprocess.check_output([sys.executable, __file__, "child"])
print(float(other) != random.random(), len(secrets.token_hex(8)), uuid.uuid4().version)
