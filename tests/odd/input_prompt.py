name = input("Who? ")
print("Hello", name)
age = input()
print(repr(age))
