class Bad:
    def __del__(self):
        raise ValueError("in del at the end")
kept = Bad()
print("end")
