"""What the pages load, from the npm registry: three versions of SIP.js and JsSIP; and playwright-core, which drives them."""
import pathlib
import shutil
import subprocess

HERE = pathlib.Path(__file__).resolve().parent
PLACE = HERE.parents[1] / "build/browser"
BUNDLES = PLACE / "libraries"
ENTRIES = {  # what a page loads: a script that is there, or a package to bundle and the name that it gets
    "sip-0.9.1": "sip-0.9/dist/sip-0.9.1.min.js",
    "sip-0.13.8": "sip-0.13/dist/sip-0.13.8.min.js",
    "sip-0.21.2": ("sip-0.21", "SIP"),
    "jssip": ("jssip", "JsSIP"),
}


def install():
    """If the lock file has changed since."""
    PLACE.mkdir(parents=True, exist_ok=True)
    lock, done = HERE / "package-lock.json", PLACE / "installed.json"
    if done.exists() and done.read_bytes() == lock.read_bytes():
        return
    for name in ("package.json", "package-lock.json"):
        shutil.copy(HERE / name, PLACE)
    subprocess.run(["npm", "ci", "--ignore-scripts", "--prefer-offline", "--no-audit", "--no-fund", "--loglevel=error"],
                   cwd=PLACE, check=True)
    bundle()
    shutil.copy(lock, done)


def bundle():
    modules = PLACE / "node_modules"
    BUNDLES.mkdir(exist_ok=True)
    for library, entry in ENTRIES.items():
        out = BUNDLES / f"{library}.js"
        if isinstance(entry, str):
            shutil.copy(modules / entry, out)
        else:
            subprocess.run([modules / ".bin/esbuild", modules / entry[0], "--bundle", "--format=iife",
                            f"--global-name={entry[1]}", "--define:global=window", "--log-level=warning", f"--outfile={out}"],
                           cwd=PLACE, check=True)
