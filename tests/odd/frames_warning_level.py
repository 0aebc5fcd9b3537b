import warnings
warnings.warn("far up", stacklevel=4)
