# coding: undefined
# Tries: a coding line that names the codec which always fails
# Must: an error of compilation
# Status: compile_error
print(1)
