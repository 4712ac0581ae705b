"""Fails when docs/races.md does not name the tests of a row that there are, or names one that there is not."""
import pathlib
import re
import sys

ROOT = pathlib.Path(sys.argv[1])
ROW = re.compile(r"\| (\d+) \| ")
SIMULATED = re.compile(r"TEST\w*\(Races, Row(\d\d)_")
CASE = re.compile(r"^def (race_((?:\d\d_)+)\w+)\(", re.MULTILINE)


def tests_of_rows():
    """Row → the files of the simulator, and the cases with real peers, that are named after it."""
    found = {row: set() for row in range(1, 61)}
    for file in (ROOT / "tests/simulation").glob("*_test.cpp"):
        for row in SIMULATED.findall(file.read_text()):
            found[int(row)].add(file.name)
    for file in (ROOT / "tests/interop/cases").glob("races_*.py"):
        for name, rows in CASE.findall(file.read_text()):
            for row in rows.split("_")[:-1]:
                found[int(row)].add(name)
    return found


def named_in_rows():
    lines = (ROOT / "docs/races.md").read_text().splitlines()
    rows = {int(match[1]): line for line in lines if (match := ROW.match(line))}
    return {row: set(re.findall(r"`(\w+_test\.cpp|race_\w+)`", line)) for row, line in rows.items()}


def differences():
    found, named = tests_of_rows(), named_in_rows()
    for row in sorted(found.keys() | named.keys()):
        for name in sorted(found.get(row, set()) ^ named.get(row, set())):
            word = "lacks" if name in found.get(row, set()) else "names without reason"
            yield f"docs/races.md: row {row} {word} {name}"


lines = list(differences())
print("\n".join(lines))
sys.exit(bool(lines))
