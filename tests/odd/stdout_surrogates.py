print("\udcff\udc80 escaped bytes")
print("\ud800 cannot be encoded")
