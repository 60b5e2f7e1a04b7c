"""Health checks in a container: `python scripts/probe.py /readyz` succeeds if the local server returns 200.

It uses the first of ALLOWED_HOSTS as the host name, because the server refuses any other.
"""

import http.client
import os
import sys


def main(path: str) -> int:
    """Return 0 if the server returns 200; otherwise print its response and return 1."""
    host = os.environ.get("ALLOWED_HOSTS", "").split(",")[0].strip().lstrip(".") or "localhost"
    connection = http.client.HTTPConnection("127.0.0.1", int(os.environ.get("PORT") or 8000), timeout=5)
    try:
        connection.request("GET", path, headers={"Host": host})
        answer = connection.getresponse()
        print(answer.status, answer.read(2000).decode(errors="replace"))
        return 0 if answer.status == 200 else 1
    except OSError as error:
        print(f"no response: {error}")
        return 1
    finally:
        connection.close()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
