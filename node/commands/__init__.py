"""The commands of a node, one module per kind of work; `python -m node` puts them together."""
