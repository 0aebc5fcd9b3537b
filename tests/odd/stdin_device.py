with open("/dev/stdin") as file:
    print(file.read())
