# Tries: replaces itself by a new interpreter for ever, to begin with a fresh account
# Must: CPU time goes on across exec
# Status: time_limit_exceeded
# Limits: cpu_s=0.4
import os, sys
os.execv("/proc/self/exe", ["python3", "-S", "-s", "/box/main.py"])
