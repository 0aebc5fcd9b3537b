out = open(1, "w")
out.write("second ")
print("first")
