#!/bin/sh
# Make the virtual environment at $1 with Python 3.11, or say in one sentence why that cannot be done.
set -eu
target=$1
python=${PYTHON:-python3.11}

is_right() { "$1" -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' >/dev/null 2>&1; }

if ! is_right "$python"; then
    if is_right python3; then
        python=python3
    else
        echo "Python 3.11 is needed and '$python' is not one: install it (Debian: sudo apt install python3.11) or set PYTHON to where it is." >&2
        exit 1
    fi
fi
if ! "$python" -c 'import ensurepip, venv' >/dev/null 2>&1; then
    echo "Python's venv module is missing: install it (Debian: sudo apt install python3.11-venv) and try again." >&2
    exit 1
fi
# One that works is kept; what an interrupted attempt left behind is not.
if [ -x "$target/bin/python" ] && is_right "$target/bin/python" && "$target/bin/python" -m pip --version >/dev/null 2>&1; then
    exit 0
fi
echo "Making the environment $target ..."
"$python" -m venv --clear "$target"
