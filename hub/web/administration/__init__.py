"""The pages for a hub's administrators: the same acts as the commands, by the same functions, logged under a name."""
