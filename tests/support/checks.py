"""A list of checks, run one after the other and counted as tests/run counts: for parts that need no stage of their own."""
import shutil
import subprocess


class Skip(Exception):
    pass


def expect(condition, what):
    if not condition:
        raise AssertionError(what)


def run(*command, timeout=60, **options):
    """(exit status, stdout, stderr) of a program, which this machine may lack."""
    if not shutil.which(command[0]):
        raise Skip(f"{command[0]} is not here")
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True, timeout=timeout, check=False,
                          stdin=subprocess.DEVNULL, **options)
    return done.returncode, done.stdout, done.stderr


def say(text):
    print(f"   {text}", flush=True)


def run_all(cases):
    """The exit status of the program."""
    counts = {"ok": 0, "FAILED": 0, "skipped": 0}
    for case in cases:
        word, details = "ok", []
        try:
            case()
        except Skip as reason:
            word, details = "skipped", [str(reason)]
        except (AssertionError, KeyError, TypeError, OSError, subprocess.TimeoutExpired) as failure:
            word, details = "FAILED", f"{type(failure).__name__}: {failure}".splitlines()
        counts[word] += 1
        print(f"{word:8}{case.__name__} {case.__doc__.splitlines()[0]}")
        for line in details:
            say(line)
    print(f"{counts['ok']} passed, {counts['FAILED']} failed, {counts['skipped']} skipped", flush=True)
    return 1 if counts["FAILED"] else 0
