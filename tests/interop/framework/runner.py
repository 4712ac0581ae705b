"""Runs cases, each in a process of its own, several at once, and tells what came of them.

Each case has addresses of its own and mostly waits: so more run at once than there are processors, and the next one starts
while the last ones wait for their server's timers. Those of which figures are expected run alone, at the end, and after
them, once more, those that failed beside others, if these are few: what passes then has passed, and its first failure is
told all the same. A case's folder keeps configuration, logs and recordings of a failure, CASE.beside-others those of a
first one.
"""
import argparse
import contextlib
import importlib
import os
import pathlib
import select
import shutil
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor, as_completed

from framework import patience
from framework.case import CASES, run_case
from framework.failure import Skip

ROOT = pathlib.Path(__file__).resolve().parents[3]

PASSED, FAILED, SKIPPED = 0, 1, 77
ENDING = 60  # seconds at most, from the end of the case to that of its server
WAITING = 30  # cases at most that are about to end
# Cases are of real time, and beside others each has a share of the processors that no limit of theirs can know: a few that
# fail may have had too little of it, and have to show that alone. Many that fail are the server's fault. So are those that
# ran alone: they had all there is.
SECOND_TRIES = 5


def load_cases(folder):
    for path in sorted(folder.glob("*.py")):
        importlib.import_module(f"{folder.name}.{path.stem}")


def in_child(name, options):
    patience.set_factor(options.patience)
    failures = run_case(name, options.binary, options.folder, lambda: os.close(options.ending))
    skips = [failure for failure in failures if isinstance(failure, Skip)]
    sys.stdout.flush()
    os._exit(SKIPPED if failures and len(skips) == len(failures) else FAILED if failures else PASSED)


def run_in_child(name, options, places):
    folder = pathlib.Path(options.folder).resolve() / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    with open(folder / "case.log", "wb") as output:
        reader, ending = os.pipe()  # closed by the child when it is about to end, or has
        with places:
            started = time.monotonic()
            child = subprocess.Popen([sys.executable, sys.argv[0], "--child", "--binary", options.binary, "--folder", folder,
                                      "--patience", str(options.patience), "--ending", str(ending), name],
                                     pass_fds=(ending,), stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT,
                                     start_new_session=True)
            os.close(ending)
            in_time = bool(select.select([reader], [], [], CASES[name].timeout * options.patience)[0])
            seconds = time.monotonic() - started
        os.close(reader)
        try:
            status = child.wait(ENDING * options.patience if in_time else 0)
        except subprocess.TimeoutExpired:
            output.write(b"the case did not end in its time\n")
            status = FAILED
        end_group(child)
    return name, status, seconds, folder


def run_together(names, jobs, options):
    """What run_in_child returns, as each ends."""
    places = threading.Semaphore(jobs)
    with ThreadPoolExecutor(jobs + WAITING) as pool:
        for ended in as_completed([pool.submit(run_in_child, name, options, places) for name in names]):
            yield ended.result()


def run_all(names, options):
    """What to report, as each ends: what run_in_child returns and, of a second try, the folder of the first. The longest
    start first."""
    alone = [name for name in names if CASES[name].alone]
    together = sorted((name for name in names if name not in alone), key=lambda name: -CASES[name].timeout)
    failed = []
    for result in run_together(together, options.jobs, options):
        if result[1] in (PASSED, SKIPPED) or min(options.jobs, len(together)) == 1:
            yield *result, None
        else:
            failed.append(result)
            print(f"{'again':8}{result[0]} ({result[2]:.1f} s) failed beside others", flush=True)
    yield from ((*result, None) for result in run_together(alone, 1, options))
    yield from try_again(failed, options)


def try_again(failed, options):
    if len(failed) > SECOND_TRIES:
        yield from ((*result, None) for result in failed)
        return
    first = {}
    for name, _, _, folder in failed:
        first[name] = folder.with_name(f"{name}.beside-others")
        shutil.rmtree(first[name], ignore_errors=True)
        folder.rename(first[name])
    for result in run_together(list(first), 1, options):
        yield *result, first[result[0]]


def end_group(child):
    """The case and whatever it left running."""
    try:
        os.killpg(child.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass
    child.wait()


def last_lines(path, count):
    return path.read_text(errors="replace").splitlines()[-count:]


def tails(folder):
    for path in [folder / "case.log", *sorted(set(folder.glob("*.log")) - {folder / "case.log"})]:
        yield f"   --- {path}"
        yield from (f"   {line}" for line in last_lines(path, 60 if path.name == "case.log" else 25))


def about(name, status, first):
    if first and status == PASSED:
        return "passed alone; beside others it failed:"
    return (CASES[name].__doc__ or "").strip().partition("\n")[0]


def report(name, status, seconds, folder, first):
    word = {PASSED: "ok", SKIPPED: "skipped"}.get(status, "FAILED")
    print(f"{word:8}{name} ({seconds:.1f} s) {about(name, status, first)}")
    if first and status == PASSED:
        print("\n".join(f"   {line}" for line in last_lines(first / "case.log", 15)))
    if status == SKIPPED:
        print(f"   {(folder / 'case.log').read_text().strip().splitlines()[-1]}")
    elif status != PASSED:
        print("\n".join(tails(folder)))
    else:
        for line in (folder / "case.log").read_text(errors="replace").splitlines():
            print(f"   {line}")
    sys.stdout.flush()
    if status == PASSED and not os.environ.get("KEEP_LOGS"):
        shutil.rmtree(folder)


def parse_arguments(description, folder):
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", default=str(ROOT / "build/release/holdfast"))
    parser.add_argument("--folder", default=str(folder), help="where logs go")
    parser.add_argument("--jobs", type=int, default=1, help="cases at once")
    parser.add_argument("--patience", type=float, default=1.0,
                        help="factor on limits of real time, each case's own and those in it: for a slow machine or server")
    parser.add_argument("--list", action="store_true")
    parser.add_argument("--child", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--ending", type=int, help=argparse.SUPPRESS)
    parser.add_argument("cases", nargs="*", metavar="CASE")
    return parser.parse_args()


def main(description, cases, folder, around=contextlib.nullcontext):
    """Of a program beside the folder `cases`. Logs go below `folder`. `around`: is entered before the cases run."""
    options = parse_arguments(description, folder)
    load_cases(cases)
    if options.list:
        for name, body in CASES.items():
            print(f"{name}: {(body.__doc__ or '').strip().splitlines()[0]}")
        return 0
    if options.child:
        in_child(options.cases[0], options)
    options.binary = str(pathlib.Path(options.binary).resolve())
    if not os.access(options.binary, os.X_OK):
        sys.exit(f"{options.binary} is not there: build the target holdfast first, or name it with --binary")
    unknown = [name for name in options.cases if name not in CASES]
    if unknown:
        sys.exit(f"no such case: {', '.join(unknown)}; --list names them")
    counts = {PASSED: 0, FAILED: 0, SKIPPED: 0}
    with around():
        for result in run_all(options.cases or list(CASES), options):
            report(*result)
            counts[result[1] if result[1] in counts else FAILED] += 1
    print(f"{counts[PASSED]} passed, {counts[FAILED]} failed" +
          (f", {counts[SKIPPED]} skipped" if counts[SKIPPED] else ""))
    return 1 if counts[FAILED] else 0
