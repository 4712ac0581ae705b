"""How a case says what is wrong."""


class Failure(Exception):
    """What was expected and what was seen instead."""


class Skip(Exception):
    """The case cannot run here; the text says what is missing."""


def expect(condition, what):
    if not condition:
        raise Failure(what)


def expect_equal(got, wanted, what):
    if got != wanted:
        raise Failure(f"{what}: expected {wanted!r}, got {got!r}")
