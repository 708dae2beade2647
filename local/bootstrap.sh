#!/bin/sh
# From a bare Python to a .venv with everything in it: bootstrap.sh VENV REQUIREMENTS STAMP
# PYTHON chooses the interpreter. The stamp is written last, so that an interrupted run begins again.
set -eu

venv=$1 requirements=$2 stamp=$3

say() { printf '%s\n' "$*" >&2; }

new_enough() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; }

find_python() {
    for candidate in ${PYTHON:-python3 python3.13 python3.12 python3.11}; do
        if new_enough "$candidate"; then
            echo "$candidate"
            return
        fi
    done
    first=${PYTHON:-python3}
    if found=$("$first" --version 2>&1); then
        say "Python 3.11 or newer is needed; $first here is $found."
    else
        say "Python 3.11 or newer is needed, and there is no $first here."
    fi
    say "Install one, or name one that is elsewhere: make PYTHON=/path/to/python3.12 run"
    exit 1
}

make_venv() {
    python=$(find_python)
    if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
        package=python3-venv
        case $python in *python3.*) package=$(basename "$python")-venv ;; esac
        say "$python comes without the venv module, as Debian and Ubuntu ship it. This installs it:"
        say "    sudo apt-get install -y $package"
        exit 1
    fi
    say "Making $venv with $("$python" --version)."
    rm -rf "$venv" # one that a moved folder or an upgraded Python has broken
    "$python" -m venv "$venv"
}

new_enough "$venv/bin/python" && "$venv/bin/python" -m pip --version >/dev/null 2>&1 || make_venv

say "Installing $requirements (the first time takes a minute or two)."
pip() { "$venv/bin/python" -m pip --disable-pip-version-check --quiet --no-input "$@"; }
pip install -r "$requirements"
pip install --no-deps --editable .

# pip compiles what it installs unless it was told not to, and never our own code. Some packages hold templates that
# are no Python: their errors are of no interest.
env -u PYTHONDONTWRITEBYTECODE "$venv/bin/python" -m compileall -q -j 0 "$venv/lib" functions local shared wsgi.py \
    >/dev/null 2>&1 || true

"$venv/bin/python" -c 'from PIL import features; raise SystemExit(not features.check("raqm"))' || {
    say "There is no libfribidi here: films are made, but their letters are not kerned. This installs it:"
    say "    sudo apt-get install -y libfribidi0    (or: brew install fribidi)"
}

touch "$stamp"
