import warnings
warnings.warn("seen once")
for _ in range(3):
    warnings.warn("deprecated here", DeprecationWarning)
print(warnings.filters[:6], "__warningregistry__" in globals())
