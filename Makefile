PORT ?= 8000
PY = .venv/bin/python -W ignore
export PORT

.PHONY: help setup setup-test demo test check bench pictures backup restore messages lock clean

help:  ## list what there is
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "make %-10s %s\n", $$1, $$2}'

setup:
	@.ci/setup run

setup-test:
	@.ci/setup test

demo: export DEMO = 1
demo: export PUBLIC_URL = http://localhost:$(PORT)
demo: setup  ## set everything up and run the product on http://localhost:8000 (PORT=… for another port)
	@$(PY) manage.py migrate -v0
	@$(PY) manage.py collectstatic --noinput -v0
	@$(PY) manage.py load_demo
	@echo "The product:  http://localhost:$(PORT)/"
	@echo "The editors:  http://localhost:$(PORT)/admin/"
	@echo "The reports:  http://localhost:$(PORT)/reports/"
	@echo "Ctrl-C stops it."
	@$(PY) manage.py serve --bind 127.0.0.1:$(PORT)

lock:  ## write the lock files from pyproject.toml
	@.ci/lock
