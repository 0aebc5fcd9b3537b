import warnings
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    warnings.warn("x", RuntimeWarning)
    open("main.py")
print([(type(w.message).__name__, w.lineno, w.filename) for w in caught])
