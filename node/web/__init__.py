"""The node's pages: a questionnaire for who was invited to a round, and in `desk` the release desk for who signs in."""
