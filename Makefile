# Everything a new machine needs: Python 3.11-3.13, make and git.
# Bytecode of what is used is written at its first import; compiling all that is installed would take a minute.
unexport PYTHONDONTWRITEBYTECODE
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: setup dev up test tests quick unit test-precisions check lint types check-models bench lock clean

setup: $(VENV)/.worker
dev: $(VENV)/.dev

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' || \
		{ echo "Omokage needs Python 3.11, 3.12 or 3.13; say which: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	$(PYTHON) -m venv $(VENV)

# The lock files are complete, so --no-deps: pip checks the hashes and resolves nothing.
$(VENV)/.worker: lock/worker.txt pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install --no-compile --quiet --disable-pip-version-check --no-deps --require-hashes -r lock/worker.txt
	$(BIN)/python -m pip install --no-compile --quiet --disable-pip-version-check --no-deps --editable .
	@touch $@

$(VENV)/.dev: lock/dev.txt $(VENV)/.worker
	$(BIN)/python -m pip install --no-compile --quiet --disable-pip-version-check --no-deps --require-hashes -r lock/dev.txt
	@touch $@

up: setup
	$(BIN)/omokage up

check: lint types

lint: dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports

types: dev
	$(BIN)/mypy

# Side by side: types take half a minute of one core while the first tests wait for processes.
test: dev
	@$(MAKE) --no-print-directory -j 3 lint types tests

tests: dev
	@# Slow files first (tests/conftest.py), in the order in which they are found: none is left to one core at the end.
	@# Three at a time on two cores: a quarter of the time tests wait for processes.
	$(BIN)/python -m pytest -n 3 --dist loadfile --no-loadscope-reorder

# Before each commit: all that needs no TensorFlow, and fewer examples of each property than `make test` tries.
quick: lint
	@$(MAKE) --no-print-directory -j 2 types unit

unit: dev
	$(BIN)/python -m pytest -n 2 --dist worksteal --hypothesis-profile quick tests/unit

# What trains does so in bfloat16 where the machine has it; here once in each, whatever the machine has.
test-precisions: dev
	for precision in float32 bfloat16; do \
		OMOKAGE_PRECISION=$$precision $(MAKE) --no-print-directory tests || exit 1; \
	done

bench: dev
	$(BIN)/python -m benchmarks

# Hours, and the developers' faces: tests that `make test` has no time for, how well people are told apart, and a CNN
# trained from scratch on each fold.
check-models: dev
	$(BIN)/python -m pytest -n 2 --dist loadfile -m long
	$(BIN)/python -m benchmarks recognition embedding_head open_set
	$(BIN)/omokage evaluate --data ../shared/data/identity --head cnn --preset modern --folds 6

# uv resolves for every Python and platform at once; nothing in the files names an index.
lock: | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet uv
	for set in "bot --extra postgres --extra s3" "worker --extra worker --extra postgres --extra s3" \
		"worker-gpu --extra worker-gpu --extra postgres --extra s3" "dev --extra dev"; do \
		name=$${set%% *}; \
		$(BIN)/uv pip compile pyproject.toml --universal --generate-hashes --no-emit-index-url --no-annotate --no-header \
			--quiet $$(echo $$set | cut -s -d' ' -f2-) -o lock/$$name.txt || exit 1; \
	done

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache
