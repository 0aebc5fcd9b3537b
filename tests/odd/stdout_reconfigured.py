import sys
sys.stdout.reconfigure(encoding="ascii", errors="backslashreplace", newline="\r\n", line_buffering=True)
print("caf\u00e9 \U0001f600")
