import pickle
try:
    pickle.dumps(lambda: 1)
except Exception as error:
    print(type(error).__name__, str(error).split(" at ")[0])
pickle.loads(b"c__main__\nNothing\n.")
