"""Runs test code in the judge's box, with a stand-in for the candidate's function; see ``functions/harness.py``.

The stand-in answers from a table of calls that the candidate has made in a box of its own. A call that is not in the
table is noted, and answered with something that passes for anything, so that one run of the code finds many of the
calls that it makes; what the code says of such an answer counts for nothing. This file is sent as a program: it
knows the standard library only.
"""

import builtins
import random
import sys
import types

MOST_AT_ONCE = 5_000
PLAIN = (bool, int, float, complex, str, bytes, type(None))
SEED = 0
MODULES = "collections copy datetime functools itertools math random re string sys"
"""What test code may name without an import, for some relies on those of the program."""


class Stop(BaseException):
    """Nothing more can be found out in this run."""


class Unknown:
    """An answer that is not known yet."""

    def _same(self, *others, **more):
        return self

    def _true(self, *others):
        return True

    def _stop(self, *others):
        raise Stop

    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = __truediv__ = __rtruediv__ = _same
    __floordiv__ = __rfloordiv__ = __mod__ = __rmod__ = __pow__ = __rpow__ = __abs__ = __neg__ = __round__ = _same
    __getitem__ = _same
    __eq__ = __ne__ = __lt__ = __le__ = __gt__ = __ge__ = __bool__ = __contains__ = _true
    __iter__ = __len__ = __int__ = __float__ = __index__ = __str__ = __hash__ = __call__ = _stop


class Thing:
    """What is no plain value: it has a truth, and equals itself."""

    def __init__(self, truth, name):
        self._truth, self._name = truth, name

    def __bool__(self):
        return bool(self._truth)

    def __repr__(self):
        return f"<{self._name}>"


class Standin:
    """The candidate's function, as far as test code can tell."""

    def __init__(self, table):
        self.table = table
        self.at = 0
        self.asked = []
        self.raised = None
        self.refused = ""

    def __call__(self, *arguments, **keywords):
        if self.refused:
            raise Stop
        try:
            noted = [copy_of(list(arguments)), copy_of(keywords)]
        except (TypeError, RecursionError) as error:
            # An argument that was made of an unknown answer is not known either.
            if not self.asked:
                self.refused = str(error)
            raise Stop from None
        if not self.asked and self.at < len(self.table) and same(self.table[self.at][:2], noted):
            _, _, outcome, left = self.table[self.at]
            self.at += 1
            put_back(arguments, left)
            return self.answer(outcome)
        self.asked.append(noted)
        if len(self.asked) >= MOST_AT_ONCE:
            raise Stop
        return Unknown()

    def answer(self, outcome):
        kind, value = outcome[0], outcome[1]
        if kind == "listed":
            return iter(value)
        if kind == "object":
            return Thing(value, outcome[2])
        if kind == "raised":
            self.raised = exception(value, outcome[2])
            raise self.raised
        return value


def exception(names, text):
    """An exception such as the candidate raised."""
    for name in names:
        base = getattr(builtins, name, None)
        if isinstance(base, type) and issubclass(base, Exception):
            kind = base if name == names[0] else type(str(names[0]), (base,), {})
            try:
                return kind(text)
            except TypeError:  # those that want more than a text
                break
    return type(str(names[0]) if names else "Exception", (Exception,), {})(text)


def copy_of(value):
    """A copy of plain data; TypeError for anything else."""
    kind = type(value)
    if kind in PLAIN:
        return value
    if kind in (list, tuple, set, frozenset):
        return kind([copy_of(item) for item in value])
    if kind is dict:
        return {copy_of(key): copy_of(item) for key, item in value.items()}
    raise TypeError(kind.__name__)


def same(one, other):
    return form(one) == form(other)


def form(value):
    """Equal for the same data, not-a-number included, and for no other."""
    kind = type(value)
    if kind in (list, tuple):
        return kind.__name__, tuple(map(form, value))
    if kind in (set, frozenset):
        return kind.__name__, tuple(sorted(map(repr, map(form, value))))
    if kind is dict:
        return kind.__name__, tuple((form(key), form(item)) for key, item in value.items())
    return kind.__name__, repr(value)


def put_back(arguments, left):
    """Make arguments what the call left in them."""
    for place, value in left.items():
        target = arguments[place]
        if type(target) is type(value) is list:
            target[:] = value
        elif type(target) is type(value) and type(value) in (set, dict):
            target.clear()
            target.update(value)


def arrays():
    """The few functions of the usual array library that published test code calls on plain numbers."""
    import math

    def close(one, other, rtol=1e-05, atol=1e-08, equal_nan=False):
        if isinstance(one, (list, tuple)) or isinstance(other, (list, tuple)):
            ones = one if isinstance(one, (list, tuple)) else [one] * len(other)
            others = other if isinstance(other, (list, tuple)) else [other] * len(one)
            return len(ones) == len(others) and all(close(a, b, rtol, atol, equal_nan) for a, b in zip(ones, others))
        if one == other or (equal_nan and one != one and other != other):
            return True
        return math.isfinite(other) and abs(one - other) <= atol + rtol * abs(other)

    def assert_close(actual, desired, rtol=1e-07, atol=0, equal_nan=True, **_):
        assert close(actual, desired, rtol, atol, equal_nan), "not close"

    module = types.ModuleType("numpy")
    module.allclose = module.isclose = close
    module.ndarray = type("ndarray", (), {})
    module.float64 = module.float32 = module.float_ = type("float64", (), {})
    module.inf, module.nan, module.pi = math.inf, math.nan, math.pi
    module.testing = types.ModuleType("numpy.testing")
    module.testing.assert_allclose = assert_close
    return module


def run(source, names, table):
    """Run test code as far as the table allows.

    Returns a list: ``ask`` and the calls to be made after those of the table that hold, with the number of these;
    ``passed``; ``failed`` and why; ``raised`` where an exception of the candidate's went through; or ``refused`` and
    the type of an argument that is no plain value.
    """
    random.seed(SEED)
    try:
        __import__("numpy")
    except ImportError:
        sys.modules["numpy"] = arrays()
        sys.modules["numpy.testing"] = sys.modules["numpy"].testing
    standin = Standin(table)
    space = {name: __import__(name) for name in MODULES.split()}
    space |= {"__name__": "test", **dict.fromkeys(names, standin)}
    result = ["passed", ""]
    try:
        exec(compile(source, "<test>", "exec"), space)
    except Stop:
        pass
    except BaseException as error:
        if error is standin.raised:
            result = ["raised", type(error).__name__]
        else:
            result = ["failed", f"{type(error).__name__}: {error}"[:2000] if str(error) else where(error, source)]
    if standin.refused:
        return ["refused", standin.refused, standin.at]
    if standin.asked:
        return ["ask", standin.asked, standin.at]
    return [*result, standin.at]


def where(error, source):
    """The line of the test code that failed."""
    lines = source.splitlines()
    found = ""
    frame = error.__traceback__
    while frame:
        if frame.tb_frame.f_code.co_filename == "<test>" and frame.tb_lineno <= len(lines):
            found = lines[frame.tb_lineno - 1].strip()
        frame = frame.tb_next
    return f"{type(error).__name__}: {found[:500]}"
