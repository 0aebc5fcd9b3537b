text = """two
lines"""
print(repr(text), len(text))
