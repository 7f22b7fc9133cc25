"""Sets a machine up, with Python's standard library alone: `python3 install python|jekyll|browser|runtime|lock`.

python   the environment .venv with the torch that fits this machine; with --test the packages of the tests as well
jekyll   Jekyll: the one that is there, else through Bundler, else from the system's packages
browser  a Chromium for the tests that open pages
runtime  what the walk in the visitor's browser runs on, from npm; without npm the site has its film alone
lock     writes requirements/ anew for pyproject.toml; with --newest in the newest versions of all packages

Each is quick when there is nothing to do. Where rights are missing it names the command to run and exits with 2.
"""

import argparse
import sys
from pathlib import Path

if sys.version_info < (3, 11):  # noqa: UP036
    print(f"setup: Python 3.11 or newer is needed, this is {sys.version.split()[0]}", file=sys.stderr)
    sys.exit(2)
sys.path[0] = str(Path(__file__).resolve().parents[1])  # as it is run by its path

from install.jekyll import browser, jekyll  # noqa: E402
from install.machine import CannotSetUp  # noqa: E402
from install.pins import renew  # noqa: E402
from install.python import python  # noqa: E402
from install.runtime import runtime  # noqa: E402


def main() -> int:
    parser = argparse.ArgumentParser(prog="install", description=__doc__.split("\n")[0])
    parser.add_argument("what", choices=["python", "jekyll", "browser", "runtime", "lock"])
    parser.add_argument("--test", action="store_true", help="with the packages of the tests")
    parser.add_argument("--newest", action="store_true", help="lock the newest versions")
    args = parser.parse_args()
    try:
        works = {"python": lambda: python(args.test), "jekyll": jekyll, "browser": browser, "runtime": runtime}
        works["lock"] = lambda: renew(args.newest)
        works[args.what]()
    except CannotSetUp as error:
        print(f"setup: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
