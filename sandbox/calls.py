"""Calls of a program's functions, as an order from the host wants them; used by ``program.py`` in a program's process.

An order is a plain mapping: ``setup`` (code), ``calls`` (each a list of function, code, arguments, keyword arguments,
and the numbers of the arguments to be told of afterwards), ``shapes`` (of each argument, and of what is returned),
``loose``, ``listed``, ``prelude``. The outcome of a call is a list: ``returned`` and a value; ``listed`` and what an
iterator gave; ``object``, its truth and its type, where there is no plain value; or ``raised``, names of classes and a
message. Its last item maps the numbers of arguments to what the call left in them. Nothing of this is trusted: the host
takes it as data.
"""

from itertools import islice

from values import dumps

MOST_ITEMS = 1_000_000
LONGEST_MESSAGE = 10_000
STARRED = "typing collections functools itertools heapq bisect math string operator"
NAMED = "bisect collections copy functools heapq itertools json math operator re string sys"
DEARER = ("datetime", "random")
"""Modules that PID 1 has not imported already: only for programs that name them."""


class ListNode:
    def __init__(self, val=0, next=None):
        self.val = val
        self.next = next


class TreeNode:
    def __init__(self, val=0, left=None, right=None):
        self.val = val
        self.left = left
        self.right = right


ListNode.__module__ = TreeNode.__module__ = "main"


def prelude(code):
    """The names that programs on the usual sites find: types, nodes, and what the standard library's modules give."""
    names = {"ListNode": ListNode, "TreeNode": TreeNode}
    for name in STARRED.split():
        module = __import__(name)
        public = getattr(module, "__all__", None) or [one for one in vars(module) if not one.startswith("_")]
        names.update((one, getattr(module, one)) for one in public if one not in __builtins__)
    names.update((name, __import__(name)) for name in NAMED.split())
    names.update((name, __import__(name)) for name in DEARER if mentions(code, name))
    return names


def mentions(code, name):
    """Whether a name stands in a code object or in one within it."""
    return name in code.co_names or any(mentions(one, name) for one in code.co_consts if hasattr(one, "co_names"))


def perform(order, entry, code, start, complain):
    """Make the calls; the encoded list of their outcomes."""
    given = prelude(code) if order["prelude"] else {}
    program = vars(start(given))
    if order["setup"]:
        exec(compile(order["setup"], "<test>", "exec"), program)
    outcomes = []
    first = None
    for number, (function, expression, arguments, keywords, after) in enumerate(order["calls"]):
        shapes = order["shapes"] if not function and not expression else []
        built = [build(shape, one, program) for shape, one in zip(shapes, arguments)] or arguments
        try:
            if expression:
                value = eval(expression, program)
            else:
                value = find(program, function or entry, first)(*built, **keywords)
        except MemoryError:
            raise
        except Exception as error:
            outcome = ["raised", [kind.__name__ for kind in type(error).__mro__], message(error)]
            complain(type(error), error, error.__traceback__)
        else:
            first = value if number == 0 else first
            outcome = tell(value, shapes[-1] if shapes else None, order)
        left = {at: tell(built[at], shapes[at] if shapes else None, order) for at in after if at < len(built)}
        outcomes.append([*outcome, left])
    return encoded(outcomes)


def find(program, name, first):
    """What to call. A method of a class is that of a new object, a name with a dot in front that of the first one."""
    if name[0] == ".":
        return getattr(first, name[1:])
    owner, _, method = name.rpartition(".")
    if owner and owner in program:
        return getattr(program[owner](), method)
    function = program.get(method)
    if not callable(function):
        raise NameError(f"expected a function named {method!r} in the program, got none") from None
    return function


def message(error):
    try:
        return str(str(error))[:LONGEST_MESSAGE]
    except Exception:
        return ""


def tell(value, shape, order):
    """A value as the beginning of an outcome."""
    try:
        value = flat(value, shape)
        if order["loose"]:
            value = plain(value)
        if order["listed"] and (hasattr(type(value), "__next__") or type(value) in VIEWS):
            items = list(islice(iter(value), MOST_ITEMS + 1))
            if len(items) > MOST_ITEMS:
                return thing("an iterator without end")
            return ["listed", plain(items) if order["loose"] else items]
    except ValueError as error:
        return thing(str(error))
    return ["returned", value]


VIEWS = (range, type({}.keys()), type({}.values()), type({}.items()))


def thing(value):
    """The beginning of an outcome for what has no plain value."""
    if type(value) is str:
        return ["object", True, value]
    try:
        truth = bool(value)
    except Exception:
        truth = None
    return ["object", truth, str(type.__dict__["__qualname__"].__get__(type(value)))]


def encoded(outcomes):
    """The outcomes as bytes, those that cannot travel as things."""
    try:
        return dumps(outcomes)
    except (TypeError, RecursionError):
        return dumps([[*sound(one[:-1]), {at: sound(left) for at, left in one[-1].items()}] for one in outcomes])


def sound(outcome):
    try:
        dumps(outcome)
    except TypeError:
        return thing(first_odd(outcome[1]))
    except RecursionError:
        return thing("a value that is nested too deeply, or contains itself")
    return outcome


def first_odd(value):
    """The first part that is no plain value, if it stands in a list, tuple or mapping; else the value."""
    kind = type(value)
    for part in value if kind in (list, tuple) else dict.values(value) if kind is dict else ():
        try:
            dumps(part)
        except (TypeError, RecursionError):
            return first_odd(part)
    return value


def plain(value):
    """The built-in value within an object of a class derived from a built-in one, by the built-in class's own means."""
    kind = type(value)
    if isinstance(value, dict) and issubclass(kind, dict):
        return {plain(key): plain(item) for key, item in dict.items(value)}
    for base in (list, tuple, set, frozenset):
        if issubclass(kind, base):
            items = [plain(item) for item in base.__iter__(value)]
            return items if base is list else base(items)
    if kind is bool:
        return value
    for base, read in ((int, int.__pos__), (float, float.__pos__), (str, lambda text: str.join("", [text, ""]))):
        if kind is not base and issubclass(kind, base):
            return read(value)
    return value


def build(shape, value, program):
    """An argument as a program wants it: nodes of a list or a tree for a list of their values."""
    if shape is None or value is None:
        return value
    if type(shape) is list:
        return [build(shape[1], one, program) for one in value]
    if shape == "ListNode":
        node_type = program.get("ListNode", ListNode)
        head = None
        for one in reversed(value):
            node = node_type(one)
            node.next = head
            head = node
        return head
    node_type = program.get("TreeNode", TreeNode)
    nodes = [None if one is None else node_type(one) for one in value]
    waiting = iter(nodes[1:])
    for node in nodes:
        if node is not None:
            node.left, node.right = next(waiting, None), next(waiting, None)
    return nodes[0] if nodes else None


def flat(value, shape):
    """Nodes as a list of their values, as :func:`build` takes it."""
    if shape is None:
        return value
    if type(shape) is list:
        return [flat(one, shape[1]) for one in value] if type(value) in (list, tuple) else value
    if shape == "ListNode":
        values, seen = [], set()
        while value is not None:
            if id(value) in seen:
                raise ValueError("a linked list that runs in a circle")
            seen.add(id(value))
            values.append(value.val)
            value = value.next
        return values
    values, level, seen = [], [value], set()
    for node in level:
        if node is None:
            values.append(None)
            continue
        if id(node) in seen:
            raise ValueError("a tree in which a node has two parents")
        seen.add(id(node))
        values.append(node.val)
        level += [node.left, node.right]
    while values and values[-1] is None:
        values.pop()
    return values
