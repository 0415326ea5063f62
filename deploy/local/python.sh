#!/usr/bin/env bash
# Make a virtual environment: python.sh PYTHON FOLDER. Debian keeps `venv` in a package of its own.
set -euo pipefail
python=$1 folder=$2

if ! command -v "$python" >/dev/null; then
  echo "no $python found: install Python 3.11 (Debian: apt-get install python3 python3-venv)" >&2
  exit 1
fi
"$python" - <<'CHECK'
import sys
if not (3, 11) <= sys.version_info[:2] < (3, 13):
    sys.exit(f"Python 3.11 or 3.12 is needed, this is {sys.version.split()[0]}: make PYTHON=python3.11 …")
CHECK
if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    apt-get update -qq
    apt-get install -y -qq --no-install-recommends python3-venv
  else
    echo "Python's venv is missing: apt-get install python3-venv" >&2
    exit 1
  fi
fi
"$python" -m venv "$folder"
