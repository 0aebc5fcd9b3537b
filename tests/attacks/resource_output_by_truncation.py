# Tries: makes its output as long as it may be and a byte more without writing
# Must: too much output, whoever made it
# Status: output_limit_exceeded
import os
os.ftruncate(1, (1 << 20) + 1)
