# Sourced by setup/run and setup/test: find a Python from 3.10 on and hand over to lib.
# usage: start_python MODULE [ARGS…]
start_python() {
  local module=$1 setup candidate present=none
  shift
  setup=$(cd "${BASH_SOURCE[0]%/*}/.." && pwd)
  local candidates=(python3 python3.13 python3.12 python3.11 python3.10 python)
  # one that is named is meant: never quietly another
  [ -n "${OPENPCE_PYTHON:-}" ] && candidates=("$OPENPCE_PYTHON")
  for candidate in "${candidates[@]}"; do
    if "$candidate" -c 'import sys; sys.exit(not (3, 10) <= sys.version_info < (3, 14))' 2>/dev/null; then
      # one process, so that Ctrl-C and --stop reach exactly it
      PYTHONPATH="$setup${PYTHONPATH:+:$PYTHONPATH}" PYTHONDONTWRITEBYTECODE=1 exec "$candidate" -m "lib.$module" "$@"
    fi
  done
  command -v "${candidates[0]}" >/dev/null && present=$("${candidates[0]}" --version 2>&1 | head -n 1)
  echo "Cannot go on: Python 3.10, 3.11, 3.12 or 3.13 is needed, ${candidates[0]} is here: $present; install one or name one with OPENPCE_PYTHON=/path/to/python." >&2
  exit 1
}
