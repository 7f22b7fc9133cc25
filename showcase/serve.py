"""Serves the site until Ctrl-C: `python showcase/serve.py [PORT] [--livereload]`. Standard library only."""

import signal
import socket
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[0] = str(ROOT)  # as it is run by its path

from experiments.errors import InputError  # noqa: E402
from showcase.regular import refuse_others  # noqa: E402


def main(port: str = "4000", *options: str) -> int:
    if not port.isdecimal() or not 0 < int(port) < 65536:
        print(f"serve: '{port}' is no port number (1 to 65535)", file=sys.stderr)
        return 2
    if unknown := set(options) - {"--livereload"}:
        print(f"serve: unknown option {min(unknown)} (known: --livereload)", file=sys.stderr)
        return 2
    try:
        refuse_others(ROOT)
    except InputError as error:
        print(f"serve: {error}", file=sys.stderr)
        return 2
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", int(port)))
        except OSError as error:
            print(
                f"serve: port {port} is not free ({error.strerror}); try: make site PORT={int(port) + 1}",
                file=sys.stderr,
            )
            return 2
    print(f"serve: http://127.0.0.1:{port}/ until Ctrl-C", flush=True)
    # Ctrl-C reaches Jekyll by itself; here it must not become a traceback.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    child = subprocess.Popen(
        ["bundle", "exec", "jekyll", "serve", "--host", "127.0.0.1", "--port", port, *options],
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    signal.signal(signal.SIGTERM, lambda *_: child.terminate())
    code = child.wait()
    return 0 if code in (0, -signal.SIGINT, -signal.SIGTERM, 130, 143) else code


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
