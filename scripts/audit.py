"""`make audit`: look for known vulnerabilities in what the product installs.

It asks a database on the network, so it is not part of `make check`; where nothing can be asked, it says so.
"""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

COMMAND = (
    str(Path(sys.executable).parent / "pip-audit"),
    "--requirement=requirements.lock",
    "--disable-pip",
    "--no-deps",
    "--format=json",
    "--progress-spinner=off",
)
UNREACHABLE = "The vulnerability database cannot be reached from here: nothing was audited."


def verdict(output: str) -> tuple[int, list[str]]:
    """Return the exit code and the lines for pip-audit's JSON: 1 for a vulnerability, 2 where nothing was audited."""
    try:
        dependencies: list[dict[str, Any]] = json.loads(output)["dependencies"]
    except (ValueError, KeyError, TypeError):
        return 2, [UNREACHABLE]
    audited = [each for each in dependencies if "skip_reason" not in each]
    if not audited:
        return 2, [UNREACHABLE]
    found = [
        f"{each['name']} {each['version']}: {flaw['id']}, fixed in {', '.join(flaw['fix_versions']) or 'no version'}"
        for each in audited
        for flaw in each["vulns"]
    ]
    return (1 if found else 0), [
        *found,
        f"{len(audited)} packages audited, {len(found)} vulnerabilities known.",
    ]


def main() -> int:
    """Run pip-audit over the locked packages and print what it found."""
    run = subprocess.run(COMMAND, capture_output=True, text=True, check=False)
    code, lines = verdict(run.stdout)
    print("\n".join(lines))
    return code


if __name__ == "__main__":
    sys.exit(main())
