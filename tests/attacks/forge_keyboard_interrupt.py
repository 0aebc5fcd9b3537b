# Tries: pretends that the user pressed Ctrl-C
# Must: a failure of the program, not of codegym
# Status: runtime_error
raise KeyboardInterrupt
