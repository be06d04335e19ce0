# carddesk: everything a developer types. `make run` and `make test` need Python 3.11+ and nothing else.

VENV  := .venv
BIN   := $(VENV)/bin
STAMP := $(VENV)/.carddesk
ARGS  ?=

# The distribution's own Python comes first: it is built to be quick, while one that was compiled at
# home mostly is not, a quarter slower at everything here. A candidate must really run: a shim may
# stand in for a Python that is not installed, and some ship without the parts that are needed.
CANDIDATES := $(patsubst %,/usr/bin/python3.%,13 12 11) python3.13 python3.12 python3.11 python3
USABLE     := import ensurepip, sqlite3, ssl, sys, venv; sys.exit(sys.version_info < (3, 11))

.DEFAULT_GOAL := help
.PHONY: help run test check fmt screenshots snapshots docs bench prove lock clean

help:                   ## this list
	@sed -n 's/^\([a-z-]*\):[^#]*## /\1\t/p' Makefile | expand -t 14

run: $(STAMP)           ## the console on the embedded vendor; ARGS="..." are handed on
	@$(BIN)/carddesk --sandbox $(ARGS)

# What every worker would compile for itself is compiled once. What failed runs once more, alone.
test: $(STAMP)          ## every test; ARGS="-k name" narrows
	@test -d tests/__pycache__ || env -u PYTHONDONTWRITEBYTECODE $(BIN)/python -m pytest --collect-only -q >/dev/null 2>&1 || true
	@env -u PYTHONDONTWRITEBYTECODE $(BIN)/python -m tests.suite $(ARGS)

check: $(STAMP)         ## format, lint, types and layers, nothing is changed
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/pyright
	@$(BIN)/lint-imports

fmt: $(STAMP)           ## format, and repair what can be repaired
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

screenshots: $(STAMP)   ## draw screenshots/ again from the real console
	@$(BIN)/python -m screenshots.make $(ARGS)

snapshots: $(STAMP)     ## keep the screens as they are now in tests/snapshots/, to be read in the diff
	@CARDDESK_WRITE_SNAPSHOTS=1 $(BIN)/python -m pytest -n 2 -q tests/snapshots $(ARGS)

docs: $(STAMP)          ## write the generated parts of the documentation again
	@$(BIN)/python -m docs.make

bench: $(STAMP)         ## measure all that is promised and write docs/performance.md; ARGS="busy" for a group
	@$(BIN)/python -m tests.bench.run $(ARGS)

bench-peers: $(STAMP)   ## install the two programs that the bench compares with
	@$(BIN)/python -m tests.bench.peers

prove: $(STAMP)         ## the proofs of docs/reliability.md in their long form, ARGS="crash soak" picks
	@$(BIN)/python -m tests.proof $(ARGS)

lock:                   ## pin the dependencies again; needs uv
	@uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate --no-header \
	  --group dev pyproject.toml --output-file requirements.lock

clean:                  ## remove the environment and every cache
	@rm -rf $(VENV) .bench-venv .peers dist build .pytest_cache .ruff_cache .hypothesis .import_linter_cache
	@find screenshots services tests tui widgets -name __pycache__ -prune -exec rm -rf {} +

# uv makes the environment where it is there and works, else venv and pip do; both from the same pins.
$(STAMP): pyproject.toml requirements.lock
	@if uv --version >/dev/null 2>&1; then \
	  uv venv --quiet --clear --no-python-downloads --python $(if $(PYTHON),$(PYTHON),'>=3.11') $(VENV) && \
	  uv pip sync --quiet --require-hashes --python $(BIN)/python requirements.lock && \
	  uv pip install --quiet --no-deps --python $(BIN)/python -e .; \
	else \
	  python=; \
	  for each in $(if $(PYTHON),$(PYTHON),$(CANDIDATES)); do \
	    if "$$each" -c '$(USABLE)' >/dev/null 2>&1; then python=$$each; break; fi; \
	  done; \
	  if [ -z "$$python" ]; then \
	    echo 'carddesk needs Python 3.11 or newer with venv (on Debian: apt install python3-venv), or uv.' >&2; \
	    echo 'Tried: $(if $(PYTHON),$(PYTHON),$(CANDIDATES)). Name another one: make PYTHON=/path/to/python' >&2; \
	    exit 1; \
	  fi; \
	  "$$python" -m venv --clear $(VENV) && \
	  $(BIN)/python -m pip install --quiet --require-hashes -r requirements.lock && \
	  $(BIN)/python -m pip install --quiet --no-deps -e .; \
	fi
	@touch $@
