größe = 3
def 関数(ℌ):
    return ℌ * größe
print(関数(2), "\N{SNOWMAN}", "𝕏", "😀"[::-1])
