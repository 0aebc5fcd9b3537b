# Tries: a list within itself
# Must: an error and no endless loop
# Status: runtime_error
# Kind: function
def f(x):
    value = []
    value.append(value)
    return value
