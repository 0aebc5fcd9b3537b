import io
import sys
print("first")
sys.stdout = io.StringIO()
print("into memory")
sys.__stdout__.write(sys.stdout.getvalue().upper())
