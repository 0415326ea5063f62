"""`make wipe`: remove every row and file of this checkout."""

import os
import shutil
import sys

from deploy.local import postgres
from deploy.local.paths import State
from deploy.local.stop import is_running


def main() -> int:
    state = State.default()
    if is_running(state):
        print("the platform is running: `make stop` first")
        return 1
    if not state.root.exists():
        print("there are no data")
        return 0
    sure = (
        os.environ.get("YES") == "1" or input(f"remove all data in {state.root}? Type yes: ").strip() == "yes"
    )
    if not sure:
        print("nothing was removed")
        return 1
    postgres.remove_data(state.postgres)
    for folder in (state.valkey, state.blobs, state.uploads, state.log):
        shutil.rmtree(folder, ignore_errors=True)
    kept = (state.secret_key, state.worker_token, state.processes, state.lock)
    for file in (*kept, *state.root.glob("celerybeat-schedule*")):
        file.unlink(missing_ok=True)
    print("removed")
    return 0


if __name__ == "__main__":
    sys.exit(main())
