"""The hub's commands, one module per kind of work; `python -m hub` puts them together."""
