# The commands of the book. On a machine with Python 3.11 or newer and make, nothing else need be prepared.
PYTHON ?= python3
JOBS ?= 2
BIN := .venv/bin
READY := .venv/ready
NOTEBOOKS := $(sort $(wildcard $(foreach stem,$(or $(CHAPTER),*),notebooks/??_$(stem).ipynb)))
# Two notebooks run side by side, one thread each.
export OMP_NUM_THREADS := 1

.PHONY: help book pdf test check lint unit nbval pages measure order notebooks launchable portable bench clean
.DEFAULT_GOAL := help

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

$(READY): requirements.txt pyproject.toml book/pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed: make PYTHON=…")'
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	touch $(READY)

# From nothing each time: a page that is not built again would not repeat its warning. The reference imports the drop-in
# for Keras, on the backend that says the least. An address gives the pages the buttons that edit and launch them.
book: $(READY) ## render the book into _build/html; a warning is an error (REPOSITORY=https://github.com/owner/name, ADDRESS=https://host/folder/)
	rm -rf _build
	BOOK_REPOSITORY="$(REPOSITORY)" BOOK_ADDRESS="$(ADDRESS)" KERAS_BACKEND=jax $(BIN)/jupyter-book build . --path-output . --warningiserror --nitpick --keep-going --quiet
	@echo "The book: _build/html/index.html"

test: lint unit nbval pages ## everything that guards the book: style, types, unit tests, notebooks, rendered pages

check: lint ## what to run while writing, under two minutes: style, types, and the library's tests without the slow ones
	$(BIN)/pytest -n $(JOBS) tests/lib -m "not slow"

lint: $(READY) ## style, types, and who imports whom
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo

unit: $(READY) ## unit tests and doctests of the library and the book's package (ARGS="tests/lib/test_loop.py -k surprise")
	$(BIN)/pytest $(or $(ARGS),-n $(JOBS) --ignore tests/pages)

nbval: $(READY) ## every notebook afresh, against its stored outputs (CHAPTER=logits: that one)
	$(BIN)/pytest -n $(JOBS) --dist loadscope --nbval -W default $(NOTEBOOKS)

pages: book ## the checks of the rendered book
	$(BIN)/pytest -n $(JOBS) --dist loadgroup tests/pages

pdf: book ## the book on paper, _build/binary_cross_entropy.pdf: all pages as one PDF, printed by Chromium
	$(BIN)/python tools/print_book.py

measure: $(READY) ## the pages of the rendered book: weight, requests, time to the text, accessibility, as a table
	$(BIN)/python tools/measure_pages.py

order: $(READY) ## write anew all that follows from the order of the chapters: contents, tables, maps
	$(BIN)/python tools/order.py

notebooks: $(READY) ## execute the notebooks and store their outputs in the canonical form (FRESH=1: timings too; CHAPTER=logits)
	$(BIN)/python tools/run_notebooks.py $(if $(FRESH),--fresh) --jobs $(JOBS) $(NOTEBOOKS)

launchable: $(READY) ## notebooks that fetch the library where it is missing, as in Colab (REPOSITORY=…, needed)
	$(BIN)/python tools/launchable.py "$(REPOSITORY)"

portable: $(READY) ## nbval as if on other machines: other processor features, one thread, another hash seed
	$(BIN)/python tools/portable.py $(NOTEBOOKS)

bench: $(READY) ## the benchmarks: accuracy, and ratios of speed against named peers
	for file in benchmarks/*.py; do PYTHONPATH=tests/support $(BIN)/python $$file || exit 1; done

clean: ## remove the rendered book and the caches; .venv stays
	rm -rf _build .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
