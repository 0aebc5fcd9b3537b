"""What runs on the nodes of a Ray cluster, and what gives it work. Ray itself is imported where it is first used."""

from codegym.sandbox.cluster.mapping import in_ray

__all__ = ["in_ray"]
