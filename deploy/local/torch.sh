#!/usr/bin/env bash
# Put torch into an environment: torch.sh FOLDER VERSION. It stands in no lock file, since each machine needs another build.
#
# A folder of wheels that pip was told of (find-links) comes first; then the build that fits this machine, by uv from
# torch's own index (TORCH_BACKEND=cpu, cu128, … chooses one); then whatever pip finds.
set -euo pipefail
folder=$1 version=$2
tools=.venv/bin
target=$folder/bin/python

if "$target" - "$version" 2>/dev/null <<'CHECK'
import sys
from importlib.metadata import version
sys.exit(version("torch").partition("+")[0] != sys.argv[1])
CHECK
then exit 0; fi

# The driver's own program tells whether there is a GPU; asking torch would need torch.
backend=${TORCH_BACKEND:-$(command -v nvidia-smi >/dev/null && echo auto || echo cpu)}
# The build for the processor needs nothing beyond the lock file; that for CUDA has its libraries in packages of their own.
alone=$([ "$backend" = cpu ] && echo --no-deps || true)
wheels=$("$tools/python" -m pip config get global.find-links 2>/dev/null | head -n 1 || true)
if [ "$backend" = cpu ] && [ -n "$wheels" ] && compgen -G "$wheels/torch-$version+cpu-*.whl" >/dev/null; then
  "$tools/uv" pip install --quiet --no-deps --no-index --find-links "$wheels" --python "$target" "torch==$version"
else
  pip=("$tools/python" -m pip --python "$target" install --quiet --disable-pip-version-check)
  "$tools/uv" pip install --quiet $alone --torch-backend="$backend" --python "$target" "torch==$version" 2>/dev/null \
    || "${pip[@]}" $alone "torch==$version"
  # Where only a build for CUDA was found, it wants them on any machine.
  "$target" -c 'import torch' 2>/dev/null || "${pip[@]}" "torch==$version"
fi
