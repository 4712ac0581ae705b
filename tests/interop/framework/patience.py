"""How many times slower than a quiet machine this one may be: tests/interop/run --patience.

Of real time a case says what a quiet machine keeps, and multiplies what waits for an event or bounds a delay. How long it
looks that something does not happen needs no factor.
"""
FACTOR = 1.0


def set_factor(factor):
    global FACTOR
    FACTOR = max(1.0, factor)


def real(quantity):
    """Of seconds or milliseconds."""
    return quantity * FACTOR
