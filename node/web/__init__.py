"""The node's pages for people who were invited; nothing of the node itself is shown there."""
