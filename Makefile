PORT ?= 8000
STAFF ?=
PY = .venv/bin/python -W ignore
export PORT

.PHONY: help setup setup-test demo test check bench pictures backup restore messages lock audit

help:  ## list what there is
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{sub(/:.*/, "", $$1); printf "make %-10s %s\n", $$1, $$2}'

setup:
	@.ci/setup run

setup-test:
	@.ci/setup test

demo: export DEMO = 1
demo: export PUBLIC_URL = http://localhost:$(PORT)
demo: export ALLOWED_HOSTS = 127.0.0.1
demo: setup  ## set everything up and run the product on http://localhost:8000 (PORT=… for another port)
	@$(PY) manage.py migrate -v0
	@$(PY) manage.py collectstatic --noinput -v0
	@$(PY) manage.py load_demo $(if $(STAFF),--staff $(STAFF))
	@echo "The product:  http://localhost:$(PORT)/"
	@echo "The editors:  http://localhost:$(PORT)/admin/"
	@echo "The reports:  http://localhost:$(PORT)/reports/"
	@echo "Ctrl-C stops it."
	@$(PY) manage.py serve --bind 127.0.0.1:$(PORT)

test: setup-test  ## every test: on SQLite, in a browser, before the whole composition, on a throw-away PostgreSQL
	@.ci/test

check: setup-test  ## lint, format, types, import contracts, templates, migrations, catalogues
	.venv/bin/ruff check --quiet .
	.venv/bin/ruff format --quiet --check .
	.venv/bin/mypy lms courses content certificates
	.venv/bin/lint-imports --no-cache
	.venv/bin/djade --target-version 5.2 --check $$(git ls-files '*.html')
	.venv/bin/djlint --quiet --lint lms courses content certificates
	$(PY) manage.py makemigrations --check --dry-run
	.ci/messages --check

bench: setup-test  ## measure beside a limit or a peer, twenty minutes (FULL=1: a million statements, too); kept in var/bench.json
	@$(PY) -m tests.benchmarks
	@DURABLE=on tests/postgres.sh $(PY) -m tests.benchmarks

pictures: setup-test  ## take the pictures of the README again
	PICTURES=1 .venv/bin/python -m pytest -q -m browser

backup:  ## database and files into a folder (DIR=…; KEYS=… for the keys, encrypted, in a file elsewhere)
	@$(PY) manage.py backup $(DIR) $(if $(KEYS),--keys $(KEYS))

restore:  ## a folder of make backup into an empty installation (DIR=…; KEYS=…)
	@$(PY) manage.py restore $(DIR) $(if $(KEYS),--keys $(KEYS))

messages: setup-test  ## write the strings of templates and code into the catalogues
	@.ci/messages

audit: setup-test  ## known faults of the libraries in the lock, or the age of the lock
	@mkdir -p var
	@.ci/audit

lock:  ## write the lock files from pyproject.toml
	@.ci/lock
