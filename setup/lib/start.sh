# Sourced by setup/run and setup/test: find a Python from 3.10 on and hand over to lib.
# usage: start_python MODULE [ARGS…]
start_python() {
  local module=$1 setup candidate
  shift
  setup=$(cd "${BASH_SOURCE[0]%/*}/.." && pwd)
  for candidate in ${OPENPCE_PYTHON:+"$OPENPCE_PYTHON"} python3 python3.13 python3.12 python3.11 python3.10 python; do
    if "$candidate" -c 'import sys; sys.exit(not (3, 10) <= sys.version_info < (3, 14))' 2>/dev/null; then
      # one process, so that Ctrl-C and --stop reach exactly it
      PYTHONPATH="$setup${PYTHONPATH:+:$PYTHONPATH}" PYTHONDONTWRITEBYTECODE=1 exec "$candidate" -m "lib.$module" "$@"
    fi
  done
  echo "Cannot go on: Python 3.10, 3.11, 3.12 or 3.13 is needed and none was found ($(python3 --version 2>&1 || true)); install python3 or name one with OPENPCE_PYTHON=/path/to/python." >&2
  exit 1
}
